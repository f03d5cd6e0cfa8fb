import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { Schema, Schemas } from '../../src/platform/http/openapi.schema.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { bodies } from './bodies.js';
import { Client, inParallel } from './client.js';
import type { Answer } from './client.js';
import { Subjects } from './subjects.js';
import { wrongBodies, wrongParameters } from './wrong-input.js';

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema; example?: unknown }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
}
interface Described {
  /** `POST /api/v1/incidents/:id`. */
  route: string;
  operation: Operation;
}
type Json = Parameters<typeof wrongBodies>[0];

const document = JSON.parse(readFileSync(path.resolve(__dirname, '../../docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Schemas };
};
const described: Described[] = Object.entries(document.paths).flatMap(([url, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${url.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    operation,
  })),
);
/** Of which an example says both what is sent in one way, and in another. */
const EITHER = /\/(scenarios(\/:id|\/lint)?|jump|invitations|confirmation)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('wrong input', () => {
  let server: TestApp;
  let superuser: pg.Pool;
  let client: Client;
  let subjects: Subjects;
  const told: string[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    const cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
    server = await startTestApp(database);
    client = new Client(server.url);
    subjects = new Subjects(new Api(server.url), cast, superuser);
    await subjects.open();
  });
  afterAll(async () => {
    client.close();
    await superuser.end();
    await server.close();
    process.stdout.write(`Wrong input: ${told.join('; ')}.\n`);
  });

  const openRoute = async ({ route }: Described) => {
    const { token, ids } = await subjects.of(route);
    const [method = '', pattern = ''] = route.split(' ');
    let next = 0;
    const url = pattern.replaceAll(/:\w+/g, () => ids[next++] ?? 'nothing');
    return (body: object | undefined, query = ''): Promise<Answer> =>
      client.ask({
        method,
        path: url + query,
        body,
        authorization: token === null ? undefined : `Bearer ${token}`,
        headers: method === 'POST' ? {} : { 'if-match': '*' },
      });
  };
  /** The documented example, or one of what it takes one or the other of, with ids of what is there in place of its own. */
  const soundBody = (route: string, example: unknown): Json =>
    withIds((EITHER.test(route) ? bodies[route] : example) as Json, '');
  const withIds = (value: Json, name: string): Json => {
    if (typeof value === 'string') return UUID.test(value) ? (subjects.idFor(name) ?? value) : value;
    if (Array.isArray(value)) return value.map((item) => withIds(item, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withIds(member, key)]));
  };
  /** Each in words, a few of them where there are many. */
  const expectNone = (faults: string[]): void => {
    const more = faults.length > 60 ? [`… and ${faults.length - 60} more`] : [];
    expect([...faults.slice(0, 60), ...more]).toEqual([]);
  };

  const ofJson = described.flatMap((each) => {
    const media = each.operation.requestBody?.content['application/json'];
    const isObject = media?.example !== undefined && typeof media.example === 'object' && !Array.isArray(media.example);
    return media && isObject ? [{ ...each, media }] : [];
  });

  it('in a body is told by its pointer, and is never a fault of the server', async () => {
    const faults: string[] = [];
    const before = client.requests;
    await inParallel(
      ofJson,
      async ({ media, ...each }) => {
        const ask = await openRoute(each);
        const sound = soundBody(each.route, media.example);
        // A scenario is one member.
        const depth = each.route.endsWith('/scenarios/lint') ? 4 : each.route.endsWith('/injects') ? 4 : 2;
        for (const { pointer, what, body, forbiddenNull } of wrongBodies(
          sound,
          media.schema,
          document.components.schemas,
          depth,
        )) {
          const { status, body: answer } = await ask(body as object);
          if (status >= 500) faults.push(`${each.route}, ${what} at ${pointer}: ${status}`);
          // Null is what MISP's own clients send of what they leave out.
          else if (forbiddenNull !== null && !each.route.includes(' /misp/')) {
            const pointers = ((answer.errors ?? []) as { pointer: string }[]).map((fault) => fault.pointer);
            const isNamed = pointers.some((named) => named === forbiddenNull || named.startsWith(`${forbiddenNull}/`));
            if (status !== 400 || !isNamed)
              faults.push(`${each.route}, ${what} at ${pointer}: ${status} naming [${pointers.join(', ')}]`);
          }
        }
        const { status } = await ask(sound as object);
        if (status >= 500) faults.push(`${each.route}, with nothing wrong: ${status}`);
      },
      8,
    );
    told.push(`${client.requests - before} bodies of ${ofJson.length} routes`);
    expectNone(faults);
  }, 300_000);

  it('in a query is no fault of the server, and what no text may hold is told by its name', async () => {
    const faults: string[] = [];
    const before = client.requests;
    const withQuery = described.flatMap((each) => {
      const parameters = (each.operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      return parameters.length > 0 ? [{ ...each, parameters }] : [];
    });
    await inParallel(
      withQuery,
      async ({ parameters, ...each }) => {
        const ask = await openRoute(each);
        const body = each.route.startsWith('GET ') ? undefined : (bodies[each.route] ?? {});
        const exampleOf = ({ example, schema }: (typeof parameters)[number]): string => {
          const first: unknown = [example ?? schema.examples?.[0] ?? schema.enum?.[0] ?? 'x'].flat()[0];
          return encodeURIComponent(typeof first === 'string' ? first : JSON.stringify(first));
        };
        for (const parameter of parameters) {
          const others = parameters
            .filter(({ required, name }) => required && name !== parameter.name)
            .map((other) => `${other.name}=${exampleOf(other)}`);
          const twice = `${exampleOf(parameter)}&${parameter.name}=${exampleOf(parameter)}`;
          for (const value of [...wrongParameters(parameter.name), twice, `&${parameter.name}=%00`]) {
            const { status, body: answer } = await ask(body, `?${[...others, `${parameter.name}=${value}`].join('&')}`);
            const said = `${each.route}, ${parameter.name}=${value.slice(0, 80)}: ${status}`;
            if (status >= 500) faults.push(said);
            else if (value === 'a%00b') {
              const errors = (answer.errors ?? []) as { pointer: string; in?: string }[];
              const isNamed = errors.some((fault) => fault.pointer === `/${parameter.name}` && fault.in === 'query');
              if (status !== 400 || !isNamed) faults.push(`${said} naming ${JSON.stringify(errors)}`);
            }
          }
        }
      },
      8,
    );
    told.push(`${client.requests - before} queries of ${withQuery.length} routes`);
    expectNone(faults);
  }, 300_000);
});
