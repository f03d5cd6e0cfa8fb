import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const definer = `security definer set search_path = ronda, pg_temp`;

const workerAlone = `if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
        raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
      end if;`;

/** @param unscored what else has to be conducted, beside what goes on. */
const toConduct = (unscored: string): string => `
  create or replace function ronda.exercises_to_conduct() returns table (space int, id uuid) language plpgsql stable ${definer} as $$
  begin
    ${workerAlone}
    return query select e.space, e.id from exercise e
      where e.state <> 'ended'${unscored} or exists (select from exercise_event q where q.space = e.space) order by e.space;
  end $$;`;

/** @param more what is taken of each event, and where it is found. */
const take = (more: { facts: string; columns: string; values: string; request: string; joins: string }): string => `
  create function ronda.exercise_take(at_most int) returns table (id uuid, type text, occurred_at timestamptz, actor_key int, org_key int,
      organisation uuid, person uuid, payload jsonb, record jsonb, release jsonb, request jsonb${more.columns}) language plpgsql ${definer} as $$
  begin
    ${workerAlone}
    return query
      with taken as (delete from exercise_event q where q.space = space()
        and q.key in (select w.key from exercise_event w where w.space = space() order by w.key limit at_most) returning q.*)
      select t.id, t.type, t.occurred_at, t.actor_key, o.key, o.id, u.id, t.payload,
             case when i.key is not null then jsonb_build_object('id', i.id, 'authorship', i.authorship, 'status', r.status, 'tlp', r.tlp, 'pap', r.pap,
               'rsitClass', r.rsit_class, 'rsitType', r.rsit_type, 'severityBand', r.severity_band, 'facts', ${more.facts},
               'observables', coalesce((select jsonb_agg(jsonb_build_object('type', a.type, 'value', a.value) order by a.type, a.value)
                 from observable_appearance a where a.space = i.space and a.incident_key = i.key and a.since_number <= r.number
                   and (a.until_number is null or a.until_number > r.number)), '[]')) end,
             case when x.key is not null then jsonb_build_object('tlp', x.tlp, 'audience', x.audience,
               'organisations', array(select n.id from organisation n where n.key = any (x.principals) order by n.key)) end,
             case when q.key is not null then jsonb_build_object('id', q.id, 'kind', q.kind, 'tlp', q.tlp${more.request},
               'to', (select n.id from organisation n where n.key = q.to_org_key)) end${more.values}
        from taken t
        left join user_account u on u.key = t.actor_key
        left join organisation o on o.key = u.org_key
        left join incident i on i.space = t.space
          and i.id = ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
        left join lateral (select v.* from incident_revision v where v.space = i.space and v.incident_key = i.key
          and (not coalesce(t.payload ->> 'revision' ~ '^[0-9]{1,9}$', false) or v.number <= (t.payload ->> 'revision')::int)
          order by v.number desc limit 1) r on true
        left join release x on x.space = t.space and x.id = ledger_uuid(t.payload ->> 'releaseId')
        left join request q on q.space = t.space and q.id = ledger_uuid(t.payload ->> 'requestId')${more.joins}
       order by t.key;
  end $$;
  ${giveTo('ronda_deriver', ['exercise_take(int)'])}`;

const takeBefore = take({ facts: 'r.facts', columns: '', values: '', request: '', joins: '' });

// What was asked, answered, published and seen is judged by its words as well.
const takeNow = take({
  // Sector and countries are columns, of the revision as its facts are.
  facts: `r.facts || jsonb_build_object('sector', r.sector, 'countries', r.countries)`,
  columns: ', advisory jsonb, said text, sighted jsonb',
  request: `, 'title', q.title, 'body', q.body`,
  values: `,
             case when y.key is not null then jsonb_build_object('id', y.id, 'tlp', z.tlp, 'pap', z.pap, 'content', z.content, 'chosen', z.chosen) end,
             coalesce(c.body, w.body, case when g.key is not null then concat_ws(' ', g.kind, g.note) end),
             case when s.key is not null then jsonb_build_object('type', s.type, 'value', s.value) end`,
  joins: `
        left join advisory y on y.space = t.space and t.payload ->> 'recordKind' = 'advisory' and y.id = ledger_uuid(t.payload ->> 'recordId')
        left join lateral (select v.* from advisory_revision v where v.space = y.space and v.advisory_key = y.key
          and (not coalesce(t.payload ->> 'revision' ~ '^[0-9]{1,9}$', false) or v.number <= (t.payload ->> 'revision')::int)
          order by v.number desc limit 1) z on true
        left join incident_comment c on c.space = t.space and c.id = ledger_uuid(t.payload ->> 'commentId')
        left join request_answer w on w.space = t.space and w.id = ledger_uuid(t.payload ->> 'answerId')
        left join sighting g on g.space = t.space and g.id = ledger_uuid(t.payload ->> 'sightingId')
        left join lateral (select a.key, a.type, a.value from observable_appearance a where a.space = g.space
          and a.incident_key = g.incident_key and a.observable_id = g.observable_id order by a.key limit 1) s on true`,
});

