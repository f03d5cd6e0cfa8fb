// What migrations 13 to 15 make alike: receipts, and what is asked back. Since 14 they know of quarantine, since 15 of what was
// passed on.

const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';
const numbered = `case n.authorship when 'named' then n.head end`;

/** How quarantine and passing on bear on them. */
export interface Passing {
  /** Of `incident`, a row: whom its release names. */
  readers: (incident: string) => string;
  /** What falls with a recall, in PL/pgSQL. */
  fall: string;
  /** An SQL condition of the names of the readers that a record has, a recipient's principal, its organisation and the record. */
  stillReads: (readers: string, reader: string, org: string, record: string) => string;
}

export const UNPASSED: Passing = {
  readers: (incident) => `${incident}.audience`,
  fall: '',
  stillReads: (readers, reader) => `still_reads(${reader}, ${readers})`,
};

/** Quarantine asks nothing back: when it ends they read it again, so they count as readers while it lasts. Since migration 14. */
export const QUARANTINED: Passing = {
  ...UNPASSED,
  readers: (incident) =>
    `(${incident}.audience || case when ${incident}.quarantined_at is null then '{}' else released_to(${incident}.key) end)`,
};

/** @param also an SQL condition of a receipt or a tombstone. */
export const receiptBands = (also = ''): string => `
  -- To the owner's side of an anonymous record, of how many organisations there are receipts, in bands and of the record
  -- as a whole: exact numbers, or those of each revision, would say one by one who it was.
  create or replace function ronda.receipt_bands(record bigint) returns table (kind text, band text)
    language plpgsql stable security definer set search_path = ronda, pg_temp as $$
  begin
    if not exists (select from incident i where i.space = space() and i.key = record and i.authorship = 'anonymous'
        and i.owner_readers && reader_principals()) then return; end if;
    return query
      select k.kind, case when n.organisations < 5 then 'fewer-than-5' when n.organisations < 10 then '5-to-9' else '10-or-more' end
        from unnest(array['delivered', 'opened', 'exported', 'acknowledged', 'acted-on', 'asked-back', 'deleted', 'kept'])
            with ordinality k (kind, place)
        cross join lateral (select count(distinct said.org_key) as organisations from (
          select r.org_key from receipt r where r.space = space() and r.record_kind = 'incident' and r.record_key = record
            and r.kind = k.kind${also}
          union all select t.org_key from tombstone t where t.space = space() and t.record_kind = 'incident' and t.record_key = record
            and t.lifted_at is null and k.kind in ('asked-back', t.answer)${also}) said) n
       order by k.place;
  end $$;`;

export const keepDeliveries = ({ readers, stillReads }: Passing): string => `
  -- Deliveries that a node gathered in memory. Whoever is somebody writes its own, under its own policy. What was taken
  -- away before its receipt was written is asked back with it.
  create or replace function ronda.keep_deliveries(deliveries jsonb)
    returns table (reader_key int, record_key bigint, revision int) ${definer} as $$
  #variable_conflict use_column
  begin
    if reader_principals() <> '{}' then
      raise exception 'the worker alone keeps what was gathered' using errcode = 'insufficient_privilege';
    end if;
    perform hold_readers(array(select d.record_key from jsonb_to_recordset(deliveries) as d (record_key bigint)));
    return query
      with kept as (
        insert into receipt as r (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
          select space(), d.reader_key, 'incident', d.record_key, d.revision, 'delivered', d.org_key, d.at
            from jsonb_to_recordset(deliveries) as d (reader_key int, record_key bigint, revision int, org_key int, at timestamptz)
           order by d.reader_key, d.record_key, d.revision
          on conflict do nothing
          returning r.reader_key, r.record_key, r.revision, r.org_key),
      late as (
        insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
          select distinct n.space, k.reader_key, 'incident', n.key, n.id, ${numbered}, k.org_key,
                 coalesce(b.reason, 'unspecified'), coalesce(b.at, clock())
            from kept k join incident n on n.space = space() and n.key = k.record_key
            left join asked_back b on b.space = n.space and b.record_kind = 'incident' and b.record_key = n.key
           where not ${stillReads(readers('n'), 'k.reader_key', 'k.org_key', 'n.key')}
          on conflict do nothing)
      select k.reader_key, k.record_key, k.revision from kept k;
  end $$;`;

export const bury = ({ readers, fall, stillReads }: Passing): string => `
  -- Says to whom a record left that reads it no longer that it is asked back, and takes that back from those who read it
  -- again. Only the owner's side may.
  create or replace function ronda.bury(record bigint, why text, at timestamptz) returns void ${definer} as $$
  declare
    here constant int := space();
    target record;
  begin
    perform pg_advisory_xact_lock(x'52637074'::int, (record % 64)::int);
    select n.id, ${readers('n')} as audience, ${numbered} as revision into target from incident n
      where n.space = here and n.key = record and n.owner_readers && reader_principals();
    if not found then
      raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
    end if;${fall}
    insert into asked_back as b (space, record_kind, record_key, reason, at) values (here, 'incident', record, why, bury.at)
      on conflict (space, record_kind, record_key) do update set reason = excluded.reason, at = excluded.at;
    update tombstone t set lifted_at = bury.at
      where t.space = here and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null
        and ${stillReads('target.audience', 't.reader_key', 't.org_key', 'record')};
    insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
      select distinct here, r.reader_key, 'incident', record, target.id, target.revision, r.org_key, why, bury.at from receipt r
       where r.space = here and r.record_kind = 'incident' and r.record_key = record
         and not ${stillReads('target.audience', 'r.reader_key', 'r.org_key', 'record')}
      on conflict (space, reader_key, record_kind, record_key) do update
        set reason = excluded.reason, at = excluded.at, revision = excluded.revision, lifted_at = null,
          answer = null, kept_because = null, answered_at = null
        where t.lifted_at is not null;
  end $$;`;
