import fc from 'fast-check';
import { toCsaf } from '../../src/codecs/csaf/index.js';
import type { Tlp } from '../../src/kernel/markings.js';
import { TLP } from '../../src/kernel/markings.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { exampleAdvisory } from '../support/csaf-tree.js';
import { filing, linesOf, release } from '../support/filings.js';
import type { Reader } from './readers.js';
import type { Moment, Props } from './story.js';
import type { Json, Teller } from './teller.js';
import { PASSWORD, emailOf } from './world.js';

/** What hidden things hold, and a reader may guess. */
export const GUESSES = {
  title: 'A title that somebody may guess',
  reference: { source: 'ticket', id: 'SECRET-1' },
  email: 'guessed@hidden.example',
  groupName: 'A group that somebody may guess',
  network: 'guessed.example',
  /** Another of theirs, which no reader gives to itself. */
  lookedUp: 'looked-up.example',
  organisationName: 'A guessed constituent',
  idempotencyKey: 'once-1',
  subscriptionName: 'Of the sector',
  mappingName: 'Monthly report',
  trackingId: 'PSIRT-2026-1',
  observable: { type: 'domain', value: 'guessed-bank.example' },
} as const;

/** A CSAF document of a publisher who is nobody here. */
export const csafDocument = (trackingId: string): object =>
  toCsaf(exampleAdvisory(trackingId, ['2026-11-01T00:00:00.000Z']));

export type Kind =
  | 'incident'
  | 'comment'
  | 'sighting'
  | 'attachment'
  | 'link'
  | 'pass-on'
  | 'wider-sharing'
  | 'group'
  | 'member'
  | 'organisation'
  | 'user'
  | 'contact'
  | 'network'
  | 'duty'
  | 'session'
  | 'api-key'
  | 'mapping'
  | 'subscription'
  | 'webhook'
  | 'delivery'
  | 'request'
  | 'advisory'
  | 'advisory-comment'
  | 'advisory-change'
  | 'invitation'
  | 'check'
  | 'tombstone'
  | 'collection'
  | 'stix-object'
  | 'taxii-status'
  | 'attribute'
  | 'scenario'
  | 'exercise';

/** An id, behind the id of what it belongs to. */
export interface Child {
  parent: string;
  id: string;
}

/** Something done where the reader may not see it. Numbers choose among what there is to choose from. */
export interface Secret {
  kind: string;
  moment: Moment;
  n: number[];
}

/** Where a secret is told. */
export interface Stage {
  teller: Teller;
  reader: Reader;
  props: Props;
  /** Base records that were changed unseen, so that another release of them would show more than the one before. */
  touched: Set<string>;
  hide(kind: Kind, id: string, parent?: string): void;
  /** The n-th of a list, counted round and round. */
  pick<T>(from: readonly T[], n: number | undefined): T;
}

export interface SecretKind {
  /** The moments at which it can happen; all but `meanwhile` unless told, which every kind must allow for itself. */
  moments: readonly Moment[];
  isHiddenFrom(reader: Reader): boolean;
  tell(stage: Stage, n: number[]): Promise<void>;
}

const CERTS = ['vn', 'th', 'sg', 'id', 'my'] as const;
const anytime: readonly Moment[] = ['before', 'between', 'after', 'meanwhile'];
const late: readonly Moment[] = ['after', 'meanwhile'];

const others = ({ organisation }: Reader): string[] => CERTS.filter((cert) => cert !== organisation);
const everybody = (): boolean => true;

