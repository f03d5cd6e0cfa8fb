import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { GUESSES } from './secrets.js';
import type { Teller } from './teller.js';
import { AUTHORS, tellUnnamed } from './unnamed.js';
import type { Author } from './unnamed.js';
import { BEGINNING } from './world.js';

/** Where in the story something hidden may happen. `after` all of it, while the reader is already reading, comes `meanwhile`. */
export const MOMENTS = ['before', 'bank-drafts', 'red-drafts', 'th-drafts', 'between', 'after', 'meanwhile'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Ids of what the story made, by the names it has here. */
export type Props = Record<string, string>;

/** The story's time: each request a minute after the one before, whatever happens unseen in between. */
export class Plot {
  private minutes = 0;

  readonly next = (): Date => new Date(BEGINNING.getTime() + (this.minutes += 1) * 60_000);
  /** Unseen, half a minute later. */
  readonly unseen = (): Date => new Date(BEGINNING.getTime() + this.minutes * 60_000 + 30_000);

  skipHours(hours: number): void {
    this.minutes += hours * 60;
  }
}

/**
 * What every world has: some of it is seen by every reader, some by none, and each has records, comments, links and groups
 * of its own.
 * @param pause where other things may happen in one world and not in the other.
 * @param author of what is anonymous.
 */
export async function tellStory(
  teller: Teller,
  plot: Plot,
  pause: (moment: Moment, props: Props) => Promise<void>,
  author: Author = AUTHORS[0],
): Promise<Props> {
  const props: Props = {};
  const organisation = (name: string): object => ({ organisation: teller.organisation(name) });
  const user = (name: string): object => ({ user: teller.user(name) });
  const keep = async (name: string, made: Promise<{ id?: unknown } | string>): Promise<string> => {
    const result = await made;
    return (props[name] = typeof result === 'string' ? result : String(result.id));
  };
  await teller.world.superuser.query(`update ronda.organisation set standing = 'active' where country = 'PH'`);
  await pause('before', props);

  // Groups.
  const founded = (members: string[], name: string): object => ({
    name,
    purpose: `What concerns the ${name}.`,
    members: members.map((member) => teller.organisation(member)),
  });
  await keep('mekong', teller.post('vn.coordinator', 'sharing-groups', founded(['th', 'jp'], 'Mekong')));
  await keep('straits', teller.post('sg.coordinator', 'sharing-groups', founded(['my'], 'Straits')));

  for (const player of ['vn.coordinator', 'th.coordinator'])
    await teller.post(player, 'imports/mappings', { name: 'Of the sector', columns: { Judul: 'title' } });

  // Incidents at all markings.
  await keep(
    'open',
    teller.submitted('vn.coordinator', {
      title: 'Open resolver abused',
      marking: { tlp: 'TLP:CLEAR' },
      observables: [
        { type: 'domain', value: GUESSES.observable.value },
        { type: 'ipv4', value: '203.0.113.7' },
        { type: 'ipv4', value: '203.0.113.8', audience: 'owner' },
      ],
    }),
  );
  await teller.attach('vn.coordinator', props.open!, 'resolver.pcap', 'As it was seen.');
  await teller.release('vn.coordinator', props.open!, 'TLP:CLEAR', ['public'], 'vn.second');
  await keep(
    'wide',
    teller.submitted('vn.coordinator', {
      title: 'Phishing wave',
      marking: { tlp: 'TLP:GREEN' },
      observables: [GUESSES.observable],
    }),
  );
  await teller.release('vn.coordinator', props.wide!, 'TLP:GREEN', ['community'], 'vn.second');
  await keep(
    'warning',
    teller.submitted('th.analyst', {
      title: 'Ransomware warning',
      sector: 'health',
      observables: [{ type: 'host', value: `www.${GUESSES.observable.value}` }],
    }),
  );
  await pause('th-drafts', props);
  await teller.post('th.coordinator', `incidents/${props.warning}/triage`);
  await teller.release('th.coordinator', props.warning!, 'TLP:AMBER', ['vn', 'jp', 'ph', 'la'].map(organisation));
  await keep('in-group', teller.submitted('vn.analyst', { title: 'Sender id in the group' }));
  await teller.release('vn.coordinator', props['in-group']!, 'TLP:AMBER', [{ group: props.mekong }]);
  await keep('handed', teller.file('bank.analyst', { title: 'Our customers are called' }));
  await pause('bank-drafts', props);
  await teller.post('bank.analyst', `incidents/${props.handed}/submit`);
  await keep('was-red', teller.file('vn.analyst', { title: 'An exposed file share', marking: { tlp: 'TLP:RED' } }));
  await pause('red-drafts', props);
  await teller.post('vn.analyst', `incidents/${props['was-red']}/submit`);
  await teller.patch('vn.analyst', `incidents/${props['was-red']}`, { marking: { tlp: 'TLP:AMBER' } });
  await teller.release('vn.coordinator', props['was-red']!, 'TLP:AMBER', [organisation('sg')]);
  await keep('red', teller.submitted('sg.analyst', { title: 'A named victim', marking: { tlp: 'TLP:RED' } }));
  await teller.release(
    'sg.analyst',
    props.red!,
    'TLP:RED',
    ['th.coordinator', 'jp.analyst', 'vn.coordinator'].map(user),
  );
  await keep('partners', teller.submitted('th.coordinator', { title: 'Scam centre', marking: { tlp: 'TLP:GREEN' } }));
  await teller.release('th.coordinator', props.partners!, 'TLP:GREEN', ['partners'], 'th.second');
  await keep('relayed', teller.submitted('my.coordinator', { title: 'SIM swaps', marking: { tlp: 'TLP:GREEN' } }));
  await teller.release('my.coordinator', props.relayed!, 'TLP:GREEN', ['community'], 'my.second');
  await keep('of-partner', teller.submitted('jp.analyst', { title: 'Scanning from a host' }));
  await teller.release('jp.analyst', props['of-partner']!, 'TLP:AMBER', [organisation('vn')]);
  await keep('of-ph', teller.submitted('ph.analyst', { title: 'Leaked credentials' }));
  await teller.release('ph.analyst', props['of-ph']!, 'TLP:AMBER', [organisation('th')]);
  await keep('of-id', teller.submitted('id.analyst', { title: 'Account takeover' }));
  await keep(
    'at-home',
    teller.file('th.analyst', { title: 'Not classified yet', rsit: null, observables: [GUESSES.observable] }),
  );
  // What organisations watch for, and where it is sent.
  for (const player of ['vn.coordinator', 'th.coordinator']) {
    await teller.post(player, 'subscriptions', { name: 'Of the house', values: [GUESSES.observable] });
    const { id } = await teller.post(player, 'webhooks', { url: 'https://hooks.example/own' });
    await teller.letter(String(id));
  }
  await keep('named', teller.submitted('telco.analyst', { title: 'Smishing of our clients' }));
  await teller.post('my.analyst', `incidents/${props.named}/triage`);
  await teller.post('vn.analyst', `incidents/${props.handed}/triage`);

  // Receipts, and what is asked back of those whom it reached.
  for (const [name, by, title] of [
    ['taken back', 'sg.analyst', 'Named by mistake'],
    ['narrowed', 'my.analyst', 'For fewer'],
  ] as const) {
    const tlp = 'TLP:AMBER+STRICT';
    await keep(name, teller.submitted(by, { title, marking: { tlp } }));
    await teller.release(by, props[name]!, tlp, ['vn', 'th', 'id', 'jp'].map(organisation));
    for (const player of ['vn.analyst', 'th.analyst', 'id.analyst', 'jp.analyst'])
      await teller.post(player, `incidents/${props[name]}/receipts`, { kind: 'acknowledged' });
  }
  await teller.post('sg.analyst', `incidents/${props['taken back']}/recall`, { reason: 'error' });
  await teller.post('vn.analyst', `tombstones/${props['taken back']}/confirmation`, { confirmation: 'deleted' });
  await teller.release('my.analyst', props.narrowed!, 'TLP:AMBER+STRICT', [organisation('vn')]);
  for (const player of ['th.analyst', 'sg.analyst'])
    await teller.post(player, `incidents/${props.wide}/receipts`, { kind: 'acted-on' });

  // Passed on, asked for by others, and what they say of it.
  await keep('passed', teller.submitted('sg.analyst', { title: 'For those who need to know' }));
  await teller.release('sg.analyst', props.passed!, 'TLP:AMBER', ['vn', 'th', 'my', 'id'].map(organisation));
  await keep('passed in my', teller.submitted('sg.analyst', { title: 'For carriers' }));
  await teller.release('sg.analyst', props['passed in my']!, 'TLP:AMBER', ['my', 'th'].map(organisation));
  for (const [player, of, to] of [
    ['vn.analyst', 'passed', 'bank'],
    ['vn.analyst', 'warning', 'bank'],
    ['my.analyst', 'passed in my', 'telco'],
  ] as const)
    await teller.post(player, `incidents/${props[of]}/pass-on`, {
      organisations: [teller.organisation(to)],
      needToKnow: 'It is yours to mend.',
      tellOriginator: of === 'warning',
    });
  for (const [player, of] of [
    ['vn.analyst', 'warning'],
    ['th.analyst', 'passed'],
    ['id.analyst', 'passed'],
    ['jp.analyst', 'warning'],
    ['th.analyst', 'wide'],
  ] as const)
    await teller.post(player, `incidents/${props[of]}/request-wider-sharing`, {
      audience: [organisation('secretariat')],
      reason: 'They would want to know.',
    });
  for (const [player, of, kind] of [
    ['th.analyst', 'wide', 'useful'],
    ['vn.analyst', 'warning', 'checked-not-seen'],
    ['bank.analyst', 'passed', 'cannot-help'],
    ['telco.analyst', 'passed in my', 'useful'],
  ] as const)
    await teller.put(player, `incidents/${props[of]}/feedback`, { kind, note: 'A word of ours.' });

  // A newcomer to the group, who sees what is released from then on.
  const member = `sharing-groups/${props.mekong}/members`;
  await teller.post('vn.coordinator', member, organisation('id'));
  await teller.post('id.coordinator', `${member}/${teller.organisation('id')}/accept`);
  // One who could be admitted by now, and one whom the members may still object to.
  await teller.post('vn.coordinator', member, organisation('my'));
  await teller.post('my.coordinator', `${member}/${teller.organisation('my')}/accept`);
  plot.skipHours(73);
  await teller.post('vn.coordinator', member, organisation('sg'));
  await teller.post('sg.coordinator', `sharing-groups/${props.straits}/members`, organisation('th'));
  await teller.post('vn.coordinator', `${member}/${teller.organisation('id')}/admit`);
  await keep(
    'second-epoch',
    teller.submitted('th.analyst', { title: 'The same sender id again', observables: [GUESSES.observable] }),
  );
  await teller.release('th.coordinator', props['second-epoch']!, 'TLP:AMBER', [{ group: props.mekong }]);
  for (const cert of ['vn', 'th']) {
    await keep(`waiting at ${cert}`, teller.submitted(`${cert}.analyst`, { title: `Waiting at ${cert}` }));
    const asks = cert === 'vn' ? 'vn.second' : 'th.coordinator';
    await teller.release(asks, props[`waiting at ${cert}`]!, 'TLP:GREEN', ['community']);
  }

  // What they want to tell each other: one that is out, one that others review, one of two.
  const advise = async (name: string, player: string, more: object = {}): Promise<string> => {
    const id = await keep(
      name,
      teller.post(`${player}.analyst`, 'advisories', {
        title: `Advised: ${name}`,
        summary: 'A gateway lets anybody in.',
        body: 'An empty password passes.',
        kind: 'vulnerability',
        language: 'en',
        marking: { tlp: 'TLP:GREEN' },
        audience: ['community', 'partners'],
        vulnerabilities: [{ cve: 'CVE-2026-10001', cvss31: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
        acknowledgeWithinHours: 24,
        ...more,
      }),
    );
    await teller.post(`${player}.analyst`, `advisories/${id}/submit`, {});
    return id;
  };
  const advised = await advise('advisory', 'vn');
  await teller.post('vn.coordinator', `advisories/${advised}/approve`);
  await teller.post('vn.coordinator', `advisories/${advised}/publish`);
  const told = await advise('advisory for anybody', 'vn', { marking: { tlp: 'TLP:CLEAR' }, audience: ['public'] });
  await teller.post('vn.coordinator', `advisories/${told}/approve`);
  await teller.post('vn.coordinator', `advisories/${told}/publish`);
  for (const [player, invited] of [
    ['vn', 'th'],
    ['th', 'vn'],
    ['my', 'jp'],
  ] as const) {
    const id = await advise(`reviewed by ${invited}`, player, {
      marking: { tlp: 'TLP:AMBER' },
      audience: [organisation('sg')],
    });
    await teller.post(`${player}.analyst`, `advisories/${id}/invitations`, organisation(invited));
    await teller.post(`${invited}.analyst`, `advisories/${id}/comments`, { body: 'Since when?', pointer: '/summary' });
    await teller.post(`${invited}.analyst`, `advisories/${id}/request-changes`, {
      changes: [{ body: 'Say since when.' }],
    });
  }
  // What they play: a drill that goes on.
  const { id: scenario } = await teller.post('vn.organiser', 'scenarios', {
    document: exampleScenario,
    sharedWith: 'community',
  });
  await keep(
    'drill',
    teller.post('vn.organiser', 'exercises', {
      title: 'Monsoon',
      scenario,
      teams: ['th', 'id', 'jp'].map((name) => ({ organisation: teller.organisation(name), roles: ['national-cert'] })),
      staff: [
        { user: teller.user('vn.coordinator'), part: 'controller' },
        { user: teller.user('th.coordinator'), part: 'local-controller' },
      ],
      addresses: ['https://hooks.example/reader'],
    }),
  );
  await teller.post('vn.organiser', `exercises/${props.drill}/start`);
  await teller.post('vn.organiser', `exercises/${props.drill}/messages`, { text: 'It begins.' });

  // What they ask one another.
  const ask = (name: string, player: string, to: object, more: object = {}): Promise<string> =>
    keep(
      name,
      teller.post(player, 'requests', {
        kind: 'rfi',
        to,
        marking: { tlp: 'TLP:AMBER' },
        title: `Asked: ${name}`,
        body: 'What do you see?',
        ...more,
      }),
    );
  await ask('asked of th', 'vn.analyst', organisation('th'), { incidents: [props.open, props.wide] });
  await teller.post('th.analyst', `requests/${props['asked of th']}/acknowledge`);
  await ask('asked of th by jp', 'jp.analyst', organisation('th'), { kind: 'takedown' });
  await teller.post('th.analyst', `requests/${props['asked of th by jp']}/answer`, {
    body: 'It is gone.',
    incidents: [props.partners],
  });
  await ask('asked of jp', 'th.analyst', organisation('jp'), { kind: 'preservation', incidents: [props.warning] });
  await ask('asked of the group', 'vn.coordinator', { group: props.mekong }, { kind: 'urgent-hold' });
  for (const [cert, body] of [
    ['vn', 'bank'],
    ['my', 'telco'],
    ['vn', 'ph'],
    ['th', 'id'],
    ['id', 'vn'],
    ['vn', 'secretariat'],
  ] as const)
    await ask(`asked of ${body} by ${cert}`, `${cert}.analyst`, organisation(body), { kind: 'notification' });
  for (const [asks, to] of [
    ['vn.second', 'sg'],
    ['th.second', 'my'],
  ] as const)
    await ask(`waiting, by ${asks}`, asks, organisation(to), { marking: { tlp: 'TLP:GREEN' } });
  await ask('asked of persons', 'sg.analyst', organisation('th'), {
    marking: { tlp: 'TLP:RED' },
    audience: [user('th.coordinator')],
  });
  await pause('between', props);

  // What is said of them.
  const comment = (player: string, of: string, body: string, audience?: string): Promise<string> =>
    keep(
      `${player} on ${of}`,
      teller.post(player, `incidents/${props[of]}/comments`, { body, ...(audience && { audience }) }),
    );
  for (const player of ['th.analyst', 'jp.analyst', 'bank.analyst', 'ph.analyst'])
    await comment(player, 'open', 'Seen here.');
  await comment('vn.analyst', 'warning', 'We have two victims.', 'owner');
  await comment('jp.analyst', 'warning', 'Ask the carrier.', 'organisation');
  await comment('ph.analyst', 'warning', 'Seen in one ministry.');
  await comment('vn.analyst', 'handed', 'Thank you.');
  await comment('bank.analyst', 'handed', 'More of them today.');
  await comment('th.coordinator', 'red', 'We call them.');
  await comment('id.analyst', 'second-epoch', 'And here.');
  await comment('telco.analyst', 'relayed', 'We see the same.');
  await comment('la.analyst', 'warning', 'Noted.', 'organisation').catch(() => undefined);
  const link = (player: string, from: string, to: string): Promise<string> =>
    keep(
      `${from} to ${to}`,
      teller.post(player, `incidents/${props[from]}/related`, { incident: props[to], kind: 'related' }),
    );
  await link('vn.analyst', 'wide', 'open');
  await link('th.analyst', 'warning', 'open');
  await link('jp.analyst', 'of-partner', 'warning');
  await link('vn.analyst', 'handed', 'open');
  await link('id.analyst', 'of-id', 'second-epoch');
  await link('ph.analyst', 'of-ph', 'open');

  // Sightings, of what every reader sees.
  await teller.attach('vn.analyst', props.open!, 'own.txt', 'For us.', { audience: 'owner' });
  await keep('sighting', teller.sight('th.analyst', props.open!));
  await keep('sighting by vn', teller.sight('vn.analyst', props.open!, { audience: 'owner', kind: 'false-positive' }));

  // The directory.
  const contact = {
    kind: 'point-of-contact',
    is24x7: true,
    name: 'Duty desk',
    languages: ['en'],
    timeZone: 'Asia/Bangkok',
  };
  for (const name of ['th', 'vn', 'my', 'ph', 'la']) {
    const path = `organisations/${teller.organisation(name)}`;
    await keep(`contact of ${name}`, teller.post(`${name}.admin`, `${path}/contacts`, contact));
    await keep(`network of ${name}`, teller.post(`${name}.admin`, `${path}/networks`, { value: `${name}.example` }));
    await keep(
      `duty of ${name}`,
      teller.post(`${name}.admin`, `${path}/duty`, {
        dutyRole: 'incident-lead',
        userId: teller.user(`${name}.analyst`),
        position: 'primary',
        startsAt: '2026-11-01T00:00:00Z',
      }),
    );
  }
  // One who is a reader is on duty, and answers the check that is open from here on.
  await teller.post('id.admin', `organisations/${teller.organisation('id')}/duty`, {
    dutyRole: 'incident-lead',
    userId: teller.user('id.analyst'),
    position: 'primary',
    startsAt: '2026-11-01T00:00:00Z',
  });
  await keep(
    'check',
    teller.post('secretariat.admin', 'comms-checks', {
      kind: 'surprise',
      windowMinutes: 10_080,
      note: 'Are you there?',
    }),
  );
  await teller.post('th.analyst', `comms-checks/${props.check}/answer`);
  await teller.post('sg.coordinator', `organisations/${teller.organisation('la')}/sponsorships`, {
    statement: 'We know them.',
  });
  const suspension = `organisations/${teller.organisation('ph')}/suspension`;
  await teller.post('vn.admin', suspension, {
    reason: 'An audit.',
    decidedOn: '2026-11-20',
    document: 'Minutes, item 3',
  });
  await teller.post('th.admin', `${suspension}/confirm`);
  const reinstatement = { reason: 'It was sound.', decidedOn: '2026-11-21', document: 'Minutes, item 5' };
  await teller.post('sg.admin', `organisations/${teller.organisation('ph')}/reinstatement`, reinstatement);
  await teller.post('th.admin', `organisations/${teller.organisation('my')}/suspension`, reinstatement);
  await keep('shop', teller.post('vn.admin', 'organisations', { name: 'A shop', kind: 'constituent' }));
  for (const cert of ['th', 'sg'])
    await teller.post(`${cert}.admin`, `organisations/${props.shop}/sponsorships`, { statement: 'We know them.' });
  await keep(
    'invited',
    teller.post('vn.admin', `organisations/${teller.organisation('vn')}/users`, {
      email: 'new@vn.example',
      roles: ['analyst'],
    }),
  );
  await tellUnnamed(teller, props, author);
  await pause('after', props);
  return props;
}
