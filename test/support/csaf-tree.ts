import type { Advisory } from '../../src/codecs/advisory/index.js';
import type { CsafIssuer, ListedDocument } from '../../src/codecs/csaf/index.js';
import { openPgpKey } from '../../src/codecs/csaf/index.js';

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

/** A CLEAR document of it, as lists tell of it. */
export function listedOf(advisory: Advisory): ListedDocument {
  const { id, initialReleaseDate, currentReleaseDate } = advisory.tracking;
  return {
    shelf: 'white',
    trackingId: id,
    title: advisory.title,
    summary: advisory.summary,
    initialReleaseDate,
    currentReleaseDate,
  };
}
