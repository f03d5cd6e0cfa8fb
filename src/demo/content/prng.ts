/** Chance that comes out the same for the same seed, on every machine. For demo content only: it is no source of secrets. */
export class SeededDraw {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 up to but not including 1. Mulberry32: 32 bits of state are plenty for a few hundred stories. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  /**
   * As `whole`, but small numbers as likely as large ones of the next order of magnitude, as counts of victims and
   * sums of money are. Requires from >= 1.
   */
  magnitude(from: number, to: number): number {
    return Math.min(to, Math.floor(Math.exp(Math.log(from) + this.fraction() * Math.log((to + 1) / from))));
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.whole(0, items.length - 1)] ?? items[0];
  }

  shuffled<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.whole(0, last);
      const [a, b] = [shuffled[last], shuffled[other]] as [T, T];
      shuffled[last] = b;
      shuffled[other] = a;
    }
    return shuffled;
  }

  /** Deals all items in random order before it shuffles again, so that none comes up more often than another. */
  deck<T>(items: readonly T[]): Deck<T> {
    return new Deck(this, items);
  }
}

export class Deck<T> {
  private left: T[] = [];

  constructor(
    private readonly draw: SeededDraw,
    private readonly items: readonly T[],
  ) {}

  /** The next card that fits; undefined when no card does. */
  deal(fits: (card: T) => boolean = () => true): T | undefined {
    if (!this.items.some(fits)) return undefined;
    let at = this.left.findIndex(fits);
    if (at < 0) {
      // What was left unfitting stays on top: it is its turn.
      this.left = [...this.left, ...this.draw.shuffled(this.items)];
      at = this.left.findIndex(fits);
    }
    return this.left.splice(at, 1)[0];
  }
}
