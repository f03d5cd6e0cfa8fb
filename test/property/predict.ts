import { passedRevision } from '../../src/policy/pass-on.js';
import { isChildReadable, isReadable } from '../../src/policy/principals.js';
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
  /** Principals that stand for somebody, of those it may know. */
  veils: number[];
  commentDrawers: number[];
  releases: number[];
  /** Of those that it made, and of what was passed on to it and stands. */
  passOns: number[];
  /** Rows of the lists that records are found by: `incident:principal`. */
  listings: string[];
  /** The list as the API gives it, the latest to become readable first: `incident.revision as the reader's own number`. Null: not asked. */
  list: string[] | null;
  /** What search finds of texts that all say the same, in the list's order: `incident.revision with comments`. Null: not asked. */
  found: string[] | null;
}

/** What was passed on to an organisation and stands: records, each with the one revision of it. */
function passedTo(world: World, space: number, organisation: number | null): Map<World['incidents'][number], number> {
  const passed = new Map<World['incidents'][number], number>();
  for (const { incident, cert, recipient, isEnded } of world.passOns) {
    if (isEnded || recipient !== organisation || incident.space !== space) continue;
    const to = world.organisations.get(recipient)!;
    const revision = passedRevision(incident, cert, to, world.organisations, world.groups, incident.veils);
    if (revision !== null) passed.set(incident, revision);
  }
  return passed;
}

/**
 * What the policy says that the holder of these principals sees.
 * @param organisation whose account it is, as far as it opens the organisation; null for a one-time link and for nobody.
 */
export function predict(world: World, space: number, held: ReadonlySet<number>, organisation: number | null): Sight {
  const here = world.incidents.filter((incident) => incident.space === space);
  const passed = passedTo(world, space, organisation);
  const seen = here.filter((incident) => isReadable(incident.audience, held) || passed.has(incident));
  const revisionsOf = (incident: World['incidents'][number]): number[] =>
    incident.revisions
      .filter(
        ({ number, audience }) =>
          isChildReadable(incident.audience, audience, held) ||
          passed.get(incident) === number ||
          (passed.has(incident) && isReadable(audience, held)),
      )
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
        .filter(({ from, to }) => seen.includes(from) && seen.includes(to))
        .map(({ from, to }) => `${from.key}-${to.key}`),
    ),
    drawers: sorted(
      here
        .filter((incident) => incident.isAnonymous && seen.includes(incident) && held.has(incident.owner))
        .flatMap(({ key, revisions }) => [0, ...revisions.map(({ number }) => number)].map((part) => `${key}.${part}`)),
    ),
    veils: sorted(here.flatMap(({ veils }) => veils.map(({ principal }) => principal)).filter((key) => held.has(key))),
    commentDrawers: sorted(
      world.comments
        .filter(({ incident }) => seen.includes(incident))
        .filter((comment) => isByOwner(comment) && held.has(comment.incident.owner))
        .map(({ key }) => key),
    ),
    releases: sorted(
      here
        .filter(({ ownerReaders }) => isReadable(ownerReaders, held))
        .flatMap(({ releases }) => releases.map(({ key }) => key)),
    ),
    passOns: sorted(
      world.passOns
        .filter(
          ({ incident, cert, recipient, isEnded }) =>
            incident.space === space &&
            (held.has(cert) || (!isEnded && held.has(recipient) && seen.includes(incident))),
        )
        .map(({ key }) => key),
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

/** Whose author its drawer knows. */
export const isByOwner = ({ incident, author }: World['comments'][number]): boolean =>
  incident.isAnonymous && author.organisationKey === incident.owner;

export const sorted = <T extends number | string>(items: Iterable<T>): T[] =>
  [...items].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
