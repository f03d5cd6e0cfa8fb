import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/**
 * Runs `end` before the server closes, which waits for its answers: streams have no end of their own. A worker has no door, and
 * nothing to end.
 */
export function beforeClosing({ httpAdapter }: HttpAdapterHost, end: () => void): void {
  const server = (httpAdapter as HttpAdapterHost['httpAdapter'] | undefined)?.getInstance<FastifyInstance>();
  server?.addHook('preClose', (done: () => void) => {
    end();
    done();
  });
}
