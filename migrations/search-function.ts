// The one function by which search is asked: as migration 6 made it, as migration 12 does, with the filters of a list, and as
// migration 15 does, with what was passed on.

export const SEARCH = 'search(tsquery, timestamptz, uuid, int, int, boolean)';
export const FILTERED_SEARCH =
  'search(tsquery, timestamptz, uuid, int, int, boolean, text[], text[], text[], text[], text[], text[], int[], text[], timestamptz, timestamptz, boolean)';

const FILTERS = `,
    of_status text[] default null, of_class text[] default null, of_type text[] default null, of_band text[] default null,
    of_sector text[] default null, of_country text[] default null, of_owner int[] default null, of_tlp text[] default null,
    from_at timestamptz default null, until_at timestamptz default null, in_queue boolean default false`;

const DECLARED = `
    is_filtered constant boolean := in_queue
      or num_nonnulls(of_status, of_class, of_type, of_band, of_sector, of_country, of_owner, of_tlp, from_at) > 0;`;

/** What the reader could not read before an instant begins behind it. */
const FROM_WHERE = `if until_at <= before_at then
      before_at := until_at;
      before_id := '00000000-0000-0000-0000-000000000000';
      last_at := before_at;
      last_id := before_id;
    end if;
    `;

/** What a national CERT passed on to the reader: the record, and its one revision. */
const PASSED = `
    passed constant bigint[] := reader_passed_records();
    passed_revisions constant int[] := reader_passed_revisions();`;
const revisionReadable = (revision: string, isPassing: boolean): string =>
  isPassing
    ? `(${revision}.audience && held or ${revision}.number = passed_revisions[array_position(passed, ${revision}.incident_key)])`
    : `${revision}.audience && held`;
const recordReadable = (isPassing: boolean): string =>
  isPassing ? '(i.audience && held or i.key = any (passed))' : 'i.audience && held';

/** Whether `revision` or `comment` says it, a document's reader is its record's, its revision's and its comment's reader. */
const readable = (isPassing: boolean): string => `case when d.comment_key = 0
    then d.number = (select max(e.number) from search_document e
      where e.space = d.space and e.incident_key = d.incident_key and e.comment_key = 0 and e.number <= (
        select max(r.number) from incident_revision r
         where r.space = d.space and r.incident_key = d.incident_key and ${revisionReadable('r', isPassing)}))
    else exists (select from incident_comment c where c.key = d.comment_key and c.space = d.space and c.incident_key = d.incident_key
      and c.deleted_at is null and (c.readers is null or c.readers && held))
      and exists (select from incident_revision r
         where r.space = d.space and r.incident_key = d.incident_key and r.audience && held)${
           // Comments are not passed on with the record.
           isPassing
             ? `
      and exists (select from incident i where i.space = d.space and i.key = d.incident_key and i.audience && held)`
             : ''
         } end`;

/** What of a record matches for this reader: how well, and which comments. */
const matching = (isPassing: boolean): string => `
  cross join lateral (
    select max(ts_rank(d.words, q)) as rank, array_agg(d.comment_key) filter (where d.comment_key > 0) as comments
      from search_document d
     where d.space = here and d.incident_key = f.record_key and d.words @@ q and ${readable(isPassing)}
    having count(*) > 0) m`;

/** As a list does: of the newest revision that the reader may read, and of owners that it may know. */
const passing = (isPassing: boolean): string => `
  where case when is_filtered then (from_at is null or f.since >= from_at) and exists (
    select from incident i
      cross join lateral (select v.* from incident_revision v
        where v.space = here and v.incident_key = i.key and ${revisionReadable('v', isPassing)} order by v.number desc limit 1) r
     where i.space = here and i.key = f.record_key
       and incident_passes(r.status, r.rsit_class, r.rsit_type, r.severity_band, r.sector, r.countries, r.tlp, i.owner_readers && held,
         of_status, of_class, of_type, of_band, of_sector, of_country, of_tlp, in_queue)
       and (of_owner is null or i.owner_key = any (of_owner) or (i.owner_key is null and exists (
         select from authorship_drawer d where d.space = here and d.incident_key = i.key and d.part = 0
            and d.org_key = any (of_owner) and d.org_key = any (held))))) else true end`;

/** A filter that is not there costs as much to begin as the rest: a question without one is asked without it. */
const asked = (isPassing: boolean, narrowed: string): string => `
    return query
      select f.record_key, f.record_id, f.since, m.rank, m.comments, is_common from (
        select h.key as record_key, e.record_id, e.since from (select distinct unnest(hits) as key) h
          cross join lateral (select s.record_id, min(s.since) as since from readable_since s
            where s.space = here and s.record_kind = 'incident' and s.record_key = h.key and s.principal_key = any (held)
            group by s.record_id) e
         where (e.since, e.record_id) < (last_at, last_id)
         order by e.since desc, e.record_id desc offset 0) f
        cross join lateral (select from incident i
          where i.space = here and i.key = f.record_key and ${recordReadable(isPassing)} offset 0) i ${matching(isPassing)}${narrowed}
       order by f.since desc, f.record_id desc limit wanted - found_all;`;

