interface Waiting {
  owner: number;
  begin: () => Promise<void>;
}

/**
 * So much at once, and of one owner no more than some of that: whoever is slow holds up nobody else. Next is whose owner has
 * the least under way, and of those who waits longest.
 */
export class FairLanes {
  private readonly waiting = new Map<number, Waiting>();
  /** Owners by what is under way for them. */
  private readonly busy = new Map<number, number>();

  constructor(
    private readonly most: number,
    private readonly mostOfOne: number,
  ) {}

  /** Whether it waits or is under way. */
  has(key: number): boolean {
    return this.waiting.has(key) || this.busy.has(key);
  }

  /** Resolves when it was done; rejects as it does. @param key of what is not here: see `has`. */
  run(key: number, owner: number, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.set(key, { owner, begin: () => work().then(resolve, reject) });
      this.fill();
    });
  }

  private fill(): void {
    for (let next = this.next(); next; next = this.next()) {
      const [key, { owner, begin }] = next;
      this.waiting.delete(key);
      this.busy.set(key, owner);
      void begin().then(() => {
        this.busy.delete(key);
        this.fill();
      });
    }
  }

  private next(): [number, Waiting] | undefined {
    if (this.busy.size >= this.most) return undefined;
    const held = new Map<number, number>();
    for (const owner of this.busy.values()) held.set(owner, (held.get(owner) ?? 0) + 1);
    let least = this.mostOfOne;
    let chosen: [number, Waiting] | undefined;
    for (const entry of this.waiting) {
      const count = held.get(entry[1].owner) ?? 0;
      if (count >= least) continue;
      [least, chosen] = [count, entry];
    }
    return chosen;
  }
}