/** Somebody in an audience whom the marking admits and who is not the reader. */
function audienceItems(stage: Stage, tlp: Tlp): unknown[] {
  const { reader, teller } = stage;
  const users = ['th.analyst', 'sg.coordinator', 'id.second', 'vn.second', 'my.analyst', 'jp.analyst']
    .filter((user) => user !== reader.player)
    .map((user) => ({ user: teller.user(user) }));
  if (tlp === 'TLP:RED') return users;
  const organisations = [...CERTS, 'jp', 'secretariat']
    .filter((name) => name !== reader.organisation)
    .map((name) => ({ organisation: teller.organisation(name) }));
  const words = (
    tlp === 'TLP:CLEAR' ? (['public', 'community', 'partners'] as const) : (['community', 'partners'] as const)
  )
    .filter(() => tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN')
    .filter((word) => !reader.words.includes(word));
  return [...words, ...organisations, ...users];
}

const hiddenTitle = (n: number[]): string => (n[0]! % 3 === 0 ? GUESSES.title : `Hidden ${n.join('.')}`);

/** Files one that the reader may not see, and brings it as far as the numbers say. */
async function fileHidden(stage: Stage, owner: string, n: number[]): Promise<string> {
  const { teller, pick } = stage;
  const tlp = pick(TLP, n[1]);
  const content = {
    title: hiddenTitle(n),
    marking: { tlp },
    sector: pick(['finance', 'health', 'energy'], n[2]),
    externalReferences: [GUESSES.reference],
    // The same as in what readers see and file, and what holds or is held by it.
    observables: [
      GUESSES.observable,
      { type: 'url', value: `http://hidden.${GUESSES.observable.value}/${n.join('')}` },
      { type: 'cidr', value: '203.0.113.0/24' },
    ],
    ...(n[3]! % 5 === 4 && { authorship: 'anonymous' }),
  };
  const id = await teller.file(`${owner}.coordinator`, content);
  stage.hide('incident', id);
  if (n[3]! % 5 === 0) return id;
  await teller.post(`${owner}.coordinator`, `incidents/${id}/submit`);
  const { id: comment } = await teller.post(`${owner}.coordinator`, `incidents/${id}/comments`, {
    body: 'Between us.',
  });
  stage.hide('comment', String(comment), id);
  const { id: sighting } = await teller.sight(`${owner}.coordinator`, id);
  stage.hide('sighting', sighting, id);
  if (n[3]! % 5 === 1 || n[3]! % 5 === 4) return id;
  const items = audienceItems(stage, tlp);
  const audience = [...new Set([pick(items, n[4]), pick(items, n[2])])];
  const isOpen = tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN';
  // Two thirds of the open ones go out, the others wait for their second person.
  await teller.release(
    `${owner}.coordinator`,
    id,
    tlp,
    audience,
    isOpen && n[2]! % 3 > 0 ? `${owner}.second` : undefined,
  );
  return id;
}

export const KINDS: Record<string, SecretKind> = {
  /** An incident of another member at any marking: a draft, submitted, anonymous, waiting, or released to others. */
  incident: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async (stage, n) => {
      await fileHidden(stage, stage.pick(others(stage.reader), n[0]), n);
    },
  },

  /** A RED record of a colleague, which the reader's own house may not read either. */
  'colleague-red': {
    moments: anytime,
    isHiddenFrom: ({ organisation, player }) =>
      CERTS.some((cert) => cert === organisation) && player !== `${organisation}.analyst`,
    tell: async (stage, n) => {
      const { teller, reader, props, pick } = stage;
      const author = `${reader.organisation}.analyst`;
      const id = await teller.submitted(author, { title: hiddenTitle(n), marking: { tlp: 'TLP:RED' } });
      stage.hide('incident', id);
      if (props.open) {
        const { id: link } = await teller.post(author, `incidents/${id}/related`, {
          incident: props.open,
          kind: 'part-of',
        });
        stage.hide('link', String(link), id);
        stage.hide('link', String(link), props.open);
      }
      if (n[1]! % 2 === 1) await teller.release(author, id, 'TLP:RED', [pick(audienceItems(stage, 'TLP:RED'), n[2])]);
    },
  },

  /** What the constituent wrote before it handed the record over is its own. */
  'drafts-of-bank': {
    moments: ['bank-drafts'],
    isHiddenFrom: ({ organisation }) => organisation !== 'bank',
    tell: async ({ teller, props }, n) => {
      const path = `incidents/${props.handed}`;
      for (let edit = 0; edit <= n[0]! % 3; edit++)
        await teller.patch('bank.analyst', path, { title: `Draft ${edit}` });
      await teller.patch('bank.analyst', path, { title: 'Our customers are called' });
    },
  },

  /** What was written while the record was RED is its author's. */
  'edits-while-red': {
    moments: ['red-drafts'],
    isHiddenFrom: ({ player }) => player !== 'vn.analyst',
    tell: async ({ teller, props }, n) => {
      const path = `incidents/${props['was-red']}`;
      for (let edit = 0; edit <= n[0]! % 3; edit++) await teller.patch('vn.analyst', path, { sector: 'health' });
      await teller.patch('vn.analyst', path, { description: 'The name of the victim.' });
      await teller.patch('vn.analyst', path, { description: filing().description, sector: filing().sector });
    },
  },

  /** Released to somebody else first, with other words, and taken over by the release that the reader sees. */
  'earlier-release': {
    moments: ['th-drafts'],
    isHiddenFrom: ({ organisation }) => organisation !== 'th',
    tell: async (stage, n) => {
      const { teller, props, reader, pick } = stage;
      const path = `incidents/${props.warning}`;
      const to = pick(
        others(reader).filter((name) => name !== 'th'),
        n[0],
      );
      await teller.patch('th.coordinator', path, { title: 'An earlier word' });
      await teller.release('th.coordinator', props.warning!, 'TLP:AMBER', [{ organisation: teller.organisation(to) }]);
      await teller.patch('th.coordinator', path, { title: 'Ransomware warning' });
    },
  },

  /** The owner writes on, and keeps it to itself. */
  'later-edit': {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'vn' && organisation !== 'th',
    tell: async ({ teller, props, touched }, n) => {
      const [owner, name] = n[0]! % 2 === 0 ? ['vn.second', 'wide'] : ['th.second', 'warning'];
      touched.add(name);
      await teller.patch(owner, `incidents/${props[name]}`, { title: `Later ${n[1]}`, countries: ['MM'] });
      if (n[1]! % 2 === 1) await teller.ask(owner, 'POST', `incidents/${props[name]}/investigate`, {});
    },
  },

  /** A release that waits for a second person or for its instant, or was taken back before. */
  'waiting-release': {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'th',
    tell: async ({ teller, props, touched }, n) => {
      touched.add('warning');
      const path = `incidents/${props.warning}/release`;
      const embargo = {
        ...release('TLP:AMBER', [{ organisation: teller.organisation('sg') }]),
        notBefore: '2027-01-01T00:00:00Z',
      };
      const body = n[1]! % 2 === 1 ? embargo : release('TLP:GREEN', ['community']);
      await teller.ask('th.coordinator', 'POST', path, body);
      if (n[0]! % 2 === 1) await teller.ask('th.second', 'POST', `${path}/cancel`);
    },
  },

  /** The very same goes to one more, which the others do not notice. */
  'wider-release': {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'th',
    tell: async (stage, n) => {
      const { teller, props, reader, pick } = stage;
      if (stage.touched.has('warning')) return;
      const one = pick(
        others(reader).filter((name) => name !== 'th' && name !== 'vn'),
        n[0],
      );
      const audience = ['vn', 'jp', 'ph', 'la', one].map((name) => ({ organisation: teller.organisation(name) }));
      await teller.release('th.coordinator', props.warning!, 'TLP:AMBER', audience);
    },
  },

  /** The same goes to the same group once more, so that who joined since reads it too. */
  'released-again': {
    moments: ['between', 'after', 'meanwhile'],
    isHiddenFrom: ({ organisation }) => organisation !== 'vn' && organisation !== 'id',
    tell: ({ teller, props }) =>
      teller.release('vn.coordinator', props['in-group']!, 'TLP:AMBER', [{ group: props.mekong }]),
  },

  /** It was released to the reader, and taken back before the reader looked. */
  recalled: {
    moments: ['before', 'between', 'after'],
    isHiddenFrom: ({ organisation }) => ['th', 'vn', 'id', 'jp', 'secretariat'].includes(organisation),
    tell: async (stage, n) => {
      const { teller, reader, pick } = stage;
      const owner = `${pick(others(reader), n[0])}.coordinator`;
      const id = await teller.submitted(owner, { title: hiddenTitle(n) });
      await teller.release(owner, id, 'TLP:AMBER', [{ organisation: teller.organisation(reader.organisation) }]);
      await teller.release(
        owner,
        id,
        'TLP:AMBER',
        n[1]! % 2 === 0 ? [] : [pick(audienceItems(stage, 'TLP:AMBER'), n[2])],
      );
      stage.hide('incident', id);
    },
  },

  /** A comment that is narrower than its record, which the reader sees. */
  comment: {
    moments: late,
    isHiddenFrom: everybody,
    tell: async ({ teller, props, reader, pick, hide }, n) => {
      const author = `${pick(others(reader), n[0])}.analyst`;
      const audience = reader.organisation !== 'vn' && n[1]! % 2 === 1 ? 'owner' : 'organisation';
      const path = `incidents/${props.open}/comments`;
      const { id } = await teller.post(author, path, { body: `A hidden word ${n[2]}`, audience });
      hide('comment', String(id), props.open);
      if (n[3]! % 3 === 1) await teller.patch(author, `${path}/${String(id)}`, { body: 'Another.' });
      if (n[3]! % 3 === 2) await teller.remove(author, `${path}/${String(id)}`);
    },
  },

  /** A sighting that is narrower than what it is of, which the reader sees; or of what was not released. */
  sighting: {
    moments: late,
    isHiddenFrom: everybody,
    tell: async ({ teller, props, reader, pick, hide }, n) => {
      const author = `${pick(others(reader), n[0])}.analyst`;
      const audience = reader.organisation !== 'vn' && n[1]! % 2 === 1 ? 'owner' : 'organisation';
      hide('sighting', (await teller.sight(author, props.open!, { audience })).id, props.open);
    },
  },

  /** A file of a record that the reader sees: for its owner's side alone, or attached since it was released. */
  attachment: {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'vn',
    tell: async ({ teller, props, hide }, n) => {
      const audience = n[0]! % 2 === 1 ? 'owner' : 'readers';
      const { id } = await teller.attach('vn.analyst', props.open!, `hidden-${n[1]}.txt`, `Hidden ${n[2]}`, {
        audience,
      });
      hide('attachment', String(id), props.open);
      if (n[3]! % 3 === 1) await teller.remove('vn.analyst', `incidents/${props.open}/attachments/${String(id)}`);
    },
  },

  /** What a record that the reader sees says to its owner alone, and what it says in a revision that nobody was given. */
  'observables-of-the-owner': {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'vn' && organisation !== 'th',
    tell: async ({ teller, props, touched }, n) => {
      const [owner, name] = n[0]! % 2 === 0 ? ['vn.second', 'wide'] : ['th.second', 'warning'];
      touched.add(name);
      const observables = [GUESSES.observable, { type: 'ipv4', value: `203.0.113.${n[1]! % 250}` }];
      await teller.patch(owner, `incidents/${props[name]}`, { observables });
    },
  },

  /** What a record that the reader sees says of one that it does not, or the other way round. */
  link: {
    moments: late,
    isHiddenFrom: everybody,
    tell: async (stage, n) => {
      const { teller, props, reader, pick, hide } = stage;
      const [owner, name] = reader.organisation === 'vn' || n[0]! % 2 === 1 ? ['th', 'partners'] : ['vn', 'open'];
      const from = reader.organisation === owner ? pick(others(reader), n[0]) : owner;
      const hidden = await fileHidden(stage, from, [...n.slice(0, 3), 1, 0]);
      const outward = from === owner && n[1]! % 2 === 0;
      const [left, right] = outward ? [props[name]!, hidden] : [hidden, props.open!];
      const made = await teller.post(`${from}.coordinator`, `incidents/${left}/related`, {
        incident: right,
        kind: 'related',
      });
      hide('link', String(made.id), outward ? props[name] : props.open);
      hide('link', String(made.id), hidden);
    },
  },

  /** A CERT passes something on to its own: what others read too, or what they do not; its recipient has a word on it. */
  'pass-on': {
    moments: late,
    isHiddenFrom: ({ organisation }) => !['my', 'telco'].includes(organisation),
    tell: async (stage, n) => {
      const { teller, props, hide } = stage;
      let id = props.passed!;
      if (n[0]! % 2 === 1) {
        id = await teller.submitted('sg.coordinator', { title: hiddenTitle(n) });
        await teller.release('sg.coordinator', id, 'TLP:AMBER', [{ organisation: teller.organisation('my') }]);
        hide('incident', id);
      }
      const { items } = await teller.post('my.analyst', `incidents/${id}/pass-on`, {
        organisations: [teller.organisation('telco')],
        needToKnow: 'A hidden word.',
        tellOriginator: n[1]! % 2 === 1,
      });
      hide('pass-on', String((items as Json[])[0]!.id), id);
      await teller.put('telco.analyst', `incidents/${id}/feedback`, { kind: 'acted-on', note: 'A hidden word.' });
      if (n[2]! % 3 === 2)
        await teller.remove('my.analyst', `incidents/${id}/pass-ons/${String((items as Json[])[0]!.id)}`);
    },
  },

  /** What somebody else says of a record that the reader reads and does not own. */
  feedback: {
    moments: late,
    isHiddenFrom: ({ organisation }) => !['vn', 'my'].includes(organisation),
    tell: async ({ teller, props, pick }, n) => {
      const kind = pick(['useful', 'acted-on', 'cannot-help', 'checked-not-seen'], n[0]);
      const path = `incidents/${props.open}/feedback`;
      await teller.put('my.analyst', path, { kind, note: 'A hidden word.' });
      if (n[1]! % 3 === 2) await teller.remove('my.analyst', path);
    },
  },

  /** What somebody else asks the owner of such a record, and what the owner says to it. */
  'wider-sharing': {
    moments: late,
    isHiddenFrom: ({ organisation }) => !['sg', 'my'].includes(organisation),
    tell: async ({ teller, props, pick, hide }, n) => {
      const path = `incidents/${props.passed}`;
      const answer = await teller.ask('my.analyst', 'POST', `${path}/request-wider-sharing`, {
        audience: [{ organisation: teller.organisation('jp') }],
        reason: 'A hidden reason.',
      });
      if (answer.status !== 200) return;
      const { id } = JSON.parse(answer.body) as { id: string };
      hide('wider-sharing', id, props.passed);
      const act = pick(['grant', 'decline', null], n[0]);
      if (act !== null) await teller.post('sg.coordinator', `${path}/wider-sharing-requests/${id}/${act}`);
    },
  },

  /** A group without the reader, with what goes to it; in some it was once, or was proposed. */
  group: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async (stage, n) => {
      const { teller, reader, pick, hide } = stage;
      const [founder, second, third] = [0, 1, 2].map((step) => pick(others(reader), n[0]! + step)) as [
        string,
        string,
        string,
      ];
      const body = {
        name: n[1]! % 2 === 0 ? GUESSES.groupName : `Hidden ${n.join('.')}`,
        purpose: 'Between us.',
        members: [teller.organisation(second)],
      };
      const group = String((await teller.post(`${founder}.coordinator`, 'sharing-groups', body)).id);
      hide('group', group);
      hide('member', teller.organisation(second), group);
      const members = `sharing-groups/${group}/members`;
      await teller.post(`${founder}.coordinator`, members, { organisation: teller.organisation(third) });
      hide('member', teller.organisation(third), group);
      if (['th', 'vn', 'id', 'jp', 'secretariat'].includes(reader.organisation) && n[2]! % 2 === 1) {
        await teller.post(`${founder}.coordinator`, members, {
          organisation: teller.organisation(reader.organisation),
        });
        await teller.remove(`${founder}.coordinator`, `${members}/${teller.organisation(reader.organisation)}`);
      }
      const id = await teller.submitted(`${founder}.coordinator`, { title: hiddenTitle(n) });
      hide('incident', id);
      await teller.release(`${founder}.coordinator`, id, 'TLP:AMBER', [{ group }]);
      if (n[3]! % 4 === 3) await teller.post(`${founder}.coordinator`, `sharing-groups/${group}/dissolution`);
    },
  },

  /** An active constituent of another CERT, with an administrator, contacts, networks and a duty list. */
  constituent: {
    moments: ['before', 'between', 'after'],
    isHiddenFrom: ({ knowsEveryone }) => !knowsEveryone,
    tell: async (stage, n) => {
      const { teller, reader, pick, hide } = stage;
      const cert = pick(
        ['my', 'vn'].filter((name) => name !== reader.organisation),
        n[0],
      );
      const name = n[1]! % 2 === 0 ? GUESSES.organisationName : `Hidden ${n.join('.')}`;
      const { id } = await teller.post(`${cert}.admin`, 'organisations', { name, kind: 'constituent' });
      const path = `organisations/${String(id)}`;
      // It is an applicant until it is active, and every CERT sees applicants; nobody looks before that.
      for (const sponsor of others(reader).slice(0, 2))
        await teller.post(`${sponsor}.admin`, `${path}/sponsorships`, { statement: 'We know them.' });
      await teller.post('secretariat.admin', `${path}/activation`);
      hide('organisation', String(id));
      const email = n[2]! % 2 === 0 ? GUESSES.email : `admin@hidden-${n.join('-')}.example`;
      const invited = await teller.post(`${cert}.admin`, `${path}/users`, { email, roles: ['admin', 'analyst'] });
      hide('user', String(invited.id), String(id));
      const { token } = invited.link as Json;
      const accepted = { password: `${PASSWORD} unseen`, displayName: 'Somebody' };
      await teller.post('invited', 'invitations/accept', accepted, { token: String(token) });
      const rows = await teller.world.superuser.query<{ contact: string; network: string; duty: string }>(
        `with o as (select key from ronda.organisation where id = $1), u as (select key from ronda.user_account where id = $2),
         c as (insert into ronda.contact (id, org_key, kind, is_24x7, name, languages, time_zone)
           select overlay($1::text placing '1111' from 1)::uuid, key, 'abuse', false, 'Hidden desk', '{en}', 'UTC' from o returning id),
         n as (insert into ronda.constituency_network (id, org_key, kind, domain)
           select overlay($1::text placing '2222' from 1)::uuid, key, 'domain', $3 from o returning id),
         m as (insert into ronda.constituency_network (id, org_key, kind, domain)
           select overlay($1::text placing '4444' from 1)::uuid, key, 'domain', $4 from o),
         d as (insert into ronda.duty_assignment (id, org_key, duty_role, user_key, position, starts_at)
           select overlay($1::text placing '3333' from 1)::uuid, o.key, 'incident-lead', u.key, 'primary', '2026-01-01' from o, u returning id)
         select c.id as contact, n.id as network, d.id as duty from c, n, d`,
        [id, invited.id, GUESSES.network, GUESSES.lookedUp],
      );
      const [row] = rows.rows;
      hide('contact', row!.contact, String(id));
      hide('network', row!.network, String(id));
      hide('duty', row!.duty, String(id));
    },
  },

  /** Somebody who was invited elsewhere, or in the reader's own house and is nobody there yet. */
  'invited-user': {
    moments: anytime,
    isHiddenFrom: ({ player }) => player !== 'vn.admin',
    tell: async ({ teller, reader, pick, hide }, n) => {
      const cert = pick(CERTS, n[0]);
      if (reader.player === `${cert}.admin`) return;
      const organisation = teller.organisation(cert);
      const email = n[1]! % 2 === 0 ? GUESSES.email : `hidden-${n.join('-')}@${cert}.example`;
      const answer = await teller.ask(`${cert}.admin`, 'POST', `organisations/${organisation}/users`, {
        email,
        roles: ['analyst'],
      });
      // The same address twice in one house.
      if (answer.status !== 201) return;
      const { id } = JSON.parse(answer.body) as { id: string };
      hide('user', id, organisation);
      if (n[2]! % 2 === 1)
        await teller.patch(`${cert}.admin`, `organisations/${organisation}/users/${id}`, { status: 'disabled' });
    },
  },

  /** Others sign in, make keys, fail to sign in, and end sessions. */
  sessions: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.analyst`;
      const signIn = (password: string): ReturnType<Teller['ask']> =>
        teller.ask(player, 'POST', 'auth/login', { email: emailOf(player), password }, { token: null });
      const { accessToken } = JSON.parse((await signIn(PASSWORD)).body) as { accessToken: string };
      const session = { token: accessToken };
      const wanted = { name: 'Hidden', scopes: ['incidents:read'], expiresAt: '2027-01-01T00:00:00Z' };
      hide('api-key', String((await teller.post(player, 'me/api-keys', wanted, session)).id));
      const { items } = JSON.parse((await teller.ask(player, 'GET', 'me/sessions', undefined, session)).body) as {
        items: { id: string }[];
      };
      for (const { id } of items) hide('session', id);
      for (let failure = 0; failure < n[1]! % 4; failure++) await signIn('wrong');
      if (n[2]! % 2 === 1) await teller.ask(player, 'POST', 'auth/logout', undefined, session);
    },
  },

  /** Somebody else uses the very Idempotency-Key that the reader will use. */
  'same-key': {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.analyst`;
      const key = GUESSES.idempotencyKey;
      const answer = await teller.ask(player, 'POST', 'incidents', filing({ title: hiddenTitle(n) }), { key });
      if (answer.status === 201) hide('incident', (JSON.parse(answer.body) as { id: string }).id);
    },
  },

  /** Somebody else files in bulk under the very reference that the reader will use. */
  'same-line': {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.analyst`;
      const line = filing({ title: hiddenTitle(n), externalReferences: [GUESSES.reference] });
      const answer = await teller.ask(player, 'POST', 'incidents/bulk', linesOf(line));
      for (const result of answer.body.split('\n').filter((text) => text !== '')) {
        const { status, id } = JSON.parse(result) as { status?: unknown; id?: string };
        if (status === 'filed' && id !== undefined) hide('incident', id);
      }
    },
  },

  /** Somebody else saves a mapping of columns, under the name that the reader will use. */
  mapping: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.analyst`;
      const name = n[1]! % 2 === 0 ? GUESSES.mappingName : `Hidden ${n.join('.')}`;
      const answer = await teller.ask(player, 'POST', 'imports/mappings', { name, columns: { Judul: 'title' } });
      if (answer.status === 201) hide('mapping', (JSON.parse(answer.body) as { id: string }).id);
    },
  },

  /** Somebody else takes in the document of another publisher that the reader will take in. */
  csafImport: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.analyst`;
      const document = csafDocument(n[1]! % 2 === 0 ? GUESSES.trackingId : `HIDDEN-${n.join('.')}`);
      const answer = await teller.ask(player, 'POST', 'imports?format=csaf', document);
      const { advisory, isNew } = JSON.parse(answer.body) as { advisory?: string; isNew?: boolean };
      if (advisory !== undefined && isNew === true) hide('advisory', advisory);
    },
  },

  /** Somebody else watches for what the reader watches for, under the name that the reader will use, and has it sent. */
  subscription: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, pick, hide }, n) => {
      const player = `${pick(others(reader), n[0])}.coordinator`;
      const name = n[1]! % 2 === 0 ? GUESSES.subscriptionName : `Hidden ${n.join('.')}`;
      const answer = await teller.ask(player, 'POST', 'subscriptions', { name, values: [GUESSES.observable] });
      if (answer.status === 201) hide('subscription', (JSON.parse(answer.body) as { id: string }).id);
      const { id } = await teller.post(player, 'webhooks', { url: 'https://hooks.example/hidden' });
      hide('webhook', String(id));
      hide('delivery', await teller.letter(String(id)), String(id));
    },
  },

  /** What others ask each other: sent, waiting for a second person, answered, declined, withdrawn, or RED. */
  request: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async (stage, n) => {
      const { teller, reader, pick, hide } = stage;
      const [from, to] = [pick(others(reader), n[0]), pick(others(reader), n[0]! + 1)];
      const tlp = pick(['TLP:AMBER', 'TLP:GREEN', 'TLP:RED'] as const, n[1]);
      const { id } = await teller.post(`${from}.coordinator`, 'requests', {
        kind: pick(['rfi', 'takedown', 'urgent-hold'], n[2]),
        to: { organisation: teller.organisation(to) },
        marking: { tlp },
        ...(tlp === 'TLP:RED' && { audience: [{ user: teller.user(`${to}.coordinator`) }] }),
        title: hiddenTitle(n),
        body: 'A hidden word between us.',
      });
      hide('request', String(id));
      const path = `requests/${String(id)}`;
      if (tlp === 'TLP:GREEN' && n[2]! % 2 === 0) return;
      if (tlp === 'TLP:GREEN') await teller.post(`${from}.second`, `${path}/send`);
      const [player, act, body] = pick(
        [
          [`${to}.coordinator`, 'acknowledge', undefined],
          [`${to}.coordinator`, 'answer', { body: 'A hidden answer.' }],
          [`${to}.coordinator`, 'decline', undefined],
          [`${from}.coordinator`, 'withdraw', undefined],
        ] as const,
        n[3],
      );
      await teller.post(player, `${path}/${act}`, body);
    },
  },

  /** What others draft: reviewed by somebody else, commented on, or out, and never for the reader. */
  advisory: {
    moments: anytime,
    isHiddenFrom: everybody,
    tell: async (stage, n) => {
      const { teller, reader, pick, hide } = stage;
      const [from, to] = [pick(others(reader), n[0]), pick(others(reader), n[0]! + 1)];
      const { id } = await teller.post(`${from}.coordinator`, 'advisories', {
        title: hiddenTitle(n),
        summary: 'A hidden summary.',
        body: 'A hidden body.',
        kind: 'guidance',
        language: 'en',
        marking: { tlp: 'TLP:AMBER' },
        audience: [{ organisation: teller.organisation(to) }],
      });
      const advisory = String(id);
      hide('advisory', advisory);
      const path = `advisories/${advisory}`;
      if (n[1]! % 4 === 0) return;
      await teller.post(`${from}.coordinator`, `${path}/submit`, {});
      const invited = await teller.post(`${from}.coordinator`, `${path}/invitations`, {
        organisation: teller.organisation(to),
      });
      const review = (view: typeof invited) =>
        view.review as { invitations: { id: string }[]; changes: { id: string }[] };
      for (const each of review(invited).invitations) hide('invitation', each.id, advisory);
      const comment = await teller.post(`${to}.coordinator`, `${path}/comments`, { body: 'A hidden remark.' });
      hide('advisory-comment', String(comment.id), advisory);
      if (n[1]! % 4 === 1) {
        const asked = await teller.post(`${to}.coordinator`, `${path}/request-changes`, {
          changes: [{ body: 'A hidden change.' }],
        });
        for (const each of review(asked).changes) hide('advisory-change', each.id, advisory);
        return;
      }
      await teller.post(`${from}.second`, `${path}/approve`);
      if (n[1]! % 4 === 3) await teller.post(`${from}.coordinator`, `${path}/publish`);
    },
  },

  /** A drill of others: its scenario, its space, and what is filed there. */
  exercise: {
    moments: anytime,
    isHiddenFrom: ({ organisation }) => organisation !== 'vn',
    tell: async ({ teller, reader, pick, hide }, n) => {
      const { id: scenario } = await teller.post('vn.organiser', 'scenarios', {
        document: { ...exampleScenario, title: hiddenTitle(n) },
      });
      hide('scenario', String(scenario));
      const team = pick(
        others(reader).filter((cert) => cert !== 'vn'),
        n[0],
      );
      const { id } = await teller.post('vn.organiser', 'exercises', {
        title: hiddenTitle(n),
        scenario,
        teams: [{ organisation: teller.organisation(team), roles: ['national-cert'] }],
      });
      const exercise = String(id);
      hide('exercise', exercise);
      if (n[1]! % 2 === 0) await teller.post('vn.organiser', `exercises/${exercise}/start`);
      const content = filing({
        title: hiddenTitle(n),
        marking: { tlp: 'TLP:GREEN' },
        observables: [GUESSES.observable],
      });
      const { id: incident } = await teller.post(`${team}.coordinator`, 'incidents', content, { exercise });
      hide('incident', String(incident));
      await teller.post(`${team}.coordinator`, `incidents/${String(incident)}/submit`, undefined, { exercise });
    },
  },

  /** What other recipients do with a record that reached the reader too, and say of one that is asked back of them all. */
  receipt: {
    moments: late,
    isHiddenFrom: ({ organisation }) => !['vn', 'sg'].includes(organisation),
    tell: async ({ teller, reader, props, pick }, n) => {
      const by = pick(
        ['th', 'id', 'my', 'jp'].filter((cert) => cert !== reader.organisation),
        n[0],
      );
      await teller.ask(`${by}.analyst`, 'GET', `incidents/${props.wide}`);
      await teller.ask(`${by}.analyst`, 'GET', `incidents/${props.open}`);
      const kind = pick(['acknowledged', 'acted-on', 'exported'], n[1]);
      await teller.ask(`${by}.analyst`, 'POST', `incidents/${props.wide}/receipts`, { kind });
      await teller.ask(`${by}.analyst`, 'POST', `tombstones/${props['taken back']}/confirmation`, {
        confirmation: 'deleted',
      });
    },
  },

  /** Somebody asks for a record that it may not read, which is nobody's to know: not even whose it is. */
  attempt: {
    moments: late,
    isHiddenFrom: everybody,
    tell: async ({ teller, reader, props }) => {
      for (const [by, name] of [
        ['my', 'warning'],
        ['my', 'was-red'],
        ['my', 'in-group'],
        ['jp', 'wide'],
      ] as const) {
        if (by === reader.organisation) continue;
        await teller.ask(`${by}.analyst`, 'GET', `incidents/${props[name]}`);
        await teller.ask(`${by}.analyst`, 'POST', `incidents/${props[name]}/receipts`, { kind: 'acknowledged' });
        await teller.ask(`${by}.analyst`, 'POST', `tombstones/${props[name]}/confirmation`, {
          confirmation: 'deleted',
        });
      }
    },
  },

  /** The owner writes on in what it has taken back. */
  'edit-after-recall': {
    moments: late,
    isHiddenFrom: ({ organisation }) => organisation !== 'sg',
    tell: async ({ teller, props }, n) => {
      await teller.patch('sg.analyst', `incidents/${props['taken back']}`, { title: hiddenTitle(n) });
    },
  },

  /** What one of those asked does with a request that the reader was asked too. */
  'group-response': {
    moments: ['between', 'after', 'meanwhile'],
    isHiddenFrom: ({ organisation }) => !['vn', 'th'].includes(organisation),
    tell: async ({ teller, props }, n) => {
      const path = `requests/${props['asked of the group']}`;
      if (n[0]! % 2 === 0) await teller.ask('th.analyst', 'POST', `${path}/acknowledge`);
      else await teller.ask('th.analyst', 'POST', `${path}/answer`, { body: 'A hidden answer.', audience: 'asker' });
    },
  },

  /** A comms check that has not opened: a surprise, but to the secretariat. */
  check: {
    moments: ['between', 'after', 'meanwhile'],
    isHiddenFrom: ({ organisation }) => organisation !== 'secretariat',
    tell: async ({ teller, hide }, n) => {
      const opensAt = `2027-0${1 + (n[0]! % 9)}-01T00:00:00Z`;
      const { id } = await teller.post('secretariat.admin', 'comms-checks', { kind: 'surprise', opensAt });
      hide('check', String(id));
    },
  },

  /** The members decide on one of them, which is theirs to know. */
  decision: {
    moments: ['between', 'after', 'meanwhile'],
    isHiddenFrom: ({ isOfTheCommunity }) => !isOfTheCommunity,
    tell: async ({ teller, pick }, n) => {
      const of = pick(['id', 'sg'], n[0]);
      const body = { reason: 'An audit.', decidedOn: '2026-11-20', document: 'Minutes, item 4' };
      await teller.ask('vn.admin', 'POST', `organisations/${teller.organisation(of)}/suspension`, body);
    },
  },

  /** A second sponsor of an applicant, which members see, and the applicant. */
  sponsorship: {
    moments: ['between', 'after', 'meanwhile'],
    isHiddenFrom: ({ isOfTheCommunity, organisation }) => !isOfTheCommunity && organisation !== 'la',
    tell: async ({ teller }) => {
      const path = `organisations/${teller.organisation('la')}/sponsorships`;
      await teller.ask('my.coordinator', 'POST', path, { statement: 'So do we.' });
    },
  },

  /** Another asks for the quarantine of what the reader reads; who would be the third learns by asking that it is. */
  'quarantine-ask': {
    moments: ['after'],
    isHiddenFrom: ({ player }) => player !== 'vn.coordinator' && player !== 'ph.coordinator',
    tell: async ({ teller, props }) => {
      await teller.ask('sg.coordinator', 'POST', `incidents/${props.veiled}/quarantine`, { reason: 'false' });
    },
  },
};

/** Each kind in each of its moments, for one reader: what the deterministic drive hides. */
export const everySecretFrom = (reader: Reader): Secret[] =>
  Object.entries(KINDS)
    .filter(([, kind]) => kind.isHiddenFrom(reader))
    .flatMap(([name, kind], index) =>
      // Markings, audiences and endings in turn, so that all of them come up.
      kind.moments.flatMap((moment, nth) =>
        (name === 'incident' ? [0, 1, 2, 3, 4] : [0]).map((more) => ({
          kind: name,
          moment,
          n: [
            index + nth + more,
            more + nth,
            nth + more * 2,
            more + 2 * nth + (name === 'incident' ? nth : 0),
            more + index,
          ],
        })),
      ),
    );

const anySecret = (moments: readonly Moment[], kinds: readonly [string, SecretKind][]): fc.Arbitrary<Secret> =>
  fc.oneof(
    ...kinds.map(([name, kind]) => ({
      weight: name === 'incident' ? 4 : 2,
      arbitrary: fc.record({
        kind: fc.constant(name),
        moment: fc.constantFrom(...kind.moments.filter((moment) => moments.includes(moment))),
        n: fc.array(fc.nat(11), { minLength: 5, maxLength: 5 }),
      }),
    })),
  );

/** Random secrets, for any reader: those that a reader may see are left out for it. */
export const anySecrets: fc.Arbitrary<Secret[]> = fc.array(
  anySecret(
    Object.values(KINDS).flatMap(({ moments }) => moments),
    Object.entries(KINDS),
  ),
  { minLength: 1, maxLength: 10 },
);

/** Such as can happen when the reader has been there already. */
export const anyLaterSecrets: fc.Arbitrary<Secret[]> = fc.array(
  anySecret(
    ['meanwhile'],
    Object.entries(KINDS).filter(([, { moments }]) => moments.includes('meanwhile')),
  ),
  { minLength: 1, maxLength: 4 },
);
