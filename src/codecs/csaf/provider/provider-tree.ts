import { createHash } from 'node:crypto';
import { folderOf, CSAF_LABELS, KEY, METADATA } from './issuer.js';
import type { CsafIssuer, CsafLabel, PublishedDocument } from './issuer.js';
import { labelIndex, placeOf } from './label-index.js';
import {
  PROTECTED_METADATA,
  categoriesOf,
  categoryDocument,
  providerMetadata,
  serviceBeside,
  serviceDocument,
} from './metadata.js';

/** Paths below the issuer's base, and what lies there. */
export type TreeFiles = Map<string, string | Uint8Array>;

export interface TreeChange {
  files: TreeFiles;
  /** Paths where nothing lies any more. */
  removed: string[];
}

const PUBLIC: readonly CsafLabel[] = ['WHITE'];
const PROTECTED: readonly CsafLabel[] = CSAF_LABELS.filter((label) => label !== 'WHITE');

/** What does not depend on any document: a reader of it learns nothing of what there is. */
function issuerFiles(issuer: CsafIssuer): [string, string][] {
  return [
    [METADATA, providerMetadata(issuer, METADATA, PUBLIC)],
    [serviceBeside(METADATA), serviceDocument(issuer, PUBLIC)],
    [KEY, issuer.key.publicKey],
    [PROTECTED_METADATA, providerMetadata(issuer, PROTECTED_METADATA, PROTECTED)],
    [serviceBeside(PROTECTED_METADATA), serviceDocument(issuer, PROTECTED)],
    ...CSAF_LABELS.map((label): [string, string] => [categoriesOf(label), categoryDocument()]),
  ];
}

/**
 * The whole tree of a trusted provider.
 * @param documents current versions, one of a tracking id. Below `protected/` a reader's own tree is made of those that
 * it may see.
 * @see CSAF 2.0 §7.2.3
 */
export function providerTree(issuer: CsafIssuer, documents: readonly PublishedDocument[]): TreeFiles {
  return new Map([
    ...issuerFiles(issuer),
    ...CSAF_LABELS.flatMap((label) => labelIndex(issuer, label, of(documents, label))),
    ...documents.flatMap((each) => documentFiles(issuer, each)),
  ]);
}

/**
 * What one publication, revision or withdrawal changes, and nothing else: only new bytes are hashed and signed.
 * @param before the documents that the tree holds.
 * @param after those that it is to hold.
 */
export function treeChange(
  issuer: CsafIssuer,
  before: readonly PublishedDocument[],
  after: readonly PublishedDocument[],
): TreeChange {
  const files: TreeFiles = new Map();
  const gone = new Set<string>();
  for (const label of CSAF_LABELS) {
    const [old, now] = [of(before, label), of(after, label)];
    const oldIndex = labelIndex(issuer, label, old);
    const written = new Map(oldIndex);
    for (const [path, content] of labelIndex(issuer, label, now))
      if (written.get(path) !== content) files.set(path, content);
    for (const [path] of oldIndex) gone.add(path);
    for (const [path] of labelIndex(issuer, label, now)) gone.delete(path);
    const held = new Map(old.map((each) => [pathOf(each), each.bytes]));
    for (const each of now) {
      const bytes = held.get(pathOf(each));
      held.delete(pathOf(each));
      if (!bytes || Buffer.compare(bytes, each.bytes) !== 0)
        for (const [path, content] of documentFiles(issuer, each)) files.set(path, content);
    }
    for (const path of held.keys()) for (const suffix of SUFFIXES) gone.add(`${path}${suffix}`);
  }
  return { files, removed: [...gone].sort() };
}

const of = (documents: readonly PublishedDocument[], label: CsafLabel): PublishedDocument[] =>
  documents.filter((each) => each.label === label);

const pathOf = (document: PublishedDocument): string => `${folderOf(document.label)}/${placeOf(document)}`;

const SUFFIXES = ['', '.sha256', '.sha512', '.asc'] as const;

/** @see CSAF 2.0 §7.1.18, §7.1.19 */
function documentFiles({ sign }: CsafIssuer, document: PublishedDocument): [string, string | Uint8Array][] {
  const path = pathOf(document);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const hash = (algorithm: string): string =>
    `${createHash(algorithm).update(document.bytes).digest('hex')}  ${name}\n`;
  return [
    [path, document.bytes],
    [`${path}.sha256`, hash('sha256')],
    [`${path}.sha512`, hash('sha512')],
    [`${path}.asc`, sign(document.bytes)],
  ];
}
