import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const SAID_IN_REVIEW = ['advisory_approval', 'advisory_invitation', 'advisory_change'];

const inWait = `
  create function ronda.advisories_in_wait() returns setof bigint language sql stable rows 50 security definer
    set search_path = ronda, pg_temp as $$
    with me as materialized (select space() as here, reader_principals() as p)
    select a.key from me, advisory a where a.space = me.here and (a.status = 'in-review' or a.interim_until is not null)
       and (a.owner_readers && me.p or a.reviewers && me.p)
    union
    select r.advisory_key from me, advisory_revision r
     where r.space = me.here and r.acknowledge_by is not null and r.audience && me.p
       and (r.advisory_key, r.number) not in (select x.advisory_key, x.number from me, advisory_receipt x
         where x.space = me.here and x.kind = 'acknowledged' and x.reader_key = any (me.p))
       and exists (select from advisory a where a.space = r.space and a.key = r.advisory_key and a.published = r.number
         and a.audience && me.p and not a.owner_readers && me.p)
  $$;
  ${giveTo('ronda_deriver', ['advisories_in_wait()'])}`;

/**
 * The review queue as one function with the rule inside, as pages of TAXII collections are (migration 32): under the policies of
 * eight tables each line took a tenth of a millisecond. And what is to be acknowledged is found by the advisory.
 */
export class ReviewQueue1763700000036 implements MigrationInterface {
  name = 'ReviewQueue1763700000036';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Until when whoever reads the version that is out is asked to say so; null where nobody is, and once it is withdrawn.
      alter table ronda.advisory add column acknowledge_by timestamptz;
      alter table ronda.advisory no force row level security;
      alter table ronda.advisory_revision no force row level security;
      update ronda.advisory a set acknowledge_by = r.acknowledge_by from ronda.advisory_revision r
       where r.space = a.space and r.advisory_key = a.key and r.number = a.published and r.acknowledge_by is not null and a.status <> 'withdrawn';
      alter table ronda.advisory_revision force row level security;
      alter table ronda.advisory force row level security;
      grant update (acknowledge_by) on ronda.advisory to ronda_app;
      drop index ronda.advisory_revision_acknowledge;
      -- Most of what was ever to be acknowledged was, or is the reader's own: the index alone says so.
      create index advisory_to_acknowledge on ronda.advisory (space, key) include (published, owner_readers) where acknowledge_by is not null;
      create index advisory_receipt_acknowledged on ronda.advisory_receipt (space, reader_key, advisory_key, number) where kind = 'acknowledged';
      drop function ronda.advisories_in_wait();
      ${SAID_IN_REVIEW.map(
        (table) => `
      grant select on ronda.${table} to ronda_deriver;
      create policy ${table}_derive on ronda.${table} for select to ronda_deriver using (true);`,
      ).join('')}

      -- What may wait for the reader, and what its state and the reader's acts depend on. Of each advisory the newest revision
      -- that the reader may read: advisory_revision_read says the same, and so does each part what the policy of its table says.
      create function ronda.review_queue() returns table (key bigint, id uuid, owner_key int, status text, published int,
          submitted_at timestamptz, review_by timestamptz, interim_until timestamptz, is_owner boolean, is_reviewer boolean, via int[],
          number int, written_at timestamptz, version text, tlp text, pap text, kind text, joint int[], is_urgent boolean, title text,
          published_at timestamptz, acknowledge_by timestamptz, state text, has_open_changes boolean, approvals int[], authors int[],
          is_acknowledged boolean)
        language plpgsql stable rows 50 security definer set search_path = ronda, pg_temp set plan_cache_mode = 'force_generic_plan' as $$
        #variable_conflict use_column
        declare
          mine constant int[] := reader_principals();
          here constant int := space();
        begin
          return query
            with waiting as (
              select a.*, a.owner_readers && mine as is_owner, a.reviewers && mine as is_reviewer, true as is_inside from advisory a
               where a.space = here and (a.status = 'in-review' or a.interim_until is not null) and (a.owner_readers && mine or a.reviewers && mine)
              union all
              select a.*, false, false, false from (
                select u.key from advisory u where u.space = here and u.acknowledge_by is not null and not u.owner_readers && mine
                  and (u.key, u.published) not in (select x.advisory_key, x.number from advisory_receipt x
                    where x.space = here and x.kind = 'acknowledged' and x.reader_key = any (mine)) offset 0) u
                join advisory a on a.space = here and a.key = u.key
               where a.audience && mine
                 and not a.reviewers && mine)
            select a.key, a.id, a.owner_key, a.status, a.published, a.submitted_at, a.review_by, a.interim_until, a.is_owner, a.is_reviewer,
                   case when r.published_at is null then '{}' else array(select reader from unnest(a.audience) reader where reader = any (mine)) end,
                   r.number, r.created_at, r.version, r.tlp, r.pap, r.kind, r.joint, r.is_urgent, r.content ->> 'title', r.published_at, r.acknowledge_by,
                   case
                     when not a.is_inside then case when a.interim_until is null then 'published' else 'interim' end
                     when a.status = 'published' and a.interim_until is not null then 'interim'
                     when a.status <> 'in-review' then a.status
                     when s.has_open_changes then 'changes-requested'
                     when a.owner_key = any (s.approvals) and r.joint <@ s.approvals then 'approved'
                     else 'in-review' end,
                   s.has_open_changes, s.approvals,
                   case when a.is_inside then array(select w.author_key from advisory_revision w
                     where w.space = a.space and w.advisory_key = a.key and w.version = r.version) else '{}' end,
                   case when r.published_at is null or a.is_owner then false else exists (select from advisory_receipt x
                     where x.space = a.space and x.reader_key = any (mine) and x.advisory_key = a.key and x.number = r.number and x.kind = 'acknowledged') end
              from waiting a
              cross join lateral (select v.* from advisory_revision v where v.space = a.space and v.advisory_key = a.key
                  and (v.audience && mine or a.is_reviewer and v.number >= a.opened_from) order by v.number desc limit 1) r
              cross join lateral (select
                  a.is_inside and exists (select from advisory_change c where c.space = a.space and c.advisory_key = a.key and c.settled_at is null)
                    as has_open_changes,
                  case when a.is_inside then array(select v.org_key from advisory_approval v
                    where v.space = a.space and v.advisory_key = a.key and v.number = r.number) else '{}' end as approvals offset 0) s;
        end $$;
      ${giveTo('ronda_deriver', ['review_queue()'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.review_queue();
      ${SAID_IN_REVIEW.map(
        (table) => `drop policy ${table}_derive on ronda.${table}; revoke select on ronda.${table} from ronda_deriver;`,
      ).join(' ')}
      ${inWait}
      drop index ronda.advisory_receipt_acknowledged, ronda.advisory_to_acknowledge;
      create index advisory_revision_acknowledge on ronda.advisory_revision (space, advisory_key, number) where acknowledge_by is not null;
      alter table ronda.advisory drop column acknowledge_by;
    `);
  }
}
