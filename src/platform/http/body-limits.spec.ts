import { fastify } from 'fastify';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Fault, Problem } from '../../kernel/problem.js';
import { surveyJson, takeJsonBodies } from './body-limits.js';
import { takeFiles } from './file-body.js';
import { asProblem, sendProblem } from './problem.filter.js';

const faultIn = (json: string): Fault | undefined => {
  try {
    surveyJson(Buffer.from(json));
    return undefined;
  } catch (error) {
    return (error as Problem).errors?.[0];
  }
};

describe('a look over the bytes of a body', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  it('lets 32 levels pass and names the place of the 33rd', () => {
    expect(faultIn(nested(32))).toBeUndefined();
    expect(faultIn(nested(33))?.pointer).toBe('/0'.repeat(32));
    expect(faultIn(`{"a":[1,{"b~/c":${nested(40)}}]}`)?.pointer).toBe(`/a/1/b~0~1c${'/0'.repeat(29)}`);
  });

  it('takes brackets, commas and quotes in texts for text', () => {
    expect(
      faultIn(JSON.stringify({ text: `${'['.repeat(50)}"\\${'{'.repeat(5000)}${','.repeat(50_000)}` })),
    ).toBeUndefined();
    expect(faultIn(`["\\\\",${nested(32)}]`)?.pointer).toBe(`/1${'/0'.repeat(31)}`);
  });

  it('names the first object, value or member that is too many', () => {
    const list = (item: string, count: number): string => `{"items":[${Array<string>(count).fill(item).join(',')}]}`;
    const members = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"m${at}":1`).join(',')}}`;
    expect(faultIn(list('{}', 1999))).toBeUndefined();
    expect(faultIn(list('{}', 2000))?.pointer).toBe('/items/1999');
    expect(faultIn(list('"x"', 10_000))).toBeUndefined();
    expect(faultIn(list('"x"', 20_001))?.pointer).toBe('/items/19999');
    expect(faultIn(members(256))).toBeUndefined();
    expect(faultIn(members(257))?.detail).toContain('256 members');
  });

  it.each(['', '"', '"\\', '{"a', ']]]]', '}{', '[,,,]', '{"a":}'])(
    'reads %j to its end, though it is not JSON',
    (text) => {
      expect(faultIn(text)).toBeUndefined();
    },
  );
});

describe('bodies', () => {
  let server: FastifyInstance;

  beforeAll(() => {
    server = fastify();
    takeJsonBodies(server);
    server.setErrorHandler((error, request, reply) => sendProblem(reply, asProblem(error), request.id));
    takeFiles(server);
    server.post('/large', { config: { hasLargeJson: true } }, () => ({ body: 'taken' }));
    server.post('/', (request) => ({ body: request.body ?? null }));
  });
  afterAll(() => server.close());

  const post = (payload: string | Buffer, type = 'application/json', url = '/'): Promise<LightMyRequestResponse> =>
    server.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

  it('are JSON, or nothing at all', async () => {
    expect((await post('{"a":[1]}')).json()).toEqual({ body: { a: [1] } });
    expect((await post('')).json()).toEqual({ body: null });
    expect((await post('{}', 'application/json; charset=utf-8')).statusCode).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    'of %s are not taken',
    async (type) => {
      const answer = await post('a=b', type);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ type: 'urn:ronda:problem:unsupported-media-type', status: 415 });
    },
  );

  it.each([
    ['cut off', '{"a":'],
    ['two values', '{}{}'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('that are %s are told from a fault of the service', async (_, payload) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ type: 'urn:ronda:problem:malformed-json' });
  });

  it('say nothing of what they held', async () => {
    expect((await post('{"password": hunter2}')).payload).not.toContain('hunter2');
  });

  it.each([
    ['{"a":{"__proto__":{"isAdmin":true}}}', '/a/__proto__'],
    ['{"a":[{"\\u005f_proto__":1}]}', '/a/0/__proto__'],
    ['{"constructor":{"prototype":{"x":1}}}', '/constructor'],
  ])('may not reach for prototypes: %s', async (payload, pointer) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('above a mebibyte are too large, also when their length is not told', async () => {
    const answer = await post(`"${'x'.repeat(1024 * 1024)}"`);
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ type: 'urn:ronda:problem:too-large' });
  });

  it('are taken up to 16 MiB, with as much in them as a file, where the route says so', async () => {
    const large = async (payload: string) => (await post(payload, 'application/json', '/large')).statusCode;
    expect(await large(`"${'x'.repeat(16 * 1024 * 1024 - 2)}"`)).toBe(200);
    expect(await large(`"${'x'.repeat(16 * 1024 * 1024)}"`)).toBe(413);
    const many = (count: number): string => `[${Array<string>(count).fill('{}').join(',')}]`;
    expect([await large(many(5_000)), await large(many(100_001))]).toEqual([200, 400]);
    expect((await post(many(5_000))).statusCode).toBe(400);
  });
});
