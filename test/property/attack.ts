import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Player } from '../support/cast.js';
import type { TestDatabase } from '../support/test-database.js';
import { LIVE, NOW } from './world.js';

/** What came of a statement: the rows it read or wrote, or how the database refused it. */
export type Outcome = { rows: unknown[]; count: number } | { refused: string };

export const REFUSED: Outcome = { refused: 'insufficient_privilege' };
export const NOTHING: Outcome = { rows: [], count: 0 };

const names: Record<string, string> = {
  '42501': 'insufficient_privilege',
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
};

/** Somebody with the service's login who says what it likes to the database. */
export class Attacker {
  private constructor(private readonly client: pg.Client) {}

  static async at(database: TestDatabase): Promise<Attacker> {
    const client = new pg.Client({ connectionString: database.serviceUrl });
    await client.connect();
    return new Attacker(client);
  }

  /** In a unit of work of the player, which is undone. Statements before the last one prepare it, and have to succeed. */
  async as(player: Player | null, ...statements: [text: string, ...values: unknown[]][]): Promise<Outcome> {
    await this.client.query('begin');
    try {
      if (player) {
        const shown = createHash('sha256').update(player.token).digest('hex');
        await this.client.query('select ronda.enter($1, $2, $3, $4)', [shown, '', LIVE, NOW]);
      }
      for (const [text, ...values] of statements.slice(0, -1)) await this.client.query(text, values);
      const [text, ...values] = statements.at(-1)!;
      return await this.attempt(text, values);
    } finally {
      await this.client.query('rollback');
    }
  }

  /** Without a transaction or a unit of work. */
  async attempt(text: string, values: unknown[] = []): Promise<Outcome> {
    try {
      const { rows, rowCount } = await this.client.query<Record<string, unknown>>(text, values);
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      const { code = '' } = error as { code?: string };
      return { refused: names[code] ?? `${code}: ${(error as Error).message}` };
    }
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}
