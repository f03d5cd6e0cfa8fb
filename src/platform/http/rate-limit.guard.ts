import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, normalizeIp } from '@nestjs/throttler';
import type { ThrottlerModuleOptions, ThrottlerRequest, ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import { Problem } from '../../kernel/problem.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { HTTP_OPTIONS } from './http-options.js';
import type { RateLimits } from './http-options.js';
import { RateLimitStorage } from './rate-limit.storage.js';
import type { Hit } from './rate-limit.storage.js';
import { requestOf } from './request.js';
import type { RondaRequest } from './request.js';

const WINDOW_SECONDS = 60;

/** The library asks some ten metadata look-ups of each throttler and request, so it knows of one. */
export const throttlerOptions = (limits: RateLimits, clock: Clock): ThrottlerModuleOptions => ({
  throttlers: [{ name: 'default', limit: limits.rateLimitPerMinute, ttl: WINDOW_SECONDS * 1000 }],
  storage: new RateLimitStorage(clock),
});

/**
 * Limits what one caller may ask of the service, before it costs a query.
 * @see draft-ietf-httpapi-ratelimit-headers-10
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject(HTTP_OPTIONS) private readonly limits!: RateLimits;

  protected override async handleRequest({ context, limit }: ThrottlerRequest): Promise<boolean> {
    const request = requestOf(context);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const credential = credentialIn(request.headers.authorization);
    const hit = await this.hit('default', credential ?? normalizeIp(request.ip), limit);
    let spent = hit;
    // A credential not seen in this window counts against its address too, so that making them up gains nothing.
    if (credential !== undefined && hit.totalHits === 1) {
      const byAddress = await this.hit('default', normalizeIp(request.ip), limit);
      if (byAddress.isBlocked) spent = byAddress;
    }
    answer(reply, 'default', limit, spent);
    if (!isLogin(request, context)) return true;
    const { loginLimitPerMinute } = this.limits;
    const login = await this.hit('login', normalizeIp(request.ip), loginLimitPerMinute);
    answer(reply, 'login', loginLimitPerMinute, login);
    return true;
  }

  private hit(policy: string, key: string, limit: number): ReturnType<ThrottlerStorage['increment']> {
    return this.storageService.increment(`${policy} ${key}`, WINDOW_SECONDS * 1000, limit, 0, policy);
  }
}

/** By what the route declares and not by what the caller sends: a made-up credential does not lead around it. */
function isLogin({ method }: RondaRequest, context: ExecutionContext): boolean {
  if (method !== 'POST') return false;
  const access = Reflect.getMetadata(ACCESS, context.getHandler()) as Access | undefined;
  return access?.who === 'anyone';
}

/** @throws Problem `rate-limited` (429) when the policy's quota is spent. */
function answer(reply: FastifyReply, policy: string, limit: number, hit: Hit): void {
  addTo(reply, 'ratelimit-policy', `"${policy}";q=${limit};w=${WINDOW_SECONDS}`);
  addTo(reply, 'ratelimit', `"${policy}";r=${Math.max(0, limit - hit.totalHits)};t=${hit.timeToExpire}`);
  if (!hit.isBlocked) return;
  throw new Problem(
    'rate-limited',
    429,
    'Too many requests',
    `${limit} requests in ${WINDOW_SECONDS} seconds are granted. Wait ${hit.timeToBlockExpire} seconds.`,
    { headers: { 'retry-after': String(hit.timeToBlockExpire) } },
  );
}

/** A second policy joins the first in one list (RFC 9651 §3.1). */
function addTo(reply: FastifyReply, header: string, item: string): void {
  const before = reply.getHeader(header);
  reply.header(header, before === undefined ? item : `${String(before)}, ${item}`);
}

/**
 * Stands for the credential in memory, which the credential itself must not stay in. Bearer and Basic with the same key
 * are one caller, under whatever user name.
 */
function credentialIn(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const space = authorization.indexOf(' ');
  const scheme = authorization.slice(0, space).toLowerCase();
  let token = authorization.slice(space + 1).trim();
  if (scheme === 'basic') {
    const pair = Buffer.from(token, 'base64').toString();
    token = pair.slice(pair.indexOf(':') + 1);
  }
  return hash('sha256', token, 'base64url');
}
