import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { KeepReceipts } from '../sharing/index.js';
import { alreadyLinked, notOwner, standsAlone } from './incident.problems.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct } from './incident.rules.js';
import type { IncidentRow } from './incident.rows.js';
import { IncidentsStore } from './incidents.store.js';
import type { LinkIncidentDto, LinkKind, LinkList, LinkView } from './links.dto.js';
import { checkIfMatch } from '../../platform/http/etag.js';

interface LinkRow {
  id: string;
  from_key: number;
  to_key: number;
  kind: LinkKind;
  note: string | null;
  created_at: Date;
}

const insert = statement(
  'link-insert',
  `insert into ronda.incident_link (space, id, from_key, to_key, kind, note, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (space, from_key, to_key) do nothing returning id`,
);
const ofRecord = statement(
  'link-of-record',
  `select id, from_key, to_key, kind, note, created_at from ronda.incident_link
    where space = $1 and (from_key = $2 or to_key = $2) order by created_at desc, id desc limit 500`,
);
const countSources = statement('link-count-sources', 'select ronda.count_sources($1) as count');
const remove = statement('link-delete', 'delete from ronda.incident_link where space = $1 and id = $2');

/** What one record says about another: readable only where both ends are. */
@Injectable()
export class LinkIncidents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentsStore,
    private readonly receipts: KeepReceipts,
    private readonly chance: Chance,
  ) {}

  async link(actor: Actor, id: string, input: LinkIncidentDto): Promise<string> {
    const from = await this.reader.row(id);
    if (!mayAct(actor, 'link', from.is_owner)) throw notOwner();
    // The other end is read under the rule before any key of it is tried: hidden and absent are one.
    const to = await this.incidents.byId(input.incident);
    if (!to) throw invalidInput([{ pointer: '/incident', detail: 'There is no such incident.' }]);
    if (to.key === from.key)
      throw invalidInput([{ pointer: '/incident', detail: 'A record is not linked to itself.' }]);
    if (from.authorship === 'anonymous' || (to.authorship === 'anonymous' && to.is_owner)) throw standsAlone();
    const linkId = this.chance.uuid();
    const { space, at } = this.work;
    const made = await this.work.query(insert, [
      space,
      linkId,
      from.key,
      to.key,
      input.kind,
      input.note ?? null,
      actor.userKey,
      at,
    ]);
    if (made.length === 0) throw alreadyLinked();
    this.work.emit({ type: 'incident.linked', version: 1, payload: { incidentId: id, linkId } }, actor.userKey);
    return linkId;
  }

  async list(actor: Actor, id: string): Promise<LinkList> {
    const here = await this.reader.row(id);
    const links = await this.work.query<LinkRow>(ofRecord, [this.work.space, here.key]);
    const others = await this.incidents.byKeys(
      links.map((link) => (link.from_key === here.key ? link.to_key : link.from_key)),
    );
    // A title is of what it says, and a note of what the one says about the other.
    if (others.length > 0) await this.receipts.shown(actor, [here, ...others]);
    const byKey = new Map(others.map((row) => [row.key, row]));
    const items = links.flatMap((link): LinkView[] => {
      const isFromHere = link.from_key === here.key;
      const other = byKey.get(isFromHere ? link.to_key : link.from_key);
      if (!other) return [];
      return [
        {
          id: link.id,
          kind: link.kind,
          direction: isFromHere ? 'from-here' : 'from-there',
          incident: other.id,
          title: other.facts.title,
          note: link.note,
          createdAt: link.created_at.toISOString(),
          allowedActions: isFromHere && mayAct(actor, 'link', here.is_owner) ? ['delete'] : [],
        },
      ];
    });
    return { items };
  }

  /** What the record says that it stems from, or has to do with, of what the caller may read. */
  async sources({ key }: { key: number }): Promise<{ link: string; kind: LinkKind; record: IncidentRow }[]> {
    const links = (await this.work.query<LinkRow>(ofRecord, [this.work.space, key])).filter(
      ({ from_key: from }) => from === key,
    );
    const others = new Map(
      (await this.incidents.byKeys(links.map(({ to_key: to }) => to))).map((row) => [row.key, row]),
    );
    return links.flatMap(({ id, kind, to_key: to }) => {
      const record = others.get(to);
      return record === undefined ? [] : [{ link: id, kind, record }];
    });
  }

  /** From how many records one of the caller's was written, also where it does not read them any more. */
  async countDerivedFrom({ key }: { key: number }): Promise<number> {
    const [row] = await this.work.query<{ count: number }>(countSources, [key]);
    return row?.count ?? 0;
  }

  async view(actor: Actor, id: string, linkId: string): Promise<LinkView> {
    const found = (await this.list(actor, id)).items.find((link) => link.id === linkId);
    if (!found) throw notFound();
    return found;
  }

  async remove(actor: Actor, id: string, linkId: string, ifMatch: string | undefined): Promise<void> {
    const view = await this.view(actor, id, linkId);
    if (!view.allowedActions.includes('delete')) throw notOwner();
    checkIfMatch(ifMatch, view, true);
    await this.work.query(remove, [this.work.space, linkId]);
    this.work.emit({ type: 'incident.unlinked', version: 1, payload: { incidentId: id, linkId } }, actor.userKey);
  }
}
