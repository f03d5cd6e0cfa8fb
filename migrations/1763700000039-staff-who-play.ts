import type { MigrationInterface, QueryRunner } from 'typeorm';
import { exerciseAppend } from './exercise-functions.js';

const entries = {
  players: `, 'naming'`,
  unless: `
        -- Whether a team is named is its own to say.
        or not is_worker and exists (select from jsonb_array_elements(entries) e where e ->> 'kind' = 'naming'
          and (within <> space() or not exists (select from exercise_team t join organisation o on o.key = t.org_key
            where t.space = within and t.org_key = me.org_key and o.id::text = e -> 'entry' ->> 'team')))`,
};

/** Who conducts or evaluates and is of an organisation that plays may also write what a player may. */
export class StaffWhoPlay1763700000039 implements MigrationInterface {
  name = 'StaffWhoPlay1763700000039';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      exerciseAppend('create or replace', {
        ...entries,
        first: `
        when within = space() and becomes is null and said <@ array['inject-seen', 'no-duff', 'naming'] and part is not null
          and exists (select from exercise_team t where t.space = within and t.org_key = me.org_key) then true`,
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(exerciseAppend('create or replace', entries));
  }
}
