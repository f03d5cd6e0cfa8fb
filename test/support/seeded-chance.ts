import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Chance } from '../../src/kernel/chance.js';

/**
 * Chance that can be repeated. The n-th draw under a label depends on the seed, the label and n, and on nothing that was
 * drawn under other labels: in two worlds that differ in what one reader may not see, that reader's draws are the same.
 */
export class SeededChance extends Chance {
  private readonly label = new AsyncLocalStorage<string>();
  private readonly drawn = new Map<string, number>();

  constructor(private readonly seed: string = 'ronda') {
    super();
  }

  /** Everything that `work` draws, also later in what it started, is drawn under `label`. Not across a socket. */
  under<T>(label: string, work: () => T): T {
    return this.label.run(label, work);
  }

  /** Every promise of the process pays for each storage that was ever used. */
  end(): void {
    this.label.disable();
  }

  override uuid(): string {
    const bytes = this.bytes(16);
    // RFC 9562 §5.4: version 4, variant 10.
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  override bytes(length: number): Buffer {
    const label = this.label.getStore() ?? '';
    const count = this.drawn.get(label) ?? 0;
    this.drawn.set(label, count + 1);
    return createHash('shake256', { outputLength: length })
      .update(JSON.stringify([this.seed, label, count]))
      .digest();
  }
}
