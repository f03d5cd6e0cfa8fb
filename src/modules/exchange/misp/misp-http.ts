import {
  Catch,
  HttpCode,
  Post,
  UseFilters,
  UseInterceptors,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import type { ArgumentsHost, CallHandler, ExceptionFilter, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { ApiBodyOptions } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { isObject } from '../../../codecs/record/json.js';
import type { Json } from '../../../codecs/record/json.js';
import { Problem, invalidInput } from '../../../kernel/problem.js';
import type { Permission } from '../../../policy/permissions.js';
import { Access } from '../../../platform/http/access.js';
import { asProblem, sendProblem } from '../../../platform/http/problem.filter.js';
import { requestOf } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { textFaults } from '../../../kernel/text-faults.js';

/**
 * Problems with the members by which MISP's clients know an error. The address is the route's and not the request's: an id
 * in it would be all that tells one 404 from another.
 */
@Catch()
class MispProblems implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<RondaRequest>();
    const problem = asProblem(error);
    const { slug, status, title, detail, errors, headers } = problem;
    const members = { saved: false, name: title, message: detail, url: request.routeOptions.url ?? '/misp/' };
    sendProblem(
      http.getResponse<FastifyReply>(),
      new Problem(slug, status, title, detail, {
        headers,
        extensions: { ...members, ...problem.extensions },
        ...(errors && { errors }),
      }),
      request.id,
    );
  }
}

/** Of every controller of MISP's paths. */
export const Misp = (): ClassDecorator => applyDecorators(ApiTags('MISP'), UseFilters(MispProblems));

/** A body as its sender has it: MISP's hold whatever members they like. */
export const MispBody = createParamDecorator((_: unknown, context: ExecutionContext): Json => {
  const { body } = requestOf(context);
  if (body !== undefined && body !== null && !isObject(body) && !Array.isArray(body))
    throw invalidInput([{ pointer: '', detail: 'The body has to be JSON.' }]);
  const faults = textFaults(body, '');
  if (faults.length > 0) throw invalidInput(faults);
  return (body ?? {}) as Json;
});

type SchemaObject = Extract<ApiBodyOptions, { schema: object }>['schema'];
const shaped = (example: unknown): SchemaObject =>
  Array.isArray(example)
    ? { type: 'array', items: typeof example[0] === 'string' ? { type: 'string' } : shaped(example[0] ?? {}), example }
    : { type: 'object', additionalProperties: true, properties: membersOf(example), example };

const membersOf = (example: unknown): Record<string, object> =>
  Object.fromEntries(
    Object.entries(isObject(example) ? example : {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? { type: 'array', items: {} } : { type: typeof value },
    ]),
  );

/** What a route takes and answers, by example: the members are MISP's, and it adds to them with every version. */
const Takes = (example: unknown): MethodDecorator => ApiBody({ schema: shaped(example), required: false });
export const Answers = (example: unknown): MethodDecorator => ApiOkResponse({ schema: shaped(example) });

const UUID = 'c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f11';
const PART = 'c7a1f1a6-2c0b-4a53-8e21-5b6c7d8e9fa0';
export const ATTRIBUTE = {
  uuid: PART,
  type: 'domain',
  category: 'Network activity',
  value: 'login-bank.example',
  to_ids: true,
};
export const EVENT = {
  uuid: UUID,
  info: 'Bank phishing wave by SMS',
  date: '2026-11-20',
  distribution: '1',
  Tag: [{ name: 'tlp:green' }, { name: 'rsit:fraud="phishing"' }],
  Attribute: [ATTRIBUTE],
};
/** What a call says for itself when it has nothing to show. */
export const said = (request: RondaRequest, message: string): object => ({
  ...{ saved: true, success: true, name: message, message, url: request.routeOptions.url ?? '' },
});
export const SAID = { saved: true, success: true, name: 'Done.', message: 'Done.', url: '/misp/events/publish' };

/** A call that changes something. MISP answers 200 to whatever was made. @param takes null where it has no body. */
export const Changes = (
  path: string,
  takes: unknown,
  answers: unknown,
  who: Permission = 'incidents:write',
): MethodDecorator =>
  applyDecorators(Post(path), HttpCode(200), Access(who), Answers(answers), ...(takes === null ? [] : [Takes(takes)]));

/** A question that comes by POST, and changes nothing. */
export const Asks = (
  path: string,
  takes: unknown,
  answers: unknown,
  who: Permission | 'self' = 'incidents:read',
): MethodDecorator =>
  applyDecorators(Post(path), HttpCode(200), Access(who, { mode: 'read' }), Takes(takes), Answers(answers));

/** What was found, and how many there are in all: of what the caller may read, and of nothing else. */
export interface Found {
  body: unknown;
  /** Null: the body is JSON. */
  mediaType: string | null;
  count: number;
}

class FoundInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Found>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ body, mediaType, count }) => {
        reply.header('x-result-count', String(count));
        if (mediaType !== null) reply.type(`${mediaType}; charset=utf-8`);
        return body;
      }),
    );
  }
}

/** Of a search: its count goes into the header that MISP's clients read. */
export const Searches = (): MethodDecorator => UseInterceptors(FoundInterceptor);
