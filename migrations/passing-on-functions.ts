// What migration 4 made and migration 14 changed, as migration 15 has it: it knows of what was passed on.
import { LISTED_UNVEILED } from './anonymity-rewrites.js';

const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';

/** Whom a release lets list a record, as migrations 4 and 14 made it; and those stay to whom it was passed on. */
export const publishReaders = (also: string): string => `
  create or replace function ronda.publish_readers(kind text, record bigint, principals int[], at timestamptz) returns void ${definer} as $$
  begin
    if kind <> 'incident' or not exists (select from incident i
        where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
      raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
    end if;
    ${LISTED_UNVEILED} of a group holds the later ones too: a release to the newest lets newcomers in,
    -- and is nothing that the others may notice.
    delete from readable_since r where r.space = space() and r.record_kind = kind and r.record_key = record
      and not r.principal_key = any (principals)
      and not exists (select from group_epoch held join group_epoch named
          on named.group_key = held.group_key and named.epoch > held.epoch
          where held.principal_key = r.principal_key and named.principal_key = any (principals))${also};
    insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
      select i.space, kind, named, i.key, i.id, at from incident i, unnest(principals) named
       where i.space = space() and i.key = record
      on conflict do nothing;
  end $$;`;
