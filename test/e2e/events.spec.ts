import pg from 'pg';
import { EventHub } from '../../src/modules/events/event-hub.js';
import { RelayEvents } from '../../src/modules/events/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { EventStream } from '../support/event-stream.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

interface Told {
  id: string;
  type: string;
  at: string;
  record: { kind: string; id: string };
  parentId: string | null;
  reason: string | null;
}

const DAY_MS = 86_400_000;

describe('events', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;
  const open: EventStream[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const as = (player: string) => api.as(cast[player]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const relay = () => node.app.get(RelayEvents).run();
  const listen = async (player: string, headers: Record<string, string> = {}, query = ''): Promise<EventStream> => {
    const stream = await EventStream.open(node.url, cast[player]!.token, headers, query);
    open.push(stream);
    return stream;
  };
  /** Everything that a player is told, page by page, behind what it was told before. */
  const told = async (player: string, after?: string, query = ''): Promise<Told[]> => {
    const items: Told[] = [];
    for (let next = after; ;) {
      const place = next === undefined ? '' : `&after=${next}`;
      const page = (await as(player).get(`events?limit=3${place}${query}`).expect(200)).body as {
        items: Told[];
        next: string | null;
      };
      items.push(...page.items);
      if (page.next === null) return items;
      next = page.next;
    }
  };
  const place = async (player: string): Promise<string | undefined> => (await told(player)).at(-1)?.id;
  const shared = async (audience: unknown[], tlp = 'TLP:AMBER', more: object = {}): Promise<string> => {
    node.clock.advance(1_000);
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp }, ...more });
    node.clock.advance(1_000);
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release(tlp as 'TLP:AMBER', audience))
      .expect(200);
    await relay();
    return id;
  };
  const about = (events: Told[], id: string): string[] =>
    events.filter((each) => each.record.id === id || each.parentId === id).map(({ type }) => type);

  it('tells whom a release reaches, once, and nobody else; and holds nothing but what happened to what', async () => {
    const before = await place('th.analyst');
    const id = await shared([organisation('th')]);
    const [event, ...others] = await told('th.analyst', before);
    expect(others).toEqual([]);
    expect(event).toEqual({
      id: expect.stringMatching(/^e[\w-]{74}$/),
      type: 'incident.changed',
      at: node.clock.now().toISOString(),
      record: { kind: 'incident', id },
      parentId: null,
      reason: null,
      subscriptionId: null,
    });
    expect(about(await told('sg.analyst'), id)).toEqual([]);
    // Its owner's side is told what it did: submitted, and released.
    expect(about(await told('vn.analyst'), id)).toContain('incident.changed');
  });

  it('tells a reader nothing of what changes for its owner or for others alone', async () => {
    const id = await shared([organisation('th')]);
    const before = await place('th.analyst');
    node.clock.advance(1_000);
    await as('vn.coordinator').patch(`incidents/${id}`, { title: 'Not released yet' });
    node.clock.advance(1_000);
    await as('vn.coordinator').post(`incidents/${id}/triage`).expect(200);
    await relay();
    expect(await told('th.analyst', before)).toEqual([]);
    node.clock.advance(1_000);
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th'), organisation('sg')]))
      .expect(200);
    await relay();
    // A new revision is news to both; the same one to more of them is not news to who has it.
    expect(about(await told('th.analyst', before), id)).toEqual(['incident.changed']);
    const behind = await place('th.analyst');
    node.clock.advance(1_000);
    await as('vn.coordinator')
      .post(
        `incidents/${id}/release`,
        release('TLP:AMBER', [organisation('th'), organisation('sg'), organisation('id')]),
      )
      .expect(200);
    await relay();
    expect(await told('th.analyst', behind)).toEqual([]);
    expect(about(await told('id.analyst'), id)).toEqual(['incident.changed']);
  });

  it('is not told of what may not be read at that moment: a recall takes what was told back, and says why', async () => {
    const id = await shared([organisation('th')]);
    await as('th.analyst').get(`incidents/${id}`).expect(200);
    const before = await place('th.analyst');
    node.clock.advance(1_000);
    await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
    // Receipts of AMBER, and with them tombstones, are written within half a second.
    await until(
      async () => {
        await relay();
        return (await told('th.analyst', before)).length > 0;
      },
      { what: 'the recall to be told' },
    );
    expect(await told('th.analyst', before)).toMatchObject([
      { type: 'incident.recalled', record: { kind: 'incident', id }, reason: 'error' },
    ]);
    expect(about(await told('th.analyst'), id)).toEqual(['incident.recalled']);
    expect(about(await told('sg.analyst'), id)).toEqual([]);
  });

  it('tells of comments those who read them', async () => {
    const id = await shared([organisation('th'), organisation('sg')]);
    node.clock.advance(1_000);
    await as('th.analyst').post(`incidents/${id}/comments`, { body: 'For its owner.', audience: 'owner' }).expect(201);
    const { body: comment } = await as('th.analyst')
      .post(`incidents/${id}/comments`, { body: 'Here too.' })
      .expect(201);
    await relay();
    const toSg = (await told('sg.analyst')).filter(({ type, parentId }) => type === 'comment.added' && parentId === id);
    expect(toSg.map(({ record }) => record)).toEqual([{ kind: 'comment', id: comment.id }]);
    expect(about(await told('vn.analyst'), id).filter((type) => type === 'comment.added')).toHaveLength(2);
  });

  it('narrows to types, and gives each reader ids of its own', async () => {
    const id = await shared([organisation('th'), organisation('sg')]);
    await as('th.analyst').post(`incidents/${id}/comments`, { body: 'Here too.' }).expect(201);
    await relay();
    const only = await told('sg.analyst', undefined, '&type=comment.added');
    expect(only.length).toBeGreaterThan(0);
    expect(new Set(only.map(({ type }) => type))).toEqual(new Set(['comment.added']));
    const page = await as('sg.analyst').get('events?limit=1').expect(200);
    expect(page.headers.link).toBe(`</api/v1/events?limit=1&after=${page.body.next}>; rel="next"`);
    const ids = async (player: string): Promise<string[]> =>
      (await told(player)).filter(({ record }) => record.id === id).map((each) => each.id);
    const [sg, th] = [await ids('sg.analyst'), await ids('th.analyst')];
    expect(sg).not.toEqual(th);
    // Another's id is no id.
    const refused = await as('th.analyst').get(`events?after=${sg[0]}`).expect(400);
    expect(refused.body.errors).toEqual([
      { pointer: '/after', detail: 'This is no id of an event that you were told.', in: 'query' },
    ]);
    await as('th.analyst').get('events').set('last-event-id', 'e1').expect(400);
    await as('th.analyst').get('events?type=incident.filed').expect(400);
  });

  describe('as a stream', () => {
    it('goes on where it broke off, and tells what came meanwhile', async () => {
      const stream = await listen('th.analyst');
      expect(stream.answer.headers['content-type']).toBe('text/event-stream');
      const first = await shared([organisation('th')]);
      await until(() => stream.events.length === 1, { what: 'the first event' });
      expect(stream.events[0]).toMatchObject({
        event: 'incident.changed',
        data: { record: { kind: 'incident', id: first } },
      });
      stream.close();
      const second = await shared([organisation('th')]);
      await shared([organisation('sg')]);
      const again = await listen('th.analyst', { 'last-event-id': stream.lastEventId! });
      const third = await shared([organisation('th')]);
      await until(() => again.events.length === 2, { what: 'what came meanwhile and since' });
      expect(again.events.map(({ data }) => (data as unknown as Told).record.id)).toEqual([second, third]);
    });

    it('tells all to whoever comes back while another stream of its own is being told', async () => {
      const stream = await listen('th.analyst');
      await shared([organisation('th')]);
      await until(() => stream.events.length === 1, { what: 'the first event' });
      const first = stream.lastEventId!;
      const second = await shared([organisation('th')]);
      await until(() => stream.events.length === 2, { what: 'the second event' });
      const blocker = new pg.Client({ connectionString: database.superuserUrl });
      await blocker.connect();
      try {
        // What is told needs this table; to find the place to go on from does not.
        await blocker.query('begin');
        await blocker.query('lock table ronda.subscription in access exclusive mode');
        const third = await shared([organisation('th')]);
        await until(
          async () =>
            (
              await blocker.query(
                `select from pg_locks where relation = 'ronda.subscription'::regclass and not granted`,
              )
            ).rowCount,
          { what: 'the reading for the first stream' },
        );
        const again = await listen('th.analyst', { 'last-event-id': first });
        await blocker.query('rollback');
        await until(() => again.events.length === 2, { what: 'what came since' });
        expect(again.events.map(({ data }) => (data as unknown as Told).record.id)).toEqual([second, third]);
      } finally {
        await blocker.end();
      }
    });

    it('says where to go on from before anything was told', async () => {
      const stream = await listen('id.analyst', {}, '?type=comment.added');
      await until(() => stream.lastEventId, { what: 'a place to go on from' });
      stream.close();
      const id = await shared([organisation('id')]);
      await as('id.analyst').post(`incidents/${id}/comments`, { body: 'Here.' }).expect(201);
      await relay();
      const again = await listen('id.analyst', { 'last-event-id': stream.lastEventId! }, '?type=comment.added');
      await until(() => again.events.length > 0, { what: 'what came meanwhile' });
      expect(again.events.map(({ data }) => data.parentId)).toEqual([id]);
    });

    it('beats, and ends with its credential, and with the server', async () => {
      const { body: key } = await as('th.coordinator').get('me').expect(200);
      expect(key.id).toBe(cast['th.coordinator']!.id);
      const stream = await listen('th.coordinator');
      const other = await listen('sg.analyst');
      const beat = () => Promise.all(node.nodes.map((each) => each.get(EventHub, { strict: false }).beat()));
      await beat();
      await until(() => stream.beats > 0 && other.beats > 0, { what: 'a beat' });
      await superuser.query('update ronda.credential set revoked_at = $1 where user_key = $2', [
        node.clock.now(),
        cast['th.coordinator']!.key,
      ]);
      await beat();
      await until(() => stream.isEnded, { what: 'the stream of the revoked key to end' });
      expect(other.isEnded).toBe(false);
      const second = await startTestApp(database, { clock: node.clock });
      const there = await EventStream.open(second.url, cast['sg.analyst']!.token);
      await second.close();
      await until(() => there.isEnded, { what: 'the stream of the stopped server to end' });
    });

    it('hears on one node what is relayed by another, over one connection for all of its clients', async () => {
      const streams = await Promise.all(Array.from({ length: 40 }, () => listen('my.analyst')));
      const other = await startTestApp(database, { clock: node.clock });
      try {
        node.clock.advance(1_000);
        const elsewhere = new Api(other.url);
        const { id } = await submitted(elsewhere.as(cast['vn.coordinator']!), { marking: { tlp: 'TLP:AMBER' } });
        await elsewhere
          .as(cast['vn.coordinator']!)
          .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('my')]))
          .expect(200);
        await other.app.get(RelayEvents).run();
        await until(() => streams.every(({ events }) => events.length === 1), { what: 'all clients to be told' });
        const listeners = async (): Promise<number | null> =>
          (
            await superuser.query(
              `select from pg_stat_activity where datname = current_database() and application_name = 'ronda-events'`,
            )
          ).rowCount;
        // The other node has no stream, and so no listener; that of the server that was stopped before is gone in a moment.
        await until(async () => (await listeners()) === Number(process.env.RONDA_TEST_NODES ?? 1), {
          what: 'one listener of each node with streams, and no other',
        });
      } finally {
        await other.close();
      }
    });
  });

  it('tells every event once and misses none, while ten commit in any order', async () => {
    const before = await place('jp.analyst');
    const writers = 10;
    const each = 6;
    const ids = await Promise.all(
      Array.from({ length: writers * each }, async () => {
        const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:AMBER' } });
        return id;
      }),
    );
    const stream = await listen('jp.analyst');
    let isWriting = true;
    const relaying = (async () => {
      while (isWriting) await relay();
      await relay();
    })();
    const seen: string[] = [];
    let after = before;
    const look = async (): Promise<void> => {
      const items = await told('jp.analyst', after);
      seen.push(...items.map(({ record }) => record.id));
      after = items.at(-1)?.id ?? after;
    };
    const paging = (async () => {
      while (isWriting) await look();
    })();
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (const id of ids.slice(writer * each, (writer + 1) * each))
          await as('vn.coordinator')
            .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('jp')]))
            .expect(200);
      }),
    );
    isWriting = false;
    await Promise.all([relaying, paging]);
    await look();
    expect(seen.toSorted()).toEqual(ids.toSorted());
    await until(() => stream.events.length >= ids.length, { what: 'the stream to tell all' });
    expect(stream.events.map(({ data }) => (data as unknown as Told).record.id).toSorted()).toEqual(ids.toSorted());
  });

  it('goes on behind an event for seven days, and not behind one that is forgotten', async () => {
    await shared([organisation('my')]);
    const [event] = await told('my.analyst');
    node.clock.advance(6 * DAY_MS);
    await shared([organisation('my')]);
    await node.app.get(RelayEvents).purge();
    expect((await told('my.analyst', event!.id)).length).toBeGreaterThan(0);
    node.clock.advance(2 * DAY_MS);
    await node.app.get(RelayEvents).purge();
    const gone = await as('my.analyst').get(`events?after=${event!.id}`).expect(410);
    expect(gone.body).toMatchObject({ type: 'urn:ronda:problem:event-forgotten' });
  });
});
