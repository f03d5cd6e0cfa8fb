import { giveTo } from './roles.js';

const definer = `security definer set search_path = ronda, pg_temp`;

/** Nobody shows a credential, or is acted for: whoever is not in an exercise holds no principals there, and is no worker. */
const isWorker = `(coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '')`;

const workerAlone = `if not ${isWorker} then
        raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
      end if;`;

/** @param before what may end it before all that an account holds is given. */
export const derivePrincipals = (before: string): string => `
  create or replace function ronda.derive_principals() returns int[] language plpgsql stable ${definer} as $$
  declare
    me record;
  begin
    me := reader_account();
    if me.user_key is null then return '{}'; end if;${before}
    -- A one-time link opens the account it was made for and nothing of its organisation.
    if me.credential_kind = 'link' then return array[me.user_key]; end if;
    return array[me.org_key, me.user_key]
      || held_besides(me.org_key, me.kind, me.affiliation, me.parent_key, me.standing, me.is_secretariat) || veils_of(me.org_key, me.user_key);
  end $$;`;

const ledgerSpaces = (ledgers: string): string => `
  create or replace function ronda.ledger_spaces() returns setof int language plpgsql ${definer} as $$
  begin
    if reader_principals() <> '{}' then
      raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
    end if;
    return query select l.space from ledger l${ledgers} union select o.space from outbox o;
  end $$;`;

/** @param participants what else has to hold before something that was passed on is looked for. */
const derivePassedOn = (participants: string): string => `
  create or replace function ronda.derive_passed_on(out records bigint[], out revisions int[])
    language plpgsql stable ${definer} as $$
  declare me record;
  begin
    me := reader_account();
    records := '{}';
    revisions := '{}';
    if me.parent_key is null or me.credential_kind = 'link'${participants} then return; end if;
    select coalesce(array_agg(s.record), '{}'), coalesce(array_agg(s.revision), '{}') into records, revisions
      from standing_pass_ons(me.parent_key) s where s.recipient = me.org_key;
  end $$;`;

/** What ends it for whoever is not in the exercise. */
export const whoIsIn = `
    -- In an exercise nobody holds anything but who is in it.
    if space() <> 0 and not coalesce(space() = any (reader_exercises()), false) then return '{}'; end if;`;

/** Whose principals a space knows, and which ledgers go on growing. */
export const entering: string = `${derivePrincipals(whoIsIn)}
  ${
    // Nor is anything passed on in it to who is not in it.
    derivePassedOn(` or reader_principals() = '{}'`)
  }
  grant select (space, ended_at) on ronda.exercise to ronda_sequencer;
  create policy exercise_sequence on ronda.exercise for select to ronda_sequencer using (true);
  ${
    // What has ended is known to all who may read that ledger: that it stands still says nothing.
    ledgerSpaces(' where not exists (select from exercise e where e.space = l.space and e.ended_at is not null)')
  }`;

export const notEntering: string = `${derivePrincipals('')}
  ${derivePassedOn('')}
  ${ledgerSpaces('')}
  drop policy exercise_sequence on ronda.exercise;
  revoke select (space, ended_at) on ronda.exercise from ronda_sequencer;`;

/** Asked before principals are known, or by whom principals are asked. */
const asked = ['reader_exercises()', 'reader_part()', 'space_organisations()', 'exercise_space(uuid, boolean)'];

const conducted = [
  'exercise_lock()',
  'exercise_append(int, jsonb, text)',
  'exercise_deliver(jsonb)',
  'exercises_to_conduct()',
  'spaces_in_use()',
  'exercise_lease(uuid, int)',
  'exercise_script_played()',
  'exercise_log_since(int)',
  'exercise_take(int)',
  'exercise_keep_scores(jsonb)',
  'queue_exercise_event()',
];

