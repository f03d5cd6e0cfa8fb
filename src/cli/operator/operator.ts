import { Inject, Injectable } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SystemChance } from '../../kernel/chance.js';
import { SystemClock } from '../../kernel/clock.js';
import { openCommandDatabase } from '../../platform/boot/command-database.js';
import type { DatabaseUrls } from '../../platform/boot/database.js';
import { Progress } from '../../platform/boot/progress.js';
import type { Product } from '../../platform/boot/product.js';
import { EXIT_INTERRUPTED, Stopping } from '../../platform/boot/stopping.js';
import { readConfig } from '../../platform/config/config.js';
import type { Config } from '../../platform/config/config.js';
import { prepareDataDirectory } from '../../platform/config/data-directory.js';
import { loadRegion } from '../../platform/config/region-file.js';
import { openSecrets } from '../../platform/config/secrets.js';
import { siteOf } from '../../platform/boot/listening.js';
import { openKeyring } from '../../platform/secrets/open-keyring.js';
import type { Region } from '../../kernel/region.js';
import { messageOf, StartupError } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { say } from '../terminal.js';

export const LOAD_PRODUCT = Symbol('load-product');
export type LoadProduct = () => Promise<Product>;

/** What an operator's command stands on: the settings and the database, as `npm start` would find them. */
export interface Ground {
  config: Config;
  region: Region;
  secretKeys: readonly Buffer[];
  database: DatabaseUrls;
  progress: Progress;
}

/** Runs commands that speak to the database itself, on the machine that runs Ronda. */
@Injectable()
export class Operator {
  constructor(@Inject(LOAD_PRODUCT) readonly product: LoadProduct) {}

  /** Runs `work`, and stops what was started for it, also on Ctrl-C. */
  async run(work: (ground: Ground) => Promise<void>): Promise<void> {
    const stopping = new Stopping((error) => {
      say(messageOf(error));
      // What was broken off is not done.
    }, EXIT_INTERRUPTED);
    stopping.listen();
    const progress = new Progress(process.stderr);
    let exitCode: number = EXIT.done;
    try {
      const config = readConfig(process.env);
      const { secretKeys } = openSecrets(prepareDataDirectory(config.dataDir), config.secretKeys);
      const region = readRegion(config.regionFile);
      const database = await openCommandDatabase(config, { progress, stopping });
      await work({ config, region, secretKeys, database, progress });
    } catch (error) {
      if (stopping.signal.aborted) return;
      const isOurs = error instanceof StartupError || error instanceof CliError;
      exitCode = isOurs ? error.exitCode : EXIT.failed;
      say(isOurs ? error.message : `It failed: ${messageOf(error)}.`);
    }
    await stopping.stop(exitCode);
  }

  /** Runs `work` with the product's parts on that ground, without a server. */
  async withApp(
    { config, region, database, secretKeys }: Ground,
    work: (app: INestApplicationContext, product: Product) => Promise<void>,
  ): Promise<void> {
    const tools = { clock: new SystemClock(), chance: new SystemChance() };
    const keyring = await openKeyring(database.migratorUrl, secretKeys, tools);
    const product = await this.product();
    const module = product.compose({
      database: { url: database.serviceUrl, poolSize: 2 },
      http: config,
      region,
      originNode: config.originNode,
      site: siteOf(config),
      keyring,
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    try {
      await work(app, product);
    } finally {
      await app.close();
    }
  }
}

function readRegion(file: string | undefined): Region {
  try {
    return loadRegion(file);
  } catch (error) {
    throw new StartupError('configuration', messageOf(error), { cause: error });
  }
}
