import type { MigrationInterface, QueryRunner } from 'typeorm';

const MARKINGS = `array['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED']`;

/** The guard of migration 3, with the steps that there are. */
const guard = (confirmedInto: string, steps: string, also = ''): string => `
  create or replace function ronda.guard_release() returns trigger language plpgsql as $$
  declare
    held int[];
    r ronda.release;
    markings constant text[] := ${MARKINGS};
  begin
    if not row_security_active('ronda.release') then return new; end if;
    held := ronda.reader_principals();
    if tg_op = 'INSERT' then
      -- What calls itself a narrowing goes no further than the release before it. Whether it says more is the application's to see.
      if new.is_narrowing and new.principals <> '{}' then
        select * into r from ronda.release b where b.space = new.space and b.record_kind = new.record_kind
           and b.record_key = new.record_key and b.released_at is not null order by b.key desc limit 1;
        if not coalesce(r.principals @> new.principals
            and array_position(markings, new.tlp) >= array_position(markings, r.tlp), false) then
          raise exception 'this release narrows nothing' using errcode = 'insufficient_privilege';
        end if;
      end if;
      return new;
    end if;
    if new.confirmed_by is distinct from old.confirmed_by
        and not (old.status in ('pending', 'held') and new.status in (${confirmedInto}) and new.confirmed_by = any (held)) then
      raise exception 'a second person confirms, by itself' using errcode = 'insufficient_privilege';
    end if;
    if new.status <> old.status and not coalesce(case new.status
        ${steps}
        when 'superseded' then old.status = 'released'
        else false end, false) then
      raise exception 'a release cannot change in this way' using errcode = 'insufficient_privilege';
    end if;
    if new.status in ('superseded', 'cancelled') and new.released_at is distinct from old.released_at then
      raise exception 'when it was released is past' using errcode = 'insufficient_privilege';
    end if;${also}
    return new;
  end $$;`;

const statuses = (...more: string[]): string => `
  alter table ronda.release drop constraint release_status_check, add constraint release_status_check
    check (status in (${['pending', 'held', 'released', 'superseded', 'cancelled', ...more].map((each) => `'${each}'`).join(', ')}));
  drop index ronda.release_open;
  create unique index release_open on ronda.release (space, record_kind, record_key)
    where status in (${['pending', 'held', ...more].map((each) => `'${each}'`).join(', ')});`;

const dueReleases = (condition: string, order: string): string => `
  create or replace function ronda.due_releases(at timestamptz) returns table (space int, release_id uuid, user_key int)
    language sql stable security definer set search_path = ronda, pg_temp as $$
    select r.space, r.id, r.requested_by from release r where ${condition} order by ${order} limit 100
  $$;`;

/** It goes out as whoever asked for it: a closed account and an organisation that does not share any more hold nobody up. */
const MAY_GO = `exists (select from user_account u join organisation o on o.key = u.org_key
        where u.key = r.requested_by and u.status = 'active' and o.standing = 'active')`;

/**
 * A release may wait for an instant (`scheduled`), and keeps what it was seen to do before it was asked for. That nothing
 * goes out before its instant is a CHECK: no path of the service can make such a row.
 *
 * `down` refuses while something is scheduled: what would become of it is not a migration's to decide.
 */
export class Embargo1763700000010 implements MigrationInterface {
  name = 'Embargo1763700000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.release
        add column not_before timestamptz,
        -- What the preview said when it was asked for, as a token (src/modules/sharing/release-outcome.ts), while it waits
        -- for somebody's word.
        add column outcome text,
        add constraint release_never_early check (not_before <= released_at),
        -- Confirmed, or its hold is over: scheduled is what nobody has to say anything about any more.
        add constraint release_scheduled check (status <> 'scheduled' or (not_before is not null and (tlp not in ('TLP:CLEAR', 'TLP:GREEN')
          or coalesce(confirmed_by <> requested_by, false) or hold_until is not null)));
      ${statuses('scheduled')}
      create index release_embargo on ronda.release (not_before) where status = 'scheduled';
      ${guard(
        `'released', 'scheduled'`,
        `when 'scheduled' then old.status = 'pending' and new.not_before is not null
            or old.status = 'held' and new.not_before is not null
              and (old.hold_until <= ronda.clock() or coalesce(new.confirmed_by <> new.requested_by, false))
        when 'released' then old.status in ('pending', 'held', 'scheduled') and new.released_at = ronda.clock()
        when 'cancelled' then old.status in ('pending', 'held', 'scheduled')`,
        `
    if new.outcome <> old.outcome or new.outcome is not null and old.outcome is null then
      raise exception 'what was seen stays what it was' using errcode = 'insufficient_privilege';
    end if;`,
      )}
      -- Forgotten when nobody has to look any more: a hash of what a text betrayed outlives no erasure.
      grant update (outcome) on ronda.release to ronda_app;
      drop policy release_insert on ronda.release;
      create policy release_insert on ronda.release for insert to ronda_app with check (
        space = (select ronda.space()) and owner_readers = ronda.owners_of(record_kind, record_key)
        and requested_by = any ((select ronda.reader_principals())::int[])
        and confirmed_by is null and (status not in ('released', 'scheduled') or hold_until is null));

      -- Held releases whose hold has ended and scheduled ones whose instant has come, for the worker, which completes each as
      -- the person who asked for it.
      ${dueReleases(
        `((r.status = 'held' and r.hold_until <= at) or (r.status = 'scheduled' and r.not_before <= at)) and ${MAY_GO}`,
        `coalesce(r.not_before, r.hold_until)`,
      )}
      -- The next instant at which something is due: a time and nothing else.
      create function ronda.next_embargo() returns timestamptz
        language sql stable security definer set search_path = ronda, pg_temp
        as $$ select min(r.not_before) from release r where r.status = 'scheduled' and ${MAY_GO} $$;
      grant create on schema ronda to ronda_deriver;
      alter function ronda.next_embargo() owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.next_embargo() from public;
      grant execute on function ronda.next_embargo() to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.next_embargo();
      ${dueReleases(`r.status = 'held' and r.hold_until <= at`, 'r.hold_until')}
      drop policy release_insert on ronda.release;
      create policy release_insert on ronda.release for insert to ronda_app with check (
        space = (select ronda.space()) and owner_readers = ronda.owners_of(record_kind, record_key)
        and requested_by = any ((select ronda.reader_principals())::int[])
        and confirmed_by is null and (status <> 'released' or hold_until is null));
      ${guard(
        `'released'`,
        `when 'released' then old.status in ('pending', 'held') and new.released_at = ronda.clock()
        when 'cancelled' then old.status in ('pending', 'held')`,
      )}
      drop index ronda.release_embargo;
      ${statuses()}
      alter table ronda.release drop constraint release_scheduled, drop constraint release_never_early,
        drop column outcome, drop column not_before;
    `);
  }
}
