import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import { audienceFaults } from '../../policy/audience.js';
import type { AudienceItem } from '../../policy/audience.js';
import { ReleaseReader, ResolveAudience, WiderSharingStore, alreadyAsked, alreadyDecided } from '../sharing/index.js';
import type {
  ListWiderSharingQuery,
  ReleaseView,
  RequestWiderSharingDto,
  WiderSharingRequestList,
  WiderSharingRequestPage,
  WiderSharingRequestView,
  WiderSharingRow,
} from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct, mayDecide } from './incident.rules.js';
import { isPassedOn } from './incident.rows.js';
import type { IncidentRow } from './incident.rows.js';

/** A reader asks a record's owner, through the record, to release it wider; the owner agrees or declines. */
@Injectable()
export class RequestWiderSharing {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly requests: WiderSharingStore,
    private readonly releases: ReleaseReader,
    private readonly resolve: ResolveAudience,
    private readonly chance: Chance,
  ) {}

  /** @returns the request's id. */
  async ask(actor: Actor, id: string, body: RequestWiderSharingDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.reader.row(id);
    if (!mayAct(actor, 'request-wider-sharing', row.is_owner) || isPassedOn(row))
      throw forbidden(
        'Analysts and coordinators of the CERTs and bodies that a record was released to ask; ask yours.',
      );
    const [view] = await this.reader.views(actor, [row]);
    checkIfMatch(ifMatch, view, false);
    const tlp = body.marking?.tlp ?? null;
    if (tlp === null && body.audience.length === 0)
      throw invalidInput([{ pointer: '/audience', detail: 'Say who should read it too, or at which marking.' }]);
    const faults = audienceFaults(tlp ?? row.tlp ?? 'TLP:RED', body.audience, '/audience');
    if (faults.length > 0) throw invalidInput(faults);
    // Whom the asker does not see it cannot want.
    await this.resolve.run(body.audience);
    const requestId = this.chance.uuid();
    const isNew = await this.requests.insert({
      id: requestId,
      organisationKey: actor.organisationKey,
      recordKey: row.key,
      tlp,
      audience: body.audience,
      reason: body.reason,
      by: actor.userKey,
    });
    if (!isNew) throw alreadyAsked();
    this.emit('wider-sharing.requested', actor, id, requestId);
    return requestId;
  }

  /** Over all records: what the caller's organisation asked, and what was asked of its own. */
  async page(actor: Actor, { state, limit, cursor }: ListWiderSharingQuery): Promise<WiderSharingRequestPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    return pageOf(
      await this.requests.page(state ?? null, limit, after),
      limit,
      (row) => ({ at: row.asked_at.toISOString(), id: row.id }),
      (row) => toView(row, actor, null, null),
    );
  }

  async list(actor: Actor, id: string): Promise<WiderSharingRequestList> {
    const row = await this.reader.row(id);
    const rows = await this.requests.ofRecord(row.key);
    const release = await this.released(row);
    return { items: rows.map((each) => toView(each, actor, row, release)) };
  }

  async view(actor: Actor, id: string, requestId: string): Promise<WiderSharingRequestView> {
    const row = await this.reader.row(id);
    const found = await this.requests.byId(row.key, requestId);
    if (!found) throw notFound();
    return toView(found, actor, row, await this.released(row));
  }

  /** Nothing is released by it: the owner previews and releases by the ordinary rule. */
  async decide(
    actor: Actor,
    id: string,
    requestId: string,
    state: 'granted' | 'declined',
    ifMatch: string | undefined,
  ): Promise<string> {
    const row = await this.reader.row(id);
    const view = await this.view(actor, id, requestId);
    if (!mayDecide(actor, row.is_owner)) throw forbidden('A coordinator of the organisation that owns it decides.');
    checkIfMatch(ifMatch, view, false);
    if (!(await this.requests.decide(row.key, requestId, state, actor.userKey))) throw alreadyDecided();
    this.emit(`wider-sharing.${state}`, actor, id, requestId);
    return requestId;
  }

  /** Without a revision: each side reads the entries of its own acts, so no entry says who the other is. */
  private emit(type: string, actor: Actor, incidentId: string, widerSharingId: string): void {
    this.work.emit({ type, version: 1, payload: { incidentId, widerSharingId } }, actor.userKey);
  }

  private async released(row: IncidentRow): Promise<ReleaseView | null> {
    if (!row.is_owner) return null;
    const open = (await this.releases.open('incident', [row.key])).get(row.key) ?? [];
    return open.find(({ status }) => status === 'released') ?? null;
  }
}

const nameOf = (item: AudienceItem): string => JSON.stringify(item);

function toView(
  row: WiderSharingRow,
  actor: Actor,
  record: IncidentRow | null,
  release: ReleaseView | null,
): WiderSharingRequestView {
  const now = release?.audience ?? [];
  const known = new Set(now.map(nameOf));
  const tlp = row.tlp ?? record?.tlp ?? null;
  return {
    id: row.id,
    incident: row.incident_id,
    state: row.state,
    marking: row.tlp === null ? null : { tlp: row.tlp },
    audience: row.audience,
    reason: row.reason,
    askedBy:
      row.org_id !== null && row.org_name !== null
        ? { id: row.org_id, name: row.org_name, country: row.org_country }
        : null,
    askedAt: row.asked_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    release:
      record?.is_owner && tlp !== null
        ? { marking: { tlp }, audience: [...now, ...row.audience.filter((item) => !known.has(nameOf(item)))] }
        : null,
    allowedActions: row.state === 'open' && mayDecide(actor, row.is_owner) ? ['grant', 'decline'] : [],
  };
}
