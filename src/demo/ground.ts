import pg from 'pg';
import { unreachable } from '../platform/database/migrate.js';

/** Any number but those of migrations and jobs, the same in every build: 'Demo' in ASCII. */
const PLANTING_LOCK = 0x4465_6d6f;

/** Stands in the database from the first record of a demo to the last. */
const MARK = 'ronda_demo_unfinished';

/** What planting finds: bare ground, half a demo that a crash left behind, or somebody's region. */
export type Ground = 'bare' | 'half-planted' | 'taken';

/**
 * The database as the ground of a demo region, held by one node at a time. Speaks as the migrator, who alone may take
 * away what half a demo left: requests can take nothing away.
 */
export class PlantingGround {
  private constructor(private readonly client: pg.Client) {}

  /** Waits for another node that plants at this moment. */
  static async enter(migratorUrl: string): Promise<PlantingGround> {
    const client = new pg.Client({ connectionString: migratorUrl, application_name: 'ronda-demo' });
    try {
      await client.connect();
      await client.query('select pg_advisory_lock($1)', [PLANTING_LOCK]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw unreachable('DATABASE_URL', migratorUrl, error);
    }
    return new PlantingGround(client);
  }

  async look(): Promise<Ground> {
    const { rows } = await this.client.query<{ half: boolean; taken: boolean }>(
      `select to_regnamespace('${MARK}') is not null as half,
         exists (select from ronda.principal where kind in ('organisation', 'user')) as taken`,
    );
    return rows[0]?.half ? 'half-planted' : rows[0]?.taken ? 'taken' : 'bare';
  }

  /** From here on, until `finish`, everything in the database is the demo's and would be taken away. Requires bare ground. */
  async mark(): Promise<void> {
    await this.client.query(`create schema if not exists ${MARK}`);
  }

  /** Requires half-planted ground. */
  async clear(): Promise<void> {
    const { rows } = await this.client.query<{ tables: string | null }>(
      `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables
         from pg_tables where schemaname = 'ronda' and tablename <> 'principal'`,
    );
    await this.client.query(`
      begin;
      truncate ${rows[0]?.tables} restart identity;
      delete from ronda.principal where kind in ('organisation', 'user', 'group-epoch');
      commit`);
  }

  /** The planner knows nothing yet of what was planted. Written through to the disk, and with it all that came before. */
  async finish(): Promise<void> {
    await this.client.query(`analyze; drop schema ${MARK}`);
  }

  async leave(): Promise<void> {
    await this.client.end();
  }
}
