import { Injectable } from '@nestjs/common';
import { readEvent } from '../../../codecs/misp/index.js';
import type { MispEvent, ReadEvent } from '../../../codecs/misp/index.js';
import type { ExchangeRecord } from '../../../codecs/record/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { IncidentReader } from '../../incidents/index.js';
import type { ObservableInput } from '../../observables/index.js';
import { namesIn, withoutOwnParts } from './misp.rules.js';
import { MispStore } from './misp.store.js';
import { RenderEvents } from './render-events.js';

/** What a sender's event is, taken apart: what everybody may read who reads the record, and what stays with its owner. */
export interface EventToKeep {
  uuid: string;
  record: ExchangeRecord;
  readers: MispEvent;
  /** Null where nothing stays behind. */
  owner: MispEvent | null;
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

  takeApart(event: ReadEvent, isWrapped: boolean): EventToKeep {
    const readers = withoutOwnParts(event, isWrapped);
    const { record } = event;
    const uuid = record.id;
    const open = readers && readEvent(readers, { uuid, now: record.createdAt }).event?.record;
    const openKeys = open && new Set(open.observables.map((each) => this.rendering.keyOf(each)));
    const observables: ObservableInput[] = [];
    const seen = new Set<string>();
    for (const each of record.observables) {
      const [input] = this.rendering.inputsOf([each]);
      if (!input) continue;
      const key = this.rendering.keyOf(each);
      // What has no sound form is kept as it came, and is nothing to look for.
      if (key === null || seen.has(key)) continue;
      seen.add(key);
      observables.push({ ...input, ...(openKeys && !openKeys.has(key) && { audience: 'owner' as const }) });
    }
    return {
      uuid,
      record,
      readers: { ...(readers ?? event.raw), uuid },
      owner: readers && { ...event.raw, uuid },
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
