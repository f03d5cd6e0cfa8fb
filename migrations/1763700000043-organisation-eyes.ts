import type { MigrationInterface, QueryRunner } from 'typeorm';
import { derivePrincipals, whoIsIn } from './exercise-functions.js';

/**
 * A webhook is read for as its organisation, which holds less than any account of it. Whom it was read as until now was the
 * first of its analysts: what that person was told before, the organisation was never told; and what that person alone held by
 * a veil, its servers were.
 */
export class OrganisationEyes1763700000043 implements MigrationInterface {
  name = 'OrganisationEyes1763700000043';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${derivePrincipals(`${whoIsIn}
    -- What the organisation holds without any of its people. Its teams are in an exercise, and not whom it lends as staff.
    if current_setting('app.eyes', true) = 'organisation' then
      if space() <> 0 and not exists (select from exercise_team t where t.space = space() and t.org_key = me.org_key) then
        return '{}';
      end if;
      return array[me.org_key]
        || held_besides(me.org_key, me.kind, me.affiliation, me.parent_key, me.standing, me.is_secretariat) || veils_of(me.org_key, me.org_key);
    end if;`)}

      -- Begins a unit of work as ronda.enter() does, for a job that acts for an account with the eyes of its organisation.
      create function ronda.enter_for_organisation(acting text, entered_space int, at timestamptz, is_reading boolean)
        returns void language plpgsql as $$
      declare said text;
      begin
        said := set_config('app.eyes', 'organisation', true);
        perform ronda.enter('', acting, entered_space, at, is_reading);
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.enter_for_organisation(text, int, timestamptz, boolean);
      ${derivePrincipals(whoIsIn)}
    `);
  }
}
