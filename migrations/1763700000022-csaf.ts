import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const here = '(select ronda.space())';

const TABLES = ['csaf_document', 'csaf_issuer', 'csaf_file', 'advisory_origin'];

/**
 * What the publication of an advisory leaves for programs: the CSAF document of every version, and of each issuer what
 * anybody is handed beside the documents themselves. That a document is public is asked of the advisory whenever it is
 * read, so that nothing that was taken back is handed out by a copy.
 */
export class Csaf1763700000022 implements MigrationInterface {
  name = 'Csaf1763700000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.csaf_document (
        space int not null,
        advisory_key bigint not null,
        number int not null,
        owner_key int not null references ronda.organisation (key),
        -- Where it lies below its issuer's base: the shelf, and the year and name on it.
        shelf text not null check (shelf in ('white', 'protected/white', 'protected/green', 'protected/amber', 'protected/red')),
        place text not null check (place ~ '^[0-9]{4}/[-+_a-z0-9]+[.]json$'),
        tracking_id text not null,
        title text not null,
        summary text,
        initial_release_at timestamptz not null,
        current_release_at timestamptz not null,
        -- Of the versions that were published the one that lies there now.
        is_current boolean not null,
        content bytea not null,
        -- OpenPGP, detached, in ASCII armor.
        signature text not null,
        primary key (space, advisory_key, number),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number),
        -- What an exercise publishes is for its participants.
        check (space = 0 or shelf <> 'white')
      );
      create unique index csaf_document_place on ronda.csaf_document (space, owner_key, shelf, place) where is_current;
      create index csaf_document_newest on ronda.csaf_document (space, current_release_at desc) where is_current and shelf = 'white';

      -- Who has ever published to anybody: from then on its tree is there.
      create table ronda.csaf_issuer (
        space int not null check (space = 0),
        owner_key int not null references ronda.organisation (key),
        organisation_id uuid not null,
        name text not null,
        base text not null,
        updated_at timestamptz not null,
        primary key (space, owner_key),
        unique (space, organisation_id)
      );

      -- The lists of what is public, its metadata and its key, as the last publication left them.
      create table ronda.csaf_file (
        space int not null check (space = 0),
        owner_key int not null,
        path text not null,
        content text not null,
        etag text not null,
        primary key (space, owner_key, path),
        foreign key (space, owner_key) references ronda.csaf_issuer (space, owner_key)
      );

      -- The document that a draft was imported from, as it came.
      create table ronda.advisory_origin (
        space int not null,
        advisory_key bigint not null,
        owner_key int not null references ronda.organisation (key),
        imported_by int not null references ronda.user_account (key),
        -- By which its publisher knows it.
        namespace text not null,
        tracking_id text not null,
        version text not null,
        document jsonb not null,
        imported_at timestamptz not null,
        primary key (space, advisory_key),
        -- Of each person: a colleague's draft may be hidden, and the one that there is would be told by the refusal.
        unique (space, owner_key, imported_by, namespace, tracking_id, version),
        foreign key (space, advisory_key) references ronda.advisory (space, key)
      );
    `);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    await this.policies(runner);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const owned = `exists (select from ronda.advisory a where a.space = ${here} and a.key = advisory_key and a.owner_readers && ${p})`;
    const revision = `from ronda.advisory_revision r
      where r.space = ${here} and r.advisory_key = csaf_document.advisory_key and r.number = csaf_document.number`;
    await runner.query(`
      -- Whether anybody may have this version: it is the one that is out, TLP:CLEAR, and was released to the public.
      create function ronda.advisory_is_public(record bigint, revision int) returns boolean
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select exists (select from advisory a join advisory_revision r
            on r.space = a.space and r.advisory_key = a.key and r.number = a.published
          where a.space = 0 and a.key = record and a.published = revision and a.status <> 'withdrawn'
            and r.tlp = 'TLP:CLEAR' and r.audience && array[1])
      $$;
      ${giveTo('ronda_deriver', ['advisory_is_public(bigint, int)'])}

      grant select, insert, update (shelf, place, title, summary, initial_release_at, current_release_at, is_current, content, signature)
        on ronda.csaf_document to ronda_app;
      create policy csaf_document_read on ronda.csaf_document for select to ronda_app using (space = ${here}
        and (${p} <> '{}' and exists (select ${revision})
          or space = 0 and shelf = 'white' and is_current and ronda.advisory_is_public(advisory_key, number)));
      create policy csaf_document_insert on ronda.csaf_document for insert to ronda_app with check (space = ${here}
        and owner_key = any (${p}) and ${owned}
        and exists (select ${revision} and r.published_at is not null and r.tlp <> 'TLP:RED'
          and (shelf <> 'white' or r.tlp = 'TLP:CLEAR' and r.audience && array[1])));
      create policy csaf_document_update on ronda.csaf_document for update to ronda_app
        using (space = ${here} and owner_key = any (${p}) and ${owned})
        with check (exists (select ${revision} and (shelf <> 'white' or r.tlp = 'TLP:CLEAR' and r.audience && array[1])));

      grant select, insert, update (name, base, updated_at) on ronda.csaf_issuer to ronda_app;
      create policy csaf_issuer_read on ronda.csaf_issuer for select to ronda_app using (space = ${here});
      create policy csaf_issuer_insert on ronda.csaf_issuer for insert to ronda_app
        with check (space = ${here} and owner_key = any (${p}));
      create policy csaf_issuer_update on ronda.csaf_issuer for update to ronda_app
        using (space = ${here} and owner_key = any (${p}));

      grant select, insert, update (content, etag), delete on ronda.csaf_file to ronda_app;
      create policy csaf_file_read on ronda.csaf_file for select to ronda_app using (space = ${here});
      create policy csaf_file_insert on ronda.csaf_file for insert to ronda_app
        with check (space = ${here} and owner_key = any (${p}));
      create policy csaf_file_update on ronda.csaf_file for update to ronda_app
        using (space = ${here} and owner_key = any (${p}));
      create policy csaf_file_delete on ronda.csaf_file for delete to ronda_app
        using (space = ${here} and owner_key = any (${p}));

      grant select, insert on ronda.advisory_origin to ronda_app;
      create policy advisory_origin_read on ronda.advisory_origin for select to ronda_app using (space = ${here} and ${owned});
      create policy advisory_origin_insert on ronda.advisory_origin for insert to ronda_app with check (space = ${here}
        and imported_by = any (${p}) and owner_key = any (${p}) and ${owned}
        and not exists (select from ronda.advisory a where a.space = ${here} and a.key = advisory_key and (a.head <> 1 or a.status <> 'draft')));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table ronda.advisory_origin, ronda.csaf_file, ronda.csaf_issuer, ronda.csaf_document;
      drop function ronda.advisory_is_public(bigint, int);
    `);
  }
}
