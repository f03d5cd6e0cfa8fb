import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isWiderThan } from '../../kernel/markings.js';
import { Problem } from '../../kernel/problem.js';
import { audienceFaults } from '../../policy/audience.js';
import { FEWEST_CANDIDATES } from '../../policy/anonymity.js';
import { markingContradiction } from '../../policy/contradictions.js';
import { mayConfirm, mayRelease } from '../../policy/release.js';
import { DirectoryReader } from '../identity/index.js';
import { FindReaders } from './find-readers.js';
import type { Readers } from './find-readers.js';
import { areTooFew } from './count-candidates.js';
import { ReleaseRecord, questionOf } from './release-record.js';
import type { ReleasableRecord, ReleaseOrder } from './release-record.js';
import { changeSince, tokenOf } from './release-outcome.js';
import type { ReleaseOutcome } from './release-outcome.js';
import type { ContradictionView, BetrayalView, ReleasePreviewView } from './release-preview.dto.js';
import { linesOf, missingFrom, toPersonViews, toReadersView } from './release-preview.view.js';
import { ReleaseStore } from './release.store.js';
import type { ReleaseRow } from './release.store.js';
import { ResolveAudience } from './resolve-audience.js';
import { previewOutdated } from './sharing.problems.js';

/** What the record's own module knows of it: what it says, what that betrays, and what it contradicts. */
export interface SaidOfRecord {
  /** All that readers would read, but for the marking. */
  content: unknown;
  findings: BetrayalView[];
  contradictions: ContradictionView[];
  hasNewContent: (since: number) => boolean;
}

export interface ReleasePreview {
  view: ReleasePreviewView;
  outcome: ReleaseOutcome;
}

const CONFIRMING = ['analyst', 'coordinator'] as const;

/** What a release would do, by the same resolution and the same policy that it goes by, and without doing it. */
@Injectable()
export class PreviewRelease {
  constructor(
    private readonly releases: ReleaseStore,
    private readonly resolve: ResolveAudience,
    private readonly readers: FindReaders,
    private readonly directory: DirectoryReader,
    private readonly release: ReleaseRecord,
  ) {}

  /** @throws Problem 400 where the audience names somebody who is not there. */
  async run(actor: Actor, record: ReleasableRecord, order: ReleaseOrder, said: SaidOfRecord): Promise<ReleasePreview> {
    return this.of(actor, record, { ...order, principals: await this.resolve.run(order.audience) }, said);
  }

  /** Of the release that waits: to whom it was resolved when it was asked for. Null where none waits. */
  async waiting(
    actor: Actor,
    record: ReleasableRecord,
    said: (waiting: ReleaseRow) => Promise<SaidOfRecord>,
  ): Promise<ReleasePreview | null> {
    const open = await this.releases.open(record.kind, [record.key]);
    const row = open.find(({ status }) => status !== 'released');
    if (!row) return null;
    const { tlp, pap, audience, principals, not_before: notBefore } = row;
    const order = { tlp, pap, audience, principals, notBefore, hold: row.status === 'held' };
    const [whatIsSaid, moved] = [await said(row), await this.hasMoved(row)];
    const contradictions = [...whatIsSaid.contradictions, ...(moved ? [audienceMoved] : [])];
    return this.of(actor, record, order, { ...whatIsSaid, contradictions });
  }

  /** @throws Problem `preview-outdated` where the token stands for something else than what would happen now. */
  check(token: string, { view, outcome }: ReleasePreview): void {
    const change = changeSince(token, outcome);
    if (!change) return;
    const isNew = (line: string): boolean => change.newReaders.has(line);
    throw previewOutdated({
      changed: change.parts,
      newReaders: view.readers.organisations
        .map(({ id, name, people }) => ({
          id,
          name,
          isNew: isNew(`organisation ${id}`),
          people: people.filter((person) => isNew(`user ${person.id}`)),
        }))
        .filter((each) => each.isNew || each.people.length > 0)
        .map(({ id, name, people }) => ({ id, name, people })),
      readersGone: change.readersGone,
      preview: view,
    });
  }

