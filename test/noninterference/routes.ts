import { absentId } from './pools.js';
import type { Pool } from './pools.js';
import type { Kind } from './secrets.js';

export interface Route {
  method: string;
  /** With `:parameters`. */
  url: string;
}

/** How an id came into a request. */
export type Role = 'visible' | 'hidden' | 'absent' | 'malformed' | 'none';

/** A route's address with ids in it. */
export interface Address {
  path: string;
  /** The same with «kind» where an id is hidden or absent: such requests must be answered alike. */
  pattern: string;
  role: Role;
  /** The hidden or absent ids in it. */
  ids: string[];
}

const kindBySegment: Record<string, Kind> = {
  incidents: 'incident',
  comments: 'comment',
  sightings: 'sighting',
  attachments: 'attachment',
  related: 'link',
  'pass-ons': 'pass-on',
  'wider-sharing-requests': 'wider-sharing',
  'sharing-groups': 'group',
  members: 'member',
  organisations: 'organisation',
  users: 'user',
  contacts: 'contact',
  networks: 'network',
  duty: 'duty',
  sessions: 'session',
  'api-keys': 'api-key',
  mappings: 'mapping',
  subscriptions: 'subscription',
  webhooks: 'webhook',
  deliveries: 'delivery',
  requests: 'request',
  advisories: 'advisory',
  csaf: 'organisation',
  'advisories/comments': 'advisory-comment',
  changes: 'advisory-change',
  invitations: 'invitation',
  'comms-checks': 'check',
  tombstones: 'tombstone',
  scenarios: 'scenario',
  exercises: 'exercise',
  collections: 'collection',
  objects: 'stix-object',
  status: 'taxii-status',
};

const mispKinds: Record<string, Kind> = {
  events: 'incident',
  objects: 'attribute',
  eventReports: 'incident',
  shadowAttributes: 'incident',
  organisations: 'organisation',
  sharing_groups: 'group',
  attributes: 'attribute',
  sightings: 'attribute',
};

/** The kinds of a route's parameters, by the segment before each. @throws Error for one that nobody has taught this test. */
function kindsOf({ method, url }: Route): Kind[] {
  const segments = url.split('/');
  return segments.flatMap((segment, index) => {
    if (!segment.startsWith(':')) return [];
    const named = segments[index - 1] ?? '';
    // MISP's paths say what, then what is done with it. Elsewhere comments of one kind of record are not those of another.
    const kind = url.startsWith('/misp/')
      ? /\/(attributes|objects)\/add\//.test(url)
        ? 'incident'
        : mispKinds[segments[index - 2] ?? '']
      : (kindBySegment[`${segments[3]}/${named}`] ?? kindBySegment[named]);
    if (!kind)
      throw new Error(`${method} ${url}: teach kindBySegment of test/noninterference/routes.ts what ${segment} is`);
    return [kind];
  });
}

/** Of the hidden ids a few for each route, others for the next: between them all routes try all ids. */
const FEW = 2;

/**
 * Every way to fill a route's parameters that this test tries.
 * @param turn the route's place among all of them.
 */
export function addressesOf(route: Route, visible: Pool, allHidden: Pool, turn: number): Address[] {
  const kinds = kindsOf(route);
  const hidden = Object.fromEntries(
    Object.entries(allHidden).map(([kind, ids]) => [
      kind,
      route.method === 'GET' && kinds.length === 1 && route.url.endsWith(':id') ? ids : few(ids, turn),
    ]),
  ) as Pool;
  const [first, second] = kinds;
  if (kinds.length > 2) throw new Error(`${route.url} has three parameters: teach this test`);
  const fill = (role: Role, ...ids: { id: string; isNamed?: boolean }[]): Address => {
    let path = route.url;
    let pattern = route.url;
    for (const [index, { id, isNamed }] of ids.entries()) {
      path = path.replace(/:\w+/, id);
      pattern = pattern.replace(/:\w+/, isNamed ? id : `«${kinds[index]}»`);
    }
    return { path, pattern, role, ids: ids.filter(({ isNamed }) => !isNamed).map(({ id }) => id) };
  };
  const named = (id: string): { id: string; isNamed: boolean } => ({ id, isNamed: true });
  if (!first) return [fill('none')];

  const firsts = visible[first].filter(({ id }) => id !== '');
  if (!second) {
    return [
      ...firsts.map(({ id }) => fill('visible', named(id))),
      ...unique(hidden[first].map(({ id }) => id)).map((id) => fill('hidden', { id })),
      fill('absent', { id: absentId(first) }),
      fill('malformed', named('not-an-id')),
      fill('malformed', named(absentId(first).toUpperCase())),
    ];
  }
  const parents = unique([...visible[second].map(({ parent }) => parent), ...firsts.slice(0, 1).map(({ id }) => id)]);
  const hiddenParents = unique([
    ...hidden[second].map(({ parent }) => parent),
    ...hidden[first].map(({ id }) => id),
  ]).filter((parent) => allHidden[first].some(({ id }) => id === parent));
  const someone = visible[second][0];
  // A member is known by its organisation, and organisations that the reader sees may well be in the groups it sees.
  const strangers = (second === 'member' ? hidden.organisation : hidden[second]).slice(0, 2);
  const isHidden = (parent: string): boolean => hiddenParents.includes(parent);
  const below = unique([
    ...parents.slice(0, route.method === 'GET' ? undefined : 1),
    ...hidden[second].map(({ parent }) => parent).filter((parent) => !isHidden(parent)),
  ]);
  return [
    ...visible[second].map(({ parent, id }) => fill('visible', named(parent), named(id))),
    // Below what the reader sees: a child that is hidden there, one that is elsewhere, and none.
    ...below.flatMap((parent) => [
      ...unique([...hidden[second].filter((child) => child.parent === parent), ...strangers].map(({ id }) => id)).map(
        (id) => fill('hidden', named(parent), { id }),
      ),
      fill('absent', named(parent), { id: absentId(second) }),
    ]),
    // Below what it does not see: its own child, none, and one that the reader sees elsewhere.
    ...hidden[second]
      .filter(({ parent }) => isHidden(parent))
      .map(({ parent, id }) => fill('hidden', { id: parent }, { id })),
    ...hiddenParents.slice(0, 2).map((id) => fill('hidden', { id }, { id: absentId(second) })),
    fill('absent', { id: absentId(first) }, { id: absentId(second) }),
    ...(someone
      ? [
          ...hiddenParents.slice(0, 1).map((id) => fill('hidden', { id }, named(someone.id))),
          fill('absent', { id: absentId(first) }, named(someone.id)),
        ]
      : []),
    fill('malformed', named(parents[0] ?? absentId(first)), named('1')),
  ];
}

const few = <T>(values: T[], turn: number): T[] =>
  values.length <= FEW ? values : Array.from({ length: FEW }, (_, nth) => values[(turn * FEW + nth) % values.length]!);

export const unique = <T>(values: T[]): T[] => [...new Set(values)];
