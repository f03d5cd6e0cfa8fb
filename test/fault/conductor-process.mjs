// The built product's conductor in its own rounds: something to kill (exercises.spec.ts).
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../dist/src/app.module.js';
import { Clock } from '../../dist/src/kernel/clock.js';
import { CONDUCT_SECONDS, ConductExercises } from '../../dist/src/modules/exercises/index.js';
import { loadRegion } from '../../dist/src/platform/config/region-file.js';
import { JobHandlers } from '../../dist/src/platform/jobs/job-handlers.js';
import { SteadyRounds } from '../../dist/src/platform/jobs/steady-rounds.js';
import { Keyring } from '../../dist/src/platform/secrets/keyring.js';

const app = await NestFactory.createApplicationContext(
  AppModule.forRoot({
    database: { url: process.env.SERVICE_URL, poolSize: 2 },
    http: { rateLimitPerMinute: 1, loginLimitPerMinute: 1 },
    region: loadRegion(),
    originNode: 'test',
    keyring: new Keyring([Buffer.alloc(32, 7)]),
  }),
  { logger: ['error'], abortOnError: false },
);
const conductor = app.get(ConductExercises);
process.stdout.write(`${conductor.node}\n`);
SteadyRounds.start(
  new JobHandlers().everySeconds(CONDUCT_SECONDS, 'conduct-exercises', () => conductor.run()),
  app.get(Clock),
);
