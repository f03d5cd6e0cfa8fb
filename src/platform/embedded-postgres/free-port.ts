import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/**
 * Below the range from which systems take ports for outgoing connections (Linux 32768, macOS and Windows 49152). Above
 * it a client that knocks while the database restarts can be given that very port, connect to itself, and keep it.
 */
const FROM = 20_000;
const TO = 32_000;
const ATTEMPTS = 200;

/** A TCP port on 127.0.0.1 that nobody listens on, random so that several installations rarely meet. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found on ${LOOPBACK} between ${FROM} and ${TO}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
