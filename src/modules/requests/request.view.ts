import type { Actor } from '../../kernel/actor.js';
import { besidesEdits } from '../../platform/http/etag.js';
import type { Reachable } from '../identity/index.js';
import type { AnswerView } from './answer.views.dto.js';
import { allowedActions, overdueOf } from './request.rules.js';
import type { Overdue, RequestFacts } from './request.rules.js';
import type { AboutIncidentView, AskedRef, EscalationView, PersonRef, RequestView } from './request.views.dto.js';
import { NOTICE } from './request.views.dto.js';
import type { AnswerRow, EscalationRow, LinkedIncidentRow, RequestRow, ResponseRow } from './requests.store.js';

/** What a view needs beside the row, each of this request. */
export interface RequestContext {
  at: Date;
  incidents: readonly LinkedIncidentRow[];
  responses: readonly ResponseRow[];
  paged: readonly EscalationRow[];
  /** Those that are late, as far as the caller may know, and how they are reached. */
  late: readonly Reachable[];
}

export const overdue = (row: RequestRow, at: Date): Overdue | null =>
  overdueOf(row.state, { acknowledgeBy: row.acknowledge_by, answerBy: row.answer_by }, at);

export const factsOf = (row: RequestRow, at: Date): RequestFacts => ({
  isOwner: row.is_owner,
  authorKey: row.author_key,
  tlp: row.tlp,
  state: row.state,
  overdue: overdue(row, at),
});

/** The request as this caller may see it. Every member is named here; nothing is spread. */
export function toRequestView(row: RequestRow, actor: Actor, context: RequestContext): RequestView {
  // The clock, the duty roster and a comms check elsewhere move what follows from them.
  return besidesEdits<RequestView>(
    {
      id: row.id,
      originNode: row.origin_node,
      kind: row.kind,
      state: row.state,
      direction: row.is_owner ? 'sent' : 'received',
      title: row.title,
      body: row.body,
      language: row.language,
      marking: { tlp: row.tlp, pap: row.pap },
      from: refOf(row.owner_id, row.owner_name, row.owner_country),
      author: personOf(row.owner_key === actor.organisationKey, row.author_id, row.author_name),
      to: {
        organisation: refOf(row.to_org_id, row.to_org_name, row.to_org_country),
        group:
          row.to_group_id !== null && row.to_group_name !== null
            ? { id: row.to_group_id, name: row.to_group_name }
            : null,
      },
      audience: row.is_owner ? row.chosen : null,
      answersTo: row.answers_to,
      incidents: context.incidents.filter(({ answer_key }) => answer_key === null).map(toIncident),
      indicatorCount: row.indicator_count,
      createdAt: row.is_owner ? row.created_at.toISOString() : null,
      sentAt: iso(row.sent_at),
      acknowledgeBy: iso(row.acknowledge_by),
      answerBy: iso(row.answer_by),
      expiresAt: iso(row.expires_at),
      endedAt: iso(row.ended_at),
      overdue: overdue(row, context.at),
      responses: context.responses.map((response) => ({
        organisation: refOf(response.org_id, response.org_name, response.org_country),
        state: response.state,
        acknowledgedAt: iso(response.acknowledged_at),
        answeredAt: iso(response.answered_at),
        declinedAt: iso(response.declined_at),
      })),
      escalation: context.late.map(toEscalation),
      paged: context.paged.map((each) => ({
        organisation: refOf(each.org_id, each.org_name, each.org_country),
        by: personOf(each.by_org_key === actor.organisationKey, each.paged_by_id, each.paged_by_name),
        note: each.note,
        pagedAt: each.paged_at.toISOString(),
      })),
      notice: NOTICE,
      allowedActions: allowedActions(actor, factsOf(row, context.at)),
    },
    'overdue',
    'escalation',
    'allowedActions',
  );
}

export const toAnswerView = (row: AnswerRow, actor: Actor, incidents: readonly LinkedIncidentRow[]): AnswerView => ({
  id: row.id,
  organisation: refOf(row.org_id, row.org_name, row.org_country),
  author: personOf(row.org_key === actor.organisationKey, row.author_id, row.author_name),
  body: row.body,
  language: row.language,
  audience: row.reach,
  incidents: incidents.filter(({ answer_key }) => answer_key === row.key).map(toIncident),
  createdAt: row.created_at.toISOString(),
  notice: NOTICE,
});

const toEscalation = ({ organisation, contacts, onDuty }: Reachable): EscalationView => ({
  organisation: { id: organisation.id, name: organisation.name, country: organisation.country },
  contacts: contacts.map((contact) => ({
    name: contact.name,
    email: contact.email,
    phone: contact.phone,
    languages: contact.languages,
    timeZone: contact.timeZone,
    lastVerifiedAt: iso(contact.lastVerifiedAt),
  })),
  onDuty: onDuty.map(({ dutyRole, position, displayName }) => ({ dutyRole, position, displayName })),
});

const toIncident = ({ id, title }: LinkedIncidentRow): AboutIncidentView => ({ id, title });

const refOf = (id: string | null, name: string | null, country: string | null): AskedRef | null =>
  id !== null && name !== null ? { id, name, country } : null;

/** Persons are named to their own organisation. */
const personOf = (isOwn: boolean, id: string | null, displayName: string | null): PersonRef | null =>
  isOwn && id !== null && displayName !== null ? { id, displayName } : null;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
