import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { openCheckpoint } from '../../src/modules/ledger/merkle/checkpoint.js';
import { signingKeyOf } from '../../src/modules/ledger/merkle/ed25519.js';
import { emptyRoot, leafHash } from '../../src/modules/ledger/merkle/hash.js';
import { entryLeaf } from '../../src/modules/ledger/merkle/leaf.js';
import { MerkleFault } from '../../src/modules/ledger/merkle/merkle-fault.js';
import {
  cosignNote,
  formatNote,
  openNote,
  parseVerifierKey,
  signNote,
  verifierKeyOf,
} from '../../src/modules/ledger/merkle/note.js';
import { verifyConsistency, verifyInclusion } from '../../src/modules/ledger/merkle/proofs.js';
import { TiledTree, edgeOf, tilesFor } from '../../src/modules/ledger/merkle/tiles.js';
import { CompactRange, consistencyRanges, inclusionRanges } from '../../src/modules/ledger/merkle/tree.js';
import type { Range } from '../../src/modules/ledger/merkle/tree.js';

const folder = path.join(__dirname, 'merkle');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

type Case = { kind: string; name: string; expected: 'accepted' | 'refused' } & Record<
  string,
  string & number & string[]
>;

const cases = readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Case);
const corrupted = cases.filter(({ expected }) => expected === 'refused');

/** Handed to the verifiers as it is, whatever it is. */
function judge(given: Case): void {
  const proof = (): Buffer[] => [...given.proof!].map(hex);
  if (given.kind === 'inclusion')
    verifyInclusion(hex(given.leaf!), { index: given.index!, size: given.size!, path: proof() }, hex(given.root!));
  else if (given.kind === 'leaf')
    verifyInclusion(
      entryLeaf(hex(given.salt!), given.entry!),
      { index: given.index!, size: given.size!, path: proof() },
      hex(given.root!),
    );
  else if (given.kind === 'consistency')
    verifyConsistency({ from: given.from!, to: given.to!, path: proof() }, hex(given.oldRoot!), hex(given.newRoot!));
  else if (given.kind === 'checkpoint')
    openCheckpoint(given.note!, given.origin!, [...given.verifiers!].map(parseVerifierKey));
  else throw new Error(`There is no verifier for ${given.kind}`);
}

describe('corrupted proofs, leaves and checkpoints', () => {
  it('are at least 300, of every kind', () => {
    expect(corrupted.length).toBeGreaterThanOrEqual(300);
    expect(new Set(corrupted.map(({ kind }) => kind)).size).toBe(4);
  });

  it.each(corrupted.map((given) => [`${given.kind}: ${given.name}`, given] as const))('refuses %s', (_, given) => {
    expect(() => judge(given)).toThrow(MerkleFault);
  });

  it.each(
    cases.filter(({ expected }) => expected === 'accepted').map((given) => [`${given.kind}: ${given.name}`, given]),
  )('accepts %s', (_, given) => {
    expect(() => judge(given)).not.toThrow();
  });
});

