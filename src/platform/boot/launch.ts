import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import { readConfig } from '../config/config.js';
import type { ProcessRole } from '../config/config.js';
import { packageVersion } from '../config/region-file.js';
import { StartupError } from '../config/startup-error.js';
import { createLogger, NestLogger } from '../http/request-log.logger.js';
import { explain } from './explain.js';
import type { Product } from './product.js';
import { Progress } from './progress.js';
import { startNode } from './start-node.js';
import { Stopping } from './stopping.js';

export interface LaunchOptions {
  product: () => Promise<Product>;
  /** Takes the place of RONDA_ROLE. */
  role?: ProcessRole;
}

/**
 * How much the heap may have grown, in percent, before V8 clears it up. Left to itself on a machine with room it lets a
 * bulk stream leave 170 MiB of garbage; so it is 33, and the stream takes as long (test/fault/bulk.spec.ts).
 */
const HEAP_GROWING_PERCENT = 50;

/** Runs this process as a node until it is told to stop. Resolves when it has started; exits where it cannot. */
export async function launch({ product, role }: LaunchOptions): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const progress = new Progress(process.stdout);
  let log: Logger | undefined;
  const stopping = new Stopping((error) => {
    report(error, log);
  });
  stopping.listen();
  let dataDir = '';
  try {
    progress.say(`Ronda ${packageVersion()} on Node ${process.versions.node}`);
    const config = readConfig({ ...process.env, ...(role && { RONDA_ROLE: role }) });
    ({ dataDir } = config);
    log = createLogger({ level: config.logLevel });
    await startNode({ config, log, progress, stopping, product });
  } catch (error) {
    // What was broken off because the process was asked to stop is no fault.
    if (stopping.signal.aborted) return;
    const { message, exitCode } = explain(error, dataDir);
    process.stderr.write(`${message}\n`);
    await stopping.stop(exitCode);
  }
}

/** Without content: a message may hold what somebody sent, an error's name, code and place do not. */
function report(error: unknown, log: Logger | undefined): void {
  if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
  else if (log) new NestLogger(log).fatal('Ronda ends because of a fault that nobody caught', error);
  else process.stderr.write('Ronda ends because of a fault that nobody caught.\n');
}
