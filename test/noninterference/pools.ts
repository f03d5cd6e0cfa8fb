import { uuidOf } from '../support/cast.js';
import type { Child, Kind } from './secrets.js';
import type { Json } from './teller.js';
import { jsonOf } from './wire.js';
import type { Answer } from './wire.js';

/** Ids of every kind, each behind the id of what it belongs to ('' where it stands by itself). */
export type Pool = Record<Kind, Child[]>;

export const emptyPool = (): Pool => ({
  incident: [],
  comment: [],
  sighting: [],
  attachment: [],
  link: [],
  'pass-on': [],
  'wider-sharing': [],
  group: [],
  member: [],
  organisation: [],
  user: [],
  contact: [],
  network: [],
  duty: [],
  session: [],
  'api-key': [],
  mapping: [],
  subscription: [],
  webhook: [],
  delivery: [],
  request: [],
  advisory: [],
  'advisory-comment': [],
  'advisory-change': [],
  invitation: [],
  check: [],
  tombstone: [],
  collection: [],
  'stix-object': [],
  'taxii-status': [],
  attribute: [],
  scenario: [],
  exercise: [],
});

/** Nothing anywhere has this id. */
export const absentId = (kind: Kind): string =>
  `${kind === 'stix-object' ? 'malware--' : ''}${uuidOf(`no such ${kind}`)}`;

type Get = (path: string) => Promise<Answer>;

const itemsOf = (answer: Answer): Json[] => {
  const { items } = jsonOf(answer);
  return answer.status === 200 && Array.isArray(items) ? (items as Json[]) : [];
};

const named = (answer: Answer, list: string): string[] => {
  const found = jsonOf(answer)[list];
  return Array.isArray(found) ? (found as Json[]).map(({ id }) => String(id)) : [];
};

/** An incident, and what came first, of each collection. */
async function objectsIn(get: Get, collections: readonly Child[]): Promise<Child[]> {
  const found: Child[] = [];
  for (const { id: parent } of collections) {
    const path = `/taxii2/live/collections/${parent}/manifest`;
    const incidents = named(await get(`${path}?match[type]=incident&limit=1`), 'objects');
    const first = named(await get(`${path}?limit=1`), 'objects');
    for (const id of new Set([...incidents, ...first])) found.push({ id, parent });
  }
  return found.slice(0, 5);
}

/** How much the reader may do with it: what it may do most with is taken first. */
const power = (item: Json): number => (item.allowedActions as unknown[] | undefined)?.length ?? 0;

/** A few of many: the first of each sort, and those first with which the reader may do most. */
function fewOf(items: Json[], sort: (item: Json) => string, most: number): Json[] {
  const firsts = new Map<string, Json>();
  for (const item of [...items].sort((one, other) => power(other) - power(one)))
    if (!firsts.has(sort(item))) firsts.set(sort(item), item);
  return [...firsts.values()].slice(0, most);
}

