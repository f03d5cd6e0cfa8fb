import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import type { Chance } from '../../src/kernel/chance.js';
import { SystemChance } from '../../src/kernel/chance.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Region } from '../../src/kernel/region.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import type { PublicSite } from '../../src/platform/config/public-site.token.js';
import type { FileSettings } from '../../src/platform/files/open-file-store.js';
import { configureHttp, createHttpAdapter } from '../../src/platform/http/configure-http.js';
import { FixedClock } from './fixed-clock.js';
import { roundRobin } from './round-robin.js';
import type { TestDatabase } from './test-database.js';
import { Keyring } from '../../src/platform/secrets/keyring.js';

export interface TestApp {
  app: NestFastifyApplication;
  /** All that stand behind the address, `app` first. */
  nodes: readonly NestFastifyApplication[];
  /** Where it listens, for supertest and fetch. */
  url: string;
  clock: FixedClock;
  close(): Promise<void>;
}

export interface TestAppOptions {
  clock?: FixedClock;
  chance?: Chance;
  /** ASEAN's unless told. */
  region?: Region;
  rateLimitPerMinute?: number;
  loginLimitPerMinute?: number;
  /** The number of proxies in front that are believed in X-Forwarded-For; none unless told. */
  trustProxy?: number;
  /** Where attachments lie, and how large one may be; in the system's folder for such things unless told. */
  files?: FileSettings;
  /** Where webhooks may go, and how long they may take; to this machine unless told. */
  webhooks?: { allowedNetworks?: string[]; timeoutMs?: number };
  /** Where others find it: https://ronda.example, unless told. */
  site?: PublicSite;
  /** Called when everything is made and before it listens: hooks of the test's own. */
  prepare?: (app: NestFastifyApplication) => void;
}

/**
 * The whole product on a database of the test's own, listening on a free port: one node of it. With `RONDA_TEST_NODES=2`
 * (npm run test:two-nodes) there are two behind the address, and each request goes to the other one.
 */
export async function startTestApp(database: TestDatabase, options: TestAppOptions = {}): Promise<TestApp> {
  const clock = options.clock ?? new FixedClock();
  const first = await startNode(database, { ...options, clock });
  if (process.env.RONDA_TEST_NODES !== '2') return first;
  const second = await startNode(database, { ...options, clock });
  const door = await roundRobin([first.url, second.url]);
  return {
    ...first,
    nodes: [first.app, second.app],
    url: door.url,
    close: async () => {
      await door.close();
      await Promise.all([first.close(), second.close()]);
    },
  };
}

async function startNode(database: TestDatabase, options: TestAppOptions & { clock: FixedClock }): Promise<TestApp> {
  const { clock } = options;
  const chance = options.chance ?? new SystemChance();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({
      // Many requests at once over few connections: how long the last of them waits is this machine's affair, and no answer.
      database: { url: database.serviceUrl, poolSize: 6, waitMs: 120_000 },
      http: {
        rateLimitPerMinute: options.rateLimitPerMinute ?? 1_000_000,
        loginLimitPerMinute: options.loginLimitPerMinute ?? 1_000_000,
      },
      region: options.region ?? loadRegion(),
      originNode: 'test',
      ...(options.files && { files: options.files }),
      ...(options.site && { site: options.site }),
      keyring: new Keyring([Buffer.alloc(32, 7)]),
      webhooks: { allowedNetworks: ['127.0.0.0/8'], timeoutMs: 5_000, ...options.webhooks },
      clock: clock satisfies Clock,
      chance,
    }),
    createHttpAdapter({ trustProxy: options.trustProxy ?? false, chance }),
    { logger: process.env.RONDA_TEST_LOG ? ['error', 'warn'] : false, abortOnError: false },
  );
  configureHttp(app, { log: pino({ level: 'silent' }) });
  options.prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, nodes: [app], url: await app.getUrl(), clock, close: () => app.close() };
}
