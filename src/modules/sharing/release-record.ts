import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { audienceFaults } from '../../policy/audience.js';
import type { AudienceItem } from '../../policy/audience.js';
import type { TellingFacts } from '../../policy/anonymity.js';
import { isNarrowing, mayRelease } from '../../policy/release.js';
import type { ReleaseQuestion } from '../../policy/release.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { CountCandidates, areTooFew } from './count-candidates.js';
import type { Candidates } from './count-candidates.js';
import { ReleaseStore } from './release.store.js';
import type { RecordKind, ReleaseRow } from './release.store.js';
import { ResolveAudience } from './resolve-audience.js';
import {
  embargoInThePast,
  embargoOnNarrowing,
  releasePending,
  somebodyOnDuty,
  tooFewCandidates,
} from './sharing.problems.js';

/** What sharing has to know of a record to release it. The caller has read it as its owner. */
export interface ReleasableRecord {
  kind: RecordKind;
  key: number;
  id: string;
  /** The newest revision, which the release binds. */
  revision: number;
  /** The record's marking before this release; null where it came in unmarked. */
  tlp: Tlp | null;
  authorship: 'named' | 'anonymous';
  /** Whether its own review has given the word of a second person, as the database makes sure of it. */
  isApproved?: boolean;
  /** What of it tells who its author may be. */
  facts: TellingFacts;
  ownerReaders: number[];
  /** Principals besides the owner's side that keep reading whatever the release says: a constituent that filed it. */
  filerReaders: number[];
}

export interface ReleaseOrder {
  tlp: Tlp;
  pap: Pap;
  audience: readonly AudienceItem[];
  /** Ask for a hold where nobody else is on duty. */
  hold: boolean;
  /** The end of its embargo: nobody reads it before. */
  notBefore: Date | null;
}

/** What became of it. The record's own module writes `principals` onto its rows when it took effect. */
export interface ReleaseResult {
  releaseId: string;
  status: 'pending' | 'held' | 'scheduled' | 'released';
  principals: number[];
}

/** What the policy is asked of a release. */
export const questionOf = (
  actor: Actor,
  record: Pick<ReleasableRecord, 'tlp'>,
  order: Pick<ReleaseOrder, 'tlp'>,
  principals: number[],
  current: Pick<ReleaseRow, 'tlp' | 'principals' | 'revision'> | undefined,
  hasNewContent: (since: number) => boolean,
  candidates: Candidates | null,
): ReleaseQuestion => ({
  actor,
  candidates: candidates?.fewest ?? null,
  recordTlp: record.tlp ?? order.tlp,
  before: current ? { tlp: current.tlp, principals: current.principals } : null,
  next: { tlp: order.tlp, principals },
  hasNewContent: current === undefined || hasNewContent(current.revision),
});

/** What a release would do, looked at only where it matters. */
export interface PreviewOfIt {
  /** Throws where it would do something else than what whoever asks has seen. */
  check: () => Promise<void>;
  /** Stands for what it would do: kept where somebody will look at it again before it goes out. */
  token: () => Promise<string>;
}

/** Why a release that waited does not go out. */
type Cancelled = 'by-hand' | 'revised' | 'too-few-candidates' | 'narrowed' | 'recalled';

const EVENTS = {
  pending: 'release.requested',
  held: 'release.requested',
  scheduled: 'release.scheduled',
  released: 'release.made',
} as const;

