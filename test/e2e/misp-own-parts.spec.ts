import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const uuid = (nth: number): string => `c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f${String(nth).padStart(4, '0')}`;
const GROUP = { uuid: uuid(9000), name: 'Some of us' };
const AMONG_SOME = { distribution: '4', sharing_group_id: '7', SharingGroup: GROUP };
const RED = [{ name: 'tlp:red' }];

type Json = Record<string, unknown>;

/**
 * An event with each kind of part twice: once for its owner alone, whose texts say `hidden…`, and once for all who read it.
 * Whatever holds the word and comes out to somebody else has leaked.
 */
const event = (nth: number, overrides: object = {}): Json => {
  const id = (part: number): string => uuid(nth * 100 + part);
  const [ownDomain, openObject, ownObject, note] = [id(3), id(5), id(7), id(8)];
  return {
    uuid: id(0),
    info: `Bank phishing wave ${nth}`,
    date: '2026-11-20',
    distribution: '1',
    threat_level_id: '2',
    analysis: '1',
    Tag: [{ name: 'tlp:green' }, { name: 'misp-galaxy:mitre-attack-pattern="hidden cluster - T1566"' }],
    Galaxy: [
      {
        name: 'hidden galaxy',
        GalaxyCluster: [
          {
            value: 'hidden cluster',
            tag_name: 'misp-galaxy:mitre-attack-pattern="hidden cluster - T1566"',
            distribution: '0',
            meta: { external_id: ['T1566'] },
          },
        ],
      },
    ],
    Attribute: [
      { uuid: id(1), type: 'link', value: `https://open${nth}.example/report`, comment: 'public write-up' },
      {
        uuid: id(2),
        type: 'link',
        category: 'Internal reference',
        value: 'https://jira.hidden.example/VICTIM-7',
        comment: 'victim is hidden Bank X',
        distribution: '0',
      },
      {
        uuid: ownDomain,
        type: 'domain',
        value: 'hidden-c2.example',
        distribution: '0',
        Sighting: [{ uuid: note, type: '0', date_sighting: '1763606400', source: 'hidden sensor' }],
        ShadowAttribute: [{ type: 'domain', value: 'hidden-proposal.example' }],
      },
      { uuid: id(4), type: 'link', value: 'https://red.hidden.example/', comment: 'hidden too', Tag: RED },
      // The same value is open elsewhere: what is said of it here is not.
      { uuid: id(20), type: 'domain', value: `shared${nth}.example`, comment: 'hidden comment', distribution: '0' },
      { uuid: id(21), type: 'domain', value: `shared${nth}.example` },
      { uuid: id(22), type: 'link', value: 'https://group.hidden.example/', comment: 'hidden', ...AMONG_SOME },
      {
        uuid: id(23),
        type: 'link',
        value: 'https://odd.hidden.example/',
        comment: 'hidden',
        Tag: [{ name: 'tlp:ex:chr' }],
      },
      {
        uuid: id(24),
        type: 'text',
        value: 'an open text',
        Note: [
          { uuid: id(25), note: 'hidden analyst note', distribution: '0' },
          { uuid: id(26), note: 'an open note', distribution: '3' },
        ],
      },
    ],
    Object: [
      {
        uuid: openObject,
        name: 'domain-ip',
        Attribute: [
          { uuid: id(30), type: 'domain', object_relation: 'domain', value: `open${nth}.example` },
          {
            uuid: id(31),
            type: 'ip-dst',
            object_relation: 'ip',
            value: '203.0.113.66',
            comment: 'hidden host',
            distribution: '0',
          },
          { uuid: id(32), type: 'text', object_relation: 'text', value: 'hidden words', ...AMONG_SOME },
        ],
        ObjectReference: [
          {
            uuid: id(33),
            referenced_uuid: ownDomain,
            relationship_type: 'hidden-relation',
            comment: 'hidden',
            Attribute: { uuid: ownDomain, type: 'domain', value: 'hidden-c2.example', distribution: '0' },
          },
          { uuid: id(34), referenced_uuid: ownObject, relationship_type: 'hidden-too' },
          { uuid: id(35), referenced_uuid: id(24), relationship_type: 'described-by' },
        ],
      },
      {
        uuid: ownObject,
        name: 'credit-card',
        distribution: '0',
        Attribute: [{ uuid: id(36), type: 'cc-number', object_relation: 'cc-number', value: 'hidden card' }],
      },
      {
        uuid: id(37),
        name: 'course-of-action',
        Attribute: [
          { uuid: id(38), type: 'text', object_relation: 'name', value: 'Block it' },
          { uuid: id(39), type: 'text', object_relation: 'description', value: 'hidden rule', distribution: '0' },
        ],
      },
      {
        uuid: id(40),
        name: 'ronda-incident',
        distribution: '0',
        Attribute: [
          { uuid: id(41), type: 'text', object_relation: 'fraud.modus', value: 'hidden modus' },
          { uuid: id(42), type: 'text', object_relation: 'externalReferences.0.source', value: 'hidden source' },
          { uuid: id(43), type: 'text', object_relation: 'externalReferences.0.id', value: 'hidden ticket' },
        ],
      },
    ],
    EventReport: [
      { uuid: id(50), name: 'Description', content: 'hidden: internal only', distribution: '0' },
      { uuid: id(51), name: 'Description', content: `What everybody may know of wave ${nth}`, distribution: '5' },
      { uuid: id(52), name: 'Interview', content: 'hidden: with the victim', ...AMONG_SOME },
      { uuid: id(53), name: 'Analysis', content: 'hidden: red', Tag: RED },
      { uuid: id(54), name: 'Outlook', content: 'It will go on', Note: [{ note: 'hidden doubt', distribution: '0' }] },
    ],
    Sighting: [{ uuid: id(60), attribute_uuid: ownDomain, type: '0', source: 'hidden witness' }],
    RelatedAttribute: { [ownDomain]: [{ value: 'hidden-c2.example', info: 'hidden correlation' }] },
    ...overrides,
  };
};

