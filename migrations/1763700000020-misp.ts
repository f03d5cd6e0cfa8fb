import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';

/**
 * What a MISP event brought that Ronda has no place for, as it came, and by which ids its parts are known. It is read where
 * the revision is that it came with: a later edit is the owner's until it is released.
 */
export class Misp1763700000020 implements MigrationInterface {
  name = 'Misp1763700000020';

  async up(runner: QueryRunner): Promise<void> {
    const owned = (table: string): string => `exists (select from ronda.incident i
      where i.space = ${space} and i.key = ${table}.incident_key and i.owner_readers && ${p})`;
    const written = (number: string): string => `exists (select from ronda.incident i
      join ronda.incident_revision r on r.space = i.space and r.incident_key = i.key and r.number = i.head
      where i.space = ${space} and i.key = misp_event.incident_key and i.owner_readers && ${p}
        and i.authorship = 'named' and r.number = ${number} and r.created_at = ronda.clock() offset 0)`;
    await runner.query(`
      create table ronda.misp_event (
        space int not null,
        incident_key bigint not null,
        -- The revision that it came with, and that from which on another says more.
        since_number int not null,
        until_number int,
        -- Parts that go less far than their event are in the owner's row alone, which holds the whole.
        reach text not null check (reach in ('readers', 'owner')),
        event_uuid uuid not null,
        raw jsonb not null,
        primary key (space, incident_key, since_number, reach),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check (until_number > since_number)
      );
      create table ronda.misp_name (
        space int not null,
        incident_key bigint not null,
        uuid uuid not null,
        primary key (space, incident_key, uuid),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );
      create index misp_name_uuid on ronda.misp_name (space, uuid);
    `);
    for (const table of ['misp_event', 'misp_name'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);
        grant select, delete on ronda.${table} to ronda_deriver;
        create policy ${table}_erase on ronda.${table} to ronda_deriver using (true);`);
    await runner.query(`
      grant select, insert, update (until_number) on ronda.misp_event to ronda_app;
      grant select, insert on ronda.misp_name to ronda_app;

      create policy misp_event_read on ronda.misp_event for select to ronda_app using (space = ${space}
        and exists (select from ronda.incident_revision r where r.space = ${space}
          and r.incident_key = misp_event.incident_key and r.number >= misp_event.since_number
          and (misp_event.until_number is null or r.number < misp_event.until_number))
        and (reach = 'readers' or ${owned('misp_event')}));
      create policy misp_event_insert on ronda.misp_event for insert to ronda_app
        with check (space = ${space} and until_number is null and ${written('misp_event.since_number')});
      create policy misp_event_end on ronda.misp_event for update to ronda_app
        using (space = ${space} and until_number is null and ${owned('misp_event')})
        with check (space = ${space} and ${written('misp_event.until_number')});

      -- A name tells nothing of which revision has the part: whoever is led to the record looks for it in what it reads.
      create policy misp_name_read on ronda.misp_name for select to ronda_app using (space = ${space}
        and exists (select from ronda.incident i where i.space = ${space} and i.key = misp_name.incident_key));
      create policy misp_name_insert on ronda.misp_name for insert to ronda_app
        with check (space = ${space} and ${owned('misp_name')});

      -- What is taken out of a record may be anywhere in what came: all of that goes, and the record's own words go out.
      create function ronda.forget_misp_event() returns trigger
        language plpgsql security definer set search_path = ronda, pg_temp as $$
      begin
        delete from misp_event e where e.space = new.space and e.incident_key = new.record_key;
        delete from misp_name n where n.space = new.space and n.incident_key = new.record_key;
        return null;
      end $$;
      create trigger forget_misp_event after insert on ronda.erasure
        for each row when (new.record_kind = 'incident') execute function ronda.forget_misp_event();
      ${giveTo('ronda_deriver', ['forget_misp_event()'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger forget_misp_event on ronda.erasure;
      drop function ronda.forget_misp_event();
      drop table ronda.misp_name, ronda.misp_event;
    `);
  }
}
