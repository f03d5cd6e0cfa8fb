import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Chance } from '../../kernel/chance.js';
import { Problem } from '../../kernel/problem.js';
import { BODY_LIMIT_BYTES, takeJsonBodies } from './body-limits.js';
import { Draining } from './health.js';
import { Metrics } from './metrics.js';
import { intoExercise } from './exercise-paths.js';
import { KnownRoutes, answerUnreadableRequest } from './not-found.js';
import { serveOpenApi } from './openapi.pages.js';
import { takeFiles } from './file-body.js';
import { withNamedParameters } from './named-parameters.js';
import { limitTime } from './streamed-body.js';
import { asProblem, sendProblem } from './problem.filter.js';
import { watchRequests } from './request-log.js';
import { hearOut } from './unread-body.js';

export interface HttpAdapterOptions {
  /** Who may say in X-Forwarded-For where a request comes from: nobody, the number of proxies in front, or their addresses. */
  trustProxy: false | number | string[];
  chance: Chance;
}

/** Nest's door to Fastify, closed to what the product does not use: other bodies than JSON, middleware. */
class HttpAdapter extends FastifyAdapter {
  private readonly routes = new KnownRoutes();

  constructor({ trustProxy, chance }: HttpAdapterOptions) {
    const newRequestId = (): string => chance.uuid();
    super({
      bodyLimit: BODY_LIMIT_BYTES,
      // A mere number is a number of proxies to us, and "trust nobody" to Fastify.
      trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
      // A stream of any length takes any time, so Node's clock for a whole request stands still, and `limitTime` gives
      // five minutes to every other body.
      requestTimeout: 0,
      connectionTimeout: 120_000,
      keepAliveTimeout: 72_000,
      forceCloseConnections: 'idle',
      // A request that is on its way when the server closes is served, and its connection closed behind it.
      return503OnClosing: false,
      routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 200 },
      rewriteUrl: (request: IncomingMessage) =>
        withNamedParameters(withCsafIndex(intoExercise(withoutTaxiiSlash(request.url ?? '/'), request))),
      skipMiddie: true,
      // Node would answer a request without one by itself, and with nothing to read.
      http: { requireHostHeader: false, headersTimeout: 60_000 },
      logger: false,
      genReqId: ({ headers }: { headers: FastifyRequest['headers'] }) => {
        const sent = headers['x-request-id'];
        return typeof sent === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(sent) ? sent : newRequestId();
      },
      // The router refuses before any hook runs.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(addManners(request, reply), asProblem(error), request.id),
      clientErrorHandler: (error, socket) => answerUnreadableRequest(error, socket, newRequestId()),
    });
    this.routes.watch(this.server);
    takeJsonBodies(this.server);
    takeFiles(this.server);
    limitTime(this.server);
    hearOut(this.server);
  }

  override registerParserMiddleware(): void {
    // Nest would add one for forms, and its own for JSON.
  }

  override setNotFoundHandler(): FastifyInstance {
    return this.server.setNotFoundHandler((request, reply) =>
      sendProblem(reply, this.routes.problemFor(request), request.id),
    );
  }

  /** The filter wants to see what Fastify threw, by its code. */
  override mapException(error: unknown): unknown {
    return error;
  }

  private get server(): FastifyInstance {
    return this.getInstance<FastifyInstance>();
  }
}

export const createHttpAdapter = (options: HttpAdapterOptions): FastifyAdapter => new HttpAdapter(options);

/** Before `app.init()` or `app.listen()`: what holds for every answer, whichever route gives it, and for none. */
export function configureHttp(app: NestFastifyApplication, { log }: { log: Logger }): void {
  const server = app.getHttpAdapter().getInstance();
  watchRequests(server, app.get(Metrics), log);
  refuseUnreadable(server);
  sendManners(server, app.get(Draining));
  serveOpenApi(app, server);
}

function refuseUnreadable(server: FastifyInstance): void {
  server.addHook('onRequest', ({ headers, raw, url }, _reply, done) => {
    if (headers.host === undefined && raw.httpVersion === '1.1')
      done(new Problem('malformed-request', 400, 'The request is not HTTP', 'The request names no host.'));
    // PostgreSQL keeps no U+0000, so no path may name it; query parameters are looked at with the others.
    else if (url.includes('%00') && url.split('?', 1)[0]?.includes('%00'))
      done(new Problem('malformed-url', 400, 'The address is not valid', 'The path holds U+0000.'));
    else done();
  });
}

function sendManners(server: FastifyInstance, draining: Draining): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    addManners(request, reply);
    if (draining.hasBegun) reply.header('connection', 'close');
    done();
  });
}

function addManners(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  // What one caller may read is in no shared cache, and after the sign-out in none.
  return reply.hasHeader('cache-control') ? reply : reply.header('cache-control', 'no-store');
}

/** TAXII ends its paths with a slash, Nest its routes without. */
const withoutTaxiiSlash = (url: string): string => url.replace(/^(\/taxii2(?:\/[^?]*[^/?])?)\/(?=\?|$)/, '$1');

/** What is in a folder of a CSAF provider lies beside it, as a static server would have it. */
const withCsafIndex = (url: string): string => url.replace(/^(\/csaf\/[^?]*\/)(?=\?|$)/, '$1index.html');
