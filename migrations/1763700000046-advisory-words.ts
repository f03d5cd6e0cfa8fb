import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const SEARCHED = ['advisory', 'advisory_revision'] as const;

/** As advisory_revision_read says it. */
const readable = `(r.audience && held or a.reviewers && held and r.number >= a.opened_from)`;
const plans = `security definer set search_path = ronda, pg_temp set plan_cache_mode = 'force_generic_plan'`;
const forTheWorker = `if reader_principals() <> '{}' then
          raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
        end if;`;

/**
 * What advisories say, as words, so that they are asked for as incidents are: in any language, by phrases and beginnings. The
 * service reads no row of it, as of \`search_document\`: whose revision it is, is asked in the functions.
 */
export class AdvisoryWords1763700000046 implements MigrationInterface {
  name = 'AdvisoryWords1763700000046';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One for each revision.
      create table ronda.advisory_document (
        space int not null,
        advisory_key bigint not null,
        number int not null,
        -- What cut it into words. Empty: it waits to be cut.
        segmenter text not null,
        words tsvector not null,
        primary key (space, advisory_key, number),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number)
      );
      create index advisory_document_words on ronda.advisory_document using gin (words) with (gin_pending_list_limit = 512);
      create index advisory_document_segmenter on ronda.advisory_document (segmenter);
      alter table ronda.advisory_document enable row level security, force row level security;
      grant insert on ronda.advisory_document to ronda_app;
      create policy advisory_document_insert on ronda.advisory_document for insert to ronda_app
        with check (space = (select ronda.space()) and exists (select from ronda.advisory a
          where a.space = advisory_document.space and a.key = advisory_key and a.owner_readers && ${p}));

      grant select on ronda.advisory_document to ronda_keeper;
      create policy advisory_document_keep on ronda.advisory_document for select to ronda_keeper using (true);

      grant select on ronda.advisory_document, ronda.advisory, ronda.advisory_revision to ronda_searcher;
      grant update (segmenter, words) on ronda.advisory_document to ronda_searcher;
      create policy advisory_document_search on ronda.advisory_document to ronda_searcher using (true);
      ${SEARCHED.map((table) => `create policy ${table}_search on ronda.${table} for select to ronda_searcher using (true);`).join('\n      ')}

      -- Of which the reader may read a revision that says it; null where more than \`few\` revisions of all do, so that the reader's
      -- own list is gone through instead.
      create function ronda.advisories_saying(q tsquery, few int) returns bigint[] language plpgsql stable ${plans} as $$
      declare
        here constant int := space();
        held constant int[] := reader_principals();
        hits bigint[];
      begin
        select array_agg(h.advisory_key) into hits from (
          select d.advisory_key from advisory_document d where d.words @@ q and d.space = here limit few + 1) h;
        if cardinality(hits) > few then return null; end if;
        return array(select a.key from (select distinct unnest(hits) as key) h
          join advisory a on a.space = here and a.key = h.key
         where exists (select from advisory_document d join advisory_revision r on r.space = here and r.advisory_key = a.key and r.number = d.number
           where d.space = here and d.advisory_key = a.key and d.words @@ q and ${readable}));
      end $$;
      -- Whether a revision says it that the reader may read.
      create function ronda.advisory_says(record bigint, revision int, q tsquery) returns boolean language plpgsql stable ${plans} as $$
      declare
        here constant int := space();
        held constant int[] := reader_principals();
      begin
        return exists (select from advisory_document d
            join advisory a on a.space = here and a.key = record
            join advisory_revision r on r.space = here and r.advisory_key = record and r.number = revision
          where d.space = here and d.advisory_key = record and d.number = revision and d.words @@ q and ${readable});
      end $$;

      -- For the worker, as search_due and search_reindex.
      create function ronda.advisory_words_due(current_segmenter text, at_most int)
        returns table (space int, advisory_key bigint, number int, title text, summary text, body text) language plpgsql volatile
        security definer set search_path = ronda, pg_temp as $$
      begin
        ${forTheWorker}
        return query
          with due as (
            select d.space, d.advisory_key, d.number from advisory_document d
             where d.segmenter < current_segmenter or d.segmenter > current_segmenter limit at_most for update skip locked)
          select r.space, r.advisory_key, r.number, r.content ->> 'title', r.content ->> 'summary', r.content ->> 'body'
            from due d join advisory_revision r on r.space = d.space and r.advisory_key = d.advisory_key and r.number = d.number;
      end $$;
      create function ronda.advisory_words_reindex(current_segmenter text, documents jsonb) returns void language plpgsql volatile
        security definer set search_path = ronda, pg_temp as $$
      begin
        ${forTheWorker}
        update advisory_document d set segmenter = current_segmenter, words = n.words::tsvector
          from jsonb_to_recordset(documents) as n (space int, advisory_key bigint, number int, words text)
         where d.space = n.space and d.advisory_key = n.advisory_key and d.number = n.number;
      end $$;
      ${giveTo('ronda_searcher', [
        'advisories_saying(tsquery, int)',
        'advisory_says(bigint, int, tsquery)',
        'advisory_words_due(text, int)',
        'advisory_words_reindex(text, jsonb)',
      ])}

      -- What is there already is cut into words by the worker.
      grant insert on ronda.advisory_document to ronda_searcher;
      set local role ronda_searcher;
      insert into ronda.advisory_document (space, advisory_key, number, segmenter, words)
        select r.space, r.advisory_key, r.number, '', ''::tsvector from ronda.advisory_revision r;
      reset role;
      revoke insert on ronda.advisory_document from ronda_searcher;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.advisory_words_reindex(text, jsonb), ronda.advisory_words_due(text, int),
        ronda.advisory_says(bigint, int, tsquery), ronda.advisories_saying(tsquery, int);
      drop table ronda.advisory_document;
      ${SEARCHED.map((table) => `drop policy ${table}_search on ronda.${table};`).join('\n      ')}
      revoke all on ronda.advisory, ronda.advisory_revision from ronda_searcher;
    `);
  }
}
