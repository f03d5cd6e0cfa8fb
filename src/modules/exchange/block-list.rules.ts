import type { Pap } from '../../kernel/markings.js';
import { mayExport } from '../../policy/release.js';
import type { SayingRecord } from '../observables/index.js';

/** From the narrowest on. What is GREEN or CLEAR may be acted on where an attacker may notice, and blocking is noticed. */
const NARROWNESS: Record<Pap, number> = { 'PAP:RED': 3, 'PAP:AMBER': 2, 'PAP:GREEN': 1, 'PAP:CLEAR': 0 };
export const BLOCKABLE_PAP = ['PAP:GREEN', 'PAP:CLEAR'] as const;

const narrower = (one: Pap, other: Pap): Pap => (NARROWNESS[one] >= NARROWNESS[other] ? one : other);

export interface BlockListWish {
  /** The narrowest marking that may be on the list. */
  pap: (typeof BLOCKABLE_PAP)[number];
  /** Only what was seen, or where nobody says when, written, at this instant or later. */
  since: Date | null;
  at: Date;
}

/** A value of the list, as the records say that the reader reads. */
export interface Listed {
  value: string;
  /** The narrowest of any record that says it. */
  pap: Pap;
  firstSeenAt: string | null;
  lastSeenAt: string | null;
  expiresAt: string | null;
  /** Whether some record says that it is fit to be blocked, still and lately. */
  isWanted: boolean;
  /** The records that say so. */
  records: Omit<SayingRecord, 'said'>[];
}

const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;
const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;

/**
 * Adds what a record says to what others said. A value takes the narrowest PAP of all records that the reader reads: an
 * investigation that an attacker must not notice is not given away because somebody else would have it blocked.
 * @param most values that are kept at the most; those that come after are passed by.
 */
export function gather(listed: Map<string, Listed>, record: SayingRecord, wish: BlockListWish, most: number): void {
  // What they say besides is not held on to.
  const { said, ...shown } = record;
  for (const { value, isForDetection, facts } of said) {
    const known = listed.get(value);
    if (!known && listed.size >= most) continue;
    const entry: Listed = known ?? {
      value,
      pap: record.pap,
      firstSeenAt: null,
      lastSeenAt: null,
      expiresAt: null,
      isWanted: false,
      records: [],
    };
    if (!known) listed.set(value, entry);
    entry.pap = narrower(entry.pap, record.pap);
    if (!mayExport(record.tlp, record.is_owner) || !isFit(isForDetection, facts, wish.at)) continue;
    const seenAt = facts.lastSeenAt ?? record.updated_at.toISOString();
    if (wish.since !== null && new Date(seenAt) < wish.since) continue;
    entry.firstSeenAt = earlier(entry.firstSeenAt, facts.firstSeenAt);
    entry.lastSeenAt = later(entry.lastSeenAt, facts.lastSeenAt);
    entry.expiresAt = later(entry.expiresAt, facts.expiresAt);
    entry.isWanted = true;
    entry.records.push(shown);
  }
}

const isFit = (isForDetection: boolean, facts: SayingRecord['said'][number]['facts'], at: Date): boolean =>
  isForDetection &&
  facts.malicious !== false &&
  facts.isDisputed !== true &&
  (facts.expiresAt === null || new Date(facts.expiresAt) > at);

/** Whether it is on the list after all has been read. */
export const isListed = (entry: Listed, { pap }: BlockListWish): boolean =>
  entry.isWanted && NARROWNESS[entry.pap] <= NARROWNESS[pap];
