import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, normalizeIp } from '@nestjs/throttler';
import type { ThrottlerModuleOptions, ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import { Problem } from '../../kernel/problem.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { RateLimitStorage } from './rate-limit.storage.js';
import { requestOf } from './request.js';

const WINDOW_SECONDS = 60;

export interface RateLimits {
  /** Requests that one credential may make in a minute, or one address without any. */
  rateLimitPerMinute: number;
  /** POSTs without a credential that one address may make in a minute: sign-in, refresh, resets. */
  loginLimitPerMinute: number;
}

export const throttlerOptions = (limits: RateLimits, clock: Clock): ThrottlerModuleOptions => ({
  throttlers: [
    { name: 'default', limit: limits.rateLimitPerMinute, ttl: WINDOW_SECONDS * 1000 },
    { name: 'login', limit: limits.loginLimitPerMinute, ttl: WINDOW_SECONDS * 1000, skipIf: isNoLogin },
  ],
  storage: new RateLimitStorage(clock),
});

/** By what the route declares and not by what the caller sends: a made-up credential does not lead around it. */
const isNoLogin = (context: ExecutionContext): boolean => {
  if (requestOf(context).method !== 'POST') return true;
  const access = Reflect.getMetadata(ACCESS, context.getHandler()) as Access | undefined;
  return access?.who !== 'anyone';
};

/**
 * Limits what one caller may ask of the service, before it costs a query.
 * @see draft-ietf-httpapi-ratelimit-headers-10
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override async handleRequest({ context, limit, ttl, throttler }: ThrottlerRequest): Promise<boolean> {
    const request = requestOf(context);
    const name = throttler.name ?? 'default';
    const credential = name === 'default' ? credentialIn(request.headers.authorization) : undefined;
    const increment = (key: string): ReturnType<typeof this.storageService.increment> =>
      this.storageService.increment(`${name} ${key}`, ttl, limit, 0, name);
    const byAddress = (): string => normalizeIp(request.ip);

    let record = await increment(credential ?? byAddress());
    // A credential not seen in this window counts against its address too, so that making them up gains nothing.
    if (credential !== undefined && record.totalHits === 1) {
      const address = await increment(byAddress());
      if (address.isBlocked) record = address;
    }

    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const remaining = Math.max(0, limit - record.totalHits);
    addTo(reply, 'ratelimit-policy', `"${name}";q=${limit};w=${WINDOW_SECONDS}`);
    addTo(reply, 'ratelimit', `"${name}";r=${remaining};t=${record.timeToExpire}`);
    if (!record.isBlocked) return true;
    throw new Problem(
      'rate-limited',
      429,
      'Too many requests',
      `${limit} requests in ${WINDOW_SECONDS} seconds are granted. Wait ${record.timeToBlockExpire} seconds.`,
      { headers: { 'retry-after': String(record.timeToBlockExpire) } },
    );
  }
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
