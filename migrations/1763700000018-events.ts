import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventRead, webhookWork } from './event-functions.js';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const here = 'space = (select ronda.space())';
const own = `${here} and owner_key = any (${p})`;
const TABLES = ['event', 'subscription', 'webhook', 'webhook_delivery'];
const TELLING = [
  'tell_incident()',
  'tell_revision()',
  'tell_pass_on()',
  'tell_tombstone()',
  'tell_comment()',
  'tell_request()',
  'tell_request_step()',
  'tell_webhook()',
];

/**
 * Events: that something became readable, to whom it did. They are written where the rows that decide who reads are written,
 * by triggers, and hold no content; whether a reader is told is asked of the record again when the event is read.
 *
 * Their positions are given after commit, by the worker (`relay_events`): a late commit is behind every cursor.
 */
export class Events1763700000018 implements MigrationInterface {
  name = 'Events1763700000018';

  async up(runner: QueryRunner): Promise<void> {
    await this.tables(runner);
    await this.rules(runner);
    await this.telling(runner);
    await this.workers(runner);
  }

  private async tables(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.event (
        key bigint generated always as identity primary key,
        space int not null,
        -- Null until the worker has given it one.
        position bigint,
        relayed_at timestamptz,
        type text not null check (type in ('incident.changed', 'incident.recalled', 'comment.added', 'request.changed', 'webhook.disabled')),
        record_id uuid not null,
        record_key bigint not null,
        -- Of an incident: the revision that became readable; null where it is the record as a whole.
        revision int,
        parent_id uuid,
        occurred_at timestamptz not null,
        -- Principals to whom it is new, and those to whom it was not: whoever holds one of these is told nothing.
        readers int[] not null,
        already int[] not null,
        unique (space, key),
        unique (space, position),
        check ((position is null) = (relayed_at is null))
      );
      create index event_waiting on ronda.event (key) where position is null;
      create index event_record on ronda.event (space, record_id, occurred_at);
      create index event_relayed on ronda.event (space, relayed_at);
      create index event_age on ronda.event (occurred_at);

      -- What an organisation watches for: a saved search, values, or both.
      create table ronda.subscription (
        space int not null,
        owner_key int not null references ronda.organisation (key),
        id uuid not null,
        name text not null,
        -- As lists are narrowed; null is no filter.
        statuses text[],
        classes text[],
        types text[],
        bands text[],
        sectors text[],
        countries text[],
        markings text[],
        organisations uuid[],
        -- Values in their one form, and their ids.
        watched jsonb not null,
        observable_ids uuid[] not null,
        saved_by int not null references ronda.user_account (key),
        saved_at timestamptz not null,
        primary key (space, owner_key, id),
        unique (space, owner_key, name)
      );

      create table ronda.webhook (
        key bigint generated always as identity primary key,
        space int not null,
        owner_key int not null references ronda.organisation (key),
        id uuid not null,
        url text not null,
        -- None: all.
        types text[] not null,
        subscription_id uuid,
        -- Sealed under a key outside the database; the earlier one signs too until its time is over.
        secret_sealed bytea,
        earlier_sealed bytea,
        earlier_until timestamptz,
        created_at timestamptz not null,
        saved_by int not null references ronda.user_account (key),
        saved_at timestamptz not null,
        failing_since timestamptz,
        disabled_at timestamptz,
        disabled_because text check (disabled_because in ('failing', 'gone', 'switched-off')),
        -- Up to which event deliveries are planned.
        position bigint not null,
        unique (space, owner_key, id),
        unique (space, key),
        foreign key (space, owner_key, subscription_id) references ronda.subscription (space, owner_key, id),
        check ((disabled_at is null) = (disabled_because is null)),
        check ((earlier_sealed is null) = (earlier_until is null))
      );

      create table ronda.webhook_delivery (
        key bigint generated always as identity primary key,
        space int not null,
        owner_key int not null references ronda.organisation (key),
        id uuid not null,
        webhook_key bigint not null,
        event_key bigint not null,
        type text not null,
        subscription_id uuid,
        state text not null check (state in ('pending', 'delivered', 'dead', 'withdrawn')),
        attempts int not null,
        planned_at timestamptz not null,
        next_attempt_at timestamptz,
        -- One worker sends; where it dies, another does when this is over.
        leased_until timestamptz,
        last_attempt_at timestamptz,
        last_status int,
        last_fault text,
        ended_at timestamptz,
        unique (space, owner_key, id),
        foreign key (space, webhook_key) references ronda.webhook (space, key) on delete cascade,
        foreign key (space, event_key) references ronda.event (space, key) on delete cascade,
        check ((state = 'pending') = (next_attempt_at is not null)),
        check ((state = 'pending') = (ended_at is null))
      );
      create index webhook_delivery_due on ronda.webhook_delivery (space, webhook_key, next_attempt_at) where state = 'pending';
      create index webhook_delivery_list on ronda.webhook_delivery (space, webhook_key, planned_at desc, id desc);
      create index webhook_delivery_event on ronda.webhook_delivery (space, event_key);
    `);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
  }

  private async rules(runner: QueryRunner): Promise<void> {
    await runner.query(`${eventRead()}
      grant select on ronda.event to ronda_app;

      create policy subscription_read on ronda.subscription for select to ronda_app using (${own});
      create policy subscription_insert on ronda.subscription for insert to ronda_app with check (${own} and saved_by = any (${p}));
      create policy subscription_update on ronda.subscription for update to ronda_app
        using (${own}) with check (${own} and saved_by = any (${p}));
      create policy subscription_delete on ronda.subscription for delete to ronda_app using (${own});
      grant select, insert, delete, update (name, statuses, classes, types, bands, sectors, countries, markings, organisations,
        watched, observable_ids, saved_by, saved_at) on ronda.subscription to ronda_app;

      create policy webhook_read on ronda.webhook for select to ronda_app using (${own});
      create policy webhook_insert on ronda.webhook for insert to ronda_app with check (${own} and saved_by = any (${p}));
      create policy webhook_update on ronda.webhook for update to ronda_app using (${own}) with check (${own});
      create policy webhook_delete on ronda.webhook for delete to ronda_app using (${own});
      grant select, insert, delete, update (url, types, subscription_id, secret_sealed, earlier_sealed, earlier_until, saved_by,
        saved_at, failing_since, disabled_at, disabled_because, position) on ronda.webhook to ronda_app;
      grant update (secret_sealed, earlier_sealed) on ronda.webhook to ronda_keeper;
      create policy webhook_reseal on ronda.webhook for update to ronda_keeper using (true);

      -- A delivery is planned of an event that its organisation is told.
      create policy webhook_delivery_read on ronda.webhook_delivery for select to ronda_app using (${own});
      create policy webhook_delivery_insert on ronda.webhook_delivery for insert to ronda_app with check (${own}
        and exists (select from ronda.webhook w where w.space = webhook_delivery.space and w.key = webhook_key)
        and exists (select from ronda.event e where e.space = webhook_delivery.space and e.key = event_key));
      create policy webhook_delivery_update on ronda.webhook_delivery for update to ronda_app using (${own}) with check (${own});
      grant select, insert, update (state, attempts, next_attempt_at, leased_until, last_attempt_at, last_status, last_fault, ended_at)
        on ronda.webhook_delivery to ronda_app;

      create policy event_tell on ronda.event for insert to ronda_deriver with check (true);
      create policy event_find on ronda.event for select to ronda_deriver using (true);
      grant select, insert on ronda.event to ronda_deriver;
      create policy request_tell on ronda.request for select to ronda_deriver using (true);
      create policy webhook_derive on ronda.webhook for select to ronda_deriver using (true);
      create policy webhook_delivery_derive on ronda.webhook_delivery for select to ronda_deriver using (true);
      grant select on ronda.request, ronda.webhook, ronda.webhook_delivery to ronda_deriver;
      create policy event_relay on ronda.event to ronda_sequencer using (true);
      grant select, delete, update (position, relayed_at) on ronda.event to ronda_sequencer;
    `);
  }

  /** Where rows say who reads from now on, an event says so too. A draft is told to nobody; neither is what is restored. */
  private async telling(runner: QueryRunner): Promise<void> {
    const definer = 'returns trigger language plpgsql security definer set search_path = ronda, pg_temp';
    const insert =
      'insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)';
    const after = (name: string, what: string, table: string, when: string, routine: string): string =>
      `create trigger ${name} after ${what} on ronda.${table} for each row
         when (row_security_active('ronda.${table}') and ${when}) execute function ronda.${routine}();`;
    await runner.query(`
      create function ronda.tell_incident() ${definer} as $$
      begin
        if not new.audience <@ old.audience then
          ${insert} values (new.space, 'incident.changed', new.id, new.key, null, null, clock(),
            array(select unnest(new.audience) except select unnest(old.audience)), old.audience);
        end if;
        return null;
      end $$;

      create function ronda.tell_revision() ${definer} as $$
      declare
        record incident;
        before constant int[] := case tg_op when 'UPDATE' then old.audience else '{}' end;
        added constant int[] := array(select unnest(new.audience) except select unnest(before));
      begin
        if added = '{}' then return null; end if;
        select * into record from incident i where i.space = new.space and i.key = new.incident_key;
        ${insert} values (new.space, 'incident.changed', record.id, record.key, new.number, null, clock(), added, before);
        -- To whom a CERT passed it on it is new where it is new to the CERT.
        ${insert}
          select new.space, 'incident.changed', record.id, record.key, new.number, null, clock(), array[p.org_key], '{}'
            from (select distinct o.owner_key, o.org_key from pass_on o
              where o.space = new.space and o.incident_key = new.incident_key and o.ended_at is null) p
            cross join lateral (select cert_principals(p.owner_key) as held) c
           where added && c.held and not before && c.held;
        return null;
      end $$;

      create function ronda.tell_pass_on() ${definer} as $$
      begin
        ${insert} select new.space, 'incident.changed', i.id, i.key, null, null, clock(), array[new.org_key], '{}'
          from incident i where i.space = new.space and i.key = new.incident_key;
        return null;
      end $$;

      create function ronda.tell_tombstone() ${definer} as $$
      begin
        ${insert} values (new.space, 'incident.recalled', new.record_id, new.record_key, null, null, new.at, array[new.reader_key], '{}');
        return null;
      end $$;

      create function ronda.tell_comment() ${definer} as $$
      begin
        ${insert} select new.space, 'comment.added', new.id, new.key, null, i.id, clock(), coalesce(new.readers, i.audience), '{}'
          from incident i where i.space = new.space and i.key = new.incident_key;
        return null;
      end $$;

      create function ronda.tell_request() ${definer} as $$
      begin
        ${insert} values (new.space, 'request.changed', new.id, new.key, null, null, clock(), new.audience, '{}');
        return null;
      end $$;

      -- What one of those asked does is told to the asker and to itself; an answer to all, to all.
      create function ronda.tell_request_step() ${definer} as $$
      begin
        ${insert} select q.space, 'request.changed', q.id, q.key, null, null, clock(),
            case when to_jsonb(new) ->> 'reach' = 'all' then q.audience else q.owner_readers || new.org_key end, '{}'
          from request q where q.space = new.space and q.key = new.request_key;
        return null;
      end $$;

      create function ronda.tell_webhook() ${definer} as $$
      begin
        ${insert} values (new.space, 'webhook.disabled', new.id, new.key, null, null, clock(), array[new.owner_key], '{}');
        return null;
      end $$;

      do $$
      declare routine text;
      begin
        execute 'grant create on schema ronda to ronda_deriver';
        foreach routine in array array[${TELLING.map((each) => `'${each}'`).join(', ')}] loop
          execute format('alter function ronda.%s owner to ronda_deriver', routine);
          execute format('revoke all on function ronda.%s from public', routine);
        end loop;
        execute 'revoke create on schema ronda from ronda_deriver';
      end $$;

      ${after('tell_incident', 'update of audience', 'incident', 'new.audience is distinct from old.audience', 'tell_incident')}
      ${after('tell_revision', 'insert', 'incident_revision', `new.status <> 'draft'`, 'tell_revision')}
      ${after('tell_revision_readers', 'update of audience', 'incident_revision', `new.status <> 'draft'`, 'tell_revision')}
      ${after('tell_pass_on', 'insert', 'pass_on', 'true', 'tell_pass_on')}
      ${after('tell_tombstone', 'insert', 'tombstone', 'new.lifted_at is null', 'tell_tombstone')}
      ${after('tell_tombstone_again', 'update of lifted_at', 'tombstone', 'new.lifted_at is null and old.lifted_at is not null', 'tell_tombstone')}
      ${after('tell_comment', 'insert', 'incident_comment', 'true', 'tell_comment')}
      ${after('tell_request_sent', 'insert', 'request', 'new.sent_at is not null', 'tell_request')}
      ${after('tell_request', 'update of status', 'request', 'new.sent_at is not null and new.status is distinct from old.status', 'tell_request')}
      ${after('tell_answer', 'insert', 'request_answer', 'true', 'tell_request_step')}
      ${after('tell_response', 'insert or update of state', 'request_response', 'true', 'tell_request_step')}
      ${after('tell_webhook', 'update of disabled_at', 'webhook', `old.disabled_at is null and new.disabled_because in ('failing', 'gone')`, 'tell_webhook')}
    `);
  }

  private async workers(runner: QueryRunner): Promise<void> {
    const definer = 'security definer set search_path = ronda, pg_temp';
    const workerAlone = `if reader_principals() <> '{}' then
          raise exception 'the worker alone relays events' using errcode = 'insufficient_privilege';
        end if;`;
    await runner.query(`
      -- Gives positions to what is committed, the oldest first; none where it is another's turn.
      create function ronda.relay_events(most int) returns int language plpgsql volatile ${definer} as $$
      declare
        relayed int;
      begin
        ${workerAlone}
        -- 'Even' in ASCII.
        if not pg_try_advisory_xact_lock(x'4576656e'::int) then return 0; end if;
        with waiting as (select e.key, e.space from event e where e.position is null order by e.key limit most),
        placed as (select w.key, row_number() over (partition by w.space order by w.key)
            + coalesce((select max(m.position) from event m where m.space = w.space), 0) as position from waiting w)
        update event e set position = placed.position, relayed_at = clock() from placed where e.key = placed.key;
        get diagnostics relayed = row_count;
        if relayed > 0 then perform pg_notify('ronda_events', ''); end if;
        return relayed;
      end $$;

      -- The newest of a space stays: positions go on from it.
      create function ronda.purge_events(before timestamptz) returns void language plpgsql volatile ${definer} as $$
      begin
        ${workerAlone}
        delete from event e where e.occurred_at < before and e.position is not null
          and e.position < (select max(m.position) from event m where m.space = e.space);
      end $$;

      -- Up to where events are relayed in this space. Never leaves the server.
      create function ronda.event_tip() returns bigint language sql stable ${definer} as $$
        select coalesce(max(e.position), 0) from event e where e.space = space()
      $$;

      -- Where a reader goes on that was told an event: also where it may not read any more what that spoke of. Null: forgotten.
      create function ronda.event_position(record uuid, of_type text, at timestamptz) returns bigint language sql stable ${definer} as $$
        select coalesce(min(e.position) filter (where e.readers && reader_principals() and not e.already && reader_principals()), min(e.position))
          from event e where e.space = space() and e.record_id = record and e.type = of_type and e.occurred_at = at
      $$;
      create function ronda.event_position_at(at timestamptz) returns bigint language sql stable ${definer} as $$
        select coalesce((select max(e.position) from event e where e.space = space() and e.relayed_at <= at), 0)
      $$;
${webhookWork('create')}

      ${giveTo('ronda_sequencer', ['relay_events(int)', 'purge_events(timestamptz)', 'event_tip()', 'event_position_at(timestamptz)', 'event_position(uuid, text, timestamptz)'])}
      ${giveTo('ronda_deriver', ['webhook_work(timestamptz)'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger tell_incident on ronda.incident;
      drop trigger tell_revision on ronda.incident_revision;
      drop trigger tell_revision_readers on ronda.incident_revision;
      drop trigger tell_pass_on on ronda.pass_on;
      drop trigger tell_tombstone on ronda.tombstone;
      drop trigger tell_tombstone_again on ronda.tombstone;
      drop trigger tell_comment on ronda.incident_comment;
      drop trigger tell_request_sent on ronda.request;
      drop trigger tell_request on ronda.request;
      drop trigger tell_answer on ronda.request_answer;
      drop trigger tell_response on ronda.request_response;
      drop function ronda.webhook_work(timestamptz), ronda.event_position_at(timestamptz), ronda.event_position(uuid, text, timestamptz),
        ronda.event_tip(), ronda.purge_events(timestamptz), ronda.relay_events(int);
      drop table ronda.webhook_delivery, ronda.webhook, ronda.subscription, ronda.event;
      drop function ${TELLING.map((each) => `ronda.${each}`).join(', ')};
      drop policy request_tell on ronda.request;
      revoke select on ronda.request from ronda_deriver;
    `);
  }
}
