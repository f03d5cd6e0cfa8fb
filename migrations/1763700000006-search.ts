import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo, makeRole } from './roles.js';
import { SEARCH, createSearch } from './search-function.js';

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
${createSearch({ isFiltered: false })}

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
${giveTo('ronda_searcher', [SEARCH, 'search_due(text, int)', 'search_reindex(text, jsonb)', 'search_forget(bigint)'])}

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
