import { createHash } from 'node:crypto';
import { CSAF_SHELVES, METADATA } from './issuer.js';
import type { CsafIssuer, CsafShelf, ListedDocument } from './issuer.js';
import {
  PROTECTED_METADATA,
  categoriesOf,
  categoryDocument,
  keyBeside,
  providerMetadata,
  serviceBeside,
  serviceDocument,
} from './metadata.js';
import { placeOf, shelfIndex } from './shelf-index.js';

const PUBLIC: readonly CsafShelf[] = ['white'];
const PROTECTED: readonly CsafShelf[] = CSAF_SHELVES.filter((shelf) => shelf !== 'white');

/**
 * All that anybody is handed beside the documents and their hashes: it tells of what is public alone.
 * @param documents current versions on the shelf `white`.
 * @see CSAF 2.0 §7.2.3
 */
export const publicFiles = (issuer: CsafIssuer, documents: readonly ListedDocument[]): Map<string, string> =>
  new Map([
    [METADATA, providerMetadata(issuer, METADATA, PUBLIC)],
    [serviceBeside(METADATA), serviceDocument(issuer, PUBLIC)],
    [keyBeside(METADATA), issuer.key.publicKey],
    ...PUBLIC.map((shelf): [string, string] => [categoriesOf(shelf), categoryDocument()]),
    ...PUBLIC.flatMap((shelf) => shelfIndex(issuer, shelf, documents)),
  ]);

/**
 * The same of what is not public, for one reader.
 * @param documents those of the other shelves that this reader may see.
 */
export const protectedFiles = (issuer: CsafIssuer, documents: readonly ListedDocument[]): Map<string, string> =>
  new Map([
    [PROTECTED_METADATA, providerMetadata(issuer, PROTECTED_METADATA, PROTECTED)],
    [serviceBeside(PROTECTED_METADATA), serviceDocument(issuer, PROTECTED)],
    [keyBeside(PROTECTED_METADATA), issuer.key.publicKey],
    ...PROTECTED.map((shelf): [string, string] => [categoriesOf(shelf), categoryDocument()]),
    ...PROTECTED.flatMap((shelf) =>
      shelfIndex(
        issuer,
        shelf,
        documents.filter((each) => each.shelf === shelf),
      ),
    ),
  ]);

/** Where a document lies below its issuer's base. */
export const pathOf = (document: Pick<ListedDocument, 'shelf' | 'initialReleaseDate' | 'trackingId'>): string =>
  `${document.shelf}/${placeOf(document)}`;

export const HASHES = ['sha256', 'sha512'] as const;

/** The file that holds a document's hash; the signature beside it is the issuer's. @see CSAF 2.0 §7.1.18, §7.1.19 */
export const hashFile = (algorithm: (typeof HASHES)[number], path: string, bytes: Uint8Array): string =>
  `${createHash(algorithm).update(bytes).digest('hex')}  ${path.slice(path.lastIndexOf('/') + 1)}\n`;
