import { Injectable } from '@nestjs/common';
import type { RecordKind } from './release.store.js';
import { ReleaseStore } from './release.store.js';

/** Follows a record whose owner's side changes: by its marking becoming RED or ceasing to be, or by custody. */
@Injectable()
export class KeepOwners {
  constructor(private readonly releases: ReleaseStore) {}

  async run(record: { kind: RecordKind; key: number }, ownerReaders: number[], filerReaders: number[]): Promise<void> {
    const open = await this.releases.open(record.kind, [record.key]);
    const released = open.find(({ status }) => status === 'released')?.principals ?? [];
    await this.releases.publish(record.kind, record.key, [...new Set([...ownerReaders, ...filerReaders, ...released])]);
    // Those that ended as well: what was once meant to go out is no less the owner's.
    await this.releases.keepOwners(record.kind, record.key, ownerReaders);
  }
}
