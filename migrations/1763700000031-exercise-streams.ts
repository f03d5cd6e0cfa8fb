import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

/**
 * What an exercise asks of many at once: who listens still, and what their records are as MISP events.
 *
 * What `authenticate` says of one token, of many at once and only where it is not what it was: who listens to an exercise is
 * asked for again whenever something is delivered. 500 calls took 26 ms, and 500 answers in one as long: half of an inject's way.
 */
export class ExerciseStreams1763700000031 implements MigrationInterface {
  name = 'ExerciseStreams1763700000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row for each token that means another than its stamp says, or nobody: then credential_key is null.
      create function ronda.authenticate_anew(shown bytea[], stamps text[], at timestamptz) returns table (place int, stamp text,
          credential_key int, credential_id uuid, credential_kind text, scopes text[], is_limited boolean, last_used_at timestamptz,
          user_key int, user_id uuid, display_name text, roles text[], org_key int, org_id uuid, org_name text, org_country text,
          org_kind text, affiliation text, standing text, is_secretariat boolean, versions text)
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
        begin
          return query
            select t.nth::int, k.stamp, k.key, k.id, k.kind, k.scopes, k.is_limited, k.last_used_at, k.user_key, k.user_id, k.display_name,
                   k.roles, k.org_key, k.org_id, k.name, k.country, k.org_kind, k.affiliation, k.standing, k.is_secretariat,
                   -- Whether there is a second factor is said by a row that the versions do not name.
                   case when not k.is_asked then k.versions end
              from unnest(shown, stamps) with ordinality as t (hash, known, nth)
              left join lateral (
                select c.key, c.id, c.kind, c.scopes, l.is_limited, c.last_used_at, u.key as user_key, u.id as user_id, u.display_name, u.roles,
                       o.key as org_key, o.id as org_id, o.name, o.country, o.kind as org_kind, o.affiliation, o.standing, o.is_secretariat,
                       f.is_asked, v.versions, v.versions || ' ' || l.is_limited as stamp
                  from credential c
                  join user_account u on u.key = c.user_key
                  join organisation o on o.key = u.org_key
                  cross join lateral (select c.kind = 'session' and o.totp_required) as f (is_asked)
                  cross join lateral (select c.is_limited or f.is_asked and not exists (
                    select from user_secret s where s.user_key = u.key and s.totp_confirmed_at is not null)) as l (is_limited)
                  cross join lateral (select row_versions(c.xmin, u.xmin, o.xmin)) as v (versions)
                 where c.token_hash = t.hash and c.revoked_at is null and c.expires_at > at
                   and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited')) k on true
             where k.stamp is null or k.stamp is distinct from t.known;
        end $$;

      -- What makes an incident of an exercise the MISP event that it is to its owner, beside what the conductor is handed.
      create function ronda.exercise_misp(wanted jsonb) returns table (place int, raw jsonb, is_released boolean, detecting text[])
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
        begin
          if coalesce(current_setting('app.session', true), '') <> '' or coalesce(current_setting('app.acting_user', true), '') <> '' then
            raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
          end if;
          return query
            select w.nth::int, k.raw,
                   exists (select from release x where x.space = i.space and x.record_kind = 'incident' and x.record_key = i.key
                     and x.released_at is not null and x.ended_at is null and x.principals <> '{}'),
                   array(select a.type || ' ' || a.value from observable_appearance a where a.space = i.space and a.incident_key = i.key
                     and a.is_for_detection and (w.revision is null or a.since_number <= w.revision)
                     and (a.until_number is null or a.until_number > w.revision))
              from rows from (jsonb_to_recordset(wanted) as (incident uuid, revision int)) with ordinality as w (incident, revision, nth)
              join incident i on i.space = space() and i.id = w.incident
              left join lateral (select e.raw from misp_event e where e.space = i.space and e.incident_key = i.key
                and (w.revision is null or e.since_number <= w.revision) and (e.until_number is null or e.until_number > w.revision)
                -- The owner's row holds the whole.
                order by e.since_number desc, e.reach = 'owner' desc limit 1) k on true;
        end $$;
      ${giveTo('ronda_deriver', ['authenticate_anew(bytea[], text[], timestamptz)', 'exercise_misp(jsonb)'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop function ronda.authenticate_anew(bytea[], text[], timestamptz), ronda.exercise_misp(jsonb)',
    );
  }
}
