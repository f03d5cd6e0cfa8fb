import http from 'node:http';
import net from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { SystemChance } from '../../src/kernel/chance.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { configureHttp, createHttpAdapter } from '../../src/platform/http/configure-http.js';
import { operationsOf } from '../../src/platform/http/openapi.operations.js';
import { NestLogger, createLogger } from '../../src/platform/http/request-log.logger.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { FixedClock } from '../support/fixed-clock.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { Keyring } from '../../src/platform/secrets/keyring.js';

type Line = Record<string, unknown>;

interface Server {
  app: NestFastifyApplication;
  url: string;
  port: number;
  clock: FixedClock;
  /** What was logged since the last look. */
  log(): Line[];
}

async function start(database: Pick<TestDatabase, 'serviceUrl'>, trustProxy: false | number = false): Promise<Server> {
  const lines: Line[] = [];
  const log = createLogger({
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Line) },
  });
  const chance = new SystemChance();
  const clock = new FixedClock();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({
      database: { url: database.serviceUrl, poolSize: 3 },
      http: { rateLimitPerMinute: 500, loginLimitPerMinute: 3, metricsToken: 'scrape-me' },
      region: loadRegion(),
      originNode: 'test',
      keyring: new Keyring([Buffer.alloc(32, 7)]),
      clock,
      chance,
    }),
    createHttpAdapter({ trustProxy, chance }),
    { logger: new NestLogger(log), abortOnError: false },
  );
  configureHttp(app, { log });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as net.AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, port, clock, log: () => lines.splice(0) };
}

/** Bytes as they are, where no client library would send them so. */
const sendRaw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

/** A way to a database that can be cut, and mended. */
async function cuttableWire(to: string): Promise<{ url: string; cut(): void; mend(): void; close(): Promise<void> }> {
  const target = new URL(to);
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const wire = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    if (isCut) near.destroy();
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String((wire.address() as net.AddressInfo).port);
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    cut: () => {
      isCut = true;
      drop();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      drop();
      return new Promise((resolve) => wire.close(() => resolve()));
    },
  };
}

