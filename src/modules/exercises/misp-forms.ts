import { Injectable } from '@nestjs/common';
import type { ExchangeRecord } from '../../codecs/record/index.js';
import { RenderEvents, codecType } from '../exchange/index.js';
import type { DoneAct, TakenEvent } from './act-of-event.js';
import { ConductorStore } from './conductor.store.js';
import type { Scenario, Verb } from './core/index.js';
import { recordOfFacts } from './record-of-facts.js';

type Record = NonNullable<TakenEvent['record']>;

/** Incidents of an exercise as MISP events, where its scenario judges them so: the log then holds what was judged. */
@Injectable()
export class MispForms {
  constructor(
    private readonly store: ConductorStore,
    private readonly events: RenderEvents,
  ) {}

  /** @returns by the id of what was done. Empty where nothing is judged by that form. */
  async of(scenario: Scenario, taken: readonly TakenEvent[]): Promise<Map<string, unknown>> {
    if (judgedVerbs(scenario).size === 0) return new Map();
    const held = taken.flatMap((event) => (event.record ? [{ event, record: event.record }] : []));
    if (held.length === 0) return new Map();
    const rows = await this.store.misp(
      held.map(({ event: { payload }, record }) => ({
        incident: record.id,
        revision: typeof payload.revision === 'number' ? payload.revision : null,
      })),
    );
    return new Map(
      rows.flatMap(({ place, raw, is_released: isReleased, detecting }) => {
        const of = held[place - 1];
        if (!of) return [];
        const now = recordOf(of.event, of.record, new Set(detecting));
        return [[of.event.id, { Event: this.events.toOwner(now, raw, isReleased) }] as const];
      }),
    );
  }
}

/** With it, where a milestone judges such an act by it. */
export const withForm = (scenario: Scenario, act: DoneAct, form: unknown): DoneAct =>
  form !== undefined && judgedVerbs(scenario).has(act.verb) ? { ...act, facts: { ...act.facts, misp: form } } : act;

const judgedVerbs = ({ milestones }: Scenario): ReadonlySet<Verb> =>
  new Set(
    milestones.flatMap(({ expects: { verbs, where, quality = [] } }) =>
      [where, ...quality.map(({ condition }) => condition)].some((each) => each?.misp !== undefined) ? verbs : [],
    ),
  );

function recordOf(event: TakenEvent, record: Record, detecting: ReadonlySet<string>): ExchangeRecord {
  const { facts, rsitClass, rsitType, observables } = record;
  return {
    ...recordOfFacts(record.id, event.occurred_at.toISOString(), facts),
    status: record.status,
    rsit: rsitClass !== null && rsitType !== null ? { class: rsitClass, type: rsitType } : null,
    marking: { tlp: record.tlp, pap: record.pap },
    observables: observables.map(({ type, value }) => ({
      type: codecType(type),
      value,
      forDetection: detecting.has(`${type} ${value}`),
      comment: null,
      firstSeen: null,
      lastSeen: null,
    })),
  };
}
