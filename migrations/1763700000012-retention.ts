import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';
import { FILTERED_SEARCH, SEARCH, createSearch } from './search-function.js';

/**
 * What is kept for a time, and taken away behind it; what an account said of a person; the way back in for who has none;
 * and search by what a list is narrowed by.
 */
export class Retention1763700000012 implements MigrationInterface {
  name = 'Retention1763700000012';

  async up(runner: QueryRunner): Promise<void> {
    await this.records(runner);
    await this.retention(runner);
    await this.accounts(runner);
    await this.operator(runner);
    await this.search(runner);
  }

  /** An erasure is of a value, of all that a record said because its time is over, or of a person behind an account. */
  private async records(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.erasure drop constraint erasure_record_kind_check, drop constraint erasure_basis_check,
        alter column value_hash drop not null, alter column value_length drop not null, alter column erased_by drop not null,
        add constraint erasure_record_kind_check check (record_kind in ('incident', 'comment', 'account')),
        add constraint erasure_basis_check check (basis in ('request-of-the-person', 'legal-obligation', 'court-order', 'mistake', 'retention')),
        -- What ended by a rule, nobody did; and of what was taken as a whole there is no value to know again.
        add constraint erasure_by_somebody check ((erased_by is null) = (basis = 'retention')),
        add constraint erasure_of_a_value check ((value_hash is not null) = (record_kind = 'incident' and basis <> 'retention')
          and (value_length is null) = (value_hash is null));
      grant select, insert on ronda.erasure to ronda_deriver;
      create policy erasure_derive on ronda.erasure to ronda_deriver using (true);
    `);
  }

  private async retention(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Nearly nothing to keep, and the worker goes through the old rows alone.
      create index incident_filed on ronda.incident using brin (created_at);
      create index incident_comment_written on ronda.incident_comment using brin (created_at);

      -- What a record says, with nothing said.
      create function ronda.emptied(facts jsonb) returns jsonb language sql immutable as $$
        select coalesce(jsonb_object_agg(k, case when k = 'title' then '"[erased]"' when k = 'severity' then '{"own": null, "shared": null, "given": null}'
          when jsonb_typeof(v) = 'array' then '[]' else 'null' end::jsonb), '{}') from jsonb_each(facts) each (k, v)
      $$;

      -- For the worker alone, which reads as nobody: what has not changed for longer than its rule keeps it. A rule is of a
      -- kind and a country, or of all countries that have none of their own; one without days, or no rule, keeps.
      create function ronda.retention_due(rules jsonb, at timestamptz, at_most int)
        returns table (kind text, record_key bigint, record_id uuid, incident_key bigint, incident_id uuid, country text, days int, last_change timestamptz)
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare
        -- Nothing younger is due by any of them.
        latest constant timestamptz := at - make_interval(days => (select min((r ->> 'days')::int) from jsonb_array_elements(rules) r));
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
        end if;
        return query
          with rule as materialized (select r.kind, r.country, r.days from jsonb_to_recordset(rules) as r (kind text, country text, days int)),
          old as (
            select case r.status when 'draft' then 'draft' else 'incident' end as kind, i.key, i.id, i.key as incident_key, i.id as incident_id,
                   coalesce(i.owner_key, d.org_key) as org_key, r.created_at as last_change
              from incident i
              join incident_revision r on r.space = i.space and r.incident_key = i.key and r.number = i.head
              left join authorship_drawer d on d.space = i.space and d.incident_key = i.key and d.part = 0
             where i.space = space() and i.created_at <= latest and r.created_at <= latest
               and not exists (select from erasure e where e.space = i.space and e.record_kind = 'incident' and e.record_key = i.key
                 and e.basis = 'retention' and e.erased_at > r.created_at)
            union all
            select 'comment', c.key, c.id, i.key, i.id, c.org_key, coalesce(c.edited_at, c.created_at)
              from incident_comment c join incident i on i.space = c.space and i.key = c.incident_key
             where c.space = space() and c.created_at <= latest and c.deleted_at is null)
          select o.kind, o.key, o.id, o.incident_key, o.incident_id, a.country, kept.days, o.last_change
            from old o join organisation a on a.key = o.org_key
            cross join lateral (select u.days from rule u where u.kind = o.kind and (u.country = a.country or u.country is null)
              order by u.country nulls last limit 1) kept
           where o.last_change <= at - make_interval(days => kept.days)
           order by o.last_change, o.key limit at_most;
      end $$;

      -- Takes away what the worker found due, unless it was changed since; and writes down that it did. What stays of a record
      -- is who owned it, where it stood and how it was marked, and of a comment that there was one.
      create function ronda.retention_erase(at timestamptz, chosen jsonb) returns table (erasure_id uuid)
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      declare
        each record;
        owners int[];
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
        end if;
        for each in select * from jsonb_to_recordset(chosen) as c (kind text, record_key bigint, days int, erasure uuid, reason text) loop
          if each.kind = 'comment' then
            update incident_comment c set body = '', deleted_at = at
              where c.space = space() and c.key = each.record_key and c.deleted_at is null
                and coalesce(c.edited_at, c.created_at) <= at - make_interval(days => each.days)
              returning array[c.org_key] into owners;
            if not found then continue; end if;
          else
            -- Whoever changes it waits here, and is seen below.
            perform from incident i where i.space = space() and i.key = each.record_key for update;
            select i.owner_readers into owners from incident i
              join incident_revision r on r.space = i.space and r.incident_key = i.key and r.number = i.head
             where i.space = space() and i.key = each.record_key and r.created_at <= at - make_interval(days => each.days)
               and (r.status = 'draft') = (each.kind = 'draft');
            if not found then continue; end if;
            update incident_revision r set facts = emptied(r.facts), note = null, rsit_class = null, rsit_type = null,
                severity_score = null, severity_band = null, sector = null, countries = '{}'
              where r.space = space() and r.incident_key = each.record_key;
            update incident_link l set note = null where l.space = space() and l.from_key = each.record_key and l.note is not null;
            -- The name stays, so that the same line is not filed anew; what the line held could be guessed from its hash.
            update filed_line l set content_hash = decode(repeat('00', 32), 'hex') from incident i
              where i.space = space() and i.key = each.record_key and l.space = i.space and l.incident_id = i.id;
          end if;
          insert into erasure (space, id, record_kind, record_key, owner_readers, basis, reason, erased_at)
            values (space(), each.erasure, case each.kind when 'draft' then 'incident' else each.kind end, each.record_key, owners,
              'retention', each.reason, at);
          erasure_id := each.erasure;
          return next;
        end loop;
      end $$;

      grant update (head) on ronda.incident to ronda_deriver;
      create policy incident_retain on ronda.incident for update to ronda_deriver using (true);
      grant update (rsit_class, rsit_type, severity_score, severity_band, sector, countries) on ronda.incident_revision to ronda_deriver;
      grant update (deleted_at) on ronda.incident_comment to ronda_deriver;
      grant select on ronda.authorship_drawer, ronda.filed_line to ronda_deriver;
      grant update (content_hash) on ronda.filed_line to ronda_deriver;
      create policy authorship_drawer_retain on ronda.authorship_drawer for select to ronda_deriver using (true);
      create policy filed_line_retain on ronda.filed_line to ronda_deriver using (true);
      ${giveTo('ronda_deriver', ['retention_due(jsonb, timestamptz, int)', 'retention_erase(timestamptz, jsonb)'])}
    `);
  }

  private async accounts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When whose account it is was forgotten. It never opens again.
      alter table ronda.user_account add column erased_at timestamptz,
        add constraint user_account_erased check (erased_at is null or status = 'disabled');

      -- Forgets whose an account was: name, address, everything it signs in with, and its organisation's contacts that are the
      -- same name or address. Whatever was done with it stays done by the account. For another administrator of its organisation.
      create function ronda.erase_account(account int, erasure_id uuid, why text, reason text, at timestamptz) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      declare
        me record;
        gone user_account;
      begin
        me := reader_account();
        perform from user_account u where u.key = account for update;
        select * into gone from user_account u where u.key = account;
        if gone.key is null or gone.key = me.user_key or gone.erased_at is not null or me.credential_kind = 'link'
            or me.standing is distinct from 'active' or me.org_key is distinct from gone.org_key
            or not exists (select from user_account u where u.key = me.user_key and 'admin' = any (u.roles)) then
          raise exception 'another administrator of its organisation erases an account' using errcode = 'insufficient_privilege';
        end if;
        delete from spent_refresh_token t using credential c where c.key = t.credential_key and c.user_key = account;
        delete from credential c where c.user_key = account;
        delete from recovery_code r where r.user_key = account;
        delete from user_secret s where s.user_key = account;
        update contact c set name = 'A former member of staff', version = c.version + 1
          where c.org_key = gone.org_key and lower(c.name) = lower(gone.display_name);
        update contact c set email = null, version = c.version + 1
          where c.org_key = gone.org_key and lower(c.email) = gone.email;
        update user_account u set display_name = 'A former member of staff', email = u.id || '@erased.invalid', status = 'disabled',
            erased_at = at, version = u.version + 1
          where u.key = account;
        insert into erasure (space, id, record_kind, record_key, owner_readers, basis, reason, erased_by, erased_at)
          values (space(), erasure_id, 'account', account, array[gone.org_key], why, erase_account.reason, me.user_key, at);
      end $$;

      grant update (display_name, email, status, erased_at, version) on ronda.user_account to ronda_deriver;
      grant select on ronda.recovery_code to ronda_deriver;
      -- The rest of what it needs of contacts it has for comms checks.
      grant update (name, email) on ronda.contact to ronda_deriver;
      grant delete on ronda.user_secret, ronda.recovery_code, ronda.spent_refresh_token to ronda_deriver;
      create policy user_account_erase on ronda.user_account for update to ronda_deriver using (true);
      create policy user_secret_erase on ronda.user_secret for delete to ronda_deriver using (true);
      create policy recovery_code_erase on ronda.recovery_code to ronda_deriver using (true);
      create policy spent_refresh_token_erase on ronda.spent_refresh_token for delete to ronda_deriver using (true);
      ${giveTo('ronda_deriver', ['erase_account(int, uuid, text, text, timestamptz)'])}
    `);
  }

  /** The operator, who holds the migrator's login, lets somebody back in where nobody inside can. */
  private async operator(runner: QueryRunner): Promise<void> {
    await runner.query(`
      grant insert (kind) on ronda.principal to ronda_keeper;
      grant insert on ronda.user_account, ronda.credential, ronda.outbox to ronda_keeper;
      grant update (revoked_at) on ronda.credential to ronda_keeper;
      grant update (is_secretariat, secretariat_until, version) on ronda.organisation to ronda_keeper;
      -- What guards a table asks for whom it is written.
      grant execute on function ronda.derive_principals() to ronda_keeper;
      create policy user_account_operate on ronda.user_account for insert to ronda_keeper with check (status = 'invited');
      create policy credential_operate on ronda.credential for insert to ronda_keeper with check (kind = 'link');
      create policy credential_operate_revoke on ronda.credential for update to ronda_keeper using (kind = 'link') with check (revoked_at is not null);
      create policy organisation_operate on ronda.organisation for update to ronda_keeper using (true);
      create policy outbox_operate on ronda.outbox for insert to ronda_keeper with check (actor_key is null);
    `);
  }

  /** What a list and a search are narrowed by, said once; and the search that is. */
  private async search(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A plain expression, so that the planner puts it in place of the call.
      create function ronda.incident_passes(status text, class text, type text, band text, sector text, countries text[], tlp text, is_own boolean,
          of_status text[], of_class text[], of_type text[], of_band text[], of_sector text[], of_country text[], of_tlp text[], in_queue boolean)
        returns boolean language sql immutable parallel safe as $$
        select (of_status is null or status = any (of_status)) and (of_class is null or class = any (of_class))
          and (of_type is null or type = any (of_type)) and (of_band is null or band = any (of_band))
          and (of_sector is null or sector = any (of_sector)) and (of_country is null or countries && of_country)
          and (of_tlp is null or tlp = any (of_tlp)) and (not in_queue or (status = 'submitted' and is_own))
      $$;
      drop function ronda.${SEARCH};
      ${createSearch({ isFiltered: true })}
      grant select on ronda.authorship_drawer to ronda_searcher;
      create policy authorship_drawer_search on ronda.authorship_drawer for select to ronda_searcher using (true);
      ${giveTo('ronda_searcher', [FILTERED_SEARCH])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.${FILTERED_SEARCH};
      ${createSearch({ isFiltered: false })}
      drop policy authorship_drawer_search on ronda.authorship_drawer;
      revoke all on ronda.authorship_drawer from ronda_searcher;
      ${giveTo('ronda_searcher', [SEARCH])}
      drop function ronda.incident_passes(text, text, text, text, text, text[], text, boolean, text[], text[], text[], text[], text[], text[], text[], boolean);
    `);
    await runner.query(`
      drop policy outbox_operate on ronda.outbox;
      drop policy organisation_operate on ronda.organisation;
      drop policy credential_operate_revoke on ronda.credential;
      drop policy credential_operate on ronda.credential;
      drop policy user_account_operate on ronda.user_account;
      revoke execute on function ronda.derive_principals() from ronda_keeper;
      revoke update (is_secretariat, secretariat_until, version) on ronda.organisation from ronda_keeper;
      revoke update (revoked_at) on ronda.credential from ronda_keeper;
      revoke insert on ronda.user_account, ronda.credential, ronda.outbox from ronda_keeper;
      revoke insert (kind) on ronda.principal from ronda_keeper;
    `);
    await runner.query(`
      drop function ronda.erase_account(int, uuid, text, text, timestamptz);
      drop policy spent_refresh_token_erase on ronda.spent_refresh_token;
      drop policy recovery_code_erase on ronda.recovery_code;
      drop policy user_secret_erase on ronda.user_secret;
      drop policy user_account_erase on ronda.user_account;
      revoke delete on ronda.user_secret, ronda.recovery_code, ronda.spent_refresh_token from ronda_deriver;
      revoke update (name, email) on ronda.contact from ronda_deriver;
      revoke select on ronda.recovery_code from ronda_deriver;
      revoke update (display_name, email, status, erased_at, version) on ronda.user_account from ronda_deriver;
      alter table ronda.user_account drop column erased_at;
    `);
    await runner.query(`
      drop function ronda.retention_erase(timestamptz, jsonb), ronda.retention_due(jsonb, timestamptz, int), ronda.emptied(jsonb);
      drop policy filed_line_retain on ronda.filed_line;
      drop policy authorship_drawer_retain on ronda.authorship_drawer;
      revoke update (content_hash) on ronda.filed_line from ronda_deriver;
      revoke select on ronda.authorship_drawer, ronda.filed_line from ronda_deriver;
      revoke update (deleted_at) on ronda.incident_comment from ronda_deriver;
      revoke update (rsit_class, rsit_type, severity_score, severity_band, sector, countries) on ronda.incident_revision from ronda_deriver;
      drop policy incident_retain on ronda.incident;
      revoke update (head) on ronda.incident from ronda_deriver;
      drop index ronda.incident_comment_written, ronda.incident_filed;

      -- Said of what is taken back: a row that says it cannot be kept.
      alter table ronda.erasure no force row level security;
      delete from ronda.erasure where basis = 'retention' or record_kind <> 'incident';
      alter table ronda.erasure force row level security;
      drop policy erasure_derive on ronda.erasure;
      revoke all on ronda.erasure from ronda_deriver;
      alter table ronda.erasure drop constraint erasure_of_a_value, drop constraint erasure_by_somebody,
        drop constraint erasure_basis_check, drop constraint erasure_record_kind_check,
        add constraint erasure_basis_check check (basis in ('request-of-the-person', 'legal-obligation', 'court-order', 'mistake')),
        add constraint erasure_record_kind_check check (record_kind in ('incident')),
        alter column erased_by set not null, alter column value_length set not null, alter column value_hash set not null;
    `);
  }
}
