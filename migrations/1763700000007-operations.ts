import type { MigrationInterface, QueryRunner } from 'typeorm';

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
      do $$
      begin
        if not exists (select from pg_roles where rolname = 'ronda_keeper') then
          begin
            create role ronda_keeper nologin nosuperuser nobypassrls nocreatedb nocreaterole;
          exception when duplicate_object or unique_violation then
            -- Another database of this server is migrated at the same time; it wants the same role.
            null;
          end;
        end if;
        if not pg_has_role(current_user, 'ronda_keeper', 'usage') then
          execute format('grant ronda_keeper to %I', current_user);
        end if;
      end $$;

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

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
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