/** What the reader may see, found by looking: a few of each kind and of each sort. */
export async function discover(get: Get): Promise<Pool> {
  const list = async (path: string): Promise<Json[]> => itemsOf(await get(`${path}?limit=100`));
  const actions = (item: Json): string => JSON.stringify(item.allowedActions);
  const ids = (items: Json[]): Child[] => items.map((item) => ({ id: String(item.id), parent: '' }));
  /** Of as many parents as there are, and of each parent those first with which most may be done. */
  const children = async (
    parents: Json[],
    below: (parent: Json) => Promise<Json[]> | Json[],
    most: number,
    sort: (item: Json) => string = actions,
  ): Promise<Child[]> => {
    const found: { child: Child; nth: number; power: number }[] = [];
    for (const parent of parents)
      for (const [nth, item] of fewOf(await below(parent), sort, most).entries())
        found.push({ child: { id: String(item.id), parent: String(parent.id) }, nth, power: power(item) });
    return found
      .sort((one, other) => one.nth - other.nth || other.power - one.power)
      .slice(0, 5)
      .map(({ child }) => child);
  };

  const incidents = await list('incidents');
  const attributes: Child[] = [];
  for (const { id } of incidents.slice(0, 5)) {
    const answer = await get(`/misp/events/view/${id}`);
    const event = answer.status === 200 ? (jsonOf(answer).Event as Json) : {};
    // And of its objects: whichever id it is, each of their calls is tried with it.
    for (const parts of [event.Attribute, event.Object])
      for (const { uuid } of ((parts ?? []) as Json[]).slice(0, 1)) attributes.push({ id: String(uuid), parent: '' });
  }
  const advisories = await list('advisories');
  const groups = await list('sharing-groups');
  const webhooks = await list('webhooks');
  const organisations = fewOf(
    await list('organisations'),
    (item) => `${actions(item)} ${item.kind} ${item.standing}`,
    8,
  );
  const ofOrganisation = (what: string) => (parent: Json) => list(`organisations/${parent.id}/${what}`);
  const collections = named(await get('/taxii2/live/collections'), 'collections').map((id) => ({ id, parent: '' }));
  return {
    // What may be done with it, and why it is readable at all.
    incident: ids([
      ...new Set([
        ...fewOf(incidents, (item) => `${actions(item)} ${item.readableAs?.join()} ${item.marking?.tlp}`, 7),
        // And one of which it does not know whose it is.
        ...incidents.filter(({ alias, organisation }) => alias && !organisation).slice(-1),
      ]),
    ]),
    comment: await children(
      incidents,
      ({ id }) => list(`incidents/${id}/comments`),
      3,
      (item) => `${actions(item)} ${item.audience}`,
    ),
    sighting: await children(
      incidents,
      ({ id }) => list(`incidents/${id}/sightings`),
      2,
      (item) => `${item.audience} ${item.kind}`,
    ),
    attachment: await children(incidents, ({ id }) => list(`incidents/${id}/attachments`), 2),
    link: await children(incidents, ({ id }) => list(`incidents/${id}/related`), 2),
    'pass-on': await children(incidents, ({ id }) => list(`incidents/${id}/pass-ons`), 2),
    'wider-sharing': await children(
      incidents,
      ({ id }) => list(`incidents/${id}/wider-sharing-requests`),
      2,
      // Two of what may be granted and declined: one for each.
      (item) => `${item.state} ${item.id}`,
    ),
    group: ids(fewOf(groups, actions, 3)),
    member: await children(groups, ({ members }) => members as Json[], 3),
    organisation: ids(organisations),
    user: await children(organisations, ofOrganisation('users'), 2, (item) => `${actions(item)} ${item.roles}`),
    contact: await children(organisations, ofOrganisation('contacts'), 1),
    network: await children(organisations, ofOrganisation('networks'), 1),
    duty: await children(organisations, ofOrganisation('duty'), 1),
    'api-key': ids(fewOf(await list('me/api-keys'), actions, 1)),
    session: ids(fewOf(await list('me/sessions'), actions, 1)),
    subscription: ids(fewOf(await list('subscriptions'), actions, 1)),
    webhook: ids(fewOf(webhooks, actions, 1)),
    delivery: await children(webhooks, ({ id }) => list(`webhooks/${id}/deliveries`), 2),
    mapping: ids(fewOf(await list('imports/mappings'), actions, 1)),
    request: ids(fewOf(await list('requests'), (item) => `${actions(item)} ${item.direction} ${item.kind}`, 10)),
    advisory: ids(fewOf(advisories, (item) => `${actions(item)} ${item.state} ${item.marking?.tlp}`, 6)),
    'advisory-comment': await children(advisories, ({ id }) => list(`advisories/${id}/comments`), 1),
    'advisory-change': await children(
      advisories,
      ({ review }) => ((review as Json | null)?.changes as Json[] | undefined) ?? [],
      1,
    ),
    invitation: await children(
      advisories,
      ({ review }) => ((review as Json | null)?.invitations as Json[] | undefined) ?? [],
      1,
    ),
    check: ids(fewOf(await list('comms-checks'), actions, 1)),
    collection: collections,
    'stix-object': await objectsIn(get, collections),
    'taxii-status': [],
    attribute: attributes.slice(0, 4),
    tombstone: ids(fewOf(await list('tombstones'), ({ confirmation }) => String(confirmation), 2)),
    scenario: ids(fewOf(await list('scenarios'), actions, 1)),
    exercise: ids(fewOf(await list('exercises'), ({ state, part }) => `${state} ${part}`, 2)),
  };
}
