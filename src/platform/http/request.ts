import type { FastifyRequest } from 'fastify';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Problem } from '../../kernel/problem.js';

/** Puts a request into the space of an exercise, by its id. */
export const EXERCISE_HEADER = 'x-ronda-exercise';

/** A request whose guard has run: passport leaves the actor as `user`. */
export interface RondaRequest extends FastifyRequest {
  user?: Actor;
  /** Whether what its credential meant last is good enough to begin with: the database checks it before anything is done. */
  mayAssume?: boolean;
}

export const requestOf = (context: ExecutionContext): RondaRequest => context.switchToHttp().getRequest<RondaRequest>();

export const unauthenticated = (detail: string): Problem =>
  new Problem('unauthenticated', 401, 'Sign in first', detail, {
    headers: { 'www-authenticate': 'Bearer realm="ronda", Basic realm="ronda", charset="UTF-8"' },
  });

/** The caller of a route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { user } = requestOf(context);
  if (!user) throw unauthenticated('This needs an access token or an API key.');
  return user;
});