/** @param only an SQL condition of which parts. */
export const readerPart = (
  verb: 'create' | 'create or replace',
  only = '',
): string => `${verb} function ronda.reader_part() returns text language plpgsql stable ${definer} as $$
  declare
    me record;
  begin
    me := reader_account();
    if me.user_key is null or me.credential_kind = 'link' or me.standing <> 'active' then return null; end if;
    return (select s.part from exercise_staff s where s.space = space() and s.user_key = me.user_key${only});
  end $$;`;

/** What a later migration lets be written besides. */
interface MoreEntries {
  players: string;
  unless: string;
  /** Cases that come before what is asked of the staff. */
  first?: string;
}
const NO_MORE: MoreEntries = { players: '', unless: '' };

/** @param verb as over what is there. */
export const exerciseAppend = (
  verb: 'create' | 'create or replace',
  more = NO_MORE,
): string => `${verb} function ronda.exercise_append(within int, entries jsonb, becomes text) returns int language plpgsql ${definer} as $$
  declare
    held int[] := reader_principals();
    part text := reader_part();
    before int;
    now_here timestamptz;
    said text[] := array(select e ->> 'kind' from jsonb_array_elements(entries) e);
    me record := reader_account();
    is_worker constant boolean := ${isWorker};
  begin
    if not coalesce(case
        when is_worker then within = space()${more.first ?? ''}
        when within = space() and part = 'controller' then not said && array['act', 'inject-delivered', 'inject-seen', 'joined']
        when within = space() and part = 'evaluator' and becomes is null then said <@ array['remark', 'override', 'lesson', 'no-duff']
        when within = space() and becomes is null then said <@ array['inject-seen', 'no-duff'${more.players}] and space() = any (reader_exercises())
        when space() = 0 and becomes is null then said <@ array['joined']
          and exists (select from exercise e where e.space = within and e.owner_key = any (held))
        else false end, false)${more.unless} then
      raise exception 'this is not for the reader to write into the log' using errcode = 'insufficient_privilege';
    end if;
    select e.log_size into before from exercise e where e.space = within for update;
    -- Whoever waited for its turn began before those it waited for.
    now_here := greatest(clock(), (select l.at from exercise_log l where l.space = within and l.seq = before));
    insert into exercise_log (space, seq, id, at, kind, entry, org_keys, is_common, actor_key)
      select within, before + n.place, (n.e ->> 'id')::uuid, now_here, n.e ->> 'kind', n.e -> 'entry',
             array(select value::int from jsonb_array_elements_text(n.e -> 'orgKeys')), (n.e ->> 'isCommon')::boolean,
             case when is_worker then (n.e ->> 'actorKey')::int else me.user_key end
        from jsonb_array_elements(entries) with ordinality as n (e, place);
    update exercise e set log_size = before + cardinality(said), state = coalesce(becomes, e.state),
        started_at = coalesce(e.started_at, case when 'started' = any (said) then now_here end),
        ended_at = case when becomes = 'ended' then now_here else e.ended_at end
      where e.space = within;
    return before;
  end $$;`;

