import 'reflect-metadata';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../src/kernel/problem.js';
import type { Schemas } from '../../src/platform/http/openapi.schema.js';
import { InputPipe } from '../../src/platform/http/validation.js';
import { wrongBodies } from './wrong-input.js';

type Json = Parameters<typeof wrongBodies>[0];
type Class = new () => object;

interface Operation {
  requestBody?: { content: Record<string, { schema: { $ref?: string }; example?: unknown }> };
}
const document = JSON.parse(readFileSync(path.resolve(__dirname, '../../docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Schemas };
};

/** Classes of bodies, by the name that the document gives them: whatever a *.dto.ts exports. */
const classes = new Map<string, Class>();
const source = path.resolve(__dirname, '../../src');
const dtoFiles = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.dto.ts'));

/** What takes JSON, by the class that its body is held against: `POST /api/v1/incidents`. MISP's calls have none. */
const operations = Object.entries(document.paths)
  .filter(([url]) => !url.startsWith('/misp/'))
  .flatMap(([url, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const media = requestBody?.content['application/json'];
      const name = media?.schema.$ref?.split('/').at(-1);
      return media && name !== undefined ? [{ operation: `${method.toUpperCase()} ${url}`, name, media }] : [];
    }),
  );

describe('a body', () => {
  const pipe = new InputPipe();

  beforeAll(async () => {
    for (const file of dtoFiles) {
      const exported = (await import(path.join(source, file))) as Record<string, unknown>;
      for (const [name, each] of Object.entries(exported))
        if (typeof each === 'function') classes.set(name, each as Class);
    }
  });

  /** What it is told, or null where it passes. @throws whatever is no Problem: the caller would get a 500. */
  const faultsOf = async (body: unknown, metatype: Class): Promise<string[] | null> => {
    try {
      await pipe.transform(body, { type: 'body', metatype });
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      expect(error.status).toBe(400);
      return (error.errors ?? []).map(({ pointer }) => pointer);
    }
  };

  it('is held against a class, whichever operation takes it', () => {
    expect(operations.length).toBeGreaterThan(90);
    expect(operations.filter(({ name }) => !classes.has(name)).map(({ operation, name }) => [operation, name])).toEqual(
      [],
    );
  });

  it.each(operations)('that $operation documents passes', async ({ name, media }) => {
    expect(await faultsOf(media.example, classes.get(name) as Class)).toBeNull();
  });

  it.each(operations)(
    'of $operation may hold null where its schema says so, and is told where it does not',
    async ({ name, media }) => {
      const wrong: string[] = [];
      const bodies = wrongBodies(media.example as Json, media.schema, document.components.schemas, 3);
      for (const { pointer, what, body, forbiddenNull } of bodies) {
        const pointers = await faultsOf(body, classes.get(name) as Class);
        if (forbiddenNull === null) continue;
        const isNamed = pointers?.some((each) => each === forbiddenNull || each.startsWith(`${forbiddenNull}/`));
        if (!isNamed) wrong.push(`${what} at ${pointer}: ${pointers === null ? 'passes' : pointers.join(', ')}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});
