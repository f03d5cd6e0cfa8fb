import type { Actor } from '../../../kernel/actor.js';
import { memberByCode } from '../../../kernel/region.js';
import type { Region } from '../../../kernel/region.js';
import { allowedActions } from './organisation.rules.js';
import type { OrganisationFacts } from './organisation.rules.js';
import type { OrganisationView } from './organisation.views.dto.js';
import type { OrganisationRow } from './organisations.store.js';

export const factsOf = (row: OrganisationRow): OrganisationFacts => ({
  key: row.key,
  kind: row.kind,
  affiliation: row.affiliation,
  standing: row.standing,
  parentKey: row.parent_key,
  isSecretariat: row.is_secretariat,
  sponsorKeys: row.sponsors.map(({ key }) => key),
  hasActiveAdmin: row.has_active_admin,
  openDecision: row.open_decision && {
    kind: row.open_decision.decision,
    firstOrganisationKey: row.open_decision.first_org_key,
  },
});

export function toOrganisationView(row: OrganisationRow, actor: Actor, region: Region): OrganisationView {
  const decision = row.open_decision;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    affiliation: row.affiliation,
    country: row.country,
    countryName: row.country === null ? null : (memberByCode(region, row.country)?.name ?? null),
    standing: row.standing,
    parent: row.parent_id === null ? null : { id: row.parent_id, name: row.parent_name ?? '' },
    isSecretariat: row.is_secretariat,
    secretariatUntil: row.secretariat_until,
    timeZone: row.time_zone,
    languages: row.languages,
    originNode: row.origin_node,
    createdAt: row.created_at.toISOString(),
    designation: row.designation && {
      designatedBy: row.designation.designated_by,
      designatedOn: row.designation.designated_on,
      document: row.designation.document,
    },
    sponsors: row.sponsors.map((sponsor) => ({
      organisation: { id: sponsor.id, name: sponsor.name },
      country: sponsor.country,
      statement: sponsor.statement,
      enteredAt: instant(sponsor.entered_at),
    })),
    openDecision: decision && {
      decision: decision.decision,
      reason: decision.reason,
      decidedOn: decision.decided_on,
      document: decision.document,
      enteredBy:
        decision.first_org_id === null ? null : { id: decision.first_org_id, name: decision.first_org_name ?? '' },
      enteredAt: instant(decision.first_at),
    },
    settings:
      row.key === actor.organisationKey ? { totpRequired: row.totp_required, relayGreen: row.relay_green } : null,
    allowedActions: allowedActions(factsOf(row), actor),
  };
}

/** PostgreSQL writes times into JSON with the offset of the session; the API shows UTC. */
const instant = (text: string): string => new Date(text).toISOString();
