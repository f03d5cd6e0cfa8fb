import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { Problem, notFound } from '../../kernel/problem.js';
import { problemDocument } from './problem.filter.js';

/**
 * Which methods each path of the product takes. Asked only when no route was found, so it may take its time: a hundred
 * patterns are tried in some 10 µs.
 */
export class KnownRoutes {
  private readonly methodsOf = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  /** Learns every route that is registered from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => this.learn(route));
  }

  /** The answer to a request that no route takes: the one 404, or 405 where another method would have been taken. */
  problemFor(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = new Set<string>();
    for (const known of this.methodsOf.values())
      if (known.pattern.test(path)) for (const method of known.methods) methods.add(method);
    if (methods.size === 0 || methods.has(request.method)) return notFound();
    const allow = [...methods].sort().join(', ');
    return new Problem('method-not-allowed', 405, 'Method not allowed', `This takes ${allow}.`, { headers: { allow } });
  }

  private learn({ url, method }: RouteOptions): void {
    let known = this.methodsOf.get(url);
    if (!known) {
      const pattern = url
        .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll(/:\w+/g, '[^/]+')
        .replaceAll('*', '.*');
      this.methodsOf.set(url, (known = { pattern: new RegExp(`^${pattern}$`), methods: new Set() }));
    }
    for (const each of [method].flat()) known.methods.add(each);
  }
}

/**
 * Answers what Node cannot read as HTTP and Fastify therefore never sees: a bad header or length, headers without end.
 * @see RFC 9112 §9.6 for the close behind it
 */
export function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket, requestId: string): void {
  // A caller that has gone away hears nothing.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Problem('headers-too-large', 431, 'The headers are too large', 'The headers may take 16 KiB.')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new Problem('request-timeout', 408, 'The request took too long', 'The request did not arrive in time.')
        : new Problem('malformed-request', 400, 'The request is not HTTP', 'The request cannot be read as HTTP.');
  const body = JSON.stringify(problemDocument(problem, requestId));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
