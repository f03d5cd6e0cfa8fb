import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

/** What was shared in an exercise is judged by the teams that read it since, however its audience was named. */
export class ExerciseAudiences1763700000038 implements MigrationInterface {
  name = 'ExerciseAudiences1763700000038';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of what was shared or asked: the teams that it names (by a group, a person or a duty role as well), and all that read it
      -- by that, also by one of the words. Whoever shared or asked is not among them.
      create function ronda.exercise_audiences(wanted jsonb) returns table (place int, named uuid[], reached uuid[])
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
        declare
          words constant int[] := '{1,2,3,4,5,6}';
        begin
          if coalesce(current_setting('app.session', true), '') <> '' or coalesce(current_setting('app.acting_user', true), '') <> '' then
            raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
          end if;
          return query
            with team as materialized (
              select o.id, o.key, array[o.key] || array(select u.key from user_account u where u.org_key = o.key and u.status = 'active')
                     || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat) as held
                from organisation o where o.key in (select m.org_key from exercise_team m where m.space = space()))
            select w.nth::int,
                   array(select t.id from team t where t.key <> a.by_org and t.held && array(select unnest(a.principals) except select unnest(words)) order by t.key),
                   array(select t.id from team t where t.key <> a.by_org and t.held && a.principals order by t.key)
              from rows from (jsonb_to_recordset(wanted) as (kind text, id uuid, revision int)) with ordinality as w (kind, id, revision, nth)
              cross join lateral (
                select s.principals, u.org_key as by_org from (
                  select x.principals, x.requested_by as by from release x where w.kind = 'release' and x.space = space() and x.id = w.id
                  union all
                  (select x.principals, x.requested_by from advisory y join release x on x.space = y.space and x.record_kind = 'advisory'
                      and x.record_key = y.key and x.released_at is not null and (w.revision is null or x.revision <= w.revision)
                    where w.kind = 'advisory' and y.space = space() and y.id = w.id order by x.revision desc, x.key desc limit 1)
                  union all
                  select array(select unnest(q.audience) except select unnest(q.owner_readers)), q.author_key from request q
                    where w.kind = 'request' and q.space = space() and q.id = w.id
                  union all
                  select array[p.org_key], p.granted_by from pass_on p where w.kind = 'pass-on' and p.space = space() and p.id = w.id) s
                join user_account u on u.key = s.by) a;
        end $$;
      ${giveTo('ronda_deriver', ['exercise_audiences(jsonb)'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function ronda.exercise_audiences(jsonb)');
  }
}
