import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Advisory } from '../../src/codecs/advisory/index.js';
import type { CsafIssuer, PublishedDocument } from '../../src/codecs/csaf/index.js';
import { csafFileName, openPgpKey, toCsaf } from '../../src/codecs/csaf/index.js';

const SINCE = new Date('2026-01-05T08:00:00Z');

/** Exampleland's CERT, with a key that is the same in every run. */
export function csafIssuer(base: string): CsafIssuer {
  const key = openPgpKey({
    seed: Buffer.alloc(32, 7),
    userId: 'CERT of Exampleland <cert@example.test>',
    createdAt: SINCE,
  });
  return {
    publisher: {
      name: 'CERT of Exampleland',
      namespace: 'https://cert.example.test',
      category: 'coordinator',
      contact: 'cert@example.test',
    },
    base,
    updatedAt: SINCE.toISOString(),
    key,
    sign: (content) => key.sign(content, new Date('2026-02-01T00:00:00Z')),
  };
}

/** An advisory of Exampleland's CERT about a product that there is not. */
export function exampleAdvisory(id: string, releases: readonly string[]): Advisory {
  return {
    title: `Acme Bank app lets others in (${id})`,
    summary: 'Whoever has a code from a text message can sign in as somebody else.',
    body: '## What to do\n\nInstall **4.2**.',
    kind: 'vulnerability',
    language: 'en',
    tlp: 'TLP:CLEAR',
    distribution: null,
    publisher: csafIssuer('').publisher,
    tracking: {
      id,
      version: `1.${releases.length - 1}.0`,
      status: 'final',
      initialReleaseDate: releases[0] ?? '',
      currentReleaseDate: releases.at(-1) ?? '',
      revisions: releases.map((date, at) => ({ version: `1.${at}.0`, date, summary: `Release ${at + 1}.` })),
    },
    products: [{ id: 'P-1', vendor: 'Acme', product: 'Bank', versions: '< 4.2', purl: null, cpe: null }],
    vulnerabilities: [
      {
        cve: 'CVE-2026-0001',
        title: 'Codes are taken twice',
        description: 'A one-time code can be used again within a minute.',
        cwe: 'CWE-294',
        cvss: [
          'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
          'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
        ],
        exploitation: 'exploited',
        affected: ['P-1'],
        fixed: [],
        notAffected: [],
        underInvestigation: [],
        remediations: [{ kind: 'vendor-fix', details: 'Install 4.2.', url: null, products: [] }],
        references: [],
      },
    ],
    indicators: [{ type: 'domain', value: 'login.acme-bank.example', comment: 'Collects codes' }],
    references: [{ url: 'https://cert.example.test/acme', summary: 'More', isSelf: false }],
    acknowledgements: [],
    notes: [],
    origin: null,
  };
}

/** What is handed to the tree of a CLEAR advisory. */
export function publishedOf(advisory: Advisory, base: string): PublishedDocument {
  const { id, initialReleaseDate, currentReleaseDate } = advisory.tracking;
  const selfUrl = `${base}/white/${initialReleaseDate.slice(0, 4)}/${csafFileName(id)}`;
  return {
    label: 'WHITE',
    trackingId: id,
    title: advisory.title,
    summary: advisory.summary,
    initialReleaseDate,
    currentReleaseDate,
    bytes: Buffer.from(JSON.stringify(toCsaf(advisory, { selfUrl }), null, 2)),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
};

/** A certificate authority that is believed by nobody else, and a server on this machine that it vouches for. */
export async function tlsServer(): Promise<{
  origin: string;
  /** PEM of the authority. */
  ca: string;
  /** What the server has, by path. */
  files: Map<string, string | Uint8Array>;
  stop: () => Promise<void>;
}> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ronda-tls-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Ronda test CA');
  openssl(
    ...['req', '-x509', ...fresh, '-keyout', 'tls.key', '-out', 'tls.pem', '-subj', '/CN=localhost'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  const files = new Map<string, string | Uint8Array>();
  const server = https.createServer(
    { key: readFileSync(path.join(dir, 'tls.key')), cert: readFileSync(path.join(dir, 'tls.pem')) },
    (request, response) => {
      const asked = request.url ?? '/';
      const found = files.get(asked.endsWith('/') ? `${asked}index.html` : asked);
      if (asked.includes('/protected/')) response.writeHead(401).end();
      else if (found === undefined) response.writeHead(404).end();
      else
        response.writeHead(200, { 'content-type': TYPES[path.extname(asked) || '.html'] ?? 'text/plain' }).end(found);
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: path.join(dir, 'ca.pem'),
    files,
    stop: async () => {
      await new Promise((done) => server.close(done));
      rmSync(dir, { recursive: true });
    },
  };
}
