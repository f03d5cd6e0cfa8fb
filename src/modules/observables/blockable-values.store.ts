import { Injectable } from '@nestjs/common';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AppearanceFacts } from './appearance.rules.js';
import { saidBy } from './appearances.store.js';

/** A record, and what of one type it says to the reader. */
export interface SayingRecord {
  key: number;
  id: string;
  authorship: 'named' | 'anonymous';
  /** The internal number of the revision. */
  number: number;
  tlp: Tlp | null;
  pap: Pap;
  updated_at: Date;
  is_owner: boolean;
  /** The reader's own principals that let it in. */
  via: number[];
  said: { value: string; isForDetection: boolean; facts: AppearanceFacts }[];
}

// By key: the order is not shown to anybody.
const saying = statement(
  'blockable-values',
  `select i.key, i.id, i.authorship, i.is_owner, i.via, v.number, v.tlp, v.pap, v.created_at as updated_at,
          coalesce(s.said, '[]') as said
     from (select i.space, i.key, i.id, i.authorship, i.owner_readers && ronda.reader_principals() as is_owner,
             array(select reader from unnest(i.audience) reader where reader = any (ronda.reader_principals())) as via
             from ronda.incident i where i.space = $1 and i.key < $3 order by i.key desc limit $4) i
    cross join lateral (select r.number, r.tlp, r.pap, r.created_at from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key order by r.number desc limit 1) v
    cross join lateral (
      select jsonb_agg(jsonb_build_object('value', a.value, 'isForDetection', a.is_for_detection, 'facts', a.facts)) as said
        from ronda.observable_appearance a
       where a.space = i.space and a.incident_key = i.key and ${saidBy('v.number')} and a.type = $2
         and a.observable_id is not null) s
    order by i.key desc`,
);

/** What records say of one type, record by record, however many the reader reads. */
@Injectable()
export class BlockableValues {
  constructor(private readonly work: UnitOfWork) {}

  /** The newest before a record's key; at most `limit` records, each as the newest revision that the reader may read. */
  page(type: string, beforeKey: number, limit: number): Promise<SayingRecord[]> {
    return this.work.query<SayingRecord>(saying, [this.work.space, type, beforeKey, limit]);
  }
}
