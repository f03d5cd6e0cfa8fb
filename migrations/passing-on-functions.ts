// Functions of earlier migrations as migration 15 has them: they know of what was passed on.

const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';

/**
 * Asks back as migration 13 made it; and with pass-ons: those fall whose CERT reads no longer, and a recipient is asked for
 * nothing that it still reads by one.
 */
export const bury = (passing: { fall: string; stillReads: (reader: string, org: string) => string }): string => `
  create or replace function ronda.bury(record bigint, why text, at timestamptz) returns int ${definer} as $$
  declare
    here constant int := space();
    target record;
    told int;
  begin
    select n.id, n.audience into target from incident n
      where n.space = here and n.key = record and n.owner_readers && reader_principals();
    if not found then
      raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
    end if;${passing.fall}
    update tombstone t set lifted_at = bury.at
      where t.space = here and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null
        and ${passing.stillReads('t.reader_key', 't.org_key')};
    insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, org_key, reason, at)
      select distinct here, r.reader_key, 'incident', record, target.id, r.org_key, why, bury.at from receipt r
       where r.space = here and r.record_kind = 'incident' and r.record_key = record
         and not ${passing.stillReads('r.reader_key', 'r.org_key')}
      on conflict (space, reader_key, record_kind, record_key) do update
        set reason = excluded.reason, at = excluded.at, lifted_at = null, answer = null, kept_because = null, answered_at = null
        where t.lifted_at is not null;
    get diagnostics told = row_count;
    return told;
  end $$;`;

/** Whom a release lets list a record, as migration 4 made it; and those stay to whom it was passed on. */
export const publishReaders = (also: string): string => `
  create or replace function ronda.publish_readers(kind text, record bigint, principals int[], at timestamptz) returns void ${definer} as $$
  begin
    if kind <> 'incident' or not exists (select from incident i
        where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
      raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
    end if;
    -- Whoever holds an earlier epoch of a group holds the later ones too: a release to the newest lets newcomers in,
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
