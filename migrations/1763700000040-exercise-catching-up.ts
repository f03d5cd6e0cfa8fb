import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const definer = 'security definer set search_path = ronda, pg_temp';

/** @param state what else must hold of an exercise `e` that is to be filled. */
const assertFillable = (state: string): string => `
        if space() <> 0 or not exists (select from exercise e where e.space = within
            and e.owner_key = any (reader_principals()) and e.state = 'prepared' and ${state} and e.replay_of is null
            and not exists (select from exercise_team t where t.space = within)) then
          raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
        end if;`;

const insertEntries = (before: string): string => `
        insert into exercise_log (space, seq, id, at, kind, entry, org_keys, is_common, actor_key)
          select within, ${before}n.place, (n.e ->> 'id')::uuid, (n.e ->> 'at')::timestamptz, n.e -> 'entry' ->> 'kind', n.e -> 'entry', '{}',
                 (n.e ->> 'isCommon')::boolean, null
            from jsonb_array_elements(entries) with ordinality as n (e, place);`;

const SIGNATURE =
  'exercise_replay(within int, run uuid, digest bytea, entries jsonb, began timestamptz, ended timestamptz)';

/** As replays were filled until now: with all entries at once. */
const replayAtOnce = `create or replace function ronda.${SIGNATURE} returns void
        language plpgsql ${definer} as $$
      declare
        size constant int := jsonb_array_length(entries);
      begin
        if run is null or began is null or ended is null then
          raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
        end if;${assertFillable('e.log_size = 0')}${insertEntries('')}
        update exercise e set replay_of = run, replay_digest = digest, log_size = size, scored_size = size, state = 'ended', started_at = began, ended_at = ended
          where e.space = within;
      end $$;`;

/**
 * A log of any length is taken in part by part, in one transaction; and a team that comes late finds in its inbox what was
 * said to all before it came.
 */
export class ExerciseCatchingUp1763700000040 implements MigrationInterface {
  name = 'ExerciseCatchingUp1763700000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Lays more of the log of one that was played into an exercise that the reader has just made: what is in its log was
      -- all written in this transaction.
      create function ronda.exercise_replay_part(within int, entries jsonb) returns void language plpgsql ${definer} as $$
      declare
        before int;
      begin${assertFillable(`(e.log_size = 0 or exists (select from exercise_log l
              where l.space = within and l.seq = 1 and l.xmin = pg_current_xact_id()::xid))`)}
        select e.log_size into before from exercise e where e.space = within for update;${insertEntries('before + ')}
        update exercise e set log_size = before + jsonb_array_length(entries) where e.space = within;
      end $$;

      -- The last of it: from now on the exercise is over.
      create or replace function ronda.${SIGNATURE} returns void
        language plpgsql ${definer} as $$
      begin
        if run is null or began is null or ended is null then
          raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
        end if;
        perform exercise_replay_part(within, entries);
        update exercise e set replay_of = run, replay_digest = digest, scored_size = e.log_size, state = 'ended', started_at = began, ended_at = ended
          where e.space = within;
      end $$;

      -- Whoever writes into the log has its turn: what was said before this entry is in it, and what is said behind it
      -- finds the team there.
      create function ronda.tell_late_team() returns trigger language plpgsql ${definer} as $$
      begin
        insert into exercise_inbox (space, org_key, position, seq, kind, inject, content, delivered_at)
          select new.space, t.org_key, row_number() over (partition by t.org_key order by l.seq)
                   + coalesce((select max(x.position) from exercise_inbox x where x.space = new.space and x.org_key = t.org_key), 0),
                 l.seq, l.kind, null, jsonb_build_object('text', l.entry -> 'text'), clock()
            from (select distinct m.org_key from exercise_team m where m.space = new.space and m.org_key = any (new.org_keys)) t
            join exercise_log l on l.space = new.space and l.seq < new.seq and l.is_common and l.kind in ('message', 'no-duff')
           where not exists (select from exercise_inbox x where x.space = new.space and x.org_key = t.org_key and x.seq = l.seq);
        return null;
      end $$;
      create trigger tell_late_team after insert on ronda.exercise_log for each row
        when (new.kind = 'joined' and row_security_active('ronda.exercise_log')) execute function ronda.tell_late_team();

      ${giveTo('ronda_deriver', ['exercise_replay_part(int, jsonb)', 'tell_late_team()'])}
      revoke execute on function ronda.tell_late_team() from ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger tell_late_team on ronda.exercise_log;
      ${replayAtOnce}
      drop function ronda.tell_late_team(), ronda.exercise_replay_part(int, jsonb);
    `);
  }
}
