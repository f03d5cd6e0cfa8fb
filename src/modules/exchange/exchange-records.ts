import { Injectable } from '@nestjs/common';
import type { ExchangeRecord } from '../../codecs/record/index.js';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { mayExport } from '../../policy/release.js';
import { IncidentReader, SaidBesides } from '../incidents/index.js';
import type { IncidentView, ListIncidentsQuery } from '../incidents/index.js';
import { ObservablesOfRecords } from '../observables/index.js';
import { toExchangeRecord } from './exchange-record.js';
import { ReadablePages } from './readable-pages.js';
import { watermarked } from './watermark.js';

/** A record may hold 2,000 observables, and one of these pages is in memory at a time. */
const PAGE = 20;

/** Incidents as records that codecs write, with what is said of them besides: five queries for a page, whatever is on it. */
@Injectable()
export class ExchangeRecords {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentReader,
    private readonly besides: SaidBesides,
    private readonly observables: ObservablesOfRecords,
    private readonly readable: ReadablePages,
  ) {}

  /** In the unit of work of the caller. @throws Problem the one 404; 403 for what its marking keeps here. */
  async one(actor: Actor, id: string): Promise<ExchangeRecord> {
    const view = await this.incidents.view(actor, id);
    if (!mayExport(view.marking.tlp, view.organisation?.id === actor.organisationId))
      throw forbidden(`What is ${view.marking.tlp ?? 'not marked'} does not leave as a file.`);
    const [record] = await this.of([this.work.space === LIVE ? view : watermarked(view)]);
    return record as ExchangeRecord;
  }

  /** Everything that the caller may read and take along, in units of work of its own. */
  pages(
    actor: Actor,
    filters: Omit<ListIncidentsQuery, 'limit' | 'cursor' | 'count'>,
  ): AsyncGenerator<ExchangeRecord[]> {
    return this.readable.of(actor, filters, (views) => this.of(views), { limit: PAGE });
  }

  /** In the unit of work of the caller, and in the order of the views. */
  async of(views: readonly IncidentView[]): Promise<ExchangeRecord[]> {
    const ids = views.map(({ id }) => id);
    const [beginnings, observables, sightings, comments, links] = await Promise.all([
      this.besides.beginnings(ids),
      this.observables.appearances(ids),
      this.observables.sightings(ids),
      this.besides.comments(ids),
      this.besides.links(ids),
    ]);
    const byRecord = {
      beginnings: grouped(beginnings),
      observables: grouped(observables),
      sightings: grouped(sightings),
      comments: grouped(comments),
      links: grouped(links),
    };
    return views.map((view) =>
      toExchangeRecord(view, {
        beginning: byRecord.beginnings.get(view.id)?.[0],
        observables: byRecord.observables.get(view.id) ?? [],
        sightings: byRecord.sightings.get(view.id) ?? [],
        comments: byRecord.comments.get(view.id) ?? [],
        links: byRecord.links.get(view.id) ?? [],
      }),
    );
  }
}

function grouped<T extends { incident_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.incident_id);
    if (group) group.push(row);
    else groups.set(row.incident_id, [row]);
  }
  return groups;
}
