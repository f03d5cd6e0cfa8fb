import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { score } from '../../src/modules/exercises/core/index.js';
import type { LogEntry, Scenario } from '../../src/modules/exercises/core/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const attribute = (type: string, value: string, more: object = {}) => ({ type, value, ...more });
const object = (name: string, ...attributes: object[]) => ({ name, Attribute: attributes });

/** What a participant sends by the calls of a MISP client: an event, and then what else is said of it. */
const PLAYED: Record<string, { info: string; more: object } | null> = {
  'basic-event-creation': {
    info: 'An event by the API',
    more: {
      Attribute: [
        attribute('ip-dst', '1.2.3.4', { Tag: [{ name: 'tlp:green' }] }),
        attribute('ip-dst', '4.3.2.1'),
        attribute('domain', 'evil.com'),
        attribute('filename', 'evil.exe'),
        attribute('text', 'Classified information', { distribution: '0' }),
      ],
      Object: [
        object(
          'domain-ip',
          attribute('ip-dst', '4.3.2.1', { object_relation: 'ip' }),
          attribute('ip', '4.3.2.1', { object_relation: 'ip' }),
          attribute('domain', 'foobar.baz', { object_relation: 'domain' }),
          attribute('text', 'Classified information', { object_relation: 'text' }),
        ),
      ],
    },
  },
  'basic-filtering': null,
  'misp-01': {
    info: 'A phishing of a CEO',
    more: {
      Object: [1, 2, 3, 4].map((nth) =>
        object('email', attribute('email-src', `ceo${nth}@mail.example`, { object_relation: 'from' })),
      ),
    },
  },
  'ransomware-encoding': {
    info: 'A ransomware at a bakery',
    more: {
      Tag: ['T1486', 'T1566', 'T1059'].map((id) => ({ name: `misp-galaxy:mitre-attack-pattern="Technique - ${id}"` })),
      Attribute: [
        attribute('regkey', 'HKCU\\SOFTWARE\\CryptoLocker_0388'),
        attribute('text', '-----BEGIN PUBLIC KEY-----\nMII'),
      ],
      Object: [
        object('email', attribute('email-body', 'Hello', { object_relation: 'email-body' })),
        object('file', attribute('filename', 'cryptolocker.exe', { object_relation: 'filename' })),
        object('ip-port', attribute('ip-dst', '81.177.170.166', { object_relation: 'ip' })),
      ],
    },
  },
};

describeWithFixtures('cexf', (dir) => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());
  const organiser = () => api.as(cast['vn.organiser']!);

  it.each(Object.keys(PLAYED))('%s is imported, played by calls of a MISP client, and scored', async (name) => {
    const text = readFileSync(path.join(dir, `${name}.json`), 'utf8');
    const kept = await organiser().post('scenarios', { text, format: 'cexf' });
    expect([kept.status, kept.body.errors]).toEqual([201, undefined]);
    const out = await organiser().get(`scenarios/${kept.body.id}/cexf`).expect(200);
    expect(out.body).toEqual(JSON.parse(text));

    const created = await organiser()
      .post('exercises', {
        title: name,
        scenario: kept.body.id,
        teams: [{ organisation: cast.stages.th!.id, roles: ['participant'] }],
      })
      .expect(201);
    const id = String(created.body.id);
    const steer = (act: string, body: object = {}) => organiser().post(`exercises/${id}/${act}`, body).expect(200);
    const conduct = async () => {
      server.clock.advance(60_000);
      await server.app.get(ConductExercises).run();
    };
    const misp = (call: string, body: object, who = 'th.coordinator') =>
      api.as(cast[who]!).post(`/misp/${call}`, body).set('x-ronda-exercise', id).expect(200);
    await steer('start');
    await conduct();
    const scenario = (await organiser().get(`scenarios/${kept.body.id}`).expect(200)).body.document as Scenario;
    const played = PLAYED[name];
    if (played) {
      const { body } = await misp('events/add', { info: played.info, distribution: '1', Tag: [{ name: 'tlp:green' }] });
      const uuid = String(body.Event.uuid);
      await conduct();
      const { Tag = [], ...more } = played.more as { Tag?: object[] };
      // Each inject comes when what the one before asks for is done: a client says it again as it goes on.
      for (const each of scenario.injects) {
        await misp(`events/edit/${uuid}`, {
          info: `${played.info}, after ${each.number}`,
          distribution: '1',
          Tag: [{ name: 'tlp:green' }, ...Tag],
          ...more,
        });
        await conduct();
        await conduct();
      }
      await misp(`events/publish/${uuid}`, {});
      // GREEN takes two.
      await misp(`events/publish/${uuid}`, {}, 'th.analyst');
      await conduct();
      await conduct();
    }
    for (const { id: milestone, expects } of scenario.milestones)
      if (expects.byOverride)
        await steer('overrides', {
          team: cast.stages.th!.id,
          role: 'participant',
          milestone,
          credit: 1,
          reason: 'Seen by the evaluator.',
        });
    await conduct();
    await steer('end');
    await server.app.get(ConductExercises).run();

    const { body: scores } = await organiser().get(`exercises/${id}/scores`).expect(200);
    const { milestones } = scores.items[0].roles[0] as {
      milestones: { milestone: string; state: string; points: number }[];
    };
    const title = (of: string) => scenario.milestones.find(({ id: each }) => each === of)!.title;
    expect(milestones.filter(({ state }) => state !== 'met').map(({ milestone }) => title(milestone))).toEqual([]);
    expect(milestones).toHaveLength(scenario.milestones.length);

    const log = (await organiser().get(`exercises/${id}/log`).buffer(true).expect(200)).text;
    const [heading, ...entries] = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown) as [{ scenario: Scenario; scoreHash: string }, ...LogEntry[]];
    expect([heading.scoreHash, score(heading.scenario, entries).hash]).toEqual([scores.hash, scores.hash]);
  });

  it('names what is wrong with a document that is none', async () => {
    const text = await organiser().post('scenarios', { text: '{', format: 'cexf' });
    expect([text.status, text.body.errors[0].pointer]).toEqual([400, '/text']);
    const document = { exercise: { name: 'x' }, injects: [], inject_flow: [{ inject_uuid: 'b' }] };
    const { body } = await organiser().post('scenarios', { document, format: 'cexf' }).expect(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/document/exercise/uuid',
      '/document/inject_flow/0/inject_uuid',
    ]);
  });
});
