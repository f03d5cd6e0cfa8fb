import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { RondaRequest } from './request.js';

/**
 * One line a request: the route's template, never its address, query, body or credential, so that a log can be read by
 * those who may not read what is shared. Probes are written at debug.
 */
export function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request: RondaRequest, reply, done) => {
    const route = request.is404 ? undefined : request.routeOptions.url;
    const level = route !== undefined && isProbe(route) ? 'debug' : 'info';
    if (log.isLevelEnabled(level)) {
      log[level]({
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 100) / 100,
        userId: request.user?.userId,
        organisationId: request.user?.organisationId,
        problem: reply.problemSlug,
      });
    }
    done();
  });
}

const isProbe = (route: string): boolean => route.startsWith('/health/') || route === '/metrics';
