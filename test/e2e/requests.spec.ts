import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;

describe('requests', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    const desk = {
      kind: 'point-of-contact',
      is24x7: true,
      name: 'Duty desk',
      phone: '+999 10 00 01',
      languages: ['th'],
      timeZone: 'Asia/Bangkok',
    };
    for (const name of ['th', 'sg']) {
      const of = `organisations/${cast.stages[name]!.id}`;
      await as(`${name}.admin`).post(`${of}/contacts`, desk).expect(201);
      const duty = { dutyRole: 'incident-lead', position: 'primary', startsAt: '2026-11-01T00:00:00Z' };
      await as(`${name}.admin`)
        .post(`${of}/duty`, { ...duty, userId: cast[`${name}.analyst`]!.id })
        .expect(201);
    }
  });
  afterAll(() => server.close());

  const as = (who: string): Caller => api.as(cast[who]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const user = (name: string) => ({ user: cast[name]!.id });
  const asking = (overrides: object = {}) => ({
    kind: 'rfi',
    to: organisation('th'),
    marking: { tlp: 'TLP:AMBER' },
    title: 'Have you seen this sender id?',
    body: 'It calls itself `EXAMPLEBANK`.',
    ...overrides,
  });
  const ask = async (overrides: object = {}, who = 'vn.analyst') => {
    const { status, body, text } = await as(who).post('requests', asking(overrides));
    if (status !== 201) throw new Error(text);
    return body as { id: string; state: string };
  };
  const group = async (members: string[], founder = 'vn') => {
    const made = await as(`${founder}.coordinator`).post('sharing-groups', {
      name: `A group of ${members.join()}`,
      purpose: 'To ask one another.',
      members: members.map((member) => cast.stages[member]!.id),
    });
    return String(made.body.id);
  };
  const pointers = (body: { errors?: { pointer: string }[] }) => (body.errors ?? []).map(({ pointer }) => pointer);
  const stateFor = async (who: string, id: string) => (await as(who).get(`requests/${id}`)).body.state as string;
  const act = (who: string, id: string, what: string, body?: object) => as(who).post(`requests/${id}/${what}`, body);

  describe('asking', () => {
    it('goes to whom it asks, with the clocks of its kind, and says what it is not', async () => {
      const sent = await as('vn.analyst').post('requests', asking({ kind: 'urgent-hold' }));
      expect(sent.status).toBe(201);
      expect(sent.headers.location).toBe(`/api/v1/requests/${sent.body.id}`);
      expect(sent.body).toMatchObject({
        state: 'open',
        direction: 'sent',
        marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
        to: { organisation: { id: cast.stages.th!.id }, group: null },
        audience: [organisation('th')],
        sentAt: '2026-11-20T02:10:00.000Z',
        acknowledgeBy: '2026-11-20T02:25:00.000Z',
        answerBy: '2026-11-20T03:10:00.000Z',
        expiresAt: '2026-11-23T02:10:00.000Z',
        author: { id: cast['vn.analyst']!.id },
        notice: expect.stringContaining('not legal process'),
        allowedActions: ['withdraw', 'close'],
      });
      const { body } = await as('th.analyst').get(`requests/${sent.body.id}`);
      expect(body).toMatchObject({
        state: 'open',
        direction: 'received',
        from: { id: cast.stages.vn!.id },
        author: null,
        audience: null,
        createdAt: null,
        allowedActions: ['acknowledge', 'answer', 'decline'],
      });
    });

    it.each(['rfi', 'takedown', 'notification', 'assistance', 'preservation', 'urgent-hold'])(
      'takes %s',
      async (kind) => {
        expect(await ask({ kind })).toMatchObject({ kind, state: 'open' });
      },
    );

    it('is read by nobody else: hidden is as absent', async () => {
      const { id } = await ask();
      const absent = '11111111-1111-4111-8111-111111111111';
      for (const who of ['sg.coordinator', 'secretariat.analyst', 'jp.analyst', 'bank.analyst'])
        for (const path of ['', '/answers']) {
          const [hidden, none] = [
            await as(who).get(`requests/${id}${path}`),
            await as(who).get(`requests/${absent}${path}`),
          ];
          expect([hidden.status, none.status]).toEqual([404, 404]);
          expect({ ...hidden.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
        }
      expect((await act('sg.coordinator', id, 'acknowledge')).status).toBe(404);
      expect((await as('sg.coordinator').get('requests?limit=100')).text).not.toContain(id);
    });

    it('is for CERTs, and not for their administrators, constituents, the suspended or applicants', async () => {
      for (const who of ['vn.admin', 'vn.organiser', 'bank.analyst', 'ph.analyst', 'la.analyst'])
        expect([who, (await as(who).post('requests', asking({ to: organisation('sg') }))).status]).toEqual([who, 403]);
    });

    it('names its faults: of the shape at once, then whom it asks and who may read it', async () => {
      const faults = async (overrides: object) => {
        const { status, body } = await as('vn.analyst').post('requests', asking(overrides));
        expect(status).toBe(400);
        return pointers(body);
      };
      const shape = await as('vn.analyst').post('requests', { kind: 'summons', marking: { tlp: 'TLP:PINK' }, why: 1 });
      expect(new Set(pointers(shape.body))).toEqual(
        new Set(['/kind', '/marking/tlp', '/why', '/to', '/title', '/body']),
      );
      const nowhere = { organisation: '11111111-1111-4111-8111-111111111111' };
      expect(await faults({ to: nowhere })).toEqual(['/to/organisation']);
      expect(await faults({ to: organisation('vn') })).toEqual(['/to/organisation']);
      expect(await faults({ to: organisation('ph') })).toEqual(['/to/organisation']);
      expect(await faults({ to: { group: nowhere.organisation } })).toEqual(['/to/group']);
      expect(await faults({ to: {} })).toEqual(['/to']);
      expect(await faults({ audience: ['community'] })).toEqual(['/audience/0']);
      expect(await faults({ audience: [user('th.analyst'), organisation('sg')] })).toEqual(['/audience/1']);
      expect(await faults({ audience: [] })).toEqual(['/audience']);
      expect(await faults({ marking: { tlp: 'TLP:RED' } })).toEqual(['/audience']);
      expect(await faults({ marking: { tlp: 'TLP:RED' }, audience: [organisation('th')] })).toEqual(['/audience/0']);
      expect(await faults({ incidents: [nowhere.organisation] })).toEqual(['/incidents/0']);
      expect(await faults({ answerBy: '2026-11-20T02:10:00Z' })).toEqual(['/acknowledgeBy', '/answerBy']);
    });

    it('at RED is for the persons it names, on both sides', async () => {
      const { id } = await ask({ marking: { tlp: 'TLP:RED' }, audience: [user('th.coordinator')] });
      for (const who of ['vn.analyst', 'th.coordinator'])
        expect((await as(who).get(`requests/${id}`)).status).toBe(200);
      for (const who of ['vn.coordinator', 'th.analyst', 'th.second'])
        expect((await as(who).get(`requests/${id}`)).status).toBe(404);
      await act('th.coordinator', id, 'answer', { body: 'Yes.' }).expect(200);
      expect((await as('vn.analyst').get(`requests/${id}/answers`)).body.items).toHaveLength(1);
    });

    it('at GREEN waits for a second person, and its clocks with it', async () => {
      const marking = { tlp: 'TLP:GREEN' };
      expect((await as('vn.analyst').post('requests', asking({ marking }))).status).toBe(403);
      const { id, state } = await ask({ marking }, 'vn.coordinator');
      expect(state).toBe('draft');
      expect((await as('th.analyst').get(`requests/${id}`)).status).toBe(404);
      expect((await act('vn.coordinator', id, 'send')).status).toBe(403);
      const { body } = await act('vn.second', id, 'send').expect(200);
      expect(body).toMatchObject({ state: 'open', sentAt: server.clock.now().toISOString() });
      expect(await stateFor('th.analyst', id)).toBe('open');
      expect((await act('vn.second', id, 'send')).status).toBe(409);
    });

    it('is asked once under one key', async () => {
      const post = () => as('vn.analyst').post('requests', asking()).set('idempotency-key', 'ask-1');
      const [first, second] = [await post(), await post()];
      expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    });
  });

  describe('its course', () => {
    it('is acknowledged, answered more than once, and closed', async () => {
      const { id } = await ask();
      await act('th.analyst', id, 'acknowledge').expect(200);
      expect(await stateFor('vn.coordinator', id)).toBe('acknowledged');
      await act('th.analyst', id, 'answer', { body: 'Not here.' }).expect(200);
      await act('th.coordinator', id, 'answer', { body: 'But at a carrier.' }).expect(200);
      expect(await stateFor('vn.analyst', id)).toBe('answered');
      const { body } = await as('vn.analyst').get(`requests/${id}/answers`);
      expect(new Set((body.items as { body: string }[]).map((item) => item.body))).toEqual(
        new Set(['Not here.', 'But at a carrier.']),
      );
      expect(body.items[0]).toMatchObject({ organisation: { id: cast.stages.th!.id }, author: null });
      await act('vn.second', id, 'close').expect(200);
      const late = await act('th.analyst', id, 'answer', { body: 'One more.' });
      expect([late.status, late.body.type]).toEqual([409, 'urn:ronda:problem:wrong-state']);
    });

    it('is declined without a reason, or withdrawn', async () => {
      const [declined, withdrawn] = [await ask(), await ask()];
      const { body } = await act('th.analyst', declined.id, 'decline', {}).expect(200);
      expect(body).toMatchObject({ state: 'declined', allowedActions: [] });
      expect(await stateFor('vn.analyst', declined.id)).toBe('declined');
      expect((await act('th.analyst', declined.id, 'answer', { body: 'After all.' })).status).toBe(409);
      await act('vn.analyst', withdrawn.id, 'withdraw').expect(200);
      expect(await stateFor('th.analyst', withdrawn.id)).toBe('withdrawn');
    });

    it('is each side’s own: neither does the other’s part', async () => {
      const { id } = await ask();
      for (const what of ['acknowledge', 'decline']) expect((await act('vn.analyst', id, what)).status).toBe(403);
      expect((await act('vn.analyst', id, 'answer', { body: 'To myself.' })).status).toBe(403);
      for (const what of ['withdraw', 'close', 'send']) expect((await act('th.analyst', id, what)).status).toBe(403);
    });

    it('heeds If-Match, and lets one of two at once through', async () => {
      const { id } = await ask();
      const { etag } = (await as('th.analyst').get(`requests/${id}`)).headers;
      await act('th.coordinator', id, 'acknowledge').expect(200);
      const stale = await act('th.analyst', id, 'decline').set('if-match', String(etag));
      expect([stale.status, stale.body.current.state]).toEqual([412, 'acknowledged']);
      // The clock is nobody's change.
      const late = await ask();
      const read = await as('th.analyst').get(`requests/${late.id}`).expect(200);
      expect(read.body.overdue).toBeNull();
      server.clock.advance(Date.parse(read.body.acknowledgeBy) - server.clock.now().getTime() + 1);
      const tag = String(read.headers.etag);
      const again = await as('th.analyst').get(`requests/${late.id}`).set('if-none-match', tag).expect(200);
      expect(again.body.overdue).toBe('acknowledgement');
      await act('th.analyst', late.id, 'acknowledge').set('if-match', tag).expect(200);
      const both = await Promise.all([
        act('th.analyst', id, 'decline'),
        act('th.second', id, 'decline'),
        act('th.coordinator', id, 'decline'),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });
  });

  describe('to a group', () => {
    it('is each member’s to answer, and each sees its own part', async () => {
      const id = await group(['th', 'sg', 'id']);
      const request = await ask({ to: { group: id } });
      await act('th.analyst', request.id, 'acknowledge').expect(200);
      await act('sg.analyst', request.id, 'decline').expect(200);
      const views = await Promise.all(
        ['vn', 'th', 'sg', 'id'].map(async (name) => (await as(`${name}.analyst`).get(`requests/${request.id}`)).body),
      );
      expect(views.map(({ state }) => state as string)).toEqual(['acknowledged', 'acknowledged', 'declined', 'open']);
      expect(views.map(({ responses }) => (responses as unknown[]).length)).toEqual([2, 1, 1, 0]);
      await act('th.analyst', request.id, 'answer', { body: 'To all.' }).expect(200);
      await act('id.analyst', request.id, 'answer', { body: 'To you.', audience: 'asker' }).expect(200);
      const seenBy = async (who: string) =>
        (await as(who).get(`requests/${request.id}/answers`)).body.items.map((item: { body: string }) => item.body);
      expect(new Set(await seenBy('vn.coordinator'))).toEqual(new Set(['To all.', 'To you.']));
      expect(await seenBy('th.analyst')).toEqual(['To all.']);
      expect(await seenBy('sg.analyst')).toEqual(['To all.']);
      expect(new Set(await seenBy('id.analyst'))).toEqual(new Set(['To all.', 'To you.']));
    });

    it('may ask for answers to the asker alone', async () => {
      const request = await ask({ to: { group: await group(['th', 'sg']) }, answersTo: 'asker' });
      const wide = await act('th.analyst', request.id, 'answer', { body: 'To all.', audience: 'all' });
      expect([wide.status, pointers(wide.body)]).toEqual([400, ['/audience']]);
      await act('th.analyst', request.id, 'answer', { body: 'To you.' }).expect(200);
      expect((await as('sg.analyst').get(`requests/${request.id}/answers`)).body.items).toEqual([]);
    });

    it('goes to the group as it is: not to who comes later, and no more to who leaves', async () => {
      const id = await group(['th', 'sg']);
      const before = await ask({ to: { group: id } });
      await as('vn.coordinator').post(`sharing-groups/${id}/members`, organisation('my')).expect(201);
      await as('my.coordinator').post(`sharing-groups/${id}/members/${cast.stages.my!.id}/accept`).expect(200);
      server.clock.advance(73 * 60 * MINUTE);
      await as('vn.coordinator').post(`sharing-groups/${id}/members/${cast.stages.my!.id}/admit`).expect(200);
      const after = await ask({ to: { group: id } });
      expect((await as('my.analyst').get(`requests/${before.id}`)).status).toBe(404);
      expect((await as('my.analyst').get(`requests/${after.id}`)).status).toBe(200);
      await as('sg.coordinator').delete(`sharing-groups/${id}/members/${cast.stages.sg!.id}`);
      expect((await as('sg.analyst').get(`requests/${after.id}`)).status).toBe(404);
    });
  });

  describe('about incidents', () => {
    it('says so to those who may read the incident, and of an answer where the answer is read', async () => {
      const mine = await submitted(as('vn.analyst'), { title: 'Shared with one of two' });
      await as('vn.coordinator')
        .post(`incidents/${mine.id}/release`, release('TLP:AMBER', [organisation('th')]))
        .expect(200);
      const request = await ask({ to: { group: await group(['th', 'sg']) }, incidents: [mine.id] });
      const about = async (who: string) => (await as(who).get(`requests/${request.id}`)).body.incidents as unknown;
      expect(await about('vn.analyst')).toEqual([{ id: mine.id, title: 'Shared with one of two' }]);
      expect(await about('th.analyst')).toEqual([{ id: mine.id, title: 'Shared with one of two' }]);
      expect(await about('sg.analyst')).toEqual([]);
      const listed = async (who: string) =>
        (await as(who).get(`requests?incident=${mine.id}`)).body.items.map(({ id }: { id: string }) => id);
      expect(await listed('th.analyst')).toEqual([request.id]);
      expect(await listed('sg.analyst')).toEqual([]);

      const theirs = await submitted(as('th.analyst'), { title: 'Theirs' });
      const answer = { body: 'The same.', audience: 'asker', incidents: [theirs.id] };
      await act('th.analyst', request.id, 'answer', answer).expect(200);
      const incidentsOf = async (who: string) =>
        (await as(who).get(`requests/${request.id}/answers`)).body.items.map(
          ({ incidents }: { incidents: unknown[] }) => incidents.length,
        );
      expect(await incidentsOf('th.analyst')).toEqual([1]);
      expect(await incidentsOf('vn.analyst')).toEqual([0]);
      const hidden = await act('sg.analyst', request.id, 'answer', { body: 'Same.', incidents: [theirs.id] });
      expect([hidden.status, pointers(hidden.body)]).toEqual([400, ['/incidents/0']]);
    });
  });

  describe('by the clock', () => {
    it('is late, proposes whom a person may page, and keeps that somebody did', async () => {
      const { id } = await ask({ kind: 'urgent-hold' });
      const early = await act('vn.analyst', id, 'escalations', {});
      expect([early.status, early.body.type]).toEqual([409, 'urn:ronda:problem:not-overdue']);
      server.clock.advance(15 * MINUTE);
      const { body } = await as('vn.analyst').get(`requests/${id}`);
      expect(body).toMatchObject({
        state: 'open',
        overdue: 'acknowledgement',
        escalation: [
          {
            organisation: { id: cast.stages.th!.id },
            contacts: [{ name: 'Duty desk', phone: '+999 10 00 01' }],
            onDuty: [{ dutyRole: 'incident-lead', position: 'primary', displayName: 'th.analyst' }],
          },
        ],
      });
      expect(body.allowedActions).toContain('escalate');
      expect((await as('vn.analyst').get('requests?overdue=true')).text).toContain(id);
      expect((await as('vn.analyst').get('requests?overdue=false&limit=100')).text).not.toContain(id);
      const paged = await act('vn.analyst', id, 'escalations', { note: 'Spoke to the desk.' }).expect(200);
      expect(paged.body.paged).toEqual([
        {
          organisation: expect.objectContaining({ id: cast.stages.th!.id }),
          by: { id: cast['vn.analyst']!.id, displayName: 'vn.analyst' },
          note: 'Spoke to the desk.',
          pagedAt: server.clock.now().toISOString(),
        },
      ]);
      expect((await as('th.analyst').get(`requests/${id}`)).body.paged).toMatchObject([{ by: null }]);
      await act('th.analyst', id, 'acknowledge').expect(200);
      expect((await as('vn.analyst').get(`requests/${id}`)).body).toMatchObject({ overdue: null, escalation: [] });
      server.clock.advance(45 * MINUTE);
      expect((await as('vn.analyst').get(`requests/${id}`)).body).toMatchObject({ overdue: 'answer' });
      server.clock.advance(3 * 24 * 60 * MINUTE);
      expect(await stateFor('th.analyst', id)).toBe('expired');
      await act('th.analyst', id, 'answer', { body: 'Late, but held.' }).expect(200);
      expect(await stateFor('vn.analyst', id)).toBe('answered');
    });

    it('of a group names those who are late, and only to the asker', async () => {
      const request = await ask({ to: { group: await group(['th', 'sg']) }, kind: 'urgent-hold' });
      await act('sg.analyst', request.id, 'decline').expect(200);
      server.clock.advance(20 * MINUTE);
      const late = async (who: string) =>
        (await as(who).get(`requests/${request.id}`)).body.escalation.map(
          ({ organisation: { id } }: { organisation: { id: string } }) => id,
        );
      expect(await late('vn.analyst')).toEqual([cast.stages.th!.id]);
      expect(await late('th.analyst')).toEqual([cast.stages.th!.id]);
      expect(await late('sg.analyst')).toEqual([]);
      const wrong = await act('vn.analyst', request.id, 'escalations', organisation('sg'));
      expect([wrong.status, wrong.body.type]).toEqual([409, 'urn:ronda:problem:not-late']);
    });

    it.each([
      ['organisations', () => [organisation('th'), organisation('sg')], 'TLP:AMBER'],
      ['persons', () => [{ user: cast['th.analyst']!.id }, { user: cast['sg.analyst']!.id }], 'TLP:RED'],
    ])('of a group, of which it names %s, is escalated to those', async (_, audience, tlp) => {
      const to = { group: await group(['th', 'sg', 'my']) };
      const asker = 'vn.coordinator';
      const { id } = await ask({ to, kind: 'urgent-hold', audience: audience(), marking: { tlp } }, asker);
      server.clock.advance(20 * MINUTE);
      const late = async (who: string) =>
        (await as(who).get(`requests/${id}`).expect(200)).body.escalation.map(
          (each: { organisation: { name: string } }) => each.organisation.name,
        );
      expect(await late(asker)).toEqual(['TH CERT', 'SG CERT']);
      expect(await late('th.analyst')).toEqual(['TH CERT']);
      const stranger = await act(asker, id, 'escalations', organisation('my'));
      expect([stranger.status, stranger.body.type]).toEqual([409, 'urn:ronda:problem:not-late']);
      await act(asker, id, 'escalations', organisation('th')).expect(200);
      await act('sg.analyst', id, 'decline').expect(200);
      expect(await late(asker)).toEqual(['TH CERT']);
    });
  });

  describe('the list', () => {
    it('filters, counts, and goes on by a cursor that holds while others write', async () => {
      for (const title of ['One', 'Two', 'Three']) {
        server.clock.advance(MINUTE);
        await ask({ kind: 'takedown', title, to: organisation('jp') }, 'id.analyst');
      }
      const titles = ({ body }: { body: { items: { title: string }[] } }) => body.items.map(({ title }) => title);
      const first = await as('jp.analyst').get('requests?direction=received&kind=takedown&limit=2&count=true');
      expect([titles(first), first.body.total]).toEqual([['Three', 'Two'], 3]);
      server.clock.advance(MINUTE);
      await ask({ kind: 'takedown', title: 'Four', to: organisation('jp') }, 'id.analyst');
      const next = await as('jp.analyst').get(String(/<(.*)>/.exec(String(first.headers.link))?.[1]));
      expect(titles(next)).toEqual(['One']);
      const count = async (who: string, query: string) =>
        (await as(who).get(`requests?count=true&${query}`)).body.total as number;
      expect(await count('jp.analyst', 'direction=sent')).toBe(0);
      expect(await count('id.analyst', 'direction=sent&state=open&state=answered')).toBe(4);
      expect(await count('id.analyst', `organisation=${cast.stages.jp!.id}`)).toBe(4);
      expect(await count('id.analyst', 'state=answered&direction=sent')).toBe(0);
      expect(await count('id.analyst', 'kind=takedown&marking=TLP:RED')).toBe(0);
      expect((await as('jp.analyst').get('requests?state=lost&overdue=maybe&who=me')).status).toBe(400);
    });
  });
});
