// The baseline of delivery: Fastify, streams in a set, and the bytes that it is told written to each of them.
import Fastify from 'fastify';
import { takeProfiles } from './profile.mjs';

const app = Fastify({ logger: false });
const streams = new Set();

app.get('/stream', (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  reply.raw.write('retry: 3000\n\n');
  streams.add(reply.raw);
  reply.raw.on('close', () => streams.delete(reply.raw));
});

process.on('message', ({ broadcast }) => {
  if (broadcast === undefined) return;
  const began = process.hrtime.bigint().toString();
  const bytes = Buffer.from(`${broadcast}\n\n`, 'latin1');
  for (const stream of streams) stream.write(bytes);
  process.send({ began });
});

await app.listen({ port: 0, host: '127.0.0.1' });
takeProfiles();
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ port: app.server.address().port });
