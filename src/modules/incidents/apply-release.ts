import { Injectable } from '@nestjs/common';
import { AskBack } from '../sharing/index.js';
import type { ReleasableRecord, TombstoneReason } from '../sharing/index.js';
import { IncidentListeners } from './incident-listeners.js';
import type { IncidentRow } from './incident.rows.js';
import { IncidentsStore } from './incidents.store.js';
import { ReadReleased } from './released-incident.js';

/** A release takes effect: lets them read it, and asks it back of whom it reached before and who do not read it now. */
@Injectable()
export class ApplyRelease {
  constructor(
    private readonly incidents: IncidentsStore,
    private readonly askBack: AskBack,
    private readonly readReleased: ReadReleased,
    private readonly listeners: IncidentListeners,
  ) {}

  /**
   * @param principals who reads the revision from now on, beside the owner's side.
   * @param reason why it is asked back of those who do not.
   */
  async run(
    row: IncidentRow,
    { revision, principals }: { revision: number; principals: number[] },
    reason: TombstoneReason,
    by: number,
  ): Promise<void> {
    this.incidents.applyRelease(row, revision, principals);
    await this.askBack.run(releasable(row), reason, by);
    const released = await this.readReleased.run(row, revision);
    // Behind everything else: what follows it keeps others waiting until the commit.
    if (released) await this.listeners.released({ key: row.key, revision, principals, ...released });
  }
}

export const releasable = (row: IncidentRow): ReleasableRecord => ({
  kind: 'incident',
  key: row.key,
  id: row.id,
  revision: row.head,
  tlp: row.tlp,
  authorship: row.authorship,
  facts: {
    countries: row.countries,
    language: row.facts.language,
    currency: row.facts.fraud?.loss?.currency ?? null,
  },
  ownerReaders: row.owner_readers,
  filerReaders: row.filer_key === null ? [] : [row.filer_key],
});
