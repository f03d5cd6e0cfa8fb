import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { tlsTerminator } from '../support/tls-terminator.js';
import type { TlsTerminator } from '../support/tls-terminator.js';

/** Where `install-csaf-tools.sh` puts them. */
const bin = process.env.RONDA_INTEROP_CSAF ?? path.resolve(import.meta.dirname, '../../.interop/bin');
const isHere = ['csaf_checker', 'csaf_downloader'].every((tool) => existsSync(path.join(bin, tool)));

interface Requirement {
  num: number;
  description: string;
  messages: { type: number; text: string }[];
}
interface Report {
  domains: { name: string; passed: boolean; requirements: Requirement[] }[];
}

if (!isHere)
  describe('csaf_checker and csaf_downloader', () => {
    it.skip(`are not at ${bin}: see install-csaf-tools.sh, or set RONDA_INTEROP_CSAF`, () => undefined);
  });
else
  describe('gocsaf', () => {
    let server: TestApp;
    let tls: TlsTerminator;
    let metadata: string;
    let tree: string;
    let apiKey: string;
    let out: string;
    const ids: string[] = [];

    const advisory = (title: string, more: object): object => ({
      title,
      summary: 'Whoever has a code from a text message can sign in as somebody else.',
      body: '## What to do\n\nInstall **4.2**.',
      kind: 'vulnerability',
      language: 'en',
      marking: { tlp: 'TLP:CLEAR' },
      audience: ['public'],
      products: [
        {
          id: 'bank',
          vendor: 'Acme',
          product: 'Bank',
          versions: [{ version: 'vers:semver/<4.2.0', scheme: 'vers', status: 'affected' }],
        },
      ],
      vulnerabilities: [
        {
          cve: 'CVE-2026-0001',
          description: 'Codes are taken twice.',
          cwe: ['CWE-294'],
          cvss31: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        },
      ],
      remediations: [{ category: 'vendor-fix', details: 'Install 4.2.' }],
      ...more,
    });

    beforeAll(async () => {
      out = mkdtempSync(path.join(os.tmpdir(), 'ronda-csaf-'));
      tls = await tlsTerminator();
      const database = await createTestDatabase();
      const cast = await assembleCast(database.superuserUrl);
      const site = { url: tls.origin, securityContact: 'mailto:soc@example.test' };
      server = await startTestApp(database, { site });
      tls.forwardTo(server.url);
      const api = new Api(server.url);
      const publish = async (title: string, more: object = {}): Promise<string> => {
        const { body } = await api.as(cast['vn.analyst']!).post('advisories', advisory(title, more)).expect(201);
        await api.as(cast['vn.analyst']!).post(`advisories/${body.id}/submit`, {}).expect(200);
        await api.as(cast['vn.coordinator']!).post(`advisories/${body.id}/approve`).expect(200);
        await api.as(cast['vn.coordinator']!).post(`advisories/${body.id}/publish`).expect(200);
        return body.id as string;
      };
      for (const title of ['Acme Bank lets others in', 'Acme Card as well', 'Acme Pay, too'])
        ids.push(await publish(title));
      await publish('Told to some', {
        marking: { tlp: 'TLP:AMBER' },
        audience: [{ organisation: cast.stages.th!.id }],
      });
      // A second version of the first.
      const who = api.as(cast['vn.analyst']!);
      await who.post(`advisories/${ids[0]}/revise`, { step: 'minor', summary: 'More is known.' }).expect(200);
      await who.post(`advisories/${ids[0]}/submit`, {}).expect(200);
      await api.as(cast['vn.coordinator']!).post(`advisories/${ids[0]}/approve`).expect(200);
      await api.as(cast['vn.coordinator']!).post(`advisories/${ids[0]}/publish`).expect(200);
      tree = `/csaf/${cast.stages.vn!.id}`;
      metadata = `${tls.origin}${tree}/provider-metadata.json`;
      apiKey = cast['th.analyst']!.token;
    });

    afterAll(async () => {
      await tls.stop();
      await server.close();
      rmSync(out, { recursive: true });
    });

    const run = async (tool: string, ...args: string[]): Promise<string> => {
      const { stdout, stderr } = await promisify(execFile)(path.join(bin, tool), args, {
        cwd: out,
        env: { ...process.env, SSL_CERT_FILE: tls.ca },
        maxBuffer: 1 << 26,
      });
      return `${stdout}\n${stderr}`;
    };

    it('csaf_checker finds a trusted provider with no failed requirement', async () => {
      await run('csaf_checker', '--format', 'json', '--output', 'report.json', metadata);
      const report = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')) as Report;
      const [domain] = report.domains;
      const said = domain?.requirements.map(({ num, description, messages }) => ({ num, description, messages }));
      const failed = said?.filter(({ messages }) => messages.some(({ type }) => type === 2));
      expect({ passed: domain?.passed, failed }).toEqual({ passed: true, failed: [] });
      // Of 1 to 20 all but 10 (DNS, one of three ways to be found) say that they were looked at.
      expect(said?.length).toBeGreaterThanOrEqual(18);
    });

    it('csaf_downloader fetches and verifies every public document', async () => {
      await run('csaf_downloader', '--directory', 'got', metadata);
      const files = readdirSync(path.join(out, 'got'), { recursive: true, encoding: 'utf8' });
      const log = readFileSync(path.join(out, 'got', 'downloader.log'), 'utf8');
      expect(
        files
          .filter((file) => file.endsWith('.json'))
          .map((file) => path.basename(file))
          .sort(),
      ).toEqual(ids.map((id) => `${id}.json`).sort());
      expect(log).toMatch(/succeeded.:3/);
      expect(log).not.toMatch(/"level":"(ERROR|WARN)"/);
    });

    it('csaf_downloader fetches and verifies what its reader alone may read', async () => {
      const url = `${tls.origin}${tree}/protected/provider-metadata.json`;
      await run('csaf_downloader', '--directory', 'kept', '--header', `Authorization: Bearer ${apiKey}`, url);
      const log = readFileSync(path.join(out, 'kept', 'downloader.log'), 'utf8');
      expect(log).toMatch(/succeeded.:1/);
      expect(log).not.toMatch(/"level":"(ERROR|WARN)"/);
    });

    it('a document that is not what was signed fails both', async () => {
      const at = `${tree}/white/${server.clock.now().getUTCFullYear()}/${ids[0]}.json`;
      const signed = await (await fetch(`${server.url}${at}`)).text();
      tls.forged.set(at, signed.replace('Install 4.2', 'Install 6.6'));
      await run('csaf_checker', '--format', 'json', '--output', 'forged.json', metadata).catch(() => undefined);
      const report = JSON.parse(readFileSync(path.join(out, 'forged.json'), 'utf8')) as Report;
      const failed = report.domains[0]?.requirements.filter(({ messages }) => messages.some(({ type }) => type === 2));
      expect(failed?.map(({ num }) => num)).toEqual([18, 19]);
      await run('csaf_downloader', '--directory', 'forged', metadata).catch(() => undefined);
      expect(readFileSync(path.join(out, 'forged', 'downloader.log'), 'utf8')).toMatch(/succeeded.:2/);
      tls.forged.clear();
    });
  });
