import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';

/**
 * Requests that were drafted of a list of indicators, and attachments of incidents: rows here, bytes in the file store,
 * under a name that the row gives. What is attached to a record goes to others with its next release and not before, as
 * an edit does.
 */
export class Attachments1763700000024 implements MigrationInterface {
  name = 'Attachments1763700000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.request
        -- Names what was drafted at once, to its asker alone.
        add column routing_id uuid,
        -- What it is about: type, value, and what of those asked it is in.
        add column indicators jsonb not null default '[]' check (jsonb_typeof(indicators) = 'array'),
        add column indicator_count int generated always as (jsonb_array_length(indicators)) stored;
      create index request_routing on ronda.request (space, owner_key, routing_id) where routing_id is not null;
    `);
    await this.attachments(runner);
  }

  private async attachments(runner: QueryRunner): Promise<void> {
    /** Not where a CERT passed the record on: that hands on what it says, and nothing that hangs on it. */
    const record = (where: string): string => `exists (select from ronda.incident i
      where i.space = ${space} and i.key = attachment.incident_key and ${where})`;
    const owned = record(`i.owner_readers && ${p}`);
    await runner.query(`
      create table ronda.attachment (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        incident_key bigint not null,
        -- The first revision whose readers read it.
        since_number int not null,
        -- As its sender called it: never the name of a file here.
        name text not null,
        -- Of what was sent.
        size bigint not null check (size >= 0),
        sha256 bytea not null check (length(sha256) = 32),
        is_malware boolean not null,
        -- Of what is kept: the same, or of malware a zip.
        stored_size bigint not null check (stored_size >= 0),
        stored_sha256 bytea not null check (length(stored_sha256) = 32),
        reach text not null check (reach in ('readers', 'owner')),
        created_at timestamptz not null,
        unique (space, id),
        foreign key (space, incident_key) references ronda.incident (space, key) on delete cascade,
        check (is_malware or (size = stored_size and sha256 = stored_sha256))
      );
      create index attachment_record on ronda.attachment (space, incident_key, created_at desc, id desc);
      -- The worker asks by id whether bytes are named, whatever space they are of.
      create index attachment_id on ronda.attachment (id);
      alter table ronda.attachment enable row level security, force row level security;
      create policy attachment_keep on ronda.attachment for select to ronda_keeper using (true);
      grant select, insert, delete on ronda.attachment to ronda_app;

      -- Behind whatever others read, or wait to read, of a record of the caller's.
      create function ronda.first_unshared_revision(record bigint) returns int language sql stable as $$
        select 1 + greatest(
          (select coalesce(max(r.number), 0) from ronda.incident_revision r
             join ronda.incident i on i.space = r.space and i.key = r.incident_key
            where r.space = ronda.space() and r.incident_key = record and not r.audience <@ i.owner_readers),
          (select coalesce(max(l.revision), 0) from ronda.release l
            where l.space = ronda.space() and l.record_kind = 'incident' and l.record_key = record
              and l.status in ('pending', 'held', 'scheduled', 'released')))
      $$;

      create policy attachment_read on ronda.attachment for select to ronda_app using (space = ${space}
        and (${owned} or reach = 'readers' and ${record(`i.audience && ${p}`)}
          and exists (select from ronda.incident_revision r where r.space = ${space}
            and r.incident_key = attachment.incident_key and r.number >= attachment.since_number)));
      create policy attachment_insert on ronda.attachment for insert to ronda_app
        with check (space = ${space} and created_at = ronda.clock() and ${owned}
          and since_number >= ronda.first_unshared_revision(attachment.incident_key));
      create policy attachment_delete on ronda.attachment for delete to ronda_app using (space = ${space} and ${owned});

      grant select, delete, update (name) on ronda.attachment to ronda_deriver;
      create policy attachment_erase on ronda.attachment to ronda_deriver using (true);

      -- What erase_from_record does in the names of attachments. For a coordinator of the owner's side alone.
      create function ronda.erase_from_attachments(record bigint, value text) returns void
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
        update attachment a set name = regexp_replace(a.name, pattern, '[erased]', 'gi')
          where a.space = space() and a.incident_key = record and a.name ~* pattern;
      end $$;

      -- With all that a record said, when its time is over.
      create function ronda.retire_attachments() returns trigger
        language plpgsql security definer set search_path = ronda, pg_temp as $$
      begin
        delete from attachment a where a.space = new.space and a.incident_key = new.record_key;
        return null;
      end $$;
      create trigger retire_attachments after insert on ronda.erasure
        for each row when (new.record_kind = 'incident' and new.basis = 'retention') execute function ronda.retire_attachments();

      -- For the worker alone: those that no row names, in any space. It is told nothing of those that one does.
      create function ronda.unnamed_attachments(ids uuid[]) returns setof uuid
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone sweeps' using errcode = 'insufficient_privilege';
        end if;
        return query select each from unnest(ids) each where not exists (select from attachment a where a.id = each);
      end $$;
      ${giveTo('ronda_deriver', [
        'erase_from_attachments(bigint, text)',
        'retire_attachments()',
        'unnamed_attachments(uuid[])',
      ])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger retire_attachments on ronda.erasure;
      drop function ronda.unnamed_attachments(uuid[]), ronda.retire_attachments(), ronda.erase_from_attachments(bigint, text);
      drop table ronda.attachment;
      drop function ronda.first_unshared_revision(bigint);
      drop index ronda.request_routing;
      alter table ronda.request drop column indicator_count, drop column indicators, drop column routing_id;
    `);
  }
}
