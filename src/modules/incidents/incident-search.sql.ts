import { statement } from '../../platform/database/statement.js';
import { searchCall } from '../search/index.js';
import { ownerColumns, ownerJoin, revisionJoin, shownColumns } from './incident-record.sql.js';

/**
 * What was found, read under row-level security in the same statement: the index says which records and comments, and
 * nothing of what they say. Parameters: $1 to $17 of `searchCall`, then for ranked $18 to $20 the last row before and $21
 * the number of rows.
 */
const text = (order: string, page: string): string => `
  with me as materialized (select ronda.reader_principals() as p),
  f as materialized (select s.* from ${searchCall} s ${page})
  select ${shownColumns}, ${ownerColumns}, f.since, f.rank, f.is_common,
         (select json_agg(json_build_object('id', c.id, 'body', c.body) order by c.created_at, c.id) from ronda.incident_comment c
           where c.space = i.space and c.key = any (f.comments) and c.deleted_at is null) as said
    from f cross join me join ronda.incident i on i.space = $1 and i.key = f.record_key ${revisionJoin} ${ownerJoin('i')}
   order by ${order}`;

export const foundNewest = statement('incident-found-newest', text('f.since desc, i.id desc', ''));
export const foundRanked = statement(
  'incident-found-ranked',
  text(
    'f.rank desc, f.since desc, i.id desc',
    `where (s.rank, s.since, s.record_id) < ($18::real, $19::timestamptz, $20::uuid)
      order by s.rank desc, s.since desc, s.record_id desc limit $21`,
  ),
);
