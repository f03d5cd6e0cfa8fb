/** Why a start was refused. Stable, for scripts and tests. */
export type StartupFault =
  | 'configuration'
  | 'data-directory'
  | 'no-space'
  | 'in-use'
  | 'port-taken'
  | 'database'
  | 'newer-schema'
  | 'service-role'
  | 'secret-key'
  | 'founded'
  | 'account'
  | 'backup';

/**
 * What keeps Ronda from starting, as one sentence for the person at the terminal. `main` prints the message, no stack,
 * and exits with `exitCode`.
 */
export class StartupError extends Error {
  /** 78 (EX_CONFIG of sysexits.h) for settings, so that a service supervisor can stop retrying; otherwise 1. */
  readonly exitCode: number;

  constructor(
    readonly fault: StartupFault,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'StartupError';
    this.exitCode = fault === 'configuration' ? 78 : 1;
  }
}

/** The system's code of a failed call, such as `ENOSPC`, or PostgreSQL's SQLSTATE. */
export function codeOf(error: unknown): string | undefined {
  // By shape: under Jest the system's errors are of another realm, where `instanceof Error` is false.
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What an error says, in one line. */
export function messageOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null;
  const message = isObject && 'message' in error && typeof error.message === 'string' ? error.message : String(error);
  return (message.trim().split('\n')[0] || codeOf(error)) ?? 'no reason given';
}

/** The sentence for a full disk, wherever it was met. */
export const noSpaceLeft = (path: string, cause?: unknown): StartupError =>
  new StartupError('no-space', `There is no space left on the disk that holds ${path}: free some and start again.`, {
    cause,
  });
