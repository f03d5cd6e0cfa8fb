import type { Pap } from '../../kernel/markings.js';
import { mayExport } from '../../policy/release.js';
import type { SayingRecord } from '../observables/index.js';
import type { Narrowings } from './narrowings.js';

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

/** A value of the list: some record says that it is fit to be blocked, still and lately, and none that was read forbids it. */
export interface Listed {
  value: string;
  /** The narrowest of any record that says it. */
  pap: Pap;
  firstSeenAt: string | null;
  lastSeenAt: string | null;
  expiresAt: string | null;
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
 * @param narrowed what was said of values that are not listed. They take no place, or whoever shares what is for nobody to
 *   block would empty the lists of all who read it.
 * @param most values that are listed at the most; those that come after are passed by.
 */
export function gather(
  listed: Map<string, Listed>,
  narrowed: Narrowings,
  record: SayingRecord,
  wish: BlockListWish,
  most: number,
): void {
  // What they say besides is not held on to.
  const { said, ...shown } = record;
  const allows = (pap: Pap): boolean => NARROWNESS[pap] <= NARROWNESS[wish.pap];
  for (const { value, isForDetection, facts } of said) {
    const known = listed.get(value);
    if (known) known.pap = narrower(known.pap, record.pap);
    if (!allows(record.pap)) listed.delete(value);
    const isWanted =
      allows(record.pap) &&
      mayExport(record.tlp, record.is_owner) &&
      isFit(isForDetection, facts, wish.at) &&
      isRecent(record, facts, wish);
    const entry = isWanted ? (known ?? opened(value, narrowed.of(value), record)) : undefined;
    if (!entry || !allows(entry.pap) || (!known && listed.size >= most)) {
      if (!listed.has(value)) narrowed.add(value, record.pap);
      continue;
    }
    listed.set(value, entry);
    entry.firstSeenAt = earlier(entry.firstSeenAt, facts.firstSeenAt);
    entry.lastSeenAt = later(entry.lastSeenAt, facts.lastSeenAt);
    entry.expiresAt = later(entry.expiresAt, facts.expiresAt);
    entry.records.push(shown);
  }
}

const opened = (value: string, before: Pap, { pap }: SayingRecord): Listed => ({
  value,
  pap: narrower(before, pap),
  firstSeenAt: null,
  lastSeenAt: null,
  expiresAt: null,
  records: [],
});

const isFit = (isForDetection: boolean, facts: SayingRecord['said'][number]['facts'], at: Date): boolean =>
  isForDetection &&
  facts.malicious !== false &&
  facts.isDisputed !== true &&
  (facts.expiresAt === null || new Date(facts.expiresAt) > at);

const isRecent = (record: SayingRecord, { lastSeenAt }: SayingRecord['said'][number]['facts'], wish: BlockListWish) =>
  wish.since === null || new Date(lastSeenAt ?? record.updated_at) >= wish.since;