/** Binds the newest revision to one marking and audience, in place of the release before. */
@Injectable()
export class ReleaseRecord {
  constructor(
    private readonly work: UnitOfWork,
    private readonly releases: ReleaseStore,
    private readonly resolve: ResolveAudience,
    private readonly directory: DirectoryReader,
    private readonly count: CountCandidates,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /**
   * @param hasNewContent whether the revision to be released says something that the one before did not.
   * @throws Problem when the marking forbids the audience, somebody named cannot be found, or the actor may not.
   */
  async run(
    actor: Actor,
    record: ReleasableRecord,
    order: ReleaseOrder,
    hasNewContent: (since: number) => boolean,
    preview: PreviewOfIt,
  ): Promise<ReleaseResult> {
    const faults = audienceFaults(order.tlp, order.audience, '/audience');
    if (faults.length > 0) throw invalidInput(faults);
    const principals = await this.resolve.run(order.audience);
    const open = await this.releases.open(record.kind, [record.key]);
    const current = open.find(({ status }) => status === 'released');
    const candidates = await this.candidates(actor, record, principals);
    if (candidates && principals.length > 0 && areTooFew(candidates)) throw tooFewCandidates(candidates);
    const question = questionOf(actor, record, order, principals, current, hasNewContent, candidates);
    const decision = mayRelease(question);
    if (decision.may === 'no') throw forbidden(decision.why);
    await preview.check();
    const needsSecond = decision.may === 'with-second-person' && !record.isApproved;
    // Taking away acts at once and ends what waits; anything else waits its turn.
    const narrows = isNarrowing(question);
    const { notBefore } = order;
    if (notBefore !== null) {
      const detail = narrows ? embargoOnNarrowing : notBefore <= this.work.at ? embargoInThePast : null;
      if (detail !== null) throw invalidInput([{ pointer: '/notBefore', detail }]);
    }
    if (open.some(({ status }) => status !== 'released')) {
      if (!narrows) throw releasePending();
      await this.cancelWaiting(record, actor.userKey, principals.length === 0 ? 'recalled' : 'narrowed');
    }
    const isHeld = needsSecond && order.hold;
    if (isHeld && (await this.directory.isAnyoneElseOnDuty(actor.organisationKey, actor.userKey, this.work.at)))
      throw somebodyOnDuty();

    const status = isHeld ? 'held' : needsSecond ? 'pending' : notBefore ? 'scheduled' : 'released';
    const isSeenAgain = status === 'pending' || status === 'held';
    if (status === 'released') await this.releases.supersede(record.kind, record.key, actor.userKey);
    const releaseId = this.chance.uuid();
    await this.releases.insert({
      id: releaseId,
      kind: record.kind,
      recordKey: record.key,
      revision: record.revision,
      tlp: order.tlp,
      pap: order.pap,
      audience: order.audience,
      principals,
      ownerReaders: record.ownerReaders,
      isNarrowing: narrows,
      status,
      requestedBy: actor.userKey,
      holdUntil: isHeld ? new Date(this.work.at.getTime() + this.region.defaults.holdMinutes * 60_000) : null,
      notBefore,
      outcome: isSeenAgain ? await preview.token() : null,
    });
    if (status === 'released') await this.publish(record, principals);
    this.work.emit(
      {
        type: EVENTS[status],
        version: 1,
        payload: { releaseId, recordKind: record.kind, recordId: record.id, revision: record.revision, tlp: order.tlp },
      },
      actor.userKey,
    );
    return { releaseId, status, principals };
  }

  /** Who could be the author of an anonymous record in the eyes of these; null of what is named. */
  async candidates(
    owner: { organisationKey: number },
    { authorship, facts }: Pick<ReleasableRecord, 'authorship' | 'facts'>,
    principals: number[],
  ): Promise<Candidates | null> {
    return authorship === 'named' ? null : this.count.run(owner, facts, principals);
  }

  /** Ends what is in force and what waits: nobody but the owner's side reads it, and no release says otherwise. */
  async takeBack(record: Pick<ReleasableRecord, 'kind' | 'key' | 'id' | 'ownerReaders'>, by: number): Promise<void> {
    await this.cancelWaiting(record, by, 'recalled');
    await this.releases.supersede(record.kind, record.key, by);
    await this.releases.publish(record.kind, record.key, record.ownerReaders);
  }

  /** @returns whether there was one that waited. */
  async cancelWaiting(
    record: Pick<ReleasableRecord, 'kind' | 'key' | 'id'>,
    by: number,
    reason: Cancelled,
  ): Promise<boolean> {
    if (!(await this.releases.cancelOpen(record.kind, record.key, by))) return false;
    this.work.emit(
      { type: 'release.cancelled', version: 1, payload: { recordKind: record.kind, recordId: record.id, reason } },
      by,
    );
    return true;
  }

  /** Puts the record on the lists of whoever may read it now, and takes it off the others'. */
  async publish(
    record: Pick<ReleasableRecord, 'kind' | 'key' | 'ownerReaders' | 'filerReaders'>,
    principals: number[],
  ): Promise<void> {
    await this.releases.publish(record.kind, record.key, [
      ...new Set([...record.ownerReaders, ...record.filerReaders, ...principals]),
    ]);
  }
}
