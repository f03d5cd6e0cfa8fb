import type { MigrationInterface, QueryRunner } from 'typeorm';
import { makeRole } from './roles.js';

/**
 * What an operator does with the database as a whole.
 *
 * - `ronda_keeper` reads every table, by policies of its own, for backups, and seals secrets anew. Nobody logs in as it;
 *   the migrator becomes it, the service may not (boot refuses one that could).
 * - `secret_keyring` says under which of the keys outside the database its secrets are sealed.
 *
 * Roles belong to the whole server, so `down` leaves them.
 */
export class Operations1763700000007 implements MigrationInterface {
  name = 'Operations1763700000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${makeRole('ronda_keeper')}

      create table ronda.secret_keyring (
        one boolean primary key default true check (one),
        -- Of the key that seals: derived from it, and telling nothing of it.
        key_id bytea not null,
        -- The key of keyed hashes, which must outlive the key that seals: hashes cannot be made anew.
        fingerprint_sealed bytea not null,
        changed_at timestamptz not null
      );
      alter table ronda.secret_keyring enable row level security, force row level security;
      create policy secret_keyring_keeper on ronda.secret_keyring to ronda_keeper using (true);

      grant usage on schema ronda to ronda_keeper;
      grant select on all tables in schema ronda to ronda_keeper;
      alter default privileges in schema ronda grant select on tables to ronda_keeper;
      grant insert, update on ronda.secret_keyring to ronda_keeper;
      grant update (totp_sealed) on ronda.user_secret to ronda_keeper;
      create policy user_secret_reseal on ronda.user_secret for update to ronda_keeper using (true);
    `);
    await this.erasure(runner);
    // Whatever tables there are by now. A later migration says the same of its own: a test looks.
    await runner.query(`
      do $$
      declare t name;
      begin
        for t in select c.relname from pg_class c where c.relnamespace = 'ronda'::regnamespace and c.relkind in ('r', 'p')
            and c.relrowsecurity and c.relname <> 'secret_keyring' order by 1 loop
          execute format('create policy %I on ronda.%I for select to ronda_keeper using (true)', t || '_keep', t);
        end loop;
      end $$;
    `);
  }

  /** The one way in which history is written anew, and it only takes away. */
  private async erasure(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    await runner.query(`
      -- That something was erased, by whom and why; of what it was, a hash under a key that is not here, and its length.
      create table ronda.erasure (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        record_kind text not null check (record_kind in ('incident')),
        record_key bigint not null,
        owner_readers int[] not null,
        basis text not null check (basis in ('request-of-the-person', 'legal-obligation', 'court-order', 'mistake')),
        reason text not null,
        value_hash bytea not null,
        value_length int not null,
        -- Texts in which it was found.
        erased_by int not null references ronda.user_account (key),
        erased_at timestamptz not null,
        unique (space, id)
      );
      create index erasure_record on ronda.erasure (space, record_kind, record_key, key desc);
      alter table ronda.erasure enable row level security, force row level security;
      grant select, insert on ronda.erasure to ronda_app;
      create policy erasure_owner on ronda.erasure for select to ronda_app
        using (space = (select ronda.space()) and owner_readers && ${p});
      create policy erasure_insert on ronda.erasure for insert to ronda_app with check (space = (select ronda.space())
        and owner_readers = ronda.owners_of(record_kind, record_key) and erased_by = any (${p}));

      -- What people wrote, and not what is one of a list of values: a name is in no currency code.
      create function ronda.redact(facts jsonb, pattern text) returns jsonb language plpgsql immutable as $$
      begin
        return case jsonb_typeof(facts)
          when 'string' then to_jsonb(regexp_replace(facts #>> '{}', pattern, '[erased]', 'gi'))
          when 'array' then coalesce((select jsonb_agg(ronda.redact(e, pattern) order by n)
            from jsonb_array_elements(facts) with ordinality each (e, n)), '[]')
          when 'object' then coalesce((select jsonb_object_agg(k, case when k ~ 'At$' or k in
            ('language', 'channel', 'type', 'country', 'loss', 'severity', 'techniques') then v else ronda.redact(v, pattern) end)
            from jsonb_each(facts) each (k, v)), '{}')
          else facts end;
      end $$;

      -- Replaces a value, in whatever letter case, in everything that was said in a record or on it. For a coordinator of the
      -- owner's side alone.
      create function ronda.erase_from_record(kind text, record bigint, value text) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      declare
        -- Each character stands for itself.
        pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\\\\1', 'g');
      begin
        if kind <> 'incident' or length(value) < 2
            or not exists (select from incident i
              where i.space = space() and i.key = record and i.owner_readers && reader_principals())
            or not exists (select from reader_account() me join user_account u on u.key = me.user_key
              where me.standing = 'active' and 'coordinator' = any (u.roles)) then
          raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
        end if;
        update incident_revision r set facts = redact(r.facts, pattern), note = regexp_replace(r.note, pattern, '[erased]', 'gi')
          where r.space = space() and r.incident_key = record and (redact(r.facts, pattern) <> r.facts or r.note ~* pattern);
        update incident_comment c set body = regexp_replace(c.body, pattern, '[erased]', 'gi')
          where c.space = space() and c.incident_key = record and c.body ~* pattern;
        update incident_link l set note = regexp_replace(l.note, pattern, '[erased]', 'gi')
          where l.space = space() and (l.from_key = record or l.to_key = record) and l.note ~* pattern;
      end $$;

      grant select on ronda.incident_revision, ronda.incident_comment, ronda.incident_link to ronda_deriver;
      grant update (facts, note) on ronda.incident_revision to ronda_deriver;
      grant update (body) on ronda.incident_comment to ronda_deriver;
      grant update (note) on ronda.incident_link to ronda_deriver;
      create policy incident_revision_erase on ronda.incident_revision to ronda_deriver using (true);
      create policy incident_comment_erase on ronda.incident_comment to ronda_deriver using (true);
      create policy incident_link_erase on ronda.incident_link to ronda_deriver using (true);
      grant create on schema ronda to ronda_deriver;
      alter function ronda.erase_from_record(text, bigint, text) owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.erase_from_record(text, bigint, text) from public;
      grant execute on function ronda.erase_from_record(text, bigint, text) to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.erase_from_record(text, bigint, text), ronda.redact(jsonb, text);
      drop policy incident_revision_erase on ronda.incident_revision;
      drop policy incident_comment_erase on ronda.incident_comment;
      drop policy incident_link_erase on ronda.incident_link;
      revoke all on ronda.incident_revision, ronda.incident_comment, ronda.incident_link from ronda_deriver;
      revoke update (facts, note) on ronda.incident_revision from ronda_deriver;
      revoke update (body) on ronda.incident_comment from ronda_deriver;
      revoke update (note) on ronda.incident_link from ronda_deriver;
      drop table ronda.erasure;
      do $$
      declare t name;
      begin
        for t in select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid
            where c.relnamespace = 'ronda'::regnamespace and p.polname = c.relname || '_keep' order by 1 loop
          execute format('drop policy %I on ronda.%I', t || '_keep', t);
        end loop;
      end $$;
      drop policy user_secret_reseal on ronda.user_secret;
      drop table ronda.secret_keyring;
      revoke update (totp_sealed) on ronda.user_secret from ronda_keeper;
      alter default privileges in schema ronda revoke select on tables from ronda_keeper;
      revoke select on all tables in schema ronda from ronda_keeper;
      revoke usage on schema ronda from ronda_keeper;
    `);
  }
}