export const createExerciseFunctions: string = `
  -- In which exercises the reader's organisation plays, or the reader conducts or evaluates.
  create function ronda.reader_exercises() returns int[] language plpgsql stable ${definer} as $$
  declare
    me record;
  begin
    me := reader_account();
    if me.user_key is null or me.credential_kind = 'link' or me.standing <> 'active' then return '{}'; end if;
    return array(select t.space from exercise_team t where t.org_key = me.org_key
      union select s.space from exercise_staff s where s.user_key = me.user_key);
  end $$;

  -- What the reader is in the exercise of this space, beside a player; null for nothing.
  ${readerPart('create')}

  -- Who is there, in the exercise of this space: whose teams play, whose people conduct it, whose exercise it is.
  create function ronda.space_organisations() returns int[] language sql stable ${definer} as $$
    select array(select t.org_key from exercise_team t where t.space = space()
      union select u.org_key from exercise_staff s join user_account u on u.key = s.user_key where s.space = space()
      union select e.owner_key from exercise e where e.space = space())
  $$;

  -- The space of an exercise that the reader is in: one that can still be played, or any. Null for hidden and absent alike.
  create function ronda.exercise_space(wanted uuid, is_played boolean) returns int language sql stable ${definer} as $$
    select e.space from exercise e
     where e.id = wanted and e.space = any (reader_exercises()) and not (is_played and e.state = 'ended')
  $$;

  -- Whoever writes into the log of this space takes its turn.
  create function ronda.exercise_lock() returns table (state text, log_size int) language plpgsql ${definer} as $$
  begin
    if not ${isWorker} and not coalesce(space() = any (reader_exercises()), false) then return; end if;
    return query select e.state, e.log_size from exercise e where e.space = ronda.space() for update;
  end $$;

  -- Writes entries behind the last. What teams did and got is the worker's to write; what was decided, of who decides it;
  -- who was let in, of whose exercise it is, from real life; what is real, of everybody there.
${exerciseAppend('create')}

  -- Puts into the inboxes of teams what the log says reached them. A second delivery of an inject is an error, not a row.
  create function ronda.exercise_deliver(items jsonb) returns void language plpgsql ${definer} as $$
  begin
    if not ${isWorker} and reader_part() is distinct from 'controller'
        and (exists (select from jsonb_array_elements(items) i where i ->> 'kind' <> 'no-duff')
          or not coalesce(space() = any (reader_exercises()), false)) then
      raise exception 'controllers speak to teams' using errcode = 'insufficient_privilege';
    end if;
    insert into exercise_inbox (space, org_key, position, seq, kind, inject, content, delivered_at)
      select space(), i.org_key, i.place + coalesce((select max(x.position) from exercise_inbox x where x.space = space() and x.org_key = i.org_key), 0),
             i.seq, i.kind, i.inject, i.content, clock()
        from (select t.org_key, r.seq, r.kind, r.inject, r.content, row_number() over (partition by t.org_key order by r.ordinality) as place
          from rows from (jsonb_to_recordset(items) as (org_key int, seq int, kind text, inject text, content jsonb))
            with ordinality as r (org_key, seq, kind, inject, content, ordinality)
          -- Named or not: what goes to all goes also to those of whom its author knows nothing.
          join (select distinct x.org_key from exercise_team x where x.space = space()) t on t.org_key = coalesce(r.org_key, t.org_key)) i;
  end $$;

  -- Where there is anything to conduct, or to write down.
  create function ronda.exercises_to_conduct() returns table (space int, id uuid) language plpgsql stable ${definer} as $$
  begin
    ${workerAlone}
    return query select e.space, e.id from exercise e
      where e.state <> 'ended' or exists (select from exercise_event q where q.space = e.space) order by e.space;
  end $$;

  -- Every space there is, real life first.
  create function ronda.spaces_in_use() returns setof int language plpgsql stable ${definer} as $$
  begin
    ${workerAlone}
    return query select 0 union all (select e.space from exercise e order by e.space);
  end $$;

  -- Makes a node the leader of this exercise until then, or leaves it so; no row where another node leads. It holds the log to
  -- the end of the transaction: what a node decided that lost its turn is never written.
  create function ronda.exercise_lease(node uuid, milliseconds int) returns table (epoch int, state text, log_size int)
    language plpgsql ${definer} as $$
  begin
    ${workerAlone}
    return query
      update exercise e set epoch = e.epoch + (e.leader is distinct from node)::int, leader = node,
          lease_until = clock() + make_interval(secs => milliseconds / 1000.0)
        where e.space = ronda.space() and (e.leader is not distinct from node or coalesce(e.lease_until <= clock(), true))
        returning e.epoch, e.state, e.log_size;
  end $$;

  -- What is played, and by which organisations.
  create function ronda.exercise_script_played() returns table (document jsonb, teams jsonb) language plpgsql stable ${definer} as $$
  begin
    ${workerAlone}
    return query select s.document, coalesce((select jsonb_object_agg(o.id, o.key)
          from organisation o where o.key in (select t.org_key from exercise_team t where t.space = s.space)), '{}')
      from exercise_script s where s.space = space();
  end $$;

  create function ronda.exercise_log_since(known int) returns table (seq int, at timestamptz, entry jsonb) language plpgsql stable ${definer} as $$
  begin
    ${workerAlone}
    return query select l.seq, l.at, l.entry from exercise_log l where l.space = space() and l.seq > known order by l.seq;
  end $$;

  -- Takes what was done since, in the order in which it was written, with what the records said then.
  create function ronda.exercise_take(at_most int) returns table (id uuid, type text, occurred_at timestamptz, actor_key int, org_key int,
      organisation uuid, person uuid, payload jsonb, record jsonb, release jsonb, request jsonb) language plpgsql ${definer} as $$
  begin
    ${workerAlone}
    return query
      with taken as (delete from exercise_event q where q.space = space()
        and q.key in (select w.key from exercise_event w where w.space = space() order by w.key limit at_most) returning q.*)
      select t.id, t.type, t.occurred_at, t.actor_key, o.key, o.id, u.id, t.payload,
             case when i.key is not null then jsonb_build_object('id', i.id, 'authorship', i.authorship, 'status', r.status, 'tlp', r.tlp, 'pap', r.pap,
               'rsitClass', r.rsit_class, 'rsitType', r.rsit_type, 'severityBand', r.severity_band, 'facts', r.facts,
               'observables', coalesce((select jsonb_agg(jsonb_build_object('type', a.type, 'value', a.value) order by a.type, a.value)
                 from observable_appearance a where a.space = i.space and a.incident_key = i.key and a.since_number <= r.number
                   and (a.until_number is null or a.until_number > r.number)), '[]')) end,
             case when x.key is not null then jsonb_build_object('tlp', x.tlp, 'audience', x.audience,
               'organisations', array(select n.id from organisation n where n.key = any (x.principals) order by n.key)) end,
             case when q.key is not null then jsonb_build_object('id', q.id, 'kind', q.kind, 'tlp', q.tlp,
               'to', (select n.id from organisation n where n.key = q.to_org_key)) end
        from taken t
        left join user_account u on u.key = t.actor_key
        left join organisation o on o.key = u.org_key
        left join incident i on i.space = t.space
          and i.id = ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
        left join lateral (select v.* from incident_revision v where v.space = i.space and v.incident_key = i.key
          and (not coalesce(t.payload ->> 'revision' ~ '^[0-9]{1,9}$', false) or v.number <= (t.payload ->> 'revision')::int)
          order by v.number desc limit 1) r on true
        left join release x on x.space = t.space and x.id = ledger_uuid(t.payload ->> 'releaseId')
        left join request q on q.space = t.space and q.id = ledger_uuid(t.payload ->> 'requestId')
       order by t.key;
  end $$;

  create function ronda.exercise_keep_scores(scores jsonb) returns void language plpgsql ${definer} as $$
  begin
    ${workerAlone}
    insert into exercise_score as s (space, org_key, seq, score)
      select space(), n.org_key, n.seq, n.score from jsonb_to_recordset(scores) as n (org_key int, seq int, score jsonb)
      on conflict (space, org_key) do update set seq = excluded.seq, score = excluded.score;
  end $$;

  create function ronda.queue_exercise_event() returns trigger language plpgsql ${definer} as $$
  begin
    insert into exercise_event (space, id, type, occurred_at, actor_key, payload)
      values (new.space, new.id, new.type, new.occurred_at, new.actor_key, new.payload);
    return null;
  end $$;
  create trigger queue_exercise_event after insert on ronda.outbox
    for each row when (new.space <> 0 and new.type not like 'exercise.%' and new.type not like 'receipt.%')
    execute function ronda.queue_exercise_event();
  ${giveTo('ronda_deriver', [...asked, ...conducted])}`;

/** Before their tables: what is done with them; after: what their policies ask. */
export const dropExerciseFunctions = {
  before: `
    drop trigger queue_exercise_event on ronda.outbox;
    drop function ${conducted.map((each) => `ronda.${each}`).join(', ')};`,
  after: `drop function ${asked.map((each) => `ronda.${each}`).join(', ')};`,
};
