import type { RevisionRow } from './advisory.rows.js';

/** A version as it went out, or would. */
export interface IssuedVersion {
  version: string;
  at: Date;
  /** What changed since the one before; null of the first. */
  summary: string | null;
}

const SETTLED = 'Approved by every organisation that issues it, and no longer interim. Nothing else has changed.';

/**
 * The versions that a revision is, the oldest first: one, or two where it went out before everybody who issues it agreed. The
 * document that is final is not the one that was interim, so each has a number and a date of its own.
 * @param at when it first went out, or would.
 * @see CSAF 2.0 §3.2.1.12, §9.1.5
 */
export function issuedVersions(
  revision: Pick<RevisionRow, 'version' | 'interim_version' | 'settled_at' | 'summary_of_changes'>,
  at: Date,
): IssuedVersion[] {
  const { version, interim_version, settled_at, summary_of_changes: summary } = revision;
  return interim_version === null || settled_at === null
    ? [{ version, at, summary }]
    : [
        { version: interim_version, at, summary },
        { version, at: settled_at, summary: SETTLED },
      ];
}

/** A revision by the name of a version that it is: the last of those that were written under it. */
export const revisionCalled = <R extends Pick<RevisionRow, 'version' | 'interim_version'>>(
  revisions: readonly R[],
  name: string,
): R | undefined => revisions.findLast(({ version, interim_version }) => version === name || interim_version === name);
