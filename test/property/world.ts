import fc from 'fast-check';
import type { Affiliation, OrganisationKind, Standing } from '../../src/kernel/actor.js';
import { TLP } from '../../src/kernel/markings.js';
import type { Tlp } from '../../src/kernel/markings.js';
import { mayHaveAudience } from '../../src/policy/audience.js';
import type { AudienceItem, AudienceWord } from '../../src/policy/audience.js';
import { COMMUNITY, namedByWord } from '../../src/policy/principals.js';
import type {
  PolicyAccount,
  PolicyCredential,
  PolicyGroup,
  PolicyOrganisation,
  PolicyVeil,
} from '../../src/policy/principals.js';

/** The instant at which every world is read. */
export const NOW = new Date('2026-11-20T02:10:00.000Z');
export const LIVE = 0;
export const OTHER_SPACE = 7;

export interface Organisation extends PolicyOrganisation {
  country: string | null;
}

export interface Credential extends PolicyCredential {
  /** Lower-case hex SHA-256, as the unit of work hands it over. */
  hash: string;
  account: PolicyAccount;
}

export type MembershipState = 'proposed' | 'member' | 'left' | 'declined' | 'objected';

export interface Group extends PolicyGroup {
  founder: number;
  /** Current and past; `members` of the policy holds the current ones alone. */
  memberships: { organisation: number; state: MembershipState; joinedEpoch: number }[];
}

export interface Revision {
  number: number;
  tlp: Tlp | null;
  audience: number[];
  author: number;
}

export interface Release {
  key: number;
  revision: number;
  tlp: Tlp;
  principals: number[];
  status: 'pending' | 'released' | 'superseded';
}

export interface Incident {
  key: number;
  space: number;
  isAnonymous: boolean;
  owner: number;
  author: number;
  filer: number | null;
  ownerReaders: number[];
  /** Of an anonymous one: what stands in its rows for its organisation, and for the author while it is RED. */
  veils: PolicyVeil[];
  audience: number[];
  revisions: Revision[];
  releases: Release[];
  /** Principals on whose lists it is, and since when. */
  listedTo: { principal: number; since: Date }[];
}

export interface Comment {
  key: number;
  incident: Incident;
  author: PolicyAccount;
  reach: 'readers' | 'owner' | 'organisation';
  readers: number[] | null;
}

/** That a CERT passed a record on; drawn of any two organisations, so that most stand for nothing. */
export interface PassOn {
  key: number;
  incident: Incident;
  cert: number;
  recipient: number;
  isEnded: boolean;
}

/** A region with its records, as the policy knows them and as `rows.ts` writes them. */
export interface World {
  organisations: Map<number, Organisation>;
  accounts: PolicyAccount[];
  credentials: Credential[];
  groups: Group[];
  incidents: Incident[];
  comments: Comment[];
  links: { from: Incident; to: Incident }[];
  passOns: PassOn[];
}

/** What fast-check draws and shrinks: choices as small numbers, of whatever there is to choose from. */
interface Draft {
  organisations: {
    kind: OrganisationKind;
    affiliation: Affiliation;
    standing: Standing;
    relaysGreen: boolean;
    parent: number;
    accounts: {
      status: PolicyAccount['status'];
      credentials: { kind: PolicyCredential['kind']; state: 'live' | 'expired' | 'at-its-end' | 'revoked' }[];
    }[];
  }[];
  secretariat: number | null;
  groups: {
    founder: number;
    epochs: number;
    isDissolved: boolean;
    memberships: { organisation: number; state: MembershipState; joinedEpoch: number }[];
  }[];
  incidents: {
    owner: number;
    author: number;
    filer: number | null;
    isAnonymous: boolean;
    isElsewhere: boolean;
    isListedTooWide: boolean;
    revisions: { tlp: Tlp | null; release: Pick[] | null }[];
  }[];
  comments: { incident: number; author: number; reach: Comment['reach'] }[];
  links: { from: number; to: number }[];
  passOns: { incident: number; cert: number; recipient: number; isToItsOwn: boolean; isEnded: boolean }[];
}

/** Somebody whom an owner would like in an audience, allowed by the marking or not. */
type Pick =
  { is: AudienceWord } | { is: 'organisation' | 'user'; nth: number } | { is: 'group'; nth: number; epochsAgo: number };

const index = fc.nat(40);

