import { totalmem } from 'node:os';

const MIB = 1 << 20;
const LEAST_BUFFERS = 256;
const MOST_BUFFERS = 2048;

/** What this process may use, in bytes: of the machine, or of its container. */
export const memoryOfHere = (): number => {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
};

/**
 * PostgreSQL's settings about memory: a quarter of it for buffers, as its manual has it, within bounds. Pages that are not
 * used take none. An index whose keys are hashes is touched all over, and what falls out of the buffers is written out first.
 * @param bytes there are
 * @see https://www.postgresql.org/docs/18/runtime-config-resource.html
 */
export function memorySettings(bytes: number): Record<string, string> {
  const quarter = Math.floor(bytes / MIB / 4);
  return {
    shared_buffers: `${Math.min(Math.max(quarter, LEAST_BUFFERS), MOST_BUFFERS)}MB`,
    effective_cache_size: `${Math.max(2 * quarter, 4 * LEAST_BUFFERS)}MB`,
  };
}
