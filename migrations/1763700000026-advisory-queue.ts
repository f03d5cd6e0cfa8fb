import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

/**
 * What may wait for a reader, found by what waits for anybody, which is little, and not among all that it reads. Its own
 * indexes: under row-level security every revision that ever asked to be acknowledged would be held against its advisory.
 */
export class AdvisoryQueue1763700000026 implements MigrationInterface {
  name = 'AdvisoryQueue1763700000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index advisory_waiting on ronda.advisory (space, key) where status = 'in-review' or interim_until is not null;
      create index advisory_revision_acknowledge on ronda.advisory_revision (space, advisory_key, number) where acknowledge_by is not null;

      -- Keys alone, of what the reader reads: under the rule they are read again.
      create function ronda.advisories_in_wait() returns setof bigint language sql stable security definer
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
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.advisories_in_wait();
      drop index ronda.advisory_revision_acknowledge, ronda.advisory_waiting;
    `);
  }
}
