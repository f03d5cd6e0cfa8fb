import type { Fault } from '../kernel/problem.js';
import { isWiderThan } from '../kernel/markings.js';
import type { Tlp } from '../kernel/markings.js';

export const AUDIENCE_WORDS = ['public', 'community', 'partners'] as const;
export type AudienceWord = (typeof AUDIENCE_WORDS)[number];

/** One item of an audience, as the owner chose it. Ids are UUIDs. */
export type AudienceItem =
  | AudienceWord
  | { organisation: string }
  | { group: string }
  | { user: string }
  | { dutyRole: { organisation: string; role: string } };

export type AudienceKind = AudienceWord | 'organisation' | 'group' | 'user' | 'dutyRole';

/** The kind of an item, or null for what is none: what cannot be read is refused. */
export function kindOf(item: unknown): AudienceKind | null {
  if (typeof item === 'string') return AUDIENCE_WORDS.find((word) => word === item) ?? null;
  if (typeof item !== 'object' || item === null) return null;
  const names = Object.keys(item);
  const [name] = names;
  if (names.length !== 1) return null;
  return name === 'organisation' || name === 'group' || name === 'user' || name === 'dutyRole' ? name : null;
}

const narrow: readonly AudienceKind[] = ['organisation', 'group', 'user', 'dutyRole'];

/** The widest audience each marking may have. A ceiling: anything narrower is fine. */
const ceiling: Record<Tlp, readonly AudienceKind[]> = {
  'TLP:CLEAR': ['public', 'community', 'partners', ...narrow],
  'TLP:GREEN': ['community', 'partners', ...narrow],
  'TLP:AMBER': narrow,
  'TLP:AMBER+STRICT': narrow,
  'TLP:RED': ['user', 'dutyRole'],
};

/** Whether the marking admits every item. The twin in SQL is the CHECK on `ronda.release`. */
export const mayHaveAudience = (tlp: Tlp, audience: readonly AudienceItem[]): boolean =>
  audienceFaults(tlp, audience, '').length === 0;

/**
 * Every item that the marking forbids: refused, never trimmed.
 * @param at JSON Pointer of the audience array.
 */
export function audienceFaults(tlp: Tlp, audience: readonly AudienceItem[], at: string): Fault[] {
  const allowed: readonly AudienceKind[] = ceiling[tlp] ?? [];
  return audience.flatMap((item, index) => {
    const kind = kindOf(item);
    if (kind !== null && allowed.includes(kind)) return [];
    const detail =
      kind === null
        ? 'This names nobody: give "public", "community", "partners", or one of organisation, group, user, dutyRole.'
        : `${tlp} may not go to ${phrase[kind]}: it may go to ${allowed.map((each) => phrase[each]).join(', ')}.`;
    return [{ pointer: `${at}/${index}`, detail }];
  });
}

const phrase: Record<AudienceKind, string> = {
  public: 'the public',
  community: 'the community',
  partners: 'the community and dialogue partners',
  organisation: 'organisations',
  group: 'sharing groups',
  user: 'named users',
  dutyRole: 'duty roles',
};

/** What a record was released as: its marking, and the principals that were named. */
export interface ReleasedAs {
  tlp: Tlp;
  principals: readonly number[];
}

/**
 * Whether a release lets anything go further than the one before: a wider marking, or a principal that was not there.
 * The first release widens nothing: there was none.
 */
export const isWidening = (before: ReleasedAs | null, next: ReleasedAs): boolean =>
  before !== null &&
  (isWiderThan(next.tlp, before.tlp) || next.principals.some((principal) => !before.principals.includes(principal)));
