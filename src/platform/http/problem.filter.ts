import { Catch, HttpException, Injectable, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, notFound } from '../../kernel/problem.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Of the problem that was answered, for the request's log line. */
    problemSlug?: string;
  }
}

/** Every error leaves as problem+json; what is not a Problem leaves as one that tells nothing. @see RFC 9457 */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = asProblem(error);
    if (problem.status >= 500) {
      const cause = problem.cause ?? error;
      this.log.error(
        { requestId: request.id, problem: problem.slug, error: errorName(cause) },
        cause instanceof Error && problem.status === 500 ? stackWithoutMessage(cause) : undefined,
      );
    }
    sendProblem(http.getResponse<FastifyReply>(), problem, request.id);
  }
}

/** Writes a problem document. Also used before Nest is reached, and where no route was found. */
export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  // A stream that breaks after its first byte has been answered already.
  if (reply.sent) return;
  reply.problemSlug = problem.slug;
  // A route may have named what it made before the commit failed.
  for (const header of ['etag', 'location', 'link']) if (!(header in problem.headers)) reply.removeHeader(header);
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemDocument(problem, requestId)));
}

/** @see RFC 9457 §3.1 */
export const problemDocument = (problem: Problem, requestId: string): Record<string, unknown> => ({
  type: problem.type,
  title: problem.title,
  status: problem.status,
  detail: problem.detail,
  ...problem.extensions,
  ...(problem.errors && { errors: problem.errors }),
  requestId,
});

/** What an error of Fastify, Nest or a library means to the caller. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    if (error.getStatus() === 404) return notFound();
    if (error.getStatus() < 500)
      return new Problem(slugOf(error.getStatus()), error.getStatus(), 'The request was refused', error.message);
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const known = fastifyProblems[error.code];
    if (known) return known();
    const status = 'statusCode' in error ? Number(error.statusCode) : 500;
    if (error.code.startsWith('FST_') && status >= 400 && status < 500)
      return new Problem(slugOf(status), status, 'The request was refused', 'The request cannot be read.');
  }
  return new Problem(
    'internal',
    500,
    'Something went wrong here',
    'This is a fault of the service, not of your request.',
    {
      cause: error,
    },
  );
}

const fastifyProblems: Record<string, () => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('too-large', 413, 'The body is too large', 'A body may hold 1 MiB.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem('unsupported-media-type', 415, 'Unsupported media type', 'Send the body as application/json.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem('malformed-request', 400, 'The request is not HTTP', 'The body is not as long as Content-Length says.'),
  FST_ERR_BAD_URL: () =>
    new Problem('malformed-url', 400, 'The address is not valid', 'The path is not UTF-8 in percent-encoding.'),
  FST_ERR_MAX_PARAM_LENGTH: notFound,
  FST_STATIC_FORBIDDEN_PATH: notFound,
};

const slugOf = (status: number): string =>
  ({
    401: 'unauthenticated',
    403: 'forbidden',
    405: 'method-not-allowed',
    406: 'not-acceptable',
    413: 'too-large',
    415: 'unsupported-media-type',
    429: 'rate-limited',
    503: 'temporarily-unavailable',
  })[status] ?? 'refused';

const errorName = (error: unknown): string =>
  error instanceof Error ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}` : typeof error;

/** A message may hold a value that somebody sent; where it was thrown holds none. */
const stackWithoutMessage = (error: Error): string => {
  const [, ...frames] = (error.stack ?? '').split('\n    at ');
  return [error.name, ...frames].join('\n    at ');
};
