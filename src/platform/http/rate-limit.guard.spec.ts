import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerModule } from '@nestjs/throttler';
import type { LightMyRequestResponse } from 'fastify';
import { FixedClock } from '../../../test/support/fixed-clock.js';
import { Access } from './access.js';
import { HTTP_OPTIONS } from './http-options.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimitGuard, throttlerOptions } from './rate-limit.guard.js';

@Controller()
class ThingsController {
  @Get('things')
  @Access('self')
  read(): string {
    return 'things';
  }

  @Post('login')
  @Access('anyone')
  login(): string {
    return 'token';
  }
}

describe('the rate limit', () => {
  const clock = new FixedClock();
  const limits = { rateLimitPerMinute: 4, loginLimitPerMinute: 2 };
  let app: NestFastifyApplication;

  beforeEach(async () => {
    @Module({
      imports: [ThrottlerModule.forRoot(throttlerOptions(limits, clock))],
      controllers: [ThingsController],
      providers: [
        { provide: HTTP_OPTIONS, useValue: limits },
        { provide: APP_GUARD, useClass: RateLimitGuard },
      ],
    })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
  });
  afterEach(() => app.close());

  const send = (
    method: 'GET' | 'POST',
    url: string,
    authorization?: string,
    remoteAddress = '198.51.100.7',
  ): Promise<LightMyRequestResponse> =>
    app.inject({ method, url, remoteAddress, headers: authorization === undefined ? {} : { authorization } });
  const get = (authorization?: string, from?: string): Promise<LightMyRequestResponse> =>
    send('GET', '/things', authorization, from);
  const basic = (user: string, key: string): string => `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;

  it('tells with every answer what is left', async () => {
    const first = await get('Bearer a');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"default";q=4;w=60',
      ratelimit: '"default";r=3;t=60',
    });
    expect((await get('Bearer a')).headers.ratelimit).toBe('"default";r=2;t=60');
  });

  it('turns a caller away when its quota is spent, and lets it in again', async () => {
    for (let each = 0; each < 4; each++) expect((await get('Bearer a')).statusCode).toBe(200);
    clock.advance(20_000);
    const refused = await get('Bearer a');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '40', ratelimit: '"default";r=0;t=40' });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.json()).toMatchObject({ type: 'urn:ronda:problem:rate-limited', status: 429 });
    expect((await get('Bearer b')).statusCode).toBe(200);
    clock.advance(40_000);
    expect((await get('Bearer a')).statusCode).toBe(200);
  });

  it('knows a key by whatever scheme and user name it comes', async () => {
    await get('Bearer key');
    await get('bearer  key ');
    await get(basic('one', 'key'));
    expect((await get(basic('two', 'key'))).headers.ratelimit).toBe('"default";r=0;t=60');
  });

  it('is not escaped by making up credentials', async () => {
    const statuses: number[] = [];
    for (let each = 0; each < 6; each++) statuses.push((await get(`Bearer made-up-${each}`)).statusCode);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
    expect((await get('Bearer made-up-9', '203.0.113.9')).statusCode).toBe(200);
  });

  it('counts an IPv6 network of a household as one address', async () => {
    for (let host = 1; host <= 4; host++) await get(undefined, `2001:db8:1:2::${host}`);
    expect((await get(undefined, '2001:db8:1:2::ffff')).statusCode).toBe(429);
    expect((await get(undefined, '2001:db8:1:3::1')).statusCode).toBe(200);
  });

  it('is tighter for signing in, by address, whatever credential is shown', async () => {
    const first = await send('POST', '/login', 'Bearer x');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"default";q=4;w=60, "login";q=2;w=60',
      ratelimit: '"default";r=3;t=60, "login";r=1;t=60',
    });
    expect((await send('POST', '/login', 'Bearer y')).statusCode).toBe(201);
    expect((await send('POST', '/login')).statusCode).toBe(429);
    expect((await send('POST', '/login', undefined, '203.0.113.9')).statusCode).toBe(201);
  });
});
