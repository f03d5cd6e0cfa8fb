import type { MigrationInterface, QueryRunner } from 'typeorm';

const due = (acting: string, user: string): string => `
  create or replace function ronda.due_advisories(at timestamptz) returns table (space int, advisory_id uuid, user_key int, what text)
    language sql stable security definer set search_path = ronda, pg_temp as $$
    select d.space, d.id, ${user}, d.what from (
      select a.space, a.id, r.published_by, 'interim' as what, a.interim_until as due, a.owner_key, a.owner_readers from advisory a
        join advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = a.published
       where a.interim_until is not null
      union all
      select a.space, a.id, r.published_by, 'reminder', r.acknowledge_by, a.owner_key, a.owner_readers from advisory_revision r
        join advisory a on a.space = r.space and a.key = r.advisory_key and a.published = r.number
       where r.reminded_at is null and r.acknowledge_by <= at and a.status <> 'withdrawn') d
      ${acting}
     order by d.due, d.id limit 100
  $$;`;

/**
 * What came in unmarked is its owner's alone until somebody marks it, and a marking that is guessed is none. And what is due
 * of an advisory happens also where the account that published it was closed since: another of its owner's does it.
 */
export class UnmarkedAdvisories1763700000045 implements MigrationInterface {
  name = 'UnmarkedAdvisories1763700000045';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.advisory add column is_unmarked boolean not null default false,
        add constraint advisory_unmarked check (not is_unmarked or status in ('draft', 'received') and reviewers = '{}');
      grant update (is_unmarked) on ronda.advisory to ronda_app;
      ${due(
        `cross join lateral (
          select u.key from user_account u
           where u.org_key = d.owner_key and u.status = 'active' and (d.owner_readers && array[u.key, u.org_key])
           order by (u.key = d.published_by) desc, u.key limit 1) acting`,
        'acting.key',
      )}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${due(`join user_account u on u.key = d.published_by and u.status = 'active'`, 'd.published_by')}
      alter table ronda.advisory drop column is_unmarked;
    `);
  }
}
