import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrganisationInPolicy } from '../identity/index.js';
import { FindReaders } from './find-readers.js';
import type { PreviewReadersView } from './release-preview.dto.js';
import { toReadersView } from './release-preview.view.js';
import { ReleaseStore } from './release.store.js';
import type { RecordKind } from './release.store.js';

/** To which organisations a record of the caller's is released, as far as it sees them: those that a preview names. */
@Injectable()
export class ReleasedTo {
  constructor(
    private readonly releases: ReleaseStore,
    private readonly readers: FindReaders,
  ) {}

  async run(actor: Actor, kind: RecordKind, recordKey: number): Promise<OrganisationInPolicy[]> {
    const current = (await this.releases.open(kind, [recordKey])).find(({ status }) => status === 'released');
    if (!current) return [];
    const [found] = await this.readers.run(actor, current.principals);
    return (found?.organisations ?? []).map(({ organisation }) => organisation);
  }

  /** To whom a record of the caller's goes when its embargo ends, each with that instant by its own clock; null where none waits. */
  async scheduled(
    actor: Actor,
    kind: RecordKind,
    recordKey: number,
  ): Promise<{ notBefore: Date; readers: PreviewReadersView } | null> {
    const waiting = (await this.releases.open(kind, [recordKey])).find(({ status }) => status === 'scheduled');
    if (!waiting || waiting.not_before === null) return null;
    const [found] = await this.readers.run(actor, waiting.principals);
    return found ? { notBefore: waiting.not_before, readers: toReadersView(found, waiting.not_before) } : null;
  }
}
