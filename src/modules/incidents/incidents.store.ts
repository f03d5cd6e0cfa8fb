import { Injectable } from '@nestjs/common';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { asJsonb } from '../../platform/database/as-jsonb.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import { SearchIndex } from '../search/index.js';
import type { AssessedSeverity, IncidentContent } from './incident.content.js';
import { branchesFor, listStatement } from './incident-list.sql.js';
import { foundNewest, foundRanked } from './incident-search.sql.js';
import { selectRecords } from './incident-record.sql.js';
import type { Status } from './incident.rules.js';

/** What a revision's `facts` column holds: the content but for what has a column of its own. */
export type StoredFacts = Omit<IncidentContent, 'marking' | 'rsit' | 'sector' | 'countries' | 'severity'> & {
  severity: { own: AssessedSeverity | null; shared: AssessedSeverity | null; given: Record<string, string> | null };
};

/** What is shown of a record to one reader: of the newest revision it may read. */
export interface ShownRow {
  key: number;
  id: string;
  origin_node: string;
  authorship: 'named' | 'anonymous';
  is_owner: boolean;
  is_filer: boolean;
  /** Null where it is anonymous and the reader is not of its owner's side; so are the owner's facts below. */
  owner_key: number | null;
  filer_key: number | null;
  owner_id: string | null;
  owner_name: string | null;
  owner_country: string | null;
  /** The reader's own principals that let it in. */
  via: number[];
  /** The internal number of the revision; never shown. */
  number: number;
  /** How many revisions the reader may read up to this one: the number it sees. */
  revision: number;
  updated_at: Date;
  status: Status;
  tlp: Tlp | null;
  pap: Pap;
  rsit_class: string | null;
  rsit_type: string | null;
  sector: string | null;
  countries: string[];
  facts: StoredFacts;
}

/** Found by its words; with the comments that matched. */
export interface FoundIncidentRow extends ShownRow {
  since: Date;
  /** Of the record's own words; the greatest of its texts'. */
  rank: number;
  is_common: boolean;
  said: { id: string; body: string }[] | null;
}

/** What has just been filed: its key is the database's, and nobody asked for it. */
export type FiledRow = Omit<ShownRow, 'key'>;

/** With what a change has to know. */
export interface IncidentRow extends ShownRow {
  /** The number of the newest revision of all. */
  head: number;
  author_key: number | null;
  owner_readers: number[];
}

export interface RevisionRow {
  number: number;
  change: string;
  note: string | null;
  author_id: string | null;
  author_name: string | null;
  created_at: Date;
  status: Status;
  tlp: Tlp | null;
  pap: Pap;
  rsit_class: string | null;
  rsit_type: string | null;
  sector: string | null;
  countries: string[];
  facts: StoredFacts;
}

export interface NewRevision {
  change: string;
  note?: string | undefined;
  status: Status;
  content: IncidentContent;
  severity: { own: AssessedSeverity | null; shared: AssessedSeverity | null };
  /** Principals that read this revision from the start: the owner's side, and a filer that hands it over. */
  readers: number[];
  authorKey: number;
}

export interface NewIncident {
  id: string;
  originNode: string;
  authorship: 'named' | 'anonymous';
  owner: { key: number; id: string; name: string; country: string | null };
  authorKey: number;
  ownerReaders: number[];
  revision: NewRevision;
}

export interface ListFilters {
  status?: string[];
  class?: string[];
  type?: string[];
  severityBand?: string[];
  sector?: string[];
  country?: string[];
  organisation?: string[];
  tlp?: string[];
  since?: string;
  until?: string;
  isTriageQueue?: boolean;
}

const byId = statement('incident-by-id', `${selectRecords} and i.id = $2`);
const byKeys = statement('incident-by-keys', `${selectRecords} and i.key = any ($2)`);
const lock = statement('incident-lock', 'select key from ronda.incident where space = $1 and id = $2 for update');
const insertIncident = statement(
  'incident-insert',
  `insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7, 1, $8)`,
);
const revisionOf = (incident: string): string => `
  insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap,
      rsit_class, rsit_type, severity_score, severity_band, sector, countries, facts, note)
   select i.space, i.key, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 from ${incident}`;
