import { Injectable } from '@nestjs/common';
import type { MispEvent } from '../../../codecs/misp/index.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** A MISP event as it came, to whoever reads the revision that it came with. */
export interface KeptEvent {
  incident_id: string;
  event_uuid: string;
  /** The revision, as the owner counts them, that it came or was changed with. */
  since_number: number;
  raw: MispEvent;
}

export interface NewKeptEvent {
  incident: string;
  uuid: string;
  /** Without the parts that stay with the owner, and with them. */
  readers: MispEvent;
  owner: MispEvent | null;
  /** By which its parts are asked for. */
  names: readonly string[];
}

const lock = statement('misp-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 7))');
const kept = statement(
  'misp-kept',
  `select i.id as incident_id, e.event_uuid, e.since_number, e.raw
     from unnest($2::uuid[]) wanted (id)
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = wanted.id offset 0) i
    cross join lateral (select r.number from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key order by r.number desc limit 1) v
    cross join lateral (select e.* from ronda.misp_event e where e.space = i.space and e.incident_key = i.key
        and e.since_number <= v.number and (e.until_number is null or v.number < e.until_number)
      order by e.reach limit 1) e`,
);
const end = statement(
  'misp-end',
  `update ronda.misp_event e set until_number = i.head from ronda.incident i
    where i.space = $1 and i.id = $2 and e.space = i.space and e.incident_key = i.key and e.until_number is null and e.since_number < i.head`,
);
const keep = statement(
  'misp-keep',
  `insert into ronda.misp_event (space, incident_key, since_number, reach, event_uuid, raw)
   select i.space, i.key, i.head, e.reach, e.uuid, e.raw
     from jsonb_to_recordset($3::jsonb) as e (reach text, uuid uuid, raw jsonb)
    cross join lateral (select i.space, i.key, i.head from ronda.incident i where i.space = $1 and i.id = $2 offset 0) i`,
);
const name = statement(
  'misp-name',
  `insert into ronda.misp_name (space, incident_key, uuid)
   select i.space, i.key, n.uuid from (select distinct unnest($3::uuid[])) n (uuid)
    cross join lateral (select i.space, i.key from ronda.incident i where i.space = $1 and i.id = $2 offset 0) i
   on conflict (space, incident_key, uuid) do nothing`,
);
// Ids that Ronda makes begin as their whole does: a record is found by any of them.
const named = statement(
  'misp-named',
  `select i.id from ronda.incident i where i.space = $1 and i.id between $2::uuid and $3::uuid
    union
   select i.id from ronda.misp_name n
    cross join lateral (select i.id from ronda.incident i where i.space = n.space and i.key = n.incident_key offset 0) i
    where n.space = $1 and n.uuid between $2::uuid and $3::uuid
    order by id limit 100`,
);
const anonymous = statement(
  'misp-anonymous',
  `select id, alias from ronda.incident where space = $1 and authorship = 'anonymous' order by id`,
);

// Of what the reader may read, whatever the revision: an event is looked into where any of it may be meant.
const perhaps = statement(
  'misp-perhaps',
  `select i.id,
          $3::text[] is null or r.facts::text ilike any ($4::text[])
            or exists (select from ronda.observable_appearance a
                where a.space = i.space and a.incident_key = i.key and a.value ilike any ($3))
            or exists (select from ronda.misp_event e
                where e.space = i.space and e.incident_key = i.key and e.raw::text ilike any ($4)) as has_value,
          $5::text[] is null or exists (select from ronda.misp_event e
            where e.space = i.space and e.incident_key = i.key and e.raw::text ilike any ($5)) as brings_tag
     from unnest($2::uuid[]) wanted (id)
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = wanted.id offset 0) i
    cross join lateral (select r.facts from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key order by r.number desc limit 1) r`,
);

/** Whether anything of a record may be a value, and anything that came with it a tag, that is looked for. */
export interface Perhaps {
  id: string;
  has_value: boolean;
  brings_tag: boolean;
}

/** What came as MISP events, beside the records that it became. */
@Injectable()
export class MispStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Until the end of the unit of work no other event of the organisation is filed: so that none is filed twice. */
  async lock(organisationKey: number): Promise<void> {
    await this.work.query(lock, [`${this.work.space} ${organisationKey}`]);
  }

  async kept(incidentIds: readonly string[]): Promise<Map<string, KeptEvent>> {
    if (incidentIds.length === 0) return new Map();
    const rows = await this.work.query<KeptEvent>(kept, [this.work.space, incidentIds]);
    return new Map(rows.map((row) => [row.incident_id, row]));
  }

  /** With the revision that has just been written. */
  keep({ incident, uuid, readers, owner, names }: NewKeptEvent): void {
    const { space } = this.work;
    const rows = [{ reach: 'readers', uuid, raw: readers }, ...(owner ? [{ reach: 'owner', uuid, raw: owner }] : [])];
    this.work.write(end, [space, incident]);
    this.work.write(keep, [space, incident, JSON.stringify(rows)]);
    this.work.write(name, [space, incident, names]);
  }

  /**
   * Of these records, which may say one of the words.
   * @param values null: any; else parts of texts, ASCII, as `tags`.
   */
  async perhaps(
    ids: readonly string[],
    { values, tags }: { values: readonly string[] | null; tags: readonly string[] | null },
  ): Promise<Map<string, Perhaps>> {
    if (ids.length === 0) return new Map();
    const within = (word: string): string => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
    const inJson = (word: string): string => within(JSON.stringify(word).slice(1, -1));
    const rows = await this.work.query<Perhaps>(perhaps, [
      this.work.space,
      ids,
      values?.map(within) ?? null,
      values?.map(inJson) ?? null,
      tags?.map(inJson) ?? null,
    ]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Ids of the records that the caller reads and that may be meant by an id between these. */
  async named(from: string, to: string): Promise<string[]> {
    const rows = await this.work.query<{ id: string }>(named, [this.work.space, from, to]);
    return rows.map(({ id }) => id);
  }

  /** The anonymous records that the caller reads: they are known by another id here. */
  anonymous(): Promise<{ id: string; alias: string }[]> {
    return this.work.query<{ id: string; alias: string }>(anonymous, [this.work.space]);
  }
}
