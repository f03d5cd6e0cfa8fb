import pg from 'pg';
import { EndAdvisories } from '../../src/modules/advisories/index.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;

describe('advisories', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    api = new Api(server.url);
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const as = (who: string): Caller => api.as(cast[who]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const drafting = (overrides: object = {}) => ({
    title: 'Example Gateway lets anybody in',
    summary: 'Sign-in is bypassed by an empty password.',
    body: '## What happens\n\nAn empty password passes.',
    kind: 'vulnerability',
    language: 'en',
    marking: { tlp: 'TLP:GREEN' },
    audience: ['community'],
    ...overrides,
  });
  interface View {
    id: string;
    state: string;
    version: string;
    allowedActions: string[];
    review: { changes: { id: string }[]; approvals: object[]; invitations: { id: string }[] } | null;
  }
  const draft = async (overrides: object = {}, who = 'vn.analyst'): Promise<View> => {
    const { status, body, text } = await as(who).post('advisories', drafting(overrides));
    if (status !== 201) throw new Error(text);
    return body as View;
  };
  const act = async (who: string, id: string, what: string, body: object = {}): Promise<View> => {
    const answer = await as(who).post(`advisories/${id}/${what}`, body);
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.text}`);
    return answer.body as View;
  };
  const approved = async (overrides: object = {}): Promise<View> => {
    const { id } = await draft(overrides);
    await act('vn.analyst', id, 'submit');
    return act('vn.coordinator', id, 'approve');
  };
  const published = async (overrides: object = {}): Promise<View> => {
    const { id } = await approved(overrides);
    return act('vn.coordinator', id, 'publish');
  };
  const status = async (who: string, id: string): Promise<number> => (await as(who).get(`advisories/${id}`)).status;
  const state = async (who: string, id: string): Promise<string> =>
    (await as(who).get(`advisories/${id}`)).body.state as string;
  const pointers = (body: { errors?: { pointer: string }[] }) => (body.errors ?? []).map(({ pointer }) => pointer);
  const patch = (who: string, id: string, body: object) => as(who).patch(`advisories/${id}`, body);
  const inMinutes = (minutes: number): string =>
    new Date(server.clock.now().getTime() + minutes * MINUTE).toISOString();
  const work = () => server.app.get(EndAdvisories).run();

  it('goes out when a second person of its organisation approved it, and not before', async () => {
    const { id, ...begun } = await draft();
    expect(begun).toMatchObject({ state: 'draft', version: '1.0.0' });
    expect(await status('th.analyst', id)).toBe(404);
    expect((await as('vn.coordinator').post(`advisories/${id}/publish`)).status).toBe(409);
    expect((await act('vn.analyst', id, 'submit')).state).toBe('in-review');
    expect((await as('vn.analyst').post(`advisories/${id}/approve`)).status).toBe(403);
    expect((await as('vn.coordinator').post(`advisories/${id}/publish`)).status).toBe(409);
    expect((await act('vn.coordinator', id, 'approve')).state).toBe('approved');
    expect(await status('th.analyst', id)).toBe(404);
    expect((await act('vn.coordinator', id, 'publish')).state).toBe('published');
    const read = (await as('th.analyst').get(`advisories/${id}`)).body;
    expect(read).toMatchObject({ state: 'published', audience: null, review: null, author: null, writtenAt: null });
    expect(read.allowedActions).toEqual(['acknowledge']);
    expect((await as('th.analyst').get('advisories')).body.items).toContainEqual(expect.objectContaining({ id }));
    expect(await status('la.analyst', id)).toBe(404);
  });

  describe('the document', () => {
    it('computes the scores of its vectors, and keeps its indicators in one form', async () => {
      const { id } = await draft({
        products: [
          {
            id: 'gateway',
            vendor: 'Example Networks',
            product: 'Example Gateway',
            versions: [{ version: 'vers:semver/<4.2.7', scheme: 'vers', status: 'affected' }],
            purl: 'pkg:generic/example-gateway',
            cpe: 'cpe:2.3:a:example:gateway:*:*:*:*:*:*:*:*',
          },
        ],
        vulnerabilities: [
          {
            cve: 'CVE-2026-10001',
            cwe: ['CWE-287'],
            cvss31: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
            cvss40: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
            exploitation: 'exploited',
            products: ['gateway'],
          },
        ],
        indicators: [{ type: 'domain', value: 'Login-Bank[.]example' }],
      });
      const { body } = await as('vn.analyst').get(`advisories/${id}`);
      expect(body.vulnerabilities[0].scores).toEqual({
        cvss31: { score: 9.8, severity: 'critical' },
        cvss40: { score: 9.3, severity: 'critical' },
      });
      expect(body.indicators).toEqual([{ type: 'domain', value: 'login-bank.example', comment: null }]);
      const found = (await as('vn.analyst').get('advisories?cve=CVE-2026-10001&q=GATEWAY%20password&count=true')).body;
      expect(found).toMatchObject({ total: 1, items: [{ id }] });
      expect((await as('vn.analyst').get('advisories?cve=CVE-2026-99999&count=true')).body.total).toBe(0);
    });

    it('names every fault by its pointer', async () => {
      const sent = await as('vn.analyst').post(
        'advisories',
        drafting({
          audience: ['public'],
          vulnerabilities: [
            { cvss31: 'CVSS:3.1/AV:Q' },
            { cvss40: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
            { cvss31: 'CVSS:3.1/AV:N/AC:L', products: ['nothing'] },
          ],
          indicators: [{ type: 'ipv4', value: '300.1.2.3' }],
        }),
      );
      expect(sent.status).toBe(400);
      expect(pointers(sent.body).sort()).toEqual([
        '/audience/0',
        '/indicators/0/value',
        '/vulnerabilities/0/cvss31',
        '/vulnerabilities/1/cvss40',
        '/vulnerabilities/2/cvss31',
        '/vulnerabilities/2/products/0',
      ]);
      const typed = await as('vn.analyst').post('advisories', drafting({ kind: 'rumour', score: 9.8 }));
      expect(pointers(typed.body)).toEqual(expect.arrayContaining(['/kind', '/score']));
    });

    it('goes no further than an incident that it was written from', async () => {
      const record = await submitted(as('th.coordinator'));
      const sources = [record.id];
      expect(pointers((await as('vn.analyst').post('advisories', drafting({ sources }))).body)).toEqual(['/sources/0']);
      await as('th.coordinator').post(`incidents/${record.id}/release`, release('TLP:AMBER', [organisation('vn')]));
      const { id } = await draft({ sources });
      const refused = await as('vn.analyst').post(`advisories/${id}/submit`, {});
      expect(refused.status).toBe(400);
      expect(pointers(refused.body)).toEqual(expect.arrayContaining(['/marking/tlp', '/audience']));
      const shown = await as('vn.analyst').post(`advisories/${id}/invitations`, organisation('sg'));
      expect(pointers(shown.body)).toContain('/organisation');
      await patch('vn.analyst', id, { marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
      expect((await act('vn.analyst', id, 'submit')).state).toBe('in-review');
    });

    it('shows nothing of an incident to whom it invited before it was written from that', async () => {
      const record = await submitted(as('th.coordinator'));
      await as('th.coordinator').post(`incidents/${record.id}/release`, release('TLP:AMBER', [organisation('vn')]));
      const { id } = await draft({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
      await act('vn.analyst', id, 'invitations', organisation('sg'));
      const written = { sources: [record.id], body: 'The bank of the lake.' };
      const refused = await patch('vn.analyst', id, written);
      expect([refused.status, pointers(refused.body)]).toEqual([400, ['/sources']]);
      expect((await as('sg.analyst').get(`advisories/${id}`)).text).not.toContain('lake');

      const { id: other } = await draft({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
      await act('vn.analyst', other, 'submit');
      const joined = await patch('vn.analyst', other, { ...written, jointWith: [cast.stages.sg!.id] });
      expect([joined.status, pointers(joined.body)]).toEqual([400, ['/jointWith/0']]);
      expect(await status('sg.analyst', other)).toBe(404);
      // Its owner reads it anyway.
      expect((await patch('vn.analyst', other, { ...written, jointWith: [cast.stages.th!.id] })).status).toBe(200);
    });

    it.each([
      [{ title: null, summary: null, body: null, language: null, kind: null, marking: null }, 6],
      [{ title: null }, 1],
      [{ marking: { tlp: null } }, 1],
    ])('does not lose what it has to say: %j', async (parts, faults) => {
      const { id } = await draft();
      const answer = await patch('vn.analyst', id, parts);
      expect([answer.status, new Set(pointers(answer.body)).size]).toEqual([400, faults]);
      const whole = await as('vn.analyst').post('advisories', drafting(parts));
      expect(whole.status).toBe(400);
    });

    it('takes null of what may be left out, and can be rendered then', async () => {
      const none = {
        audience: null,
        jointWith: null,
        urgent: null,
        acknowledgeWithinHours: null,
        sources: null,
        products: [{ id: 'gateway', vendor: 'Example', product: 'Gateway', versions: [], purl: null, cpe: null }],
        vulnerabilities: [
          {
            ...{ cve: null, title: null, description: null, cwe: null, cvss31: null, cvss40: null },
            ...{ exploitation: null, products: null },
          },
        ],
        remediations: [{ category: 'vendor-fix', details: 'Update.', url: null, products: null }],
        workarounds: [{ details: 'Close it.', products: null }],
        indicators: [{ type: 'domain', value: 'bad.example', comment: null }],
        references: null,
        acknowledgements: [{ names: null, organisation: null, summary: null }],
      };
      const { id } = await draft(none);
      expect((await patch('vn.analyst', id, { ...none, summary: 'Again.' })).status).toBe(200);
      for (const rendering of [
        'csaf-check',
        'html?version=1.0.0',
        'stix?version=1.0.0',
        'markdown?version=1.0.0',
        'diff',
      ])
        expect([rendering, (await as('vn.analyst').get(`advisories/${id}/${rendering}`)).status]).toEqual([
          rendering,
          200,
        ]);
    });
  });

  describe('review', () => {
    it('ends every other invitation when it becomes RED, and the joint ones with it', async () => {
      const { id } = await draft({ jointWith: [cast.stages.th!.id] });
      await act('vn.analyst', id, 'submit');
      await act('vn.analyst', id, 'invitations', organisation('sg'));
      const red = { marking: { tlp: 'TLP:RED' }, jointWith: [], audience: [{ user: cast['th.coordinator']!.id }] };
      expect((await patch('vn.analyst', id, red)).status).toBe(200);
      for (const who of ['th.analyst', 'sg.analyst', 'vn.second'])
        expect([who, await status(who, id)]).toEqual([who, 404]);
      expect(await state('vn.analyst', id)).toBe('in-review');
    });

    it('shows the draft to whom it invites, and to nobody else, and no longer than it does', async () => {
      const { id } = await draft();
      await act('vn.analyst', id, 'submit', { reviewBy: inMinutes(600) });
      expect(await status('th.analyst', id)).toBe(404);
      const { review } = await act('vn.analyst', id, 'invitations', organisation('th'));
      expect(await state('th.analyst', id)).toBe('in-review');
      expect(await status('sg.analyst', id)).toBe(404);
      const queue = (await as('th.analyst').get('advisories/review-queue')).body.items as { id: string }[];
      expect(queue.find((each) => each.id === id)).toMatchObject({ waitsFor: 'review', until: inMinutes(600) });
      expect((await as('th.analyst').post(`advisories/${id}/publish`)).status).toBe(403);
      const gone = await as('vn.analyst').delete(
        `advisories/${id}/invitations/${review!.invitations[0]!.id}`,
        String((await as('vn.analyst').get(`advisories/${id}`)).headers.etag),
      );
      expect(gone.status).toBe(204);
      expect(await status('th.analyst', id)).toBe(404);
    });

    it('is published only when what was asked for is done, submitted and approved anew', async () => {
      const { id } = await draft();
      await act('vn.analyst', id, 'submit');
      await act('vn.analyst', id, 'invitations', organisation('th'));
      const comment = await as('th.analyst').post(`advisories/${id}/comments`, {
        pointer: '/summary',
        body: 'Since when?',
      });
      expect(comment.body).toMatchObject({ revision: 1, pointer: '/summary' });
      expect((await as('th.analyst').post(`advisories/${id}/comments`, { pointer: '/sumary', body: 'x' })).status).toBe(
        400,
      );
      const asked = await act('th.analyst', id, 'request-changes', {
        changes: [{ pointer: '/summary', body: 'Say since when.' }],
      });
      expect(asked.state).toBe('changes-requested');
      expect((await as('vn.coordinator').post(`advisories/${id}/approve`)).status).toBe(409);
      expect((await as('vn.analyst').post(`advisories/${id}/submit`, {})).body.type).toMatch(/changes-open$/);
      expect((await patch('vn.analyst', id, { summary: 'Since version 4.1.' })).status).toBe(200);
      const etag = String((await as('vn.analyst').get(`advisories/${id}`)).headers.etag);
      const change = asked.review!.changes[0]!.id;
      expect((await as('vn.analyst').patch(`advisories/${id}/changes/${change}`, { done: true }, etag)).status).toBe(
        200,
      );
      expect((await act('vn.analyst', id, 'submit')).state).toBe('in-review');
      expect((await act('vn.coordinator', id, 'approve')).state).toBe('approved');
      // What was said in review is not for those whom it is released to.
      await act('vn.coordinator', id, 'publish');
      expect((await as('th.analyst').get(`advisories/${id}/comments`)).body.items).toEqual([]);
      expect((await as('th.analyst').get(`advisories/${id}/comments/${comment.body.id}`)).status).toBe(404);
      expect((await as('vn.analyst').get(`advisories/${id}/comments`)).body.items).toHaveLength(1);
    });

    it('binds an approval to the revision, and takes none of who wrote any of it', async () => {
      const { id } = await approved();
      expect((await patch('vn.second', id, { summary: 'Said otherwise.' })).body.state).toBe('in-review');
      expect((await as('vn.coordinator').post(`advisories/${id}/publish`)).status).toBe(409);
      expect((await as('vn.second').post(`advisories/${id}/approve`)).status).toBe(403);
      expect((await act('vn.coordinator', id, 'approve')).state).toBe('approved');
    });

    it('has one winner of two who race, and tells the other', async () => {
      const { id } = await draft();
      await act('vn.analyst', id, 'submit');
      await act('vn.analyst', id, 'invitations', organisation('th'));
      const tags = await Promise.all(
        ['vn.coordinator', 'th.analyst'].map(async (who) =>
          String((await as(who).get(`advisories/${id}`)).headers.etag),
        ),
      );
      const answers = await Promise.all([
        as('vn.coordinator').post(`advisories/${id}/approve`).set('if-match', tags[0]!),
        as('th.analyst')
          .post(`advisories/${id}/request-changes`, { changes: [{ body: 'More.' }] })
          .set('if-match', tags[1]!),
      ]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
    });

    it('keeps a RED draft with its author and whom that names', async () => {
      const { id } = await draft({ marking: { tlp: 'TLP:RED' }, audience: [{ user: cast['th.coordinator']!.id }] });
      expect(await status('vn.coordinator', id)).toBe(404);
      await act('vn.analyst', id, 'submit');
      expect((await as('vn.analyst').post(`advisories/${id}/invitations`, organisation('sg'))).status).toBe(400);
      await act('vn.analyst', id, 'invitations', { user: cast['vn.coordinator']!.id });
      expect((await act('vn.coordinator', id, 'approve')).state).toBe('approved');
      expect(await status('vn.second', id)).toBe(404);
      await act('vn.analyst', id, 'publish');
      expect(await status('th.coordinator', id)).toBe(200);
      expect(await status('th.analyst', id)).toBe(404);
      expect((await as('th.coordinator').get(`advisories/${id}/markdown?version=1.0.0`)).status).toBe(403);
    });

    it('keeps what was RED where it was, when the draft gets a wider marking', async () => {
      const { id } = await draft({
        marking: { tlp: 'TLP:RED' },
        audience: [{ user: cast['th.coordinator']!.id }],
        summary: 'The source is inside the bank.',
      });
      await act('vn.analyst', id, 'submit');
      await act('vn.analyst', id, 'invitations', { user: cast['sg.analyst']!.id });
      await as('sg.analyst').post(`advisories/${id}/comments`, { body: 'Which bank?' });
      const asked = await act('sg.analyst', id, 'request-changes', { changes: [{ body: 'Name the bank.' }] });
      await patch('vn.analyst', id, { summary: 'The source is inside the bank of the lake.' });
      const widened = {
        marking: { tlp: 'TLP:AMBER' },
        audience: [organisation('th')],
        summary: 'Insiders are a source.',
      };
      // Nobody who comes after could see what it waits for.
      expect((await patch('vn.analyst', id, widened)).body.type).toMatch(/changes-open$/);
      const etag = String((await as('vn.analyst').get(`advisories/${id}`)).headers.etag);
      const change = asked.review!.changes[0]!.id;
      await as('vn.analyst').patch(`advisories/${id}/changes/${change}`, { done: true }, etag);
      await act('vn.analyst', id, 'submit');
      expect((await patch('vn.analyst', id, widened)).status).toBe(200);
      await act('vn.analyst', id, 'invitations', organisation('th'));
      server.clock.advance(1);
      await as('th.analyst').post(`advisories/${id}/comments`, { body: 'Since when?' });

      const seenBy = async (who: string) => {
        const { body } = await as(who).get(`advisories/${id}`);
        const comments = (await as(who).get(`advisories/${id}/comments`)).body.items as {
          body: string;
          revision: number;
        }[];
        return {
          revision: body.revision,
          changes: body.review.changes.length,
          comments: comments.map((each) => [each.body, each.revision]),
          diff: (await as(who).get(`advisories/${id}/diff?from=1`)).text,
        };
      };
      for (const who of ['th.analyst', 'vn.coordinator', 'sg.analyst'])
        expect(await seenBy(who)).toEqual({
          revision: 1,
          changes: 0,
          comments: [['Since when?', 1]],
          diff: expect.not.stringContaining('bank'),
        });
      expect(await seenBy('vn.analyst')).toEqual({
        revision: 3,
        changes: 1,
        comments: [
          ['Since when?', 3],
          ['Which bank?', 1],
        ],
        diff: expect.stringContaining('bank'),
      });
      expect((await act('vn.coordinator', id, 'approve')).state).toBe('approved');
    });
  });

  describe('of several organisations', () => {
    const joint = async (overrides: object = {}): Promise<string> => {
      const { id } = await draft({ jointWith: [cast.stages.th!.id], ...overrides });
      await act('vn.analyst', id, 'submit');
      await act('vn.coordinator', id, 'approve');
      return id;
    };

    it('needs each of them', async () => {
      const id = await joint();
      expect(await state('vn.coordinator', id)).toBe('in-review');
      expect((await as('vn.coordinator').post(`advisories/${id}/publish`)).status).toBe(409);
      expect((await act('th.analyst', id, 'approve')).state).toBe('approved');
      expect((await act('vn.coordinator', id, 'publish')).state).toBe('published');
      expect(await state('sg.analyst', id)).toBe('published');
    });

    it('goes out at once where it is urgent, and stays where the others agree within the hour', async () => {
      const id = await joint({ urgent: true });
      expect((await act('vn.coordinator', id, 'publish')).state).toBe('interim');
      expect(await state('sg.analyst', id)).toBe('interim');
      const queue = (await as('th.analyst').get('advisories/review-queue')).body.items as { id: string }[];
      expect(queue.find((each) => each.id === id)).toMatchObject({ waitsFor: 'joint-approval', until: inMinutes(60) });
      await act('th.analyst', id, 'approve');
      await work();
      expect(await state('sg.analyst', id)).toBe('published');
      server.clock.advance(90 * MINUTE);
      await work();
      expect(await state('sg.analyst', id)).toBe('published');
    });

    it('is withdrawn where they do not', async () => {
      const id = await joint({ urgent: true });
      await act('vn.coordinator', id, 'publish');
      expect(await status('sg.analyst', id)).toBe(200);
      server.clock.advance(59 * MINUTE);
      await work();
      expect(await status('sg.analyst', id)).toBe(200);
      server.clock.advance(MINUTE);
      expect((await as('th.analyst').post(`advisories/${id}/approve`)).status).toBe(409);
      await work();
      expect(await status('sg.analyst', id)).toBe(404);
      expect((await as('vn.analyst').get(`advisories/${id}`)).body).toMatchObject({
        state: 'withdrawn',
        withdrawnBecause: 'approvals-missing',
      });
    });

    it('is withdrawn, and settled, also where the account that published it was closed since', async () => {
      const [lapsing, agreed] = [await joint({ urgent: true }), await joint({ urgent: true })];
      for (const id of [lapsing, agreed]) await act('vn.coordinator', id, 'publish');
      const close = (status: string) =>
        superuser.query('update ronda.user_account set status = $2 where id = $1', [
          cast['vn.coordinator']!.id,
          status,
        ]);
      await close('disabled');
      try {
        await act('th.analyst', agreed, 'approve');
        server.clock.advance(60 * MINUTE);
        await work();
      } finally {
        await close('active');
      }
      expect(await state('sg.analyst', agreed)).toBe('published');
      expect(await status('sg.analyst', lapsing)).toBe(404);
    });

    const standing = (as: string) =>
      superuser.query('update ronda.organisation set standing = $2 where id = $1', [cast.stages.vn!.id, as]);
    const accounts = (status: string) =>
      superuser.query(
        `update ronda.user_account u set status = $2 from ronda.organisation o
          where o.key = u.org_key and o.id = $1 and u.status in ('active', 'disabled')`,
        [cast.stages.vn!.id, status],
      );
    it.each([
      ['is suspended', () => standing('suspended'), () => standing('active')],
      ['is retired', () => standing('retired'), () => standing('active')],
      ['has no account that is open', () => accounts('disabled'), () => accounts('active')],
    ])('is withdrawn at its hour, and not before, also where who published it %s', async (_, end, restore) => {
      const id = await joint({ urgent: true, marking: { tlp: 'TLP:CLEAR' }, audience: ['public'] });
      await act('vn.coordinator', id, 'publish');
      const list = `/csaf/${cast.stages.vn!.id}/white/index.txt`;
      expect((await api.as(null).get(list)).text).toContain(id);
      server.clock.advance(59 * MINUTE);
      await end();
      try {
        await work();
        expect(await status('sg.analyst', id)).toBe(200);
        server.clock.advance(MINUTE);
        await work();
        expect(await status('sg.analyst', id)).toBe(404);
        expect((await api.as(null).get(list)).text).not.toContain(id);
        expect((await api.as(null).get(`/advisories/${id}`)).status).toBe(404);
      } finally {
        await restore();
      }
      expect((await as('vn.analyst').get(`advisories/${id}`)).body).toMatchObject({
        state: 'withdrawn',
        withdrawnBecause: 'approvals-missing',
      });
    });

    it('is not settled by who is suspended: it waits for its hour, and is withdrawn then', async () => {
      const [waiting, lapsing] = [await joint({ urgent: true }), await joint({ urgent: true })];
      for (const id of [waiting, lapsing]) await act('vn.coordinator', id, 'publish');
      await standing('suspended');
      try {
        for (const id of [waiting, lapsing]) await act('th.analyst', id, 'approve');
        await work();
        for (const id of [waiting, lapsing]) expect(await state('sg.analyst', id)).toBe('interim');
        await superuser.query(
          `update ronda.advisory set interim_until = interim_until - interval '1 hour' where id = $1`,
          [lapsing],
        );
        await work();
      } finally {
        await standing('active');
      }
      expect((await as('vn.analyst').get(`advisories/${lapsing}`)).body).toMatchObject({
        state: 'withdrawn',
        withdrawnBecause: 'issuer-not-active',
      });
      await work();
      expect(await state('sg.analyst', waiting)).toBe('published');
    });
  });

  describe('release', () => {
    it('goes out at its instant, once, shown with everybody’s local time', async () => {
      const { id } = await approved({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
      const notBefore = inMinutes(120);
      const { body } = await as('vn.coordinator').post(`advisories/${id}/schedule`, { notBefore });
      expect(body).toMatchObject({ state: 'scheduled', schedule: { notBefore } });
      expect(body.schedule.readers.organisations).toMatchObject([
        { id: cast.stages.th!.id, timeZone: expect.any(String), notBeforeLocal: expect.stringMatching(/[+Z]/) },
      ]);
      expect((await patch('vn.analyst', id, { summary: 'Too late.' })).status).toBe(409);
      server.clock.advance(120 * MINUTE - 1);
      await work();
      expect(await status('th.analyst', id)).toBe(404);
      server.clock.advance(1);
      await Promise.all([work(), work(), work()]);
      expect((await as('th.analyst').get(`advisories/${id}`)).body).toMatchObject({
        state: 'published',
        publishedAt: notBefore,
      });
    });

    it('stays approved when its instant is taken back', async () => {
      const { id } = await approved();
      await act('vn.coordinator', id, 'schedule', { notBefore: inMinutes(10) });
      expect((await act('vn.coordinator', id, 'cancel-schedule')).state).toBe('approved');
      server.clock.advance(11 * MINUTE);
      await work();
      expect(await status('th.analyst', id)).toBe(404);
      expect((await as('vn.coordinator').post(`advisories/${id}/schedule`, { notBefore: inMinutes(-1) })).status).toBe(
        400,
      );
    });

    it('is revised: the version that is out stays until the next one is, and both can be compared', async () => {
      const { id } = await published();
      const revised = await act('vn.analyst', id, 'revise', {
        step: 'minor',
        summary: 'Version 4.1 is affected as well.',
      });
      expect(revised).toMatchObject({ state: 'draft', version: '1.1.0' });
      await patch('vn.analyst', id, { body: '## What happens\n\nAn empty password passes, since 4.1.' });
      expect((await as('th.analyst').get(`advisories/${id}`)).body).toMatchObject({
        state: 'published',
        version: '1.0.0',
      });
      expect((await as('th.analyst').get(`advisories/${id}/diff?from=1&to=2`)).status).toBe(400);
      await act('vn.analyst', id, 'submit');
      await act('vn.coordinator', id, 'approve');
      await act('vn.coordinator', id, 'publish');
      expect((await as('th.analyst').get(`advisories/${id}`)).body).toMatchObject({ version: '1.1.0', revision: 2 });
      const versions = (await as('th.analyst').get(`advisories/${id}/versions`)).body.items;
      expect(versions).toMatchObject([
        { version: '1.1.0', state: 'published', summary: 'Version 4.1 is affected as well.' },
        { version: '1.0.0', state: 'revised', summary: null },
      ]);
      const diff = (await as('th.analyst').get(`advisories/${id}/diff?from=1.0.0&to=1.1.0`)).body;
      expect(diff.changes.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/body']);
      expect(diff.bodyDiff).toContain('+An empty password passes, since 4.1.');
      const text = await as('th.analyst').get(`advisories/${id}/markdown?version=1.1.0`);
      expect(text.headers['content-type']).toContain('text/markdown');
      expect(text.text).toContain('# Example Gateway lets anybody in');
      expect(text.text).toContain('- 1.1.0, ');
    });

    it('is withdrawn with a reason: nobody else reads it, and whom it reached is told', async () => {
      const { id } = await published();
      expect(await status('th.analyst', id)).toBe(200);
      expect(await act('vn.coordinator', id, 'withdraw', { reason: 'error' })).toMatchObject({ state: 'withdrawn' });
      expect(await status('th.analyst', id)).toBe(404);
      const { body } = await as('th.analyst').get('tombstones');
      expect(body.items).toContainEqual(expect.objectContaining({ id, reason: 'error' }));
      expect((await as('sg.analyst').get('tombstones')).body.items).not.toContainEqual(expect.objectContaining({ id }));
      expect((await as('th.analyst').post(`tombstones/${id}/confirmation`, { confirmation: 'deleted' })).status).toBe(
        200,
      );
      expect((await as('vn.coordinator').post(`advisories/${id}/publish`)).status).toBe(409);
    });

    it('is acknowledged, and its issuer is reminded of who has not when that is due', async () => {
      const { id } = await published({ acknowledgeWithinHours: 24 });
      const waiting = (await as('th.analyst').get('advisories/review-queue')).body.items as { id: string }[];
      expect(waiting.find((each) => each.id === id)).toMatchObject({
        waitsFor: 'acknowledgement',
        until: inMinutes(24 * 60),
      });
      expect((await act('th.analyst', id, 'acknowledge')).allowedActions).toEqual([]);
      expect((await as('th.coordinator').post(`advisories/${id}/acknowledge`)).status).toBe(409);
      await as('sg.analyst').get(`advisories/${id}`);
      const receipts = (await as('vn.analyst').get(`advisories/${id}/receipts`)).body.items as object[];
      expect(receipts).toHaveLength(2);
      expect(receipts).toContainEqual(
        expect.objectContaining({
          organisation: expect.objectContaining({ id: cast.stages.sg!.id }),
          acknowledgedAt: null,
        }),
      );
      expect((await as('th.analyst').get(`advisories/${id}/receipts`)).status).toBe(403);
      expect((await as('my.analyst').get(`advisories/${(await draft()).id}/receipts`)).status).toBe(404);
    });
  });

  it('are queued as they are shown: the function behind the queue says what the policies say', async () => {
    const seen: string[] = [];
    for (const who of ['vn.analyst', 'vn.second', 'vn.coordinator', 'th.analyst', 'th.coordinator', 'sg.analyst']) {
      const { items } = (await as(who).get('advisories/review-queue').expect(200)).body as {
        items: Record<string, unknown>[];
      };
      for (const { waitsFor, since, until, ...line } of items) {
        const { body: view } = await as(who)
          .get(`advisories/${String(line.id)}`)
          .expect(200);
        const shown = Object.fromEntries(Object.keys(line).map((name) => [name, view[name]]));
        expect([who, line]).toEqual([who, shown]);
        expect([typeof since, until === null || typeof until]).toEqual(['string', until === null || 'string']);
        seen.push(String(waitsFor));
      }
    }
    // What the tests above have left waiting.
    expect([...new Set(seen)].sort()).toEqual(expect.arrayContaining(['acknowledgement', 'release', 'review']));
  });
});
