import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Fault } from '../../kernel/problem.js';
import { RELAXABLE, verisSchema } from './schema.js';
import type { RelaxableRule } from './schema.js';

export const PROFILES = ['strict', 'facts'] as const;
/** How a document is read: by all the rules of its schema, or without those that tabulated facts cannot keep. */
export type Profile = (typeof PROFILES)[number];

const relaxedIn: Record<Profile, readonly RelaxableRule[]> = {
  strict: [],
  facts: Object.keys(RELAXABLE) as RelaxableRule[],
};

/** Compiling takes some 50 ms, and most processes never read VERIS. */
const validators = new Map<Profile, ValidateFunction>();

function validatorOf(profile: Profile): ValidateFunction {
  let validator = validators.get(profile);
  if (!validator) {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    validators.set(profile, (validator = ajv.compile(verisSchema(new Set(relaxedIn[profile])))));
  }
  return validator;
}

const MOST_FAULTS = 100;

/** What is wrong with a VERIS document, by JSON Pointer; nothing where it is valid. */
export function verisFaults(document: unknown, profile: Profile): Fault[] {
  const validate = validatorOf(profile);
  if (validate(document)) return calendarFaults(document as Timed);
  const faults = (validate.errors ?? []).flatMap(faultOf);
  const seen = new Set<string>();
  return faults
    .filter(({ pointer, detail }) => !seen.has(pointer + detail) && seen.add(pointer + detail))
    .slice(0, MOST_FAULTS);
}

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function faultOf({ instancePath: at, keyword, params }: ErrorObject): Fault[] {
  const fault = (detail: string, pointer = at): Fault[] => [{ pointer, detail }];
  switch (keyword) {
    // Says that one of its branches failed, whose own errors are there as well.
    case 'if':
      return [];
    case 'required':
      return fault('This is missing.', `${at}/${escape(String(params.missingProperty))}`);
    case 'additionalProperties':
      return fault('VERIS has no such property here.', `${at}/${escape(String(params.additionalProperty))}`);
    case 'enum':
      return fault('VERIS has no such value here.');
    case 'type':
      return fault(`This must be of type ${String(params.type)}.`);
    case 'uniqueItems':
      return fault(`The values ${params.j} and ${params.i} are the same.`);
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return fault('This is empty.');
    case 'minimum':
    case 'maximum':
      return fault(`This must be ${String(params.comparison)} ${String(params.limit)}.`);
    case 'pattern':
      return fault(`This does not look as it must: ${String(params.pattern)}.`);
    default:
      return fault(`This breaks the rule ${keyword}.`);
  }
}

interface Timed {
  timeline: { incident: { year: number; month?: number; day?: number } };
}

/** The 30th of February passes the schema. */
function calendarFaults({ timeline }: Timed): Fault[] {
  const { year, month, day } = timeline.incident;
  if (month === undefined || day === undefined) return [];
  const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return exists ? [] : [{ pointer: '/timeline/incident/day', detail: 'The month has no such day.' }];
}
