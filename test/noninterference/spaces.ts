import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { absentId } from './pools.js';
import { GUESSES } from './secrets.js';
import type { Reader } from './readers.js';
import type { Secret, SecretKind, Stage } from './secrets.js';
import { filing, release } from '../support/filings.js';
import type { Json, Teller } from './teller.js';
import { headerOf, jsonOf } from './wire.js';

/** In which space something is done, by whom and to whom: real life where no exercise is named. */
interface Scene {
  exercise?: string;
  /** Of the cast, with an analyst, a coordinator and a second. */
  from: string;
  /** With an analyst. */
  to: string;
  title: string;
}

type Hide = Stage['hide'];

/**
 * All that two teams do with one another: what is filed, attached, said, sighted, released, read and answered for, what is
 * asked and answered, advised, and sent by TAXII. The same in every space.
 */
async function act(teller: Teller, { exercise, from, to, title }: Scene, hide: Hide = () => undefined): Promise<void> {
  const space = exercise === undefined ? {} : { exercise };
  const ask = async (who: string, method: string, path: string, body?: object | string): Promise<Json> => {
    const ifMatch =
      method === 'PUT' ? headerOf(await teller.ask(who, 'GET', path, undefined, space), 'etag') : undefined;
    const answer = await teller.ask(who, method, path, body, { ...space, ...(ifMatch !== undefined && { ifMatch }) });
    if (answer.status >= 300) throw new Error(`${who} ${method} ${path} -> ${answer.status} ${answer.body}`);
    return jsonOf(answer);
  };
  const post = (who: string, path: string, body?: object | string): Promise<Json> => ask(who, 'POST', path, body);
  const other = { organisation: teller.organisation(to) };

  const { id } = (await post(
    `${from}.analyst`,
    'incidents',
    filing({
      title,
      externalReferences: [GUESSES.reference],
      observables: [GUESSES.observable, { type: 'cidr', value: '203.0.113.0/24' }],
    }),
  )) as { id: string };
  hide('incident', id);
  const path = `incidents/${id}`;
  await post(`${from}.analyst`, `${path}/submit`);
  const file = await post(`${from}.analyst`, `${path}/attachments?name=seen-elsewhere.txt`, 'Seen elsewhere.');
  hide('attachment', String(file.id), id);
  await post(`${from}.coordinator`, `${path}/release`, release('TLP:AMBER', [other]));

  await ask(`${to}.analyst`, 'GET', path);
  await post(`${to}.analyst`, `${path}/receipts`, { kind: 'acknowledged' });
  await ask(`${to}.analyst`, 'PUT', `${path}/feedback`, { kind: 'useful', note: 'A word from elsewhere.' });
  for (const who of [from, to]) {
    const comment = await post(`${who}.analyst`, `${path}/comments`, { body: `Phishing, says ${who}.` });
    hide('comment', String(comment.id), id);
  }
  const { items } = await ask(`${to}.analyst`, 'GET', `${path}/observables`);
  const observable = String((items as Json[])[0]?.id);
  const sighting = await post(`${to}.analyst`, `${path}/sightings`, {
    observable,
    kind: 'seen',
    at: '2026-11-20T01:00:00Z',
  });
  hide('sighting', String(sighting.id), id);
  await post(`${to}.analyst`, 'observables/lookup', { values: [GUESSES.observable.value] });

  const open = (await post(`${from}.analyst`, 'incidents', filing({ title, marking: { tlp: 'TLP:GREEN' } }))) as {
    id: string;
  };
  hide('incident', open.id);
  await post(`${from}.analyst`, `incidents/${open.id}/submit`);
  const link = await post(`${from}.analyst`, `${path}/related`, { incident: open.id, kind: 'related' });
  hide('link', String(link.id), id);
  await post(`${from}.coordinator`, `incidents/${open.id}/release`, release('TLP:GREEN', ['community']));
  await post(`${from}.second`, `incidents/${open.id}/release/confirm`);
  await post(`${from}.coordinator`, `incidents/${open.id}/recall`, { reason: 'error' });

  const request = await post(`${from}.analyst`, 'requests', {
    kind: 'rfi',
    to: other,
    marking: { tlp: 'TLP:AMBER' },
    title,
    body: 'What do you see?',
    incidents: [id],
  });
  hide('request', String(request.id));
  await post(`${to}.analyst`, `requests/${String(request.id)}/answer`, { body: 'The same.' });

  const advisory = await post(`${from}.analyst`, 'advisories', {
    title,
    summary: 'A gateway lets anybody in.',
    body: 'An empty password passes.',
    kind: 'guidance',
    language: 'en',
    marking: { tlp: 'TLP:GREEN' },
    audience: ['community'],
  });
  const advised = `advisories/${String(advisory.id)}`;
  hide('advisory', String(advisory.id));
  await post(`${from}.analyst`, `${advised}/submit`, {});
  await post(`${from}.coordinator`, `${advised}/approve`);
  await post(`${from}.coordinator`, `${advised}/publish`);

  const { collections } = await ask(`${from}.analyst`, 'GET', '/taxii2/live/collections');
  const own = (collections as Json[]).find((each) => each.can_write === true);
  if (!own) throw new Error(`${from} has no collection to write to`);
  await post(
    `${from}.analyst`,
    `/taxii2/live/collections/${String(own.id)}/objects`,
    JSON.stringify({
      objects: [
        {
          type: 'incident',
          spec_version: '2.1',
          id: `incident--${absentId('comment')}`,
          created: '2026-11-01T00:00:00.000Z',
          modified: '2026-11-01T00:00:00.000Z',
          name: title,
        },
      ],
    }),
  );
}

