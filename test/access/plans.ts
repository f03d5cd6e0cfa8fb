import type { Factors, Row } from './pairwise.js';
import { pairwise } from './pairwise.js';
import { admitsAudience } from './records.js';
import type { GroupName, Named, Plan } from './records.js';
import { GROUPS } from './records.js';
import { ON_DUTY, SORTS, sortInWords } from './region.js';
import type { MatrixRegion, Organisation, Person, Sort } from './region.js';
import { columns } from './rules.js';
import type { AudienceKind, Value } from './rules.js';

const MARKINGS = columns.marking;
const WORDS = ['public', 'community', 'partners'] as const;

const quiet = { audience: [], status: 'submitted', filer: null, hasChildren: false } as const;

// ── Reading: every record that is asked about as everybody ──────────────────────────────────────────────────────────

/** Of home: at each marking a draft, one that is submitted, one released to each kind of audience, one narrowed away, one that waits. */
export function plansOfHome(region: MatrixRegion): { before: Plan[]; after: Plan[] } {
  const owner = region.home;
  const author = owner.people.analyst;
  const others = region.organisations.filter((each) => each !== owner);
  const audiences: { kind: AudienceKind; audience: Named[] }[] = [
    ...WORDS.map((word) => ({ kind: word, audience: [{ is: word }] })),
    {
      kind: 'organisation',
      audience: others.map((organisation): Named => ({ is: 'organisation', organisation })),
    },
    { kind: 'user', audience: others.map(({ people }): Named => ({ is: 'user', person: people.analyst })) },
    { kind: 'duty role', audience: others.map((organisation): Named => ({ is: 'duty role', organisation })) },
    ...GROUPS.map((group) => ({
      kind: 'group' as const,
      audience: [{ is: 'group' as const, group, released: 'before' as const }],
    })),
  ];
  const plan = (marking: Value<'marking'>, state: Value<'state'>, audience: Named[] = []): Plan => ({
    ...quiet,
    owner,
    author,
    marking,
    state,
    audience,
  });
  const before = MARKINGS.flatMap((marking) => {
    const admitted = audiences.filter(({ kind }) => admitsAudience(marking, kind));
    const everyone = admitted.flatMap(({ audience }) => audience);
    return [
      plan(marking, 'draft'),
      plan(marking, 'submitted'),
      ...admitted.map(({ audience }) => plan(marking, 'released', audience)),
      ...(marking === 'unmarked' ? [] : [plan(marking, 'narrowed away', everyone)]),
      ...(marking === 'CLEAR' || marking === 'GREEN' ? [plan(marking, 'pending confirmation', everyone)] : []),
    ];
  });
  const after = MARKINGS.filter((marking) => admitsAudience(marking, 'group')).map((marking) =>
    plan(marking, 'released', [{ is: 'group', group: 'newcomers', released: 'after' }]),
  );
  return { before, after };
}

/** Of everybody else: at each marking a draft and one that is submitted; a body's goes to its CERT. */
export const plansOfOthers = (region: MatrixRegion): Plan[] =>
  region.organisations
    .filter((each) => each !== region.home)
    .flatMap((organisation) =>
      MARKINGS.flatMap((marking) => {
        const plan = { ...quiet, author: organisation.people.analyst, marking };
        const draft: Plan = { ...plan, owner: organisation, state: 'draft' };
        if (organisation.cert && marking === 'RED') return [draft];
        const owner = organisation.cert ?? organisation;
        const filer = organisation.cert ? organisation : null;
        return [draft, { ...plan, owner, filer, state: 'submitted' }];
      }),
    );

// ── Doing: pairs of everything that can be crossed ──────────────────────────────────────────────────────────────────

const bySort = new Map(SORTS.map((sort) => [sortInWords(sort), sort]));

export const factors = {
  action: columns.action,
  relation: columns.relation,
  organisation: [...bySort.keys()],
  state: columns.state,
  marking: columns.marking,
  role: columns.role,
  standing: ['applicant', 'sponsored', 'active', 'suspended'],
  credential: ['session', 'API key', 'API key as Basic password'],
} as const satisfies Factors;
export type Crossing = Row<typeof factors>;
export type Crossable = { readonly [F in keyof typeof factors]: readonly Crossing[F][] };

/** What those do whom a record was released to, in tables of their own: it says nothing of what owners may. */
const READERS_OWN: readonly Value<'action'>[] = ['give feedback', 'ask for wider sharing', 'pass on'];
const others: Crossable = { ...factors, action: columns.action.filter((action) => !READERS_OWN.includes(action)) };
const readersOwn: Crossable = { ...factors, action: READERS_OWN };
const isOther = ({ action }: Partial<Crossing>): boolean => action === undefined || !READERS_OWN.includes(action);

/**
 * Tables of pairs: of everything; and of what comes closer and closer to being done. In the first most cases end at a 404
 * or a 403, which hides what would have come after it.
 */
