import { TLP } from '../../../kernel/markings.js';
import { COMPARISONS } from '../../../codecs/cexf/index.js';
import { CHANNELS, SCENARIO_FORMAT, VERBS } from './scenario.js';

const text = (description: string, extra: object = {}): object => ({
  type: 'string',
  minLength: 1,
  description,
  ...extra,
});
const id = (description: string): object => text(description, { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 100 });
const ref = { type: 'string', minLength: 1, maxLength: 100 };
const list = (items: object, extra: object = {}): object => ({ type: 'array', items, ...extra });
const texts = (description: string): object => list(text(description), { minItems: 1 });
const closed = (properties: Record<string, object>, required: string[] = [], extra: object = {}): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...extra,
});
const minutes = (description: string): object => ({ type: 'number', minimum: 0, maximum: 100_000, description });
const share = (description: string): object => ({ type: 'number', minimum: 0, maximum: 1, description });
const tlp = { enum: [...TLP] };
const observables = list(closed({ type: ref, value: text('Defanged or not.') }, ['type', 'value']), { minItems: 1 });
const whom = 'A team by its id, `role:<id>` for any other team that plays it, or `community`.';

const condition = closed({
  rsit: texts('`class:type` of RSIT, or a class alone; one of them.'),
  marking: closed({ noWiderThan: tlp, noNarrowerThan: tlp }, [], { minProperties: 1 }),
  observables,
  anyObservable: observables,
  audienceIncludes: texts(whom),
  audienceExcludes: texts(whom),
  asks: texts(`Who is asked. ${whom}`),
  techniques: texts('ATT&CK ids, all of them.'),
  mentions: texts('A word or phrase; one of them is in the title or text.'),
  tags: texts('All of them.'),
  countries: texts('ISO 3166-1 alpha-2, all of them.'),
  sector: text('The sector of the record.'),
  validates: text('A format that what is published is valid in: `csaf`.'),
  misp: closed(
    {
      any: list(
        closed(
          {
            tests: list(
              closed(
                {
                  path: text('A jq path over the incident as a MISP event.'),
                  comparison: { enum: [...COMPARISONS] },
                  values: list({ type: ['string', 'number', 'boolean'] }, { minItems: 1 }),
                },
                ['path', 'comparison', 'values'],
              ),
              { minItems: 1 },
            ),
          },
          ['tests'],
        ),
        { minItems: 1 },
      ),
    },
    ['any'],
  ),
});

const timing = {
  description: 'At a time, after another inject, once a milestone is met, or only when a controller fires it.',
  oneOf: [
    closed({ atMinutes: minutes('Since STARTEX.') }, ['atMinutes']),
    closed({ afterInject: ref, minutes: minutes('Since the team was given that inject.') }, ['afterInject', 'minutes']),
    closed(
      {
        afterMilestone: ref,
        by: { enum: ['any-team', 'all-teams', 'recipient'] },
        minutes: minutes('Since it was met.'),
      },
      ['afterMilestone', 'by'],
    ),
    closed({ onCommand: { const: true } }, ['onCommand']),
  ],
};

const expects = closed(
  {
    verbs: list({ enum: [...VERBS] }),
    count: { type: 'integer', minimum: 1, maximum: 1000, description: 'So many, each of another record.' },
    where: condition,
    quality: list(
      closed({ title: text('What is wanting without it.'), condition, share: share('What is taken off.') }, [
        'title',
        'condition',
        'share',
      ]),
    ),
    byOverride: closed({ reason: text('Why Ronda cannot judge it.') }, ['reason']),
  },
  ['verbs'],
);

