import { Injectable } from '@nestjs/common';
import { ListBranches } from '../../platform/database/list-branches.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import { SearchIndex } from '../search/index.js';
import { listAdvisories, queueAdvisories, selectAdvisory } from './advisory-record.sql.js';
import type {
  AdvisoryFilters,
  AdvisoryRow,
  NewRevision,
  QueuedRow,
  ReceivedFromRow,
  RevisionRow,
  SourceRow,
} from './advisory.rows.js';
import type { AdvisoryStatus } from './advisory.rules.js';

const byId = statement('advisory-by-id', selectAdvisory);
const queue = statement('advisory-queue', queueAdvisories);
const idOf = statement('advisory-id', 'select id from ronda.advisory where space = $1 and key = $2');
const lock = statement('advisory-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))');
const insert = statement(
  'advisory-insert',
  `insert into ronda.advisory (space, id, origin_node, owner_key, author_key, owner_readers, reviewers, audience, head, status, created_at, is_unmarked)
   values ($1, $2, $3, $4, $5, $6, '{}', $6, 1, 'draft', $7, $8)`,
);
const insertRevision = statement(
  'advisory-revision-insert',
  `insert into ronda.advisory_revision (space, advisory_key, number, audience, author_key, created_at, version, summary_of_changes,
      tlp, pap, kind, chosen, joint, is_urgent, source_count, acknowledge_within_hours, content)
   select a.space, a.key, $3, a.owner_readers, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
     from ronda.advisory a where a.space = $1 and a.id = $2`,
);
const insertSources = statement(
  'advisory-source-insert',
  `insert into ronda.advisory_source (space, advisory_key, number, incident_key)
   select a.space, a.key, $3, named from ronda.advisory a, unnest($4::bigint[]) named where a.space = $1 and a.id = $2`,
);
const publishReaders = statement('advisory-readers', 'select ronda.publish_advisory_readers($1, $2, $3)');
const tell = statement('advisory-tell', 'select ronda.tell_advisory($1, $2)');
const keyOf = statement('advisory-key', 'select key from ronda.advisory where space = $1 and id = $2');
const setOwners = statement(
  'advisory-owners',
  `update ronda.advisory a set owner_readers = $3, opened_from = case when a.owner_readers = array[a.author_key] then a.head + 1 else a.opened_from end,
      audience = array(select distinct reader from unnest($3::int[] || a.audience) reader where not reader = any (a.owner_readers) or reader = any ($3))
    where space = $1 and key = $2`,
);
const setHead = statement(
  'advisory-head',
  'update ronda.advisory set head = $3, status = $4 where space = $1 and key = $2',
);
const mark = statement(
  'advisory-mark',
  'update ronda.advisory set is_unmarked = false where space = $1 and key = $2 and is_unmarked',
);
const move = statement('advisory-move', 'update ronda.advisory set status = $3 where space = $1 and key = $2');
const receive = statement(
  'advisory-receive',
  `update ronda.advisory set status = 'received' where space = $1 and id = $2`,
);
const receivedFrom = statement(
  'advisory-received-from',
  `select g.advisory_key, g.document #>> '{document,publisher,name}' as publisher, g.namespace, g.tracking_id, g.version
     from ronda.advisory_origin g where g.space = $1 and g.advisory_key = any ($2) and g.content is not null`,
);
const submit = statement(
  'advisory-submit',
  `update ronda.advisory set status = 'in-review', submitted_at = $3, review_by = $4 where space = $1 and key = $2`,
);
const setReviewers = statement(
  'advisory-reviewers',
  'update ronda.advisory set reviewers = $3 where space = $1 and key = $2',
);
const openRevision = statement(
  'advisory-open-revision',
  `update ronda.advisory_revision r set published_at = $4, published_by = $5,
      audience = array(select distinct reader from unnest(a.owner_readers || r.joint || $6::int[]) reader),
      acknowledge_by = $4::timestamptz + make_interval(hours => r.acknowledge_within_hours)
     from ronda.advisory a
    where a.space = $1 and a.key = $2 and r.space = a.space and r.advisory_key = a.key and r.number = $3`,
);
const publish = statement(
  'advisory-publish',
  `update ronda.advisory a set status = 'published', published = $3, interim_until = $4, acknowledge_by = r.acknowledge_by,
      reviewers = case when $4::timestamptz is null then '{}' else a.reviewers end,
      audience = array(select distinct reader from unnest(a.owner_readers || r.joint || $5::int[]) reader)
     from ronda.advisory_revision r
    where a.space = $1 and a.key = $2 and r.space = a.space and r.advisory_key = a.key and r.number = $3`,
);
const setFinal = statement(
  'advisory-final',
  `update ronda.advisory_revision set interim_version = version, version = $4, settled_at = $5
    where space = $1 and advisory_key = $2 and number = $3`,
);
const settle = statement(
  'advisory-settle',
  `update ronda.advisory set interim_until = null, reviewers = '{}' where space = $1 and key = $2`,
);
const withdraw = statement(
  'advisory-withdraw',
  `update ronda.advisory a set status = 'withdrawn', withdrawn_at = $3, withdrawn_because = $4, interim_until = null, acknowledge_by = null, reviewers = '{}',
      audience = a.owner_readers where space = $1 and key = $2`,
);
const revisions = statement(
  'advisory-revisions',
  `select r.number, r.version, r.interim_version, r.settled_at, r.summary_of_changes, r.author_key, u.id as author_id, u.display_name as author_name, r.created_at,
          r.published_at, r.tlp, r.pap, r.kind, r.content
     from ronda.advisory_revision r left join ronda.user_account u on u.key = r.author_key
    where r.space = $1 and r.advisory_key = $2 order by r.number`,
);
const authors = statement(
  'advisory-authors',
  `select r.advisory_key, array_agg(distinct r.author_key) as authors from ronda.advisory_revision r
    where r.space = $1 and r.advisory_key = any ($2) and r.version = (select h.version from ronda.advisory_revision h
      where h.space = r.space and h.advisory_key = r.advisory_key order by h.number desc limit 1)
    group by r.advisory_key`,
);
const sources = statement(
  'advisory-sources',
  `select s.advisory_key, s.number, i.id as incident_id from ronda.advisory_source s
     join ronda.incident i on i.space = s.space and i.key = s.incident_key
    where s.space = $1 and s.advisory_key = any ($2) order by i.id`,
);
const shown = statement(
  'advisory-shown',
  `with me as materialized (select ronda.reader_principals() as p)
   select a.id, a.key, r.number, r.published_at, a.owner_readers && me.p as is_owner,
          array(select reader from unnest(a.audience) reader where reader = any (me.p)) as via
     from me, ronda.advisory a join ronda.advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = a.published
    where a.space = $1 and a.key = any ($2)`,
);
const remind = statement(
  'advisory-remind',
  'update ronda.advisory_revision set reminded_at = $4 where space = $1 and advisory_key = $2 and number = $3 and reminded_at is null returning number',
);
const due = statement('advisory-due', 'select space, advisory_id, user_key, what from ronda.due_advisories($1)');

