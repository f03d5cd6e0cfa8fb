import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import type { Statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { EventName } from './event-ids.js';
import type { ToldType } from './event.types.js';

/** An event that the reader is told. Its position and key never leave. */
export interface EventRow {
  position: number;
  key: number;
  type: ToldType;
  record_id: string;
  parent_id: string | null;
  occurred_at: Date;
  /** Of a recall. */
  reason: string | null;
  /** Subscriptions of the reader's organisation that match what it reads of the record now, in the order of their ids. */
  subscriptions: string[];
}

/**
 * Row-level security says which events the reader is told. Several in one instant of one record are one.
 * Parameters: $1 space, then by `where`, $4 number of rows.
 */
const text = (where: string): string => `
  with e as materialized (
    select e.* from ronda.event e
     where e.space = $1 and ${where}
       and not exists (select from ronda.event b where b.space = e.space and b.record_id = e.record_id
         and b.occurred_at = e.occurred_at and b.type = e.type and b.position < e.position)
     order by e.position limit $4)
  select e.position, e.key, e.type, e.record_id, e.parent_id, e.occurred_at, t.reason, coalesce(s.ids, '{}') as subscriptions
    from e
    left join lateral (select t.reason from ronda.tombstone t where e.type = 'incident.recalled' and t.space = e.space
      and t.record_id = e.record_id and t.reader_key = any (e.readers) limit 1) t on true
    left join lateral (
      select array_agg(s.id order by s.id) as ids
        from ronda.incident i
        cross join lateral (select v.* from ronda.incident_revision v where v.space = i.space and v.incident_key = i.key
          order by v.number desc limit 1) r
        join ronda.subscription s on s.space = e.space
       where i.space = e.space and i.key = e.record_key and e.type = 'incident.changed'
         and ronda.incident_passes(r.status, r.rsit_class, r.rsit_type, r.severity_band, r.sector, r.countries, r.tlp, false,
           s.statuses, s.classes, s.types, s.bands, s.sectors, s.countries, s.markings, false)
         and (s.organisations is null or exists (select from ronda.organisation o where o.id = any (s.organisations)
           and (o.key = i.owner_key or i.owner_key is null and exists (select from ronda.authorship_drawer d
             where d.space = i.space and d.incident_key = i.key and d.part = 0 and d.org_key = o.key))))
         and (cardinality(s.observable_ids) = 0 or exists (select from ronda.observable_appearance a
           where a.space = i.space and a.incident_key = i.key and a.observable_id = any (s.observable_ids)
             and a.since_number <= r.number and (a.until_number is null or a.until_number > r.number)))) s on true
   order by e.position`;

const between = statement('events-between', text('e.position > $2 and e.position <= $3'));
const byKey = statement('event-by-key', text('e.key = $2 and $3::bigint is null'));
const tip = statement('event-tip', 'select ronda.event_tip() as position');
const positionOf = statement('event-position', 'select ronda.event_position($1, $2, $3) as position');
const positionAt = statement('event-position-at', 'select ronda.event_position_at($1) as position');
const relay = statement('event-relay', 'select ronda.relay_events($1) as relayed');
const purge = statement('event-purge', 'select ronda.purge_events($1)');

type Position = { position: number | null };

@Injectable()
export class EventsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Of what the reader is told, the first behind a position and up to another. */
  between(after: number, upTo: number, most: number): Promise<EventRow[]> {
    return this.rows(between, [after, upTo, most]);
  }

  /** Undefined where the reader is not told of it any more. */
  async byKey(key: number): Promise<EventRow | undefined> {
    return (await this.rows(byKey, [key, null, 1]))[0];
  }

  /** Up to where events are relayed. */
  async tip(): Promise<number> {
    return (await this.work.query<Position>(tip))[0]?.position ?? 0;
  }

  /** Of an event that the caller was told; null where it is forgotten. */
  async positionOf({ recordId, type, at }: EventName): Promise<number | null> {
    return (await this.work.query<Position>(positionOf, [recordId, type, at]))[0]?.position ?? null;
  }

  async positionAt(at: Date): Promise<number> {
    return (await this.work.query<Position>(positionAt, [at]))[0]?.position ?? 0;
  }

  /** As nobody. @returns how many were given a position. */
  async relay(most: number): Promise<number> {
    return (await this.work.query<{ relayed: number }>(relay, [most]))[0]?.relayed ?? 0;
  }

  /** As nobody. */
  async purge(before: Date): Promise<void> {
    await this.work.query(purge, [before]);
  }

  private rows(asked: Statement, values: unknown[]): Promise<EventRow[]> {
    return this.work.query<EventRow & Record<string, unknown>>(asked, [this.work.space, ...values]);
  }
}
