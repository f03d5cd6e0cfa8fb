/** What is run under one key goes one at a time, in the order in which it came; a failure is its own caller's alone. */
export class Turns {
  /** Settles, and never rejects, when the newest of its key is over. */
  private readonly newest = new Map<string, Promise<unknown>>();

  async take<Result>(key: string, run: () => Promise<Result>): Promise<Result> {
    const result = (this.newest.get(key) ?? Promise.resolve()).then(run);
    const over = result.catch(() => undefined);
    this.newest.set(key, over);
    try {
      return await result;
    } finally {
      if (this.newest.get(key) === over) this.newest.delete(key);
    }
  }
}
