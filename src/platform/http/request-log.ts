import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import type { RondaRequest } from './request.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is among the requests under way. */
    isCounted: boolean;
  }
}

/** Measures every request, and writes a line of it. */
export function watchRequests(server: FastifyInstance, metrics: Metrics, log: Logger): void {
  server.decorateRequest('isCounted', false);
  server.addHook('onRequest', (request, _reply, done) => {
    request.isCounted = true;
    metrics.requestBegan();
    done();
  });
  server.addHook('onResponse', (request: RondaRequest, reply, done) => {
    // Fastify makes the route's options anew each time they are asked for.
    const route = request.is404 ? undefined : request.routeOptions.url;
    // What is turned away by an earlier hook was never counted.
    if (request.isCounted) metrics.requestEnded(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    logRequest(log, request, reply, route);
    done();
  });
}

/**
 * One line a request: the route's template, never its address, query, body or credential, so that a log can be read by
 * those who may not read what is shared. Probes are written at debug.
 */
function logRequest(log: Logger, request: RondaRequest, reply: FastifyReply, route: string | undefined): void {
  const level = route !== undefined && isProbe(route) ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
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

const isProbe = (route: string): boolean => route.startsWith('/health/') || route === '/metrics';
