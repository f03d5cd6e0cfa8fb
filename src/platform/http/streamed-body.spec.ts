import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { takeJsonBodies } from './body-limits.js';
import { NDJSON, limitTime } from './streamed-body.js';

describe('the time that a body may take', () => {
  let server: FastifyInstance;
  let port: number;
  let begin: () => void;
  let fail: (error: unknown) => void;
  const began = new Promise<void>((resolve) => (begin = resolve));
  const fault = new Promise<unknown>((resolve) => (fail = resolve));

  beforeAll(async () => {
    server = fastify({ routerOptions: { ignoreTrailingSlash: false } });
    takeJsonBodies(server);
    limitTime(server, 100);
    server.post('/whole', () => 'taken');
    server.post('/streamed', { config: { streams: NDJSON } }, async ({ body }) => {
      let text = '';
      for await (const chunk of body as AsyncIterable<Buffer>) text += chunk.toString();
      return text;
    });
    server.post('/late', { config: { streams: NDJSON } }, async ({ body, raw }) => {
      begin();
      await new Promise((resolve) => raw.once('close', resolve));
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) void chunk;
      } catch (error) {
        fail(error);
      }
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const head = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: ronda.test\r\nContent-Type: ${type}\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`;

  it('ends for one that is read whole, with an answer', async () => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(`${head('/whole', 'application/json')}{`);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('urn:ronda:problem:request-timeout');
    if (!socket.closed) await once(socket, 'close');
  });

  it('is told to whoever reads a stream that broke off before it was read', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${head('/late', NDJSON)}{`);
    await began;
    socket.destroy();
    await expect(fault).resolves.toMatchObject({ code: 'ECONNRESET' });
  });

  it('does not for a stream', async () => {
    const waiting = connect(port, '127.0.0.1');
    const streaming = connect(port, '127.0.0.1').setEncoding('utf8');
    streaming.write(`${head('/streamed', NDJSON)}{}`);
    waiting.write(`${head('/whole', 'application/json')}{`);
    // Begun after it, the other has been turned away.
    await once(waiting, 'data');
    streaming.write('{}');
    const [answer] = (await once(streaming, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('{}{}');
    streaming.destroy();
    waiting.destroy();
  });
});
