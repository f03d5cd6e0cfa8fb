import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { KeepOwners } from '../sharing/index.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { assessSeverity } from './incident.content.js';
import type { IncidentContent } from './incident.content.js';
import { notOwner } from './incident.problems.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct, ownerReaders } from './incident.rules.js';
import type { IncidentAction, Status } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';
import type { IncidentRow, NewRevision } from './incident.rows.js';

/** How a caller says which version it changes. */
export interface Precondition {
  ifMatch: string | undefined;
  isRequired: boolean;
}

/** A record opened for a change: read as its owner, locked, and at the version that the caller knows. */
export interface OpenedIncident {
  row: IncidentRow;
  content: IncidentContent;
}

/** Writing a revision: what every change of an incident has in common. */
@Injectable()
export class ReviseIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentsStore,
    private readonly reader: IncidentReader,
    private readonly drawers: AuthorshipDrawers,
    private readonly keepOwners: KeepOwners,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /**
   * In the fixed order: the one 404, who may (403), which version (428, 412). The lifecycle (409) is the caller's.
   */
  async open(actor: Actor, id: string, action: IncidentAction, precondition: Precondition): Promise<OpenedIncident> {
    const seen = await this.reader.row(id);
    if (!mayAct(actor, action, seen.is_owner)) throw notOwner();
    await this.incidents.lock(id);
    // Read again: whoever held the lock before may have changed it.
    const row = await this.reader.row(id);
    if (!mayAct(actor, action, row.is_owner)) throw notOwner();
    const [view] = await this.reader.views(actor, [row]);
    checkIfMatch(precondition.ifMatch, view, precondition.isRequired);
    return { row, content: contentOf(row) };
  }

  /** As it is after a change of the caller's own. */
  again({ row }: OpenedIncident): Promise<IncidentRow> {
    return this.reader.row(row.id);
  }

  /** Writes the next revision, and moves the owner's side with the marking and custody. */
  async write(
    actor: Actor,
    { row }: OpenedIncident,
    next: {
      change: string;
      content: IncidentContent;
      status: Status;
      note?: string | undefined;
      custody?: Custody;
    } & Pick<NewRevision, 'observables'>,
  ): Promise<void> {
    const organisationKey = next.custody?.organisationKey ?? row.owner_key ?? actor.organisationKey;
    const filerKey = next.custody?.filerKey ?? row.filer_key;
    // Who filed what a CERT took over belongs to another organisation, and keeps what it handed over; not what came after.
    const authorKey = filerKey === null ? row.author_key : null;
    const red = [authorKey, actor.userKey].filter((key) => key !== null);
    const isRed = next.content.marking.tlp === 'TLP:RED';
    const wasRed = row.tlp === 'TLP:RED';
    const holders =
      isRed && wasRed && !next.custody ? row.holders : ownerReaders(next.content.marking.tlp, organisationKey, red);
    const readers = await this.sideOf(row, organisationKey, holders);
    // While the caller is still the owner's side: only it may say who lists the record.
    if (readers.join() !== row.owner_readers.join())
      await this.keepOwners.run({ kind: 'incident', key: row.key }, readers, filerKey === null ? [] : [filerKey]);
    await this.incidents.revise(
      row,
      {
        change: next.change,
        note: next.note,
        status: next.status,
        content: next.content,
        severity: assessSeverity(next.content, this.region),
        // Whoever hands a record over keeps reading what it handed over.
        readers: next.custody ? [...readers, next.custody.filerKey] : readers,
        ownerReaders: readers,
        authorKey: actor.userKey,
        observables: next.observables,
      },
      {
        ownerKey: row.authorship === 'named' ? organisationKey : null,
        authorKey: row.authorship === 'named' ? row.author_key : null,
        filerKey,
        organisationKey,
      },
    );
    this.work.emit(
      { type: `incident.${next.change}`, version: 1, payload: { incidentId: row.id, revision: row.head + 1 } },
      actor.userKey,
    );
  }

  /** The principals of the owner's side as they stand in rows: of an anonymous record a veil, another for another side. */
  private async sideOf(row: IncidentRow, organisationKey: number, holders: number[]): Promise<number[]> {
    if (row.authorship === 'named') return holders;
    if (holders.join() === row.holders.join()) return row.owner_readers;
    return [await this.drawers.veilAnew({ id: row.id, owner: organisationKey, holders })];
  }
}

export interface Custody {
  organisationKey: number;
  filerKey: number;
}

const contentOf = (row: IncidentRow): IncidentContent => {
  const { severity, ...facts } = row.facts;
  return {
    ...facts,
    rsit: row.rsit_class !== null && row.rsit_type !== null ? { class: row.rsit_class, type: row.rsit_type } : null,
    marking: { tlp: row.tlp, pap: row.pap },
    sector: row.sector,
    countries: row.countries,
    severity: severity.given,
  };
};
