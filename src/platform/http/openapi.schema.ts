/** As much of a JSON Schema (2020-12) as documents made here hold. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number | boolean;
  exclusiveMaximum?: number | boolean;
  [keyword: string]: unknown;
}

/** Named schemas, as under `components.schemas`. */
export type Schemas = Record<string, Schema>;

const REF = '#/components/schemas/';

/** The schema that a reference names; any other schema itself. */
export function resolveSchema(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref === undefined) return schema;
  const target = schema.$ref.startsWith(REF) ? schemas[schema.$ref.slice(REF.length)] : undefined;
  if (!target) throw new Error(`No schema ${schema.$ref}`);
  return target;
}

/** Whether it says nothing of what a value holds. */
export const isVague = (schema: Schema, schemas: Schemas): boolean => {
  const { type, properties, additionalProperties, ...rest } = resolveSchema(schema, schemas);
  if (type === 'array') return rest.items === undefined || isVague(rest.items, schemas);
  if (type !== 'object' && type !== undefined) return false;
  return !properties && !additionalProperties && !rest.allOf && !rest.anyOf && !rest.oneOf && rest.const === undefined;
};

/** What of OpenAPI 3.0 is still in a schema that @nestjs/swagger made for 3.1. Changes it in place. */
export function toOpenApi31(schema: Schema): void {
  if ('example' in schema) {
    schema.examples = [schema.example];
    delete schema.example;
  }
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (schema[exclusive] === true && schema[bound] !== undefined) {
      schema[exclusive] = schema[bound];
      delete schema[bound];
    } else if (typeof schema[exclusive] === 'boolean') delete schema[exclusive];
  }
  const properties = schema.properties ?? {};
  // What has a preset may be left out, though its class declares no question mark.
  if (schema.required) schema.required = schema.required.filter((name) => properties[name]?.default === undefined);
  for (const inner of partsOf(schema)) toOpenApi31(inner);
}

const partsOf = (schema: Schema): Schema[] => [
  ...Object.values(schema.properties ?? {}),
  ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ...(schema.items ? [schema.items] : []),
  ...(schema.allOf ?? []),
  ...(schema.anyOf ?? []),
  ...(schema.oneOf ?? []),
];