/** The published JSON Schema of a scenario; docs/scenario.schema.json is this, written out. */
export const scenarioSchema = closed(
  {
    format: { const: SCENARIO_FORMAT },
    id: id('The same for all versions.'),
    version: { type: 'integer', minimum: 1 },
    title: text('What the exercise is called.', { maxLength: 200 }),
    summary: text('For the library of scenarios: two sentences.', { maxLength: 2000 }),
    language: text('BCP 47.', { pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }),
    durationMinutes: { type: 'number', exclusiveMinimum: 0, maximum: 100_000 },
    storyline: text('For controllers: what happens in the made-up world. Markdown.'),
    moves: list(
      closed({ id: id('Named by injects.'), title: text('Title.'), startsAtMinutes: minutes('Since STARTEX.') }, [
        'id',
        'title',
        'startsAtMinutes',
      ]),
    ),
    objectives: list(
      closed({ id: id('Named by milestones.'), title: text('Title.'), description: text('More.') }, ['id', 'title']),
      {
        minItems: 1,
      },
    ),
    roles: list(
      closed({ id: id('Named by recipients and milestones.'), title: text('Title.'), description: text('More.') }, [
        'id',
        'title',
      ]),
      {
        minItems: 1,
      },
    ),
    personas: list(
      closed(
        {
          id: id('Named by injects.'),
          name: text('A made-up name.'),
          organisation: text('A made-up one.'),
          email: text('Below a reserved name (RFC 2606).'),
        },
        ['id', 'name'],
      ),
      { minItems: 1 },
    ),
    adversaries: list(closed({ name: text('Made up.'), description: text('Who they are.') }, ['name'])),
    victims: list(closed({ name: text('Made up.'), description: text('Who they are.') }, ['name'])),
    artefacts: list(
      closed(
        {
          id: id('Named by injects.'),
          name: text('Of the file.'),
          mediaType: text('RFC 6838.', { pattern: '^[a-z]+/[A-Za-z0-9.+-]+$' }),
          content: text('Harmless: what it would have done is told in it.'),
          encoding: { enum: ['text', 'base64'] },
        },
        ['id', 'name', 'mediaType', 'content'],
      ),
    ),
    injects: list(
      closed(
        {
          id: id('Stable within the scenario.'),
          number: { type: 'integer', minimum: 1, description: 'As controllers call it.' },
          title: text('For controllers and the subject of an e-mail.', { maxLength: 200 }),
          move: ref,
          timing,
          channel: { enum: [...CHANNELS] },
          from: ref,
          recipients: closed({ roles: list(ref), teams: list(ref) }),
          body: text('Markdown.'),
          artefacts: list(ref),
          expected: list(
            closed(
              {
                what: text('What a team should do, for controllers and evaluators.'),
                roles: list(ref),
                withinMinutes: minutes('Since it was given the inject.'),
                milestone: ref,
              },
              ['what'],
            ),
          ),
          note: text('For controllers alone.'),
        },
        ['id', 'number', 'title', 'timing', 'channel', 'from', 'body'],
      ),
      { minItems: 1 },
    ),
    milestones: list(
      closed(
        {
          id: id('Stable within the scenario.'),
          title: text('What a team does.', { maxLength: 300 }),
          objective: ref,
          roles: list(ref, { minItems: 1 }),
          weight: { type: 'number', exclusiveMinimum: 0, maximum: 1000 },
          from: {
            oneOf: [closed({ inject: ref }, ['inject']), closed({ startex: { const: true } }, ['startex'])],
          },
          bands: list(
            closed({ withinMinutes: minutes('Since its beginning.'), credit: share('Of the weight.') }, [
              'withinMinutes',
              'credit',
            ]),
          ),
          expects,
        },
        ['id', 'title', 'objective', 'roles', 'weight', 'from', 'expects'],
      ),
    ),
    allowed: list(closed({ text: text('As it stands.'), reason: text('Why it may.') }, ['text', 'reason'])),
    origin: closed({ format: { enum: ['cexf'] }, document: { type: 'object', description: 'As it came.' } }, [
      'format',
      'document',
    ]),
    $schema: text('Where this schema is.'),
  },
  [
    'format',
    'id',
    'version',
    'title',
    'summary',
    'language',
    'durationMinutes',
    'storyline',
    'objectives',
    'roles',
    'personas',
    'injects',
    'milestones',
  ],
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:ronda:schema:scenario-1',
    title: 'Ronda scenario',
    description: 'What an exercise plays. Written as YAML or JSON.',
  },
);
