/** What a start tells the person at the terminal: one line a step, with the seconds since the process began. */
export class Progress {
  constructor(private readonly out: NodeJS.WritableStream) {
    // A reader that went away (`npm start | head`) is no reason to stop.
    out.on('error', () => undefined);
  }

  say(line: string): void {
    this.out.write(`${secondsSince(0).padStart(6)} s  ${line}\n`);
  }

  /** Runs a step and says what it led to, with how long it took. A step that fails says nothing here. */
  async step<T>(work: () => T | Promise<T>, line: (result: T) => string): Promise<T> {
    const beganMs = performance.now();
    const result = await work();
    this.say(`${line(result)} (${secondsSince(beganMs)} s)`);
    return result;
  }

  /** The end of a start: where to go. */
  finish(lines: readonly string[]): void {
    this.out.write(`\n${lines.join('\n')}\n\n`);
  }
}

/** @param beganMs of `performance.now()`, which counts from the beginning of the process. */
const secondsSince = (beganMs: number): string => ((performance.now() - beganMs) / 1000).toFixed(2);