export const createSearch = ({
  isFiltered,
  isPassing = false,
}: {
  isFiltered: boolean;
  isPassing?: boolean;
}): string => `
  -- The newest records that the reader may read and that say q to it, before a place in its own newest-first list: the
  -- newest revision it may read says it, or a comment it may read. A rank is of the text alone, of no other's.
  --
  -- Two ways, one answer. A word that few documents have is looked up, and of those in the reader's list the newest are
  -- asked whether they say it to the reader. One that many have (more than \`few\`, or as told) is looked for in the
  -- reader's own list from its newest on, as long as that promises to end soon: of a word that one in ten has, the newest
  -- thousand are found three times faster by looking it up after all.
  -- is_common tells which way was taken, for the next time.
  --
  -- A page's worth of rows is what the planner is told: of the thousand that it supposes else, it read a small region's
  -- records from end to end to join them.
  create function ronda.search(q tsquery, before_at timestamptz, before_id uuid, wanted int, few int, told_common boolean${isFiltered ? FILTERS : ''})
    returns table (record_key bigint, record_id uuid, since timestamptz, rank real, comments bigint[], is_common boolean)
    language plpgsql stable security definer rows 20 set search_path = ronda, pg_temp as $$
  declare
    here constant int := space();
    held constant int[] := reader_principals();
    hits bigint[];
    last_at timestamptz := before_at;
    last_id uuid := before_id;
    step int := 200;
    walked int := 0;
    taken int;
    found_now int;
    found_all int := 0;${isFiltered ? DECLARED : ''}${isPassing ? PASSED : ''}
  begin
    if here is null or coalesce(held, '{}') = '{}' then return; end if;
    ${isFiltered ? FROM_WHERE : ''}is_common := told_common;
    if not is_common then
      select array_agg(h.incident_key) into hits from (
        select d.incident_key from search_document d where d.words @@ q and d.space = here limit few + 1) h;
      is_common := coalesce(cardinality(hits), 0) > few;
    end if;

    if is_common then
      loop
        select array_agg(s.record_key), min(s.since), count(*) into hits, last_at, taken from (
          select each.record_key, each.since from unnest(held) as h (principal)
            cross join lateral (
              select s.record_key, s.since, s.record_id from readable_since s
               where s.space = here and s.record_kind = 'incident' and s.principal_key = h.principal
                 and (s.since, s.record_id) < (last_at, last_id)
               order by s.since desc, s.record_id desc limit step) each
           order by each.since desc, each.record_id desc limit step) s;
        exit when taken = 0;
        -- Behind the last of them the next step begins.
        select s.record_id into last_id from readable_since s
         where s.space = here and s.record_kind = 'incident' and s.record_key = hits[taken] and s.since = last_at limit 1;
        return query
          -- In order before they are asked what they say, so that no more are asked than are wanted.
          select f.record_key, f.record_id, f.since, m.rank, m.comments, true from (
            select f.key as record_key, i.id as record_id, e.since
              from (select distinct unnest(hits) as key) f join incident i on i.space = here and i.key = f.key and ${recordReadable(isPassing)}
              cross join lateral (select min(s.since) as since from readable_since s
                where s.space = here and s.record_kind = 'incident' and s.record_key = f.key and s.principal_key = any (held)) e
             where (e.since, i.id) < (before_at, before_id) and (e.since, i.id) >= (last_at, last_id)
             order by e.since desc, i.id desc offset 0) f ${matching(isPassing)}${isFiltered ? passing(isPassing) : ''}
           order by f.since desc, f.record_id desc limit wanted - found_all;
        get diagnostics found_now = row_count;
        found_all := found_all + found_now;
        walked := walked + taken;
        if found_all >= wanted or taken < step${isFiltered ? ' or last_at < from_at' : ''} then return; end if;
        -- Few of them say it: at this rate the rest of a long list would take long.
        exit when found_all::bigint * 2000 < (wanted - found_all)::bigint * walked and found_all * 5 < walked
          and (select count(*) > few from (select from unnest(held) as h (principal)
            cross join lateral (select from readable_since s
              where s.space = here and s.record_kind = 'incident' and s.principal_key = h.principal
                and (s.since, s.record_id) < (last_at, last_id) limit few + 1) each limit few + 1) rest);
        step := least(step * 2, 5000);
      end loop;
      if taken = 0 then return; end if;
      select array_agg(d.incident_key) into hits from search_document d where d.words @@ q and d.space = here;
    end if;

    ${isFiltered ? `if is_filtered then ${asked(isPassing, passing(isPassing))} else ${asked(isPassing, '')} end if;` : asked(isPassing, '')}
  end $$;`;
