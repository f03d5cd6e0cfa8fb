import { Injectable, Logger } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, notFound } from '../../kernel/problem.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { EXERCISE_HEADER, requestOf, unauthenticated } from './request.js';

/**
 * Who calls, and whether the route is for them. Every request passes it, and a route that declares nothing is refused.
 * It reads no record: what needs one is decided later, behind the one 404.
 */
@Injectable()
export class AccessGuard extends AuthGuard(['bearer', 'basic', 'misp-key']) implements CanActivate {
  private readonly log = new Logger(AccessGuard.name);

  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.decide(context, true);
  }

  /** Once more, taking the caller for nobody but who it is now. */
  doubt(context: ExecutionContext): Promise<boolean> {
    return this.decide(context, false);
  }

  private async decide(context: ExecutionContext, mayAssume: boolean): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) {
      this.log.error(`${context.getClass().name}.${context.getHandler().name} declares no access and is refused`);
      throw forbidden('This route is not open to anyone.');
    }
    const request = requestOf(context);
    if (access.who === 'anyone') {
      // Nobody is in no exercise.
      if (request.headers[EXERCISE_HEADER] !== undefined) throw notFound();
      return true;
    }
    request.mayAssume = mayAssume && (access.mayAssume ?? (request.method === 'GET' || request.method === 'HEAD'));
    try {
      await this.admit(context, access.who);
    } catch (error) {
      // Nobody is refused for what it was.
      if (request.user?.assumed == null) throw error;
      request.mayAssume = false;
      await this.admit(context, access.who);
    }
    return true;
  }

  /** Passport calls it with what the strategies found. */
  override handleRequest<T>(error: unknown, user: T | false | undefined): T {
    if (error) throw error as Error;
    if (!user)
      throw unauthenticated('The credential is missing, unknown, expired or revoked. Sign in, or use another API key.');
    return user;
  }

  private async admit(context: ExecutionContext, who: Exclude<Access['who'], 'anyone'>): Promise<void> {
    await super.canActivate(context);
    const actor = requestOf(context).user;
    if (!actor) throw unauthenticated('This needs an access token or an API key.');
    this.demand(who, actor);
  }

  private demand(who: Exclude<Access['who'], 'anyone'>, actor: Actor): void {
    if (who === 'link') {
      if (actor.credentialKind !== 'link') throw forbidden('This takes a one-time link.');
      return;
    }
    if (actor.credentialKind === 'link') throw forbidden('A one-time link opens nothing else.');
    if (who === 'enrolment') return;
    if (actor.isLimited)
      throw forbidden('Your organisation requires a second factor: enrol one with POST /api/v1/auth/totp first.');
    if (!actor.permissions.has(who))
      throw forbidden(`This needs the permission ${who}, which your roles or this API key do not give.`);
  }
}
