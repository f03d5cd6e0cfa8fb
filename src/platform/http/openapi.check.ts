import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { wantingExamples } from './openapi.examples.js';
import { operationsOf } from './openapi.operations.js';
import type { Answer, Media } from './openapi.operations.js';
import { isVague } from './openapi.schema.js';
import type { Schema, Schemas } from './openapi.schema.js';

/** What a reader of the document would miss: a sentence each, none when it is whole. */
export function faultsInDocument(document: OpenAPIObject): string[] {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  const validate = validator(document);
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { method, path, operation } of operationsOf(document)) {
    const where = `${operation.operationId} (${method.toUpperCase()} ${path})`;
    if (seen.has(operation.operationId)) faults.push(`${where} has an operationId that another has`);
    seen.add(operation.operationId);
    if (!operation.summary) faults.push(`${where} has no summary: write a JSDoc line`);
    for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
      faults.push(...faultsIn(`${where} request ${type}`, media, schemas, validate));
    for (const [status, answer] of Object.entries(operation.responses)) {
      const content = contentOf(answer, document);
      if (Number(status) < 300 && status !== '204' && !content)
        faults.push(`${where} answers ${status} without a schema: return a class of a .dto.ts file`);
      for (const [type, media] of Object.entries(content ?? {}))
        faults.push(...faultsIn(`${where} answer ${status} ${type}`, media, schemas, validate));
    }
  }
  return faults;
}

function faultsIn(where: string, media: Media, schemas: Schemas, validate: Validate): string[] {
  if (!media.schema || isVague(media.schema, schemas)) return [`${where} does not say its shape`];
  const examples =
    media.example !== undefined
      ? [media.example]
      : Object.values((media.examples ?? {}) as Record<string, { value: unknown }>).map(({ value }) => value);
  if (examples.length === 0)
    return [
      // The compiler's plugin drops an @example of several words without quotes.
      `${where} has no example: write @example "…" at ${wantingExamples(media.schema, schemas).join(', ')}`,
    ];
  return examples.flatMap((example) =>
    validate(media.schema ?? {}, example).map((fault) => `${where} has an example that is not valid: ${fault}`),
  );
}

function contentOf(answer: Answer | { $ref: string }, document: OpenAPIObject): Record<string, Media> | undefined {
  if (!('$ref' in answer)) return answer.content;
  const name = answer.$ref.split('/').at(-1) ?? '';
  return (document.components?.responses?.[name] as Answer | undefined)?.content;
}

type Validate = (schema: Schema, value: unknown) => string[];

function validator(document: OpenAPIObject): Validate {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // References are to #/components/schemas, so every schema is looked at as a part of the document.
  ajv.addSchema({ $id: 'urn:ronda:openapi', components: { schemas: document.components?.schemas } });
  return (schema, value) => {
    const absolute = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components/', '"urn:ronda:openapi#/components/'),
    ) as Schema;
    const check = ajv.compile(absolute);
    if (check(value)) return [];
    return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  };
}
