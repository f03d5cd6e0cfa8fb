/** What a command exits with, for scripts. Those from 64 on are of sysexits.h. */
export const EXIT = {
  done: 0,
  /** Refused, or failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Done for some, refused for others: the lines of a bulk. */
  partly: 3,
  /** The server cannot be reached, or answers nothing sensible. */
  unavailable: 69,
  /** Not signed in, or not allowed. */
  noPermission: 77,
  /** A setting is wrong. */
  configuration: 78,
} as const;

/** What keeps a command from succeeding, as one sentence for the person at the terminal. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
