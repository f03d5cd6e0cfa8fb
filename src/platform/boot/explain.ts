import { codeOf, messageOf, noSpaceLeft, StartupError } from '../config/startup-error.js';

/** How deep errors are wrapped at the most; a circle of causes ends there too. */
const DEEPEST_CAUSE = 10;

/** 53100 is PostgreSQL's disk_full. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** What kept a start from succeeding, as one sentence for the person at the terminal, and the code to exit with. */
export function explain(error: unknown, dataDir: string): { message: string; exitCode: number } {
  if (causesOf(error).some((cause) => NO_SPACE.has(codeOf(cause) ?? ''))) return noSpaceLeft(dataDir, error);
  if (error instanceof StartupError) return error;
  return { message: `Ronda could not start: ${messageOf(error)}.`, exitCode: 1 };
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && causes.length < DEEPEST_CAUSE;) {
    causes.push(cause);
    const { driverError, cause: deeper } = (cause ?? {}) as { driverError?: unknown; cause?: unknown };
    cause = driverError ?? deeper;
  }
  return causes;
}
