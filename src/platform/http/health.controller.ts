import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import { Problem } from '../../kernel/problem.js';
import { Access } from './access.js';
import { Draining } from './health.js';

@ApiExcludeController()
@SkipThrottle({ default: true })
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly draining: Draining,
  ) {}

  /** Whether the process answers. A platform that hears nothing restarts it. */
  @Get('live')
  @Access('anyone')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Whether to send requests here. */
  @Get('ready')
  @Access('anyone')
  async ready(): Promise<{ status: 'ok' }> {
    if (this.draining.hasBegun) throw notReady('This server is shutting down.');
    try {
      await this.checks.check([() => this.database.pingCheck('database', { timeout: 2_000 })]);
    } catch {
      throw notReady('The database cannot be reached just now.');
    }
    return { status: 'ok' };
  }
}

const notReady = (detail: string): Problem =>
  new Problem('not-ready', 503, 'Not ready', detail, { headers: { 'retry-after': '1' } });
