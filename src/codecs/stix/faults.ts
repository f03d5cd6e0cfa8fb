import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Fault } from '../../kernel/problem.js';
import { FORMATS } from './formats.js';
import { ONE_OF } from './object-types.js';
import { OBSERVABLES } from './observable-types.js';
import { pointerTo } from './pointer.js';
import { ruleFaults } from './rules.js';
import { stixSchemas } from './schema.js';
import type { Json } from '../record/json.js';
import { isObject } from '../record/json.js';

let compiler: Ajv2020 | null = null;

/** Compiled when first asked for: a type's takes some milliseconds, and most processes never read STIX. */
function validatorNamed(name: string): ValidateFunction | undefined {
  if (!compiler) {
    compiler = new Ajv2020({ allErrors: true, strict: false });
    for (const [format, { isOne }] of Object.entries(FORMATS)) compiler.addFormat(format, isOne);
    for (const [id, schema] of stixSchemas()) compiler.addSchema(schema, id);
  }
  return compiler.getSchema(name);
}

/** Whatever a type is, by what Ronda knows of it or by what it looks like. */
function validatorOf(object: Json): ValidateFunction {
  const type = typeof object.type === 'string' ? object.type : '';
  const known = validatorNamed(`stix:object:${type}`);
  // What others invented is an observable where it has no versions.
  const name = object.created === undefined && object.modified === undefined ? 'observable' : 'domain';
  const validator = known ?? validatorNamed(`stix:custom:${name}`);
  if (!validator) throw new Error('the schemas of STIX are gone');
  return validator;
}

/** What is wrong with an object, by JSON Pointer into it; nothing where it is valid. */
export function objectFaults(object: unknown): Fault[] {
  if (!isObject(object)) return [{ pointer: '', detail: 'This must be a STIX object.' }];
  const faults = [...schemaFaults(validatorOf(object), object), ...numberFaults(object)];
  if (faults.length > 0) return faults;
  return [...ruleFaults(object), ...embeddedFaults(object)];
}

/** Observables inside an observed-data object, as STIX 2.0 had them and 2.1 still lets pass. */
function embeddedFaults({ type, objects }: Json): Fault[] {
  if (type !== 'observed-data' || !isObject(objects)) return [];
  return Object.entries(objects).flatMap(([key, object]) => {
    const inner = isObject(object) && typeof object.type === 'string' ? object.type : '';
    const validator = Object.hasOwn(OBSERVABLES, inner) ? validatorNamed(`stix:embedded:${inner}`) : undefined;
    return validator
      ? schemaFaults(validator, object).map((fault) => ({
          ...fault,
          pointer: pointerTo('objects', key) + fault.pointer,
        }))
      : [];
  });
}

function schemaFaults(validate: ValidateFunction, object: unknown): Fault[] {
  const isValid: boolean = validate(object);
  if (isValid) return [];
  const type = isObject(object) ? String(object.type) : '';
  const faults = (validate.errors ?? []).flatMap((error) => faultOf(error, type));
  const seen = new Set<string>();
  return faults.filter(({ pointer, detail }) => !seen.has(pointer + detail) && seen.add(pointer + detail));
}

function faultOf({ instancePath: at, keyword, params, propertyName, schemaPath }: ErrorObject, type: string): Fault[] {
  const fault = (detail: string, pointer = at): Fault[] => [{ pointer, detail }];
  // Of the name of a member: the fault is at the member.
  const where = propertyName === undefined ? at : at + pointerTo(propertyName);
  switch (keyword) {
    case 'propertyNames':
      return [];
    case 'required':
      // One of several that would each do: said once, by `anyOf`.
      return schemaPath.includes('/anyOf/')
        ? []
        : fault('This is missing.', at + pointerTo(String(params.missingProperty)));
    case 'anyOf': {
      const names = at === '' ? (ONE_OF[type] ?? []) : ['description', 'url', 'external_id'];
      return fault(`One of ${names.map((name) => `\`${name}\``).join(', ')} is missing.`);
    }
    case 'format':
      return fault(FORMATS[String(params.format)]?.fault ?? 'This does not look as it must.', where);
    case 'pattern':
      return propertyName === undefined
        ? fault(`This does not look as it must: ${String(params.pattern)}.`)
        : fault('A name does not look like this here.', where);
    case 'enum':
      return fault(`This must be one of ${(params.allowedValues as unknown[]).map(String).join(', ')}.`);
    case 'const':
      return fault(`This must be ${String(params.allowedValue)}.`);
    case 'type':
      return fault(`This must be of type ${String(params.type)}.`);
    case 'minItems':
    case 'minProperties':
      return fault('This is empty; STIX leaves out what is.');
    case 'minimum':
    case 'maximum':
      return fault(`This must be ${String(params.comparison)} ${String(params.limit)}.`);
    case 'false schema':
      return fault('STIX keeps this word for itself.');
    case 'not':
      return fault('STIX does not allow this here.');
    default:
      return fault(`This breaks the rule ${keyword}.`);
  }
}

/** Deeper than any object of sense, and shallow enough for whoever walks it. */
const MOST_DEPTH = 64;

/** Numbers that have lost digits on the way in, lists and objects without end, and null, which STIX does not have. */
function numberFaults(object: Json): Fault[] {
  const waiting: { value: unknown; path: (string | number)[] }[] = [{ value: object, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (path.length > MOST_DEPTH)
      return [{ pointer: pointerTo(...path), detail: `This lies more than ${MOST_DEPTH} deep.` }];
    if (value === null) return [{ pointer: pointerTo(...path), detail: 'STIX has no null: leave it out.' }];
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      return [
        { pointer: pointerTo(...path), detail: 'This integer has more than 53 bits and cannot be kept exactly.' },
      ];
    if (typeof value === 'object')
      for (const [name, member] of Object.entries(value)) waiting.push({ value: member, path: [...path, name] });
  }
  return [];
}
