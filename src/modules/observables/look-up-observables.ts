import { Inject, Injectable } from '@nestjs/common';
import { invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { normalise, observableId, recognise, refang } from './core/index.js';
import type { ObservableValue } from './core/index.js';
import { noisyAbove, warningLists } from './observable.settings.js';
import { toFoundView } from './observable.view.js';
import type { LookUpDto, LookedUpList } from './observables.dto.js';
import { RelatedStore } from './related.store.js';
import type { FoundRow } from './related.store.js';

/** Records shown of one value. */
const SHOWN = 10;

/** Asks whether values are in records that the caller may read. What they are asked for is not kept. */
@Injectable()
export class LookUpObservables {
  constructor(
    private readonly store: RelatedStore,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** @throws Problem 400 where a type is given and values are none of it. */
  async run({ values, type }: LookUpDto): Promise<LookedUpList> {
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
    const most = noisyAbove(this.region);
    const ids = [...asked.keys()];
    const rows = new Map<string, FoundRow[]>();
    for (const row of ids.length > 0 ? await this.store.lookUp(ids, most + 1) : []) {
      const id = ids[row.nth - 1] ?? '';
      rows.set(id, [...(rows.get(id) ?? []), row]);
    }
    const context = { most, shown: SHOWN, lists: warningLists(this.region) };
    return {
      items: values.map((value, index) => ({
        value,
        observables: (idsOf[index] ?? []).flatMap((id) => {
          const [observable, found] = [asked.get(id), rows.get(id)];
          return observable && found ? [toFoundView(observable, found, context)] : [];
        }),
      })),
    };
  }
}

function readAs(type: string, value: string, index: number): ObservableValue | Fault {
  const result = normalise(type, refang(type, value.trim()));
  return 'value' in result ? { type, value: result.value } : { pointer: `/values/${index}`, detail: result.fault };
}
