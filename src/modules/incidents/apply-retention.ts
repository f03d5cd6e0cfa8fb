import { Inject, Injectable, Logger } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { Clock } from '../../kernel/clock.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Appearances } from '../observables/index.js';
import { SearchIndex } from '../search/index.js';
import { reasonOf, retentionRules } from './retention.rules.js';
import type { RetainedKind, RetentionRule } from './retention.rules.js';
import { RetentionStore } from './retention.store.js';
import type { DueCount, DueRow } from './retention.store.js';

const BATCH = 100;
/** The worker has other things to do. */
const LONGEST_ROUND_MS = 30_000;

/**
 * Takes away what records and comments say when the rule of their kind and member state no longer keeps it; that there was
 * one, whose, and how it was marked, stays. Each batch is a transaction, and what is due is told by its rows: a round that
 * is cut short leaves the rest to the next, and several nodes may run it at once.
 */
@Injectable()
export class ApplyRetention {
  private readonly log = new Logger(ApplyRetention.name);
  private readonly rules: readonly RetentionRule[];

  constructor(
    private readonly work: UnitOfWork,
    private readonly retention: RetentionStore,
    private readonly search: SearchIndex,
    private readonly observables: Appearances,
    private readonly clock: Clock,
    private readonly chance: Chance,
    @Inject(REGION) region: Region,
  ) {
    this.rules = retentionRules(region);
  }

  /** What a round would take away now, by kind and country. Changes nothing. */
  async survey(): Promise<DueCount[]> {
    const all: DueCount[] = [];
    for (const space of await this.spaces())
      for (const each of await this.work.run('nobody', space, 'read', () => this.retention.survey(this.rules))) {
        const same = all.find(
          ({ kind, country, days }) => kind === each.kind && country === each.country && days === each.days,
        );
        if (!same) all.push(each);
        else
          Object.assign(same, {
            count: same.count + each.count,
            oldest: same.oldest < each.oldest ? same.oldest : each.oldest,
          });
      }
    return all;
  }

  /** @returns how many it took away, by kind. */
  async run(longestMs = LONGEST_ROUND_MS): Promise<Record<RetainedKind, number>> {
    const until = this.clock.now().getTime() + longestMs;
    const erased = { incident: 0, draft: 0, comment: 0 };
    // What was played is kept by the same rules: it is written by people, and may name some.
    for (const space of await this.spaces())
      while (this.clock.now().getTime() <= until) {
        const batch = await this.next(space);
        for (const { kind } of batch) erased[kind] += 1;
        if (batch.length === 0) break;
      }
    const total = Object.values(erased).reduce((sum, each) => sum + each, 0);
    if (total > 0) this.log.log({ erasedByRetention: erased });
    return erased;
  }

  private spaces(): Promise<number[]> {
    return this.work.run('nobody', LIVE, 'read', () => this.retention.spaces());
  }

  /** One batch, in a transaction of its own. */
  private next(space: number): Promise<DueRow[]> {
    return this.work.run('nobody', space, 'write', async () => {
      const due = await this.retention.due(this.rules, BATCH);
      if (due.length === 0) return [];
      const chosen = due.map((row) => ({ ...row, erasure: this.chance.uuid(), reason: reasonOf(row) }));
      const done = await this.retention.erase(chosen);
      const erased = chosen.filter(({ erasure }) => done.has(erasure));
      await this.observables.forget([...done]);
      const records = new Set(erased.map(({ incident_key }) => incident_key));
      await Promise.all([...records].map((key) => this.search.forgetRecord(key)));
      for (const { kind, incident_id: incidentId, record_id: commentId, erasure: erasureId } of erased)
        this.work.emit(
          kind === 'comment'
            ? { type: 'comment.erased', version: 1, payload: { incidentId, commentId, erasureId } }
            : { type: 'incident.erased', version: 1, payload: { incidentId, erasureId } },
        );
      return erased;
    });
  }
}
