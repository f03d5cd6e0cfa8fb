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

  /** What the ledger and others hear of it. */
  emit(by: number | null, what: string, row: Pick<AdvisoryRow, 'id'>, facts: Record<string, unknown> = {}): void {
    const payload = { recordKind: 'advisory', recordId: row.id, ...facts };
    this.work.emit({ type: `advisory.${what}`, version: 1, payload }, by);
  }

  private async opened(actor: Actor, id: string): Promise<OpenedAdvisory> {
    const row = await this.reader.row(id);
    const context = (await this.reader.contexts(actor, [row])).get(row.key) as AdvisoryContext;
    return { row, context, facts: factsOf(row, context) };
  }
}
