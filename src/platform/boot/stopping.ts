/** Ctrl-C reaches a process that npm started twice: once from the terminal, once handed on by npm. */
const SAME_KEYSTROKE_MS = 1_000;

/** Ctrl-C at a shell. */
export const EXIT_INTERRUPTED = 130;

type Undo = () => Promise<void> | void;

/**
 * The end of the process: what was begun is ended in reverse order, however far the start had come. A first SIGINT,
 * SIGTERM or SIGHUP does it in order; a second SIGINT exits at once.
 */
export class Stopping {
  private readonly begun: Undo[] = [];
  private readonly asked = new AbortController();
  private askedAtMs = 0;
  private ending: Promise<never> | undefined;

  /**
   * @param onFault told what nobody caught, before the process ends because of it.
   * @param exitWhenAsked the code of a process that did as it was told by a signal.
   */
  constructor(
    private readonly onFault: (error: unknown) => void,
    private readonly exitWhenAsked = 0,
  ) {}

  /** Aborted when the process was asked to stop. */
  get signal(): AbortSignal {
    return this.asked.signal;
  }

  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        this.take(signal);
      });
    }
    process.on('uncaughtException', (error) => {
      this.fail(error);
    });
    process.on('unhandledRejection', (error) => {
      this.fail(error);
    });
  }

  /** @param end is run when the process stops, before what was begun earlier ends. */
  begin(end: Undo): void {
    this.begun.push(end);
  }

  /** Ends all and exits. Only the first call says with which code. */
  stop(exitCode: number): Promise<never> {
    this.asked.abort();
    return (this.ending ??= this.end(exitCode));
  }

  /** For what nobody caught: the process is in a state that nobody thought of. */
  fail(error: unknown): void {
    this.onFault(error);
    void this.stop(1);
  }

  private take(signal: NodeJS.Signals): void {
    const nowMs = performance.now();
    if (!this.signal.aborted) {
      this.askedAtMs = nowMs;
      void this.stop(this.exitWhenAsked);
    } else if (signal === 'SIGINT' && nowMs - this.askedAtMs > SAME_KEYSTROKE_MS) {
      process.exit(EXIT_INTERRUPTED);
    }
  }

  private async end(exitCode: number): Promise<never> {
    let code = exitCode;
    for (let undo = this.begun.pop(); undo; undo = this.begun.pop()) {
      try {
        await undo();
      } catch (error) {
        this.onFault(error);
        code ||= 1;
      }
    }
    process.exit(code);
  }
}