export const tables: { name: string; factors: Crossable; isPossible: (row: Partial<Crossing>) => boolean }[] = [
  { name: 'everything', factors: others, isPossible: (row) => isOther(row) && isPossible(row) },
  {
    name: 'the owner’s side',
    factors: others,
    isPossible: (row) =>
      isOther(row) &&
      isOneOf(row.relation, 'author', 'its organisation', 'the CERT it was submitted to') &&
      isOneOf(row.role, 'analyst', 'coordinator', 'second coordinator') &&
      isPossible(row),
  },
  {
    name: 'what an owner can do to it as it is',
    factors: others,
    isPossible: (row) =>
      isOther(row) &&
      isOneOf(row.standing, 'active') &&
      isOneOf(row.relation, 'author', 'its organisation', 'the CERT it was submitted to') &&
      isOneOf(row.role, 'analyst', 'coordinator', 'second coordinator') &&
      (row.action === undefined || isOneOf(row.state, ...statesFor(row.action))) &&
      isPossible(row),
  },
  {
    name: 'what a coordinator can not do to it as it is',
    factors,
    isPossible: (row) =>
      isOneOf(row.standing, 'active') &&
      isOneOf(row.relation, 'author', 'its organisation', 'the CERT it was submitted to') &&
      isOneOf(row.role, 'coordinator', 'second coordinator') &&
      (row.organisation === undefined || bySort.get(row.organisation)?.itsCert === 'none') &&
      (row.action === undefined || isOneOf(row.state, ...statesAgainst(row.action))) &&
      (row.action === undefined || statesAgainst(row.action).length > 0) &&
      isPossible(row),
  },
  {
    name: 'readers of what is released',
    factors: others,
    isPossible: (row) =>
      isOther(row) &&
      row.standing !== 'applicant' &&
      row.standing !== 'sponsored' &&
      row.role !== 'admin' &&
      isOneOf(row.state, 'released') &&
      !isOneOf(row.relation ?? 'named user', ...UNREADABLE) &&
      isPossible(row),
  },
  {
    name: 'what readers do to it',
    factors: readersOwn,
    isPossible: (row) => isOneOf(row.action, ...READERS_OWN) && isPossible(row),
  },
  {
    name: 'what readers do to it at AMBER',
    factors: readersOwn,
    isPossible: (row) =>
      isOneOf(row.action, ...READERS_OWN) &&
      isOneOf(row.standing, 'active') &&
      isOneOf(row.role, 'analyst', 'coordinator') &&
      isOneOf(row.state, 'released') &&
      isOneOf(row.marking, 'AMBER', 'AMBER+STRICT') &&
      (row.organisation === undefined ||
        ['member CERT', 'partner CERT'].includes(bySort.get(row.organisation)!.kind)) &&
      isOneOf(row.relation, 'named organisation', 'named user', 'on the named duty', 'member of the named group') &&
      isPossible(row),
  },
];

const UNREADABLE = [
  'not named',
  'newcomer to the named group',
  'has left the named group',
  'proposed for the named group',
  'member of a named group, dissolved since',
] as const;

/** In which an action is admitted, of those that are not admitted in all. */
const statesFor = (action: Value<'action'>): readonly Value<'state'>[] => {
  switch (action) {
    case 'submit':
      return ['draft'];
    case 'recall':
      return ['released', 'narrowed away'];
    case 'confirm':
    case 'cancel':
      return ['pending confirmation'];
    case 'triage':
    case 'investigate':
    case 'contain':
    case 'close':
    case 'reopen':
    case 'preview':
      return ['submitted', 'released', 'narrowed away', 'pending confirmation'];
    case 'release':
      return ['submitted', 'released', 'narrowed away'];
    default:
      return columns.state;
  }
};

const statesAgainst = (action: Value<'action'>): readonly Value<'state'>[] =>
  columns.state.filter((state) => !statesFor(action).includes(state));

const isOneOf = <T>(value: T | undefined, ...of: readonly T[]): boolean => value === undefined || of.includes(value);

const kindNamed: Partial<Record<Value<'relation'>, AudienceKind>> = {
  'named organisation': 'organisation',
  'named user': 'user',
  'colleague of a named user': 'user',
  'on the named duty': 'duty role',
  'member of the named group': 'group',
  'newcomer to the named group': 'group',
  'has left the named group': 'group',
  'proposed for the named group': 'group',
  'member of a named group, dissolved since': 'group',
  'the community is named': 'community',
  'partners are named': 'partners',
  'the public is named': 'public',
};

