import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { SubmitAdvisoryDto } from './advisories.dto.js';
import { changesOpen, unmarked } from './advisory.problems.js';
import { InviteReviewer } from './invite-reviewer.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import { ReviewStore } from './review.store.js';
import { WrittenFrom } from './written-from.js';

/** Hands a draft to its reviewers; again, where they asked for changes and all of them are done. */
@Injectable()
export class SubmitAdvisory {
  constructor(
    private readonly work: UnitOfWork,
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly inviting: InviteReviewer,
    private readonly writtenFrom: WrittenFrom,
  ) {}

  async run(actor: Actor, id: string, { reviewBy }: SubmitAdvisoryDto, ifMatch: string | undefined): Promise<string> {
    const opened = await this.opening.run(actor, id, 'submit', { ifMatch, isRequired: false });
    const { row, context } = opened;
    const open = context.changes.filter(({ settled_at }) => settled_at === null);
    if (open.some(({ done_at }) => done_at === null)) throw changesOpen();
    const by = reviewBy == null ? null : new Date(reviewBy);
    const faults: Fault[] = row.is_unmarked ? [unmarked()] : [];
    if (by !== null && by <= this.work.at) faults.push({ pointer: '/reviewBy', detail: 'This is past already.' });
    const joint = row.joint.flatMap((key) => context.organisations.get(key)?.id ?? []);
    faults.push(
      ...(await this.writtenFrom.faults(
        row,
        [...row.chosen, ...joint.map((organisation) => ({ organisation }))],
        () => '/audience',
      )),
    );
    // Whoever approves it approves whom it goes to.
    if (row.chosen.length === 0) faults.push({ pointer: '/audience', detail: 'Say first to whom it is meant.' });
    if (faults.length > 0) throw invalidInput(faults);
    if (open.length > 0) this.review.settleChanges(row.key);
    this.advisories.submit(row.key, by);
    await this.inviting.joint(actor, opened, row.joint);
    this.opening.emit(actor, 'submitted', newest(row));
    return id;
  }
}