/** Of certificate-transparency's cpp/merkletree/merkle_tree_test.cc, as transparency-dev/merkle and others have them too. */
const REFERENCE = {
  leaves: ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
  inclusion: [
    { index: 0, size: 1, path: [] },
    {
      index: 0,
      size: 8,
      path: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      index: 5,
      size: 8,
      path: [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    { index: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
    {
      index: 1,
      size: 5,
      path: [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
  ],
  consistency: [
    { from: 1, to: 1, path: [] },
    {
      from: 1,
      to: 8,
      path: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      from: 6,
      to: 8,
      path: [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    {
      from: 2,
      to: 5,
      path: [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
  ],
};

const growTo = (leaves: readonly Buffer[]): TiledTree => {
  const tree = new TiledTree(0, []);
  for (const leaf of leaves) tree.append(leaf);
  return tree;
};

describe('vectors of certificate-transparency (RFC 6962)', () => {
  const leaves = REFERENCE.leaves.map((leaf) => leafHash(hex(leaf)));

  it('has the roots of its trees of 0 to 8 leaves', () => {
    expect(emptyRoot().toString('hex')).toBe(REFERENCE.roots[0]);
    const range = new CompactRange();
    for (const [count, leaf] of leaves.entries()) {
      range.append(leaf);
      expect(range.root.toString('hex')).toBe(REFERENCE.roots[count + 1]);
      expect(growTo(leaves.slice(0, count + 1)).root.toString('hex')).toBe(REFERENCE.roots[count + 1]);
    }
  });

  it.each(REFERENCE.inclusion)('proves leaf $index of $size as it does', ({ index, size, path: wanted }) => {
    const tree = growTo(leaves.slice(0, size));
    const made = inclusionRanges(index, size).map((range) => tree.head(range));
    expect(made.map((hash) => hash.toString('hex'))).toEqual(wanted);
    verifyInclusion(leaves[index]!, { index, size, path: wanted.map(hex) }, hex(REFERENCE.roots[size]!));
  });

  it.each(REFERENCE.consistency)('proves $from to $to as it does', ({ from, to, path: wanted }) => {
    const tree = growTo(leaves);
    const made = consistencyRanges(from, to).map((range) => tree.head(range));
    expect(made.map((hash) => hash.toString('hex'))).toEqual(wanted);
    verifyConsistency({ from, to, path: wanted.map(hex) }, hex(REFERENCE.roots[from]!), hex(REFERENCE.roots[to]!));
  });
});

/** Of golang.org/x/mod/sumdb/note, note_test.go. Ed25519 has one signature for a text: ours is the same to the byte. */
describe('the note of golang.org/x/mod/sumdb/note', () => {
  const KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
  const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  it('is signed and opened here as there', () => {
    const verifier = parseVerifierKey(KEY);
    expect(verifierKeyOf(verifier)).toBe(KEY);
    const key = signingKeyOf(SEED);
    expect(key.publicKey).toEqual(verifier.publicKey);
    expect(formatNote({ text: TEXT, signatures: [signNote(TEXT, 'PeterNeumann', key)] })).toBe(NOTE);
    expect(openNote(NOTE, [verifier])).toMatchObject({ text: TEXT, unknown: [] });
  });

  it('has a key of which no part and no neighbour is one', () => {
    for (let begin = 0; begin <= KEY.length; begin += 1)
      for (let end = begin + 1; end <= KEY.length; end += 1)
        if (begin > 0 || end < KEY.length) expect(() => parseVerifierKey(KEY.slice(begin, end))).toThrow(MerkleFault);
    for (let at = 0; at < KEY.length; at += 1) {
      const other = String.fromCharCode(KEY.charCodeAt(at) + 1);
      expect(() => parseVerifierKey(KEY.slice(0, at) + other + KEY.slice(at + 1))).toThrow(MerkleFault);
    }
  });

  it('is cosigned with the time at which a witness saw it', () => {
    const witness = signingKeyOf(Buffer.alloc(32, 3));
    const at = new Date('2026-11-20T02:10:00.000Z');
    const cosigned = `${NOTE}${formatNote({ text: '', signatures: [cosignNote(TEXT, 'w', witness, at)] }).slice(1)}`;
    const known = { name: 'w', publicKey: witness.publicKey, kind: 'witness' as const };
    expect(openNote(cosigned, [parseVerifierKey(KEY)]).unknown).toHaveLength(1);
    expect(openNote(cosigned, [parseVerifierKey(KEY), known]).verified).toMatchObject([
      { kind: 'log' },
      { name: 'w', witnessedAt: at },
    ]);
  });
});

describe('trees of every size', () => {
  const leaves = Array.from({ length: 1200 }, (_, n) => leafHash(Buffer.from(`${n}`)));
  const whole = growTo(leaves);
  const roots = [emptyRoot()];
  const range = new CompactRange();
  for (const leaf of leaves) {
    range.append(leaf);
    roots.push(range.root);
  }
  /** With no other tiles than those that are asked for, as a database would hand them over. */
  const heads = (ranges: Range[]): Buffer[] => {
    const wanted = new Set(tilesFor(ranges).map(({ level, index }) => `${level}/${index}`));
    const tiles = whole.written.filter(({ level, index }) => wanted.has(`${level}/${index}`));
    const part = new TiledTree(leaves.length, tiles);
    return ranges.map((each) => part.head(each));
  };
  const size = fc.integer({ min: 1, max: leaves.length });

  it('have proofs of each leaf, which prove no other', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (of, one, other) => {
        const [index, wrong] = [one % of, other % of];
        const proof = { index, size: of, path: heads(inclusionRanges(index, of)) };
        verifyInclusion(leaves[index]!, proof, roots[of]!);
        if (wrong !== index) expect(() => verifyInclusion(leaves[wrong]!, proof, roots[of]!)).toThrow(MerkleFault);
      }),
      { numRuns: 300 },
    );
  });

  it('have proofs that they begin with each smaller one, and with no other', () => {
    fc.assert(
      fc.property(size, size, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const proof = { from, to, path: heads(consistencyRanges(from, to)) };
        verifyConsistency(proof, roots[from]!, roots[to]!);
        expect(() => verifyConsistency(proof, roots[from - 1]!, roots[to]!)).toThrow(MerkleFault);
      }),
      { numRuns: 300 },
    );
  });

  it('go on from their edge alone, in steps of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), (steps) => {
        let tree = new TiledTree(0, []);
        const kept = new Map<string, (typeof tree.written)[number]>();
        let count = 0;
        for (const step of steps) {
          const edge = edgeOf(count).map(({ level, index }) => kept.get(`${level}/${index}`)!);
          tree = new TiledTree(count, edge);
          for (const leaf of leaves.slice(count, count + step)) tree.append(leaf);
          for (const tile of tree.written) kept.set(`${tile.level}/${tile.index}`, tile);
          count = Math.min(leaves.length, count + step);
          expect(new TiledTree(count, [...kept.values()]).root).toEqual(roots[count]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