/** Whether there can be such a case; what is left out of the row forbids nothing. */
export function isPossible({ relation, organisation, state, marking, role, standing }: Partial<Crossing>): boolean {
  const sort = organisation === undefined ? undefined : bySort.get(organisation);
  const isBody = sort === undefined ? undefined : sort.itsCert !== 'none';
  if (sort?.kind === 'secretariat' && !isOneOf(standing, 'active')) return false;
  if (state === 'pending confirmation' && !isOneOf(marking, 'CLEAR', 'GREEN')) return false;
  if (marking === 'unmarked' && !isOneOf(state, 'draft', 'submitted')) return false;
  const isOut = isOneOf(state, 'released', 'narrowed away', 'pending confirmation');
  switch (relation) {
    case undefined:
    case 'not named':
      return true;
    case 'author':
      // What a body submits is no longer its own.
      return isOneOf(role, 'analyst', 'coordinator') && (!isBody || isOneOf(state, 'draft'));
    case 'its organisation':
      return !isBody || isOneOf(state, 'draft');
    case 'who submitted it to its CERT':
      return isBody !== false && marking !== 'RED' && state !== 'draft';
    case 'the CERT it was submitted to': {
      if (marking === 'RED' || state === 'draft') return false;
      if (sort === undefined) return isOneOf(standing, 'active', 'suspended');
      if (sort.kind === 'member CERT') return isOneOf(standing, 'active', 'suspended');
      return sort.kind === 'partner CERT' && isOneOf(standing, 'active');
    }
    default: {
      const kind = kindNamed[relation];
      if (relation === 'on the named duty' && !isOneOf(role, ...ON_DUTY)) return false;
      return isOut && (marking === undefined || (kind !== undefined && admitsAudience(marking, kind)));
    }
  }
}

/** A case of the tables: who asks, and the record made for it to be asked about. */
export interface Crossed {
  row: Crossing;
  table: string;
  reader: Person;
  plan: Plan;
}

export const crossings = (region: MatrixRegion): Crossed[] =>
  tables.flatMap((table) =>
    pairwise<Crossable>(table.factors, table.isPossible).map((row) => {
      const sort = bySort.get(row.organisation) as Sort;
      const reader = region.of(sort, row.standing).people[row.role];
      return { row, table: table.name, reader, plan: planFor(region, row, reader) };
    }),
  );

function planFor(region: MatrixRegion, row: Crossing, reader: Person): Plan {
  const { relation, marking, state, action } = row;
  const own = reader.organisation;
  const colleague = reader.role === 'analyst' ? own.people.coordinator : own.people.analyst;
  const [owner, author, filer] = ((): [Organisation, Person, Organisation | null] => {
    switch (relation) {
      case 'author':
        return [own, reader, null];
      case 'its organisation':
        return [own, colleague, null];
      case 'the CERT it was submitted to': {
        const body = region.bodiesOf(own).find(({ standing }) => standing === 'active') as Organisation;
        return [own, body.people.analyst, body];
      }
      case 'who submitted it to its CERT':
        return [own.cert as Organisation, own.people.analyst, own];
      default:
        return [region.home, region.home.people.analyst, null];
    }
  })();
  return {
    owner,
    author,
    filer,
    marking,
    state,
    audience: audienceFor(region, { relation, marking, owner }, reader, colleague),
    status: state === 'draft' ? 'submitted' : (statusFor[action] ?? 'submitted'),
    hasChildren: true,
  };
}

/** From which status each step of the lifecycle goes on. */
const statusFor: Partial<Record<Value<'action'>, Plan['status']>> = {
  investigate: 'triaged',
  contain: 'investigating',
  close: 'triaged',
  reopen: 'closed',
};

function audienceFor(
  region: MatrixRegion,
  { relation, marking, owner }: Pick<Crossing, 'relation' | 'marking'> & Pick<Plan, 'owner'>,
  reader: Person,
  colleague: Person,
): Named[] {
  const group = (name: GroupName): Named[] => [{ is: 'group', group: name, released: 'before' }];
  switch (relation) {
    case 'named organisation':
      return [{ is: 'organisation', organisation: reader.organisation }];
    case 'named user':
      return [{ is: 'user', person: reader }];
    case 'colleague of a named user':
      return [{ is: 'user', person: colleague }];
    case 'on the named duty':
      return [{ is: 'duty role', organisation: reader.organisation }];
    case 'member of the named group':
      return group('members');
    case 'newcomer to the named group':
      return group('newcomers');
    case 'has left the named group':
      return group('leavers');
    case 'proposed for the named group':
      return group('proposed');
    case 'member of a named group, dissolved since':
      return group('dissolved');
    case 'the community is named':
      return [{ is: 'community' }];
    case 'partners are named':
      return [{ is: 'partners' }];
    case 'the public is named':
      return [{ is: 'public' }];
    default: {
      const neighbour = neighbourOf(region, owner, reader.organisation);
      return marking === 'RED'
        ? [{ is: 'user', person: neighbour.people.analyst }]
        : [{ is: 'organisation', organisation: neighbour }];
    }
  }
}

/** Somebody active whom every owner can name, and who is none of those. */
export function neighbourOf(region: MatrixRegion, ...butFor: readonly Organisation[]): Organisation {
  const seen = [
    region.of({ kind: 'member CERT', itsCert: 'none' }, 'active'),
    region.of({ kind: 'regional body', itsCert: 'none' }, 'active'),
    region.home,
  ];
  const found = seen.find((each) => !butFor.includes(each));
  if (!found) throw new Error('Nobody is left to name');
  return found;
}
