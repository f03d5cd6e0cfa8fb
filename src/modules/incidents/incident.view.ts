import type { Actor } from '../../kernel/actor.js';
import { COMMUNITY, COMMUNITY_RELAY, PARTNERS, PARTNERS_RELAY, PUBLIC } from '../../policy/principals.js';
import type { IncidentFacts } from './incident.rules.js';
import { allowedActions } from './incident.rules.js';
import type { AliasView, IncidentView, ReadableAs } from './incident.views.dto.js';
import { isPassedOn } from './incident.rows.js';
import type { FiledRow, Quarantine, ShownRow } from './incident.rows.js';
import type { ReleaseView } from '../sharing/index.js';

/** What a view needs beside the row: what the caller may know of releases, and names of groups it is in. */
export interface ViewContext {
  /** Of the owner's side alone; empty for everybody else. */
  releases: ReleaseView[];
  groupIds: ReadonlyMap<number, string>;
  /** Who filed what others own now, by key. */
  filers: ReadonlyMap<number, { id: string; name: string }>;
  /** Why it is in quarantine, to its owner's side. */
  quarantine?: Quarantine | undefined;
}

const factsOf = (row: FiledRow, actor: Actor, releases: readonly { status: string }[]): IncidentFacts => ({
  isOwner: row.is_owner,
  status: row.status,
  authorship: row.authorship,
  isInQuarantine: row.quarantined_at !== null,
  hasWaitingRelease: releases.some(({ status }) => status !== 'released'),
  hasReleaseToConfirm: releases.some(({ status }) => status === 'pending' || status === 'held'),
  isReleased: releases.some(({ status }) => status === 'released'),
  isFiler: row.is_filer,
  tlp: row.tlp,
  isPassedOn: isPassedOn(row),
  isPersonal: row.via.every((principal) => principal === actor.userKey),
});

/** The record as this caller may see it. Every member is named here; nothing is spread. */
export function toIncidentView(row: FiledRow, actor: Actor, context: ViewContext): IncidentView {
  const { facts } = row;
  const severity = row.is_owner ? facts.severity.own : facts.severity.shared;
  const isNamed = row.authorship === 'named';
  return {
    id: row.id,
    originNode: row.origin_node,
    revision: row.revision,
    status: row.status,
    title: facts.title,
    description: facts.description,
    language: facts.language,
    rsit: row.rsit_class !== null && row.rsit_type !== null ? { class: row.rsit_class, type: row.rsit_type } : null,
    marking: { tlp: row.tlp, pap: row.pap },
    authorship: row.authorship,
    organisation:
      row.owner_id !== null && row.owner_name !== null && (isNamed || row.is_owner)
        ? { id: row.owner_id, name: row.owner_name, country: row.owner_country }
        : null,
    alias: isNamed ? null : aliasView(row.alias),
    reportedBy: row.filer_key !== null && showsFiler(row) ? (context.filers.get(row.filer_key) ?? null) : null,
    occurredAt: facts.occurredAt,
    detectedAt: facts.detectedAt,
    reportedAt: facts.reportedAt,
    containedAt: facts.containedAt,
    resolvedAt: facts.resolvedAt,
    sector: row.sector,
    countries: row.countries,
    severity: severity && {
      scheme: severity.scheme,
      factors: severity.factors,
      derived: Object.keys(severity.factors)
        .filter((factor) => facts.severity.given?.[factor] === undefined)
        .sort(),
      score: severity.score,
      band: severity.band,
    },
    fraud: facts.fraud,
    techniques: facts.techniques,
    tags: facts.tags,
    // The filer's own references would unmask who filed it.
    externalReferences: isNamed || row.is_owner ? facts.externalReferences : [],
    updatedAt: row.updated_at.toISOString(),
    readableAs: isPassedOn(row)
      ? ['passed-on']
      : row.via.flatMap((principal) => readableAs(principal, actor, context.groupIds, ownSide(row))),
    release: row.is_owner ? (context.releases.find(({ status }) => status === 'released') ?? null) : null,
    waitingRelease: row.is_owner ? (context.releases.find(({ status }) => status !== 'released') ?? null) : null,
    quarantine: context.quarantine
      ? { since: context.quarantine.since.toISOString(), reasons: context.quarantine.reasons }
      : null,
    allowedActions: allowedActions(actor, factsOf(row, actor, context.releases)),
  };
}

/** What everybody but its owner's side knows of whose it is. */
export const aliasView = (alias: string | null): AliasView | null =>
  alias === null ? null : { name: 'an active member', code: alias };

/** By what a veil lets its owner's side in; nobody else holds one. */
const ownSide = (row: FiledRow): ReadableAs[] =>
  row.authorship === 'anonymous' && row.is_owner ? [row.tlp === 'TLP:RED' ? 'user' : 'organisation'] : [];

/** The constituent that filed it is known to itself and to its CERT. */
export const showsFiler = (row: FiledRow): boolean => row.is_owner || row.is_filer;

const wordFor = new Map<number, 'public' | 'community' | 'partners' | 'relay'>([
  [PUBLIC, 'public'],
  [COMMUNITY, 'community'],
  [PARTNERS, 'partners'],
  [COMMUNITY_RELAY, 'relay'],
  [PARTNERS_RELAY, 'relay'],
]);

function readableAs(
  principal: number,
  actor: Actor,
  groupIds: ReadonlyMap<number, string>,
  veiled: ReadableAs[],
): ReadableAs[] {
  const word = wordFor.get(principal);
  if (word) return [word];
  if (principal === actor.organisationKey) return ['organisation'];
  if (principal === actor.userKey) return ['user'];
  const group = groupIds.get(principal);
  return group === undefined ? veiled : [{ group }];
}

/** Principals among those that let readers in which only a group can explain. */
export const unexplained = (rows: readonly ShownRow[], actor: Actor): number[] => [
  ...new Set(
    rows.flatMap(({ via }) =>
      via.filter((each) => !wordFor.has(each) && each !== actor.organisationKey && each !== actor.userKey),
    ),
  ),
];
