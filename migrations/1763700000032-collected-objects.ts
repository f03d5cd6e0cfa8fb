import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveTo } from './roles.js';

const COLLECTED = 'collected_objects(int[], text[], text[], text[], timestamptz[], timestamptz, text, int)';

/**
 * A page, of readers who hold one principal of the collection or several, and of everything or of what is asked for by its id.
 *
 * A page is a range of one index for each principal, merged; the null of its limit has the walk planned for its first rows.
 * Whether a row is the first of its kind and the last of its versions is planned by itself: joined, the whole collection was
 * walked for each row of a page. What is asked for by its id is looked up, and not walked to. Most objects are said by one row, which is first and last: one look instead of two.
 */
function pageOf(isOne: boolean, isById: boolean): string {
  const readable = (row: string): string =>
    `${row}.space = here and ${row}.principal_key ${isOne ? '= mine' : '= any (held)'}
       and not ${row}.is_resting and (${row}.only_for is null or ${row}.only_for && readers)`;
  const key = (row: string): string => `(${isOne ? '' : `${row}.principal_key, `}${row}.incident_key, ${row}.version)`;
  const another = (row: string, comparison: string): string =>
    `exists (select from shared_object ${row} where ${readable(row)} and ${row}.stix_id = x.stix_id and ${comparison} offset 0)`;
  const page = (principal: string): string => `
    select * from (
        select * from shared_object x
         where x.space = here and x.principal_key = ${principal} and x.added_at >= after and (x.added_at, x.stix_id) > (after, after_id)
           and not x.is_resting and (x.only_for is null or x.only_for && readers)
         ${isById ? 'and x.stix_id = any (ids) offset 0' : 'order by x.added_at, x.stix_id limit unbounded'}) x
     where (types is null or x.type = any (types))
       and ((is_last or is_first) and not ${another('o', `${key('o')} <> ${key('x')}`)}
         or (versions is null
           or is_last and not ${another('v', 'v.version > x.version')} or is_first and not ${another('v', 'v.version < x.version')}
           or x.version = any (times))
         and not ${another('e', 'e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key)')})
     order by x.added_at, x.stix_id limit most`;
  return `return query select x.stix_id, x.version, x.added_at, x.incident_key, x.revision, x.object
    from ${isOne ? `(${page('mine')}) x` : `unnest(held) c (principal_key) cross join lateral (${page('c.principal_key')}) x`}
    order by x.added_at, x.stix_id limit most;`;
}

/**
 * The objects of a collection are read through one function, which holds the rule inside: under row-level security a row costs two
 * arrays of principals that are sorted and merged before each look into an index, which was a third of a page. And a release asks once
 * where a collection ends, and not for each object.
 */
export class CollectedObjects1763700000032 implements MigrationInterface {
  name = 'CollectedObjects1763700000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the caller reads of a collection, which is some principals, behind a place: of those that it does not hold there is nothing.
      -- What two records say alike is in it once, where it came first. versions: first, last; times: of single versions; null: all.
      create function ronda.collected_objects(of_principals int[], ids text[], types text[], versions text[], times timestamptz[],
          after timestamptz, after_id text, most int)
        returns table (stix_id text, version timestamptz, added_at timestamptz, incident_key bigint, revision int, object text)
        language plpgsql stable rows 100 security definer
        set search_path = ronda, pg_temp set plan_cache_mode = force_generic_plan as $$
      #variable_conflict use_column
      declare
        here constant int := space();
        readers constant int[] := reader_principals();
        held constant int[] := array(select unnest(of_principals) intersect select unnest(readers));
        mine constant int := held[1];
        is_last constant boolean := coalesce('last' = any (versions), false);
        is_first constant boolean := coalesce('first' = any (versions), false);
        unbounded constant int := null;
      begin
        if cardinality(held) = 0 then return; end if;
        if cardinality(held) = 1 and ids is null then ${pageOf(true, false)}
        elsif cardinality(held) = 1 then ${pageOf(true, true)}
        elsif ids is null then ${pageOf(false, false)}
        else ${pageOf(false, true)}
        end if;
      end $$;
      ${giveTo('ronda_deriver', [COLLECTED])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function ronda.${COLLECTED};`);
  }
}
