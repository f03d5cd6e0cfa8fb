import { Global, Module } from '@nestjs/common';
import type { DynamicModule, OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AccessGuard } from './access.guard.js';
import { EnterSpace } from './enter-space.js';
import { HealthController } from './health.controller.js';
import { Draining } from './health.js';
import { HTTP_OPTIONS } from './http-options.js';
import type { HttpOptions } from './http-options.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { Once } from './once.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimitGuard, throttlerOptions } from './rate-limit.guard.js';
import { UnitOfWorkInterceptor } from './unit-of-work.interceptor.js';
import { InputPipe } from './validation.js';

/** The manners of HTTP, for every route of the product. Wants a Clock and the database, both global. */
@Global()
@Module({})
export class HttpModule implements OnModuleInit {
  static forRoot(options: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      imports: [
        TerminusModule.forRoot({ logger: false }),
        ThrottlerModule.forRootAsync({
          inject: [Clock],
          useFactory: (clock: Clock) => throttlerOptions(options, clock),
        }),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: HTTP_OPTIONS, useValue: options },
        // In this order: a flood is turned away before it costs a query.
        { provide: APP_GUARD, useClass: RateLimitGuard },
        EnterSpace,
        AccessGuard,
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: UnitOfWorkInterceptor },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: InputPipe },
        Draining,
        Metrics,
        Once,
      ],
      exports: [Draining, Metrics, Once],
    };
  }

  constructor(
    private readonly metrics: Metrics,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    const pool = (): Pool => (this.database.driver as unknown as { master: Pool }).master;
    this.metrics.watchPool(() => {
      const { totalCount, idleCount, waitingCount } = pool();
      return { total: totalCount, idle: idleCount, waiting: waitingCount };
    });
  }
}
