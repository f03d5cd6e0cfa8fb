import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/** A Python that has `requirements.txt` installed. */
const python = process.env.RONDA_INTEROP_PYTHON ?? 'python3';
const client = path.join(import.meta.dirname, 'pymisp_client.py');
const isHere = spawnSync(python, [client, '--check']).status === 0;

/** A call of PyMISP with what became of it. */
type Outcome = [call: string, outcome: string];

async function run(address: string, input: object): Promise<{ calls: Outcome[]; facts: Record<string, unknown> }> {
  const child = spawn(python, [client, address]);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(JSON.stringify(input));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { calls: Outcome[]; facts: Record<string, unknown> };
}

/** The uuid of the event that the client files. */
const EVENT = 'c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f21';
const BUNDLE = {
  type: 'bundle',
  id: 'bundle--5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b11',
  objects: [
    {
      type: 'incident',
      spec_version: '2.1',
      id: 'incident--5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b12',
      created: '2026-11-20T02:10:00.000Z',
      modified: '2026-11-20T02:10:00.000Z',
      name: 'Uploaded with PyMISP',
    },
  ],
};

if (!isHere)
  describe('PyMISP', () => {
    it.skip(`is not installed for ${python}: see requirements.txt, or set RONDA_INTEROP_PYTHON`, () => undefined);
  });
else
  describe('PyMISP, unmodified', () => {
    let server: TestApp;
    let cast: Cast;
    let outcomes: Outcome[];
    let facts: Record<string, unknown>;

    beforeAll(async () => {
      const database = await createTestDatabase();
      cast = await assembleCast(database.superuserUrl);
      server = await startTestApp(database);
      const group = { name: 'Cross-border', purpose: 'Phishing', members: [cast.stages.th!.id] };
      await new Api(server.url).as(cast['vn.coordinator']!).post('sharing-groups', group).expect(201);
      const ran = await run(`${server.url}/misp/`, {
        owner: cast['vn.coordinator']!.token,
        second: cast['vn.second']!.token,
        reader: cast['th.analyst']!.token,
        organisation: cast.stages.th!.id,
        bundle: BUNDLE,
      });
      ({ calls: outcomes, facts } = ran);
      if (process.env.RONDA_INTEROP_SHOW) console.log(JSON.stringify(ran, null, 1));
    });
    afterAll(() => server.close());

    it('is here for what docs/misp.md says of each call, and for nothing else', () => {
      const page = readFileSync(path.join(import.meta.dirname, '../../docs/misp.md'), 'utf8');
      const [, table = ''] = page.split(`## PyMISP ${String(facts.client)}`);
      const said = table
        .split('\n## ')[0]!
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').slice(1, 3))
        .map(([call = '', outcome = '']) => [call.trim().replace(/^`([^`]*)`/, '$1'), outcome.trim()]);
      expect(outcomes).toEqual(said);
      expect(outcomes.filter(([, outcome]) => outcome === 'works').length).toBeGreaterThan(80);
    });

    it('files, reads, changes and finds again by number', () => {
      expect(facts).toMatchObject({
        made: [EVENT, 'Filed with PyMISP', false, ['as a colleague wrote', 'login-bank.example']],
        'known again': 409,
        exists: true,
        'exists for the reader': false,
        'by number': EVENT,
        changed: ['Filed and changed with PyMISP', 2],
        events: [EVENT],
      });
    });

    it('changes attributes and objects', () => {
      expect(facts).toMatchObject({
        both: ['one.example', 'two.example'],
        'a second time': 409,
        'the same again': true,
        'attribute exists': true,
        comment: 'Seen by us too',
        gone: false,
        object: ['file', ['a'.repeat(64), 'invoice.exe']],
        'object exists': true,
        'object changed': ['From the mail', 3],
        objects: ['file'],
        proposals: [],
        'proposals of it': [],
      });
    });

    it('tags, publishes to a group, and asks a second person for the community', () => {
      const marked = ['PAP:GREEN', 'rsit:fraud="phishing"', 'tlp:amber'];
      expect(facts).toMatchObject({
        tags: [...marked, 'campaign:name="lotus"'].sort(),
        'tags after': marked,
        'tags found': ['tlp:clear', 'tlp:green', 'tlp:amber', 'tlp:amber+strict', 'tlp:red'],
        groups: ['Cross-border'],
        group: 'Cross-border',
        'group exists': true,
        published: true,
        read: true,
        waits: [false, true],
        'read after': false,
      });
    });

    it('sights, by uuid, by value and by number', () => {
      expect(facts).toMatchObject({
        sighted: 'Gateway',
        sightings: ['Gateway', 'Proxy'],
        'sightings of it': ['Gateway'],
      });
    });

    it('finds the event by each filter, and by none that does not mean it', () => {
      const searches = Object.entries(facts).filter(([name]) => name.startsWith('search ('));
      expect(searches.length).toBeGreaterThan(15);
      for (const [name, found] of searches) expect([name, found]).toEqual([name, name.includes('not') ? [] : [true]]);
      expect(facts).toMatchObject({
        attributes: ['203.0.113.9'],
        csv: ['203.0.113.9'],
        text: '203.0.113.9\n',
        stix2: expect.arrayContaining(['incident', 'indicator', 'ipv4-addr', 'report']),
        index: [true],
        'index by attribute': [true],
      });
    });

    it('takes text and STIX in', async () => {
      expect(facts.freetext).toEqual([
        ['ip-dst', '203.0.113.77'],
        ['url', 'http://three.example/in'],
      ]);
      expect(facts.upload_stix).toMatchObject({ saved: true, incidents: [{ status: 'filed' }] });
      const { body } = await new Api(server.url).as(cast['vn.coordinator']!).get('incidents').expect(200);
      expect(body.items.map(({ title }: { title: string }) => title)).toContain('Uploaded with PyMISP');
    });

    it('sees whom Ronda lets it see', () => {
      expect(facts).toMatchObject({
        users: ['vn.admin', 'vn.analyst', 'vn.coordinator', 'vn.organiser', 'vn.second'],
        organisation: 'TH CERT',
        'organisation exists': true,
        warned: ['10.0.0.1', 'shop.example'],
      });
    });
  });
