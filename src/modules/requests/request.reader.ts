import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { DirectoryReader } from '../identity/index.js';
import { GroupReader, KeepReceipts } from '../sharing/index.js';
import { overdue, toAnswerView, toRequestView } from './request.view.js';
import type { AnswerPage } from './answer.views.dto.js';
import type { RequestPage, RequestView } from './request.views.dto.js';
import type { ListRequestsQuery } from './requests.dto.js';
import { RequestsStore } from './requests.store.js';
import type { RequestRow, ResponseRow } from './requests.store.js';

/** Reads requests as the caller. What it may not see, is not there. */
@Injectable()
export class RequestReader {
  constructor(
    private readonly work: UnitOfWork,
    private readonly requests: RequestsStore,
    private readonly directory: DirectoryReader,
    private readonly groups: GroupReader,
    private readonly receipts: KeepReceipts,
  ) {}

  /** @throws Problem the one 404. */
  async row(id: string): Promise<RequestRow> {
    const row = await this.requests.byId(id);
    if (!row) throw notFound();
    return row;
  }

  async view(actor: Actor, id: string): Promise<RequestView> {
    return this.viewOf(actor, await this.row(id));
  }

  async viewOf(actor: Actor, row: RequestRow): Promise<RequestView> {
    return (await this.views(actor, [row]))[0] ?? Promise.reject(notFound());
  }

  async list(actor: Actor, query: ListRequestsQuery): Promise<RequestPage> {
    const { limit, cursor, count } = query;
    const filters = {
      direction: query.direction,
      kind: query.kind,
      state: query.state,
      isOverdue: query.overdue === undefined ? undefined : query.overdue === 'true',
      organisation: query.organisation,
      group: query.group,
      incident: query.incident,
      tlp: query.marking,
      since: query.since,
      until: query.until,
    };
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const [rows, total] = await Promise.all([
      this.requests.list(filters, limit, after),
      count === 'true' ? this.requests.count(filters) : undefined,
    ]);
    const views = new Map((await this.views(actor, rows.slice(0, limit))).map((view) => [view.id, view] as const));
    const page = pageOf(
      rows,
      limit,
      (row) => ({ at: row.listed_at.toISOString(), id: row.id }),
      (row) => views.get(row.id) as RequestView,
    );
    return total === undefined ? page : { ...page, total };
  }

  async answers(actor: Actor, id: string, { limit, cursor }: PageQuery): Promise<AnswerPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { key } = await this.row(id);
    const [rows, incidents] = await Promise.all([
      this.requests.answers(key, limit, after),
      this.requests.incidents([key]),
    ]);
    // The title of an incident is of what that says.
    const answered = new Set(rows.slice(0, limit).map((row) => row.key));
    await this.receipts.shown(
      actor,
      incidents.filter((each) => each.answer_key !== null && answered.has(each.answer_key)),
    );
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toAnswerView(row, actor, incidents),
    );
  }

  /** Keys of the organisations that are late with it, as far as the caller may know: all to the asker, itself to each. */
  async late(actor: Actor, row: RequestRow): Promise<number[]> {
    if (overdue(row, this.work.at) === null) return [];
    return (await this.lateWith(actor, [row], await this.requests.responses([row.key]))).get(row.key) ?? [];
  }

  private async views(actor: Actor, rows: RequestRow[]): Promise<RequestView[]> {
    if (rows.length === 0) return [];
    const { at } = this.work;
    const keys = rows.map(({ key }) => key);
    const [incidents, responses, paged] = await Promise.all([
      this.requests.incidents(keys),
      this.requests.responses(keys),
      this.requests.escalations(keys),
    ]);
    await this.receipts.shown(
      actor,
      incidents.filter((each) => each.answer_key === null),
    );
    const overdueRows = rows.filter((row) => overdue(row, at) !== null);
    const late =
      overdueRows.length > 0 ? await this.lateWith(actor, overdueRows, responses) : new Map<number, number[]>();
    const reachable = new Map(
      (await this.directory.reachable([...new Set([...late.values()].flat())])).map((each) => [
        each.organisation.key,
        each,
      ]),
    );
    const of = <R extends { request_key: number }>(all: readonly R[], key: number): R[] =>
      all.filter(({ request_key }) => request_key === key);
    return rows.map((row) =>
      toRequestView(row, actor, {
        at,
        incidents: of(incidents, row.key),
        responses: of(responses, row.key),
        paged: of(paged, row.key),
        late: (late.get(row.key) ?? []).flatMap((key) => {
          const found = reachable.get(key);
          return found ? [found] : [];
        }),
      }),
    );
  }

  /** By request. */
  private async lateWith(
    actor: Actor,
    rows: readonly RequestRow[],
    responses: readonly ResponseRow[],
  ): Promise<Map<number, number[]>> {
    const ofGroups = rows.filter((row) => row.is_owner && row.to_group_key !== null);
    const organisationsOf = await this.organisationsOf(ofGroups.flatMap(({ audience }) => audience));
    return new Map(
      rows.map((row) => {
        const asked = !row.is_owner
          ? [actor.organisationKey]
          : row.to_org_key !== null
            ? [row.to_org_key]
            : row.audience.flatMap((principal) => organisationsOf.get(principal) ?? []);
        const done = responses
          // Who has seen it is late with its answer alone, and who has ended it with nothing.
          .filter(
            ({ request_key, state }) =>
              request_key === row.key && (state !== 'acknowledged' || !isAnswerLate(row, this.work.at)),
          )
          .map(({ org_key }) => org_key);
        return [row.key, [...new Set(asked)].filter((key) => key !== row.owner_key && !done.includes(key))];
      }),
    );
  }

  /**
   * By principal, the active organisations behind it: of a group's epoch its members, of an organisation itself, of a person
   * the one that it is of. Whoever asks a group may name those of it who are to read the request.
   */
  private async organisationsOf(principals: readonly number[]): Promise<Map<number, number[]>> {
    if (principals.length === 0) return new Map();
    const [members, users] = await Promise.all([
      this.groups.memberKeys(principals),
      this.directory.userSummaries(principals),
    ]);
    const keys = [...principals, ...users.map(({ organisationKey }) => organisationKey)];
    const active = new Set(
      (await this.directory.organisationSummaries(keys)).flatMap(({ key, standing }) =>
        standing === 'active' ? [key] : [],
      ),
    );
    const named = [
      ...principals.map((key) => ({ principal: key, organisation: key })),
      ...users.map(({ key, organisationKey }) => ({ principal: key, organisation: organisationKey })),
    ].filter(({ organisation }) => active.has(organisation));
    for (const { principal, organisation } of named) members.set(principal, [organisation]);
    return members;
  }
}

const isAnswerLate = (row: RequestRow, at: Date): boolean => row.answer_by !== null && row.answer_by <= at;
