import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { AdvisoriesStore } from './advisories.store.js';
import { notYours, wrongState } from './advisory.problems.js';
import { AdvisoryReader } from './advisory.reader.js';
import { admits, mayAct } from './advisory.rules.js';
import type { AdvisoryAction, AdvisoryFacts } from './advisory.rules.js';
import type { AdvisoryRow } from './advisory.rows.js';
import { factsOf, toAdvisoryView } from './advisory.view.js';
import type { AdvisoryContext } from './advisory.view.js';

/** An advisory opened for an act: read as the caller, locked, and at the version that the caller knows. */
export interface OpenedAdvisory {
  row: AdvisoryRow;
  facts: AdvisoryFacts;
  context: AdvisoryContext;
}

/** Of what an act needs: the version that its caller read, and the part of the advisory that it is about. */
interface Precondition {
  ifMatch: string | undefined;
  isRequired: boolean;
  has?: (context: AdvisoryContext) => boolean;
}

/** Who beside the side that takes it is told of a step. Who of them reads it is said by the database (ronda.ledger_take). */
const TOLD = {
  drafted: 'reviewers',
  received: null,
  edited: 'reviewers',
  submitted: 'reviewers',
  'reviewer-invited': 'reviewers',
  'reviewer-removed': 'reviewers',
  commented: 'reviewers',
  'changes-requested': 'reviewers',
  'change-done': 'reviewers',
  'change-reopened': 'reviewers',
  approved: 'reviewers',
  scheduled: 'reviewers',
  'schedule-cancelled': 'reviewers',
  'published-interim': 'readers',
  published: 'readers',
  'revision-begun': 'reviewers',
  withdrawn: 'readers',
  acknowledged: null,
  'acknowledgement-due': null,
} as const;
export type AdvisoryStep = keyof typeof TOLD;

/** Whose step it is; no person where it is an organisation's. */
interface StepBy {
  userKey: number | null;
  organisationId: string | null;
}

/** The revision that a step is about, by its own number, and where it is known of which version that is. */
interface StepOf {
  id: string;
  revision: number;
  version?: string;
}

/** What a step of the newest revision is about. */
export const newest = ({ id, head, version }: Pick<AdvisoryRow, 'id' | 'head' | 'version'>): StepOf => ({
  id,
  revision: head,
  version,
});

/** Opening an advisory for an act: what every act has in common. */
@Injectable()
export class OpenAdvisory {
  constructor(
    private readonly work: UnitOfWork,
    private readonly advisories: AdvisoriesStore,
    private readonly reader: AdvisoryReader,
  ) {}

  /** In the fixed order: the one 404, who may (403), which version (428, 412), and whether it is there (409). */
  async run(actor: Actor, id: string, action: AdvisoryAction, precondition: Precondition): Promise<OpenedAdvisory> {
    const seen = await this.opened(actor, id);
    if (!mayAct(actor, action, seen.facts)) throw notYours(action);
    await this.advisories.lock(id);
    // Read again: whoever held the lock before may have changed it.
    const opened = await this.opened(actor, id);
    if (!mayAct(actor, action, opened.facts)) throw notYours(action);
    const { ifMatch, isRequired, has } = precondition;
    if (has && !has(opened.context)) throw notFound();
    checkIfMatch(ifMatch, toAdvisoryView(opened.row, actor, opened.context), isRequired);
    if (!admits(action, opened.facts, actor.organisationKey)) throw wrongState(opened.row.state, action);
    return opened;
  }

  /**
   * What the ledger and others hear of it. Persons are named to their own organisation, so that a step has two entries where
   * it is more than one organisation's to read: one by whom it was taken, and one that says by which organisation, or to
   * whom it was released only that it was.
   * @param facts for whoever reads who it was: not for the others.
   */
  emit(by: StepBy, what: AdvisoryStep, { id, revision, version }: StepOf, facts: Record<string, unknown> = {}): void {
    const about = { recordKind: 'advisory', recordId: id, revision, ...(version !== undefined && { version }) };
    this.work.emit({ type: `advisory.${what}`, version: 1, payload: { ...about, ...facts } }, by.userKey);
    const told = TOLD[what];
    if (told === null) return;
    const payload = told === 'reviewers' ? { ...about, organisationId: by.organisationId } : about;
    this.work.emit({ type: `advisory-notice.${what}`, version: 1, payload }, by.userKey);
  }

  private async opened(actor: Actor, id: string): Promise<OpenedAdvisory> {
    const row = await this.reader.row(id);
    const context = (await this.reader.contexts(actor, [row])).get(row.key) as AdvisoryContext;
    return { row, context, facts: factsOf(row, context) };
  }
}
