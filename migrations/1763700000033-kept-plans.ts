import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FILTERED_SEARCH } from './search-function.js';

/** What a request says of itself before it asks: as migration 3 made it, by `perform`, and by assignments. */
const enter = (sets: (settings: readonly string[]) => string): string => `
  create or replace function ronda.enter(shown text, acting text, entered_space int, at timestamptz, is_reading boolean default false,
      expected_versions text default '')
    returns void language plpgsql as $$
  declare said text;
  begin
    if is_reading then ${sets([`set_config('transaction_read_only', 'on', true)`])} end if;
    ${sets([
      `set_config('app.session', shown, true)`,
      `set_config('app.acting_user', acting, true)`,
      `set_config('app.space', entered_space::text, true)`,
      `set_config('app.now', at::text, true)`,
    ])}
    ${sets([`set_config('app.principals', ronda.derive_principals()::text, true)`])}
    if expected_versions <> '' and current_setting('app.reader_versions') <> expected_versions then
      raise exception 'the account is not what it was' using errcode = 'RD001';
    end if;
  end $$;`;

/**
 * The function that searches was planned anew for every search, which took longer than searching: PostgreSQL supposes ten
 * elements of an array that it does not know, so a plan for the three keys that were found seems cheaper each time.
 * And a `perform` is a query, where an assignment is an expression.
 */
export class KeptPlans1763700000033 implements MigrationInterface {
  name = 'KeptPlans1763700000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter function ronda.${FILTERED_SEARCH} set plan_cache_mode = 'force_generic_plan';
      ${enter((settings) => settings.map((each) => `said := ${each};`).join(' '))}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${enter((settings) => `perform ${settings.join(', ')};`)}
      alter function ronda.${FILTERED_SEARCH} reset plan_cache_mode;
    `);
  }
}
