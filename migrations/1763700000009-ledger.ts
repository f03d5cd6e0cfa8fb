import type { MigrationInterface, QueryRunner } from 'typeorm';
import { makeRole } from './roles.js';

/**
 * The ledger: what happened, as leaves of a Merkle tree of each space.
 *
 * `ronda_sequencer` owns the functions by which the worker takes events out of the outbox and makes leaves of them. It
 * reads and writes by policies of its own, has no BYPASSRLS and cannot log in. Whoever is somebody is refused by them.
 *
 * Roles belong to the whole server, so `down` leaves them.
 */
export class Ledger1763700000009 implements MigrationInterface {
  name = 'Ledger1763700000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${makeRole('ronda_sequencer')}

      create table ronda.ledger (
        space int primary key,
        -- Name of the log and of its keys in checkpoints (C2SP tlog-checkpoint). Never changes.
        origin text not null,
        began_at timestamptz not null
      );
      -- The public half of what signs; the other half is outside the database.
      create table ronda.ledger_key (
        space int not null references ronda.ledger (space),
        number int not null,
        public_key bytea not null check (length(public_key) = 32),
        -- The leaf that says so, by the key before.
        position bigint not null,
        announced_at timestamptz not null,
        primary key (space, number),
        unique (space, public_key)
      );
      -- Leaves become part of the tree together: as many as one of a few fixed sizes, most of them saying nothing.
      create table ronda.ledger_batch (
        space int not null references ronda.ledger (space),
        number int not null,
        from_position bigint not null,
        -- Of the tree behind it.
        size bigint not null,
        key_number int not null,
        -- From which the leaves that say nothing are made: they can be told from the others by whoever has it.
        padding_seed bytea not null,
        -- Of each leaf and its position, 64 bytes each: by them the first bad one is found.
        signatures bytea not null,
        -- Signed note.
        checkpoint text not null,
        integrated_at timestamptz not null,
        primary key (space, number),
        unique (space, size),
        foreign key (space, key_number) references ronda.ledger_key (space, number),
        check (length(signatures) = (size - from_position) * 64)
      );
      -- Hashes of leaves (level 0) and of full tiles of the level below, 256 to a tile, 32 bytes each (C2SP tlog-tiles).
      create table ronda.ledger_tile (
        space int not null references ronda.ledger (space),
        level int not null,
        index bigint not null,
        hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
        primary key (space, level, index)
      );
      -- Leaves that say something. Erased ones keep their place and hash.
      create table ronda.ledger_leaf (
        space int not null references ronda.ledger (space),
        position bigint not null,
        event_id uuid not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        salt bytea check (length(salt) = 32),
        -- Canonical JSON, to the byte as it was hashed.
        entry text,
        occurred_at timestamptz not null,
        -- What it is about, for whoever looks for it.
        subject uuid,
        -- Principals that read it: who acted, whom it concerns.
        reader_keys int[] not null,
        -- The owner of a record reads besides what is said of revisions that it reads.
        record_key bigint,
        revision int,
        -- The leaf that says that it was erased.
        erased_by bigint,
        primary key (space, position),
        unique (space, event_id),
        check ((salt is null) = (entry is null) and (salt is null) = (erased_by is not null))
      );
      create index ledger_leaf_subject on ronda.ledger_leaf (space, subject, occurred_at desc, event_id desc)
        where subject is not null;
    `);
    await this.policies(runner);
    await this.functions(runner);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    const here = 'space = (select ronda.space())';
    for (const table of ['ledger', 'ledger_key', 'ledger_batch', 'ledger_tile', 'ledger_leaf'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);
        create policy ${table}_sequence on ronda.${table} to ronda_sequencer using (true);
        grant select, insert on ronda.${table} to ronda_sequencer;
      `);
    // Hashes and sizes are everybody's who is somebody: a leaf that one may not read tells nothing by its hash.
    for (const table of ['ledger', 'ledger_key', 'ledger_batch', 'ledger_tile'])
      await runner.query(
        `create policy ${table}_read on ronda.${table} for select to ronda_app using (${here} and cardinality(${p}) > 0)`,
      );
    await runner.query(`
      grant select on ronda.ledger, ronda.ledger_key, ronda.ledger_tile to ronda_app;
      grant select (space, number, from_position, size, key_number, checkpoint, integrated_at) on ronda.ledger_batch to ronda_app;
      grant update (hashes) on ronda.ledger_tile to ronda_sequencer;
      grant update (salt, entry, subject, reader_keys, record_key, revision, erased_by) on ronda.ledger_leaf to ronda_sequencer;

      -- An entry is read by who acted and whom it concerns, and where it tells of a revision, by the record's owner's
      -- side, as far as that reads the revision. By nobody else, whoever reads the record.
      grant select (space, position, event_id, leaf_hash, salt, entry, occurred_at, subject, reader_keys, record_key, revision)
        on ronda.ledger_leaf to ronda_app;
      create policy ledger_leaf_read on ronda.ledger_leaf for select to ronda_app using (${here} and salt is not null and (
        reader_keys && ${p}
        or exists (select from ronda.incident i join ronda.incident_revision r on r.space = i.space and r.incident_key = i.key
          where i.space = ledger_leaf.space and i.key = ledger_leaf.record_key and i.owner_readers && ${p}
            and r.number = ledger_leaf.revision)));

      grant select, delete on ronda.outbox to ronda_sequencer;
      create policy outbox_sequence on ronda.outbox to ronda_sequencer using (true);
      grant usage on schema ronda to ronda_sequencer;
      grant select on ronda.user_account, ronda.incident to ronda_sequencer;
      create policy user_account_sequence on ronda.user_account for select to ronda_sequencer using (true);
      create policy incident_sequence on ronda.incident for select to ronda_sequencer using (true);
      grant execute on function ronda.derive_principals() to ronda_sequencer;
    `);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';
    const workerAlone = `if reader_principals() <> '{}' then
          raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
        end if;`;
    await runner.query(`
      -- Null for whatever is none: a payload is not this module's to judge.
      create function ronda.ledger_uuid(said text) returns uuid language sql immutable
        as $$ select case when said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then said::uuid end $$;

      create function ronda.ledger_spaces() returns setof int ${definer} as $$
      begin
        ${workerAlone}
        return query select l.space from ledger l union select o.space from outbox o;
      end $$;

      -- The ledger of this space as the next batch finds it. Whose turn it is holds it to the end of the transaction; no row
      -- where it is another's.
      create function ronda.ledger_state(most int)
        returns table (origin text, size bigint, batch int, integrated_at timestamptz, public_keys bytea[], waiting bigint)
        ${definer} as $$
      begin
        ${workerAlone}
        -- 'Ledg' in ASCII.
        if not pg_try_advisory_xact_lock(x'4c656467'::int, space()) then return; end if;
        return query select l.origin, coalesce(b.size, 0), coalesce(b.number, 0), b.integrated_at,
            array(select k.public_key from ledger_key k where k.space = space() order by k.number),
            (select count(*) from (select from outbox o where o.space = space() limit most) w)
          from (select) one
          left join ledger l on l.space = space()
          left join lateral (select b.* from ledger_batch b where b.space = l.space order by b.number desc limit 1) b on true;
      end $$;

      create function ronda.ledger_edge(places jsonb) returns table (level int, index bigint, hashes bytea) ${definer} as $$
      begin
        ${workerAlone}
        return query select t.level, t.index, t.hashes
          from jsonb_to_recordset(places) as p (level int, index bigint)
          join ledger_tile t on t.space = space() and t.level = p.level and t.index = p.index;
      end $$;

      -- Takes the oldest events out of the outbox: those that are committed, so that none can come before them any more.
      create function ronda.ledger_take(at_most int)
        returns table (event_id uuid, type text, version int, occurred_at timestamptz, actor uuid, payload jsonb, subject uuid,
          reader_keys int[], record_key bigint, revision int) ${definer} as $$
      begin
        ${workerAlone}
        return query
          with taken as (
            delete from outbox o where o.key in (select w.key from outbox w where w.space = space() order by w.key limit at_most)
            returning o.*)
          select t.id, t.type, t.version, t.occurred_at, a.id, t.payload, coalesce(said.subject, case when said.is_of_account then a.id end),
                 array_remove(array[t.actor_key, u.key, case when said.is_of_organisation then a.org_key end], null),
                 i.key, case when i.key is not null and t.payload ->> 'revision' ~ '^[0-9]{1,9}$' then (t.payload ->> 'revision')::int end
            from taken t
            cross join lateral (select
              ledger_uuid(coalesce(t.payload ->> 'incidentId', t.payload ->> 'recordId', t.payload ->> 'requestId', t.payload ->> 'groupId',
                t.payload ->> 'organisationId', t.payload ->> 'userId')) as subject,
              ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
                as incident,
              ledger_uuid(t.payload ->> 'userId') as account,
              t.type ~ '^(account|session|api-key|sign-in)\\.' as is_of_account,
              t.type ~ '^(organisation|group|contact|network|duty|secretariat)\\.' as is_of_organisation) said
            left join user_account a on a.key = t.actor_key
            left join user_account u on said.is_of_account and u.id = said.account
            left join incident i on i.space = t.space and i.id = said.incident
           order by t.key;
      end $$;

      create function ronda.ledger_erasable(subjects text[]) returns table (subject uuid, "position" bigint) ${definer} as $$
      begin
        ${workerAlone}
        return query select l.subject, l.position from ledger_leaf l
          where l.space = space() and l.subject in (select ledger_uuid(s) from unnest(subjects) s) and l.entry is not null
          order by l.position;
      end $$;

      -- Writes a batch: all of it or nothing, and in its place or not at all.
      create function ronda.ledger_integrate(batch jsonb, leaves jsonb, tiles jsonb) returns void ${definer} as $$
      declare
        here constant int := space();
        at constant timestamptz := clock();
      begin
        ${workerAlone}
        if (select coalesce(max(b.size), 0) from ledger_batch b where b.space = here) <> (batch ->> 'from')::bigint then
          raise exception 'the batch does not begin where the ledger ends';
        end if;
        insert into ledger (space, origin, began_at) values (here, batch ->> 'origin', at) on conflict do nothing;
        if batch ? 'newKey' then
          insert into ledger_key (space, number, public_key, position, announced_at)
            values (here, (batch #>> '{newKey,number}')::int, decode(batch #>> '{newKey,publicKey}', 'hex'),
              (batch #>> '{newKey,position}')::bigint, at);
        end if;
        insert into ledger_leaf (space, position, event_id, leaf_hash, salt, entry, occurred_at, subject, reader_keys, record_key, revision, erased_by)
          select here, l.position, l.event_id, decode(l.hash, 'hex'), decode(l.salt, 'hex'), l.entry, l.occurred_at, l.subject,
                 coalesce(l.reader_keys, '{}'), l.record_key, l.revision, l.erased_by
            from jsonb_to_recordset(leaves) as l (position bigint, event_id uuid, hash text, salt text, entry text, occurred_at timestamptz,
              subject uuid, reader_keys int[], record_key bigint, revision int, erased_by bigint);
        update ledger_leaf l set salt = null, entry = null, subject = null, reader_keys = '{}', record_key = null, revision = null,
            erased_by = (e ->> 'by')::bigint
          from jsonb_array_elements(batch -> 'erased') e
         where l.space = here and l.position = (e ->> 'position')::bigint;
        insert into ledger_tile (space, level, index, hashes)
          select here, t.level, t.index, decode(t.hashes, 'hex') from jsonb_to_recordset(tiles) as t (level int, index bigint, hashes text)
          on conflict (space, level, index) do update set hashes = excluded.hashes;
        insert into ledger_batch (space, number, from_position, size, key_number, padding_seed, signatures, checkpoint, integrated_at)
          values (here, (batch ->> 'number')::int, (batch ->> 'from')::bigint, (batch ->> 'size')::bigint, (batch ->> 'keyNumber')::int,
            decode(batch ->> 'seed', 'hex'), decode(batch ->> 'signatures', 'hex'), batch ->> 'checkpoint', at);
      end $$;

      do $$
      declare routine text;
      begin
        execute 'grant create on schema ronda to ronda_sequencer';
        foreach routine in array array['ledger_spaces()', 'ledger_state(int)', 'ledger_edge(jsonb)', 'ledger_take(int)',
            'ledger_erasable(text[])', 'ledger_integrate(jsonb, jsonb, jsonb)'] loop
          execute format('alter function ronda.%s owner to ronda_sequencer', routine);
          execute format('revoke all on function ronda.%s from public', routine);
          execute format('grant execute on function ronda.%s to ronda_app', routine);
        end loop;
        execute 'revoke create on schema ronda from ronda_sequencer';
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.ledger_integrate(jsonb, jsonb, jsonb), ronda.ledger_erasable(text[]), ronda.ledger_take(int),
        ronda.ledger_edge(jsonb), ronda.ledger_state(int), ronda.ledger_spaces(), ronda.ledger_uuid(text);
      drop table ronda.ledger_leaf, ronda.ledger_tile, ronda.ledger_batch, ronda.ledger_key, ronda.ledger;
      drop policy outbox_sequence on ronda.outbox;
      drop policy user_account_sequence on ronda.user_account;
      drop policy incident_sequence on ronda.incident;
      revoke all on ronda.outbox, ronda.user_account, ronda.incident from ronda_sequencer;
      revoke execute on function ronda.derive_principals() from ronda_sequencer;
      revoke usage on schema ronda from ronda_sequencer;
    `);
  }
}
