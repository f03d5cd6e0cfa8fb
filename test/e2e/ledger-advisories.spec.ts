import pg from 'pg';
import { SystemChance } from '../../src/kernel/chance.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { orderErasure } from '../../src/modules/ledger/index.js';
import { entryLeaf } from '../../src/modules/ledger/merkle/leaf.js';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { integrate } from '../support/ledger.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Shown {
  type: string;
  leafHash: string;
  salt: string;
  entry: string;
}
interface Told {
  type: string;
  actor: string | null;
  facts: Record<string, unknown>;
}

describe('what the ledger says of an advisory', () => {
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;
  /** Where it happens: null outside of exercises. */
  let exercise: string | null;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  beforeEach(() => {
    exercise = null;
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const asked = (who: string, verb: 'get' | 'post', path: string, body: object = {}): ReturnType<Caller['get']> => {
    const caller = api.as(cast[who]!);
    const request = verb === 'get' ? caller.get(path) : caller.post(path, body);
    return exercise === null ? request : request.set('x-ronda-exercise', exercise);
  };
  const drafted = async (marking: string, audience: object[], more: object = {}): Promise<string> => {
    const { body } = await asked('vn.analyst', 'post', 'advisories', {
      title: 'Example Gateway lets anybody in',
      summary: 'Sign-in is bypassed by an empty password.',
      body: 'An empty password passes.',
      kind: 'vulnerability',
      language: 'en',
      marking: { tlp: marking },
      audience,
      ...more,
    }).expect(201);
    return String(body.id);
  };
  const act = async (who: string, id: string, what: string, body: object = {}): Promise<void> => {
    const answer = await asked(who, 'post', `advisories/${id}/${what}`, body);
    if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${answer.text}`);
  };
  const published = async (marking: string, audience: object[], more: object = {}): Promise<string> => {
    const id = await drafted(marking, audience, more);
    await act('vn.analyst', id, 'submit');
    await act('vn.coordinator', id, 'approve');
    await act('vn.coordinator', id, 'publish');
    return id;
  };
  const told = async (who: string, id: string): Promise<Told[]> => {
    const { body } = await asked(who, 'get', `ledger/entries?subject=${id}`).expect(200);
    return (body.items as Shown[]).map(({ entry, salt, leafHash }) => {
      expect(entryLeaf(Buffer.from(salt, 'base64'), entry).toString('base64')).toBe(leafHash);
      return JSON.parse(entry) as Told;
    });
  };
  const types = async (who: string, id: string): Promise<string[]> =>
    (await told(who, id)).map(({ type }) => type).sort();
  const players = (stage: string): string[] =>
    Object.entries(cast).flatMap(([name, { id }]) =>
      name.startsWith(`${stage}.`) && typeof id === 'string' ? [id] : [],
    );

  /** A review by Singapore of what goes to Thailand. */
  async function reviewed(): Promise<string> {
    const id = await drafted('TLP:AMBER', [organisation('th')]);
    await act('vn.analyst', id, 'submit');
    await act('vn.analyst', id, 'invitations', organisation('sg'));
    await act('sg.analyst', id, 'comments', { body: 'Which versions?' });
    await act('vn.coordinator', id, 'approve');
    await integrate(node);
    return id;
  }

  const ofTheReview = async (): Promise<void> => {
    const id = await reviewed();
    const owners = ['advisory.approved', 'advisory.drafted', 'advisory.reviewer-invited', 'advisory.submitted'];
    // The author's colleague reads who of its own did what; of Singapore that it did.
    expect(await types('vn.second', id)).toEqual([...owners, 'advisory-notice.commented'].sort());
    const notices = owners.map((type) => type.replace('advisory.', 'advisory-notice.'));
    expect(await types('sg.coordinator', id)).toEqual(['advisory.commented', ...notices].sort());
    for (const [reader, stage] of [
      ['vn.second', 'sg'],
      ['sg.coordinator', 'vn'],
    ] as const) {
      const all = await told(reader, id);
      expect(JSON.stringify(all)).not.toMatch(new RegExp(players(stage).join('|')));
      for (const { type, actor, facts } of all) {
        const isNotice = type.startsWith('advisory-notice.');
        expect([isNotice, facts.organisationId]).toEqual([
          actor === null,
          isNotice ? organisation(stage).organisation : undefined,
        ]);
      }
    }
    // Those whom it is meant for do not know of it yet, and strangers never.
    for (const stranger of ['th.analyst', 'id.analyst']) expect(await types(stranger, id)).toEqual([]);

    await act('vn.coordinator', id, 'publish');
    await integrate(node);
    // The review is over: whoever was invited keeps what itself did.
    expect(await types('sg.analyst', id)).toEqual(['advisory.commented']);
    expect(await types('sg.coordinator', id)).toEqual([]);
    const [published, ...more] = await told('th.analyst', id);
    expect(more).toEqual([]);
    expect(published).toMatchObject({ type: 'advisory-notice.published', actor: null });
    expect(published!.facts).toEqual({ recordKind: 'advisory', recordId: id, version: '1.0.0' });
    expect(await types('vn.second', id)).toEqual(
      [...owners, 'advisory-notice.commented', 'advisory.published', 'release.made'].sort(),
    );
    expect(await types('id.analyst', id)).toEqual([]);
  };

  it(
    'is read by the side of whoever took a step, by the others in review without a name, and by recipients from its release',
    ofTheReview,
  );

  it('is so inside an exercise', async () => {
    const organiser = api.as(cast['vn.organiser']!);
    const scenario = await organiser.post('scenarios', { document: exampleScenario }).expect(201);
    const { body } = await organiser
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.body.id,
        teams: ['vn', 'th', 'sg', 'id'].map((name) => ({ ...organisation(name), roles: ['national-cert'] })),
      })
      .expect(201);
    exercise = String(body.id);
    await ofTheReview();
  });

  it('is of the versions that a reader reads, and after a withdrawal of that alone, to whom it was asked back from', async () => {
    const id = await published('TLP:AMBER', [organisation('th'), organisation('sg')]);
    for (const reader of ['th.analyst', 'sg.analyst']) await asked(reader, 'get', `advisories/${id}`).expect(200);
    await act('vn.analyst', id, 'revise', { step: 'minor', summary: 'Fixed versions' });
    const audience = [organisation('th'), organisation('my')];
    expect((await api.as(cast['vn.analyst']!).patch(`advisories/${id}`, { audience })).status).toBe(200);
    await act('vn.analyst', id, 'submit');
    await act('vn.coordinator', id, 'approve');
    await integrate(node);
    // Of the version that is worked on nothing.
    expect(await types('th.analyst', id)).toEqual(['advisory-notice.published']);
    await act('vn.coordinator', id, 'publish');
    await integrate(node);
    const versions = async (who: string): Promise<unknown[]> =>
      (await told(who, id)).map(({ facts }) => facts.version).sort();
    expect(await versions('th.coordinator')).toEqual(['1.0.0', '1.1.0']);
    expect(await versions('my.analyst')).toEqual(['1.1.0']);
    expect(await versions('sg.analyst')).toEqual([]);

    // The draft of a third that nobody beyond knows of.
    await act('vn.analyst', id, 'revise', { step: 'major', summary: 'All of it again' });
    await act('vn.coordinator', id, 'withdraw', { reason: 'error' });
    await integrate(node);
    expect((await told('th.coordinator', id)).map(({ type, facts }) => [type, facts])).toEqual([
      ['advisory-notice.withdrawn', { recordKind: 'advisory', recordId: id }],
    ]);
    // Malaysia never fetched it; Singapore was asked for it back before, which was another recall.
    for (const reader of ['my.analyst', 'sg.analyst', 'id.analyst']) expect(await types(reader, id)).toEqual([]);
    expect(await types('vn.second', id)).toEqual(
      expect.arrayContaining(['advisory.withdrawn', 'advisory.revision-begun']),
    );
  });

  it('has a leaf for each that it was delivered to, once, and nobody reads it', async () => {
    const id = await published('TLP:AMBER', [organisation('th')]);
    const delivered = async () => {
      await integrate(node);
      const { rows } = await superuser.query<{ entry: string; reader_keys: number[]; advisory_key: number | null }>(
        `select entry, reader_keys, advisory_key from ronda.ledger_leaf where entry like '%"receipt.delivered"%' and entry like $1`,
        [`%${id}%`],
      );
      return rows;
    };
    expect(await delivered()).toEqual([]);
    for (const reader of ['th.analyst', 'th.coordinator', 'th.analyst', 'vn.second'])
      await asked(reader, 'get', `advisories/${id}`).expect(200);
    const [leaf, ...more] = await delivered();
    expect(more).toEqual([]);
    expect(leaf).toMatchObject({ reader_keys: [], advisory_key: null });
    expect(JSON.parse(leaf!.entry)).toMatchObject({
      actor: null,
      facts: { record: id, recipientId: cast.stages.th!.id },
    });
    for (const reader of ['vn.second', 'th.analyst'])
      expect(await types(reader, id)).not.toContain('receipt.delivered');
  });

  it('tells the owner that it was acknowledged, by organisations that it sees, and nobody else', async () => {
    const id = await published('TLP:GREEN', ['community' as unknown as object], { acknowledgeWithinHours: 24 });
    // Malaysia passes GREEN on to a body of its own, which nobody else's directory shows.
    for (const reader of ['th.analyst', 'telco.analyst']) {
      await asked(reader, 'get', `advisories/${id}`).expect(200);
      await act(reader, id, 'acknowledge');
    }
    await integrate(node);
    const said = (await told('vn.second', id)).filter(({ type }) => type === 'advisory.acknowledged');
    expect(said.map(({ actor, facts }) => [actor, facts.recipientId])).toEqual([
      [null, organisation('th').organisation],
    ]);
    expect(await types('th.analyst', id)).toEqual(['advisory-notice.published']);
  });

  it('keeps what is RED from colleagues, its author’s and its recipient’s', async () => {
    const id = await drafted('TLP:RED', [{ user: cast['th.analyst']!.id }]);
    await act('vn.analyst', id, 'submit');
    await act('vn.analyst', id, 'invitations', { user: cast['vn.coordinator']!.id });
    await act('vn.coordinator', id, 'approve');
    await act('vn.analyst', id, 'publish');
    await integrate(node);
    expect(await types('th.analyst', id)).toEqual(['advisory-notice.published']);
    expect(await types('vn.analyst', id)).toContain('advisory.published');
    for (const colleague of ['vn.second', 'th.coordinator']) expect(await types(colleague, id)).toEqual([]);
  });

  it('is erased by its order, whoever read it', async () => {
    const id = await reviewed();
    const work = node.app.get(UnitOfWork);
    const order = { subjectId: id, erasureId: new SystemChance().uuid() };
    await work.run({ actingUserKey: cast['vn.coordinator']!.key }, LIVE, 'write', () =>
      Promise.resolve(orderErasure(work, order, null)),
    );
    // Waits beside its erasure.
    await act('sg.analyst', id, 'comments', { body: 'And these?' });
    await integrate(node);
    expect(await types('sg.coordinator', id)).toEqual(['advisory.commented']);
    for (const reader of ['vn.second', 'vn.analyst'])
      expect(await types(reader, id)).toEqual(['advisory-notice.commented']);
  });
});
