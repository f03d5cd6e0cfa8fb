import { resolveSchema } from './openapi.schema.js';
import type { Schema, Schemas } from './openapi.schema.js';

/** What every example of these formats may be. Names and words are each property's own to show. */
const byFormat: Record<string, unknown> = {
  'date-time': '2026-11-20T02:10:00.000Z',
  date: '2026-11-20',
  uuid: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b',
};

/**
 * An example of a whole value, put together from the examples of its properties.
 * @returns undefined when a property that has to be there shows none; what may be left out is left out.
 */
export function exampleOf(schema: Schema, schemas: Schemas, under: readonly Schema[] = []): unknown {
  const resolved = resolveSchema(schema, schemas);
  // A thing inside one of its own kind: the outer is example enough.
  if (under.includes(resolved)) return undefined;
  const inside = [...under, resolved];
  const [shown = resolved.example] = resolved.examples ?? [];
  if (shown !== undefined) return shown;
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.allOf) return exampleOfAll([...resolved.allOf, { ...resolved, allOf: undefined }], schemas, inside);
  const variants = resolved.oneOf ?? resolved.anyOf;
  if (variants) return firstDefined(variants, (variant) => exampleOf(variant, schemas, inside));
  if (resolved.enum) return resolved.enum[0];
  if (resolved.default !== undefined) return resolved.default;

  const [type] = [resolved.type ?? (resolved.properties && 'object')].flat().filter((each) => each !== 'null');
  switch (type) {
    case 'object':
      return exampleOfObject(resolved, schemas, inside);
    case 'array': {
      if (!resolved.items || inside.includes(resolveSchema(resolved.items, schemas))) return [];
      const item = exampleOf(resolved.items, schemas, inside);
      return item === undefined ? undefined : [item];
    }
    case 'boolean':
      return true;
    case undefined:
      return [resolved.type].flat().includes('null') ? null : undefined;
    default:
      return byFormat[resolved.format ?? ''];
  }
}

function exampleOfObject(schema: Schema, schemas: Schemas, under: readonly Schema[]): unknown {
  const example: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = exampleOf(property, schemas, under);
    if (value !== undefined) example[name] = value;
    else if (isNullable(property)) example[name] = null;
    else if (schema.required?.includes(name)) return undefined;
  }
  return example;
}

function exampleOfAll(parts: Schema[], schemas: Schemas, under: readonly Schema[]): unknown {
  const examples = parts
    .filter((part) => part.$ref ?? part.type ?? part.properties)
    .map((part) => exampleOf(part, schemas, under));
  const [first] = examples;
  if (examples.length === 1 || typeof first !== 'object') return first;
  return examples.includes(undefined) ? undefined : (Object.assign({}, ...examples) as unknown);
}

const isNullable = ({ type, anyOf, oneOf }: Schema): boolean =>
  [type].flat().includes('null') || [...(anyOf ?? []), ...(oneOf ?? [])].some((each) => each.type === 'null');

function firstDefined<T>(items: T[], example: (item: T) => unknown): unknown {
  for (const item of items) {
    const value = example(item);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The pointers of the properties for whose want `exampleOf` gives nothing, for the one who has to write them. */
export function wantingExamples(schema: Schema, schemas: Schemas, at = '', under: readonly Schema[] = []): string[] {
  const resolved = resolveSchema(schema, schemas);
  if (under.includes(resolved) || exampleOf(resolved, schemas) !== undefined) return [];
  const inside = [...under, resolved];
  const parts = [
    ...Object.entries(resolved.properties ?? {}).filter(([name]) => resolved.required?.includes(name)),
    ...(resolved.items ? [['0', resolved.items] as const] : []),
    ...(resolved.allOf ?? []).map((part) => ['', part] as const),
  ];
  const wanting = parts.flatMap(([name, part]) =>
    isNullable(part) ? [] : wantingExamples(part, schemas, name === '' ? at : `${at}/${name}`, inside),
  );
  return wanting.length > 0 ? wanting : [at];
}
