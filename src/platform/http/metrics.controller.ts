import { timingSafeEqual, hash } from 'node:crypto';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../kernel/problem.js';
import { Access } from './access.js';
import { HTTP_OPTIONS } from './http-options.js';
import type { HttpOptions } from './http-options.js';
import { Metrics } from './metrics.js';

@ApiExcludeController()
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(HTTP_OPTIONS) private readonly options: HttpOptions,
  ) {}

  @Get('metrics')
  @Access('anyone')
  @SkipThrottle({ default: true })
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!isThisMachine(request) && !holdsToken(request, this.options.metricsToken))
      throw new Problem(
        'unauthenticated',
        401,
        'Sign in first',
        'Metrics are shown to this machine itself, or for the METRICS_TOKEN as bearer token.',
        { headers: { 'www-authenticate': 'Bearer realm="ronda-metrics"' } },
      );
    void reply.type(this.metrics.contentType);
    return this.metrics.render();
  }
}

/** A proxy on this machine speaks for others, and says so in a header. */
const isThisMachine = ({ raw, headers }: FastifyRequest): boolean =>
  /^(::ffff:)?127\.|^::1$/.test(raw.socket.remoteAddress ?? '') &&
  headers['x-forwarded-for'] === undefined &&
  headers['x-real-ip'] === undefined &&
  headers.forwarded === undefined;

const holdsToken = ({ headers }: FastifyRequest, token: string | undefined): boolean =>
  token !== undefined &&
  headers.authorization !== undefined &&
  timingSafeEqual(digest(headers.authorization), digest(`Bearer ${token}`));

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
