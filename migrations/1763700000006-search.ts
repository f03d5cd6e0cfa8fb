import type { MigrationInterface, QueryRunner } from 'typeorm';
import { makeRole } from './roles.js';

/** Whether `revision` or `comment` says it, a document's reader is its record's, its revision's and its comment's reader. */
const readable = `case when d.comment_key = 0
    then d.number = (select max(e.number) from search_document e
      where e.space = d.space and e.incident_key = d.incident_key and e.comment_key = 0 and e.number <= (
        select max(r.number) from incident_revision r
         where r.space = d.space and r.incident_key = d.incident_key and r.audience && held))
    else exists (select from incident_comment c where c.key = d.comment_key and c.space = d.space and c.incident_key = d.incident_key
      and c.deleted_at is null and (c.readers is null or c.readers && held))
      and exists (select from incident_revision r
         where r.space = d.space and r.incident_key = d.incident_key and r.audience && held) end`;

/** What of a record matches for this reader: how well, and which comments. */
const matching = `
  cross join lateral (
    select max(ts_rank(d.words, q)) as rank, array_agg(d.comment_key) filter (where d.comment_key > 0) as comments
      from search_document d
     where d.space = here and d.incident_key = f.record_key and d.words @@ q and ${readable}
    having count(*) > 0) m`;

/**
 * What records and comments say, as words. The service reads no row of it: it asks `ronda.search`, whose owner may read
 * all and answers with what the reader may. Row-level security would do the same 300 times slower, because `@@` is not
 * leakproof (docs/decisions/0008).
 */
export class Search1763700000006 implements MigrationInterface {
  name = 'Search1763700000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${makeRole('ronda_searcher')}
      grant usage on schema ronda to ronda_searcher;

      -- One for each revision that says something else than the one before, and one for each comment.
      create table ronda.search_document (
        space int not null,
        incident_key bigint not null,
        -- The revision from which on the record says this; 0 for a comment.
        number int not null,
        -- 0 for a revision.
        comment_key bigint not null,
        -- What cut it into words. Empty: the text has changed under it and waits to be cut anew.
        segmenter text not null,
        words tsvector not null,
        primary key (space, incident_key, number, comment_key),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check ((number = 0) <> (comment_key = 0))
      );
      create index search_document_words on ronda.search_document using gin (words) with (gin_pending_list_limit = 512);
      create index search_document_segmenter on ronda.search_document (segmenter);
      alter table ronda.search_document enable row level security, force row level security;
    `);
    const p = '(select ronda.reader_principals())::int[]';
    // Who writes a revision or a comment writes its words; who may read them is asked of the revision and the comment.
    const own = `space = (select ronda.space()) and case when comment_key = 0
        then exists (select from ronda.incident i where i.space = search_document.space and i.key = incident_key and i.owner_readers && ${p})
        else exists (select from ronda.incident_comment c where c.space = search_document.space and c.key = comment_key
          and c.incident_key = search_document.incident_key and c.author_key = any (${p})) end`;
    await runner.query(`
      grant select (space, incident_key, number, comment_key), insert, delete on ronda.search_document to ronda_app;
      create policy search_document_own on ronda.search_document for select to ronda_app using (${own});
      create policy search_document_insert on ronda.search_document for insert to ronda_app with check (${own});
      create policy search_document_delete on ronda.search_document for delete to ronda_app using (${own});