const keepScoresBefore = `
  create function ronda.exercise_keep_scores(scores jsonb) returns void language plpgsql ${definer} as $$
  begin
    ${workerAlone}
    insert into exercise_score as s (space, org_key, seq, score)
      select space(), n.org_key, n.seq, n.score from jsonb_to_recordset(scores) as n (org_key int, seq int, score jsonb)
      on conflict (space, org_key) do update set seq = excluded.seq, score = excluded.score;
  end $$;
  ${giveTo('ronda_deriver', ['exercise_keep_scores(jsonb)'])}`;

/**
 * A run that was played elsewhere or before is taken in from its exported log, and a team reads its report. Players read
 * neither script nor log, so what they get of a report is written for each by the conductor, as their scores are.
 */
export class Replays1763700000025 implements MigrationInterface {
  name = 'Replays1763700000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The run that a file says it is the log of; null for a run of this node. Nobody vouches for a file, so nobody but who
      -- took it in is in it.
      alter table ronda.exercise add column replay_of uuid, add column replay_digest bytea, add column scored_size int not null default 0,
        add constraint exercise_replay_check check ((replay_of is null) = (replay_digest is null));
      -- The same file sent again by the same person is the same exercise.
      create unique index exercise_replay_once on ronda.exercise (owner_key, author_key, replay_digest) where replay_digest is not null;
      -- What its team is given of the report, once the exercise is over.
      alter table ronda.exercise_score add column report jsonb;
      create policy request_answer_derive on ronda.request_answer for select to ronda_deriver using (true);
      grant select on ronda.request_answer to ronda_deriver;
      drop function ronda.exercise_take(int);
      drop function ronda.exercise_keep_scores(jsonb);

      -- Each team's score and report as of so many entries. Evaluators go on after ENDEX, and the conductor follows them.
      create function ronda.exercise_keep_scores(scores jsonb, size int) returns void language plpgsql ${definer} as $$
      begin
        ${workerAlone}
        insert into exercise_score as s (space, org_key, seq, score, report)
          select space(), n.org_key, size, n.score, n.report from jsonb_to_recordset(scores) as n (org_key int, score jsonb, report jsonb)
          on conflict (space, org_key) do update set seq = excluded.seq, score = excluded.score, report = excluded.report;
        update exercise e set scored_size = size where e.space = space();
      end $$;

      -- Fills an exercise that the reader has just made with the log of one that was played: it is over, and nobody plays in it.
      create function ronda.exercise_replay(within int, run uuid, digest bytea, entries jsonb, began timestamptz, ended timestamptz) returns void
        language plpgsql ${definer} as $$
      declare
        size constant int := jsonb_array_length(entries);
      begin
        if space() <> 0 or run is null or began is null or ended is null or not exists (select from exercise e where e.space = within
            and e.owner_key = any (reader_principals()) and e.state = 'prepared' and e.log_size = 0 and e.replay_of is null
            and not exists (select from exercise_team t where t.space = within)) then
          raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
        end if;
        insert into exercise_log (space, seq, id, at, kind, entry, org_keys, is_common, actor_key)
          select within, n.place, (n.e ->> 'id')::uuid, (n.e ->> 'at')::timestamptz, n.e -> 'entry' ->> 'kind', n.e -> 'entry', '{}',
                 (n.e ->> 'isCommon')::boolean, null
            from jsonb_array_elements(entries) with ordinality as n (e, place);
        update exercise e set replay_of = run, replay_digest = digest, log_size = size, scored_size = size, state = 'ended', started_at = began, ended_at = ended
          where e.space = within;
      end $$;
      ${giveTo('ronda_deriver', ['exercise_keep_scores(jsonb, int)', 'exercise_replay(int, uuid, bytea, jsonb, timestamptz, timestamptz)'])}
      ${toConduct(' or e.scored_size < e.log_size')}
      ${takeNow}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.exercise_replay(int, uuid, bytea, jsonb, timestamptz, timestamptz);
      drop function ronda.exercise_keep_scores(jsonb, int);
      drop function ronda.exercise_take(int);
      ${keepScoresBefore}
      ${takeBefore}
      ${toConduct('')}
      revoke select on ronda.request_answer from ronda_deriver;
      drop policy request_answer_derive on ronda.request_answer;
      alter table ronda.exercise_score drop column report;
      alter table ronda.exercise drop column replay_of, drop column replay_digest, drop column scored_size;
    `);
  }
}
