// Who is there: the eleven members' CERTs and their constituents, dialogue partners, the secretariat, sharing groups.
import { createHash } from 'node:crypto';
import { dice } from './dice.mjs';

const DAY_MS = 86_400_000;
export const END = Date.UTC(2026, 10, 20);
export const START = END - 3 * 365 * DAY_MS;

/** Well-known principals, as in src/policy/principals.ts. */
export const PUBLIC = 1;
export const COMMUNITY = [2, 5];
export const PARTNERS = [3, 6];

/** How much each member files, in parts; a member not named here files one part. */
const VOLUME = { ID: 22, VN: 18, TH: 15, PH: 13, MY: 12, SG: 11, MM: 3, KH: 3, BN: 2, LA: 1, TL: 1 };
/** CERTs that pass GREEN on to their constituents. Cambodia's does not, and the narrow reader is one of its constituents. */
const RELAYING = ['VN', 'SG', 'MY', 'ID', 'BN'];
const PARTNER_CODES = ['AU', 'JP', 'KR', 'CN'];
const CONSTITUENTS = [
  ['constituent', 'National Bank', 'finance'],
  ['constituent', 'Telecom', 'telecommunications'],
  ['sectoral-cert', 'Health CERT', 'health'],
];

/** Members in the order in which they joined; each joining but the founders' began an epoch. VN is in six of eight. */
const GROUPS = [
  ['Online fraud desk', ['SG', 'VN', 'MY', 'TH', 'ID', 'PH', 'KH', 'MM', 'BN', 'LA', 'TL']],
  ['Mekong', ['VN', 'TH', 'LA', 'KH', 'MM', 'MY', 'SG']],
  ['Energy', ['ID', 'MY', 'PH', 'VN', 'SG', 'TH']],
  ['Ransomware', ['SG', 'VN', 'ID', 'AU', 'JP']],
  ['Submarine cables', ['VN', 'PH', 'SG', 'JP']],
  ['Elections', ['PH', 'ID', 'VN']],
  ['Straits', ['SG', 'MY', 'ID']],
  ['Borneo', ['MY', 'BN', 'ID']],
];

const token = (name) => `ronda_key_${createHash('sha256').update(`bench:${name}`).digest('base64url')}`;

/**
 * @param {{members: {code: string, name: string}[]}} region
 * @param {readonly string[]} permissions
 * @param {{isEven?: boolean}} options `isEven`: every member files as much as every other, as in a demo.
 */
export function makeWorld(region, permissions, { isEven = false } = {}) {
  const { uuid } = dice(11);
  let lastKey = 1000;
  const organisations = [];
  const users = [];
  const credentials = [];
  const addUsers = (organisation, count) => {
    organisation.users = Array.from({ length: count }, (_, index) => {
      const roles = organisation.isSecretariat ? ['admin', 'coordinator'] : [index === 0 ? 'analyst' : 'coordinator'];
      const user = {
        key: ++lastKey,
        id: uuid(),
        organisation,
        email: `user${index}@${organisation.name.toLowerCase().replaceAll(' ', '-')}.example`,
        name: `${organisation.name} ${roles[0]} ${index + 1}`,
        roles,
      };
      users.push(user);
      return user;
    });
  };
  const add = (organisation, count) => {
    const made = { key: ++lastKey, id: uuid(), parent: null, isSecretariat: false, relays: false, ...organisation };
    organisations.push(made);
    addUsers(made, count);
    return made;
  };

  const certs = region.members
    .filter(({ standing }) => standing === 'member-state')
    .map(({ code }) =>
      add(
        {
          name: `${code}CERT`,
          kind: 'national-cert',
          affiliation: 'member',
          country: code,
          relays: RELAYING.includes(code),
          volume: isEven ? 1 : (VOLUME[code] ?? 1),
        },
        3,
      ),
    );
  const constituents = certs.flatMap((cert) =>
    CONSTITUENTS.map(([kind, name, sector]) =>
      add(
        {
          name: `${cert.country} ${name}`,
          kind,
          affiliation: cert.affiliation,
          country: cert.country,
          parent: cert,
          sector,
        },
        1,
      ),
    ),
  );
  const partners = PARTNER_CODES.map((code) =>
    add({ name: `${code}CERT`, kind: 'national-cert', affiliation: 'dialogue-partner', country: code, volume: 1 }, 2),
  );
  add({ name: 'Secretariat', kind: 'regional-body', affiliation: 'regional', country: null, isSecretariat: true }, 1);

  const byCode = new Map([...certs, ...partners].map((cert) => [cert.country, cert]));
  const present = GROUPS.map(([name, codes]) => [name, codes.filter((code) => byCode.has(code))]);
  const groups = present
    .filter(([, codes]) => codes.length >= 2)
    .map(([name, codes], index) => ({
      key: index + 1,
      id: uuid(),
      name,
      members: codes.map((code, order) => ({ organisation: byCode.get(code), joinedEpoch: Math.max(1, order) })),
      // The founder and the first it invited are epoch 1; every other joining began one, over two years and a half.
      epochs: Array.from({ length: codes.length - 1 }, (_, epoch) => ({
        principal: ++lastKey,
        began: epoch === 0 ? START : START + ((epoch + index / 8) / codes.length) * 900 * DAY_MS,
      })),
    }));

  for (const [name, user] of [
    ['wide', (byCode.get('VN') ?? certs[0]).users[0]],
    [
      'narrow',
      (constituents.find(({ country, sector }) => country === 'KH' && sector === 'finance') ?? constituents[0])
        .users[0],
    ],
  ])
    credentials.push({
      name,
      user,
      principals: principalsOf(user, groups),
      id: uuid(),
      token: token(name),
      scopes: [...permissions],
    });

  return { organisations, users, credentials, certs, constituents, partners, groups };
}

/** What `ronda.derive_principals()` would say, for the baseline, which is told. */
export function principalsOf({ organisation, key }, groups) {
  const { kind, affiliation, parent } = organisation;
  const held = [organisation.key, key, PUBLIC];
  if (kind === 'national-cert' || kind === 'regional-body') {
    if (affiliation !== 'dialogue-partner') held.push(2);
    held.push(3);
  } else if (parent?.relays) held.push(5, 6);
  for (const { members, epochs } of groups) {
    const member = members.find((each) => each.organisation === organisation);
    if (member) held.push(...epochs.slice(member.joinedEpoch - 1).map(({ principal }) => principal));
  }
  return held;
}
