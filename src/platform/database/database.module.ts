import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { onConnect } from './on-connect.js';
import { UnitOfWork } from './unit-of-work.js';

// Keys are bigint in the database and stay below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface DatabaseOptions {
  /** Of the service role, which owns nothing. */
  url: string;
  poolSize: number;
  /** How long may be waited for a connection of the pool; then the answer is 503. Five seconds unless told. */
  waitMs?: number;
}

@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: options.url,
          autoLoadEntities: true,
          synchronize: false,
          logging: false,
          retryAttempts: 3,
          retryDelay: 500,
          extra: {
            max: options.poolSize,
            onConnect,
            pipeline: true,
            // With few rows visible to most readers a generic plan is as good, and planning is the greater part.
            options: '-c plan_cache_mode=force_generic_plan',
            connectionTimeoutMillis: options.waitMs ?? 5_000,
            idleTimeoutMillis: 60_000,
          },
        }),
      ],
      providers: [UnitOfWork],
      exports: [UnitOfWork, TypeOrmModule],
    };
  }
}
