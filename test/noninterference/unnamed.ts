import type { Props } from './story.js';
import type { Teller } from './teller.js';

/** Who may have written what is anonymous: two members, of which no reader of this test is one. */
export const AUTHORS = ['my', 'sg'] as const;
export type Author = (typeof AUTHORS)[number];

/**
 * What somebody does without a name: files, releases, speaks, is asked, is taken back, put away. Whoever the author is, as
 * many requests are made in the same order, and nothing that others can see is another.
 */
export async function tellUnnamed(teller: Teller, props: Props, author: Author): Promise<void> {
  const by = (role: string): string => `${author}.${role}`;
  const organisation = (name: string): object => ({ organisation: teller.organisation(name) });
  const keep = async (name: string, made: Promise<string>): Promise<string> => (props[name] = await made);
  const content = (title: string, tlp: string, whose: string = author): object => ({
    title,
    authorship: 'anonymous',
    marking: { tlp },
    countries: [],
    fraud: null,
    externalReferences: [{ source: 'ticket', id: `${whose}-2026-118` }],
  });
  const say = (player: string, of: string, body: string, audience?: string): Promise<unknown> =>
    teller.post(player, `incidents/${props[of]}/comments`, { body, ...(audience && { audience }) });

  await keep('veiled', teller.submitted(by('analyst'), content('A phishing kit, by somebody', 'TLP:GREEN')));
  await say(by('analyst'), 'veiled', 'Phishing since Tuesday.');
  await teller.release(by('coordinator'), props.veiled!, 'TLP:GREEN', ['community', 'partners'], by('second'));
  await say(by('coordinator'), 'veiled', 'And of two banks by now.');
  await say('jp.analyst', 'veiled', 'Which sender?', 'owner');
  await say(by('second'), 'veiled', 'To its owner alone.', 'organisation');
  await teller.post(by('coordinator'), `incidents/${props.veiled}/triage`, { note: `For ${author} alone.` });
  await teller.patch(by('analyst'), `incidents/${props.veiled}`, { title: `By ${author} and nobody else` });
  for (const player of ['th.analyst', 'vn.analyst'])
    await teller.post(player, `incidents/${props.veiled}/receipts`, { kind: 'acted-on' });
  await teller.post('th.coordinator', `incidents/${props.veiled}/quarantine`, { reason: 'false' });
  await teller.post('th.analyst', `incidents/${props.warning}/related`, { incident: props.veiled, kind: 'related' });
  await teller.post('th.analyst', 'requests', {
    kind: 'rfi',
    to: organisation('jp'),
    marking: { tlp: 'TLP:AMBER' },
    title: 'Asked about what nobody signed',
    body: 'Is it true?',
    incidents: [props.veiled],
  });

  await keep('veiled, for few', teller.submitted(by('analyst'), content('For a few of them', 'TLP:AMBER')));
  const few = ['vn', 'th', 'jp', 'ph', 'secretariat'].map(organisation);
  await teller.release(by('coordinator'), props['veiled, for few']!, 'TLP:AMBER', few);
  await keep('veiled and red', teller.submitted(by('analyst'), content('For three persons', 'TLP:RED')));
  await teller.release(
    by('analyst'),
    props['veiled and red']!,
    'TLP:RED',
    ['th.coordinator', 'jp.analyst', 'vn.coordinator'].map((name) => ({ user: teller.user(name) })),
  );

  const strict = 'TLP:AMBER+STRICT';
  await keep('veiled, taken back', teller.submitted(by('analyst'), content('Taken back, unsigned', strict)));
  await teller.release(
    by('coordinator'),
    props['veiled, taken back']!,
    strict,
    ['vn', 'th', 'id', 'jp'].map(organisation),
  );
  for (const player of ['vn.analyst', 'th.analyst', 'id.analyst', 'jp.analyst'])
    await teller.post(player, `incidents/${props['veiled, taken back']}/receipts`, { kind: 'acknowledged' });
  await teller.post(by('coordinator'), `incidents/${props['veiled, taken back']}/recall`, { reason: 'error' });

  await keep('put away', teller.submitted(by('analyst'), content('Put away', 'TLP:GREEN')));
  await teller.release(by('coordinator'), props['put away']!, 'TLP:GREEN', ['community'], by('second'));
  for (const player of ['vn.coordinator', 'th.coordinator', 'id.coordinator'])
    await teller.post(player, `incidents/${props['put away']}/quarantine`, { reason: 'malicious' });
  await say(by('analyst'), 'put away', 'It is true.');

  // Of one who is a reader: what its owner may do with it.
  await keep('veiled, of th', teller.submitted('th.analyst', content('Unsigned by Thailand', 'TLP:GREEN', 'th')));
  await teller.release('th.coordinator', props['veiled, of th']!, 'TLP:GREEN', ['community'], 'th.second');
}