/** What is seen by whoever asks from inside: one that it is shown, and one of its own. */
export async function tellInside(teller: Teller, exercise: string): Promise<void> {
  await act(teller, { exercise, from: 'id', to: 'th', title: 'Played by Indonesia' });
  await act(teller, { exercise, from: 'th', to: 'jp', title: 'Played by Thailand' });
}

/** A drill by Viet Nam, for teams of the cast. */
async function drill(teller: Teller, teams: readonly string[]): Promise<{ scenario: string; exercise: string }> {
  const scenario = await teller.post('vn.organiser', 'scenarios', { document: exampleScenario });
  const exercise = await teller.post('vn.organiser', 'exercises', {
    title: 'Another drill',
    scenario: scenario.id,
    teams: teams.map((name) => ({ organisation: teller.organisation(name), roles: ['national-cert'] })),
    addresses: ['https://hooks.example/reader'],
  });
  await teller.post('vn.organiser', `exercises/${String(exercise.id)}/start`);
  return { scenario: String(scenario.id), exercise: String(exercise.id) };
}

const isInside = ({ inside }: Reader): boolean => inside !== undefined;

/** What happens in another space than the reader's, most of it before the reader's own eyes if it looked there. */
export const SPACE_KINDS: Record<string, SecretKind> = {
  /** In an exercise in which the reader takes no part. */
  'in a drill of others': {
    moments: ['after', 'meanwhile'],
    isHiddenFrom: ({ organisation }) => organisation !== 'vn',
    tell: async ({ teller, reader, hide }) => {
      const teams = reader.organisation === 'th' ? ['id', 'my'] : ['id', 'th'];
      const { scenario, exercise } = await drill(teller, teams);
      hide('scenario', scenario);
      hide('exercise', exercise);
      await act(teller, { exercise, from: 'id', to: teams[1]!, title: GUESSES.title }, hide);
    },
  },

  /** In the exercise in which the reader takes part, to the reader too, which is in real life. */
  'in its own drill': {
    moments: ['after', 'meanwhile'],
    isHiddenFrom: (reader) => !isInside(reader),
    tell: ({ teller, props, hide }) =>
      act(teller, { exercise: props.drill!, from: 'id', to: 'th', title: GUESSES.title }, hide),
  },

  /** In real life, to the reader too, which is in an exercise. */
  'in real life': {
    moments: ['after', 'meanwhile'],
    isHiddenFrom: isInside,
    tell: ({ teller, hide }) => act(teller, { from: 'id', to: 'th', title: GUESSES.title }, hide),
  },

  /** In another exercise in which the reader takes part as well, to the reader too. */
  'in another drill of its own': {
    moments: ['after', 'meanwhile'],
    isHiddenFrom: isInside,
    tell: async ({ teller, hide }) => {
      const { exercise } = await drill(teller, ['id', 'th']);
      // Its id opens a door, which is another's space and none of this one's: what is in it is hidden.
      await act(teller, { exercise, from: 'id', to: 'th', title: GUESSES.title }, hide);
    },
  },
};

/** Each kind in each of its moments, for one reader. */
export const secretsOfSpaces = (reader: Reader): Secret[] =>
  Object.entries(SPACE_KINDS)
    .filter(([, { isHiddenFrom }]) => isHiddenFrom(reader))
    .flatMap(([kind, { moments }]) => moments.map((moment) => ({ kind, moment, n: [0, 0, 0, 0, 0] })));
