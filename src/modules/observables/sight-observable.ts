import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { KeepReceipts } from '../sharing/index.js';
import { Appearances } from './appearances.store.js';
import type { ParentRow } from './appearances.store.js';
import type { SightDto, SightingPage, SightingView } from './sightings.dto.js';
import { SightingsStore } from './sightings.store.js';
import type { SightingRow } from './sightings.store.js';

/** Sightings of what a record says: readable only where that is, and no wider. */
@Injectable()
export class SightObservable {
  constructor(
    private readonly work: UnitOfWork,
    private readonly appearances: Appearances,
    private readonly sightings: SightingsStore,
    private readonly receipts: KeepReceipts,
    private readonly chance: Chance,
  ) {}

  /**
   * @returns the sighting's id.
   * @throws Problem the one 404 of the record; 400 where the revision that the caller reads does not say the observable.
   */
  async run(actor: Actor, incidentId: string, input: SightDto): Promise<string> {
    const [sightedAt, untilAt] = [instant(input.at), input.until == null ? null : instant(input.until)];
    if (untilAt !== null && untilAt < sightedAt)
      throw invalidInput([{ pointer: '/until', detail: `This lies before at, ${sightedAt}.` }]);
    const parent = await this.parent(incidentId);
    if (actor.standing !== 'active') throw forbidden('Only analysts and coordinators of active organisations say so.');
    const observableId = input.observable.toLowerCase();
    const said = await this.appearances.ofRevision(parent.key, parent.number);
    if (!said.some(({ observable_id: id }) => id === observableId))
      throw invalidInput([{ pointer: '/observable', detail: 'The record says no such observable to you.' }]);
    const id = this.chance.uuid();
    await this.sightings.write({
      id,
      incidentKey: parent.key,
      observableId,
      kind: input.kind,
      sightedAt,
      untilAt,
      count: input.count ?? (input.kind === 'not-seen' ? 0 : 1),
      detector: input.detector ?? null,
      note: input.note ?? null,
      authorKey: actor.userKey,
      organisationKey: actor.organisationKey,
      reach: input.audience ?? 'readers',
    });
    this.work.emit({ type: 'sighting.reported', version: 1, payload: { incidentId, sightingId: id } }, actor.userKey);
    return id;
  }

  async page(actor: Actor, incidentId: string, { limit, cursor }: PageQuery): Promise<SightingPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const parent = await this.parent(incidentId);
    const rows = await this.sightings.page(parent.key, limit, after);
    // Whatever was sighted is a value of the record.
    if (rows.length > 0) await this.receipts.shown(actor, [parent]);
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toSightingView(row, actor),
    );
  }

  async view(actor: Actor, incidentId: string, id: string): Promise<SightingView> {
    const parent = await this.parent(incidentId);
    const row = await this.sightings.byId(parent.key, id);
    if (!row) throw notFound();
    await this.receipts.shown(actor, [parent]);
    return toSightingView(row, actor);
  }

  private async parent(incidentId: string): Promise<ParentRow> {
    return (await this.appearances.parent(incidentId)) ?? Promise.reject(notFound());
  }
}

const instant = (text: string): string => new Date(text).toISOString();

function toSightingView(row: SightingRow, actor: Actor): SightingView {
  const isOwn = row.org_key === actor.organisationKey;
  return {
    id: row.id,
    observable: { id: row.observable_id, type: row.type, value: row.value },
    kind: row.kind,
    at: row.sighted_at.toISOString(),
    until: row.until_at?.toISOString() ?? null,
    count: row.count,
    detector: row.detector,
    note: row.note,
    author:
      isOwn && row.author_id !== null && row.author_name !== null
        ? { id: row.author_id, displayName: row.author_name }
        : null,
    organisation:
      row.org_id !== null && row.org_name !== null
        ? { id: row.org_id, name: row.org_name, country: row.org_country }
        : null,
    audience: row.reach,
    createdAt: row.created_at.toISOString(),
  };
}
