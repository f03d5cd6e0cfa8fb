import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SeedAccounts } from '../../src/modules/identity/index.js';
import type { Cast } from '../support/cast.js';
import { assembleCast } from '../support/cast.js';
import { Api } from '../support/api.js';
import { filing, release, submitted } from '../support/filings.js';
import { ronda } from '../support/ronda.js';
import type { Ran } from '../support/ronda.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const PASSWORD = 'kopi tarik at dawn, twice';

describe('ronda, for whoever files', () => {
  let node: TestApp;
  let cast: Cast;
  let folder: string;
  let config: string;
  let env: Record<string, string>;
  const run = (args: string[], more: Record<string, string> = {}, input = ''): Promise<Ran> =>
    ronda(args, { ...env, ...more }, input);
  const asKey = (args: string[], input = ''): Promise<Ran> =>
    run(args, { RONDA_API_KEY: cast['vn.analyst']!.token }, input);
  /** What the other founders of this round build: tested as soon as it is there. */
  const hasRoute = async (method: 'get' | 'post', route: string): Promise<boolean> => {
    const { body } = await new Api(node.url).as(null).get('/api/openapi.json');
    return (
      (body as { paths: Record<string, Record<string, unknown>> }).paths[`/api/v1/${route}`]?.[method] !== undefined
    );
  };

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    folder = mkdtempSync(path.join(tmpdir(), 'ronda-cli-'));
    config = path.join(folder, 'deep', 'config.json');
    env = { RONDA_URL: node.url, RONDA_CONFIG: config };
    await node.app.get(SeedAccounts).createAccount(cast['vn.admin']!.key, {
      organisationKey: cast.stages.vn!.key,
      email: 'linh@vn.example',
      displayName: 'Linh',
      roles: ['analyst'],
      password: PASSWORD,
    });
  });
  afterAll(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks to sign in first', async () => {
    expect(await run(['incidents', 'list'])).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('ronda login'),
    });
  });

  it('signs in, and keeps the session for its owner alone', async () => {
    const wrong = await run(['login', '--email', 'linh@vn.example', '--password-file', '-'], {}, 'not this one');
    expect(wrong).toMatchObject({ code: 77, stdout: '', stderr: expect.stringContaining('The address, the password') });
    const right = await run(['login', '--email', 'linh@vn.example', '--password-file', '-'], {}, `${PASSWORD}\n`);
    expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('as linh@vn.example') });
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(readFileSync(config, 'utf8')).not.toContain(PASSWORD);
    expect(await run(['incidents', 'list'], { RONDA_URL: '' })).toMatchObject({ code: 0 });
  });

  it('goes on with the refresh token when the session has ended', async () => {
    const kept = JSON.parse(readFileSync(config, 'utf8')) as { sessions: Record<string, { accessToken: string }> };
    const before = kept.sessions[node.url]!.accessToken;
    kept.sessions[node.url]!.accessToken = `${before.slice(0, -4)}AAAA`;
    writeFileSync(config, JSON.stringify(kept), { mode: 0o600 });
    expect(await run(['incidents', 'list'])).toMatchObject({ code: 0 });
    expect(readFileSync(config, 'utf8')).not.toContain(before);
  });

  it('refuses a session file that others can read', async () => {
    chmodSync(config, 0o644);
    expect(await run(['incidents', 'list'])).toMatchObject({ code: 78, stderr: expect.stringContaining('chmod 600') });
    chmodSync(config, 0o600);
  });

  it('files from a file and from standard input, once under one key', async () => {
    const file = path.join(folder, 'filing.json');
    writeFileSync(file, JSON.stringify(filing({ title: 'From a file' })));
    const first = await asKey(['incidents', 'file', file, '--key', 'once', '--json']);
    expect(first.code).toBe(0);
    const { id } = JSON.parse(first.stdout) as { id: string };
    const again = await asKey(['incidents', 'file', file, '--key', 'once', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ id });
    const piped = await asKey(['incidents', 'file', '-'], JSON.stringify(filing({ title: 'Piped' })));
    expect(piped.stdout).toMatch(/^Filed as a draft: [0-9a-f-]{36}\n$/);
  });

  it('says all that is wrong with a filing, by place', async () => {
    const { code, stderr } = await asKey(['incidents', 'file', '-'], JSON.stringify({ title: '', colour: 'red' }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/\n {2}\/colour: /);
    expect(stderr).toMatch(/\n {2}\/title: /);
    expect(await asKey(['incidents', 'file', '-'], '{')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('JSON'),
    });
  });

  it('lists tables for people and JSON for programs, page after page', async () => {
    const { id } = (
      await new Api(node.url).as(cast['vn.analyst']!).post('incidents', filing({ title: 'Odd \u001b[31mred' }))
    ).body;
    const table = await asKey(['incidents', 'list', '--limit', '100']);
    expect(table.stdout.split('\n')[0]).toMatch(/^ID +UPDATED +STATUS +MARKING +CLASS +TITLE$/);
    expect(table.stdout).toContain(String(id));
    expect(table.stdout).toContain('Odd \\u001b[31mred');
    expect((await asKey(['incidents', 'list', '--limit', '1'])).stderr).toContain('There are more');
    const all = JSON.parse((await asKey(['incidents', 'list', '--limit', '100', '--json'])).stdout) as { id: string }[];
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(new Set(all.map((each) => each.id)).size).toBe(all.length);
    const drafts = await asKey(['incidents', 'list', '--json', '--filter', 'status=closed']);
    expect(JSON.parse(drafts.stdout)).toEqual([]);
    const shown = await asKey(['incidents', 'show', String(id)]);
    expect(shown.stdout).toMatch(/^Odd \\u001b\[31mred\n/);
    expect(shown.stdout).toMatch(/^owner +VN CERT$/m);
  });

  it('tells hidden from absent no more than the server does', async () => {
    const hidden = (await new Api(node.url).as(cast['th.analyst']!).post('incidents', filing())).body.id as string;
    const answers = [
      await asKey(['incidents', 'show', hidden]),
      await asKey(['incidents', 'show', '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b']),
    ];
    expect(answers[0]).toEqual({ ...answers[1], code: 1 });
  });

  it('shows what a release would do, and releases what was seen', async () => {
    const filed = JSON.parse((await asKey(['incidents', 'file', '-', '--json'], JSON.stringify(filing()))).stdout) as {
      id: string;
    };
    await new Api(node.url).as(cast['vn.analyst']!).post(`incidents/${filed.id}/submit`).expect(200);
    const order = JSON.stringify({ marking: { tlp: 'TLP:AMBER' }, audience: [{ organisation: cast.stages.th!.id }] });
    const seen = await asKey(['incidents', 'preview', filed.id, '-'], order);
    expect(seen).toMatchObject({ code: 0, stdout: expect.stringContaining('1 organisations, 3 people') });
    const token = /^Token: (\S+)$/m.exec(seen.stdout)?.[1] ?? '';
    expect(await asKey(['incidents', 'release', filed.id, '-', '--token', `${token}AAAAAAAA`], order)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('preview'),
    });
    expect(await asKey(['incidents', 'release', filed.id, '-', '--token', token], order)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('It is released.'),
    });
  });

  it('shows who got a record and says it acted, and recalls it', async () => {
    const vn = new Api(node.url).as(cast['vn.analyst']!);
    const { id } = await submitted(vn);
    expect(await asKey(['incidents', 'recall', id, '--reason', 'error'])).toMatchObject({ code: 1 });
    await vn.post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }])).expect(200);
    await new Api(node.url).as(cast['th.analyst']!).post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
    const before = await asKey(['incidents', 'receipts', id]);
    expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('TH CERT') });
    expect(before.stdout).not.toContain('Asked back');
    expect(await asKey(['incidents', 'recall', id])).toMatchObject({ code: 2 });
    expect(await asKey(['incidents', 'recall', id, '--reason', 'error'])).toMatchObject({ code: 0 });
    const { stdout } = await asKey(['incidents', 'receipts', id]);
    expect(stdout).toMatch(/Asked back:[^]*TH CERT +.* error +nothing yet/);
    const json = JSON.parse((await asKey(['incidents', 'receipts', id, '--json'])).stdout) as { recalls: object[] };
    expect(json.recalls).toMatchObject([{ reason: 'error', confirmation: null }]);
  });

  it('says in one sentence, and by its code, what keeps it', async () => {
    const away = await asKey(['incidents', 'list', '--url', 'http://127.0.0.1:9']);
    expect(away).toMatchObject({ code: 69, stderr: 'http://127.0.0.1:9 cannot be reached: ECONNREFUSED.\n' });
    expect(await asKey(['incidents', 'list', '--url', 'ftp://x'])).toMatchObject({ code: 2 });
    expect(await asKey(['incidents', 'list', '--limit', 'all'])).toMatchObject({ code: 2 });
    expect(await asKey(['incidents'])).toMatchObject({ code: 2, stderr: expect.stringContaining('list|show|file') });
    expect(await asKey(['nonsense'])).toMatchObject({ code: 2 });
    expect(await asKey(['--help'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: ronda /) });
  });

  it('sends a bulk and counts what became of it, where the server takes one', async () => {
    const lines = [filing({ title: 'Bulk 1' }), { title: '' }].map((each) => JSON.stringify(each)).join('\n');
    const ran = await asKey(['incidents', 'bulk', '-', '--json', '--stream', 'cli'], `${lines}\n`);
    if (!(await hasRoute('post', 'incidents/bulk'))) {
      // Not there yet: the server's word is passed on, and nothing is taken for done.
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      return;
    }
    expect(ran.code).toBe(3);
    const results = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; status: string });
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [1, 'filed'],
      [2, 'refused'],
    ]);
  });

  it('asks requests, lists and shows them, and answers those it received', async () => {
    const request = {
      kind: 'urgent-hold',
      to: { organisation: cast.stages.th!.id },
      marking: { tlp: 'TLP:AMBER' },
      title: 'Please hold a transfer',
      body: 'It left at nine.',
    };
    const sent = await asKey(['requests', 'ask', '-'], JSON.stringify(request));
    const id = /^Sent: ([0-9a-f-]{36})$/m.exec(sent.stdout)?.[1] ?? '';
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
    const asTh = (args: string[]): Promise<Ran> => run(args, { RONDA_API_KEY: cast['th.analyst']!.token });
    const listed = await asTh(['requests', 'list']);
    expect(listed.stdout).toMatch(new RegExp(`${id} +urgent-hold +open +VN CERT +TH CERT`));
    expect(await asTh(['requests', 'answer', id, 'Held at half past.'])).toMatchObject({ code: 0 });
    const { stdout } = await asKey(['requests', 'show', id]);
    for (const part of ['Please hold a transfer', 'answered', 'Held at half past.', 'not legal process'])
      expect(stdout).toContain(part);
    expect((await run(['requests', 'show', id], { RONDA_API_KEY: cast['sg.analyst']!.token })).code).not.toBe(0);
  });

  it('searches and exports, where the server does', async () => {
    const found = await asKey(['search', 'Piped', '--json']);
    expect(JSON.stringify(JSON.parse(found.stdout))).toContain('Piped');
    const narrowed = await asKey(['search', 'Piped', '--filter', 'status=closed', '--json']);
    expect(JSON.parse(narrowed.stdout)).toEqual([]);
    expect(await asKey(['search', 'Piped', '--filter', 'closed'])).toMatchObject({ code: 2 });
    const output = path.join(folder, 'all.ndjson');
    const exported = await asKey(['incidents', 'export', '--format', 'ndjson', '--output', output]);
    if (await hasRoute('get', 'incidents/export')) {
      expect(exported.code).toBe(0);
      expect(readFileSync(output, 'utf8')).toContain('Piped');
    } else {
      expect(exported).toMatchObject({ code: expect.any(Number), stdout: '' });
      expect(exported.code).not.toBe(0);
      expect(() => statSync(output)).toThrow('ENOENT');
    }
  });
});
