import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import type { AudienceItem } from '../../policy/audience.js';
import { DirectoryReader } from '../identity/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { InviteReviewerDto } from './advisories.dto.js';
import { alreadyInvited, unmarked } from './advisory.problems.js';
import type { AdvisoryRow } from './advisory.rows.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import type { OpenedAdvisory } from './open-advisory.js';
import { ReviewStore } from './review.store.js';
import { WrittenFrom } from './written-from.js';

/** Shows a draft to others, who review it: an organisation, or a person. Those that issue it too are invited by that. */
@Injectable()
export class InviteReviewer {
  constructor(
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly directory: DirectoryReader,
    private readonly writtenFrom: WrittenFrom,
    private readonly chance: Chance,
  ) {}

  async run(actor: Actor, id: string, named: InviteReviewerDto, ifMatch: string | undefined): Promise<string> {
    const { row, context } = await this.opening.run(actor, id, 'invite', { ifMatch, isRequired: false });
    if (row.is_unmarked) throw invalidInput([unmarked()]);
    const { organisationKey, userKey, item, pointer } = await this.find(actor, named);
    if (row.tlp === 'TLP:RED' && userKey === null)
      throw invalidInput([{ pointer, detail: 'TLP:RED is reviewed by named persons: invite a user.' }]);
    const beyond = await this.writtenFrom.faults(row, [item], () => pointer);
    if (beyond.length > 0) throw invalidInput(beyond);
    const principal = userKey ?? organisationKey;
    if (context.invitations.some(({ principal_key }) => principal_key === principal)) throw alreadyInvited();
    this.review.invite({
      id: this.chance.uuid(),
      key: row.key,
      organisationKey,
      userKey,
      isJoint: false,
      by: actor.userKey,
    });
    await this.show(row, [...row.reviewers, principal]);
    this.opening.emit(actor, 'reviewer-invited', newest(row));
    return id;
  }

  async withdraw(actor: Actor, id: string, invitation: string, ifMatch: string | undefined): Promise<void> {
    const { row, context } = await this.opening.run(actor, id, 'invite', {
      ifMatch,
      isRequired: true,
      has: ({ invitations }) => invitations.some((each) => each.id === invitation),
    });
    const found = context.invitations.find((each) => each.id === invitation);
    if (!found) throw notFound();
    if (found.is_joint)
      throw invalidInput([
        { pointer: '/invitation', detail: 'It issues the advisory too: take it out of jointWith first.', in: 'path' },
      ]);
    this.end(row.key, invitation);
    await this.show(
      row,
      row.reviewers.filter((principal) => principal !== found.principal_key),
    );
    this.opening.emit(actor, 'reviewer-removed', newest(row));
  }

  /** Invites those that issue it too, and not any more those that did. */
  async joint(actor: Actor, { row, context }: OpenedAdvisory, joint: readonly number[]): Promise<void> {
    const open = context.invitations;
    const missing = joint.filter((key) => !open.some(({ principal_key }) => principal_key === key));
    const ended = open.filter(({ is_joint, principal_key }) => is_joint && !joint.includes(principal_key));
    if (missing.length === 0 && ended.length === 0) return;
    for (const { id } of ended) this.end(row.key, id);
    for (const organisationKey of missing)
      this.review.invite({
        id: this.chance.uuid(),
        key: row.key,
        organisationKey,
        userKey: null,
        isJoint: true,
        by: actor.userKey,
      });
    const staying = row.reviewers.filter(
      (principal) => !ended.some(({ principal_key }) => principal_key === principal),
    );
    await this.show(row, [...staying, ...missing]);
  }

  end(key: number, invitation: string): void {
    this.review.endInvitations(key, invitation);
  }

  private async show(row: AdvisoryRow, reviewers: number[]): Promise<void> {
    this.advisories.setReviewers(row.key, reviewers);
    await this.advisories.listFor(row.key, [...row.audience, ...reviewers]);
  }

  private async find(
    actor: Actor,
    { organisation, user }: InviteReviewerDto,
  ): Promise<{ organisationKey: number; userKey: number | null; item: AudienceItem; pointer: string }> {
    if (organisation !== undefined && user === undefined) {
      const pointer = '/organisation';
      const [found] = await this.directory.organisationsByIds([organisation]);
      if (found?.standing !== 'active')
        throw invalidInput([{ pointer, detail: 'There is no such active organisation.' }]);
      if (found.key === actor.organisationKey)
        throw invalidInput([{ pointer, detail: 'Your own organisation reviews it anyway.' }]);
      return { organisationKey: found.key, userKey: null, item: { organisation }, pointer };
    }
    if (user !== undefined && organisation === undefined) {
      const pointer = '/user';
      const [found] = await this.directory.usersByIds([user]);
      if (!found) throw invalidInput([{ pointer, detail: 'There is no such user.' }]);
      return { organisationKey: found.organisationKey, userKey: found.key, item: { user }, pointer };
    }
    throw invalidInput([{ pointer: '', detail: 'Name one organisation, or one user.' }]);
  }
}
