import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { KeepReceipts } from '../sharing/index.js';
import { normalise, observableId, recognise, refang } from './core/index.js';
import type { ObservableValue } from './core/index.js';
import { noisyAbove, warningLists } from './observable.settings.js';
import { shownOfFound, toFoundView } from './observable.view.js';
import type { LookUpDto, LookedUpList } from './observables.dto.js';
import { RelatedStore } from './related.store.js';
import type { FoundRow } from './related.store.js';

/** Records shown of one value. */
const SHOWN = 10;
/** Values of one look-up that the log of an exercise is told of. */
const TOLD = 100;

/** Asks whether values are in records that the caller may read. What is asked for is not kept, but in an exercise, which is judged. */
@Injectable()
export class LookUpObservables {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: RelatedStore,
    private readonly receipts: KeepReceipts,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** @throws Problem 400 where a type is given and values are none of it. */
  async run(actor: Actor, { values, type }: LookUpDto): Promise<LookedUpList> {
    const meant = values.map((value, index) => (type === undefined ? recognise(value) : [readAs(type, value, index)]));
    const faults = meant.flat().flatMap((each) => ('pointer' in each ? [each] : []));
    if (faults.length > 0) throw invalidInput(faults.slice(0, 100));
    const asked = new Map<string, ObservableValue & { id: string }>();
    const idsOf = meant.map((candidates) =>
      candidates.flatMap((each) => {
        if ('pointer' in each) return [];
        const id = observableId(each.type, each.value);
        asked.set(id, { ...each, id });
        return [id];
      }),
    );
    await this.tell(actor, [...asked.values()]);
    const most = noisyAbove(this.region);
    const ids = [...asked.keys()];
    const rows = new Map<string, FoundRow[]>();
    for (const row of ids.length > 0 ? await this.store.lookUp(ids, most + 1) : []) {
      const id = ids[row.nth - 1] ?? '';
      rows.set(id, [...(rows.get(id) ?? []), row]);
    }
    const shown = new Map([...rows].map(([id, found]) => [id, shownOfFound(found, { most, shown: SHOWN })] as const));
    // A title is of what a record says, and so is that it says the value: all of them at once, however many were asked for.
    await this.receipts.shown(
      actor,
      [...shown.values()].flatMap((found) => found.rows),
    );
    const lists = warningLists(this.region);
    return {
      items: values.map((value, index) => ({
        value,
        observables: (idsOf[index] ?? []).flatMap((id) => {
          const [observable, found] = [asked.get(id), shown.get(id)];
          return observable && found ? [toFoundView(observable, found, lists)] : [];
        }),
      })),
    };
  }

  private async tell(actor: Actor, asked: readonly ObservableValue[]): Promise<void> {
    if (this.work.space === LIVE || asked.length === 0) return;
    const observables = asked.slice(0, TOLD).map(({ type, value }) => ({ type, value }));
    await this.work.durably(() => {
      this.work.emit({ type: 'observable.looked-up', version: 1, payload: { observables } }, actor.userKey);
      return Promise.resolve();
    });
  }
}

function readAs(type: string, value: string, index: number): ObservableValue | Fault {
  const result = normalise(type, refang(type, value.trim()));
  return 'value' in result ? { type, value: result.value } : { pointer: `/values/${index}`, detail: result.fault };
}