  private async of(
    actor: Actor,
    record: ReleasableRecord,
    order: ReleaseOrder & { principals: number[] },
    said: SaidOfRecord,
  ): Promise<ReleasePreview> {
    const open = await this.releases.open(record.kind, [record.key]);
    const current = open.find(({ status }) => status === 'released');
    const [next, before] = await this.readers.run(actor, order.principals, current?.principals ?? []);
    if (!next || !before) throw new Error('Readers were not found');
    const candidates = await this.release.candidates(actor, record, order.principals);
    const contradictions = [
      ...this.contradictions(order, next),
      ...(candidates && order.principals.length > 0 && areTooFew(candidates) ? [tooFew(candidates.fewest)] : []),
      ...said.contradictions,
    ];
    const outcome: ReleaseOutcome = {
      record: [record.id, said.content],
      terms: [order.tlp, order.pap, order.audience, order.notBefore?.toISOString() ?? null],
      before: current?.id ?? null,
      readers: linesOf(next),
      contradictions: contradictions.map(({ code, pointer }) => `${code} ${pointer}`),
      findings: said.findings.map(({ code, pointer, offset, excerpt }) => `${code} ${pointer} ${offset} ${excerpt}`),
    };
    const question = questionOf(actor, record, order, order.principals, current, said.hasNewContent, candidates);
    const view: ReleasePreviewView = {
      id: record.id,
      token: tokenOf(outcome),
      marking: { tlp: order.tlp, pap: order.pap },
      notBefore: order.notBefore?.toISOString() ?? null,
      decision: await this.decision(actor, question, order),
      readers: toReadersView(next, order.notBefore),
      candidates: candidates && { fewest: candidates.fewest, ruledOutBy: candidates.ruledOutBy },
      change: {
        since: current?.id ?? null,
        marking: markingChange(current, order),
        hasNewContent: question.hasNewContent,
        gains: missingFrom(before, next),
        losses: missingFrom(next, before),
      },
      contradictions,
      findings: said.findings,
    };
    return { view, outcome };
  }

  private async decision(
    actor: Actor,
    question: ReturnType<typeof questionOf>,
    { hold }: ReleaseOrder,
  ): Promise<ReleasePreviewView['decision']> {
    const decision = mayRelease(question);
    if (decision.may === 'no') return { may: 'no', why: decision.why, confirmers: [] };
    if (decision.may === 'now') return { may: 'now', why: null, confirmers: [] };
    const colleagues = await this.directory.usersWithRoles([actor.organisationKey], CONFIRMING);
    const confirmers = colleagues.filter(({ key }) =>
      mayConfirm({ userKey: key, roles: CONFIRMING, standing: actor.standing }, actor.userKey),
    );
    return { may: hold ? 'after-hold' : 'with-second-person', why: null, confirmers: toPersonViews(confirmers) };
  }

  private contradictions(order: ReleaseOrder, next: Readers): ContradictionView[] {
    const beyond = audienceFaults(order.tlp, order.audience, '/audience').map(({ pointer, detail }) => ({
      code: 'audience-beyond-marking',
      pointer,
      detail,
      isRefused: true,
    }));
    const apart = markingContradiction(order.tlp, order.pap);
    // Of whom it names one by one: that a word reaches an applicant with nobody yet surprises nobody.
    const empty = next.organisations.flatMap(({ organisation: { id, name, kind }, people }) => {
      const at = order.audience.findIndex(
        (item) => typeof item === 'object' && 'organisation' in item && item.organisation === id,
      );
      const isSeen = kind === 'national-cert' || kind === 'regional-body';
      return at >= 0 && isSeen && people.length === 0 ? [{ name, pointer: `/audience/${at}` }] : [];
    });
    return [
      ...beyond,
      ...(apart === null
        ? []
        : [{ code: 'marking-and-pap', pointer: '/marking/pap', detail: apart, isRefused: false }]),
      ...empty.map(({ name, pointer }) => ({
        code: 'nobody-there-reads',
        pointer,
        detail: `Nobody of ${name} whom you can see reads incidents now.`,
        isRefused: false,
      })),
    ];
  }

  /** Whether the audience, resolved now, is another than it was: somebody joined the group, or others are on duty. */
  private async hasMoved({ audience, principals }: ReleaseRow): Promise<boolean> {
    try {
      return (await this.resolve.run(audience)).join() !== principals.join();
    } catch (error) {
      if (error instanceof Problem) return true;
      throw error;
    }
  }
}

const tooFew = (fewest: number): ContradictionView => ({
  code: 'too-few-candidates',
  pointer: '/audience',
  detail: `In the eyes of some whom it names ${fewest} organisations could be the author, and not ${FEWEST_CANDIDATES}.`,
  isRefused: true,
});

const audienceMoved: ContradictionView = {
  code: 'audience-moved',
  pointer: '/audience',
  detail:
    'Whom the audience names is not whom it named when the release was asked for: somebody joined a group, or others are on duty. It goes to those of then.',
  isRefused: false,
};

function markingChange(
  current: ReleaseRow | undefined,
  { tlp }: ReleaseOrder,
): ReleasePreviewView['change']['marking'] {
  if (!current) return 'first';
  if (current.tlp === tlp) return 'same';
  return isWiderThan(tlp, current.tlp) ? 'wider' : 'narrower';
}
