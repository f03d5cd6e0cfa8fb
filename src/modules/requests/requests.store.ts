import { Injectable } from '@nestjs/common';
import type { Pap, Tlp } from '../../kernel/markings.js';
import type { RequestKind } from '../../kernel/region.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { AudienceItem } from '../../policy/audience.js';
import { countRequests, listRequests, selectRequest } from './request-record.sql.js';
import type { RequestState, ResponseState, Status } from './request.rules.js';
import type { ShownRecord } from '../sharing/index.js';

export interface RequestRow {
  key: number;
  id: string;
  origin_node: string;
  kind: RequestKind;
  status: Status;
  state: RequestState;
  owner_key: number;
  author_key: number;
  to_org_key: number | null;
  to_group_key: number | null;
  is_owner: boolean;
  owner_readers: number[];
  audience: number[];
  chosen: AudienceItem[];
  tlp: Tlp;
  pap: Pap;
  title: string;
  body: string;
  language: string | null;
  answers_to: Reach;
  indicator_count: number;
  acknowledge_by: Date | null;
  answer_by: Date | null;
  expires_at: Date | null;
  created_at: Date;
  sent_at: Date | null;
  listed_at: Date;
  ended_at: Date | null;
  /** Null where the reader may not see who that is; so are the others. */
  owner_id: string | null;
  owner_name: string | null;
  owner_country: string | null;
  author_id: string | null;
  author_name: string | null;
  to_org_id: string | null;
  to_org_name: string | null;
  to_org_country: string | null;
  to_group_id: string | null;
  to_group_name: string | null;
}

export type Reach = 'all' | 'asker';

/** When a request is due. */
export interface Dues {
  acknowledgeBy: Date;
  answerBy: Date;
  expiresAt: Date;
}

/** Something that a request is about, and what of those asked it is in. */
export interface RequestIndicator {
  type: string;
  value: string;
  matched: string;
}

/** A draft that `POST /requests/route` made. */
export interface RoutedRow {
  id: string;
  state: Status;
  to_org_id: string | null;
  to_org_name: string | null;
  to_org_country: string | null;
  indicators: RequestIndicator[];
}

export interface NewRequest {
  id: string;
  originNode: string;
  kind: RequestKind;
  ownerKey: number;
  authorKey: number;
  to: { organisationKey: number } | { groupKey: number };
  ownerReaders: number[];
  chosen: readonly AudienceItem[];
  tlp: Tlp;
  pap: Pap;
  title: string;
  body: string;
  language: string | null;
  answersTo: Reach;
  incidentKeys: number[];
  /** Null for a draft. */
  sent: { principals: number[]; dues: Dues } | null;
  /** Where the asker said so itself. */
  acknowledgeBy: Date | null;
  answerBy: Date | null;
  /** Of a draft that was made of a list of indicators: those that are this organisation's. */
  routed: { routingId: string; indicators: readonly RequestIndicator[] } | null;
}

export interface RequestFilters {
  direction?: string;
  kind?: string[];
  state?: string[];
  isOverdue?: boolean;
  organisation?: string[];
  group?: string[];
  incident?: string[];
  tlp?: string[];
  since?: string;
  until?: string;
}

interface OrganisationColumns {
  org_key: number;
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
}

export interface ResponseRow extends OrganisationColumns {
  request_key: number;
  state: ResponseState;
  acknowledged_at: Date | null;
  answered_at: Date | null;
  declined_at: Date | null;
}

export interface EscalationRow extends OrganisationColumns {
  request_key: number;
  id: string;
  by_org_key: number;
  paged_by_id: string | null;
  paged_by_name: string | null;
  note: string | null;
  paged_at: Date;
}

export interface AnswerRow extends OrganisationColumns {
  key: number;
  id: string;
  author_id: string | null;
  author_name: string | null;
  body: string;
  language: string | null;
  reach: Reach;
  created_at: Date;
}

export interface LinkedIncidentRow extends ShownRecord {
  request_key: number;
  answer_key: number | null;
  title: string;
}

const organisationColumns = 'o.id as org_id, o.name as org_name, o.country as org_country';

