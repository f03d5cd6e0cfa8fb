import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { poolOf } from './pool.js';

const HOUR_MS = 3_600_000;
const FLUSH_AFTER_MS = 5_000;

/**
 * Remembers when API keys were used, to the hour, beside the requests: a write on each would cost more than most of
 * the requests themselves. What is gathered is written within seconds, and at the latest when the service stops.
 */
@Injectable()
export class CredentialUse implements OnModuleDestroy, OnApplicationShutdown {
  private readonly log = new Logger(CredentialUse.name);
  private gathered = new Map<number, Date>();
  /** Written by this process within the last hour, though a request under way may still have read the time before. */
  private readonly written = new Map<number, number>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @param lastUsedAt what the database had. */
  note(credentialKey: number, lastUsedAt: Date | null, at: Date): void {
    const known = Math.max(lastUsedAt?.getTime() ?? 0, this.written.get(credentialKey) ?? 0);
    if (known > at.getTime() - HOUR_MS) return;
    this.gathered.set(credentialKey, at);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Writes what was gathered. Never throws: what could not be written is tried again with the next. */
  flush(): Promise<void> {
    this.stopTimer();
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }

  /** Requests that were still answered while the server drained may have used a key since. */
  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  private async write(): Promise<void> {
    if (this.gathered.size === 0) return;
    const uses = this.gathered;
    this.gathered = new Map();
    try {
      await poolOf(this.dataSource).query('select ronda.note_use($1::int[], $2::timestamptz[])', [
        [...uses.keys()],
        [...uses.values()],
      ]);
    } catch (error) {
      this.log.warn(`The last use of ${uses.size} API keys could not be written: ${(error as Error).name}`);
      for (const [key, at] of uses) if (!this.gathered.has(key)) this.gathered.set(key, at);
      return;
    }
    const oldest = Math.max(...[...uses.values()].map((at) => at.getTime())) - HOUR_MS;
    for (const [key, at] of this.written) if (at <= oldest) this.written.delete(key);
    for (const [key, at] of uses) this.written.set(key, at.getTime());
  }

  private stopTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}