const insertRevision = statement(
  'incident-revision-insert',
  revisionOf('ronda.incident i where i.space = $1 and i.id = $2'),
);
/** The same of a new record, which also gets its place in its readers' lists. */
const insertFirstRevision = statement(
  'incident-first-revision-insert',
  `with i as materialized (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = $2),
        revision as (${revisionOf('i')})
   insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
   select i.space, 'incident', reader, i.key, i.id, $7 from i, unnest($4::int[]) reader`,
);
const insertDrawer = statement(
  'incident-drawer-insert',
  `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key)
   select i.space, i.key, $3, $4, $5 from ronda.incident i where i.space = $1 and i.id = $2`,
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
  `select r.number, r.change, r.note, u.id as author_id, u.display_name as author_name, r.created_at, r.status, r.tlp, r.pap,
          r.rsit_class, r.rsit_type, r.sector, r.countries, r.facts
     from ronda.incident_revision r
     left join ronda.authorship_drawer d on d.space = r.space and d.incident_key = r.incident_key and d.part = r.number
     left join ronda.user_account u on u.key = coalesce(r.author_key, d.user_key)
    where r.space = $1 and r.incident_key = $2 order by r.number`,
);
const drawers = statement(
  'incident-drawers',
  `select d.incident_key as key, d.org_key as owner_key, d.user_key as author_key, o.id as owner_id, o.name as owner_name,
          o.country as owner_country
     from ronda.authorship_drawer d join ronda.organisation o on o.key = d.org_key
    where d.space = $1 and d.incident_key = any ($2) and d.part = 0`,
);
const filers = statement('incident-filers', 'select key, id, name from ronda.organisation where key = any ($1)');
const readableNumbers = statement(
  'incident-readable-numbers',
  `select r.incident_key as key, array_agg(r.number) as numbers from ronda.incident_revision r
    where r.space = $1 and r.incident_key = any ($2) group by r.incident_key`,
);

/** Of a national CERT in a few groups. */
const TYPICALLY_HELD = 16;
const GUESSES_KEPT = 10_000;

@Injectable()
export class IncidentsStore {
  /** How many principals a reader held when it last listed. A guess at the length of a text, and at nothing else. */
  private readonly lastHeld = new Map<number, number>();

  constructor(
    private readonly work: UnitOfWork,
    private readonly search: SearchIndex,
  ) {}

  async byId(id: string): Promise<IncidentRow | undefined> {
    return (await this.unveil(await this.work.query<IncidentRow>(byId, [this.work.space, id])))[0];
  }

