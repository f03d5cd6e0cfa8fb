import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TO_RECEIVED, guardAdvisory } from './advisory-guards.js';
import { giveTo } from './roles.js';

const statuses = (more: string): string => `
  alter table ronda.advisory drop constraint advisory_status_check,
    add constraint advisory_status_check check (status in ('draft', 'in-review', 'scheduled', 'published', 'withdrawn'${more}));`;

/** As PostgreSQL called it. */
const KNOWN = 'advisory_origin_space_owner_key_imported_by_namespace_track_key';

/**
 * What may wait for a reader, found by what waits for anybody, which is little, and not among all that it reads. Its own
 * indexes: under row-level security every revision that ever asked to be acknowledged would be held against its advisory.
 * And advisories that are kept as they came from their own publisher: nobody writes on them, and they are shown to nobody else.
 */
export class QueueAndReceived1763700000029 implements MigrationInterface {
  name = 'QueueAndReceived1763700000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index advisory_waiting on ronda.advisory (space, key) where status = 'in-review' or interim_until is not null;
      create index advisory_revision_acknowledge on ronda.advisory_revision (space, advisory_key, number) where acknowledge_by is not null;

      -- Keys alone, of what the reader reads: under the rule they are read again.
      -- As many as wait for somebody. Supposed to be a thousand, the whole table of advisories would be read to join them.
      create function ronda.advisories_in_wait() returns setof bigint language sql stable rows 50 security definer
        set search_path = ronda, pg_temp as $$
        with me as materialized (select space() as here, reader_principals() as p)
        select a.key from me, advisory a where a.space = me.here and (a.status = 'in-review' or a.interim_until is not null)
           and (a.owner_readers && me.p or a.reviewers && me.p)
        union
        select r.advisory_key from me, advisory_revision r
         where r.space = me.here and r.acknowledge_by is not null and r.audience && me.p
           and (r.advisory_key, r.number) not in (select x.advisory_key, x.number from me, advisory_receipt x
             where x.space = me.here and x.kind = 'acknowledged' and x.reader_key = any (me.p))
      $$;
      ${giveTo('ronda_deriver', ['advisories_in_wait()'])}

      -- The bytes of what was received. What a draft was made of has none: it is its owner's from then on.
      alter table ronda.advisory_origin add column content bytea;
      alter table ronda.advisory_origin drop constraint ${KNOWN};
      create unique index advisory_origin_known on ronda.advisory_origin
        (space, owner_key, imported_by, namespace, tracking_id, version, (content is not null));
      ${statuses(", 'received'")}
      alter table ronda.advisory add constraint advisory_received check (status <> 'received'
        or head = 1 and published is null and submitted_at is null and reviewers = '{}' and audience = owner_readers);
      ${guardAdvisory(TO_RECEIVED)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${guardAdvisory('')}
      alter table ronda.advisory drop constraint advisory_received;
      alter table ronda.advisory no force row level security;
      update ronda.advisory set status = 'draft' where status = 'received';
      alter table ronda.advisory force row level security;
      ${statuses('')}
      drop index ronda.advisory_origin_known;
      alter table ronda.advisory_origin no force row level security;
      delete from ronda.advisory_origin g where g.content is not null and exists (select from ronda.advisory_origin o
        where o.content is null and (o.space, o.owner_key, o.imported_by, o.namespace, o.tracking_id, o.version)
          = (g.space, g.owner_key, g.imported_by, g.namespace, g.tracking_id, g.version));
      alter table ronda.advisory_origin force row level security, drop column content,
        add constraint ${KNOWN} unique (space, owner_key, imported_by, namespace, tracking_id, version);
      drop function ronda.advisories_in_wait();
      drop index ronda.advisory_revision_acknowledge, ronda.advisory_waiting;
    `);
  }
}
