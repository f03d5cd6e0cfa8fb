import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SETTLES_AS_THE_NEXT, guardAdvisoryRevision } from './advisory-guards.js';

const TABLES = ['advisory', 'csaf_document'];
const force = (no: string): string =>
  TABLES.map((table) => `alter table ronda.${table} ${no} force row level security;`).join(' ');

/** @param job when the account that a job acts for is somebody. */
const account = (job: string): string => `
  create or replace function ronda.reader_account(out user_key int, out org_key int, out kind text, out affiliation text,
      out parent_key int, out standing text, out is_secretariat boolean, out credential_kind text)
    language plpgsql stable security definer set search_path = ronda, pg_temp as $$
  declare
    shown bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
    acting int := nullif(current_setting('app.acting_user', true), '')::int;
    versions text := '';
  begin
    if shown is not null then
      select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, c.kind,
             row_versions(c.xmin, u.xmin, o.xmin)
        into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind, versions
        from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
       where c.token_hash = shown and c.revoked_at is null and c.expires_at > clock()
         and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited');
    elsif acting is not null then
      select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, 'job'
        into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind
        from user_account u join organisation o on o.key = u.org_key
       where u.key = acting and ${job};
    end if;
    versions := set_config('app.reader_versions', coalesce(versions, ''), true);
  end $$;`;
const OPEN = `u.status = 'active' and o.standing <> 'retired'`;

const due = (interim: string, acting: string): string => `
  create or replace function ronda.due_advisories(at timestamptz) returns table (space int, advisory_id uuid, user_key int, what text)
    language sql stable security definer set search_path = ronda, pg_temp as $$
    select d.space, d.id, acting.key, d.what from (
      select a.space, a.id, r.published_by, ${interim} as what, a.interim_until as due, a.owner_key, a.owner_readers from advisory a
        join advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = a.published
       where a.interim_until is not null
      union all
      select a.space, a.id, r.published_by, 'reminder', r.acknowledge_by, a.owner_key, a.owner_readers from advisory_revision r
        join advisory a on a.space = r.space and a.key = r.advisory_key and a.published = r.number
       where r.reminded_at is null and r.acknowledge_by <= at and a.status <> 'withdrawn') d
      cross join lateral (
        ${acting} limit 1) acting
     order by d.due, d.id limit 100
  $$;`;
const ownSide = `(d.owner_readers && array[u.key, u.org_key])`;

/**
 * An interim that all who issue it agreed to is a version of its own from then on: what was signed as an interim is not signed
 * again under the same number as something else. Both documents are kept. And one whose hour is over is withdrawn also where
 * its organisation has no account any more, or is retired: a job that does so, and nothing else, acts for it then.
 */
export class EndsOfInterims1763700000048 implements MigrationInterface {
  name = 'EndsOfInterims1763700000048';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.advisory_revision
        -- As which it went out while it was an interim, and since when it is none.
        add column interim_version text,
        add column settled_at timestamptz,
        add constraint advisory_revision_settled check ((interim_version is null) = (settled_at is null)
          and (settled_at is null or published_at is not null and settled_at >= published_at));
      grant update (version, interim_version, settled_at) on ronda.advisory_revision to ronda_app;
      ${guardAdvisoryRevision(SETTLES_AS_THE_NEXT)}

      alter table ronda.csaf_document add column is_interim boolean not null default false,
        drop constraint csaf_document_pkey, add primary key (space, advisory_key, number, is_interim);
      ${force('no')}
      update ronda.csaf_document d set is_interim = true from ronda.advisory a
       where a.space = d.space and a.key = d.advisory_key and a.published = d.number and a.interim_until is not null;
      ${force('')}

      ${account(`(${OPEN} or coalesce(current_setting('app.ends', true) = 'interim', false)
         and exists (select from advisory a where a.space = space() and a.owner_key = o.key and a.interim_until <= clock()))`)}

      -- Begins a unit of work as ronda.enter() does, for the job that withdraws what was to be told for an hour.
      create function ronda.enter_to_end_interim(acting text, entered_space int, at timestamptz) returns void language plpgsql as $$
      declare said text;
      begin
        said := set_config('app.ends', 'interim', true);
        perform ronda.enter('', acting, entered_space, at);
      end $$;

      ${due(
        `case when a.interim_until <= at then 'lapse' else 'interim' end`,
        `select u.key from user_account u join organisation o on o.key = u.org_key
         where u.org_key = d.owner_key and ${ownSide} and (${OPEN} or d.what = 'lapse')
         order by (u.status = 'active') desc, (u.key = d.published_by) desc, u.key`,
      )}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${due(
        `'interim'`,
        `select u.key from user_account u
           where u.org_key = d.owner_key and u.status = 'active' and ${ownSide}
           order by (u.key = d.published_by) desc, u.key`,
      )}
      drop function ronda.enter_to_end_interim(text, int, timestamptz);
      ${account(OPEN)}
      ${force('no')}
      delete from ronda.csaf_document d where d.is_interim and exists (select from ronda.csaf_document f
        where f.space = d.space and f.advisory_key = d.advisory_key and f.number = d.number and not f.is_interim);
      ${force('')}
      alter table ronda.csaf_document drop constraint csaf_document_pkey, drop column is_interim,
        add primary key (space, advisory_key, number);
      ${guardAdvisoryRevision('')}
      revoke update (version) on ronda.advisory_revision from ronda_app;
      alter table ronda.advisory_revision drop constraint advisory_revision_settled, drop column interim_version, drop column settled_at;
    `);
  }
}
