import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

export interface Patience {
  /** How long nothing may come. */
  silenceMs: number;
  /** How long the rest of it may take. */
  withinMs: number;
}

/**
 * Reads and throws away the rest of a body that is refused, before it says so. Closing a connection on which bytes lie unread
 * resets it, and the reset outruns the answer: a client, or a proxy between, that sends all of it before it reads would learn
 * nothing but that the connection broke. @see RFC 9112 §9.6
 */
export function hearOut(
  server: FastifyInstance,
  { silenceMs, withinMs }: Patience = { silenceMs: 1_000, withinMs: 30_000 },
): void {
  server.addHook('onSend', async ({ raw }, reply) => {
    // A good answer may be a stream beside that of the body. Of a body that came too slowly no more is waited for.
    if (reply.statusCode < 400 || reply.statusCode === 408 || !isUnread(raw)) return;
    await theRest(raw, { silenceMs, withinMs });
    if (isUnread(raw)) reply.header('connection', 'close');
  });
}

/** One without a body is read whole a moment after its headers. */
const isUnread = (raw: IncomingMessage): boolean =>
  !raw.complete &&
  !raw.readableEnded &&
  !raw.destroyed &&
  (raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined);

function theRest(raw: IncomingMessage, { silenceMs, withinMs }: Patience): Promise<void> {
  return new Promise((resolve) => {
    let isSilent = false;
    const end = (): void => {
      clearTimeout(silent);
      clearTimeout(late);
      raw.off('data', more).off('end', end).off('close', end);
      resolve();
    };
    const silent = setTimeout(() => {
      isSilent = true;
      // Where this process stood still, more may have come that it has not looked at.
      setImmediate(() => {
        if (isSilent) end();
      });
    }, silenceMs);
    const late = setTimeout(end, withinMs);
    const more = (): void => {
      isSilent = false;
      silent.refresh();
    };
    raw.unpipe();
    raw.on('data', more).once('end', end).once('close', end).resume();
  });
}
