import { Injectable } from '@nestjs/common';
import type { ReleaseView } from './release.dto.js';
import type { RecordKind } from './release.store.js';
import { ReleaseStore } from './release.store.js';
import { toReleaseView } from './release.view.js';

/** Releases as the owner's side of a record sees them. */
@Injectable()
export class ReleaseReader {
  constructor(private readonly releases: ReleaseStore) {}

  /** By record: the release in force and the one that waits. Nobody else's are there. */
  async open(kind: RecordKind, recordKeys: number[]): Promise<Map<number, ReleaseView[]>> {
    const byRecord = new Map<number, ReleaseView[]>();
    for (const row of await this.releases.open(kind, recordKeys))
      byRecord.set(row.record_key, [...(byRecord.get(row.record_key) ?? []), toReleaseView(row)]);
    return byRecord;
  }
}
