import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { KeepOwners } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { ReviseAdvisoryDto } from './advisories.dto.js';
import { applyInput } from './advisory.content.js';
import type { AdvisoryDraft, AdvisoryInput } from './advisory.content.js';
import { nextVersion, ownerReaders } from './advisory.rules.js';
import { changesOpen } from './advisory.problems.js';
import type { NewRevision } from './advisory.rows.js';
import { InviteReviewer } from './invite-reviewer.js';
import { OpenAdvisory } from './open-advisory.js';
import type { OpenedAdvisory } from './open-advisory.js';
import { PrepareRevision } from './prepare-revision.js';
import { WrittenFrom } from './written-from.js';

/** Writes the next revision of a draft, which nobody approved yet; or begins the draft of the next version. */
@Injectable()
export class EditAdvisory {
  constructor(
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly prepare: PrepareRevision,
    private readonly inviting: InviteReviewer,
    private readonly writtenFrom: WrittenFrom,
    private readonly keepOwners: KeepOwners,
  ) {}

  async run(actor: Actor, id: string, input: AdvisoryInput, ifMatch: string | undefined): Promise<void> {
    const opened = await this.opening.run(actor, id, 'edit', { ifMatch, isRequired: true });
    const { row } = opened;
    const before = draftOf(opened);
    const after = applyInput(before, input);
    const marksIt = row.is_unmarked && input.marking != null;
    const lostSources = input.sources === undefined ? row.source_count - before.sources.length : 0;
    // What changes nothing is no change: approvals stay what they are.
    if (
      JSON.stringify(after) === JSON.stringify(before) &&
      lostSources + before.sources.length === row.source_count &&
      !marksIt
    )
      return;
    const revision = await this.prepare.run(actor, after, {
      version: row.version,
      summaryOfChanges: row.summary_of_changes,
      lostSources,
    });
    await this.stayWithin(opened, after, revision);
    const moved = await this.moveOwners(actor, opened, revision);
    this.advisories.revise(row, revision, row.status);
    if (marksIt) this.advisories.mark(row.key);
    if (row.status === 'in-review') await this.inviting.joint(actor, moved, revision.joint);
    this.opening.emit(actor, 'edited', { id: row.id, revision: row.head + 1, version: row.version });
  }

  /** The draft of the next version. The one that is out stays out until that is published. */
  async revise(
    actor: Actor,
    id: string,
    { step, summary }: ReviseAdvisoryDto,
    ifMatch: string | undefined,
  ): Promise<string> {
    const opened = await this.opening.run(actor, id, 'revise', { ifMatch, isRequired: false });
    const { row } = opened;
    const version = nextVersion(row.version, step);
    const draft = draftOf(opened);
    const lostSources = row.source_count - draft.sources.length;
    const revision = await this.prepare.run(actor, draft, { version, summaryOfChanges: summary, lostSources });
    this.advisories.revise(row, revision, 'draft');
    this.opening.emit(actor, 'revision-begun', { id, revision: row.head + 1, version });
    return id;
  }

  /**
   * Who reviews it reads the next revision at once: it goes no further than its sources either, also than those that it was
   * not written from when they were invited.
   */
  private async stayWithin({ row, context }: OpenedAdvisory, after: AdvisoryDraft, next: NewRevision): Promise<void> {
    const shown = context.invitations
      .filter(({ is_joint, principal_key }) => !is_joint || next.joint.includes(principal_key))
      .filter(({ user_key }) => isStillInvited(next, user_key))
      .map(({ org_id, user_key, user_id }) => ({
        item: user_key === null ? { organisation: org_id ?? '' } : { user: user_id ?? '' },
        pointer: '/sources',
      }));
    // Of a draft that is not submitted: they are asked of then.
    const joining = after.jointWith.flatMap((organisation, index) =>
      row.status !== 'in-review' || shown.some(({ item }) => item.organisation === organisation)
        ? []
        : [{ item: { organisation }, pointer: `/jointWith/${index}` }],
    );
    const readers = [...shown, ...joining];
    const faults = await this.writtenFrom.faultsOf(
      { tlp: next.tlp, sources: after.sources, sourceCount: next.sourceCount },
      readers.map(({ item }) => item),
      (index) => readers[index]?.pointer ?? '/sources',
    );
    if (faults.length > 0) throw invalidInput(faults);
  }

  /**
   * RED is its author's and whom it names: nobody else of the organisation reads it, and no organisation reviews it.
   * @returns the advisory with those who read it now.
   */
  private async moveOwners(actor: Actor, opened: OpenedAdvisory, next: NewRevision): Promise<OpenedAdvisory> {
    const { row, context } = opened;
    const owners = ownerReaders(next.tlp, row.owner_key, row.author_key);
    if (owners.join() === row.owner_readers.join()) return opened;
    if (actor.userKey !== row.author_key)
      throw invalidInput([
        {
          pointer: '/marking/tlp',
          detail: 'TLP:RED is its author’s: whoever began it marks it so, or takes that back.',
        },
      ]);
    // What was asked for at RED is not shown to those who come then, and would hold it up unseen.
    if (next.tlp !== 'TLP:RED' && row.has_open_changes) throw changesOpen();
    const invited = context.invitations.filter(({ user_key }) => isStillInvited(next, user_key));
    const reviewers = invited.map(({ principal_key }) => principal_key);
    for (const { id } of context.invitations.filter((each) => !invited.includes(each))) this.inviting.end(row.key, id);
    this.advisories.setReviewers(row.key, reviewers);
    await this.keepOwners.run({ kind: 'advisory', key: row.key }, owners, [...row.joint, ...reviewers]);
    this.advisories.setOwners(row.key, owners);
    const others = row.audience.filter((reader) => !row.owner_readers.includes(reader));
    return {
      ...opened,
      row: { ...row, reviewers, owner_readers: owners, audience: [...owners, ...others] },
      context: { ...context, invitations: invited },
    };
  }
}

/** TLP:RED is reviewed by named persons alone. */
const isStillInvited = ({ tlp }: NewRevision, userKey: number | null): boolean => tlp !== 'TLP:RED' || userKey !== null;

/** The draft as it stands, with what it names that its owner reads. */
export const draftOf = ({ row, context }: Pick<OpenedAdvisory, 'row' | 'context'>): AdvisoryDraft => ({
  ...row.content,
  kind: row.kind,
  marking: { tlp: row.tlp, pap: row.pap },
  audience: row.chosen,
  jointWith: row.joint.flatMap((key) => context.organisations.get(key)?.id ?? []),
  isUrgent: row.is_urgent,
  acknowledgeWithinHours: row.acknowledge_within_hours,
  sources: [...context.sources],
});
