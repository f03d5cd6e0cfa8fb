import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import pg from 'pg';
import { SystemClock } from '../../src/kernel/clock.js';
import { DeliverWebhooks, RelayEvents } from '../../src/modules/events/index.js';
import { PostWebhook } from '../../src/modules/events/post-webhook.js';
import { SteadyRounds } from '../../src/platform/jobs/steady-rounds.js';
import { product } from '../../src/product.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { WebhookTarget } from '../support/webhook-target.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('webhooks', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;
  let target: WebhookTarget;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  beforeEach(async () => {
    target = await WebhookTarget.open();
    // Its signatures are judged by the clock of this machine.
    node.clock.set(new Date());
  });
  afterEach(async () => {
    for (const { id } of (await as('th.coordinator').get('webhooks').expect(200)).body.items)
      expect((await as('th.coordinator').delete(`webhooks/${id}`)).status).toBe(204);
    await target.close();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const as = (player: string) => api.as(cast[player]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const round = async (app = node): Promise<void> => {
    await app.app.get(RelayEvents).run();
    await app.app.get(DeliverWebhooks).run();
  };
  const shared = async (audience: unknown[], tlp = 'TLP:AMBER', more: object = {}): Promise<string> => {
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp }, ...more });
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release(tlp as 'TLP:AMBER', audience))
      .expect(200);
    return id;
  };
  const hook = async (more: object = {}): Promise<{ id: string; secret: string }> =>
    (
      await as('th.coordinator')
        .post('webhooks', { url: target.url, ...more })
        .expect(201)
    ).body;
  const deliveries = async (id: string): Promise<{ state: string; nextAttemptAt: string | null }[]> =>
    (await as('th.coordinator').get(`webhooks/${id}/deliveries?limit=100`).expect(200)).body.items;
  const records = (): unknown[] => target.received.map(({ event }) => (event.data.record as { id: string }).id);
  /** Rounds until nothing is pending, the clock moved to the next attempt each time. */
  const settle = async (id: string): Promise<void> => {
    for (let rounds = 0; rounds < 60; rounds += 1) {
      await round();
      const waiting = (await deliveries(id)).flatMap(({ nextAttemptAt }) =>
        nextAttemptAt === null ? [] : [new Date(nextAttemptAt).getTime()],
      );
      if (waiting.length === 0) return;
      node.clock.set(new Date(Math.max(node.clock.now().getTime(), Math.min(...waiting))));
    }
    throw new Error('It does not settle');
  };

  it('are sent what the organisation is told, signed so that others can verify it, and nothing of its content', async () => {
    const { id, secret } = await hook();
    const incident = await shared([organisation('th')], 'TLP:AMBER+STRICT', { title: 'At the lighthouse' });
    await shared([organisation('sg')]);
    await round();
    expect(records()).toEqual([incident]);
    const [{ headers, body, event }] = target.received as [(typeof target.received)[0]];
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
    expect(() =>
      new Webhook(secret).verify(body.replace('changed', 'charged'), headers as Record<string, string>),
    ).toThrow();
    expect(event).toMatchObject({ type: 'incident.changed', data: { type: 'incident.changed' } });
    expect(body).not.toContain('lighthouse');
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 1, lastStatus: 204 }]);
    await round();
    expect(target.received).toHaveLength(1);
  });

  it('show their secret once, keep it sealed, and sign with two for a day behind a rotation', async () => {
    const first = await as('th.coordinator')
      .post('webhooks', { url: target.url })
      .set('idempotency-key', 'hook-1')
      .expect(201);
    const { id, secret } = first.body as { id: string; secret: string };
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const again = await as('th.coordinator')
      .post('webhooks', { url: target.url })
      .set('idempotency-key', 'hook-1')
      .expect(201);
    expect(again.body).toEqual({ ...first.body, secret: null });
    expect((await as('th.coordinator').get(`webhooks/${id}`).expect(200)).body).not.toHaveProperty('secret');
    const { rows } = await superuser.query<{ sealed: Buffer }>(
      'select secret_sealed as sealed from ronda.webhook where id = $1',
      [id],
    );
    expect(rows[0]!.sealed.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false);

    const { secret: next } = (await as('th.coordinator').post(`webhooks/${id}/secret`).expect(200)).body as {
      secret: string;
    };
    const verified = (by: string): boolean => {
      const { headers, body } = target.received.at(-1)!;
      try {
        new Webhook(by).verify(body, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
    await shared([organisation('th')]);
    await round();
    expect([verified(secret), verified(next)]).toEqual([true, true]);
    await superuser.query(`update ronda.webhook set earlier_until = $1 where id = $2`, [node.clock.now(), id]);
    await shared([organisation('th')]);
    await round();
    expect([verified(secret), verified(next)]).toEqual([false, true]);
  });

  it('are never sent what a person alone is told', async () => {
    await hook();
    const red = await shared([{ user: cast['th.analyst']!.id }], 'TLP:RED');
    const amber = await shared([organisation('th')]);
    await round();
    expect(records()).toEqual([amber]);
    const told = (await as('th.analyst').get('events?limit=100').expect(200)).body.items as {
      record: { id: string };
    }[];
    expect(told.map(({ record }) => record.id)).toContain(red);
  });

  describe('read as the organisation does without its persons', () => {
    // The first of its analysts: the account that the worker reads as.
    const analyst = () => ({ user: cast['th.analyst']!.id });
    const told = (): unknown[] => target.received.map(({ event: { type, data } }) => [type, data.record]);

    it('so that they are told of what reaches it, also where one of its people was named before', async () => {
      const filters = { class: ['fraud'] };
      const made = await as('th.analyst').post('subscriptions', { name: 'Fraud', filters }).expect(201);
      await hook();
      const id = await shared([analyst()]);
      await round();
      expect(told()).toEqual([]);
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th')]))
        .expect(200);
      await round();
      const record = { kind: 'incident', id };
      expect(told()).toEqual([
        ['incident.changed', record],
        ['subscription.matched', record],
      ]);
      // Who was named is told no second time.
      const { items } = (await as('th.analyst').get('events?type=incident.changed&limit=100').expect(200)).body;
      expect(items.filter((item: { record: { id: string } }) => item.record.id === id)).toHaveLength(1);
      expect((await as('th.coordinator').delete(`subscriptions/${made.body.id}`)).status).toBe(204);
    });

    it('so that what one of them alone still reads is withdrawn', async () => {
      const { id } = await hook();
      target.answer = () => 503;
      const incident = await shared([organisation('th')]);
      await round();
      await as('vn.coordinator')
        .post(`incidents/${incident}/release`, release('TLP:AMBER', [analyst()]))
        .expect(200);
      await as('th.analyst').get(`incidents/${incident}`).expect(200);
      node.clock.advance(HOUR_MS);
      target.answer = () => 204;
      await round();
      expect(target.acknowledged.size).toBe(0);
      expect(await deliveries(id)).toMatchObject([{ state: 'withdrawn' }]);
    });

    it('so that what concerns an anonymous draft of one of them is not for its servers', async () => {
      await hook();
      const anonymous = { authorship: 'anonymous', marking: { tlp: 'TLP:RED' } };
      const { id } = await submitted(as('th.analyst'), anonymous);
      await as('th.analyst').post(`incidents/${id}/comments`, { body: 'Mine.' }).expect(201);
      await round();
      expect(told()).toEqual([]);
    });
  });

  it('are sent nothing that was taken back before it went out', async () => {
    const { id } = await hook();
    target.answer = () => 503;
    const incident = await shared([organisation('th')]);
    await round();
    await as('vn.coordinator').post(`incidents/${incident}/recall`, { reason: 'error' }).expect(200);
    node.clock.advance(HOUR_MS);
    target.answer = () => 204;
    await round();
    expect(target.acknowledged.size).toBe(0);
    expect(await deliveries(id)).toMatchObject([{ state: 'withdrawn', attempts: 2 }]);
  });

  it('lose nothing and repeat nothing acknowledged while the target is down for an hour, slow, or answers 500', async () => {
    const { id } = await hook();
    const sent: string[] = [];
    const down = node.clock.now().getTime();
    target.answer = ({ headers }) => {
      const since = node.clock.now().getTime() - down;
      // Down for an hour, then slow, then out of order every other time.
      if (since < HOUR_MS) return 500;
      if (since < HOUR_MS + 10 * MINUTE_MS) return null;
      return Number(headers['webhook-timestamp']) % 2 === 0 && target.received.length % 2 === 0 ? 500 : 200;
    };
    for (let count = 0; count < 8; count += 1) {
      sent.push(await shared([organisation('th')]));
      await round();
      node.clock.advance(11 * MINUTE_MS);
    }
    await settle(id);
    const heard = target.received.filter((each) => target.acknowledged.has(each.id));
    expect(new Set(heard.map(({ event }) => (event.data.record as { id: string }).id))).toEqual(new Set(sent));
    expect([...target.acknowledged.values()]).toEqual(sent.map(() => 1));
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(sent.map(() => 'delivered'));
  });

  it('are sent again, under the same id, by another worker where one dies between sending and writing that down', async () => {
    const { id } = await hook();
    await shared([organisation('th')]);
    const post = node.app.get(PostWebhook, { strict: false });
    const run = post.run.bind(post);
    post.run = async (...given) => {
      await run(...given);
      throw new Error('killed');
    };
    await expect(round()).rejects.toThrow('killed');
    post.run = run;
    const other = await startTestApp(database, { clock: node.clock });
    try {
      // Under its lease it is nobody else's.
      await round(other);
      expect(target.received).toHaveLength(1);
      node.clock.advance(2 * MINUTE_MS);
      await Promise.all([round(other), round()]);
    } finally {
      await other.close();
    }
    const [one, two, ...more] = target.received;
    expect(more).toEqual([]);
    expect(two!.id).toBe(one!.id);
    expect(two!.body).toBe(one!.body);
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('send nothing twice where two workers are at it', async () => {
    const { id } = await hook();
    for (let count = 0; count < 5; count += 1) await shared([organisation('th')]);
    const other = await startTestApp(database, { clock: node.clock });
    try {
      await Promise.all([round(), round(other), round(), round(other)]);
      await settle(id);
    } finally {
      await other.close();
    }
    expect([...target.acknowledged.values()]).toEqual([1, 1, 1, 1, 1]);
    expect(target.received).toHaveLength(5);
  });

  it('give up after ten attempts; a dead letter is listed, and sent again when somebody says so', async () => {
    const { id } = await hook();
    const incident = await shared([organisation('th')]);
    target.answer = () => 500;
    await settle(id);
    const dead = (await as('th.coordinator').get(`webhooks/${id}/deliveries?state=dead`).expect(200)).body.items;
    expect(dead).toMatchObject([
      { state: 'dead', attempts: 10, lastStatus: 500, nextAttemptAt: null, allowedActions: ['replay'] },
    ]);
    expect(target.received).toHaveLength(10);
    expect(new Set(target.received.map((each) => each.id)).size).toBe(1);
    target.answer = () => 200;
    const path = `webhooks/${id}/deliveries/${dead[0].id}/replay`;
    await as('th.coordinator').post(path).set('if-match', '"another"').expect(412);
    await as('th.coordinator').post(path).expect(200);
    await round();
    expect(target.received.at(-1)!.event.data.record).toEqual({ kind: 'incident', id: incident });
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered' }]);
    await as('th.coordinator').post(path).expect(409);
    await as('sg.coordinator').post(path).expect(404);
  });

  it('are switched off when they fail for five days, and at once when they answer 410; their organisation is told', async () => {
    const { id } = await hook();
    target.answer = () => 500;
    await shared([organisation('th')]);
    await round();
    node.clock.advance(121 * HOUR_MS);
    await shared([organisation('th')]);
    await round();
    const failing = (await as('th.coordinator').get(`webhooks/${id}`).expect(200)).body;
    expect(failing).toMatchObject({ isEnabled: false, disabledBecause: 'failing' });
    await node.app.get(RelayEvents).run();
    const { items } = (await as('th.analyst').get('events?type=webhook.disabled').expect(200)).body;
    expect(items).toMatchObject([{ type: 'webhook.disabled', record: { kind: 'webhook', id } }]);
    expect((await as('sg.analyst').get('events?type=webhook.disabled').expect(200)).body.items).toEqual([]);

    // What came meanwhile is sent once somebody switches it on again.
    const missed = await shared([organisation('th')]);
    await round();
    expect(records()).not.toContain(missed);
    target.answer = () => 200;
    const etag = String((await as('th.coordinator').get(`webhooks/${id}`)).headers.etag);
    await as('th.coordinator')
      .request('put', `webhooks/${id}`)
      .set('if-match', etag)
      .send({ url: target.url, isEnabled: true })
      .expect(200);
    await round();
    expect(records()).toContain(missed);
    target.answer = () => 410;
    await shared([organisation('th')]);
    await round();
    expect((await as('th.coordinator').get(`webhooks/${id}`).expect(200)).body).toMatchObject({
      isEnabled: false,
      disabledBecause: 'gone',
    });
    const { rows } = await superuser.query(
      `select payload ->> 'because' as because, actor_key from ronda.outbox
        where type = 'webhook.disabled' and payload ->> 'webhookId' = $1 order by key`,
      [id],
    );
    expect(rows).toEqual([
      { because: 'failing', actor_key: null },
      { because: 'gone', actor_key: null },
    ]);
  });

  it('go to no address of the inside, and follow no redirect there', async () => {
    const strict = await startTestApp(database, { clock: node.clock, webhooks: { allowedNetworks: [] } });
    try {
      const door = new Api(strict.url).as(cast['th.coordinator']!);
      for (const url of [
        'http://hooks.example/',
        'https://127.0.0.1/',
        'https://[::1]/',
        'https://169.254.169.254/latest/meta-data',
        'https://2130706433/',
        'https://user:word@hooks.example/',
        'ftp://hooks.example/',
        'no address',
      ]) {
        const { body } = await door.post('webhooks', { url, subscription: cast['th.analyst']!.id }).expect(400);
        expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/url', '/subscription']);
      }
      // A name is judged by what it means when it is sent to.
      const { id } = (await door.post('webhooks', { url: 'https://localhost/' }).expect(201)).body;
      await shared([organisation('th')]);
      await round(strict);
      expect(await deliveries(id)).toMatchObject([{ state: 'pending', lastFault: 'refused-target', lastStatus: null }]);
    } finally {
      await strict.close();
    }
    const inside = await WebhookTarget.open();
    const { id } = await hook();
    target.answer = (_, response) => {
      response.setHeader('location', inside.url);
      return 307;
    };
    await shared([organisation('th')]);
    await round();
    await inside.close();
    expect(inside.received).toEqual([]);
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', lastStatus: 307 }]);
  });

  it('do not read a long answer', async () => {
    const { id } = await hook();
    let wasCut = false;
    target.answer = (_, response) => {
      response.on('close', () => (wasCut = !response.writableFinished));
      response.writeHead(200);
      for (let count = 0; count < 16; count += 1) response.write(Buffer.alloc(1 << 20));
      return null;
    };
    await shared([organisation('th')]);
    await round();
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered' }]);
    expect(wasCut).toBe(true);
  });

  describe('whose target holds back its answers', () => {
    let patient: TestApp;
    let prompt: WebhookTarget;
    let rounds: SteadyRounds;
    let held: ServerResponse[];

    beforeEach(async () => {
      patient = await startTestApp(database, { clock: node.clock, webhooks: { timeoutMs: 60_000 } });
      prompt = await WebhookTarget.open();
      held = [];
      target.answer = (_, response) => {
        held.push(response);
        return null;
      };
    });
    afterEach(async () => {
      letGo();
      await rounds.stop();
      for (const { id } of (await as('sg.coordinator').get('webhooks').expect(200)).body.items)
        expect((await as('sg.coordinator').delete(`webhooks/${id}`)).status).toBe(204);
      await prompt.close();
      await patient.close();
    });

    /** As a worker has them. */
    const begin = (): void => {
      rounds = SteadyRounds.start(product.jobs(patient.app), new SystemClock());
    };
    const letGo = (): void => {
      target.answer = () => 204;
      for (const response of held.splice(0)) response.writeHead(204).end();
    };
    const allDelivered = (id: string) =>
      until(async () => (await deliveries(id)).every(({ state }) => state === 'delivered'), { what: 'all of it' });
    const tellsSingapore = async (): Promise<void> => {
      await as('sg.coordinator').post('webhooks', { url: prompt.url }).expect(201);
      const id = await shared([organisation('sg')]);
      await until(() => prompt.received.length > 0, { what: 'what Singapore is told' });
      expect(prompt.received.map(({ event }) => event.data.record)).toEqual([{ kind: 'incident', id }]);
    };

    it('keep no other organisation waiting, and are sent one thing at a time, in order', async () => {
      const { id } = await hook();
      const sent = [await shared([organisation('th')]), await shared([organisation('th')])];
      begin();
      await until(() => held.length > 0, { what: 'the target to be asked' });
      await tellsSingapore();
      sent.push(await shared([organisation('th')]));
      expect(target.received).toHaveLength(1);
      letGo();
      await until(() => target.received.length === sent.length, { what: 'the rest' });
      await allDelivered(id);
      expect(records()).toEqual(sent);
    });

    it('keep no other organisation waiting where there are fifty of them', async () => {
      const hooks: string[] = [];
      for (let count = 0; count < 50; count += 1) hooks.push((await hook()).id);
      await shared([organisation('th')]);
      begin();
      await until(() => held.length > 1, { what: 'targets to be asked' });
      await tellsSingapore();
      letGo();
      await until(() => target.received.length === hooks.length, { what: 'all of them', withinMs: 30_000 });
      for (const id of hooks) await allDelivered(id);
      expect(new Set(target.received.map(({ id }) => id)).size).toBe(hooks.length);
      expect(target.received).toHaveLength(hooks.length);
    });

    it('are waited for when the worker stops, and sent nothing more by it', async () => {
      const { id } = await hook();
      const sent = [await shared([organisation('th')]), await shared([organisation('th')])];
      begin();
      await until(() => held.length > 0, { what: 'the target to be asked' });
      const stopped = rounds.stop();
      letGo();
      await stopped;
      const [first, second] = await deliveries(id);
      // Planned at one instant, they are listed in any order.
      expect([first!.state, second!.state].toSorted()).toEqual(['delivered', 'pending']);
      expect(target.received).toHaveLength(1);
      await round();
      expect(records()).toEqual(sent);
    });
  });

  it('take turns: who is slow is sent the rest in the next', async () => {
    const { id } = await hook();
    const sent: string[] = [];
    for (let count = 0; count < 3; count += 1) sent.push(await shared([organisation('th')]));
    target.answer = () => {
      node.clock.advance(9_000);
      return 204;
    };
    await round();
    expect(records()).toEqual(sent.slice(0, 2));
    await round();
    expect(records()).toEqual(sent);
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(sent.map(() => 'delivered'));
  });

  describe('and subscriptions', () => {
    it('tell of what matches as its reader sees it, on streams and webhooks', async () => {
      const body = {
        name: 'Banks',
        filters: { class: ['fraud'] },
        values: [{ type: 'domain', value: 'Login-Bank[.]example' }],
      };
      const made = await as('th.analyst').post('subscriptions', body).expect(201);
      expect(made.body).toMatchObject({
        name: 'Banks',
        values: [{ type: 'domain', value: 'login-bank.example' }],
      });
      const { id: subscription } = made.body as { id: string };
      await hook({ subscription });
      const observables = [{ type: 'domain', value: 'login-bank.example' }];
      const wanted = await shared([organisation('th')], 'TLP:AMBER', { observables });
      await shared([organisation('th')], 'TLP:AMBER', {
        observables,
        rsit: { class: 'malicious-code', type: 'malware-distribution' },
        fraud: undefined,
      });
      await shared([organisation('th')]);
      // Its owner keeps the value: its readers do not see it, so nothing matches.
      await shared([organisation('th')], 'TLP:AMBER', { observables: [{ ...observables[0], audience: 'owner' }] });
      await shared([organisation('sg')], 'TLP:AMBER', { observables });
      await round();
      expect(target.received.map(({ event }) => [event.type, event.data.subscriptionId, event.data.record])).toEqual([
        ['subscription.matched', subscription, { kind: 'incident', id: wanted }],
      ]);
      const page = async (query: string) =>
        (await as('th.analyst').get(`events?limit=100${query}`).expect(200)).body.items;
      const matched = await page('&type=subscription.matched');
      expect(matched).toMatchObject([{ record: { id: wanted }, subscriptionId: subscription }]);
      // It can be gone on from, and comes behind the event itself.
      const all = (await page('')) as { id: string; record: { id: string } }[];
      const about = all.filter(({ record }) => record.id === wanted);
      expect(about).toHaveLength(2);
      expect((await page(`&after=${about[0]!.id}`))[0].id).toBe(matched[0].id);
      expect((await page(`&after=${matched[0].id}`)).map(({ id }: { id: string }) => id)).toEqual(
        all.slice(all.findIndex(({ id }) => id === matched[0].id) + 1).map(({ id }) => id),
      );
      expect((await as('sg.analyst').get('events?type=subscription.matched').expect(200)).body.items).toEqual([]);
    });

    it('are the organisation’s, with a name of their own, and ask for something', async () => {
      const { id } = (
        await as('th.analyst')
          .post('subscriptions', { name: 'Ours', filters: { sector: ['finance'] } })
          .expect(201)
      ).body;
      await as('th.coordinator').get(`subscriptions/${id}`).expect(200);
      await as('sg.coordinator').get(`subscriptions/${id}`).expect(404);
      await as('th.analyst')
        .post('subscriptions', { name: 'Ours', filters: { sector: ['energy'] } })
        .expect(409);
      const { body } = await as('th.analyst')
        .post('subscriptions', { name: 'Nothing', values: [{ type: 'ipv4', value: 'not an address' }] })
        .expect(400);
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/values/0/value']);
      await as('th.analyst').post('subscriptions', { name: 'Nothing', filters: {} }).expect(400);
      const { id: webhook } = await hook({ subscription: id });
      expect((await as('th.coordinator').delete(`subscriptions/${id}`)).status).toBe(409);
      expect((await as('th.coordinator').delete(`webhooks/${webhook}`)).status).toBe(204);
      const etag = String((await as('th.analyst').get(`subscriptions/${id}`)).headers.etag);
      await as('th.analyst')
        .request('put', `subscriptions/${id}`)
        .send({ name: 'Anew', filters: { class: ['fraud'] } })
        .expect(428);
      await as('th.analyst')
        .request('put', `subscriptions/${id}`)
        .set('if-match', etag)
        .send({ name: 'Anew', filters: { class: ['fraud'] } })
        .expect(200);
      expect((await as('th.coordinator').delete(`subscriptions/${id}`)).status).toBe(204);
    });
  });

  it('are kept by coordinators and administrators alone', async () => {
    await as('th.analyst').get('webhooks').expect(403);
    await as('th.analyst').post('webhooks', { url: target.url }).expect(403);
    const { id } = (await as('th.admin').post('webhooks', { url: target.url }).expect(201)).body;
    await as('sg.coordinator').get(`webhooks/${id}`).expect(404);
    await as('sg.coordinator').get(`webhooks/${id}/deliveries`).expect(404);
    expect((await as('th.coordinator').get('webhooks').expect(200)).body.items).toMatchObject([{ id }]);
  });
});