/** What is due of an advisory: an interim may be settled, or its hour is over; or an acknowledgement was asked for by now. */
export type AdvisoryDue = 'interim' | 'lapse' | 'reminder';

/** Every query of advisories and of their revisions. What is said in review is in review.store.ts. */
@Injectable()
export class AdvisoriesStore {
  private readonly branches: ListBranches;

  constructor(
    private readonly work: UnitOfWork,
    private readonly search: SearchIndex,
  ) {
    this.branches = new ListBranches(work);
  }

  async byId(id: string): Promise<AdvisoryRow | undefined> {
    return (await this.work.query<AdvisoryRow>(byId, [this.work.space, id]))[0];
  }

  async idOf(key: number): Promise<string | undefined> {
    return (await this.work.query<{ id: string }>(idOf, [this.work.space, key]))[0]?.id;
  }

  /** One more row than the limit, where there is one. */
  list(
    readerKey: number,
    filters: AdvisoryFilters,
    limit: number,
    after: CursorKeys | null,
  ): Promise<(AdvisoryRow & { since: Date })[]> {
    return this.branches.each(readerKey, (branches) =>
      this.work.query<AdvisoryRow & { since: Date }>(listAdvisories('page', branches), [
        ...this.filterValues(filters),
        after?.at ?? 'infinity',
        after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
        limit + 1,
      ]),
    );
  }

  /** How many the reader may read, exact to 10,000. */
  async count(readerKey: number, filters: AdvisoryFilters): Promise<number | { atLeast: number }> {
    const [row] = await this.branches.each(readerKey, (branches) =>
      this.work.query<{ total: number }>(listAdvisories('count', branches), this.filterValues(filters)),
    );
    const total = row?.total ?? 0;
    return total > 10_000 ? { atLeast: 10_000 } : total;
  }

  /** What may wait for the caller, the longest first. */
  queue(): Promise<QueuedRow[]> {
    return this.work.query<QueuedRow>(queue);
  }

  /** Makes changes to one advisory wait for each other, whoever of its readers makes them: reviewers may not lock its row. */
  async lock(id: string): Promise<void> {
    await this.work.query(lock, [`advisory ${this.work.space} ${id}`]);
  }

  async insert(record: {
    id: string;
    originNode: string;
    ownerKey: number;
    authorKey: number;
    ownerReaders: number[];
    isUnmarked: boolean;
    revision: NewRevision;
  }): Promise<void> {
    const { space, at } = this.work;
    const { id, originNode, ownerKey, authorKey, ownerReaders, isUnmarked, revision } = record;
    this.work.write(insert, [space, id, originNode, ownerKey, authorKey, ownerReaders, at, isUnmarked]);
    this.writeRevision(id, 1, revision);
    const [row] = await this.work.query<{ key: number }>(keyOf, [space, id]);
    if (row) await this.listFor(row.key, ownerReaders);
  }

  /** Adds a revision and makes it the head. Its readers are the owner's side. */
  revise(row: AdvisoryRow, revision: NewRevision, status: AdvisoryStatus): void {
    this.writeRevision(row.id, row.head + 1, revision);
    this.work.write(setHead, [this.work.space, row.key, row.head + 1, status]);
  }

