import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { providerTree, securityTxt } from '../../src/codecs/csaf/index.js';
import { csafIssuer, exampleAdvisory, publishedOf, tlsServer } from '../support/csaf-tree.js';

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
    const documents = [
      exampleAdvisory('EXCERT-2025-0007', ['2025-12-30T08:00:00.000Z']),
      exampleAdvisory('EXCERT-2026-0001', ['2026-01-06T08:00:00.000Z', '2026-01-20T08:00:00.000Z']),
      exampleAdvisory('EXCERT 2026/0002', ['2026-01-12T08:00:00.000Z']),
    ];
    let server: Awaited<ReturnType<typeof tlsServer>>;
    let metadata: string;
    let out: string;

    beforeAll(async () => {
      out = mkdtempSync(path.join(os.tmpdir(), 'ronda-csaf-'));
      server = await tlsServer();
      const issuer = csafIssuer(`${server.origin}/csaf/excert`);
      const tree = providerTree(
        issuer,
        documents.map((each) => publishedOf(each, issuer.base)),
      );
      for (const [file, content] of tree) server.files.set(`/csaf/excert/${file}`, content);
      const canonical = `${server.origin}/.well-known/security.txt`;
      server.files.set(
        '/.well-known/security.txt',
        securityTxt(
          {
            contacts: ['mailto:soc@example.test'],
            expires: new Date('2036-01-01T00:00:00Z'),
            canonical,
            languages: ['en'],
          },
          [issuer],
        ),
      );
      metadata = `${issuer.base}/provider-metadata.json`;
    });

    afterAll(async () => {
      await server.stop();
      rmSync(out, { recursive: true });
    });

    const run = async (tool: string, ...args: string[]): Promise<string> => {
      const { stdout, stderr } = await promisify(execFile)(path.join(bin, tool), args, {
        cwd: out,
        env: { ...process.env, SSL_CERT_FILE: server.ca },
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
    }, 120_000);

    it('csaf_downloader fetches and verifies every public document', async () => {
      await run('csaf_downloader', '--directory', 'got', metadata);
      const files = readdirSync(path.join(out, 'got'), { recursive: true, encoding: 'utf8' });
      const log = readFileSync(path.join(out, 'got', 'downloader.log'), 'utf8');
      expect(
        files
          .filter((file) => file.endsWith('.json'))
          .map((file) => path.basename(file))
          .sort(),
      ).toEqual(['excert-2025-0007.json', 'excert-2026-0001.json', 'excert_2026_0002.json']);
      expect(log).toMatch(/succeeded.:3/);
      expect(log).not.toMatch(/"level":"(ERROR|WARN)"/);
    }, 120_000);

    it('a document that is not what was signed fails both', async () => {
      const at = '/csaf/excert/white/2025/excert-2025-0007.json';
      const signed = server.files.get(at) ?? '';
      server.files.set(at, Buffer.from(Buffer.from(signed).toString('utf8').replace('Install 4.2', 'Install 6.6')));
      await run('csaf_checker', '--format', 'json', '--output', 'forged.json', metadata).catch(() => undefined);
      const report = JSON.parse(readFileSync(path.join(out, 'forged.json'), 'utf8')) as Report;
      const failed = report.domains[0]?.requirements.filter(({ messages }) => messages.some(({ type }) => type === 2));
      expect(failed?.map(({ num }) => num)).toEqual([18, 19]);
      await run('csaf_downloader', '--directory', 'forged', metadata).catch(() => undefined);
      expect(readFileSync(path.join(out, 'forged', 'downloader.log'), 'utf8')).toMatch(/succeeded.:2/);
      server.files.set(at, signed);
    }, 120_000);
  });