      grant select on ronda.search_document, ronda.incident, ronda.incident_revision, ronda.incident_comment, ronda.readable_since
        to ronda_searcher;
      grant update (segmenter, words) on ronda.search_document to ronda_searcher;
      create policy search_document_search on ronda.search_document to ronda_searcher using (true);
      create policy incident_search on ronda.incident for select to ronda_searcher using (true);
      create policy incident_revision_search on ronda.incident_revision for select to ronda_searcher using (true);
      create policy incident_comment_search on ronda.incident_comment for select to ronda_searcher using (true);
      create policy readable_since_search on ronda.readable_since for select to ronda_searcher using (true);
      grant execute on function ronda.derive_principals() to ronda_searcher;
    `);
    await runner.query(`
      -- The newest records that the reader may read and that say q to it, before a place in its own newest-first list: the
      -- newest revision it may read says it, or a comment it may read. A rank is of the text alone, of no other's.
      --
      -- Two ways, one answer. A word that few documents have is looked up, and of those in the reader's list the newest are
      -- asked whether they say it to the reader. One that many have (more than \`few\`, or as told) is looked for in the
      -- reader's own list from its newest on, as long as that promises to end soon: of a word that one in ten has, the newest
      -- thousand are found three times faster by looking it up after all.
      -- is_common tells which way was taken, for the next time.
      create function ronda.search(q tsquery, before_at timestamptz, before_id uuid, wanted int, few int, told_common boolean)
        returns table (record_key bigint, record_id uuid, since timestamptz, rank real, comments bigint[], is_common boolean)
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
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
        found_all int := 0;
      begin
        if here is null or coalesce(held, '{}') = '{}' then return; end if;
        is_common := told_common;
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
              select f.record_key, f.record_id, f.since, m.rank, m.comments, true from (
                select distinct on (f.key) f.key as record_key, i.id as record_id, e.since
                  from unnest(hits) f (key) join incident i on i.space = here and i.key = f.key and i.audience && held
                  cross join lateral (select min(s.since) as since from readable_since s
                    where s.space = here and s.record_kind = 'incident' and s.record_key = f.key and s.principal_key = any (held)) e
                 where (e.since, i.id) < (before_at, before_id) and (e.since, i.id) >= (last_at, last_id)) f ${matching}
               order by f.since desc, f.record_id desc limit wanted - found_all;
            get diagnostics found_now = row_count;
            found_all := found_all + found_now;
            walked := walked + taken;
            if found_all >= wanted or taken < step then return; end if;
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

        -- In order before they are asked what they say, so that no more are asked than are wanted.
        return query
          select f.record_key, f.record_id, f.since, m.rank, m.comments, is_common from (
            select h.key as record_key, e.record_id, e.since from (select distinct unnest(hits) as key) h
              cross join lateral (select s.record_id, min(s.since) as since from readable_since s
                where s.space = here and s.record_kind = 'incident' and s.record_key = h.key and s.principal_key = any (held)
                group by s.record_id) e
             where (e.since, e.record_id) < (last_at, last_id)
             order by e.since desc, e.record_id desc offset 0) f
            cross join lateral (select from incident i
              where i.space = here and i.key = f.record_key and i.audience && held offset 0) i ${matching}
           order by f.since desc, f.record_id desc limit wanted - found_all;
      end $$;

      -- For the worker alone, which reads as nobody and answers nobody: documents that another segmenter cut, with what
      -- they say now. Whoever is somebody is refused.
      create function ronda.search_due(current_segmenter text, at_most int)
        returns table (space int, incident_key bigint, number int, comment_key bigint, title text, description text, tags text[], body text)
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
        end if;
        return query
          with due as (
            select d.space, d.incident_key, d.number, d.comment_key from search_document d
             where d.segmenter < current_segmenter or d.segmenter > current_segmenter limit at_most for update skip locked)
          select d.space, d.incident_key, d.number, d.comment_key, r.facts ->> 'title', r.facts ->> 'description',
                 array(select jsonb_array_elements_text(r.facts -> 'tags')), c.body
            from due d
            left join incident_revision r on r.space = d.space and r.incident_key = d.incident_key and r.number = d.number
            left join incident_comment c on c.space = d.space and c.key = d.comment_key;
      end $$;
      create function ronda.search_reindex(current_segmenter text, documents jsonb) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
        end if;
        update search_document d set segmenter = current_segmenter, words = n.words::tsvector
          from jsonb_to_recordset(documents) as n (space int, incident_key bigint, number int, comment_key bigint, words text)
         where d.space = n.space and d.incident_key = n.incident_key and d.number = n.number and d.comment_key = n.comment_key;
      end $$;
      -- Takes every word of a record out of the index at once; the worker puts back what it still says. By its owner's side,
      -- or by the worker.
      create function ronda.search_forget(record bigint) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        if reader_principals() <> '{}' and not exists (select from incident i
            where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
          raise exception 'only the owner takes a record out of the index' using errcode = 'insufficient_privilege';
        end if;
        update search_document d set segmenter = '', words = '' where d.space = space() and d.incident_key = record;
      end $$;
      do $$
      declare routine text;
      begin
        foreach routine in array array['search(tsquery, timestamptz, uuid, int, int, boolean)', 'search_due(text, int)',
            'search_reindex(text, jsonb)', 'search_forget(bigint)'] loop
          execute 'grant create on schema ronda to ronda_searcher';
          execute format('alter function ronda.%s owner to ronda_searcher', routine);
          execute 'revoke create on schema ronda from ronda_searcher';
          execute format('revoke all on function ronda.%s from public', routine);
          execute format('grant execute on function ronda.%s to ronda_app', routine);
        end loop;
      end $$;

      -- What is there already is cut into words by the worker.
      grant insert on ronda.search_document to ronda_searcher;
      set local role ronda_searcher;
      insert into ronda.search_document (space, incident_key, number, comment_key, segmenter, words)
        select r.space, r.incident_key, r.number, 0, '', ''::tsvector from ronda.incident_revision r
        union all select c.space, c.incident_key, 0, c.key, '', ''::tsvector from ronda.incident_comment c where c.deleted_at is null;
      reset role;
      revoke insert on ronda.search_document from ronda_searcher;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.search_forget(bigint), ronda.search_reindex(text, jsonb), ronda.search_due(text, int),
        ronda.search(tsquery, timestamptz, uuid, int, int, boolean);
      drop table ronda.search_document;
      drop policy incident_search on ronda.incident;
      drop policy incident_revision_search on ronda.incident_revision;
      drop policy incident_comment_search on ronda.incident_comment;
      drop policy readable_since_search on ronda.readable_since;
      revoke all on ronda.incident, ronda.incident_revision, ronda.incident_comment, ronda.readable_since from ronda_searcher;
      revoke execute on function ronda.derive_principals() from ronda_searcher;
      revoke usage on schema ronda from ronda_searcher;
    `);
  }
}
