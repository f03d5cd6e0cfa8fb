// Clients of text/event-stream in a process of its own: when each of them had an event whole.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
let streams = [];
let awaited = null;

process.on('message', async (message) => {
  if (message.open) process.send(await open(message.open));
  if (message.next) awaited = { left: new Set(streams), at: [], bytes: 0 };
  if (message.next) process.send({ waiting: streams.length });
});

/** @param {{url: string, path: string, tokens: string[]}} options one stream for each token */
async function open({ url, path, tokens }) {
  for (const stream of streams) stream.outgoing.destroy();
  streams = [];
  for (const token of tokens) streams.push(await listen(url + path, token));
  return { opened: streams.length };
}

function listen(url, token) {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const outgoing = request(url, { headers, agent }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${url} answers ${answer.statusCode}`));
      const stream = { outgoing };
      let rest = '';
      answer.setEncoding('latin1').on('data', (text) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop();
        for (const block of blocks) if (block.includes('data:')) arrived(stream, block);
      });
      answer.on('error', () => undefined);
      resolve(stream);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function arrived(stream, block) {
  if (!awaited?.left.delete(stream)) return;
  // The monotonic clock of the machine: other processes have the same.
  awaited.at.push(process.hrtime.bigint().toString());
  awaited.bytes = block.length;
  if (awaited.left.size > 0) return;
  const { at, bytes } = awaited;
  awaited = null;
  process.send({ at, bytes, text: block });
}

process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ port: 0 });
