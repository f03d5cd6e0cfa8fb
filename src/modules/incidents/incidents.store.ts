import { Injectable } from '@nestjs/common';
import { asJsonb } from '../../platform/database/as-jsonb.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Appearances } from '../observables/index.js';
import { SearchIndex } from '../search/index.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { selectRecords } from './incident-record.sql.js';
import { storedFacts, veiledFacts } from './incident.rows.js';
import type { FiledRow, IncidentRow, NewIncident, NewRevision, RevisionRow } from './incident.rows.js';

const byId = statement('incident-by-id', `${selectRecords} and i.id = $2`);
const byKeys = statement('incident-by-keys', `${selectRecords} and i.key = any ($2)`);
const keysByIds = statement(
  'incident-keys-by-ids',
  'select id, key from ronda.incident where space = $1 and id = any ($2::uuid[])',
);
const ownAnonymous = statement(
  'incident-own-anonymous',
  `select id from ronda.incident where space = $1 and id = any ($2::uuid[]) and authorship = 'anonymous'
      and owner_readers && ronda.reader_principals()`,
);
const lock = statement('incident-lock', 'select key from ronda.incident where space = $1 and id = $2 for update');
const insertIncident = statement(
  'incident-insert',
  `insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7, 1, $8)`,
);
/** Of an anonymous record, whose veil was drawn before: no principal of its owner's is in the row. */
const insertVeiled = statement(
  'incident-veiled-insert',
  `insert into ronda.incident (space, id, origin_node, authorship, alias, owner_readers, audience, head, created_at)
   select $1, $2, $3, 'anonymous', $4, array[v.principal_key], array[v.principal_key], 1, $5 from ronda.veil v
    where v.space = $1 and v.org_key = $6 and v.record_id = $2`,
);
const revisionOf = (incident: string, readers = '$4'): string => `
  insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap,
      rsit_class, rsit_type, severity_score, severity_band, sector, countries, facts, note)
   select i.space, i.key, $3, ${readers}, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 from ${incident}`;
const insertRevision = statement(
  'incident-revision-insert',
  revisionOf('ronda.incident i where i.space = $1 and i.id = $2'),
);
/** The same of a new record, which also gets its place in its readers' lists. */
const firstRevisionOf = (readers: string): string => `
   with i as materialized (select i.space, i.key, i.id, i.owner_readers from ronda.incident i where i.space = $1 and i.id = $2),
        revision as (${revisionOf('i', readers)})
   insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
   select i.space, 'incident', reader, i.key, i.id, $7 from i, unnest($4::int[]) reader`;
const insertFirstRevision = statement('incident-first-revision-insert', firstRevisionOf('$4'));
/** It is on the lists of those behind the veil, and its own readers are the veil's. */
const insertFirstVeiledRevision = statement(
  'incident-first-veiled-revision-insert',
  firstRevisionOf('i.owner_readers'),
);
const insertDrawer = statement(
  'incident-drawer-insert',
  `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key, external_references, note)
   select i.space, i.key, part, $4, $5, case when part > 0 then $6::jsonb end, case when part > 0 then $7 end
     from ronda.incident i, unnest($3::int[]) part where i.space = $1 and i.id = $2`,
);
const setHead = statement(
  'incident-set-head',
  `update ronda.incident set head = $3, owner_readers = $4, audience = $5, owner_key = $6, filer_key = $7, author_key = $8
    where space = $1 and key = $2`,
);
const audience = statement('incident-audience', 'select audience from ronda.incident where space = $1 and key = $2');
const openRevision = statement(
  'incident-revision-open',
  `update ronda.incident_revision set audience = (select array_agg(distinct reader) from unnest(audience || $4::int[]) reader)
    where space = $1 and incident_key = $2 and number = $3`,
);
const setAudience = statement(
  'incident-set-audience',
  `update ronda.incident set audience = $3 where space = $1 and key = $2`,
);
const revisions = statement(
  'incident-revisions',
  `select r.number, r.change, coalesce(r.note, d.note) as note, u.id as author_id, u.display_name as author_name, r.created_at,
          r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type, r.sector, r.countries,
          d.external_references is not null as is_veiled,
          case when d.external_references is null then r.facts
            else jsonb_set(r.facts, '{externalReferences}', d.external_references) end as facts
     from ronda.incident_revision r
     left join ronda.authorship_drawer d on d.space = r.space and d.incident_key = r.incident_key and d.part = r.number
     left join ronda.user_account u on u.key = coalesce(r.author_key, d.user_key)
    where r.space = $1 and r.incident_key = $2 order by r.number`,
);
const filers = statement('incident-filers', 'select key, id, name from ronda.organisation where key = any ($1)');
const readableNumbers = statement(
  'incident-readable-numbers',
  `select r.incident_key as key, array_agg(r.number) as numbers from ronda.incident_revision r
    where r.space = $1 and r.incident_key = any ($2) group by r.incident_key`,
);

