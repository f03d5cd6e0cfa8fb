import type { Config } from '../config/config.js';
import { prepareDataDirectory } from '../config/data-directory.js';
import { InstanceLock } from '../config/instance-lock.js';
import { StartupError } from '../config/startup-error.js';
import { findRunning } from '../embedded-postgres/index.js';
import { openDatabase } from './database.js';
import type { DatabaseUrls } from './database.js';
import type { Progress } from './progress.js';
import type { Stopping } from './stopping.js';

/**
 * The database for a command: the one the settings name, or the embedded one, of the Ronda that runs on the data folder or,
 * where none does, started for as long as the command takes.
 */
export async function openCommandDatabase(
  config: Config,
  steps: { progress: Progress; stopping: Stopping },
): Promise<DatabaseUrls> {
  if (config.database.kind === 'external') return config.database;
  const dataDir = prepareDataDirectory(config.dataDir);
  try {
    const lock = InstanceLock.acquire(dataDir);
    steps.stopping.begin(() => {
      lock.release();
    });
  } catch (error) {
    const running = error instanceof StartupError && error.fault === 'in-use' ? findRunning(dataDir) : undefined;
    if (!running) throw error;
    return running;
  }
  return openDatabase(config, steps);
}
