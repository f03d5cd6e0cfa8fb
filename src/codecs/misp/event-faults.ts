import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Fault } from '../../kernel/problem.js';
import type { Json } from '../record/json.js';
import { objectsOf, textOf } from '../record/json.js';
import { tlpOfTag } from './tags.js';

const text = { type: 'string' };
const uuid = { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' };
/** MISP writes numbers as text; what its clients send has both. */
const number = { type: ['string', 'integer'], pattern: '^-?\\d*$' };
const level = { ...number, enum: ['0', '1', '2', '3', '4', '5', 0, 1, 2, 3, 4, 5] };
const list = (items: object): object => ({ type: 'array', items });
const object = (properties: object, required: string[] = []): object => ({ type: 'object', required, properties });

const tag = object({ name: { type: 'string', minLength: 1 } }, ['name']);
const sighting = object({ uuid, type: number, date_sighting: number });
const attribute = object(
  {
    uuid,
    type: text,
    category: text,
    value: { type: ['string', 'integer', 'number', 'boolean'] },
    comment: { type: ['string', 'null'] },
    to_ids: { type: ['boolean', 'string', 'integer'] },
    deleted: { type: ['boolean', 'string', 'integer'] },
    distribution: level,
    timestamp: number,
    Tag: list(tag),
    Sighting: list(sighting),
  },
  ['value'],
);
const mispObject = object(
  { uuid, name: { type: 'string', minLength: 1 }, distribution: level, timestamp: number, Attribute: list(attribute) },
  ['name'],
);
const organisation = object({ uuid, name: text });

const event = object(
  {
    uuid,
    info: text,
    date: { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])' },
    timestamp: number,
    publish_timestamp: number,
    distribution: level,
    threat_level_id: { ...number, enum: ['1', '2', '3', '4', 1, 2, 3, 4] },
    analysis: { ...number, enum: ['0', '1', '2', 0, 1, 2] },
    published: { type: ['boolean', 'string', 'integer'] },
    Org: organisation,
    Orgc: organisation,
    Tag: list(tag),
    Attribute: list(object({ ...(attribute as { properties: object }).properties }, ['type', 'value'])),
    Object: list(mispObject),
    Galaxy: list(object({ GalaxyCluster: list(object({ value: text })) })),
    EventReport: list(object({ uuid, name: text, content: { type: ['string', 'null'] } })),
    SharingGroup: object({ uuid, name: text }),
  },
  ['info'],
);

let validator: ValidateFunction | null = null;
const MOST_FAULTS = 100;

/** What is wrong with a core-format event, by JSON Pointer into it. */
export function eventFaults(value: unknown): Fault[] {
  validator ??= new Ajv2020({ allErrors: true, strict: false }).compile(event);
  const isValid: boolean = validator(value);
  if (!isValid) return (validator.errors ?? []).slice(0, MOST_FAULTS).map(faultOf);
  return tlpFaults(value as Json, '');
}

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function faultOf({ instancePath: at, keyword, params }: ErrorObject): Fault {
  switch (keyword) {
    case 'required':
      return { pointer: `${at}/${escape(String(params.missingProperty))}`, detail: 'This is missing.' };
    case 'type':
      return { pointer: at, detail: `This must be of type ${[params.type].flat().join(' or ')}.` };
    case 'enum':
      return {
        pointer: at,
        detail: `This must be one of ${[...new Set((params.allowedValues as unknown[]).map(String))].join(', ')}.`,
      };
    case 'minLength':
      return { pointer: at, detail: 'This is empty.' };
    default:
      return { pointer: at, detail: 'This does not look as it must in MISP.' };
  }
}

/** Two TLP labels that differ are never chosen between; of the event, of an object's attribute or of any attribute. */
function tlpFaults(part: Json, at: string): Fault[] {
  const faults: Fault[] = [];
  const [first, ...more] = objectsOf(part.Tag).flatMap(({ name }, position) => {
    const tlp = tlpOfTag(textOf(name) ?? '');
    return tlp ? [{ tlp, position }] : [];
  });
  for (const { tlp, position } of more)
    if (first && tlp !== first.tlp)
      faults.push({
        pointer: `${at}/Tag/${position}/name`,
        detail: `This says ${tlp}, and another tag says ${first.tlp}.`,
      });
  for (const name of ['Attribute', 'Object'])
    for (const [position, each] of objectsOf(part[name]).entries())
      faults.push(...tlpFaults(each, `${at}/${name}/${position}`));
  return faults.slice(0, MOST_FAULTS);
}