describe('manners', () => {
  let database: TestDatabase;
  let server: Server;
  let cast: Cast;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await start(database);
  });
  afterAll(async () => {
    await server.app.close();
    Logger.overrideLogger(false);
  });
  // A window of the rate limit for each test.
  beforeEach(() => server.clock.advance(60_000));

  const analyst = (): string => `Bearer ${cast['vn.analyst']!.token}`;
  const get = (path: string): supertest.Test => supertest(server.url).get(path);
  const file = (body: unknown): supertest.Test =>
    supertest(server.url)
      .post('/api/v1/incidents')
      .set('authorization', analyst())
      .set('content-type', 'application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body));

  describe('of refusals', () => {
    const expectProblem = (answer: supertest.Response, status: number, slug: string): void => {
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.headers.server).toBeUndefined();
      expect(answer.body).toMatchObject({ type: `urn:ronda:problem:${slug}`, status });
      expect(answer.status).toBe(status);
      expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
      expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|select |FST_|Error:/);
    };

    it.each([
      ['an unknown route', () => get('/api/v1/nothing'), 404, 'not-found'],
      ['another method', () => supertest(server.url).put('/api/v1/incidents'), 405, 'method-not-allowed'],
      ['no credential', () => get('/api/v1/incidents'), 401, 'unauthenticated'],
      ['a made-up credential', () => get('/api/v1/me').set('authorization', 'Bearer x'), 401, 'unauthenticated'],
      ['what is not JSON', () => file('{"title": }'), 400, 'malformed-json'],
      ['what is too deep', () => file(`{"title":${'['.repeat(50)}`), 400, 'invalid-input'],
      ['a forbidden member', () => file('{"__proto__":{}}'), 400, 'invalid-input'],
      ['NUL in a text', () => file({ ...filing(), title: 'a\0b' }), 400, 'invalid-input'],
      ['NUL in a path', () => get('/api/v1/incidents/a%00b'), 400, 'malformed-url'],
      ['bytes that are no text in a path', () => get('/api/v1/incidents/%ff'), 400, 'malformed-url'],
      ['an endless parameter', () => get(`/api/v1/incidents/${'a'.repeat(500)}`), 404, 'not-found'],
      ['too much', () => file({ title: 'x'.repeat(1024 * 1024) }), 413, 'too-large'],
      ['another media type', () => file('a=b').set('content-type', 'text/plain'), 415, 'unsupported-media-type'],
    ] as const)('%s is told as a problem', async (_, request, status, slug) => {
      expectProblem(await request(), status, slug);
    });

    it.each([
      ['a length that is none', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400],
      [
        'two lengths of a body',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
        400,
      ],
      ['a method of another world', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
      ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ])('%s is told as a problem', async (_, bytes, status) => {
      const answer = await sendRaw(server.port, bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toContain(`HTTP/1.1 ${status} `);
      expect(head.toLowerCase()).toContain('content-type: application/problem+json');
      expect(JSON.parse(body)).toMatchObject({ status, requestId: expect.any(String) });
    });

    it('tells a hundred faults at the most, of a body made to have thousands', async () => {
      const answer = await file({ ...filing(), countries: Array(1_500).fill({}), references: Array(10).fill({}) });
      expect(answer.status).toBe(400);
      expect(answer.body.errors.length).toBeLessThanOrEqual(100);
      expect(answer.text.length).toBeLessThan(50_000);
    });
  });

  describe('of names', () => {
    it('keeps a request id that is well-formed, and makes one otherwise', async () => {
      expect((await get('/health/live').set('x-request-id', 'from-afar-1')).headers['x-request-id']).toBe(
        'from-afar-1',
      );
      for (const sent of ['a b', 'x'.repeat(65), '<script>', ''])
        expect((await get('/health/live').set('x-request-id', sent)).headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    });
  });

  describe('of haste', () => {
    const login = (): supertest.Test =>
      supertest(server.url).post('/api/v1/auth/login').send({ email: 'nobody@cert.vn.example', password: 'no' });

    it('says what is left, and turns away who signs in too often', async () => {
      for (let left = 2; left >= 0; left--) {
        const { status, headers } = await login();
        expect(status).toBe(401);
        expect(headers.ratelimit).toContain(`"login";r=${left};t=60`);
      }
      const refused = await login();
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('60');
      expect(refused.body.type).toBe('urn:ronda:problem:rate-limited');
      expect((await get('/api/v1/me').set('authorization', analyst())).status).toBe(200);
    });

    it('believes an address only from a proxy that it was told of', async () => {
      const behind = await start(database, 1);
      const from = (address: string): supertest.Test =>
        supertest(behind.url)
          .post('/api/v1/auth/login')
          .set('x-forwarded-for', address)
          .send({ email: 'nobody@cert.vn.example', password: 'no' });
      expect((await from('203.0.113.1')).headers.ratelimit).toContain('"login";r=2');
      expect((await from('203.0.113.2')).headers.ratelimit).toContain('"login";r=2');
      // The proxy adds what it saw at the end; what stands before it is the caller's own word.
      expect((await from('192.0.2.99, 203.0.113.1')).headers.ratelimit).toContain('"login";r=1');
      await behind.app.close();

      const forged = supertest(server.url).post('/api/v1/auth/login').set('x-forwarded-for', '203.0.113.77');
      expect((await forged.send({ email: 'a@b.example', password: 'no' })).headers.ratelimit).toContain('"login";r=2');
      expect((await login()).headers.ratelimit).toContain('"login";r=1');
    });
  });

  describe('of the log', () => {
    it('is one line a request, of facts and not of contents', async () => {
      server.log();
      const { id } = (await file(filing({ title: 'Sensitive title' }))).body as { id: string };
      await get(`/api/v1/incidents/${id}?secret=query-value`).set('authorization', analyst());
      await get('/api/v1/incidents?sector=finance').set('authorization', 'Bearer stolen-token');
      const lines = server.log().filter((line) => line.method !== undefined);
      const { id: userId, organisation } = cast['vn.analyst']!;
      expect(lines).toEqual([
        {
          level: 'info',
          time: expect.any(String),
          requestId: expect.any(String),
          method: 'POST',
          route: '/api/v1/incidents',
          status: 201,
          durationMs: expect.any(Number),
          userId,
          organisationId: organisation.id,
        },
        expect.objectContaining({ method: 'GET', route: '/api/v1/incidents/:id', userId }),
        expect.objectContaining({ route: '/api/v1/incidents', status: 401, problem: 'unauthenticated' }),
      ]);
      const text = JSON.stringify(lines);
      for (const secret of ['Sensitive', 'query-value', 'stolen', 'finance', id, cast['vn.analyst']!.token])
        expect(text).not.toContain(secret);
    });

    it('leaves probes to those who ask for detail', async () => {
      server.log();
      await get('/health/live');
      expect(server.log()).toMatchObject([{ level: 'debug', route: '/health/live' }]);
    });
  });

  describe('of those who look after it', () => {
    it('shows metrics to this machine, and to others for the token', async () => {
      await get('/api/v1/nothing');
      const { status, text, headers } = await get('/metrics');
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('text/plain');
      expect(text).toContain('ronda_http_request_duration_seconds_count{method="GET",route="none",status="4xx"}');
      expect(text).toContain('ronda_http_requests_in_flight 1');
      expect(text).toMatch(/ronda_database_connections \d/);
      expect(text).toContain('process_cpu_user_seconds_total');
      expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);

      const fromAfar = (): supertest.Test => get('/metrics').set('x-forwarded-for', '203.0.113.5');
      expect((await fromAfar()).status).toBe(401);
      expect((await fromAfar().set('authorization', 'Bearer scrape-mE')).status).toBe(401);
      expect((await fromAfar().set('authorization', 'Bearer scrape-me')).status).toBe(200);
    });

    it('is alive without its database, and ready only with it', async () => {
      const wire = await cuttableWire(database.serviceUrl);
      const { app, url } = await start({ ...database, serviceUrl: wire.url });
      const ask = (path: string): supertest.Test => supertest(url).get(path);
      const me = (): supertest.Test => ask('/api/v1/me').set('authorization', analyst());
      expect((await ask('/health/ready')).body).toEqual({ status: 'ok' });
      expect((await me()).status).toBe(200);

      wire.cut();
      expect((await ask('/health/live')).status).toBe(200);
      const away = await ask('/health/ready');
      expect(away.status).toBe(503);
      expect(away.body).toMatchObject({ type: 'urn:ronda:problem:not-ready' });
      const refused = await me();
      expect(refused.status).toBe(503);
      expect(refused.body).toMatchObject({ type: 'urn:ronda:problem:temporarily-unavailable' });
      expect(refused.headers['retry-after']).toBe('1');

      wire.mend();
      await until(async () => (await ask('/health/ready')).status === 200, { what: 'the database to be found again' });
      expect((await me()).status).toBe(200);
      await app.close();
      await wire.close();
    });

    it('finishes what runs when it is told to go, and keeps nobody waiting behind it', async () => {
      const leaving = await start(database);
      const agent = new http.Agent({ keepAlive: true });
      const client = new pg.Client({ connectionString: database.superuserUrl });
      await client.connect();
      // Whoever files waits for the lock, and so is still under way when the server is closed.
      await client.query('begin');
      await client.query('lock table ronda.incident in exclusive mode');
      const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
        http
          .request(
            `${leaving.url}/api/v1/incidents`,
            { method: 'POST', agent, headers: { authorization: analyst(), 'content-type': 'application/json' } },
            resolve,
          )
          .on('error', reject)
          .end(JSON.stringify(filing()));
      });
      // Not just anybody's: the tests beside this one wait for locks in other databases of the same server.
      const waiting = `select from pg_locks where not granted and relation = 'ronda.incident'::regclass
        and database = (select oid from pg_database where datname = current_database())`;
      await until(async () => (await client.query(waiting)).rowCount, { what: 'the request to wait' });
      const closed = leaving.app.close();
      await until(
        () =>
          fetch(`${leaving.url}/health/live`).then(
            () => false,
            () => true,
          ),
        {
          what: 'new connections to be refused',
        },
      );
      await client.query('rollback');
      await client.end();
      const answer = await answered;
      expect(answer.statusCode).toBe(201);
      expect(answer.headers.connection).toBe('close');
      answer.resume();
      await closed;
      agent.destroy();
    });
  });

  describe('of the document', () => {
    it('names every route there is, and no other', async () => {
      const { body, status } = await get('/api/openapi.json');
      expect(status).toBe(200);
      expect(body.openapi).toBe('3.1.0');
      const operations = operationsOf(body);
      expect(operations.length).toBeGreaterThan(50);
      for (const { method, path, operation } of operations) {
        expect(path).toMatch(/^\/(api\/v1|misp|taxii2|csaf|\.well-known|feeds|advisories)(\/|$)/);
        expect(operation.responses).toHaveProperty('429');
        expect([operation.operationId, operation.security]).toEqual([operation.operationId, expect.any(Array)]);
        const url = path.replaceAll(/\{\w+\}/g, '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b');
        const { status: answered } = await supertest(server.url)[method](url);
        if (operation.security?.length === 0 && method === 'get') {
          // Open to anybody, who may find nothing there: the route itself is asked for.
          const pattern = path.replace('{path}', '*').replaceAll(/\{(\w+)\}/g, ':$1');
          const isThere = server.app.getHttpAdapter().getInstance().hasRoute({ method: 'GET', url: pattern });
          expect([path, isThere]).toEqual([path, true]);
          continue;
        }
        // Refused for want of a credential, not for want of a route.
        expect([method, path, [400, 401].includes(answered) || (method === 'post' && answered === 429)]).toEqual([
          method,
          path,
          true,
        ]);
      }
    });

    it('is shown on a page that loads nothing from elsewhere', async () => {
      const page = await get('/api/docs');
      expect(page.status).toBe(200);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      for (const [, source] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
        expect(source).toMatch(/^\.\/docs\//);
        expect((await get(`/api/${source!.slice(2)}`)).status).toBe(200);
      }
      expect((await get('/api/docs/../../package.json')).status).toBe(404);
    });
  });
});
