import type { AudienceWord } from '../../src/policy/audience.js';

/** One of the As: whose answers may not depend on what it may not see. */
export interface Reader {
  /** Of the cast; null for nobody. */
  player: string | null;
  organisation: string;
  /** Words of an audience that reach it. */
  words: readonly AudienceWord[];
  /** Whether the region's CERTs and bodies count it as one of theirs: it knows of applicants, sponsors, decisions. */
  isOfTheCommunity: boolean;
  /** Whether it keeps the region's register, and so knows every organisation and every active account. */
  knowsEveryone: boolean;
  /** Of what the story made, the exercise in whose space it asks for everything; real life where there is none. */
  inside?: string;
}

const reader = (player: string | null, words: readonly AudienceWord[], isOfTheCommunity: boolean): Reader => ({
  player,
  organisation: player?.split('.')[0] ?? '',
  words,
  isOfTheCommunity,
  knowsEveryone: player === 'secretariat.admin',
});

export const READERS: readonly Reader[] = [
  // A dialogue partner's analyst, who is in one group.
  reader('jp.analyst', ['public', 'partners'], false),
  // A constituent whose CERT does not pass GREEN on, and one whose CERT does.
  reader('bank.analyst', ['public'], false),
  reader('telco.analyst', ['public', 'community', 'partners'], false),
  // A wide reader, who releases and speaks in groups.
  reader('th.coordinator', ['public', 'community', 'partners'], true),
  // A colleague: what is hidden is RED of its own house, or still a draft of its constituent.
  reader('vn.coordinator', ['public', 'community', 'partners'], true),
  // Whoever joined a group late.
  reader('id.analyst', ['public', 'community', 'partners'], true),
  reader('vn.admin', ['public', 'community', 'partners'], true),
  reader('ph.coordinator', [], false),
  reader('la.coordinator', ['public'], false),
  reader('secretariat.admin', ['public', 'community', 'partners'], true),
  reader(null, [], false),
];
