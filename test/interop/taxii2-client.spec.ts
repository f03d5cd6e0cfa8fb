import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Api } from '../support/api.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/** A Python that has `requirements.txt` installed. */
const python = process.env.RONDA_INTEROP_PYTHON ?? 'python3';
const client = path.join(import.meta.dirname, 'taxii2_client.py');
const isHere = spawnSync(python, [client, '--check']).status === 0;
const ATTACK = path.join(
  process.env.RONDA_FIXTURES ?? '/work/shared/fixtures',
  'stix/attack/mobile-attack-17.1-subset.json',
);

async function run(args: string[], input: string): Promise<Record<string, unknown>> {
  const child = spawn(python, [client, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

if (!isHere)
  describe('taxii2-client', () => {
    it.skip(`is not installed for ${python}: see requirements.txt, or set RONDA_INTEROP_PYTHON`, () => undefined);
  });
else
  describe('taxii2-client (v21), unmodified', () => {
    let server: TestApp;
    let cast: Cast;

    beforeAll(async () => {
      const database = await createTestDatabase();
      cast = await assembleCast(database.superuserUrl);
      server = await startTestApp(database);
    });
    afterAll(() => server.close());

    it('finds, reads, pages, sends, and takes back', async () => {
      const api = new Api(server.url);
      const vn = api.as(cast['vn.analyst']!);
      const th = cast['th.analyst']!;
      const { id } = await submitted(vn, { observables: [{ type: 'domain', value: 'interop.example' }] });
      const audience = [{ organisation: th.organisation.id }];
      await vn.post(`incidents/${id}/release`, release('TLP:AMBER', audience)).expect(200);
      const envelope = JSON.parse(readFileSync(ATTACK, 'utf8')) as { objects: { id: string }[] };
      const { objects } = envelope;

      const found = await run([`${server.url}/taxii2/`, th.token, th.organisation.id], JSON.stringify({ objects }));
      expect(found).toMatchObject({
        title: 'Ronda',
        roots: [`${server.url}/taxii2/live/`],
        root: 'Live',
        versions: ['application/taxii+json;version=2.1'],
        canWrite: false,
        incident: [{ id: `incident--${id}`, name: 'Phishing by SMS' }],
        filtered: [`incident--${id}`],
        status: { status: 'complete', successes: objects.length, failures: 0 },
        'status again': objects.length,
      });
      const read = found.objects as string[];
      expect(Object.keys(found.collections as object)).toContain('Community');
      expect(found.pages).toBe(Math.ceil(read.length / 5));
      expect(new Set(read).size).toBe(read.length);
      expect(found.manifest).toEqual(read);
      expect(found['versions of it']).toHaveLength(1);
      // The same ids, and the same to the last member.
      expect(found.sent).toEqual(objects);
      expect(found.left).toEqual(objects.slice(1).map((each) => each.id));
    });

    it('does the same in an exercise, by the root of its own', async () => {
      const api = new Api(server.url);
      const organiser = api.as(cast['vn.organiser']!);
      const th = cast['th.analyst']!;
      const { body: scenario } = await organiser.post('scenarios', { document: exampleScenario }).expect(201);
      const teams = ['th', 'vn'].map((name) => ({
        organisation: cast.stages[name]!.id,
        roles: ['national-cert'],
      }));
      const { body: exercise } = await organiser
        .post('exercises', { title: 'Monsoon', scenario: scenario.id, teams })
        .expect(201);
      const inside = (path: string, body: object) =>
        api.as(cast['vn.analyst']!).post(path, body).set('x-ronda-exercise', String(exercise.id));
      const { body: played } = await inside('incidents', filing({ title: 'Played' })).expect(201);
      await inside(`incidents/${played.id}/submit`, {}).expect(200);
      const audience = [{ organisation: th.organisation.id }];
      await inside(`incidents/${played.id}/release`, release('TLP:AMBER', audience)).expect(200);
      const envelope = JSON.parse(readFileSync(ATTACK, 'utf8')) as { objects: { id: string }[] };
      const root = `${server.url}/taxii2/exercises/${exercise.id}/`;

      const found = await run(
        [`${server.url}/taxii2/`, th.token, th.organisation.id, root],
        JSON.stringify({ objects: envelope.objects.slice(0, 3) }),
      );
      expect(found).toMatchObject({
        roots: [`${server.url}/taxii2/live/`, root],
        root: 'EXERCISE EXERCISE EXERCISE',
        incident: [{ id: `incident--${played.id}`, name: 'EXERCISE EXERCISE EXERCISE: Played' }],
        filtered: [`incident--${played.id}`],
        status: { status: 'complete', successes: 3 },
        sent: envelope.objects.slice(0, 3),
      });
    });
  });
