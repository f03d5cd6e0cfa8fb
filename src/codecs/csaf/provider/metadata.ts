import type { CsafIssuer, CsafShelf } from './issuer.js';
import { KEY, METADATA, feedOf, jsonText, labelOf, publisherOf } from './issuer.js';

/** @see CSAF 2.0 §7.1.7 */
export function providerMetadata(issuer: CsafIssuer, path: string, shelves: readonly CsafShelf[]): string {
  const { base, key, updatedAt } = issuer;
  return jsonText({
    canonical_url: `${base}/${path}`,
    distributions: [
      ...shelves.map((shelf) => ({ directory_url: `${base}/${shelf}/` })),
      {
        rolie: {
          categories: shelves.map((shelf) => `${base}/${categoriesOf(shelf)}`),
          feeds: shelves.map((shelf) => ({
            summary: `TLP:${labelOf(shelf)} advisories of ${issuer.publisher.name}`,
            tlp_label: labelOf(shelf),
            url: `${base}/${feedOf(shelf)}`,
          })),
          services: [`${base}/${serviceBeside(path)}`],
        },
      },
    ],
    last_updated: updatedAt,
    // A list may name the issuer; a copy elsewhere could not be recalled from there.
    list_on_CSAF_aggregators: true,
    metadata_version: '2.0',
    mirror_on_CSAF_aggregators: false,
    public_openpgp_keys: [{ fingerprint: key.fingerprint, url: `${base}/${keyBeside(path)}` }],
    publisher: publisherOf(issuer),
    role: 'csaf_trusted_provider',
  });
}

export const PROTECTED_METADATA = `protected/${METADATA}`;
/** Of the same reader as the metadata that names it. */
export const keyBeside = (metadata: string): string => metadata.replace(METADATA, KEY);
export const serviceBeside = (metadata: string): string => metadata.replace(METADATA, 'service.json');
export const categoriesOf = (shelf: CsafShelf): string => `${shelf}/category.json`;

export const ROLIE_CATEGORY = { scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' } as const;

/** @see RFC 8322 §5.1, CSAF 2.0 §7.1.16 */
export const serviceDocument = ({ base, publisher }: CsafIssuer, shelves: readonly CsafShelf[]): string =>
  jsonText({
    service: {
      workspace: [
        {
          title: `CSAF advisories of ${publisher.name}`,
          collection: shelves.map((shelf) => ({
            title: `TLP:${labelOf(shelf)}`,
            href: `${base}/${feedOf(shelf)}`,
            categories: { category: [ROLIE_CATEGORY] },
          })),
        },
      ],
    },
  });

/** @see CSAF 2.0 §7.1.17 */
export const categoryDocument = (): string => jsonText({ categories: { category: [ROLIE_CATEGORY] } });
