import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import type { RemarkDto } from './advisories.dto.js';
import { isIn } from './advisory.content.js';
import { wrongState } from './advisory.problems.js';
import { AdvisoryReader } from './advisory.reader.js';
import { isInside, toCommentView } from './advisory.view.js';
import { draftOf } from './edit-advisory.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import type { OpenedAdvisory } from './open-advisory.js';
import { ReviewStore } from './review.store.js';
import type { AdvisoryCommentPage, AdvisoryCommentView } from './review.views.dto.js';

/** What reviewers do with a draft: comment on it, ask for changes, approve it. */
@Injectable()
export class ReviewAdvisory {
  constructor(
    private readonly work: UnitOfWork,
    private readonly opening: OpenAdvisory,
    private readonly reader: AdvisoryReader,
    private readonly review: ReviewStore,
    private readonly chance: Chance,
  ) {}

  /** @returns the comment's id. */
  async comment(actor: Actor, id: string, remark: RemarkDto, ifMatch: string | undefined): Promise<string> {
    const opened = await this.opening.run(actor, id, 'comment', { ifMatch, isRequired: false });
    assertIn(opened, remark, '/pointer');
    const comment = this.chance.uuid();
    this.review.comment(opened.row.key, { ...this.remarkOf(actor, opened, remark), id: comment });
    this.opening.emit(actor, 'commented', newest(opened.row));
    return comment;
  }

  async comments(actor: Actor, id: string, { limit, cursor }: PageQuery): Promise<AdvisoryCommentPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const row = await this.reader.row(id);
    // What is said in review is its reviewers': to those whom it was released to, there is none.
    const rows = isInside(row) ? await this.review.comments(row.key, limit, after) : [];
    return pageOf(
      rows,
      limit,
      (each) => ({ at: each.created_at.toISOString(), id: each.id }),
      (each) => toCommentView(each, actor),
    );
  }

  async commentView(actor: Actor, id: string, comment: string): Promise<AdvisoryCommentView> {
    const { key } = await this.reader.row(id);
    const [row] = await this.review.comments(key, 1, null, comment);
    if (!row) throw notFound();
    return toCommentView(row, actor);
  }

  async requestChanges(
    actor: Actor,
    id: string,
    changes: readonly RemarkDto[],
    ifMatch: string | undefined,
  ): Promise<string> {
    const opened = await this.opening.run(actor, id, 'request-changes', { ifMatch, isRequired: false });
    for (const [index, change] of changes.entries()) assertIn(opened, change, `/changes/${index}/pointer`);
    for (const change of changes)
      this.review.change(opened.row.key, { ...this.remarkOf(actor, opened, change), id: this.chance.uuid() });
    this.opening.emit(actor, 'changes-requested', newest(opened.row));
    return id;
  }

  /** The owner's side says that a requested change is done, or not yet. */
  async tick(actor: Actor, id: string, change: string, isDone: boolean, ifMatch: string | undefined): Promise<void> {
    const isIt = (each: { id: string; settled_at: Date | null }): boolean =>
      each.id === change && each.settled_at === null;
    const { row, context } = await this.opening.run(actor, id, 'edit', {
      ifMatch,
      isRequired: true,
      has: ({ changes }) => changes.some(isIt),
    });
    const found = context.changes.find(isIt);
    if (!found) throw notFound();
    if ((found.done_at !== null) === isDone) return;
    this.review.tick(row.key, change, isDone, actor.userKey);
    this.opening.emit(actor, isDone ? 'change-done' : 'change-reopened', newest(row));
  }

  /** Of exactly the revision that was read. */
  async approve(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.opening.run(actor, id, 'approve', { ifMatch, isRequired: false });
    // The hour is over, though the worker has not come by yet.
    if (row.interim_until !== null && row.interim_until <= this.work.at) throw wrongState(row.state, 'approve');
    this.review.approve(row.key, row.head, actor.organisationKey, actor.userKey);
    this.opening.emit(actor, 'approved', newest(row));
    return id;
  }

  private remarkOf(
    actor: Actor,
    { row }: OpenedAdvisory,
    { pointer = '', body }: RemarkDto,
  ): { number: number; pointer: string; body: string; organisationKey: number; authorKey: number } {
    return { number: row.head, pointer, body, organisationKey: actor.organisationKey, authorKey: actor.userKey };
  }
}

/** A remark is about something that the revision says. */
function assertIn(opened: OpenedAdvisory, { pointer = '' }: RemarkDto, at: string): void {
  const fault: Fault = { pointer: at, detail: 'There is no such member in this revision.' };
  if (!isIn(draftOf(opened), pointer)) throw invalidInput([fault]);
}
