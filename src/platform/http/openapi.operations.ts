import type { OpenAPIObject } from '@nestjs/swagger';
import type { Access } from './access.js';
import { exampleOf } from './openapi.examples.js';
import { problemAnswers, problemSchema, requestHeaders, responseHeaders } from './openapi.problems.js';
import { resolveSchema, toOpenApi31 } from './openapi.schema.js';
import type { ProblemAnswer } from './openapi.problems.js';
import type { Schema, Schemas } from './openapi.schema.js';

/** What a route's decorators say of it beside its shapes. */
export interface RouteFacts {
  access: Access;
  isVersioned: boolean;
  /** Its body is a stream, which has a name of its own instead of an Idempotency-Key, and any length. */
  isStreamed: boolean;
  /** Its body is a file, which has a name of its own too. */
  takesFiles: boolean;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: unknown;
}
interface Ref {
  $ref: string;
}
export interface Answer {
  description?: string;
  content?: Record<string, Media>;
  headers?: Record<string, Ref>;
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}
export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: (Parameter | Ref)[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer | Ref>;
}
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
type Method = (typeof METHODS)[number];

/** Every operation of a document, with the method and path that lead to it. */
export const operationsOf = (document: OpenAPIObject): { method: Method; path: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      method,
      path,
      operation: item[method] as unknown as Operation,
    })),
  );

/**
 * Adds to every operation what holds for its kind and @nestjs/swagger cannot know: who may call it, the headers it takes
 * and gives, every problem it may answer, and examples. Changes the document in place.
 */
export function completeDocument(document: OpenAPIObject, factsOf: (operationId: string) => RouteFacts): void {
  const components = (document.components ??= {});
  const schemas = (components.schemas ??= {}) as Schemas;
  schemas.Problem = problemSchema;
  for (const schema of Object.values(schemas)) toOpenApi31(schema);
  const used = new Used();
  for (const { method, path, operation } of operationsOf(document)) {
    const facts = factsOf(operation.operationId);
    convertShapes(operation);
    operation.security = securityOf(facts.access);
    if (operation.summary) operation.summary = operation.summary.replaceAll(/\s+/g, ' ');
    describeParameters(operation);
    addRequestHeaders(operation, method, path, facts, used);
    addProblems(operation, method, path, facts, used);
    describeSuccesses(operation, method, facts, schemas, used);
    for (const media of Object.values(operation.requestBody?.content ?? {})) addExample(media, schemas);
  }
  const tags = new Set(operationsOf(document).flatMap(({ operation }) => operation.tags ?? []));
  const described = new Map((document.tags ?? []).map((tag) => [tag.name, tag]));
  document.tags = [...tags].sort().map((name) => described.get(name) ?? { name });
  Object.assign(components, used.components());
}

/** Names the shared parts that some operation uses, so that no other is in the document. */
class Used {
  private readonly parts = { headers: new Set<string>(), parameters: new Set<string>(), responses: new Set<number>() };

  header(name: string): Ref {
    this.parts.headers.add(name);
    return { $ref: `#/components/headers/${name}` };
  }

  parameter(name: string): Ref {
    this.parts.parameters.add(name);
    return { $ref: `#/components/parameters/${name}` };
  }

  problem(status: number): Ref {
    this.parts.responses.add(status);
    return { $ref: `#/components/responses/${problemAnswers[status]?.name}` };
  }

  components(): Record<string, Record<string, unknown>> {
    const responses = Object.fromEntries(
      [...this.parts.responses].sort().flatMap((status) => {
        const answer = problemAnswers[status];
        return answer ? [[answer.name, this.problemResponse(status)]] : [];
      }),
    );
    return {
      responses,
      headers: Object.fromEntries([...this.parts.headers].sort().map((name) => [name, responseHeaders[name]])),
      parameters: Object.fromEntries([...this.parts.parameters].sort().map((name) => [name, requestHeaders[name]])),
    };
  }

  /** @param said why this operation in particular answers so; the general reason when left out. */
  problemResponse(status: number, said?: string): Answer {
    const answer = problemAnswers[status];
    const headers = ['X-Request-Id', ...(answer?.headers ?? [])];
    return {
      description: said ?? answer?.description ?? 'Refused.',
      headers: Object.fromEntries(headers.map((name) => [name, this.header(name)])),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          ...examplesOf(answer, status),
        },
      },
    };
  }
}

const examplesOf = (answer: ProblemAnswer | undefined, status: number): Pick<Media, 'example' | 'examples'> =>
  answer?.other
    ? {
        examples: {
          [String(answer.example.type).split(':').at(-1) ?? '']: { value: answer.example },
          [answer.other.slug]: { value: answer.other.example },
        },
      }
    : { example: answer?.example ?? { ...problemAnswers[400]?.example, status } };

function convertShapes(operation: Operation): void {
  const contents = [operation.requestBody, ...Object.values(operation.responses)].map((each) =>
    each && 'content' in each ? each.content : undefined,
  );
  for (const content of contents)
    for (const { schema } of Object.values(content ?? {})) if (schema) toOpenApi31(schema);
  for (const each of operation.parameters ?? []) if ('name' in each && each.schema) toOpenApi31(each.schema);
}

