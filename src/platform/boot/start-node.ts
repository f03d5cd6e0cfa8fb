import { join } from 'node:path';
import type { Logger } from 'pino';
import { SystemChance } from '../../kernel/chance.js';
import { SystemClock } from '../../kernel/clock.js';
import type { Region } from '../../kernel/region.js';
import type { Config } from '../config/config.js';
import { prepareDataDirectory } from '../config/data-directory.js';
import { InstanceLock } from '../config/instance-lock.js';
import { loadRegion } from '../config/region-file.js';
import { openSecrets } from '../config/secrets.js';
import { StartupError } from '../config/startup-error.js';
import type { Alarms } from '../jobs/alarms.js';
import type { RecurringJobs } from '../jobs/recurring-jobs.js';
import type { JobHandlers } from '../jobs/job-handlers.js';
import { SteadyRounds } from '../jobs/steady-rounds.js';
import { openKeyring } from '../secrets/open-keyring.js';
import { openDatabase, prepareDatabase } from './database.js';
import { probePort, siteOf, urlOf } from './listening.js';
import type { DemoGround, Product, ProductOptions } from './product.js';
import type { Progress } from './progress.js';
import type { RunningApp } from './running-app.js';
import type { Stopping } from './stopping.js';

export interface Start {
  config: Config;
  log: Logger;
  progress: Progress;
  /** Told how each step is undone. */
  stopping: Stopping;
  product: () => Promise<Product>;
}

/**
 * Starts a node, step by step, with a line of progress for each.
 * @throws StartupError for what a person can mend; whatever was begun is undone by `stopping`.
 */
export async function startNode(start: Start): Promise<void> {
  const { config, progress, stopping } = start;
  await progress.step(
    () => takeDataFolder(config.dataDir, stopping),
    () => `The data folder is ${config.dataDir}`,
  );
  if (servesHttp(config)) await probePort(config);
  const { secretKeys } = openSecrets(config.dataDir, config.secretKeys);
  const region = await progress.step(
    () => readRegion(config.regionFile),
    ({ name, members }) => `The region is ${name}: ${members.length} members and partners`,
  );
  const loading = load(start);
  const database = await openDatabase(config, start);
  await prepareDatabase(database, progress);
  const keyring = await progress.step(
    () => openKeyring(database.migratorUrl, secretKeys, { clock: new SystemClock(), chance: new SystemChance() }),
    ({ sealingId }) => `Secrets are sealed under the key ${sealingId}`,
  );
  const { product, RunningApp, RecurringJobs, Alarms } = await progress.step(
    () => loading,
    () => 'The modules are loaded',
  );
  const options: ProductOptions = {
    database: { url: database.serviceUrl, poolSize: config.databasePoolSize },
    http: config,
    region,
    originNode: config.originNode,
    tempDir: join(config.dataDir, 'tmp'),
    files: config.files,
    keyring,
    site: siteOf(config),
    webhooks: { allowedNetworks: config.webhookNetworks },
  };
  if (config.demo && servesHttp(config)) {
    await plantDemo(product, { ...groundOf(start), options, migratorUrl: database.migratorUrl }, stopping);
  }
  stopping.signal.throwIfAborted();
  const app = await progress.step(
    () => RunningApp.create(product.compose(options), config, start.log),
    () => 'The modules are wired',
  );
  stopping.begin(() => app.close());
  stopping.signal.throwIfAborted();
  const handlers = product.jobs(app.context);
  const jobs =
    config.role === 'http'
      ? undefined
      : await progress.step(
          () => startJobs(database.serviceUrl, handlers, { RecurringJobs, Alarms }),
          () => 'The worker runs',
        );
  const rounds = jobs && SteadyRounds.start(handlers, new SystemClock());
  stopping.begin(async () => {
    await Promise.all([app.drain(), jobs?.stop(config.shutdownTimeoutSeconds), rounds?.stop()]);
  });
  const listensAt = await app.listen();
  const url = listensAt && (config.publicUrl ?? listensAt);
  progress.finish(
    url ? whereToGo(url, product.findDemo(config.dataDir, url)) : ['The worker runs. Stop it with Ctrl-C.'],
  );
}

interface Loaded {
  product: Product;
  RunningApp: typeof RunningApp;
  RecurringJobs: typeof RecurringJobs;
  Alarms: typeof Alarms;
}

const servesHttp = ({ role }: Config): boolean => role !== 'worker';

function takeDataFolder(path: string, stopping: Stopping): void {
  const lock = InstanceLock.acquire(prepareDataDirectory(path));
  stopping.begin(() => {
    lock.release();
  });
}

function readRegion(file: string | undefined): Region {
  try {
    return loadRegion(file);
  } catch (error) {
    throw new StartupError('configuration', (error as Error).message, { cause: error });
  }
}

/** Nest and the modules: more than a second of loading, begun while the database starts and needs no processor. */
function load(start: Start): Promise<Loaded> {
  const loading = Promise.all([
    start.product(),
    import('./running-app.js'),
    import('../jobs/recurring-jobs.js'),
    import('../jobs/alarms.js'),
  ]).then(([product, { RunningApp }, { RecurringJobs }, { Alarms }]) => ({
    product,
    RunningApp,
    RecurringJobs,
    Alarms,
  }));
  // Awaited when the database is there; if that fails first, this one's failure is nobody's.
  loading.catch(() => undefined);
  return loading;
}

/** By the minute and the hour, and what has an instant of its own. */
async function startJobs(
  serviceUrl: string,
  handlers: JobHandlers,
  { RecurringJobs, Alarms }: Pick<Loaded, 'RecurringJobs' | 'Alarms'>,
): Promise<{ stop(timeoutSeconds: number): Promise<unknown> }> {
  const recurring = await RecurringJobs.start(serviceUrl, handlers);
  const alarms = Alarms.start(handlers);
  return { stop: (timeoutSeconds) => Promise.all([recurring.stop(timeoutSeconds), alarms.stop()]) };
}

const groundOf = ({ config, progress, stopping }: Start): Omit<DemoGround, 'options' | 'migratorUrl'> => ({
  dataDir: config.dataDir,
  baseUrl: config.publicUrl ?? urlOf(config),
  say: (line) => {
    progress.say(line);
  },
  signal: stopping.signal,
});

/** Asked to stop meanwhile, it ends at the next record, before the database does. */
async function plantDemo(product: Product, ground: DemoGround, stopping: Stopping): Promise<void> {
  const planting = product.plantDemo(ground);
  stopping.begin(() => planting.catch(() => undefined));
  await planting;
}

function whereToGo(url: string, demoFile: string | undefined): string[] {
  return [
    `Ronda is ready at ${url}`,
    '',
    `  API reference   ${url}/api/docs`,
    `  Health          ${url}/health/ready`,
    ...(demoFile === undefined ? [] : [`  Demo accounts   ${demoFile}`]),
    '',
    'Stop it with Ctrl-C.',
  ];
}
