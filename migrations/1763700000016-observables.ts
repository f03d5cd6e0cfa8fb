import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';
const TABLES = ['observable_appearance', 'sighting'];

/**
 * Observables, as they appear in incidents, and sightings of them. There is no table of values that records share: whether
 * somebody else holds the same would be told by the time that writing it takes (decision 18). A value that a record says
 * over many revisions is one row, with the revisions between which it said it.
 */
export class Observables1763700000016 implements MigrationInterface {
  name = 'Observables1763700000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.observable_appearance (
        key bigint generated always as identity primary key,
        space int not null,
        incident_key bigint not null,
        -- The revision from which on the record says it, and that from which it does not any more.
        since_number int not null,
        until_number int,
        -- Said as an observable, or as an instrument of the fraud.
        part text not null check (part in ('observables', 'fraud')),
        reach text not null check (reach in ('readers', 'owner')),
        type text not null,
        value text not null,
        -- UUIDv5 of type and value. Null: it was erased, and nobody finds it by what it was.
        observable_id uuid,
        -- Labels of its name from the root on, and its address or network: by what one value is found in another.
        name_path text collate "C",
        address inet,
        is_for_detection boolean not null,
        -- Whatever else is said of it here, in the shape of the API.
        facts jsonb not null,
        foreign key (space, incident_key) references ronda.incident (space, key),
        check (until_number > since_number),
        check (observable_id is not null or (name_path is null and address is null))
      );
      -- One record does not say the same twice at a time.
      create unique index observable_appearance_record on ronda.observable_appearance (space, incident_key, observable_id, since_number);
      create index observable_appearance_value on ronda.observable_appearance (space, observable_id);
      create index observable_appearance_name on ronda.observable_appearance (space, name_path) where name_path is not null;
      create index observable_appearance_address on ronda.observable_appearance (space, address) where address is not null;

      create table ronda.sighting (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        incident_key bigint not null,
        observable_id uuid not null,
        kind text not null check (kind in ('seen', 'not-seen', 'false-positive', 'expired')),
        -- When; to when, where it was over a time.
        sighted_at timestamptz not null,
        until_at timestamptz,
        count int not null check (count >= 0),
        detector text,
        note text,
        -- Null: the owner's side of an anonymous record, which says nothing in its own name.
        author_key int references ronda.user_account (key),
        org_key int references ronda.organisation (key),
        -- Null: whoever reads the observable there. Else narrower.
        readers int[],
        reach text not null check (reach in ('readers', 'owner', 'organisation')),
        created_at timestamptz not null,
        unique (space, id),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check ((reach = 'readers') = (readers is null)),
        check ((author_key is null) = (org_key is null)),
        check (until_at >= sighted_at)
      );
      create index sighting_record on ronda.sighting (space, incident_key, created_at desc, id desc);
    `);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    await this.rules(runner);
    await this.erasure(runner);
  }

  private async rules(runner: QueryRunner): Promise<void> {
    const owned = `exists (select from ronda.incident i
      where i.space = ${space} and i.key = observable_appearance.incident_key and i.owner_readers && ${p})`;
    /**
     * With the revision that is being written, and no other: what was said, and maybe released, is not said anew. Fenced,
     * so that it is looked up by key however few records there were when the statement was prepared.
     */
    const written = (number: string): string => `exists (select from ronda.incident i
      join ronda.incident_revision r on r.space = i.space and r.incident_key = i.key
      where i.space = ${space} and i.key = observable_appearance.incident_key and i.owner_readers && ${p}
        and r.number = ${number} and r.created_at = ronda.clock() and (r.number > i.head or (r.number = 1 and i.head = 1)) offset 0)`;
    const appears = `exists (select from ronda.observable_appearance a
      where a.space = ${space} and a.incident_key = sighting.incident_key and a.observable_id = sighting.observable_id)`;
    await runner.query(`
      grant select, insert, update (until_number) on ronda.observable_appearance to ronda_app;
      grant select, insert on ronda.sighting to ronda_app;

      -- Where a revision that says it is readable.
      create policy observable_appearance_read on ronda.observable_appearance for select to ronda_app using (space = ${space}
        and exists (select from ronda.incident_revision r where r.space = ${space}
          and r.incident_key = observable_appearance.incident_key and r.number >= observable_appearance.since_number
          and (observable_appearance.until_number is null or r.number < observable_appearance.until_number))
        and (reach = 'readers' or ${owned}));
      create policy observable_appearance_insert on ronda.observable_appearance for insert to ronda_app
        with check (space = ${space} and until_number is null and ${written('observable_appearance.since_number')});
      create policy observable_appearance_end on ronda.observable_appearance for update to ronda_app
        using (space = ${space} and until_number is null and ${owned})
        with check (space = ${space} and ${written('observable_appearance.until_number')});

      create policy sighting_read on ronda.sighting for select to ronda_app
        using (space = ${space} and (readers is null or readers && ${p}) and ${appears});
      create policy sighting_insert on ronda.sighting for insert to ronda_app
        with check (space = ${space} and created_at = ronda.clock() and ${appears}
          and exists (select from ronda.incident i where i.space = ${space} and i.key = sighting.incident_key
            and (author_key is null) = (i.authorship = 'anonymous' and i.owner_readers && ${p}))
          and (author_key is null or author_key = any (${p}) and org_key = any (${p})));
    `);
  }

  private async erasure(runner: QueryRunner): Promise<void> {
    await runner.query(`
      grant select, delete on ronda.observable_appearance, ronda.sighting to ronda_deriver;
      grant update (value, observable_id, name_path, address, facts) on ronda.observable_appearance to ronda_deriver;
      grant update (detector, note, readers) on ronda.sighting to ronda_deriver;
      create policy observable_appearance_erase on ronda.observable_appearance to ronda_deriver using (true);
      create policy sighting_erase on ronda.sighting to ronda_deriver using (true);

      -- What erase_from_record does in what else was said in a record. A sighting of a value that goes, goes with it: its id
      -- could be made again from the value. For a coordinator of the owner's side alone.
      create function ronda.erase_from_observables(record bigint, value text) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
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
        delete from sighting s using observable_appearance a
          where a.space = space() and a.incident_key = record and a.value ~* pattern
            and s.space = a.space and s.incident_key = a.incident_key and s.observable_id = a.observable_id;
        update observable_appearance a set value = regexp_replace(a.value, pattern, '[erased]', 'gi'),
            observable_id = null, name_path = null, address = null
          where a.space = space() and a.incident_key = record and a.value ~* pattern;
        update observable_appearance a set facts = redact(a.facts, pattern)
          where a.space = space() and a.incident_key = record and redact(a.facts, pattern) <> a.facts;
        update sighting s set detector = regexp_replace(s.detector, pattern, '[erased]', 'gi'), note = regexp_replace(s.note, pattern, '[erased]', 'gi')
          where s.space = space() and s.incident_key = record and (s.detector ~* pattern or s.note ~* pattern);
      end $$;

      -- For the worker alone, of records that it has just taken everything from: what they said besides.
      create function ronda.retention_forget_observables(erasures uuid[]) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
        end if;
        delete from sighting s using erasure e where e.space = space() and e.id = any (erasures) and e.record_kind = 'incident'
          and e.basis = 'retention' and e.erased_at = clock() and s.space = e.space and s.incident_key = e.record_key;
        delete from observable_appearance a using erasure e where e.space = space() and e.id = any (erasures) and e.record_kind = 'incident'
          and e.basis = 'retention' and e.erased_at = clock() and a.space = e.space and a.incident_key = e.record_key;
      end $$;

      -- Whoever was behind the veil reads its sightings in its own name.
      create function ronda.unveil_sightings() returns trigger
        language plpgsql security definer set search_path = ronda, pg_temp as $$
      begin
        update sighting s set readers = unveiled(s.readers)
          where s.space = new.space and s.incident_key = new.key and s.readers is not null;
        return null;
      end $$;
      create trigger unveil_sightings after update of authorship on ronda.incident
        for each row when (old.authorship = 'anonymous' and new.authorship = 'named') execute function ronda.unveil_sightings();
      ${giveTo('ronda_deriver', ['unveil_sightings()', 'erase_from_observables(bigint, text)', 'retention_forget_observables(uuid[])'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger unveil_sightings on ronda.incident;
      drop function ronda.unveil_sightings();
      drop function ronda.retention_forget_observables(uuid[]), ronda.erase_from_observables(bigint, text);
      drop table ronda.sighting, ronda.observable_appearance;
    `);
  }
}
