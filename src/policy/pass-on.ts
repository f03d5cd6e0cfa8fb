import type { Actor, Standing } from '../kernel/actor.js';
import { isWiderThan } from '../kernel/markings.js';
import type { Tlp } from '../kernel/markings.js';
import type { AudienceItem } from './audience.js';
import type { PolicyGroup, PolicyOrganisation, PolicyVeil } from './principals.js';
import { isReadable, principalsOf } from './principals.js';

/** No account has it. */
const NOBODY = -1;

export interface PassOnQuestion {
  actor: Pick<Actor, 'roles' | 'organisationKind'> & { standing: Standing };
  isOwner: boolean;
  /** Whether the organisation reads it, and not the caller alone of it. */
  isReadAsWhole: boolean;
  /** Of the newest revision that it reads; null: unmarked. */
  tlp: Tlp | null;
}

/**
 * Why the caller may not pass a record on; null where it may. AMBER reaches constituents by their national CERT's decision,
 * GREEN by its relay switch, and anything narrower not at all. The twin in SQL is the policy `pass_on_insert`.
 */
export function whyNotPassOn({ actor, isOwner, isReadAsWhole, tlp }: PassOnQuestion): string | null {
  if (!actor.roles.includes('analyst') && !actor.roles.includes('coordinator'))
    return 'Only an analyst or a coordinator passes a record on.';
  if (actor.standing !== 'active') return `Your organisation is ${actor.standing}: only an active one passes on.`;
  if (actor.organisationKind !== 'national-cert')
    return 'Only a national CERT passes on, to constituents of its own; ask yours.';
  if (isOwner) return 'It is your own: release it to them.';
  if (!isReadAsWhole) return 'It was released to persons and not to your organisation: it goes no further than them.';
  if (tlp === 'TLP:AMBER') return null;
  if (tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN')
    return `${tlp} reaches your constituents by your relay switch, where its audience does.`;
  return `${tlp ?? 'What is unmarked'} goes no further than to whom it was released.`;
}

/** Whether a CERT may pass anything on to an organisation: an active one that belongs to it. */
export const mayReceive = (recipient: Pick<PolicyOrganisation, 'parentKey' | 'standing'>, certKey: number): boolean =>
  recipient.parentKey === certKey && recipient.standing === 'active';

/** Markings at which what was passed on at AMBER is still read: a wider one takes nothing away. */
const PASSABLE: readonly (Tlp | null)[] = ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER'];

/** A record, as far as passing it on depends on it. */
export interface PassableRecord {
  audience: readonly number[];
  ownerReaders: readonly number[];
  revisions: readonly { number: number; tlp: Tlp | null; audience: readonly number[] }[];
}

/**
 * The revision that a pass-on lets its recipient read now, the newest that the CERT reads as a whole; null where it has
 * fallen. The twin in SQL is `ronda.standing_pass_ons()`.
 */
export function passedRevision(
  record: PassableRecord,
  certKey: number,
  recipient: Pick<PolicyOrganisation, 'parentKey' | 'standing'>,
  organisations: ReadonlyMap<number, PolicyOrganisation>,
  groups: readonly PolicyGroup[],
  veils: readonly PolicyVeil[] = [],
): number | null {
  const cert = organisations.get(certKey);
  if (cert?.kind !== 'national-cert' || cert.standing !== 'active' || !mayReceive(recipient, certKey)) return null;
  const held = principalsOf({ key: NOBODY, organisationKey: certKey, status: 'active' }, organisations, groups, veils);
  if (!isReadable(record.audience, held) || isReadable(record.ownerReaders, held)) return null;
  const newest = record.revisions
    .filter(({ audience }) => isReadable(audience, held))
    .reduce<PassableRecord['revisions'][number] | null>(
      (last, each) => (last === null || each.number > last.number ? each : last),
      null,
    );
  return newest !== null && PASSABLE.includes(newest.tlp) ? newest.number : null;
}

/** What a record was written from, as its owner reads it now. */
export interface Source {
  /** Null: it came in unmarked, or its reader does not read it any more. */
  tlp: Tlp | null;
  /** Whether the record's own organisation owns it. */
  isOwn: boolean;
  /** Id of its owner; null where that is anonymous or not known any more. */
  ownerId: string | null;
  /** What its owner agreed to. */
  consents: readonly { tlp: Tlp | null; audience: readonly AudienceItem[] }[];
}

export type DerivedFault = { at: 'marking' } | { at: 'audience'; index: number };

/**
 * Where a release of something derived goes further than a source of it, without the source's owner having agreed: at a
 * wider marking; or, of what is AMBER or narrower, to anybody but that owner. Whom a source's owner chose is not known to
 * who wrote from it, and a rule that asked would tell: nothing here depends on what the writer does not see.
 */
export function derivedFaults(
  next: { tlp: Tlp; audience: readonly AudienceItem[] },
  { tlp, isOwn, ownerId, consents }: Source,
): DerivedFault[] {
  if (isOwn || next.audience.length === 0) return [];
  const ceiling: Tlp = tlp ?? 'TLP:RED';
  const faults: DerivedFault[] = [];
  const marked = consents.filter((each) => !isWiderThan(next.tlp, each.tlp ?? ceiling));
  if (isWiderThan(next.tlp, ceiling) && marked.length === 0) faults.push({ at: 'marking' });
  if (ceiling === 'TLP:CLEAR' || ceiling === 'TLP:GREEN') return faults;
  const agreed = new Set(marked.flatMap(({ audience }) => audience.map(nameOf)));
  if (ownerId !== null) agreed.add(nameOf({ organisation: ownerId }));
  for (const [index, item] of next.audience.entries())
    if (!agreed.has(nameOf(item))) faults.push({ at: 'audience', index });
  return faults;
}

const nameOf = (item: AudienceItem): string => {
  if (typeof item === 'string') return item;
  if ('dutyRole' in item) return `dutyRole ${item.dutyRole.organisation} ${item.dutyRole.role}`;
  return Object.entries(item).flat().join(' ');
};
