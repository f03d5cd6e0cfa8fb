import type { Schema, Schemas } from '../../src/platform/http/openapi.schema.js';
import { resolveSchema } from '../../src/platform/http/openapi.schema.js';
import { escapePointer } from '../../src/kernel/text-faults.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What no member is meant to be, by name. Integers are beyond what the database's own hold, texts hold what it keeps none of. */
const WRONG: Readonly<Record<string, Json>> = {
  null: null,
  'a number': -1,
  'an integer of more than 32 bits': 3_000_000_000,
  'a very large number': 1e300,
  'a text of no form': 'no such thing',
  'an empty text': '',
  'a long text': 'x'.repeat(3000),
  'a text with NUL': 'a\0b',
  'the year 10000': '+010000-01-01T00:00:00Z',
  'an absent id': '11111111-1111-4111-8111-111111111111',
  'an object': {},
  'an object of another': { constructor: 'x', unknown: [] },
  'no items': [],
  'null in a list': [null],
  'an object in a list': [{}],
  'a list in a list': [[]],
  true: true,
};

/** A body with one thing wrong. */
export interface WrongBody {
  /** Of the member that is wrong, as a JSON Pointer. */
  pointer: string;
  /** In words. */
  what: string;
  body: Json;
  /** Of what a null has to be told that no schema permits: the member, or for an item the list. Null where it is none. */
  forbiddenNull: string | null;
}

/**
 * Every member of a body made wrong in every way: those that the sound one says, and those that the schema knows.
 * @param depth how far down: 1 is the members of the body, 2 those of its members and of the first item of their lists.
 */
export function wrongBodies(sound: Json, schema: Schema, schemas: Schemas, depth = 2): WrongBody[] {
  return placesIn(sound, schema, schemas, depth).flatMap(({ path, schema: ofMember }) =>
    Object.entries(WRONG).map(([what, value]) => {
      const isForbidden = value === null && ofMember !== null && !permitsNull(ofMember, schemas);
      return {
        pointer: pointerTo(path),
        what,
        body: withValue(sound, path, value),
        forbiddenNull: isForbidden ? pointerTo(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path) : null,
      };
    }),
  );
}

type Path = readonly (string | number)[];

const pointerTo = (path: Path): string => path.map((name) => `/${escapePointer(String(name))}`).join('');

function placesIn(
  value: Json,
  schema: Schema | null,
  schemas: Schemas,
  depth: number,
  path: Path = [],
): { path: Path; schema: Schema | null }[] {
  if (depth === 0) return [];
  const known = schema && resolveSchema(only(schema, schemas), schemas);
  if (Array.isArray(value)) {
    const [first] = value;
    if (first === undefined) return [];
    const at = [...path, 0];
    const items = known?.items ?? null;
    return [{ path: at, schema: items }, ...placesIn(first, items, schemas, depth, at)];
  }
  if (typeof value !== 'object' || value === null) return [];
  const names = new Set([...Object.keys(value), ...Object.keys(known?.properties ?? {})]);
  return [...names].flatMap((name) => {
    const member = known?.properties?.[name] ?? null;
    const at = [...path, name];
    return [{ path: at, schema: member }, ...placesIn(value[name] ?? null, member, schemas, depth - 1, at)];
  });
}

/** What an `allOf` of one says, or a choice between one and null. */
function only(schema: Schema, schemas: Schemas): Schema {
  const parts = schema.allOf ?? (schema.anyOf ?? schema.oneOf)?.filter((each) => !isNull(resolveSchema(each, schemas)));
  return parts?.length === 1 ? (parts[0] as Schema) : schema;
}

const isNull = ({ type, const: value }: Schema): boolean => type === 'null' || value === null;

function permitsNull(schema: Schema, schemas: Schemas): boolean {
  const { type, enum: values, allOf, anyOf, oneOf, ...rest } = resolveSchema(schema, schemas);
  if (allOf) return allOf.every((each) => permitsNull(each, schemas));
  if (anyOf ?? oneOf) return (anyOf ?? oneOf ?? []).some((each) => permitsNull(each, schemas));
  if ('const' in rest) return rest.const === null;
  if (values) return values.includes(null);
  return type === undefined || [type].flat().includes('null');
}

function withValue(value: Json, [name, ...rest]: Path, wanted: Json): Json {
  if (name === undefined) return wanted;
  if (Array.isArray(value)) return value.map((item, index) => (index === name ? withValue(item, rest, wanted) : item));
  const members = (value ?? {}) as Record<string, Json>;
  return { ...members, [name]: withValue(members[name] ?? null, rest, wanted) };
}

/** What no query parameter is meant to be: as it stands behind `name=`. */
const WRONG_PARAMETERS: readonly string[] = [
  '',
  '-1',
  '0.5',
  '3000000000',
  '9'.repeat(30),
  '1e300',
  'x'.repeat(3000),
  'a%00b',
  '%ff',
  '%25%5C%27%22',
  '*',
  '11111111-1111-4111-8111-111111111111',
  '%2B010000-01-01T00:00:00Z',
  'infinity',
];

const AT = '2026-11-20T00:00:00.000Z';
const ID = '11111111-1111-4111-8111-111111111111';
const cursor = (keys: Json): string => Buffer.from(JSON.stringify(keys)).toString('base64url');
const WRONG_CURSORS = [
  ...[null, {}, [], [null, null], [1e300, 1e300], [-1], [3_000_000_000, ID], [AT, 'x'], [AT, ID], [AT, 3_000_000_000]],
  ...[
    [0.5, AT, ID],
    ['infinity', ID],
    ['+010000-01-01T00:00:00.000Z', ID],
    ['a\0b', 'a\0b'],
    [AT, ID, 1e300],
  ],
].map(cursor);

/** What is tried in a parameter of this name. */
export const wrongParameters = (name: string): readonly string[] =>
  ['cursor', 'next', 'after'].includes(name) ? [...WRONG_PARAMETERS, ...WRONG_CURSORS] : WRONG_PARAMETERS;