const TAXII = 'application/taxii+json;version=2.1';

describe('a part of a MISP event that is for its owner alone', () => {
  let app: TestApp;
  let cast: Cast;
  let vn: Caller;
  let second: Caller;
  let th: Caller;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    app = await startTestApp(database);
    const api = new Api(app.url);
    vn = api.as(cast['vn.coordinator']!);
    second = api.as(cast['vn.second']!);
    th = api.as(cast['th.coordinator']!);
  });
  afterAll(() => app.close());

  const post = async (who: Caller, call: string, body: object = {}): Promise<Json> =>
    (await who.post(`/misp/${call}`, body).expect(200)).body as Json;
  const eventOf = async (who: Caller, id: string): Promise<Json> =>
    ((await who.get(`/misp/events/view/${id}`).expect(200)).body as { Event: Json }).Event;
  const publish = async (id: string): Promise<void> => {
    await post(vn, `events/publish/${id}`);
    expect(await post(second, `events/publish/${id}`)).toMatchObject({ published: true });
  };
  const recordOf = async (who: Caller, info: string): Promise<{ id: string } & Json> => {
    const { items } = (await who.get('incidents?limit=100').expect(200)).body as { items: ({ id: string } & Json)[] };
    return items.find(({ title }) => title === info)!;
  };

  /** All that a reader is told of the event, by whatever way out. */
  const told = async (who: Caller, info: string): Promise<Record<string, string>> => {
    const { id } = await recordOf(who, info);
    const taxii = async (address: string): Promise<string> =>
      (await who.get(`/taxii2/live/${address}`).set('accept', TAXII)).text;
    const collections = JSON.parse(await taxii('collections/')) as { collections: { id: string; can_read: boolean }[] };
    const objects = collections.collections
      .filter(({ can_read: isRead }) => isRead)
      .map(({ id: collection }) => taxii(`collections/${collection}/objects/?limit=1000`));
    const misp = (call: string, body: object): Promise<string> =>
      who.post(`/misp/${call}`, body).then(({ text }) => text);
    const search = { returnFormat: 'json', limit: 100, page: 1 };
    return {
      view: (await who.get(`incidents/${id}`).expect(200)).text,
      list: (await who.get('incidents').expect(200)).text,
      observables: (await who.get(`incidents/${id}/observables`).expect(200)).text,
      comments: (await who.get(`incidents/${id}/comments`).expect(200)).text,
      stix: (await who.get(`incidents/${id}/export?format=stix`).expect(200)).text,
      mispFile: (await who.get(`incidents/${id}/export?format=misp`).expect(200)).text,
      mispFiles: (await who.get('incidents/export?format=misp').expect(200)).text,
      misp: JSON.stringify(await eventOf(who, id)),
      events: await misp('events/restSearch', search),
      attributes: await misp('attributes/restSearch', search),
      csv: await misp('attributes/restSearch', { ...search, returnFormat: 'csv' }),
      bundle: await misp('events/restSearch', { ...search, returnFormat: 'stix2' }),
      sightings: await misp('sightings/listSightings', { context: 'event', id }),
      taxii: (await Promise.all(objects)).join('\n'),
    };
  };
  const leaks = (ways: Record<string, string>, words = /hidden|T1566|203\.0\.113\.66/i): string[] =>
    Object.entries(ways).flatMap(([way, text]) => {
      const found = new RegExp(`.{0,60}(${words.source}).{0,20}`, 'i').exec(text);
      return found ? [`${way}: ${found[0]}`] : [];
    });
  /** What came, wherever it stands: not how the service dresses it. */
  const expectWhole = (went: Json, came: Json): void => {
    for (const name of ['Attribute', 'Object', 'EventReport', 'Galaxy', 'Tag'])
      if (came[name] !== undefined)
        expect((went[name] as Json[]).filter((each) => each.name !== 'ronda-incident')).toEqual(
          expect.arrayContaining(
            (came[name] as Json[]).filter((each) => each.name !== 'ronda-incident').map((each) => withParts(each)),
          ),
        );
  };
  const withParts = (part: Json): unknown =>
    expect.objectContaining({
      ...part,
      ...(Array.isArray(part.Attribute) && { Attribute: (part.Attribute as Json[]).map(withParts) }),
      ...(Array.isArray(part.Tag) && { Tag: (part.Tag as Json[]).map((tag) => expect.objectContaining(tag)) }),
    });

  it('is told to no reader by any way out, and comes back whole to its owner', async () => {
    const came = event(1);
    await post(vn, 'events/add', came);
    const filed = await recordOf(vn, String(came.info));
    expect(filed).toMatchObject({ techniques: [], externalReferences: [{ url: 'https://open1.example/report' }] });
    const view = (await vn.get(`incidents/${filed.id}`).expect(200)).body as Json;
    expect(view).toMatchObject({ description: 'What everybody may know of wave 1', fraud: null });
    await publish(String(came.uuid));
    const ways = await told(th, String(came.info));
    expect(leaks(ways)).toEqual([]);
    // What is open is there, so that nothing is hidden by being lost.
    expect(ways.misp).toMatch(/an open text.*|open1\.example/);
    for (const said of ['public write-up', 'an open text', 'an open note', 'described-by', 'It will go on', 'Block it'])
      expect(ways.misp).toContain(said);
    expect(ways.stix).toContain('https://open1.example/report');
    expect(ways.taxii).toContain('What everybody may know of wave 1');
    for (const word of ['hidden', '"VICTIM-7"', 'T1566', 'jira.hidden.example'])
      expect((await th.get('search').query({ q: word }).expect(200)).body.items).toEqual([]);
    for (const part of [102, 103, 107, 132]) {
      await th.get(`/misp/attributes/view/${uuid(part)}`).expect(404);
      await vn.get(`/misp/${part === 107 ? 'objects' : 'attributes'}/view/${uuid(part)}`).expect(200);
    }
    const own = await eventOf(vn, String(came.uuid));
    expectWhole(own, came);
    // Nothing was changed: Ronda adds nothing of its own.
    expect((own.Object as Json[]).map(({ name }) => name)).not.toContain('ronda-incident');
  });

  it('neither when it is added, edited or narrowed later', async () => {
    const open = {
      uuid: uuid(200),
      info: 'Wave 2',
      distribution: '1',
      Tag: [{ name: 'tlp:green' }],
      Attribute: [
        { uuid: uuid(201), type: 'link', value: 'https://later.hidden.example/', comment: 'not yet hidden' },
        { uuid: uuid(202), type: 'domain', value: 'stays.example' },
      ],
      EventReport: [{ uuid: uuid(203), name: 'Description', content: 'not yet hidden description' }],
    };
    await post(vn, 'events/add', open);
    const { id } = await recordOf(vn, 'Wave 2');
    const said = async (): Promise<Json> => (await vn.get(`incidents/${id}`).expect(200)).body as Json;
    expect(await said()).toMatchObject({ description: 'not yet hidden description' });

    const ticket = { source: 'ticket', id: 'VN-2026-118' };
    const references = (await said()).externalReferences as Json[];
    const withTicket = { externalReferences: [...references, ticket] };
    expect((await vn.patch(`incidents/${id}`, withTicket)).status).toBe(200);

    await post(vn, `attributes/edit/${uuid(201)}`, { distribution: '0' });
    const link = { uuid: uuid(204), type: 'link', value: 'https://added.hidden.example/', distribution: '0' };
    await post(vn, `attributes/add/${open.uuid}`, link);
    await post(vn, `attributes/add/${open.uuid}`, { uuid: uuid(205), type: 'link', value: 'https://open2.example/' });
    await post(vn, `attributes/add/${open.uuid}`, { uuid: uuid(206), type: 'domain', value: 'red-hidden.example' });
    await post(vn, 'tags/attachTagToObject', { uuid: uuid(206), tag: 'tlp:red' });
    const report = { uuid: uuid(207), name: 'Interview', content: 'hidden interview', distribution: '0' };
    await post(vn, `eventReports/add/${open.uuid}`, report);
    const thing = {
      uuid: uuid(208),
      name: 'domain-ip',
      Attribute: [
        { uuid: uuid(209), type: 'domain', object_relation: 'domain', value: 'object.example' },
        { uuid: uuid(210), type: 'ip-dst', object_relation: 'ip', value: '203.0.113.66', ...AMONG_SOME },
      ],
    };
    await post(vn, `objects/add/${open.uuid}`, thing);
    // As PyMISP edits: the whole event, as it was shown, with one thing changed.
    const shown = await eventOf(vn, open.uuid);
    const reports = (shown.EventReport as Json[]).map((each) =>
      each.name === 'Description' ? { ...each, distribution: '0' } : each,
    );
    await post(vn, `events/edit/${open.uuid}`, { ...shown, EventReport: reports });
    expect(await said()).toMatchObject({
      description: null,
      // What MISP has no word for, stays.
      externalReferences: [expect.objectContaining(ticket), expect.objectContaining({ url: 'https://open2.example/' })],
    });
    await publish(open.uuid);
    const ways = await told(th, 'Wave 2');
    expect(leaks(ways)).toEqual([]);
    for (const value of ['stays.example', 'object.example', 'https://open2.example/'])
      expect(ways.misp).toContain(value);
    const own = await eventOf(vn, open.uuid);
    for (const part of [link, report, thing, { ...open.EventReport[0], distribution: '0' }])
      expect(JSON.stringify(own)).toContain(part.uuid);
    expect(JSON.stringify(own)).toContain('not yet hidden description');
    expect(JSON.stringify(own)).toContain('https://later.hidden.example/');

    // Said in Ronda, a description takes nothing from what its owner keeps for itself.
    expect((await vn.patch(`incidents/${id}`, { description: 'For all of us' })).status).toBe(200);
    await post(vn, `attributes/add/${open.uuid}`, { uuid: uuid(211), type: 'text', value: 'one more' });
    const after = JSON.stringify(await eventOf(vn, open.uuid));
    for (const text of ['For all of us', 'not yet hidden description', 'hidden interview', 'one more'])
      expect(after).toContain(text);
    // And what is opened, goes with the record again.
    const reach = async (): Promise<unknown> => {
      const { items } = (await vn.get(`incidents/${id}/observables`).expect(200)).body as { items: Json[] };
      return items.find(({ value }) => value === 'red-hidden.example')?.audience;
    };
    expect(await reach()).toBe('owner');
    await post(vn, 'tags/removeTagFromObject', { uuid: uuid(206), tag: 'tlp:red' });
    expect(await reach()).toBe('readers');
    await post(vn, `attributes/edit/${uuid(201)}`, { distribution: '5' });
    expect(await said()).toMatchObject({
      description: 'For all of us',
      externalReferences: expect.arrayContaining([expect.objectContaining({ url: 'https://later.hidden.example/' })]),
    });
  });

  it('nor by a file that its owner takes out, which somebody else brings in', async () => {
    const came = event(3);
    await post(vn, 'events/add', came);
    const { id } = await recordOf(vn, String(came.info));
    // Changed in Ronda: the file then has Ronda's own object.
    expect((await vn.patch(`incidents/${id}`, { sector: 'finance' })).status).toBe(200);
    const file = (await vn.get(`incidents/${id}/export?format=misp`).expect(200)).body as { Event: Json };
    expectWhole(file.Event, came);
    const facts = (file.Event.Object as Json[]).filter(({ name }) => name === 'ronda-incident');
    expect(facts).toHaveLength(1);
    expect(JSON.stringify(facts)).not.toMatch(/hidden/);
    const sg = new Api(app.url).as(cast['sg.coordinator']!);
    await sg.post('imports?format=misp', file).expect(200);
    const { items } = (await sg.get('incidents?limit=100').expect(200)).body as { items: ({ id: string } & Json)[] };
    const taken = items.find(({ title }) => title === came.info)!;
    const view = (await sg.get(`incidents/${taken.id}`).expect(200)).text;
    expect(leaks({ view })).toEqual([]);
    expect(JSON.parse(view)).toMatchObject({ sector: 'finance', description: 'What everybody may know of wave 3' });
  });
});