  /** Moves the owner's side with the marking: RED is its author's, and what was RED stays so. The next revision follows. */
  setOwners(key: number, ownerReaders: number[]): void {
    this.work.write(setOwners, [this.work.space, key, ownerReaders]);
  }

  /** Somebody said how far it may go. */
  mark(key: number): void {
    this.work.write(mark, [this.work.space, key]);
  }

  move(key: number, status: AdvisoryStatus): void {
    this.work.write(move, [this.work.space, key, status]);
  }

  /** From now on it is as it came. */
  receive(id: string): void {
    this.work.write(receive, [this.work.space, id]);
  }

  /** Whose words they are, of those that are kept as they came. */
  receivedFrom(keys: readonly number[]): Promise<ReceivedFromRow[]> {
    return this.work.query<ReceivedFromRow>(receivedFrom, [this.work.space, keys]);
  }

  submit(key: number, reviewBy: Date | null): void {
    this.work.write(submit, [this.work.space, key, this.work.at, reviewBy]);
  }

  setReviewers(key: number, principals: readonly number[]): void {
    this.work.write(setReviewers, [this.work.space, key, principals]);
  }

  /** Replaces who lists it, keeping since when for those who stay. */
  async listFor(key: number, principals: readonly number[]): Promise<void> {
    await this.work.query(publishReaders, [key, [...new Set(principals)], this.work.at]);
  }

  /** Lets the principals of its release read the revision, beside the owner's side and those that issue it too. */
  async publish(
    row: AdvisoryRow,
    { principals, interimUntil, by }: { principals: readonly number[]; interimUntil: Date | null; by: number },
  ): Promise<void> {
    const { space, at } = this.work;
    this.work.write(openRevision, [space, row.key, row.head, at, by, principals]);
    this.work.write(publish, [space, row.key, row.head, interimUntil, principals]);
    const reviewing = interimUntil === null ? [] : row.reviewers;
    await this.listFor(row.key, [...row.owner_readers, ...row.joint, ...principals, ...reviewing]);
    await this.work.query(tell, [row.key, 'advisory.published']);
  }

  /** @param version as which it is out from now on. */
  settle({ key, published }: AdvisoryRow, version: string): void {
    const { space, at } = this.work;
    this.work.write(setFinal, [space, key, published, version, at]);
    this.work.write(settle, [space, key]);
  }

  withdraw(key: number, because: string): void {
    this.work.write(withdraw, [this.work.space, key, this.work.at, because]);
  }

  /** Revisions the caller may read, oldest first. */
  revisions(key: number): Promise<RevisionRow[]> {
    return this.work.query<RevisionRow>(revisions, [this.work.space, key]);
  }

  /** By advisory: who wrote any of the newest version. */
  async authors(keys: readonly number[]): Promise<Map<number, number[]>> {
    const rows = await this.work.query<{ advisory_key: number; authors: number[] }>(authors, [this.work.space, keys]);
    return new Map(rows.map((row) => [row.advisory_key, row.authors]));
  }

  /** Of those of the sources that the caller may read. */
  sources(keys: readonly number[]): Promise<SourceRow[]> {
    return this.work.query<SourceRow>(sources, [this.work.space, keys]);
  }

  /** What receipts of the versions that are out depend on. */
  shown(
    keys: readonly number[],
  ): Promise<Pick<AdvisoryRow, 'id' | 'key' | 'number' | 'is_owner' | 'published_at' | 'via'>[]> {
    return this.work.query(shown, [this.work.space, keys]);
  }

  /** Tells whoever was asked to acknowledge it and has not. @returns false where somebody else did. */
  async remind(key: number, number: number): Promise<boolean> {
    if ((await this.work.query(remind, [this.work.space, key, number, this.work.at])).length === 0) return false;
    await this.work.query(tell, [key, 'advisory.acknowledgement-due']);
    return true;
  }

  due(at: Date): Promise<{ space: number; advisory_id: string; user_key: number; what: AdvisoryDue }[]> {
    return this.work.query(due, [at]);
  }

  private writeRevision(id: string, number: number, revision: NewRevision): void {
    const { space, at } = this.work;
    this.work.write(insertRevision, [
      space,
      id,
      number,
      revision.authorKey,
      at,
      revision.version,
      revision.summaryOfChanges,
      revision.tlp,
      revision.pap,
      revision.kind,
      JSON.stringify(revision.chosen),
      revision.joint,
      revision.isUrgent,
      revision.sourceCount,
      revision.acknowledgeWithinHours,
      JSON.stringify(revision.content),
    ]);
    this.search.writeAdvisory(id, number, revision.content);
    if (revision.sourceKeys.length > 0) this.work.write(insertSources, [space, id, number, revision.sourceKeys]);
  }

  private filterValues(filters: AdvisoryFilters): unknown[] {
    return [
      this.work.space,
      filters.state ?? null,
      filters.kind ?? null,
      filters.tlp ?? null,
      filters.organisation ?? null,
      filters.cve ?? null,
      filters.since ?? null,
      filters.until ?? null,
      filters.tsquery ?? null,
      filters.among ?? null,
    ];
  }
}
