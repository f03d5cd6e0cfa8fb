import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { TLP } from '../../src/kernel/markings.js';
import { permissionsOf } from '../../src/policy/permissions.js';
import type { Role } from '../../src/kernel/actor.js';
import { memberStates } from '../../src/kernel/region.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { createTestDatabase } from '../support/test-database.js';
import { Launched, newDataDir, removeDataDir } from '../support/launched.js';

/** Of ASEAN's member states. */
const memberCodes = new Set<string | null>(memberStates(loadRegion()).map(({ code }) => code));

/** A first run, on a machine that does other things as well. */
const LONG_MS = 180_000;

interface Account {
  organisation: string;
  country: string | null;
  kind: string;
  email: string;
  password: string;
  roles: Role[];
  apiKey: string;
}

/** What these tests read of an answer. */
interface Body {
  items: {
    id: string;
    marking: { tlp: string };
    language: string;
    organisation: { name: string };
    updatedAt: string;
  }[];
  next: string | null;
  total: number;
  permissions: string[];
}

describe('the first run', () => {
  const dataDir = newDataDir();
  const file = path.join(dataDir, 'demo.json');
  let first: Launched;
  let url: string;
  let accounts: Account[];

  const read = (): { baseUrl: string; accounts: Account[] } => JSON.parse(readFileSync(file, 'utf8'));
  const account = (country: string | null, role: Role, kind = 'national-cert'): Account =>
    accounts.find((one) => one.country === country && one.roles.includes(role) && one.kind === kind)!;
  const ask = async (who: Account, at: string): Promise<{ status: number; body: Body }> => {
    const response = await fetch(`${url}/api/v1${at}`, { headers: { authorization: `Bearer ${who.apiKey}` } });
    return { status: response.status, body: (await response.json()) as Body };
  };

  beforeAll(async () => {
    first = new Launched({ RONDA_DATA_DIR: dataDir });
    url = await first.ready(LONG_MS);
    ({ accounts } = read());
  }, LONG_MS);

  afterAll(async () => {
    await Launched.endAll();
    removeDataDir(dataDir);
  });

  it('says each step, and then where to go', () => {
    for (const step of [
      'The data folder is',
      'The database is ready',
      'The schema is up to date',
      'demo region',
      'The worker runs',
    ])
      expect(first.stdout).toContain(step);
    for (const place of [`${url}/api/docs`, `${url}/health/ready`, file]) expect(first.stdout).toContain(place);
    expect(first.stderr).toBe('');
  });

  it('has every member ask and be asked, and answer the last comms check', async () => {
    const analysts = accounts.filter(
      ({ kind, roles, country }) => kind === 'national-cert' && roles.includes('analyst') && memberCodes.has(country),
    );
    expect(analysts).toHaveLength(memberCodes.size);
    for (const who of analysts) {
      for (const direction of ['sent', 'received'])
        expect((await ask(who, `/requests?direction=${direction}&count=true`)).body.total).toBeGreaterThan(0);
      const { items } = (await ask(who, '/comms-checks')).body;
      expect(items).toMatchObject([{ results: [{ outcome: 'answered' }] }]);
    }
  });

  it('leaves the accounts in a file for its owner alone', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(read().baseUrl).toBe(url);
    expect(accounts.every(({ password }) => password.length >= 16)).toBe(true);
    expect(new Set(accounts.flatMap(({ password, apiKey }) => [password, apiKey])).size).toBe(2 * accounts.length);
  });

  it('has an analyst and two coordinators of each of the eleven, and everybody else', () => {
    const members = new Set(
      accounts
        .filter(({ kind, country }) => kind === 'national-cert' && country !== 'AU')
        .map(({ country }) => country),
    );
    expect([...members]).toEqual(['BN', 'KH', 'ID', 'LA', 'MY', 'MM', 'PH', 'SG', 'TH', 'TL', 'VN']);
    for (const country of members) {
      const roles = accounts
        .filter((one) => one.country === country && one.kind === 'national-cert')
        .flatMap(({ roles }) => roles);
      expect(roles.filter((role) => role === 'analyst')).toHaveLength(1);
      expect(roles.filter((role) => role === 'coordinator')).toHaveLength(2);
      expect(roles).toContain('admin');
    }
    expect(accounts.some(({ roles }) => roles.includes('organiser'))).toBe(true);
    expect(account(null, 'admin', 'regional-body').organisation).toBe('ASEAN Secretariat');
    expect(account('VN', 'analyst', 'constituent')).toBeDefined();
    expect(account('AU', 'analyst')).toBeDefined();
  });

  it('signs in as a person does, with no second factor', async () => {
    const { email, password } = account('VN', 'coordinator');
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const signedIn = (await response.json()) as { totpEnrolmentRequired: boolean; user: { roles: string[] } };
    expect([response.status, signedIn.totpEnrolmentRequired, signedIn.user.roles]).toEqual([
      200,
      false,
      ['coordinator'],
    ]);
  });

  it('gives each key all that the roles may do', async () => {
    for (const who of [account('TL', 'analyst'), account(null, 'admin', 'regional-body'), account('BN', 'organiser')]) {
      const { body } = await ask(who, '/me');
      expect(new Set(body.permissions)).toEqual(permissionsOf(who.roles, who.country === null));
    }
  });

  it('has incidents at every marking, in several languages and with every owner, believably old', async () => {
    const seen = new Map<string, { tlp: string; language: string; owner: string; at: string }>();
    for (const who of accounts.filter(({ roles }) => roles.includes('analyst') || roles.includes('coordinator'))) {
      for (let cursor = ''; ;) {
        const { body } = await ask(who, `/incidents?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        for (const { id, marking, language, organisation, updatedAt } of body.items)
          seen.set(id, { tlp: marking.tlp, language, owner: organisation.name, at: updatedAt });
        if (body.next === null) break;
        cursor = body.next;
      }
    }
    const all = [...seen.values()];
    expect(all).toHaveLength(300);
    expect(new Set(all.map(({ tlp }) => tlp))).toEqual(new Set(TLP));
    expect(new Set(all.map(({ language }) => language)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(all.map(({ owner }) => owner)).size).toBeGreaterThanOrEqual(11);
    // Of this moment: the process of the tests may be older than the newest of them.
    const now = performance.timeOrigin + performance.now();
    const ages = all.map(({ at }) => now - Date.parse(at));
    expect(Math.min(...ages)).toBeGreaterThan(0);
    expect(Math.max(...ages)).toBeGreaterThan(60 * 24 * 60 * 60 * 1000);
  });

  it('knows who answers for an address, and who is on duty', async () => {
    const { body } = await ask(account('SG', 'analyst'), '/directory?address=192.0.2.77');
    expect(body.items).toEqual([expect.objectContaining({ country: 'KH', matched: '192.0.2.64/26' })]);
  });

  it('refuses a second instance on the same folder, which goes on', async () => {
    const second = new Launched({ RONDA_DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    expect(second.stderr).toMatch(/^Another Ronda \(process \d+\) already runs on .*\n$/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('stops in order when it is told to, and answers what was under way', async () => {
    const { email, password } = account('TH', 'coordinator');
    // Argon2 takes its time, so it is under way when the signal comes.
    const signIn = fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    await fetch(`${url}/health/live`);
    first.signal('SIGTERM');
    expect((await signIn).status).toBe(200);
    expect(await first.ended).toBe(0);
    expect(first.stderr).toBe('');
    expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
  });

  it('takes up at the second start where it was, on another port', async () => {
    const second = new Launched({ RONDA_DATA_DIR: dataDir });
    url = await second.ready();
    process.stdout.write(second.stdout);
    expect(second.stdout).not.toContain('demo region');
    expect(read()).toEqual({ baseUrl: url, accounts });
    const { status, body } = await ask(account('MY', 'analyst'), '/incidents?limit=1&count=true');
    expect([status, body.total > 50]).toEqual([200, true]);
    expect(await second.stop()).toBe(0);
  });
});

describe('a first run that is broken off', () => {
  const dataDir = newDataDir();

  afterAll(async () => {
    await Launched.endAll();
    removeDataDir(dataDir);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s in the middle of the demo leaves no accounts behind',
    async (signal) => {
      const broken = new Launched({ RONDA_DATA_DIR: dataDir });
      await broken.said('100 of 300', LONG_MS);
      broken.signal(signal);
      expect(await broken.ended).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
      expect(() => statSync(path.join(dataDir, 'demo.json'))).toThrow(/ENOENT/);
    },
    LONG_MS,
  );

  it(
    'is begun anew, and nothing is doubled',
    async () => {
      const whole = new Launched({ RONDA_DATA_DIR: dataDir });
      const url = await whole.ready(LONG_MS);
      expect(whole.stdout).toContain('left unfinished');
      const { accounts } = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')) as { accounts: Account[] };
      const { apiKey } = accounts.find(({ country, roles }) => country === null && roles.includes('admin'))!;
      const response = await fetch(`${url}/api/v1/organisations?limit=100`, {
        headers: { authorization: `Bearer ${apiKey}` },
      });
      const { items } = (await response.json()) as { items: { name: string }[] };
      expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
      expect(items).toHaveLength(14);
      expect(await whole.stop()).toBe(0);
    },
    LONG_MS,
  );
});

describe('a demo that is asked for, on a database of somebody else', () => {
  const folders = [newDataDir(), newDataDir()];

  afterAll(async () => {
    await Launched.endAll();
    for (const folder of folders) removeDataDir(folder);
  });

  it(
    'is planted by one of two nodes that start at once',
    async () => {
      const database = await createTestDatabase();
      const nodes = folders.map(
        (dataDir) =>
          new Launched({
            RONDA_DATA_DIR: dataDir,
            DATABASE_URL: database.migratorUrl,
            DATABASE_SERVICE_URL: database.serviceUrl,
            RONDA_DEMO: 'yes',
            // Nodes that share a database share what its secrets are sealed under.
            RONDA_SECRET_KEYS: '07'.repeat(32),
          }),
      );
      await Promise.all(nodes.map((node) => node.ready(LONG_MS)));
      expect(nodes.filter(({ stdout }) => stdout.includes('The demo region is planted'))).toHaveLength(1);
      expect(nodes.filter(({ stdout }) => stdout.includes('demo.json'))).toHaveLength(1);
      expect(await Promise.all(nodes.map((node) => node.stop()))).toEqual([0, 0]);
    },
    LONG_MS,
  );
});
