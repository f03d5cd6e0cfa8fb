import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';
const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';

/**
 * STIX objects as others read them by TAXII: those that came in, as they came, and those that releases made. A place in a
 * collection is a time, given under a lock that is held until the commit: nothing ever appears before what somebody has
 * read already (decision 20).
 */
export class ExchangeObjects1763700000017 implements MigrationInterface {
  name = 'ExchangeObjects1763700000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.exchange_object (
        space int not null,
        -- Whose it is: the organisation that sent it in; of TLP:RED the person.
        principal_key int not null references ronda.principal (key),
        stix_id text not null,
        -- Of what has no versions, the beginning of 1970.
        version timestamptz not null,
        type text not null,
        added_at timestamptz not null,
        tlp text check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        created_by text,
        is_revoked boolean not null,
        -- The draft that was made of it and of what belongs to it.
        incident_id uuid,
        -- JSON as it came: text, because jsonb takes no escaped U+0000.
        object text not null,
        primary key (space, principal_key, stix_id, version)
      );
      create index exchange_object_added on ronda.exchange_object (space, principal_key, added_at);

      create table ronda.shared_object (
        space int not null,
        -- Of the collection: a word of audiences, an organisation, a group at an epoch.
        principal_key int not null references ronda.principal (key),
        incident_key bigint not null,
        stix_id text not null,
        version timestamptz not null,
        type text not null,
        added_at timestamptz not null,
        -- The revision that it was made of, for receipts. Null: it says of a record that it is gone.
        revision int,
        -- Those of the collection's readers who read it; null: all.
        only_for int[],
        -- Its record is in quarantine.
        is_resting boolean not null default false,
        object text not null,
        primary key (space, principal_key, incident_key, stix_id, version),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );
      create index shared_object_added on ronda.shared_object (space, principal_key, added_at);
      create index shared_object_versions on ronda.shared_object (space, principal_key, stix_id, version, added_at);
      create index shared_object_record on ronda.shared_object (space, incident_key);

      create table ronda.taxii_status (
        space int not null,
        org_key int not null references ronda.organisation (key),
        id uuid not null,
        requested_at timestamptz not null,
        outcome jsonb not null,
        primary key (space, org_key, id)
      );
    `);
    for (const table of ['exchange_object', 'shared_object', 'taxii_status'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        grant select on ronda.${table} to ronda_keeper;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    await runner.query(`
      grant select, insert, delete on ronda.exchange_object to ronda_app;
      create policy exchange_object_own on ronda.exchange_object for select to ronda_app
        using (space = ${space} and principal_key = any (${p}));
      create policy exchange_object_insert on ronda.exchange_object for insert to ronda_app
        with check (space = ${space} and principal_key = any (${p})
          and exists (select from ronda.principal k where k.key = exchange_object.principal_key and k.kind in ('organisation', 'user')));
      create policy exchange_object_delete on ronda.exchange_object for delete to ronda_app
        using (space = ${space} and principal_key = any (${p}));

      grant select on ronda.shared_object to ronda_app;
      create policy shared_object_read on ronda.shared_object for select to ronda_app
        using (space = ${space} and principal_key = any (${p}) and not is_resting and (only_for is null or only_for && ${p}));

      grant select, insert on ronda.taxii_status to ronda_app;
      create policy taxii_status_own on ronda.taxii_status for select to ronda_app
        using (space = ${space} and org_key = any (${p}));
      create policy taxii_status_insert on ronda.taxii_status for insert to ronda_app
        with check (space = ${space} and org_key = any (${p}));

      grant select, insert, update, delete on ronda.shared_object to ronda_deriver;
      grant select, delete on ronda.exchange_object to ronda_deriver;
      create policy shared_object_derive on ronda.shared_object to ronda_deriver using (true);
      create policy exchange_object_derive on ronda.exchange_object to ronda_deriver using (true);
    `);
    await this.functions(runner);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Puts what a release says into the collections of its audience, and takes it out of the others. objects is
      -- [{id, type, version, object}]; gone the same, for those whom the record was asked back of. The owner's side alone, and
      -- never further than the record itself lets in.
      create function ronda.share_objects(record bigint, of_revision int, principals int[], objects jsonb, gone jsonb, at timestamptz)
        returns void ${definer} as $$
      declare
        owners int[];
        lets_in int[];
        kept int[];
        had int[];
        before int[];
        readers int[];
        collection text;
        each_key int;
      begin
        select i.owner_readers, i.audience into owners, lets_in from incident i
          where i.space = space() and i.key = record and i.owner_readers && reader_principals();
        if not found then
          raise exception 'only the owner shares a record' using errcode = 'insufficient_privilege';
        end if;
        kept := array(select k.key from principal k where k.key = any (principals) and k.key = any (lets_in) and not k.key = any (owners)
          and k.kind in ('public', 'community', 'partners', 'community-relay', 'partners-relay', 'organisation', 'group-epoch'));
        had := array(select distinct s.principal_key from shared_object s
          where s.space = space() and s.incident_key = record and s.only_for is null and not s.principal_key = any (kept));
        -- Epochs before those of a group that it goes to: whoever still holds one of them has it already, from when it came.
        before := array(select distinct earlier.principal_key from group_epoch e join group_epoch earlier
            on earlier.group_key = e.group_key and earlier.epoch < e.epoch
          where e.principal_key = any (kept) and earlier.principal_key = any (had));
        -- One after the other, in one order for everybody, until the commit.
        for collection in
          select distinct coalesce('group ' || e.group_key, 'principal ' || k.key) as name
            from unnest(kept || had) k (key) left join group_epoch e on e.principal_key = k.key order by name
        loop
          perform pg_advisory_xact_lock(hashtextextended('taxii ' || space() || ' ' || collection, 17));
        end loop;

        delete from shared_object s where s.space = space() and s.incident_key = record
          and (s.principal_key = any (had) and s.only_for is null
              and not (s.principal_key = any (before) and exists (select from jsonb_to_recordset(objects) as o (id text, version timestamptz, object text)
                where o.id = s.stix_id and o.version = s.version and o.object = s.object))
            or s.principal_key = any (kept) and (s.only_for is not null
              or not exists (select from jsonb_array_elements(objects) o where o ->> 'id' = s.stix_id)));
        readers := array(select t.reader_key from tombstone t
          where t.space = space() and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null);
        if cardinality(readers) > 0 then
          foreach each_key in array array(select k from unnest(had) k where not k = any (before)) loop
            insert into shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, only_for, object)
              select space(), each_key, record, o.id, o.version, o.type,
                  place_in_collection(each_key, at) + (row_number() over () - 1) * interval '1 microsecond', readers, o.object
                from jsonb_to_recordset(gone) as o (id text, type text, version timestamptz, object text)
              on conflict do nothing;
          end loop;
        end if;
        foreach each_key in array kept loop
          insert into shared_object as s (space, principal_key, incident_key, stix_id, version, type, added_at, revision, object)
            select space(), each_key, record, o.id, o.version, o.type,
                place_in_collection(each_key, at) + (row_number() over () - 1) * interval '1 microsecond', of_revision, o.object
              from jsonb_to_recordset(objects) as o (id text, type text, version timestamptz, object text)
            on conflict (space, principal_key, incident_key, stix_id, version) do update
              set object = excluded.object, revision = excluded.revision,
                added_at = case when s.object = excluded.object then s.added_at else excluded.added_at end;
        end loop;
      end $$;

      -- The next place in a collection: behind all that its readers see. Of a group that is what was put in since the same
      -- epoch: who holds an epoch holds the later ones.
      create function ronda.place_in_collection(of_principal int, at timestamptz) returns timestamptz
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select greatest(at, (select max(l.added_at) + interval '1 microsecond'
            from (select of_principal union select later.principal_key from group_epoch own join group_epoch later
                    on later.group_key = own.group_key and later.epoch > own.epoch where own.principal_key = of_principal) c (key)
           cross join lateral (select s.added_at from shared_object s
             where s.space = space() and s.principal_key = c.key order by s.added_at desc limit 1) l)) $$;

      -- A value that is taken out of a record goes from what it came as, and from what it left as. For a coordinator of the owner's side alone.
      create function ronda.erase_from_exchange(record bigint, value text) returns void ${definer} as $$
      declare
        pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\\\\1', 'g');
      begin
        if length(value) < 2
            or not exists (select from incident i
              where i.space = space() and i.key = record and i.owner_readers && reader_principals())
            or not exists (select from reader_account() me join user_account u on u.key = me.user_key
              where me.standing = 'active' and 'coordinator' = any (u.roles)) then
          raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
        end if;
        delete from shared_object s where s.space = space() and s.incident_key = record;
        delete from exchange_object x using incident i
          where i.space = space() and i.key = record and x.space = i.space and x.incident_id = i.id
            and (x.object ~* pattern or x.object ~* regexp_replace(replace(to_json(value)::text, '"', ''), '([^[:alnum:][:space:]])', '\\\\\\1', 'g'));
      end $$;

      -- What is not kept any longer leaves the collections with its record, and so does what it came as.
      create function ronda.forget_exchange() returns trigger ${definer} as $$
      begin
        if new.record_kind = 'incident' and new.basis = 'retention' then
          delete from shared_object s where s.space = new.space and s.incident_key = new.record_key;
          delete from exchange_object x using incident i
            where i.space = new.space and i.key = new.record_key and x.space = i.space and x.incident_id = i.id;
        end if;
        return null;
      end $$;
      create trigger forget_exchange after insert on ronda.erasure for each row execute function ronda.forget_exchange();

      create function ronda.rest_shared_objects() returns trigger ${definer} as $$
      begin
        update shared_object s set is_resting = new.quarantined_at is not null
          where s.space = new.space and s.incident_key = new.key;
        return null;
      end $$;
      create trigger rest_shared_objects after update of quarantined_at on ronda.incident
        for each row when ((old.quarantined_at is null) <> (new.quarantined_at is null)) execute function ronda.rest_shared_objects();
      ${giveTo('ronda_deriver', [
        'share_objects(bigint, int, int[], jsonb, jsonb, timestamptz)',
        'place_in_collection(int, timestamptz)',
        'erase_from_exchange(bigint, text)',
        'forget_exchange()',
        'rest_shared_objects()',
      ])}
      revoke execute on function ronda.place_in_collection(int, timestamptz) from ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger rest_shared_objects on ronda.incident;
      drop trigger forget_exchange on ronda.erasure;
      drop function ronda.rest_shared_objects(), ronda.forget_exchange(), ronda.erase_from_exchange(bigint, text),
        ronda.share_objects(bigint, int, int[], jsonb, jsonb, timestamptz), ronda.place_in_collection(int, timestamptz);
      drop table ronda.taxii_status, ronda.shared_object, ronda.exchange_object;
    `);
  }
}
