import { createHash } from 'node:crypto';
import { createMessage, readKey, readSignature, verify } from 'openpgp';
import { csafIssuer, exampleAdvisory, listedOf } from '../support/csaf-tree.js';
import type { Json } from '../noninterference/teller.js';
import type { ListedDocument } from '../../src/codecs/csaf/index.js';
import {
  aggregatorList,
  hashFile,
  openPgpKey,
  pathOf,
  protectedFiles,
  publicFiles,
  securityTxt,
} from '../../src/codecs/csaf/index.js';

const BASE = 'https://ronda.example/csaf/excert';
const issuer = csafIssuer(BASE);
const publish = (id: string, ...releases: string[]): ListedDocument => listedOf(exampleAdvisory(id, releases));
const one = publish('EX-1', '2025-12-30T08:00:00.000Z');
const two = publish('EX 2/ü', '2026-01-12T08:00:00.000Z', '2026-01-20T08:00:00.000Z');
const amber: ListedDocument = { ...publish('EX-3', '2026-01-13T08:00:00.000Z'), shelf: 'protected/amber' };

describe('the tree of a trusted provider', () => {
  const tree = publicFiles(issuer, [one, two]);

  it('holds every document under the year of its first release, with hashes', () => {
    const bytes = Buffer.from('{}');
    const place = pathOf(two);
    expect(place).toBe('white/2026/ex_2_.json');
    for (const algorithm of ['sha256', 'sha512'] as const)
      expect(hashFile(algorithm, place, bytes)).toBe(
        `${createHash(algorithm).update(bytes).digest('hex')}  ex_2_.json\n`,
      );
  });

  it('lists the newest first, with no heading', () => {
    expect(tree.get('white/changes.csv')).toBe(
      '"2026/ex_2_.json","2026-01-20T08:00:00.000Z"\n"2025/ex-1.json","2025-12-30T08:00:00.000Z"\n',
    );
    expect(tree.get('white/index.txt')).toBe('2026/ex_2_.json\n2025/ex-1.json\n');
    const { feed } = JSON.parse(tree.get('white/csaf-feed-tlp-white.json')!);
    expect(feed.entry.map((each: Json) => each.id)).toEqual(['EX 2/ü', 'EX-1']);
    expect(feed.updated).toBe('2026-01-20T08:00:00.000Z');
  });

  it('has what is not public below protected/, on the shelf of its label', () => {
    const kept = protectedFiles(issuer, [amber]);
    expect([...kept.keys()].every((path) => path.startsWith('protected/'))).toBe(true);
    expect(kept.get('protected/amber/index.txt')).toBe('2026/ex-3.json\n');
    expect(kept.get('protected/green/index.txt')).toBe('');
    expect([...tree.keys()].some((path) => path.startsWith('protected/'))).toBe(false);
  });

  it('is signed by the key that it names', async () => {
    const key = await readKey({ armoredKey: tree.get('openpgp/key.asc')! });
    expect(key.getFingerprint().toUpperCase()).toBe(issuer.key.fingerprint);
    const metadata = JSON.parse(tree.get('provider-metadata.json')!);
    expect(metadata.public_openpgp_keys).toEqual([
      { fingerprint: issuer.key.fingerprint, url: `${BASE}/openpgp/key.asc` },
    ]);
    const signature = await readSignature({ armoredSignature: issuer.sign(Buffer.from('signed')) });
    const judged = async (bytes: Uint8Array): Promise<boolean> => {
      const message = await createMessage({ binary: bytes });
      const date = new Date('2026-03-01T00:00:00Z');
      const { signatures } = await verify({ message, signature, verificationKeys: key, date });
      return signatures[0]!.verified.catch(() => false);
    };
    expect(await judged(Buffer.from('signed'))).toBe(true);
    expect(await judged(Buffer.from('forged'))).toBe(false);
  });
});

describe('the region', () => {
  it('lists its issuers', () => {
    const keeper = { name: 'Secretariat', namespace: 'https://region.example', contact: null };
    const list = JSON.parse(aggregatorList({ keeper, url: 'https://ronda.example/csaf/aggregator.json' }, [issuer]));
    expect(list).toEqual({
      aggregator: { category: 'lister', name: 'Secretariat', namespace: 'https://region.example' },
      aggregator_version: '2.0',
      canonical_url: 'https://ronda.example/csaf/aggregator.json',
      csaf_providers: [
        {
          metadata: {
            last_updated: issuer.updatedAt,
            publisher: expect.objectContaining({ name: 'CERT of Exampleland' }),
            role: 'csaf_trusted_provider',
            url: `${BASE}/provider-metadata.json`,
          },
        },
      ],
      last_updated: issuer.updatedAt,
    });
  });

  it('names every issuer in security.txt, one line each whatever they are called', () => {
    const lines = securityTxt(
      {
        contacts: ['mailto:soc@example.test\nCSAF: https://evil.example/'],
        expires: new Date('2027-01-01T00:00:00Z'),
        canonical: 'https://ronda.example/.well-known/security.txt',
        languages: ['en', 'th'],
      },
      [issuer, { base: 'https://ronda.example/csaf/other' }],
    ).split('\n');
    expect(lines.filter((line) => line.startsWith('CSAF: '))).toEqual([
      `CSAF: ${BASE}/provider-metadata.json`,
      'CSAF: https://ronda.example/csaf/other/provider-metadata.json',
    ]);
    expect(lines).toContain('Expires: 2027-01-01T00:00:00.000Z');
  });
});

describe('an OpenPGP key', () => {
  it('is the same for the same seed, and its signatures are', () => {
    const key = (seed: number): ReturnType<typeof openPgpKey> =>
      openPgpKey({ seed: Buffer.alloc(32, seed), userId: 'ขอ <a@example.test>', createdAt: new Date(0) });
    expect(key(1).publicKey).toBe(key(1).publicKey);
    expect(key(1).fingerprint).not.toBe(key(2).fingerprint);
    const at = new Date('2026-01-01T00:00:00Z');
    expect(key(1).sign(Buffer.from('signed'), at)).toBe(key(1).sign(Buffer.from('signed'), at));
  });

  it('verifies whatever the numbers begin with', async () => {
    const at = new Date('2026-01-01T00:00:00Z');
    for (let seed = 0; seed < 40; seed += 1) {
      const content = Buffer.from(`text ${seed}`);
      const key = openPgpKey({ seed: Buffer.alloc(32, seed), userId: 'a', createdAt: at });
      const { signatures } = await verify({
        message: await createMessage({ binary: content }),
        signature: await readSignature({ armoredSignature: key.sign(content, at) }),
        verificationKeys: await readKey({ armoredKey: key.publicKey }),
        date: new Date('2026-01-02T00:00:00Z'),
      });
      expect(await signatures[0]!.verified).toBe(true);
    }
  });
});