const byId = statement('request-by-id', selectRequest);
const list = statement('request-list', listRequests);
const count = statement('request-count', countRequests);
const lock = statement('request-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))');
const insert = statement(
  'request-insert',
  `insert into ronda.request (space, id, origin_node, kind, owner_key, author_key, to_org_key, to_group_key, owner_readers, audience,
      chosen, status, tlp, pap, title, body, language, answers_to, acknowledge_by, answer_by, expires_at, created_at, sent_at, sent_by, listed_at,
      routing_id, indicators)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22::timestamptz, $23, $24, $22, $25, coalesce($26::jsonb, '[]'))`,
);
const indicators = statement(
  'request-indicators',
  'select q.indicators from ronda.request q where q.space = $1 and q.id = $2',
);
const routed = statement(
  'request-routed',
  `select q.id, q.status as state, t.id as to_org_id, t.name as to_org_name, t.country as to_org_country, q.indicators
     from ronda.request q left join ronda.organisation t on t.key = q.to_org_key
    where q.space = $1 and q.owner_key = $2 and q.routing_id = $3 order by t.name, q.id`,
);
const send = statement(
  'request-send',
  `update ronda.request set status = 'open', audience = $3, sent_at = $4, sent_by = $5, listed_at = $4, acknowledge_by = $6,
      answer_by = $7, expires_at = $8
    where space = $1 and key = $2`,
);
const end = statement(
  'request-end',
  'update ronda.request set status = $3, ended_at = $4 where space = $1 and key = $2',
);
const linkIncidents = statement(
  'request-link-incidents',
  `insert into ronda.request_incident (space, request_key, answer_key, incident_key, linked_by, linked_at)
   select q.space, q.key, a.key, named, $4, $5 from ronda.request q
     left join ronda.request_answer a on a.space = q.space and a.id = $6, unnest($3::bigint[]) named
    where q.space = $1 and q.id = $2 on conflict do nothing`,
);
const incidents = statement(
  'request-incidents',
  `select l.request_key, l.answer_key, i.key, i.id, i.authorship, i.owner_readers && ronda.reader_principals() as is_owner,
          array(select reader from unnest(i.audience) reader where reader = any (ronda.reader_principals())) as via,
          r.number, r.tlp, r.facts ->> 'title' as title from ronda.request_incident l
     join ronda.incident i on i.space = l.space and i.key = l.incident_key
     cross join lateral (select v.number, v.tlp, v.facts from ronda.incident_revision v
       where v.space = i.space and v.incident_key = i.key order by v.number desc limit 1) r
    where l.space = $1 and l.request_key = any ($2) order by l.linked_at, i.id`,
);
const responses = statement(
  'request-responses',
  `select x.request_key, x.org_key, ${organisationColumns}, x.state, x.acknowledged_at, x.answered_at, x.declined_at
     from ronda.request_response x left join ronda.organisation o on o.key = x.org_key
    where x.space = $1 and x.request_key = any ($2)
    order by coalesce(x.acknowledged_at, x.answered_at, x.declined_at), lower(o.name), o.id`,
);
const respond = statement(
  'request-respond',
  `insert into ronda.request_response (space, request_key, org_key, state, acknowledged_at, answered_at, declined_at, user_key)
   values ($1, $2, $3, $4, case when $4 = 'acknowledged' then $5::timestamptz end, case when $4 = 'answered' then $5 end,
     case when $4 = 'declined' then $5 end, $6)`,
);
const moveOn = statement(
  'request-move-on',
  `update ronda.request_response set state = $4, user_key = $6,
      answered_at = case when $4 = 'answered' then coalesce(answered_at, $5::timestamptz) end,
      declined_at = case when $4 = 'declined' then $5 end
    where space = $1 and request_key = $2 and org_key = $3 returning org_key`,
);
const insertAnswer = statement(
  'request-answer-insert',
  `insert into ronda.request_answer (space, id, request_key, org_key, author_key, body, language, reach, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const answers = statement(
  'request-answers',
  `select a.key, a.id, a.org_key, ${organisationColumns}, u.id as author_id, u.display_name as author_name, a.body, a.language,
          a.reach, a.created_at
     from ronda.request_answer a left join ronda.organisation o on o.key = a.org_key left join ronda.user_account u on u.key = a.author_key
    where a.space = $1 and a.request_key = $2 and ($3::timestamptz is null or (a.created_at, a.id) < ($3, $4::uuid))
    order by a.created_at desc, a.id desc limit $5`,
);
const insertEscalation = statement(
  'request-escalate',
  `insert into ronda.request_escalation (space, id, request_key, org_key, by_org_key, paged_by, note, paged_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const escalations = statement(
  'request-escalations',
  `select e.request_key, e.id, e.org_key, ${organisationColumns}, e.by_org_key, u.id as paged_by_id, u.display_name as paged_by_name,
          e.note, e.paged_at
     from ronda.request_escalation e left join ronda.organisation o on o.key = e.org_key left join ronda.user_account u on u.key = e.paged_by
    where e.space = $1 and e.request_key = any ($2) order by e.paged_at, e.id`,
);

/** Every query of requests, and of what hangs on them. */
@Injectable()
export class RequestsStore {
  constructor(private readonly work: UnitOfWork) {}

  async byId(id: string): Promise<RequestRow | undefined> {
    return (await this.work.query<RequestRow>(byId, [this.work.space, this.work.at, id]))[0];
  }

  /** One more row than the limit, where there is one. */
  list(filters: RequestFilters, limit: number, after: CursorKeys | null): Promise<RequestRow[]> {
    const values = [...this.filterValues(filters), after?.at ?? null, after?.id ?? null, limit + 1];
    return this.work.query<RequestRow>(list, values);
  }

  /** How many the reader may read, exact to 10,000. */
  async count(filters: RequestFilters): Promise<number | { atLeast: number }> {
    const [row] = await this.work.query<{ total: number }>(count, this.filterValues(filters));
    const total = row?.total ?? 0;
    return total > 10_000 ? { atLeast: 10_000 } : total;
  }

  /**
   * Makes changes to one request wait for each other, whoever of its readers makes them: those asked may not lock its row.
   * Called for what the caller has read.
   */
  async lock(id: string): Promise<void> {
    await this.work.query(lock, [`request ${this.work.space} ${id}`]);
  }

  insert(request: NewRequest): void {
    const { at, space } = this.work;
    const { sent, to } = request;
    this.work.write(insert, [
      space,
      request.id,
      request.originNode,
      request.kind,
      request.ownerKey,
      request.authorKey,
      'organisationKey' in to ? to.organisationKey : null,
      'groupKey' in to ? to.groupKey : null,
      request.ownerReaders,
      sent ? union(request.ownerReaders, sent.principals) : request.ownerReaders,
      JSON.stringify(request.chosen),
      sent ? 'open' : 'draft',
      request.tlp,
      request.pap,
      request.title,
      request.body,
      request.language,
      request.answersTo,
      sent?.dues.acknowledgeBy ?? request.acknowledgeBy,
      sent?.dues.answerBy ?? request.answerBy,
      sent?.dues.expiresAt ?? null,
      at,
      sent ? at : null,
      sent ? request.authorKey : null,
      request.routed?.routingId ?? null,
      request.routed ? JSON.stringify(request.routed.indicators) : null,
    ]);
    this.link(request.id, null, request.incidentKeys, request.authorKey);
  }

  send(row: RequestRow, principals: number[], dues: Dues, by: number): void {
    const { at, space } = this.work;
    const audience = union(row.owner_readers, principals);
    this.work.write(send, [space, row.key, audience, at, by, dues.acknowledgeBy, dues.answerBy, dues.expiresAt]);
  }

  /** What it is about; undefined where the reader reads no such request. */
  async indicators(id: string): Promise<RequestIndicator[] | undefined> {
    const values = [this.work.space, id];
    return (await this.work.query<{ indicators: RequestIndicator[] }>(indicators, values))[0]?.indicators;
  }

  /** The drafts that one routing made, by whom they ask. */
  routed(ownerKey: number, routingId: string): Promise<RoutedRow[]> {
    return this.work.query<RoutedRow>(routed, [this.work.space, ownerKey, routingId]);
  }

  end(key: number, status: 'withdrawn' | 'closed'): void {
    this.work.write(end, [this.work.space, key, status, this.work.at]);
  }

  /** What the caller's organisation did with it, in place of what it did before. */
  async respond(key: number, organisationKey: number, state: ResponseState, by: number): Promise<void> {
    const values = [this.work.space, key, organisationKey, state, this.work.at, by];
    if ((await this.work.query(moveOn, values)).length === 0) this.work.write(respond, values);
  }

  answer(
    row: RequestRow,
    answer: {
      id: string;
      organisationKey: number;
      authorKey: number;
      body: string;
      language: string | null;
      reach: Reach;
      incidentKeys: number[];
    },
  ): void {
    const { at, space } = this.work;
    const { id, organisationKey, authorKey, body, language, reach } = answer;
    this.work.write(insertAnswer, [space, id, row.key, organisationKey, authorKey, body, language, reach, at]);
    this.link(row.id, id, answer.incidentKeys, authorKey);
  }

  /** Newest first; one more than the limit, where there is one. */
  answers(key: number, limit: number, after: CursorKeys | null): Promise<AnswerRow[]> {
    return this.work.query<AnswerRow>(answers, [this.work.space, key, after?.at ?? null, after?.id ?? null, limit + 1]);
  }

  incidents(keys: number[]): Promise<LinkedIncidentRow[]> {
    return this.work.query<LinkedIncidentRow>(incidents, [this.work.space, keys]);
  }

  responses(keys: number[]): Promise<ResponseRow[]> {
    return this.work.query<ResponseRow>(responses, [this.work.space, keys]);
  }

  escalate(escalation: {
    id: string;
    requestKey: number;
    organisationKey: number;
    byOrganisationKey: number;
    by: number;
    note: string | null;
  }): void {
    const { id, requestKey, organisationKey, byOrganisationKey, by, note } = escalation;
    const { at, space } = this.work;
    this.work.write(insertEscalation, [space, id, requestKey, organisationKey, byOrganisationKey, by, note, at]);
  }

  escalations(keys: number[]): Promise<EscalationRow[]> {
    return this.work.query<EscalationRow>(escalations, [this.work.space, keys]);
  }

  private link(requestId: string, answerId: string | null, incidentKeys: number[], by: number): void {
    if (incidentKeys.length === 0) return;
    this.work.write(linkIncidents, [this.work.space, requestId, incidentKeys, by, this.work.at, answerId]);
  }

  private filterValues(filters: RequestFilters): unknown[] {
    return [
      this.work.space,
      this.work.at,
      filters.direction ?? null,
      filters.kind ?? null,
      filters.state ?? null,
      filters.isOverdue ?? null,
      filters.organisation ?? null,
      filters.group ?? null,
      filters.incident ?? null,
      filters.tlp ?? null,
      filters.since ?? null,
      filters.until ?? null,
    ];
  }
}

const union = (some: readonly number[], more: readonly number[]): number[] => [...new Set([...some, ...more])];