const often = <T>(...weighted: [weight: number, value: T][]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const pick: fc.Arbitrary<Pick> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Pick>({ is: 'public' }, { is: 'community' }, { is: 'partners' }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('organisation' as const), nth: index }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('user' as const), nth: index }) },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('group' as const), nth: index, epochsAgo: often([4, 0], [2, 1], [1, 2]) }),
  },
);

const draft: fc.Arbitrary<Draft> = fc.record({
  organisations: fc.array(
    fc.record({
      kind: often<OrganisationKind>(
        [5, 'national-cert'],
        [3, 'constituent'],
        [1, 'sectoral-cert'],
        [1, 'government'],
        [1, 'regional-body'],
      ),
      affiliation: often<Affiliation>([5, 'member'], [2, 'dialogue-partner'], [1, 'regional']),
      standing: often<Standing>([7, 'active'], [2, 'suspended'], [1, 'retired'], [1, 'applicant'], [1, 'sponsored']),
      relaysGreen: fc.boolean(),
      parent: index,
      accounts: fc.array(
        fc.record({
          status: often<PolicyAccount['status']>([6, 'active'], [1, 'invited'], [1, 'disabled']),
          credentials: fc.array(
            fc.record({
              kind: often<PolicyCredential['kind']>([3, 'session'], [2, 'api-key'], [2, 'link']),
              state: fc.constantFrom(
                'live' as const,
                'live' as const,
                'expired' as const,
                'at-its-end' as const,
                'revoked' as const,
              ),
            }),
            { maxLength: 2 },
          ),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 3, maxLength: 8 },
  ),
  secretariat: fc.option(index, { freq: 3 }),
  groups: fc.array(
    fc.record({
      founder: index,
      epochs: fc.integer({ min: 1, max: 3 }),
      isDissolved: often([4, false], [1, true]),
      memberships: fc.array(
        fc.record({
          organisation: index,
          state: often<MembershipState>([6, 'member'], [2, 'left'], [1, 'proposed'], [1, 'declined'], [1, 'objected']),
          joinedEpoch: fc.nat(2),
        }),
        { maxLength: 7 },
      ),
    }),
    { maxLength: 3 },
  ),
  incidents: fc.array(
    fc.record({
      owner: index,
      author: index,
      filer: fc.option(index, { freq: 5 }),
      isAnonymous: often([4, false], [1, true]),
      isElsewhere: often([5, false], [1, true]),
      isListedTooWide: often([6, false], [1, true]),
      revisions: fc.array(
        fc.record({
          tlp: fc.oneof(
            { weight: 9, arbitrary: fc.constantFrom<Tlp>(...TLP) },
            { weight: 1, arbitrary: fc.constant(null) },
          ),
          release: fc.option(fc.array(pick, { maxLength: 4 }), { freq: 2 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    { minLength: 4, maxLength: 10 },
  ),
  comments: fc.array(
    fc.record({
      incident: index,
      author: index,
      reach: fc.constantFrom<Comment['reach']>('readers', 'owner', 'organisation'),
    }),
    { maxLength: 8 },
  ),
  links: fc.array(fc.record({ from: index, to: index }), { maxLength: 6 }),
  passOns: fc.array(
    fc.record({
      incident: index,
      cert: index,
      recipient: index,
      isToItsOwn: often([6, true], [1, false]),
      isEnded: often([5, false], [1, true]),
    }),
    { maxLength: 6 },
  ),
});

/** Any region; what cannot be (an organisation that is its own parent, an audience beyond its marking) is never drawn. */
export const world: fc.Arbitrary<World> = draft.map(toWorld);

const nth = <T>(of: readonly T[], at: number): T => of[at % of.length]!;
const distinct = <T>(items: Iterable<T>): T[] => [...new Set(items)];
const hex64 = (n: number): string => n.toString(16).padStart(64, '0');
const belongs = (kind: OrganisationKind): boolean => kind !== 'national-cert' && kind !== 'regional-body';

function toWorld(from: Draft): World {
  let nextKey = 5_000;
  const newKey = (): number => (nextKey += 1);
  // Whoever belongs to a CERT needs one: the first is.
  const kinds = from.organisations.map(({ kind }, at) => (at === 0 && belongs(kind) ? 'national-cert' : kind));
  const keys = kinds.map(newKey);
  const certs = keys.filter((_, at) => !belongs(kinds[at]!));
  const organisations = new Map<number, Organisation>();
  const accounts: PolicyAccount[] = [];
  const credentials: Credential[] = [];
  for (const [at, drawn] of from.organisations.entries()) {
    const key = keys[at]!;
    const kind = kinds[at]!;
    organisations.set(key, {
      key,
      kind,
      affiliation: drawn.affiliation,
      standing: drawn.standing,
      isSecretariat: from.secretariat !== null && nth(keys, from.secretariat) === key,
      parentKey: belongs(kind) ? nth(certs, drawn.parent) : null,
      relaysGreen: drawn.relaysGreen,
      country: kind === 'national-cert' ? `N${at}` : null,
    });
    for (const each of drawn.accounts) {
      const account: PolicyAccount = { key: newKey(), organisationKey: key, status: each.status };
      accounts.push(account);
      for (const { kind: credentialKind, state } of each.credentials)
        credentials.push({
          kind: credentialKind,
          hash: hex64(credentials.length + 1),
          account,
          expiresAt: new Date(NOW.getTime() + { live: 60_000, revoked: 60_000, expired: -1, 'at-its-end': 0 }[state]),
          revokedAt: state === 'revoked' ? new Date(NOW.getTime() - 60_000) : null,
        });
    }
  }
  const groups = from.groups.map((drawn) => toGroup(drawn, keys, newKey));
  const incidents = from.incidents.map((drawn, at) => toIncident(at + 1, drawn, { keys, accounts, groups, newKey }));
  return {
    organisations,
    accounts,
    credentials,
    groups,
    incidents,
    comments: from.comments.map((drawn, at) => toComment(at + 1, drawn, incidents, accounts)),
    links: toLinks(from.links, incidents),
    passOns: toPassOns(from.passOns, incidents, organisations),
  };
}

function toGroup(drawn: Draft['groups'][number], keys: number[], newKey: () => number): Group {
  const memberships: Group['memberships'] = [];
  const current = new Set<number>();
  for (const { organisation: at, state, joinedEpoch } of drawn.memberships) {
    const organisation = nth(keys, at);
    // An organisation is in a group once, or waits once; any number of ended memberships may lie behind it.
    const isCurrent = state === 'member' || state === 'proposed';
    if (isCurrent && current.has(organisation)) continue;
    if (isCurrent) current.add(organisation);
    memberships.push({ organisation, state, joinedEpoch: (joinedEpoch % drawn.epochs) + 1 });
  }
  return {
    founder: nth(keys, drawn.founder),
    epochPrincipals: Array.from({ length: drawn.epochs }, newKey),
    members: new Map(
      memberships
        .filter(({ state }) => state === 'member')
        .map(({ organisation, joinedEpoch }) => [organisation, joinedEpoch]),
    ),
    isDissolved: drawn.isDissolved,
    memberships,
  };
}

interface Known {
  keys: number[];
  accounts: PolicyAccount[];
  groups: Group[];
  newKey: () => number;
}

function toIncident(key: number, drawn: Draft['incidents'][number], known: Known): Incident {
  const owner = nth(known.keys, drawn.owner);
  const author = nth(
    known.accounts.filter(({ organisationKey }) => organisationKey === owner),
    drawn.author,
  ).key;
  const filer = drawn.filer === null ? null : nth(known.keys, drawn.filer);
  const veils: PolicyVeil[] = drawn.isAnonymous
    ? [owner, author].map((holder) => ({ principal: known.newKey(), holders: [holder] }))
    : [];
  const ownerSide = (tlp: Tlp | null): number[] => {
    const [organisation, person] = veils.map(({ principal }) => principal);
    return tlp === 'TLP:RED' ? [person ?? author] : [organisation ?? owner];
  };
  const unveiled = (principal: number): number =>
    veils.find((veil) => veil.principal === principal)?.holders[0] ?? principal;
  const releases: Release[] = [];
  const revisions = drawn.revisions.map(({ tlp, release }, at): Revision => {
    const number = at + 1;
    const side = number === 1 && filer !== null ? [...ownerSide(tlp), filer] : ownerSide(tlp);
    if (tlp === null || release === null) return { number, tlp, audience: side, author };
    const principals = named(release, tlp, known);
    for (const before of releases) before.status = 'superseded';
    releases.push({ key: key * 10 + number, revision: number, tlp, principals, status: 'released' });
    return { number, tlp, audience: distinct([...side, ...principals]), author };
  });
  const head = revisions.at(-1)!;
  const ownerReaders = ownerSide(head.tlp);
  const released = releases.at(-1)?.principals ?? [];
  const audience = distinct([...ownerReaders, ...(filer === null ? [] : [filer]), ...released]);
  return {
    key,
    space: drawn.isElsewhere ? OTHER_SPACE : LIVE,
    isAnonymous: drawn.isAnonymous,
    owner,
    author,
    filer,
    ownerReaders,
    veils,
    audience,
    revisions,
    releases,
    // A list that a narrowing forgot to shorten must show nothing more for it.
    listedTo: (drawn.isListedTooWide ? distinct([...audience, ...namedByWord.community, ...known.keys]) : audience)
      .map(unveiled)
      .filter((principal, at, all) => all.indexOf(principal) === at)
      .map((principal, at) => ({
        principal,
        since: new Date(NOW.getTime() - ((key * 7 + at * 3) % 11) * 1000),
      })),
  };
}

/** The principals of those items that the marking admits. */
function named(picks: readonly Pick[], tlp: Tlp, { keys, accounts, groups }: Known): number[] {
  return distinct(
    picks.flatMap((each) => {
      const [item, principals] = resolve(each);
      return item !== null && mayHaveAudience(tlp, [item]) ? principals : [];
    }),
  );

  function resolve(each: Pick): [AudienceItem | null, readonly number[]] {
    if (each.is === 'organisation') return [{ organisation: '' }, [nth(keys, each.nth)]];
    if (each.is === 'user') return [{ user: '' }, [nth(accounts, each.nth).key]];
    if (each.is === 'group') {
      if (groups.length === 0) return [null, []];
      const { epochPrincipals } = nth(groups, each.nth);
      // Released when an earlier epoch was the newest.
      const newest = Math.max(0, epochPrincipals.length - 1 - each.epochsAgo);
      return [{ group: '' }, [epochPrincipals[newest]!]];
    }
    return [each.is, namedByWord[each.is]];
  }
}

function toComment(
  key: number,
  drawn: Draft['comments'][number],
  incidents: Incident[],
  accounts: PolicyAccount[],
): Comment {
  const incident = nth(incidents, drawn.incident);
  const author = nth(accounts, drawn.author);
  const readers = {
    readers: null,
    owner: distinct([...incident.ownerReaders, author.organisationKey]),
    organisation: [author.organisationKey],
  }[drawn.reach];
  return { key, incident, author, reach: drawn.reach, readers };
}

function toLinks(drawn: Draft['links'], incidents: Incident[]): World['links'] {
  const links = new Map<string, World['links'][number]>();
  for (const { from: a, to: b } of drawn) {
    const from = nth(incidents, a);
    const to = nth(incidents, b);
    if (from !== to && from.space === to.space) links.set(`${from.key}-${to.key}`, { from, to });
  }
  return [...links.values()];
}

function toPassOns(
  drawn: Draft['passOns'],
  incidents: Incident[],
  organisations: ReadonlyMap<number, Organisation>,
): PassOn[] {
  const all = [...organisations.values()];
  const passOns: PassOn[] = [];
  for (const { incident: at, cert: by, recipient: to, isToItsOwn, isEnded } of drawn) {
    const bodies = all.filter(({ parentKey }) => parentKey !== null);
    const recipient = isToItsOwn && bodies.length > 0 ? nth(bodies, to) : nth(all, to);
    const cert = (isToItsOwn ? recipient.parentKey : null) ?? nth(all, by).key;
    // Mostly of what names the CERT or its community, or few would ever stand.
    const named = incidents.filter(
      ({ audience, owner }) => owner !== cert && audience.some((each) => each === cert || each === COMMUNITY),
    );
    const incident = isToItsOwn && named.length > 0 ? nth(named, at) : nth(incidents, at);
    const isTaken = passOns.some(
      (each) => each.incident === incident && each.cert === cert && each.recipient === recipient.key,
    );
    if (cert === recipient.key || isTaken) continue;
    passOns.push({ key: passOns.length + 1, incident, cert, recipient: recipient.key, isEnded });
    // Also what ended or never stood: a list may show nothing more for it.
    if (!incident.listedTo.some(({ principal }) => principal === recipient.key))
      incident.listedTo.push({
        principal: recipient.key,
        since: new Date(NOW.getTime() - ((incident.key * 5 + passOns.length * 2) % 13) * 1000),
      });
  }
  return passOns;
}
