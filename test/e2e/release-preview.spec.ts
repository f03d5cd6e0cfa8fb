import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast, uuidOf } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

interface Reader {
  name: string;
  people: { displayName: string }[];
}
interface Finding {
  code: string;
  pointer: string;
  offset: number;
  excerpt: string;
}

describe('release, seen before it happens', () => {
  let database: TestDatabase;
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const vn = (role = 'coordinator') => api.as(cast[`vn.${role}`]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const preview = async (id: string, body: object, role = 'coordinator') =>
    (await vn(role).post(`incidents/${id}/release-preview`, body).expect(200)).body;
  const names = (readers: Reader[]): string[] => readers.map(({ name }) => name);
  const who = (readers: Reader[]): string[] =>
    readers.flatMap(({ people }) => people.map(({ displayName }) => displayName)).sort();
  const codes = (findings: Finding[]): string[] => findings.map(({ code }) => code);
  const status = async (player: string, id: string): Promise<number> =>
    (await api.as(cast[player]!).get(`incidents/${id}`)).status;

  /** A group of Viet Nam's with the others in it from the beginning. */
  async function group(...members: string[]): Promise<string> {
    const body = { name: 'Mekong', purpose: 'Phishing', members: members.map((each) => cast.stages[each]!.id) };
    return (await vn().post('sharing-groups', body).expect(201)).body.id as string;
  }
  async function joins(id: string, newcomer: string): Promise<void> {
    const { id: organisationId } = cast.stages[newcomer]!;
    await vn().post(`sharing-groups/${id}/members`, { organisation: organisationId }).expect(201);
    await api
      .as(cast[`${newcomer}.coordinator`]!)
      .post(`sharing-groups/${id}/members/${organisationId}/accept`)
      .expect(200);
    server.clock.advance(73 * 3_600_000);
    await vn().post(`sharing-groups/${id}/members/${organisationId}/admit`).expect(200);
  }

  describe('who would read it', () => {
    it('names organisations and people, with their number, and nothing is released by looking', async () => {
      const { id } = await submitted(vn());
      const seen = await preview(id, release('TLP:AMBER', [organisation('th'), organisation('jp')]));
      expect(seen.readers).toMatchObject({
        organisationCount: 2,
        peopleCount: 4,
        isPublic: false,
        isRelayed: false,
        isComplete: true,
      });
      expect(names(seen.readers.organisations)).toEqual(['JP CERT', 'TH CERT']);
      expect(who(seen.readers.organisations)).toEqual(['jp.analyst', 'th.analyst', 'th.coordinator', 'th.second']);
      expect(seen.decision).toEqual({ may: 'now', why: null, confirmers: [] });
      expect(seen.change).toMatchObject({ since: null, marking: 'first', hasNewContent: true, losses: [] });
      expect(names(seen.change.gains)).toEqual(['JP CERT', 'TH CERT']);
      expect(await status('th.analyst', id)).toBe(404);
    });

    it.each([
      ['community', 'TLP:GREEN'],
      ['partners', 'TLP:GREEN'],
      ['public', 'TLP:CLEAR'],
      ['group', 'TLP:AMBER'],
      ['organisations', 'TLP:AMBER'],
      ['user', 'TLP:RED'],
    ])('is who then reads it, of all that the directory shows: %s', async (audience, tlp) => {
      const { id } = await submitted(vn(), { marking: { tlp } });
      const named = {
        community: ['community'],
        partners: ['partners'],
        public: ['public'],
        group: [{ group: await group('th', 'my') }],
        organisations: [organisation('ph'), organisation('sg'), organisation('bank')],
        user: [{ user: cast['th.analyst']!.id }, { user: cast['vn.analyst']!.id }],
      }[audience]!;
      const seen = await preview(id, release(tlp, named));
      await vn().post(`incidents/${id}/release`, { ...release(tlp, named), previewToken: seen.token });
      if (seen.decision.may === 'with-second-person')
        await vn('second').post(`incidents/${id}/release/confirm`).expect(200);
      const shown = new Set<string>(who(seen.readers.organisations));
      const wholes = new Set(
        (seen.readers.organisations as (Reader & { isWhole: boolean })[]).flatMap(({ name, isWhole }) =>
          isWhole ? [name] : [],
        ),
      );
      for (const player of Object.keys(cast).flatMap((name) => (name.includes('.') ? [cast[name]!] : []))) {
        const { organisation: stage, roles } = player;
        if (stage.name === 'vn' && audience !== 'user') continue;
        const reads = (await status(player.name, id)) === 200;
        const isListed =
          shown.has(player.name) || (wholes.has(`${stage.name.toUpperCase()} CERT`) && roles[0] !== 'admin');
        // A constituent of another CERT reads by a switch that is that CERT's to know.
        const isBeyond = stage.name === 'telco';
        const isAuthor = player.name === 'vn.coordinator';
        if (!isBeyond && !isAuthor) expect([player.name, isListed]).toEqual([player.name, reads]);
      }
      expect(seen.readers.isRelayed).toBe(['community', 'partners'].includes(audience));
    });

    it('resolves a duty role to the persons who are on duty', async () => {
      await superuser.query(
        `insert into ronda.duty_assignment (id, org_key, duty_role, user_key, position, starts_at)
         values ($1, $2, 'incident-lead', $3, 'primary', '2026-01-01')`,
        [uuidOf('duty of th'), cast.stages.th!.key, cast['th.analyst']!.key],
      );
      const { id } = await submitted(vn(), { marking: { tlp: 'TLP:RED' } });
      const duty = release('TLP:RED', [{ dutyRole: { ...organisation('th'), role: 'incident-lead' } }]);
      const seen = await preview(id, duty);
      expect(seen.readers.organisations).toMatchObject([
        { name: 'TH CERT', isWhole: false, people: [{ displayName: 'th.analyst' }] },
      ]);
      await superuser.query('update ronda.duty_assignment set user_key = $1 where id = $2', [
        cast['th.second']!.key,
        uuidOf('duty of th'),
      ]);
      const late = await vn().post(`incidents/${id}/release`, { ...duty, previewToken: seen.token });
      expect([late.status, late.body.changed, late.body.readersGone]).toEqual([409, ['readers'], 1]);
      expect(who(late.body.newReaders)).toEqual(['th.second']);
    });

    it('says from whom it is taken, and to whom it is new', async () => {
      const { id } = await submitted(vn());
      await vn()
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th'), organisation('sg')]))
        .expect(200);
      const seen = await preview(id, release('TLP:AMBER+STRICT', [organisation('sg'), organisation('id')]));
      expect([names(seen.change.gains), names(seen.change.losses)]).toEqual([['ID CERT'], ['TH CERT']]);
      expect([seen.change.marking, seen.change.hasNewContent]).toEqual(['narrower', false]);
    });

    it('says who has to confirm, and who may not ask at all', async () => {
      const { id } = await submitted(vn());
      const green = release('TLP:GREEN', ['community']);
      const seen = await preview(id, green);
      expect(seen.decision.may).toBe('with-second-person');
      expect(who([{ name: '', people: seen.decision.confirmers }])).toEqual(['vn.analyst', 'vn.second']);
      expect((await preview(id, green, 'analyst')).decision).toMatchObject({
        may: 'no',
        why: expect.stringContaining('coordinator'),
      });
    });

    it('is for the owner’s side alone: a reader is refused, and whoever does not read finds nothing', async () => {
      const { id } = await submitted(vn());
      await vn()
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th')]))
        .expect(200);
      const ask = (player: string) =>
        api.as(cast[player]!).post(`incidents/${id}/release-preview`, release('TLP:AMBER', [organisation('sg')]));
      expect([(await ask('th.coordinator')).status, (await ask('sg.coordinator')).status]).toEqual([403, 404]);
    });
  });

  describe('its token', () => {
    it('lets through what was seen, and refuses what became of it, saying what that is', async () => {
      const mekong = await group('th');
      const { id } = await submitted(vn());
      const order = release('TLP:AMBER', [{ group: mekong }]);
      const seen = await preview(id, order);
      await joins(mekong, 'sg');
      const late = await vn().post(`incidents/${id}/release`, { ...order, previewToken: seen.token });
      expect(late.status).toBe(409);
      expect(late.body).toMatchObject({
        type: 'urn:ronda:problem:preview-outdated',
        changed: ['readers'],
        readersGone: 0,
        newReaders: [{ name: 'SG CERT' }],
        preview: { readers: { organisationCount: 2 } },
      });
      expect(await status('th.analyst', id)).toBe(404);
      await vn()
        .post(`incidents/${id}/release`, { ...order, previewToken: late.body.preview.token })
        .expect(200);
      expect([await status('th.analyst', id), await status('sg.analyst', id)]).toEqual([200, 200]);
    });

    it('is outdated by an edit, by other terms, and by a network of one’s own that the text names', async () => {
      const { id } = await submitted(vn(), { description: 'Seen at www.ministry.example and 203.0.113.7.' });
      const order = release('TLP:AMBER', [organisation('th')]);
      const changed = async (body: object, token: string) =>
        (await vn().post(`incidents/${id}/release`, { ...body, previewToken: token })).body.changed;
      const first = await preview(id, order);
      expect(first.findings).toEqual([]);
      expect(await changed(release('TLP:AMBER', [organisation('sg')]), first.token)).toEqual(['terms', 'readers']);
      await api
        .as(cast['vn.admin']!)
        .post(`organisations/${cast.stages.vn!.id}/networks`, { value: 'ministry.example' })
        .expect(201);
      expect(await changed(order, first.token)).toEqual(['findings']);
      const second = await preview(id, order);
      expect(second.findings).toMatchObject([
        { code: 'own-network', pointer: '/description', offset: 8, excerpt: 'www.ministry.example' },
      ]);
      await vn('analyst').patch(`incidents/${id}`, { sector: 'energy' });
      expect(await changed(order, second.token)).toEqual(['record']);
      await vn()
        .post(`incidents/${id}/release`, { ...order, previewToken: (await preview(id, order)).token })
        .expect(200);
    });

    it('of another shape is no token', async () => {
      const { id } = await submitted(vn());
      const refused = await vn().post(`incidents/${id}/release`, {
        ...release('TLP:AMBER', [organisation('th')]),
        previewToken: 'v0.abc',
      });
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/previewToken']);
    });

    it('is asked of the second person as well, who sees the preview of what waits', async () => {
      const { id } = await submitted(vn());
      await vn()
        .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
        .expect(202);
      expect((await vn('second').get(`incidents/${id}/release-preview`).expect(200)).body.decision.may).toBe(
        'with-second-person',
      );
      const newcomer = `update ronda.organisation set standing = $1 where country = 'LA'`;
      await superuser.query(newcomer, ['active']);
      const late = await vn('second').post(`incidents/${id}/release/confirm`);
      expect([late.status, late.body.changed]).toEqual([409, ['readers']]);
      expect(names(late.body.newReaders)).toEqual(['LA CERT']);
      const now = (await vn('second').get(`incidents/${id}/release-preview`).expect(200)).body;
      await vn('second').post(`incidents/${id}/release/confirm`, { previewToken: now.token }).expect(200);
      await superuser.query(newcomer, ['applicant']);
      expect((await vn('second').get(`incidents/${id}/release-preview`)).status).toBe(404);
    });

    it('goes to those that it was asked for: who joins a group while it waits is told, and not read to', async () => {
      const mekong = await group('th');
      const { id } = await submitted(vn());
      const order = release('TLP:GREEN', [{ group: mekong }]);
      await vn().post(`incidents/${id}/release`, order).expect(202);
      await joins(mekong, 'id');
      const late = await vn('second').post(`incidents/${id}/release/confirm`);
      expect([late.status, late.body.changed]).toEqual([409, ['contradictions']]);
      expect(late.body.preview.contradictions).toMatchObject([{ code: 'audience-moved' }]);
      await vn('second').post(`incidents/${id}/release/confirm`, { previewToken: late.body.preview.token }).expect(200);
      expect([await status('th.analyst', id), await status('id.analyst', id)]).toEqual([200, 404]);
    });
  });

  describe('what pulls apart, and what the text betrays', () => {
    it('names contradictions, and which of them would be refused', async () => {
      const { id } = await submitted(vn());
      const seen = await preview(id, { marking: { tlp: 'TLP:GREEN', pap: 'PAP:RED' }, audience: ['public'] });
      expect(seen.contradictions).toMatchObject([
        { code: 'audience-beyond-marking', pointer: '/audience/0', isRefused: true },
        { code: 'marking-and-pap', pointer: '/marking/pap', isRefused: false },
      ]);
    });

    it('does not go further than what it stems from without saying so', async () => {
      const th = api.as(cast['th.coordinator']!);
      const source = await submitted(th);
      await th.post(`incidents/${source.id}/release`, release('TLP:AMBER+STRICT', [organisation('vn')])).expect(200);
      const { id } = await submitted(vn());
      await vn().post(`incidents/${id}/related`, { incident: source.id, kind: 'part-of' }).expect(201);
      const seen = await preview(id, release('TLP:AMBER', [organisation('sg')]));
      expect(seen.contradictions).toMatchObject([{ code: 'wider-than-source', pointer: '/marking/tlp' }]);
      const narrow = await preview(id, release('TLP:AMBER+STRICT', [organisation('sg')]));
      expect(narrow.contradictions).toEqual([]);
    });

    it('finds what the record and its comments say, each by its place', async () => {
      const { id } = await submitted(vn(), {
        title: 'TLP:RED ข้อมูลของ somchai@mail.example',
        description: 'From 10.1.2.3, card 4111 1111 1111 1111. Attributed to North Korea.',
        fraud: { modus: 'Call +84 912 345 678', instruments: [{ type: 'bank-account', value: '0123456789' }] },
      });
      const said = await vn().post(`incidents/${id}/comments`, { body: 'Ask dc01.corp.local' }).expect(201);
      await vn().post(`incidents/${id}/comments`, { body: 'Ask dc02.corp.local', audience: 'owner' }).expect(201);
      const { findings } = await preview(id, release('TLP:AMBER', [organisation('th')]));
      expect(findings.map(({ code, pointer, offset, excerpt }: Finding) => [code, pointer, offset, excerpt])).toEqual([
        ['other-marking', '/title', 0, 'TLP:RED'],
        ['email-address', '/title', 18, 'somchai@mail.example'],
        ['private-address', '/description', 5, '10.1.2.3'],
        ['payment-card', '/description', 20, '4111 1111 1111 1111'],
        ['state-attribution', '/description', 41, 'Attributed to North Korea'],
        ['phone-number', '/fraud/modus', 5, '+84 912 345 678'],
        ['internal-host', `/comments/${said.body.id}/body`, 4, 'dc01.corp.local'],
      ]);
    });

    it('warns an author who means to stay unnamed, although it cannot be released yet', async () => {
      const filed = await vn().post(
        'incidents',
        filing({ authorship: 'anonymous', language: 'vi', title: 'Seen by VN CERT and vn.second in Vietnam' }),
      );
      await vn().post(`incidents/${filed.body.id}/submit`).expect(200);
      const seen = await preview(filed.body.id, release('TLP:AMBER', [organisation('th')]));
      expect(seen.decision.may).toBe('no');
      expect(codes(seen.findings)).toEqual([
        'author-name',
        'author-staff',
        'author-country',
        'author-language',
        'author-currency',
        'author-country',
      ]);
    });
  });
});
