import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Item {
  id: string;
  title: string;
}

describe('incidents', () => {
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

  const vn = (role = 'analyst') => api.as(cast[`vn.${role}`]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const titles = async (who: string, query = ''): Promise<string[]> =>
    ((await api.as(cast[who]!).get(`incidents${query}`)).body as { items: Item[] }).items.map(({ title }) => title);

  describe('filing', () => {
    it('keeps every fact, and answers with the draft, its place and its version', async () => {
      const sent = filing({ title: 'Bank phishing wave by SMS' });
      const { status, body, headers } = await vn().post('incidents', sent);
      expect(status).toBe(201);
      expect(headers.location).toBe(`/api/v1/incidents/${body.id}`);
      expect(headers.etag).toMatch(/^"[\w-]{27}"$/);
      expect(body).toMatchObject({
        status: 'draft',
        revision: 1,
        title: sent.title,
        rsit: sent.rsit,
        marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
        sector: 'finance',
        countries: ['TH', 'VN'],
        detectedAt: '2026-11-20T02:10:00.000Z',
        fraud: sent.fraud,
        techniques: ['T1566.002'],
        tags: ['campaign:name="lotus"'],
        externalReferences: [{ source: 'ticket', id: 'VN-2026-118' }],
        organisation: { id: cast.stages.vn!.id, country: 'VN' },
        readableAs: ['organisation'],
        release: null,
      });
      expect(body.severity).toMatchObject({ score: expect.any(Number), band: expect.any(String) });
      expect(body.allowedActions).toEqual(['submit', 'edit', 'comment', 'link']);
      expect((await vn().get(headers.location!)).body).toEqual(body);
    });

    it('writes the region’s PAP on what came without, and leaves what came unmarked with its owner', async () => {
      const { body } = await vn().post('incidents', {
        title: 'Unmarked',
        rsit: { class: 'other', type: 'undetermined' },
      });
      expect(body.marking).toEqual({ tlp: null, pap: 'PAP:GREEN' });
      expect((await vn('coordinator').get(`incidents/${body.id}`)).status).toBe(200);
      expect((await api.as(cast['th.analyst']!).get(`incidents/${body.id}`)).status).toBe(404);
    });

    it('names every fault at once, each by its place', async () => {
      const { status, body, headers } = await vn().post('incidents', {
        title: '',
        rsit: { class: 'fraud', type: 'ddos' },
        marking: { tlp: 'TLP:PINK' },
        detectedAt: '2026-02-31T00:00:00Z',
        countries: ['VN', 'XX'],
        tags: ['not a tag'],
        surprise: true,
        fraud: { loss: { amount: '12,5', currency: 'VND' } },
      });
      expect(status).toBe(400);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({
        type: 'urn:ronda:problem:invalid-input',
        status: 400,
        requestId: expect.any(String),
      });
      const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
      expect(new Set(pointers)).toEqual(
        new Set(['/title', '/marking/tlp', '/detectedAt', '/countries', '/tags', '/surprise', '/fraud/loss/amount']),
      );
    });

    it('refuses what only the region can tell', async () => {
      const { status, body } = await vn().post('incidents', {
        title: 'x',
        rsit: { class: 'fraud', type: 'ddos' },
        sector: 'fishing-on-the-moon',
        severity: { functionalImpact: 'none-of-these', mood: 'bad' },
        occurredAt: '2026-11-20T00:00:00Z',
        detectedAt: '2026-11-19T00:00:00+07:00',
      });
      expect(status).toBe(400);
      expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
        '/rsit/type',
        '/sector',
        '/severity/functionalImpact',
        '/severity/mood',
        '/detectedAt',
      ]);
    });

    it('refuses text that no database keeps', async () => {
      const { status, body } = await vn().post('incidents', { title: 'a\0b', description: '\ud800' });
      expect(status).toBe(400);
      expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/title', '/description']);
    });

    it('keeps a RED draft to its author', async () => {
      const { body } = await vn().post('incidents', filing({ marking: { tlp: 'TLP:RED' } }));
      expect((await vn().get(`incidents/${body.id}`)).status).toBe(200);
      expect((await vn('coordinator').get(`incidents/${body.id}`)).status).toBe(404);
    });

    it('is refused to those who may not: an administrator, the suspended, an applicant, nobody', async () => {
      for (const who of ['vn.admin', 'ph.analyst', 'la.analyst'])
        expect((await api.as(cast[who]!).post('incidents', filing())).status).toBe(403);
      expect((await api.as(null).post('incidents', filing())).status).toBe(401);
    });
  });

  describe('filing twice', () => {
    it('gives the same result for the same key and body', async () => {
      const sent = filing({ title: 'Filed once' });
      const post = () => vn().post('incidents', sent).set('idempotency-key', 'key-1');
      const [first, second] = [await post(), await post()];
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.body).toEqual(first.body);
      expect(
        await titles('vn.analyst', '?limit=100').then((all) => all.filter((title) => title === 'Filed once')),
      ).toHaveLength(1);
    });

    it('refuses another body, and another route, under the same key', async () => {
      await vn()
        .post('incidents', filing({ title: 'A' }))
        .set('idempotency-key', 'key-2')
        .expect(201);
      const other = await vn()
        .post('incidents', filing({ title: 'B' }))
        .set('idempotency-key', 'key-2');
      expect([other.status, other.body.type]).toEqual([422, 'urn:ronda:problem:idempotency-key-reused']);
    });

    it('files once when the same request comes many times at once', async () => {
      const sent = filing({ title: 'Race' });
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => vn().post('incidents', sent).set('idempotency-key', 'key-race')),
      );
      expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
      const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id as string));
      expect(ids.size).toBe(1);
      expect((await titles('vn.analyst', '?limit=100')).filter((title) => title === 'Race')).toHaveLength(1);
    });

    it('does not share keys between accounts, and keeps none of a request that failed', async () => {
      const one = await vn().post('incidents', filing()).set('idempotency-key', 'key-3');
      const two = await vn('coordinator').post('incidents', filing()).set('idempotency-key', 'key-3');
      expect(two.body.id).not.toBe(one.body.id);
      await vn().post('incidents', { title: '' }).set('idempotency-key', 'key-4').expect(400);
      await vn().post('incidents', filing()).set('idempotency-key', 'key-4').expect(201);
    });

    it('renders a repeat under today’s rule', async () => {
      const { body } = await vn()
        .post('incidents', filing({ marking: { tlp: 'TLP:AMBER' } }))
        .set('idempotency-key', 'key-5');
      await vn('coordinator').patch(`incidents/${body.id}`, { marking: { tlp: 'TLP:RED' } });
      // The author stays: a RED record is its author's and whoever marked it so.
      expect((await vn().get(`incidents/${body.id}`)).body.marking.tlp).toBe('TLP:RED');
      expect((await vn('second').get(`incidents/${body.id}`)).status).toBe(404);
    });
  });

  describe('editing', () => {
    it('asks for the version, and refuses a stale one with the current', async () => {
      const made = await vn().post('incidents', filing());
      const path = `incidents/${made.body.id}`;
      expect((await vn().request('patch', path).send({ title: 'x' })).status).toBe(428);
      expect((await vn().patch(path, { title: 'First' }, made.headers.etag)).status).toBe(200);
      const stale = await vn().patch(path, { title: 'Second' }, made.headers.etag);
      expect(stale.status).toBe(412);
      expect(stale.body).toMatchObject({ type: 'urn:ronda:problem:stale', current: { title: 'First', revision: 2 } });
      expect((await vn().patch(path, { title: 'Second' }, stale.headers.etag)).body).toMatchObject({
        title: 'Second',
        revision: 3,
      });
    });

    it('lets one of two editors win', async () => {
      const made = await vn().post('incidents', filing());
      const path = `incidents/${made.body.id}`;
      const answers = await Promise.all(
        ['analyst', 'coordinator', 'second'].map((who) =>
          vn(who).patch(path, { title: `By ${who}` }, made.headers.etag),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    });

    it('keeps every revision, with author, time and what changed', async () => {
      const { body } = await vn().post('incidents', filing({ title: 'One' }));
      await vn('coordinator').patch(`incidents/${body.id}`, { title: 'Two', sector: null });
      await vn().post(`incidents/${body.id}/submit`, { note: 'Ready' });
      const { items } = (await vn().get(`incidents/${body.id}/revisions`)).body;
      expect(items).toHaveLength(3);
      expect(items[1]).toMatchObject({
        revision: 2,
        change: 'edited',
        author: { displayName: 'vn.coordinator' },
        changes: expect.arrayContaining([
          { pointer: '/title', from: 'One', to: 'Two' },
          { pointer: '/sector', from: 'finance', to: null },
        ]),
      });
      expect(items[2]).toMatchObject({
        change: 'submitted',
        note: 'Ready',
        changes: [{ pointer: '/status', from: 'draft', to: 'submitted' }],
      });
    });

    it('writes no revision for a change that changes nothing', async () => {
      const { body } = await vn().post('incidents', filing());
      const same = await vn().patch(`incidents/${body.id}`, { title: body.title, countries: ['VN', 'TH', 'VN'] });
      expect(same.body.revision).toBe(1);
    });

    it('answers a reader that has it already with 304', async () => {
      const made = await vn().post('incidents', filing());
      const again = await vn().get(`incidents/${made.body.id}`).set('if-none-match', made.headers.etag!);
      expect([again.status, again.text]).toEqual([304, '']);
    });
  });

  describe('lifecycle', () => {
    it('goes through its states and no others', async () => {
      const { body } = await vn().post('incidents', filing());
      const move = (transition: string) => vn().post(`incidents/${body.id}/${transition}`);
      expect((await move('triage')).status).toBe(409);
      for (const [transition, status] of [
        ['submit', 'submitted'],
        ['triage', 'triaged'],
        ['investigate', 'investigating'],
        ['contain', 'contained'],
        ['close', 'closed'],
        ['reopen', 'reopened'],
      ] as const)
        expect((await move(transition)).body.status).toBe(status);
      expect((await move('submit')).body.type).toBe('urn:ronda:problem:wrong-status');
    });

    it('wants a class before it is submitted', async () => {
      const { body } = await vn().post('incidents', { title: 'Unclassified', marking: { tlp: 'TLP:AMBER' } });
      const refused = await vn().post(`incidents/${body.id}/submit`);
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:not-classified']);
    });

    it('repeats a transition with its key without doing it twice', async () => {
      const { body } = await vn().post('incidents', filing());
      const submit = () => vn().post(`incidents/${body.id}/submit`).set('idempotency-key', `submit-${body.id}`);
      expect([(await submit()).status, (await submit()).status]).toEqual([200, 200]);
      expect((await vn().get(`incidents/${body.id}`)).body.revision).toBe(2);
    });
  });

  describe('releasing', () => {
    it('shows exactly the named members the released revision, and later edits to nobody else', async () => {
      const incident = await submitted(vn(), { title: 'For Thailand' });
      const released = await vn().post(`incidents/${incident.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect(released.status).toBe(200);
      expect(released.body.release).toMatchObject({
        status: 'released',
        marking: { tlp: 'TLP:AMBER' },
        audience: [organisation('th')],
      });
      for (const [who, status] of [
        ['th.analyst', 200],
        ['th.organiser', 200],
        ['sg.analyst', 404],
        ['secretariat.analyst', 404],
        ['jp.analyst', 404],
        ['bank.analyst', 404],
      ] as const)
        if (cast[who])
          expect([who, (await api.as(cast[who]).get(`incidents/${incident.id}`)).status]).toEqual([who, status]);

      await vn().patch(`incidents/${incident.id}`, { title: 'Edited since' });
      const seen = (await api.as(cast['th.analyst']!).get(`incidents/${incident.id}`)).body;
      expect(seen).toMatchObject({
        title: 'For Thailand',
        revision: 1,
        release: null,
        waitingRelease: null,
        readableAs: ['organisation'],
        allowedActions: ['comment', 'pass-on', 'request-wider-sharing', 'give-feedback'],
      });
      await vn().post(`incidents/${incident.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect((await api.as(cast['th.analyst']!).get(`incidents/${incident.id}`)).body).toMatchObject({
        title: 'Edited since',
        revision: 2,
      });
    });

    it('takes back what a later release no longer names, on the next request', async () => {
      const incident = await submitted(vn());
      await vn('coordinator').post(
        `incidents/${incident.id}/release`,
        release('TLP:AMBER', [organisation('th'), organisation('sg')]),
      );
      expect((await api.as(cast['sg.analyst']!).get(`incidents/${incident.id}`)).status).toBe(200);
      await vn().post(`incidents/${incident.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect((await api.as(cast['sg.analyst']!).get(`incidents/${incident.id}`)).status).toBe(404);
      expect((await api.as(cast['th.analyst']!).get(`incidents/${incident.id}`)).status).toBe(200);
      await vn().post(`incidents/${incident.id}/release`, release('TLP:AMBER', []));
      expect((await api.as(cast['th.analyst']!).get(`incidents/${incident.id}`)).status).toBe(404);
      expect(await titles('th.analyst', '?limit=100')).not.toContain(incident.title);
    });

    it('refuses an audience that is wider than the marking, naming each item', async () => {
      const incident = await submitted(vn());
      const post = (tlp: string, audience: unknown[]) =>
        vn('coordinator').post(`incidents/${incident.id}/release`, { marking: { tlp }, audience });
      for (const [tlp, audience, pointers] of [
        ['TLP:AMBER', ['community', organisation('th'), 'public'], ['/audience/0', '/audience/2']],
        ['TLP:GREEN', ['public'], ['/audience/0']],
        ['TLP:RED', [organisation('th')], ['/audience/0']],
        ['TLP:AMBER+STRICT', ['partners'], ['/audience/0']],
      ] as const) {
        const { status, body } = await post(tlp, [...audience]);
        expect([status, (body.errors as { pointer: string }[]).map(({ pointer }) => pointer)]).toEqual([400, pointers]);
      }
      expect((await vn().get(`incidents/${incident.id}`)).body.release).toBeNull();
    });

    it('answers an audience that names somebody hidden as one that names nobody', async () => {
      const incident = await submitted(vn());
      const refused = async (id: string) => {
        const { status, body } = await vn().post(
          `incidents/${incident.id}/release`,
          release('TLP:AMBER', [{ organisation: id }]),
        );
        return { status, ...body, requestId: null };
      };
      expect(await refused(cast.stages.telco!.id)).toEqual(await refused('11111111-1111-4111-8111-111111111111'));
    });

    it('sends GREEN out on the word of two, never of one', async () => {
      const incident = await submitted(vn(), { title: 'For all' });
      const path = `incidents/${incident.id}`;
      expect((await vn().post(`${path}/release`, release('TLP:GREEN', ['community']))).status).toBe(403);
      const asked = await vn('coordinator').post(`${path}/release`, release('TLP:GREEN', ['community']));
      expect(asked.status).toBe(202);
      expect(asked.body.waitingRelease).toMatchObject({ status: 'pending', requestedBy: cast['vn.coordinator']!.id });
      expect((await api.as(cast['th.analyst']!).get(path)).status).toBe(404);
      const self = await vn('coordinator').post(`${path}/release/confirm`);
      expect([self.status, self.body.type]).toEqual([403, 'urn:ronda:problem:second-person-required']);
      expect((await api.as(cast['th.coordinator']!).post(`${path}/release/confirm`)).status).toBe(404);
      expect((await vn().post(`${path}/release/confirm`)).body.release).toMatchObject({ status: 'released' });
      for (const [who, status] of [
        ['th.analyst', 200],
        ['secretariat.analyst', 200],
        ['jp.analyst', 404],
        ['bank.analyst', 404],
        ['telco.analyst', 200],
        ['ph.analyst', 404],
        ['la.analyst', 404],
      ] as const)
        expect([who, (await api.as(cast[who]!).get(path)).status]).toEqual([who, status]);
      expect((await api.as(cast['telco.analyst']!).get(path)).body.readableAs).toEqual(['relay']);
    });

    it('confirms only what was asked for: an edit in between is another thing', async () => {
      const incident = await submitted(vn());
      const path = `incidents/${incident.id}`;
      await vn('coordinator').post(`${path}/release`, release('TLP:CLEAR', ['public']));
      await vn().patch(path, { title: 'Smuggled in' });
      const refused = await vn('second').post(`${path}/release/confirm`);
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:revision-moved']);
      expect((await vn().post(`${path}/release/cancel`)).body.waitingRelease).toBeNull();
    });

    it('lets a coordinator widen, and nobody else', async () => {
      const incident = await submitted(vn());
      const path = `incidents/${incident.id}/release`;
      await vn()
        .post(path, release('TLP:AMBER+STRICT', [organisation('th')]))
        .expect(200);
      await vn()
        .post(path, release('TLP:AMBER', [organisation('th')]))
        .expect(403);
      await vn()
        .post(path, release('TLP:AMBER+STRICT', [organisation('th'), organisation('sg')]))
        .expect(403);
      await vn('coordinator')
        .post(path, release('TLP:AMBER', [organisation('th'), organisation('sg')]))
        .expect(200);
      await vn()
        .post(path, release('TLP:AMBER', [organisation('sg')]))
        .expect(200);
    });

    it('shows a RED record to the persons it names', async () => {
      const made = await vn().post('incidents', filing({ marking: { tlp: 'TLP:RED' } }));
      const path = `incidents/${made.body.id}`;
      await vn().post(`${path}/submit`).expect(200);
      await vn()
        .post(`${path}/release`, release('TLP:RED', [{ user: cast['th.coordinator']!.id }]))
        .expect(200);
      for (const [who, status] of [
        ['vn.analyst', 200],
        ['vn.coordinator', 404],
        ['th.coordinator', 200],
        ['th.analyst', 404],
      ] as const)
        expect([who, (await api.as(cast[who]!).get(path)).status]).toEqual([who, status]);
    });

    it('wants a submitted record, and a marking', async () => {
      const { body } = await vn().post('incidents', filing());
      const refused = await vn().post(`incidents/${body.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:not-submitted']);
      const unmarked = await vn().post(`incidents/${body.id}/release`, { audience: [organisation('th')] });
      expect(unmarked.status).toBe(400);
    });

    it('keeps an anonymous record at home where too few could have written it, and its author in its owner’s history', async () => {
      const made = await vn().post('incidents', filing({ authorship: 'anonymous' }));
      expect(made.body).toMatchObject({ authorship: 'anonymous', organisation: { id: cast.stages.vn!.id } });
      await vn().post(`incidents/${made.body.id}/submit`).expect(200);
      const refused = await vn().post(`incidents/${made.body.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:too-few-candidates']);
      expect((await vn().get(`incidents/${made.body.id}/revisions`)).body.items[0].author).toMatchObject({
        displayName: 'vn.analyst',
      });
    });
  });

  describe('a constituent', () => {
    it('files into its CERT’s queue, keeps what it sent, and sees no more than that', async () => {
      const bank = api.as(cast['bank.analyst']!);
      const anonymous = await bank.post('incidents', filing({ authorship: 'anonymous' }));
      expect([anonymous.status, anonymous.body.errors[0].pointer]).toEqual([400, '/authorship']);
      const made = await bank.post('incidents', filing({ title: 'From the bank' }));
      expect(made.status).toBe(201);
      expect((await vn().get(`incidents/${made.body.id}`)).status).toBe(404);
      await bank.post(`incidents/${made.body.id}/submit`).expect(200);
      const queue = (await vn().get('incidents?queue=triage&limit=100')).body as { items: Item[] };
      expect(queue.items.map(({ id }) => id)).toContain(made.body.id);
      const taken = await vn().post(`incidents/${made.body.id}/triage`);
      expect(taken.body).toMatchObject({
        status: 'triaged',
        reportedBy: { id: cast.stages.bank!.id },
        organisation: { id: cast.stages.vn!.id },
      });
      await vn().patch(`incidents/${made.body.id}`, { title: 'What the CERT found out' });
      const seen = (await bank.get(`incidents/${made.body.id}`)).body;
      expect(seen).toMatchObject({ title: 'From the bank', status: 'submitted', allowedActions: ['comment'] });
      expect((await bank.patch(`incidents/${made.body.id}`, { title: 'Mine again' })).status).toBe(403);
      await vn()
        .post(`incidents/${made.body.id}/release`, release('TLP:AMBER', [organisation('th')]))
        .expect(200);
      expect((await api.as(cast['th.analyst']!).get(`incidents/${made.body.id}`)).body).toMatchObject({
        reportedBy: null,
        title: 'What the CERT found out',
      });
      expect((await bank.get(`incidents/${made.body.id}`)).body.title).toBe('From the bank');
    });
  });

  describe('comments', () => {
    it('are read where the record is, and no wider than their author says', async () => {
      const incident = await submitted(vn());
      await vn('coordinator').post(
        `incidents/${incident.id}/release`,
        release('TLP:AMBER', [organisation('th'), organisation('sg')]),
      );
      const th = api.as(cast['th.analyst']!);
      await th.post(`incidents/${incident.id}/comments`, { body: 'For all readers' }).expect(201);
      server.clock.advance(1000);
      await th.post(`incidents/${incident.id}/comments`, { body: 'For the owner', audience: 'owner' }).expect(201);
      server.clock.advance(1000);
      await th.post(`incidents/${incident.id}/comments`, { body: 'For us', audience: 'organisation' }).expect(201);
      const read = async (who: string) =>
        ((await api.as(cast[who]!).get(`incidents/${incident.id}/comments`)).body.items as { body: string }[]).map(
          ({ body }) => body,
        );
      expect(await read('th.coordinator')).toEqual(['For us', 'For the owner', 'For all readers']);
      expect(await read('vn.analyst')).toEqual(['For the owner', 'For all readers']);
      expect(await read('sg.analyst')).toEqual(['For all readers']);
      expect((await api.as(cast['id.analyst']!).get(`incidents/${incident.id}/comments`)).status).toBe(404);
      await vn().post(`incidents/${incident.id}/release`, release('TLP:AMBER', [organisation('sg')]));
      expect((await th.get(`incidents/${incident.id}/comments`)).status).toBe(404);
    });

    it('are changed and deleted by their author alone, by version', async () => {
      const incident = await submitted(vn());
      const made = await vn().post(`incidents/${incident.id}/comments`, { body: 'Typo' });
      const path = `incidents/${incident.id}/comments/${made.body.id}`;
      expect((await vn('coordinator').patch(path, { body: 'Not mine' })).status).toBe(403);
      expect((await vn().patch(path, { body: 'Fixed' })).body).toMatchObject({
        body: 'Fixed',
        editedAt: expect.any(String),
      });
      expect((await vn().delete(path, '"stale"')).status).toBe(412);
      expect((await vn().delete(path)).status).toBe(204);
      expect((await vn().get(path)).body).toMatchObject({ body: null, allowedActions: [] });
    });
  });

  describe('related incidents', () => {
    it('are told only to those who may read both ends', async () => {
      const [a, b] = [await submitted(vn(), { title: 'A' }), await submitted(vn(), { title: 'B' })];
      const linked = await vn().post(`incidents/${a.id}/related`, {
        incident: b.id,
        kind: 'part-of',
        note: 'same host',
      });
      expect(linked.status).toBe(201);
      await vn().post(`incidents/${a.id}/release`, release('TLP:AMBER', [organisation('th')]));
      const th = api.as(cast['th.analyst']!);
      expect((await th.get(`incidents/${a.id}/related`)).body.items).toEqual([]);
      await vn().post(`incidents/${b.id}/release`, release('TLP:AMBER', [organisation('th')]));
      expect((await th.get(`incidents/${b.id}/related`)).body.items).toMatchObject([
        { incident: a.id, kind: 'part-of', direction: 'from-there', title: 'A' },
      ]);
      expect((await vn().post(`incidents/${a.id}/related`, { incident: b.id, kind: 'related' })).status).toBe(409);
      expect((await vn().delete(`incidents/${a.id}/related/${linked.body.id}`)).status).toBe(204);
      expect((await th.get(`incidents/${a.id}/related`)).body.items).toEqual([]);
    });

    it('cannot be used to ask whether a hidden record exists', async () => {
      const mine = await submitted(vn());
      const hidden = await submitted(api.as(cast['th.analyst']!));
      const ask = async (incident: string) => {
        const { status, body } = await vn().post(`incidents/${mine.id}/related`, { incident, kind: 'related' });
        return { status, ...body, requestId: null };
      };
      expect(await ask(hidden.id)).toEqual(await ask('11111111-1111-4111-8111-111111111111'));
    });
  });
});
