import { PAP, TLP } from '../../../kernel/markings.js';
import type { LogEntry } from './log.js';
import { VERBS } from './scenario.js';

type Schema = Record<string, unknown>;

const name = { type: 'string', minLength: 1, maxLength: 200 };
/** What people wrote, together: an advisory alone may hold 200,000 characters. A line of the file bounds it. */
const words = { type: 'string' };
const nameOrNone = { ...name, type: ['string', 'null'] };
const names = { type: 'array', items: name };
const instant = { type: 'string', pattern: '^20\\d\\d-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-5]\\d\\.\\d{3}Z$' };
const minutes = { type: 'number', minimum: 0, maximum: 1_000_000 };

const closed = (properties: Schema, optional: Schema = {}): Schema => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

const team = closed({
  id: name,
  name,
  roles: names,
  country: nameOrNone,
  timeZone: name,
  order: { type: 'integer', minimum: 0, maximum: 10_000 },
  mayBeNamed: { type: 'boolean' },
});

const facts = closed(
  {},
  {
    rsit: name,
    tlp: { enum: [...TLP] },
    pap: { enum: [...PAP] },
    observables: { type: 'array', items: closed({ type: name, value: words }) },
    audience: names,
    reached: names,
    given: names,
    authorship: { enum: ['named', 'anonymous'] },
    asked: names,
    techniques: names,
    title: words,
    text: words,
    tags: { type: 'array', items: words },
    countries: names,
    sector: name,
    validAs: names,
    misp: {},
  },
);

/** What each kind of entry says, beside what all of them say. */
const said: Record<LogEntry['kind'], [Schema, Schema?]> = {
  joined: [{ team }],
  naming: [{ team: name, mayBeNamed: { type: 'boolean' } }],
  started: [{}],
  paused: [{}, { reason: words }],
  resumed: [{}],
  speed: [{ factor: { type: 'number', exclusiveMinimum: 0, maximum: 1000 } }],
  jumped: [{ toMinutes: minutes }],
  ended: [{}],
  'inject-delivered': [{ inject: name, team: name }],
  'inject-seen': [{ inject: name, team: name }],
  held: [{ inject: name }],
  released: [{ inject: name }],
  fired: [{ inject: name }, { teams: names }],
  added: [{ inject: { $ref: 'urn:ronda:schema:scenario-1#/properties/injects/items' } }],
  message: [{ teams: { type: ['array', 'null'], items: name }, text: words }],
  'no-duff': [{ text: words, pauses: { type: 'boolean' } }],
  act: [{ team: name, verb: { enum: [...VERBS] }, record: nameOrNone, facts }, { doneAt: instant }],
  remark: [{ team: nameOrNone, sense: { enum: ['strength', 'gap', 'remark'] }, text: words }, { objective: name }],
  override: [
    {
      team: name,
      role: name,
      milestone: name,
      credit: { type: ['number', 'null'], minimum: 0, maximum: 1 },
      reason: words,
    },
  ],
  lesson: [{ lesson: name, text: words, owner: nameOrNone, state: { enum: ['open', 'accepted', 'done', 'dropped'] } }],
};

/** By kind. RFC 3339 in UTC with milliseconds, as the log writes it. */
export const logSchemas: ReadonlyMap<string, Schema> = new Map(
  Object.entries(said).map(([kind, [properties, optional = {}]]) => [
    kind,
    closed(
      {
        kind: { const: kind },
        seq: { type: 'integer', minimum: 1 },
        at: instant,
        by: nameOrNone,
        ...properties,
      },
      optional,
    ),
  ]),
);