@Injectable()
export class IncidentsStore {
  constructor(
    private readonly work: UnitOfWork,
    private readonly drawers: AuthorshipDrawers,
    private readonly search: SearchIndex,
    private readonly observables: Appearances,
  ) {}

  async byId(id: string): Promise<IncidentRow | undefined> {
    return (await this.drawers.open(await this.work.query<IncidentRow>(byId, [this.work.space, id])))[0];
  }

  async byKeys(keys: number[]): Promise<IncidentRow[]> {
    return this.drawers.open(await this.work.query<IncidentRow>(byKeys, [this.work.space, keys]));
  }

  async keysByIds(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.work.query<{ id: string; key: number }>(keysByIds, [this.work.space, ids]);
    return new Map(rows.map(({ id, key }) => [id, key]));
  }

  async ownAnonymous(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.work.query<{ id: string }>(ownAnonymous, [this.work.space, ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Organisations by their keys, of those that the reader may know. */
  async filers(keys: number[]): Promise<Map<number, { id: string; name: string }>> {
    const rows = await this.work.query<{ key: number; id: string; name: string }>(filers, [keys]);
    return new Map(rows.map(({ key, id, name }) => [key, { id, name }]));
  }

  /** Keeps other writers of this record out until the end of the unit of work. Sees only what the caller's side owns. */
  async lock(id: string): Promise<void> {
    await this.work.query(lock, [this.work.space, id]);
  }

  /**
   * The statements leave together, and each later one finds the record by its id.
   * @returns what its owner would be shown of it, which nothing has to be read for.
   */
  file(record: NewIncident): FiledRow {
    const { space, at } = this.work;
    const { owner, revision } = record;
    const isNamed = record.authorship === 'named';
    const { id, originNode, authorKey, ownerReaders } = record;
    const values = this.revisionValues(id, 1, revision, isNamed);
    if (isNamed) {
      this.work.write(insertIncident, [space, id, originNode, 'named', owner.key, authorKey, ownerReaders, at]);
      this.work.write(insertFirstRevision, values);
    } else {
      this.drawers.veil([{ id, owner: owner.key, holders: ownerReaders }]);
      this.work.write(insertVeiled, [space, id, originNode, record.alias, at, owner.key]);
      this.work.write(insertFirstVeiledRevision, values);
      this.writeDrawer(id, [0, 1], owner.key, revision);
    }
    this.search.writeRevision(id, 1, revision.content);
    this.observables.write([{ incidentId: id, number: 1, appearances: revision.observables?.added ?? [] }]);
    const { marking, rsit, sector, countries } = revision.content;
    return {
      id: record.id,
      origin_node: record.originNode,
      authorship: record.authorship,
      alias: record.alias,
      quarantined_at: null,
      is_owner: true,
      is_filer: false,
      owner_key: owner.key,
      filer_key: null,
      owner_id: owner.id,
      owner_name: owner.name,
      owner_country: owner.country,
      via: record.ownerReaders,
      number: 1,
      revision: 1,
      updated_at: at,
      status: revision.status,
      tlp: marking.tlp,
      pap: marking.pap,
      rsit_class: rsit?.class ?? null,
      rsit_type: rsit?.type ?? null,
      sector,
      countries,
      facts: asJsonb(storedFacts(revision)),
    };
  }

  /** Adds a revision and makes it the head. The audience keeps whoever reads a release, and changes with the owner's side. */
  async revise(
    row: IncidentRow,
    revision: NewRevision & { ownerReaders: number[] },
    side: { ownerKey: number | null; authorKey: number | null; filerKey: number | null; organisationKey: number },
  ): Promise<void> {
    const { space } = this.work;
    const [current] = await this.work.query<{ audience: number[] }>(audience, [space, row.key]);
    const others = (current?.audience ?? []).filter((reader) => !row.owner_readers.includes(reader));
    const filer = side.filerKey === null ? [] : [side.filerKey];
    const isNamed = row.authorship === 'named';
    const number = row.head + 1;
    // In this order: whoever hands the record over is no longer its owner's side behind the last.
    this.work.write(insertRevision, this.revisionValues(row.id, number, revision, isNamed));
    // What the caller has read is the head, or the words of the head are not its to know.
    this.search.writeRevision(row.id, number, revision.content, row.number === row.head ? row.facts : null);
    if (!isNamed) this.writeDrawer(row.id, [number], side.organisationKey, revision);
    const { added = [], ended = [] } = revision.observables ?? {};
    // What is said otherwise ends where what is said instead begins.
    this.observables.end(row.key, ended, number);
    this.observables.write([{ incidentId: row.id, number, appearances: added }]);
    this.work.write(setHead, [
      space,
      row.key,
      number,
      revision.ownerReaders,
      [...new Set([...revision.ownerReaders, ...filer, ...others])],
      side.ownerKey,
      side.filerKey,
      side.authorKey,
    ]);
  }

  /** Lets the principals of a release, beside the owner's side and the filer, read the revision it binds; nobody else. */
  applyRelease(
    row: Pick<IncidentRow, 'key' | 'owner_readers' | 'filer_key'>,
    number: number,
    principals: number[],
  ): void {
    const { space } = this.work;
    const filer = row.filer_key === null ? [] : [row.filer_key];
    this.work.write(openRevision, [space, row.key, number, principals]);
    this.work.write(setAudience, [space, row.key, [...new Set([...row.owner_readers, ...filer, ...principals])]]);
  }

  /** Revisions the caller may read, oldest first. */
  revisions(key: number): Promise<RevisionRow[]> {
    return this.work.query<RevisionRow>(revisions, [this.work.space, key]);
  }

  /** By record: the internal numbers of the revisions the caller may read. */
  async readableNumbers(keys: number[]): Promise<Map<number, number[]>> {
    const rows = await this.work.query<{ key: number; numbers: number[] }>(readableNumbers, [this.work.space, keys]);
    return new Map(rows.map(({ key, numbers }) => [key, numbers]));
  }

  /** What of a revision is its owner's alone: who wrote it, why, and by what names the filer knows it. */
  private writeDrawer(id: string, parts: number[], ownerKey: number, revision: NewRevision): void {
    const { externalReferences } = revision.content;
    const { authorKey, note } = revision;
    const values = [ownerKey, authorKey, JSON.stringify(externalReferences), note ?? null];
    this.work.write(insertDrawer, [this.work.space, id, parts, ...values]);
  }

  private revisionValues(id: string, number: number, revision: NewRevision, isNamed: boolean): unknown[] {
    const { marking, rsit, sector, countries } = revision.content;
    return [
      this.work.space,
      id,
      number,
      revision.readers,
      revision.change,
      isNamed ? revision.authorKey : null,
      this.work.at,
      revision.status,
      marking.tlp,
      marking.pap,
      rsit?.class ?? null,
      rsit?.type ?? null,
      revision.severity.shared?.score ?? null,
      revision.severity.shared?.band ?? null,
      sector,
      countries,
      JSON.stringify(isNamed ? storedFacts(revision) : veiledFacts(revision)),
      isNamed ? (revision.note ?? null) : null,
    ];
  }
}
