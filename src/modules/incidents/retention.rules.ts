import type { Region } from '../../kernel/region.js';

/** What this module keeps for a time, each kind by a rule of its own. */
const KINDS = ['incident', 'draft', 'comment'] as const;
export type RetainedKind = (typeof KINDS)[number];

export interface RetentionRule {
  kind: RetainedKind;
  /** Of the organisation it belongs to, ISO 3166-1 alpha-2; null: of every other, and of the region's bodies. */
  country: string | null;
  /** After the last change. Null keeps. */
  days: number | null;
}

/** What the region file says, the region's rule for each kind first. What it does not say is kept. */
export const retentionRules = ({ retentionDays, members }: Region): RetentionRule[] =>
  KINDS.flatMap((kind) => [
    { kind, country: null, days: retentionDays[kind] ?? null },
    ...members.flatMap(({ code, retentionDays: own }) =>
      own?.[kind] === undefined ? [] : [{ kind, country: code, days: own[kind] ?? null }],
    ),
  ]);

/** Kept with the erasure, for the owner. */
export const reasonOf = ({ kind, days }: { kind: RetainedKind; days: number }): string =>
  `Kept for ${days} ${days === 1 ? 'day' : 'days'} after its last change, as the rule for ${pluralOf[kind]} says.`;

const pluralOf: Record<RetainedKind, string> = { incident: 'incidents', draft: 'drafts', comment: 'comments' };
