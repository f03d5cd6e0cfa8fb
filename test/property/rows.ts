import type pg from 'pg';
import { isByOwner } from './predict.js';
import { NOW } from './world.js';
import type { Incident, World } from './world.js';

type Row = Record<string, unknown>;

/** UUIDv4 of a kind of thing and its number. */
export const idOf = (kind: number, n: number): string =>
  `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const at = NOW.toISOString();
/** The number of what an id names: `idOf` backwards. */
export const keyOf = (id: string): number => Number.parseInt(id.slice(-12), 16);

/**
 * Writes a world, past every policy.
 * @param client as a superuser, in a transaction that is rolled back.
 */
export async function writeWorld(client: pg.ClientBase, world: World): Promise<void> {
  const { principal, ...others } = rowsOf(world);
  // In a statement of its own: the release's trigger asks what kind of principal it names.
  await insert(client, 'write-principals', { principal });
  await insert(client, 'write-world', others);
}

/** Many tables in one statement: their foreign keys are checked when all of it is there. */
async function insert(client: pg.ClientBase, name: string, tables: Record<string, Row[]>): Promise<void> {
  const inserts = Object.keys(tables).map((table) => {
    const columns = columnsOf[table]!.join(', ');
    return `w_${table} as (insert into ronda.${table} (${columns}) overriding system value
      select ${columns} from jsonb_populate_recordset(null::ronda.${table}, $1::jsonb -> '${table}'))`;
  });
  await client.query({ name, text: `with ${inserts.join(', ')} select`, values: [JSON.stringify(tables)] });
}

/** Named one by one, so that a column that is added with a default keeps it. */
const columnsOf: Record<string, string[]> = {
  principal: ['key', 'kind'],
  organisation: [
    'key',
    'id',
    'origin_node',
    'name',
    'kind',
    'affiliation',
    'country',
    'parent_key',
    'standing',
    'is_secretariat',
    'relay_green',
    'created_at',
  ],
  user_account: ['key', 'id', 'org_key', 'email', 'display_name', 'roles', 'status', 'created_at'],
  credential: [
    'key',
    'id',
    'kind',
    'purpose',
    'user_key',
    'org_key',
    'token_hash',
    'created_at',
    'expires_at',
    'revoked_at',
  ],
  sharing_group: [
    'key',
    'id',
    'origin_node',
    'name',
    'purpose',
    'founder_key',
    'epoch',
    'objection_hours',
    'created_at',
    'dissolved_at',
  ],
  group_epoch: ['group_key', 'epoch', 'principal_key', 'began_at'],
  group_membership: [
    'key',
    'id',
    'group_key',
    'org_key',
    'state',
    'proposed_by',
    'proposed_at',
    'admit_after',
    'accepted_at',
    'joined_epoch',
    'joined_at',
    'ended_at',
  ],
  incident: [
    'key',
    'space',
    'id',
    'origin_node',
    'authorship',
    'alias',
    'owner_key',
    'author_key',
    'filer_key',
    'owner_readers',
    'audience',
    'head',
    'created_at',
  ],
  incident_revision: [
    'space',
    'incident_key',
    'number',
    'audience',
    'change',
    'author_key',
    'created_at',
    'status',
    'tlp',
    'pap',
    'countries',
    'facts',
  ],
  authorship_drawer: ['space', 'incident_key', 'part', 'org_key', 'user_key'],
  veil: ['space', 'org_key', 'principal_key', 'kind', 'record_id', 'holders'],
  comment_drawer: ['space', 'org_key', 'comment_key', 'incident_key', 'user_key'],
  incident_comment: [
    'by_owner',
    'key',
    'space',
    'id',
    'incident_key',
    'author_key',
    'org_key',
    'body',
    'readers',
    'reach',
    'created_at',
  ],
  incident_link: ['space', 'id', 'from_key', 'to_key', 'kind', 'created_by', 'created_at'],
  release: [
    'key',
    'id',
    'space',
    'record_kind',
    'record_key',
    'revision',
    'tlp',
    'pap',
    'audience',
    'principals',
    'owner_readers',
    'is_narrowing',
    'status',
    'requested_by',
    'requested_at',
    'confirmed_by',
    'released_at',
  ],
  search_document: ['space', 'incident_key', 'number', 'comment_key', 'segmenter', 'words'],
  pass_on: [
    'space',
    'id',
    'owner_key',
    'incident_key',
    'org_key',
    'tells_originator',
    'granted_by',
    'granted_at',
    'ended_at',
  ],
  readable_since: ['space', 'record_kind', 'principal_key', 'record_key', 'record_id', 'since'],
};

function rowsOf(world: World): { principal: Row[] } & Record<string, Row[]> {
  const organisations = [...world.organisations.values()];
  return {
    principal: [
      ...organisations.map(({ key }) => ({ key, kind: 'organisation' })),
      ...world.accounts.map(({ key }) => ({ key, kind: 'user' })),
      ...world.groups.flatMap(({ epochPrincipals }) => epochPrincipals.map((key) => ({ key, kind: 'group-epoch' }))),
      ...world.incidents.flatMap(({ veils }) => veils.map(({ principal: key }) => ({ key, kind: 'veil' }))),
    ],
    organisation: organisations.map((each) => ({
      key: each.key,
      id: idOf(1, each.key),
      origin_node: 'test',
      name: `O${each.key}`,
      kind: each.kind,
      affiliation: each.affiliation,
      country: each.country,
      parent_key: each.parentKey,
      standing: each.standing,
      is_secretariat: each.isSecretariat,
      relay_green: each.relaysGreen,
      created_at: at,
    })),
    user_account: world.accounts.map(({ key, organisationKey, status }) => ({
      key,
      id: idOf(2, key),
      org_key: organisationKey,
      email: `u${key}@test.example`,
      display_name: `U${key}`,
      roles: ['analyst'],
      status,
      created_at: at,
    })),
    credential: world.credentials.map(({ kind, hash, account, expiresAt, revokedAt }, n) => ({
      key: n + 1,
      id: idOf(3, n + 1),
      kind,
      purpose: kind === 'link' ? 'invitation' : null,
      user_key: account.key,
      org_key: account.organisationKey,
      token_hash: `\\x${hash}`,
      created_at: at,
      expires_at: expiresAt.toISOString(),
      revoked_at: revokedAt?.toISOString() ?? null,
    })),
    sharing_group: world.groups.map(({ founder, epochPrincipals, isDissolved }, n) => ({
      key: n + 1,
      id: idOf(4, n + 1),
      origin_node: 'test',
      name: `G${n}`,
      purpose: '',
      founder_key: founder,
      epoch: epochPrincipals.length,
      objection_hours: 72,
      created_at: at,
      dissolved_at: isDissolved ? at : null,
    })),
    group_epoch: world.groups.flatMap(({ epochPrincipals }, n) =>
      epochPrincipals.map((principal, epoch) => ({
        group_key: n + 1,
        epoch: epoch + 1,
        principal_key: principal,
        began_at: at,
      })),
    ),
    group_membership: world.groups
      .flatMap(({ memberships }, n) => memberships.map((membership) => ({ ...membership, group: n + 1 })))
      .map(({ organisation, state, joinedEpoch, group }, n) => {
        // Who once was a member still says since which epoch.
        const hasJoined = state === 'member' || state === 'left';
        return {
          key: n + 1,
          id: idOf(5, n + 1),
          group_key: group,
          org_key: organisation,
          state,
          proposed_by: 0,
          proposed_at: at,
          admit_after: at,
          accepted_at: at,
          joined_epoch: hasJoined ? joinedEpoch : null,
          joined_at: hasJoined ? at : null,
          ended_at: state === 'left' ? at : null,
        };
      }),
    incident: world.incidents.map((each) => ({
      key: each.key,
      space: each.space,
      id: idOf(6, each.key),
      origin_node: 'test',
      authorship: each.isAnonymous ? 'anonymous' : 'named',
      alias: each.isAnonymous ? 'K7QX-2MPD' : null,
      owner_key: each.isAnonymous ? null : each.owner,
      author_key: each.isAnonymous ? null : each.author,
      filer_key: each.filer,
      owner_readers: each.ownerReaders,
      audience: each.audience,
      head: each.revisions.length,
      created_at: at,
    })),
    incident_revision: world.incidents.flatMap((incident) =>
      incident.revisions.map(({ number, tlp, audience, author }) => ({
        space: incident.space,
        incident_key: incident.key,
        number,
        audience,
        change: 'edited',
        author_key: incident.isAnonymous ? null : author,
        created_at: at,
        status: 'triaged',
        tlp,
        pap: 'PAP:GREEN',
        countries: [],
        facts: {},
      })),
    ),
    authorship_drawer: world.incidents
      .filter(({ isAnonymous }) => isAnonymous)
      .flatMap(({ space, key, owner, author, revisions }) =>
        [0, ...revisions.map(({ number }) => number)].map((part) => ({
          space,
          incident_key: key,
          part,
          org_key: owner,
          user_key: author,
        })),
      ),
    veil: world.incidents.flatMap(({ space, key, owner, veils }) =>
      veils.map(({ principal, holders }) => ({
        space,
        org_key: owner,
        principal_key: principal,
        kind: 'veil',
        record_id: idOf(6, key),
        holders,
      })),
    ),
    comment_drawer: world.comments.filter(isByOwner).map(({ key, incident, author }) => ({
      space: incident.space,
      org_key: author.organisationKey,
      comment_key: key,
      incident_key: incident.key,
      user_key: author.key,
    })),
    incident_comment: world.comments
      .map((comment) => ({ comment, ...comment }))
      .map(({ comment, key, incident, author, readers, reach }) => ({
        key,
        space: incident.space,
        id: idOf(7, key),
        incident_key: incident.key,
        by_owner: isByOwner(comment),
        author_key: isByOwner(comment) ? null : author.key,
        org_key: isByOwner(comment) ? null : author.organisationKey,
        body: '',
        readers,
        reach,
        created_at: at,
      })),
    incident_link: world.links.map(({ from, to }, n) => ({
      space: from.space,
      id: idOf(8, n + 1),
      from_key: from.key,
      to_key: to.key,
      kind: 'related',
      created_by: from.author,
      created_at: at,
    })),
    release: world.incidents.flatMap((incident) => incident.releases.map((release) => releaseRow(incident, release))),
    // All say `said`; a revision says its number too.
    search_document: [
      ...world.incidents.flatMap(({ space, key, revisions }) =>
        revisions.map(({ number }) => ({ space, incident_key: key, number, comment_key: 0, words: `said r${number}` })),
      ),
      ...world.comments.map(({ key, incident }) => ({
        space: incident.space,
        incident_key: incident.key,
        number: 0,
        comment_key: key,
        words: 'said',
      })),
    ].map((document) => ({ ...document, segmenter: 'test' })),
    pass_on: world.passOns.map(({ key, incident, cert, recipient, isEnded }) => ({
      space: incident.space,
      id: idOf(15, key),
      owner_key: cert,
      incident_key: incident.key,
      org_key: recipient,
      tells_originator: false,
      granted_by: world.accounts.find(({ organisationKey }) => organisationKey === cert)!.key,
      granted_at: at,
      ended_at: isEnded ? at : null,
    })),
    readable_since: world.incidents.flatMap(({ space, key, listedTo }) =>
      listedTo.map(({ principal, since }) => ({
        space,
        record_kind: 'incident',
        principal_key: principal,
        record_key: key,
        record_id: idOf(6, key),
        since: since.toISOString(),
      })),
    ),
  };
}

function releaseRow(incident: Incident, release: Incident['releases'][number]): Row {
  return {
    key: release.key,
    id: idOf(9, release.key),
    space: incident.space,
    record_kind: 'incident',
    record_key: incident.key,
    revision: release.revision,
    tlp: release.tlp,
    pap: 'PAP:GREEN',
    audience: [],
    principals: release.principals,
    owner_readers: incident.ownerReaders,
    is_narrowing: false,
    status: release.status,
    requested_by: incident.author,
    requested_at: at,
    // A second person, where the marking wants one.
    confirmed_by: 0,
    released_at: at,
  };
}