  async byKeys(keys: number[]): Promise<IncidentRow[]> {
    return this.unveil(await this.work.query<IncidentRow>(byKeys, [this.work.space, keys]));
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
    this.work.write(insertIncident, [
      space,
      record.id,
      record.originNode,
      record.authorship,
      isNamed ? owner.key : null,
      isNamed ? record.authorKey : null,
      record.ownerReaders,
      at,
    ]);
    this.work.write(insertFirstRevision, this.revisionValues(record.id, 1, revision, isNamed));
    this.search.writeRevision(record.id, 1, revision.content);
    if (!isNamed)
      for (const part of [0, 1]) this.work.write(insertDrawer, [space, record.id, part, owner.key, record.authorKey]);
    const { marking, rsit, sector, countries } = revision.content;
    return {
      id: record.id,
      origin_node: record.originNode,
      authorship: record.authorship,
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
    if (!isNamed) this.work.write(insertDrawer, [space, row.id, number, side.organisationKey, revision.authorKey]);
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

  /** One more row than the limit, where there is one. */
  async list(
    readerKey: number,
    filters: ListFilters,
    page: { limit: number; after: CursorKeys | null; sort: 'newest' | 'oldest' },
  ): Promise<(ShownRow & { since: Date })[]> {
    const rows = await this.eachReader(readerKey, (branches) =>
      this.work.query<ShownRow & { since: Date }>(listStatement('page', branches, page.sort, filters), [
        ...this.filterValues(filters),
        page.after?.at ?? (page.sort === 'newest' ? 'infinity' : '-infinity'),
        page.after?.id ??
          (page.sort === 'newest' ? 'ffffffff-ffff-ffff-ffff-ffffffffffff' : '00000000-0000-0000-0000-000000000000'),
        page.limit + 1,
      ]),
    );
    return this.unveil(rows);
  }

  /** @param values of the statement, behind the space. */
  async found(sort: 'newest' | 'ranked', values: unknown[]): Promise<FoundIncidentRow[]> {
    const asked = sort === 'newest' ? foundNewest : foundRanked;
    return this.unveil(await this.work.query<FoundIncidentRow>(asked, [this.work.space, ...values]));
  }

  /** How many the reader may read, exact to 10,000. */
  async count(readerKey: number, filters: ListFilters): Promise<number | { atLeast: number }> {
    const [row] = await this.eachReader(readerKey, (branches) =>
      this.work.query<{ total: number }>(
        listStatement('count', branches, 'newest', filters),
        this.filterValues(filters),
      ),
    );
    const total = row?.total ?? 0;
    return total > 10_000 ? { atLeast: 10_000 } : total;
  }

  /**
   * The list merges one index scan for each principal of the reader, so its text depends on how many there are. The
   * database alone knows, and is asked beside the rows; what it said last is the guess, and one too low is asked again.
   */
  private async eachReader<R>(readerKey: number, query: (branches: number) => Promise<R[]>): Promise<R[]> {
    for (;;) {
      const branches = branchesFor(this.lastHeld.get(readerKey) ?? TYPICALLY_HELD);
      const [rows, held] = await Promise.all([query(branches), this.heldPrincipals()]);
      if (this.lastHeld.size >= GUESSES_KEPT) this.lastHeld.clear();
      this.lastHeld.set(readerKey, held);
      if (held <= branches) return rows;
    }
  }

  /** Opens the drawer of what is anonymous, for its owner's side: nobody else's opens. */
  private async unveil<R extends ShownRow>(rows: R[]): Promise<R[]> {
    const veiled = rows.filter((row) => row.owner_key === null && row.is_owner).map(({ key }) => key);
    if (veiled.length === 0) return rows;
    type Drawer = Pick<IncidentRow, 'key' | 'author_key' | 'owner_key' | 'owner_id' | 'owner_name' | 'owner_country'>;
    const opened = await this.work.query<Drawer>(drawers, [this.work.space, veiled]);
    const byKey = new Map(opened.map((drawer) => [drawer.key, drawer]));
    return rows.map((row) => ({ ...row, ...byKey.get(row.key) }));
  }

  private async heldPrincipals(): Promise<number> {
    const [row] = await this.work.query<{ held: number }>(held);
    return row?.held ?? 0;
  }

  private filterValues(filters: ListFilters): unknown[] {
    return [
      this.work.space,
      filters.status ?? null,
      filters.class ?? null,
      filters.type ?? null,
      filters.severityBand ?? null,
      filters.sector ?? null,
      filters.country ?? null,
      filters.organisation ?? null,
      filters.tlp ?? null,
      filters.since ?? null,
      filters.until ?? null,
      filters.isTriageQueue ?? false,
    ];
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
      JSON.stringify(storedFacts(revision)),
      revision.note ?? null,
    ];
  }
}

/** What the column `facts` holds of a revision. */
export function storedFacts({ content, severity }: Pick<NewRevision, 'content' | 'severity'>): StoredFacts {
  const { marking, rsit, sector, countries, severity: given, ...rest } = content;
  return { ...rest, severity: { ...severity, given } };
}

const held = statement('incident-held', 'select cardinality(ronda.reader_principals()) as held');
