import { isChildReadable, isLinkReadable, isReadable } from '../../src/policy/principals.js';
import type { World } from './world.js';

/** What one reader sees of a world, as sorted lists: the same shape from the policy and from the database. */
export interface Sight {
  principals: number[];
  incidents: number[];
  /** `incident.number` */
  revisions: string[];
  comments: number[];
  /** `from-to` */
  links: string[];
  /** `incident.part` */
  drawers: string[];
  releases: number[];
  /** Rows of the lists that records are found by: `incident:principal`. */
  listings: string[];
  /** The list as the API gives it, the latest to become readable first: `incident.revision as the reader's own number`. Null: not asked. */
  list: string[] | null;
  /** What search finds of texts that all say the same, in the list's order: `incident.revision with comments`. Null: not asked. */
  found: string[] | null;
}

/** What the policy says that the holder of these principals sees. */
export function predict(world: World, space: number, held: ReadonlySet<number>): Sight {
  const here = world.incidents.filter((incident) => incident.space === space);
  const seen = here.filter(({ audience }) => isReadable(audience, held));
  const revisionsOf = (incident: World['incidents'][number]): number[] =>
    incident.revisions
      .filter(({ audience }) => isChildReadable(incident.audience, audience, held))
      .map(({ number }) => number);
  const list = here
    .flatMap((incident) => {
      const revisions = revisionsOf(incident);
      const since = incident.listedTo
        .filter(({ principal }) => held.has(principal))
        .map((each) => each.since.getTime());
      return since.length > 0 && revisions.length > 0
        ? [{ key: incident.key, revisions, since: Math.min(...since) }]
        : [];
    })
    .sort((a, b) => b.since - a.since || b.key - a.key)
    .map(({ key, revisions }) => ({ key, newest: Math.max(...revisions), count: revisions.length }));
  const comments = world.comments
    .filter(({ incident }) => incident.space === space)
    .filter(({ incident, readers }) => isChildReadable(incident.audience, readers, held));
  return {
    principals: sorted(held),
    incidents: sorted(seen.map(({ key }) => key)),
    revisions: sorted(here.flatMap((incident) => revisionsOf(incident).map((number) => `${incident.key}.${number}`))),
    comments: sorted(comments.map(({ key }) => key)),
    links: sorted(
      world.links
        .filter(({ from, to }) => from.space === space && isLinkReadable(from.audience, to.audience, held))
        .map(({ from, to }) => `${from.key}-${to.key}`),
    ),
    drawers: sorted(
      here
        .filter(({ isAnonymous, audience, owner }) => isAnonymous && isChildReadable(audience, [owner], held))
        .flatMap(({ key, revisions }) => [0, ...revisions.map(({ number }) => number)].map((part) => `${key}.${part}`)),
    ),
    releases: sorted(
      here
        .filter(({ ownerReaders }) => isReadable(ownerReaders, held))
        .flatMap(({ releases }) => releases.map(({ key }) => key)),
    ),
    listings: sorted(
      here.flatMap(({ key, listedTo }) =>
        listedTo.filter(({ principal }) => held.has(principal)).map(({ principal }) => `${key}:${principal}`),
      ),
    ),
    list: list.map(({ key, newest, count }) => `${key}.${newest} as ${count}`),
    found: list.map(({ key, newest }) => {
      const said = comments.filter(({ incident }) => incident.key === key).map((comment) => comment.key);
      return `${key}.r${newest} with ${sorted(said).join(' ')}`;
    }),
  };
}

export const sorted = <T extends number | string>(items: Iterable<T>): T[] =>
  [...items].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
