import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { takeJsonBodies } from './body-limits.js';
import { takeFiles } from './file-body.js';
import { asProblem, sendProblem } from './problem.filter.js';
import { NDJSON } from './streamed-body.js';
import { hearOut } from './unread-body.js';
import type { Patience } from './unread-body.js';

const LARGE = 20 * 1024 * 1024;

describe('the answer to a body that is refused before its end', () => {
  const servers: FastifyInstance[] = [];
  let port: number;
  let impatientPort: number;
  let isRead: () => void;
  let read: Promise<void>;

  const serve = async (patience: Patience): Promise<number> => {
    const server = fastify();
    servers.push(server);
    server.setErrorHandler((error, request, reply) => sendProblem(reply, asProblem(error), request.id));
    takeJsonBodies(server);
    takeFiles(server);
    hearOut(server, patience);
    server.addHook('onRequest', ({ headers }, _reply, done) =>
      done(headers.authorization === 'none' ? new Error('nobody') : undefined),
    );
    server.post('/whole', () => 'taken');
    server.post('/file', { config: { files: [NDJSON] } }, () => 'taken');
    server.post('/streamed', { config: { streams: NDJSON } }, async ({ body }) => {
      for await (const chunk of body as AsyncIterable<Buffer>) throw new Error(`enough after ${chunk.length} bytes`);
    });
    server.post('/untouched', { config: { streams: NDJSON } }, () => {
      throw new Error('not one byte of it');
    });
    server.post('/answered', { config: { streams: NDJSON } }, async ({ body }, reply) => {
      void reply.type('text/plain').send('before its end');
      await read;
      for await (const chunk of body as AsyncIterable<Buffer>) void chunk;
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    return (server.server.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    port = await serve({ silenceMs: 30_000, withinMs: 60_000 });
    impatientPort = await serve({ silenceMs: 100, withinMs: 400 });
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));
  beforeEach(() => {
    read = new Promise((resolve) => (isRead = resolve));
  });

  const head = (path: string, type: string, ...more: string[]): string =>
    [`POST ${path} HTTP/1.1`, 'Host: ronda.test', `Content-Type: ${type}`, ...more, '', ''].join('\r\n');
  const allOf = async (socket: Socket): Promise<string> => {
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk as string;
    return text;
  };

  const announced = `Content-Length: ${LARGE}`;
  const inChunks = 'Transfer-Encoding: chunked';
  it.each([
    ['announced', '/whole', 'application/json', announced, 413],
    ['in chunks', '/whole', 'application/json', inChunks, 413],
    ['of another type', '/whole', 'text/plain', announced, 415],
    ['by nobody', '/whole', 'application/json', `${announced}\r\nAuthorization: none`, 500],
    ['of lines, as a file', '/file', NDJSON, announced, 413],
    ['of lines, as a file in chunks', '/file', NDJSON, inChunks, 413],
    ['of a stream that is left', '/streamed', NDJSON, announced, 500],
    ['of a stream in chunks that is left', '/streamed', NDJSON, inChunks, 500],
    ['of a stream that is not begun', '/untouched', NDJSON, announced, 500],
  ])('reaches whoever sends all of it first: %s', async (_, path, type, length, status) => {
    for (const connection of ['close', 'keep-alive']) {
      const socket = connect(port, '127.0.0.1').pause();
      socket.write(head(path, type, length, `Connection: ${connection}`));
      const bytes = Buffer.alloc(64 * 1024, 0x20);
      for (let sent = 0; sent < LARGE; sent += bytes.length) {
        if (length === inChunks) socket.write(`${bytes.length.toString(16)}\r\n`);
        const isRoom = socket.write(bytes);
        if (length === inChunks) socket.write('\r\n');
        if (!isRoom) await once(socket, 'drain');
      }
      socket.end(length === inChunks ? '0\r\n\r\n' : '');
      expect(await allOf(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*"requestId":`));
    }
  });

  it('reaches whoever waits for it before sending more', async () => {
    const socket = connect(impatientPort, '127.0.0.1');
    socket.write(`${head('/whole', 'application/json', announced, 'Connection: close')}{`);
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is the end for whoever never ends', async () => {
    const socket = connect(impatientPort, '127.0.0.1').resume();
    const forever = function* (): Generator<string> {
      yield head('/whole', 'application/json', inChunks);
      for (;;) yield `10000\r\n${' '.repeat(65_536)}\r\n`;
    };
    // Of its answer nothing is promised.
    await expect(pipeline(forever, socket)).rejects.toThrow();
  });

  it('does not wait where it is a stream beside that of the body', async () => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(`${head('/answered', NDJSON, 'Content-Length: 4')}{}`);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toContain('before its end');
    isRead();
    socket.destroy();
  });
});