/** A one-time link is shown as bearer token only. */
const securityOf = ({ who }: Access): Record<string, string[]>[] =>
  who === 'anyone' ? [] : who === 'link' ? [{ bearer: [] }] : [{ bearer: [] }, { basic: [] }];

/** What a path names, it names by id. */
function describeParameters(operation: Operation): void {
  for (const each of operation.parameters ?? []) {
    if (!('name' in each)) continue;
    if (each.schema?.default !== undefined) each.required = false;
    if (each.in !== 'path') continue;
    if (each.schema?.type === 'string' && !each.schema.enum && !each.schema.pattern) each.schema.format ??= 'uuid';
    each.description ||= each.name === 'id' ? 'Its id.' : `Id of the ${each.name.replace(/Id$/, '')}.`;
  }
}

function addRequestHeaders(operation: Operation, method: Method, path: string, facts: RouteFacts, used: Used): void {
  const names: string[] = [];
  if (changesVersion(method)) names.push('IfMatch');
  else if (method === 'post' && path.includes('{') && facts.isVersioned) names.push('IfMatchWhenSent');
  else if (method === 'get' && facts.isVersioned) names.push('IfNoneMatch');
  if (isIdempotent(method, facts)) names.push('IdempotencyKey');
  // A handler that reads one of them declares it too, and says less of it.
  const shared = new Set(Object.values(requestHeaders).map(({ name }) => name.toLowerCase()));
  operation.parameters = [
    ...(operation.parameters ?? []).filter((each) => !('name' in each && shared.has(each.name.toLowerCase()))),
    ...names.map((name) => used.parameter(name)),
  ];
}

const changesVersion = (method: Method): boolean => method === 'patch' || method === 'put' || method === 'delete';

/** Keys belong to a caller, so a POST without one has none; what only reads is safe to repeat without. */
const isIdempotent = (method: Method, { access, isStreamed, takesFiles }: RouteFacts): boolean =>
  method === 'post' && access.who !== 'anyone' && access.mode !== 'read' && !isStreamed && !takesFiles;

function addProblems(operation: Operation, method: Method, path: string, facts: RouteFacts, used: Used): void {
  const { parameters = [], requestBody, responses } = operation;
  const hasQuery = parameters.some((each) => 'name' in each && each.in === 'query');
  const may: Record<number, boolean> = {
    400: requestBody !== undefined || hasQuery || isIdempotent(method, facts),
    // Whoever needs no credential for a POST shows one in its body: a password, a refresh token.
    401: facts.access.who !== 'anyone' || method === 'post',
    403: facts.access.who !== 'anyone',
    404: path.includes('{'),
    409: changesVersion(method) || isIdempotent(method, facts),
    412: changesVersion(method) || (method === 'post' && path.includes('{') && facts.isVersioned),
    413: requestBody !== undefined && !facts.isStreamed,
    415: requestBody !== undefined,
    422: isIdempotent(method, facts),
    428: changesVersion(method),
    429: true,
    503: true,
  };
  for (const [status, answer] of Object.entries(responses)) {
    if (Number(status) < 400 || '$ref' in answer) continue;
    // Declared with @throws: the words stay, the shape is the one of all problems.
    responses[status] = used.problemResponse(Number(status), answer.description);
    may[Number(status)] = false;
  }
  for (const [status, isPossible] of Object.entries(may))
    if (isPossible) responses[status] = used.problem(Number(status));
}

function describeSuccesses(
  operation: Operation,
  method: Method,
  facts: RouteFacts,
  schemas: Schemas,
  used: Used,
): void {
  const { responses } = operation;
  for (const [status, answer] of Object.entries(responses)) {
    if (Number(status) >= 300 || '$ref' in answer) continue;
    const names = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy'];
    if (facts.isVersioned) names.push('ETag');
    if (status === '201') names.push('Location');
    for (const media of Object.values(answer.content ?? {})) {
      if (media.schema && isPage(media.schema, schemas)) names.push('Link');
      addExample(media, schemas);
    }
    answer.description ||= status === '201' ? 'Made.' : status === '202' ? 'Begun.' : 'Done.';
    answer.headers = { ...answer.headers, ...Object.fromEntries(names.map((name) => [name, used.header(name)])) };
  }
  if (method === 'get' && facts.isVersioned)
    responses['304'] ??= { description: 'Not changed since the version that If-None-Match names.' };
}

const isPage = (schema: Schema, schemas: Schemas): boolean => {
  const { properties } = resolveSchema(schema, schemas);
  return properties !== undefined && 'items' in properties && 'next' in properties;
};

function addExample(media: Media, schemas: Schemas): void {
  if (!media.schema || media.example !== undefined || media.examples !== undefined) return;
  const example = exampleOf(media.schema, schemas);
  if (example !== undefined) media.example = example;
}
