import { Injectable } from '@nestjs/common';
import type { MispEvent, ReadEvent } from '../../../codecs/misp/index.js';
import type { ExchangeRecord } from '../../../codecs/record/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { IncidentReader } from '../../incidents/index.js';
import type { ObservableInput } from '../../observables/index.js';
import { namesIn } from './misp.rules.js';
import { MispStore } from './misp.store.js';
import { RenderEvents } from './render-events.js';

/** What a sender's event is, taken apart: what everybody may read who reads the record, and what stays with its owner. */
export interface EventToKeep {
  uuid: string;
  /** What is open of it: all that the record is made of, but for observables. */
  record: ExchangeRecord;
  readers: MispEvent;
  /** Null where nothing stays behind. */
  owner: MispEvent | null;
  /** Those of its own parts with the owner as their audience. */
  observables: ObservableInput[];
}

/** Keeps what came of an event with the revision that it was filed or changed by. */
@Injectable()
export class KeepEvent {
  constructor(
    private readonly incidents: IncidentReader,
    private readonly store: MispStore,
    private readonly rendering: RenderEvents,
  ) {}

  lock(actor: Actor): Promise<void> {
    return this.store.lock(actor.organisationKey);
  }

  takeApart({ raw, record, open }: ReadEvent): EventToKeep {
    const uuid = record.id;
    const openly = new Map(
      open.record.observables.map((each) => [this.rendering.keyOf(each), each] as const).reverse(),
    );
    const observables: ObservableInput[] = [];
    const seen = new Set<string>();
    for (const each of record.observables) {
      const key = this.rendering.keyOf(each);
      // What has no sound form is kept as it came, and is nothing to look for.
      if (key === null || seen.has(key)) continue;
      seen.add(key);
      // Of a value that is in both, readers get what is said of it openly, and not the owner's own words.
      const said = openly.get(key);
      const inputs = this.rendering.inputsOf([said ?? each]);
      observables.push(...inputs.map((input) => (said ? input : { ...input, audience: 'owner' as const })));
    }
    return {
      uuid,
      record: open.record,
      readers: { ...open.raw, uuid },
      owner: open.raw === raw ? null : { ...raw, uuid },
      observables,
    };
  }

  /** After the revision was written. Of an anonymous record nothing is kept: ids of its sender's would lead to it. */
  async keep(id: string, { uuid, readers, owner }: EventToKeep): Promise<void> {
    const { authorship } = await this.incidents.row(id);
    if (authorship === 'anonymous') return;
    this.store.keep({ incident: id, uuid, readers, owner, names: namesIn(owner ?? readers, uuid) });
  }
}
