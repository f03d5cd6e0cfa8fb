import type { MigrationInterface, QueryRunner } from 'typeorm';
import { exerciseAppend, readerPart } from './exercise-functions.js';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const here = '(select ronda.space())';
const staff = '(select ronda.reader_part()) is not null';
const isLocal = '(select ronda.reader_is_local_controller())';

const readers = (more: { script: string; log: string }): string => `
  drop policy exercise_script_read on ronda.exercise_script;
  create policy exercise_script_read on ronda.exercise_script for select to ronda_app using (space = ${here} and (${staff}${more.script}));
  drop policy exercise_log_read on ronda.exercise_log;
  create policy exercise_log_read on ronda.exercise_log for select to ronda_app using (space = ${here}
    and (${staff} or is_common and ${p} <> '{}' or org_keys && ${p}${more.log}));`;

/**
 * Each team's local controller, who sees what is coming to it and steers nothing; and a team's word that a report may name it,
 * which it alone gives.
 */
export class LocalControllers1763700000035 implements MigrationInterface {
  name = 'LocalControllers1763700000035';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.exercise_staff drop constraint exercise_staff_part_check,
        add constraint exercise_staff_part_check check (part in ('controller', 'evaluator', 'local-controller'));
      -- A local controller is a player who knows more, and no more than a player in everything else.
      ${readerPart('create or replace', ` and s.part <> 'local-controller'`)}
      create function ronda.reader_is_local_controller() returns boolean language plpgsql stable
        security definer set search_path = ronda, pg_temp as $$
      declare
        me record;
      begin
        me := reader_account();
        return me.user_key is not null and me.credential_kind <> 'link' and me.standing = 'active'
          and exists (select from exercise_staff s where s.space = space() and s.user_key = me.user_key and s.part = 'local-controller')
          and exists (select from exercise_team t where t.space = space() and t.org_key = me.org_key);
      end $$;
      ${giveTo('ronda_deriver', ['reader_is_local_controller()'])}
      ${readers({
        script: ` or ${isLocal}`,
        log: ` or kind in ('held', 'released', 'fired', 'added') and ${isLocal}`,
      })}
      ${exerciseAppend('create or replace', {
        players: `, 'naming'`,
        unless: `
        -- Whether a team is named is its own to say.
        or not is_worker and exists (select from jsonb_array_elements(entries) e where e ->> 'kind' = 'naming'
          and (within <> space() or not exists (select from exercise_team t join organisation o on o.key = t.org_key
            where t.space = within and t.org_key = me.org_key and o.id::text = e -> 'entry' ->> 'team')))`,
      })}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${exerciseAppend('create or replace')}
      ${readers({ script: '', log: '' })}
      drop function ronda.reader_is_local_controller();
      ${readerPart('create or replace')}
      alter table ronda.exercise_staff no force row level security;
      delete from ronda.exercise_staff where part = 'local-controller';
      alter table ronda.exercise_staff force row level security;
      alter table ronda.exercise_staff drop constraint exercise_staff_part_check,
        add constraint exercise_staff_part_check check (part in ('controller', 'evaluator'));
    `);
  }
}
