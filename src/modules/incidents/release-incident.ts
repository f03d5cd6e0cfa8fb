import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { ConfirmRelease, ReleaseRecord } from '../sharing/index.js';
import type { ReleasableRecord, ReleaseDto } from '../sharing/index.js';
import { notYetSubmitted } from './incident.problems.js';
import { IncidentReader } from './incident.reader.js';
import { diff } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';
import type { IncidentRow } from './incident.rows.js';
import { ReviseIncident } from './revise-incident.js';
import type { OpenedIncident } from './revise-incident.js';

/** Releases a record to an audience; confirms or cancels a release that waits. */
@Injectable()
export class ReleaseIncident {
  constructor(
    private readonly incidents: IncidentsStore,
    private readonly reader: IncidentReader,
    private readonly revise: ReviseIncident,
    private readonly releaseRecord: ReleaseRecord,
    private readonly confirmRelease: ConfirmRelease,
  ) {}

  /**
   * It takes effect at once, or waits for a second person or for its hold to end.
   * @returns the record's id, as the others do.
   */
  async release(actor: Actor, id: string, order: ReleaseDto, ifMatch: string | undefined): Promise<string> {
    const opened = await this.revise.open(actor, id, 'release', { ifMatch, isRequired: false });
    if (opened.row.status === 'draft') throw notYetSubmitted();
    const marking = { tlp: order.marking.tlp, pap: order.marking.pap ?? opened.row.pap };
    const revisions = await this.incidents.revisions(opened.row.key);
    const said = revisions.at(-1);
    // Asked of the record as it was before its marking follows the release.
    const hasNewContent = (since: number): boolean => {
      const released = revisions.find(({ number }) => number === since);
      return diff(released && content(released), said && content(said)).length > 0;
    };
    const record = releasable(opened.row);
    const isRemarked = marking.tlp !== opened.row.tlp || marking.pap !== opened.row.pap;
    const outcome = await this.releaseRecord.run(
      actor,
      { ...record, revision: opened.row.head + (isRemarked ? 1 : 0) },
      { ...marking, audience: order.audience, hold: order.hold ?? false },
      hasNewContent,
    );
    // The marking of the release replaces the record's, so it is a change of the record like any other.
    const row = isRemarked ? await this.remark(actor, opened, marking) : opened.row;
    if (outcome.status === 'released') this.incidents.applyRelease(row, row.head, outcome.principals);
    return id;
  }

  async confirm(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.revise.open(actor, id, 'confirm-release', { ifMatch, isRequired: false });
    const done = await this.confirmRelease.run(actor, releasable(row));
    this.incidents.applyRelease(row, done.revision, done.principals);
    return id;
  }

  async cancel(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.revise.open(actor, id, 'cancel-release', { ifMatch, isRequired: false });
    await this.confirmRelease.cancel(actor, releasable(row));
    return id;
  }

  /** For the worker, as the one who asked for the release: its hold has ended. */
  async endHold(key: number, actingUserKey: number): Promise<void> {
    const [seen] = await this.incidents.byKeys([key]);
    if (!seen?.is_owner) return;
    await this.incidents.lock(seen.id);
    const [row] = await this.incidents.byKeys([key]);
    if (!row) return;
    const done = await this.confirmRelease.endHold(releasable(row), actingUserKey);
    if (done) this.incidents.applyRelease(row, done.revision, done.principals);
  }

  private async remark(
    actor: Actor,
    opened: OpenedIncident,
    marking: OpenedIncident['content']['marking'],
  ): Promise<IncidentRow> {
    await this.revise.write(actor, opened, {
      change: 'marked',
      content: { ...opened.content, marking },
      status: opened.row.status,
    });
    return this.reader.row(opened.row.id);
  }
}

const releasable = (row: IncidentRow): ReleasableRecord => ({
  kind: 'incident',
  key: row.key,
  id: row.id,
  revision: row.head,
  tlp: row.tlp,
  authorship: row.authorship,
  ownerReaders: row.owner_readers,
  filerReaders: row.filer_key === null ? [] : [row.filer_key],
});

/** All that readers would read, but for the marking, which is judged by itself. */
const content = (row: {
  status: string;
  rsit_class: string | null;
  rsit_type: string | null;
  sector: string | null;
  countries: string[];
  facts: unknown;
}): unknown => ({
  status: row.status,
  rsit: [row.rsit_class, row.rsit_type],
  sector: row.sector,
  countries: row.countries,
  facts: row.facts,
});
