import { Catch, HttpException, Injectable, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, notFound } from '../../kernel/problem.js';

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

/** Writes a problem document. Also used before Nest is reached: by the body parser and by unknown routes. */
export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: problem.type,
        title: problem.title,
        status: problem.status,
        detail: problem.detail,
        ...problem.extensions,
        ...(problem.errors && { errors: problem.errors }),
        requestId,
      }),
    );
}

/** What an error of Fastify, Nest or a library means to the caller. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    if (error.getStatus() === 404) return notFound();
    return new Problem(slugOf(error.getStatus()), error.getStatus(), 'The request was refused', error.message);
  }
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    const known = fastifyProblems[code];
    if (known) return known;
    if (error instanceof SyntaxError || error.name === 'SyntaxError') return malformedJson();
    if (error.statusCode < 500)
      return new Problem(slugOf(error.statusCode), error.statusCode, 'The request was refused', 'The request cannot be read.');
  }
  if (error instanceof SyntaxError) return malformedJson();
  return new Problem('internal', 500, 'Something went wrong here', 'This is a fault of the service, not of your request.', {
    cause: error,
  });
}

const malformedJson = (): Problem =>
  new Problem('malformed-json', 400, 'The body is not JSON', 'The body cannot be read as JSON (RFC 8259).');

const fastifyProblems: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem('too-large', 413, 'The body is too large', 'A body may hold 1 MiB.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem(
    'unsupported-media-type',
    415,
    'Unsupported media type',
    'Send the body as application/json.',
  ),
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedJson(),
  FST_ERR_CTP_INVALID_JSON_BODY: malformedJson(),
};

const slugOf = (status: number): string =>
  ({ 401: 'unauthenticated', 403: 'forbidden', 405: 'method-not-allowed', 406: 'not-acceptable', 413: 'too-large', 415: 'unsupported-media-type', 429: 'rate-limited', 503: 'temporarily-unavailable' })[status] ??
  'refused';

const errorName = (error: unknown): string =>
  error instanceof Error ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}` : typeof error;

/** A message may hold a value that somebody sent; where it was thrown holds none. */
const stackWithoutMessage = (error: Error): string => (error.stack ?? '').split('\n    at ').slice(1).join('\n    at ');
