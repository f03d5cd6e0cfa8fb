import type { CsafIssuer, CsafLabel } from './issuer.js';
import { KEY, METADATA, feedOf, folderOf, jsonText, publisherOf } from './issuer.js';

/** @see CSAF 2.0 §7.1.7 */
export function providerMetadata(issuer: CsafIssuer, path: string, labels: readonly CsafLabel[]): string {
  const { base, key, updatedAt } = issuer;
  return jsonText({
    canonical_url: `${base}/${path}`,
    distributions: [
      ...labels.map((label) => ({ directory_url: `${base}/${folderOf(label)}/` })),
      {
        rolie: {
          categories: labels.map((label) => `${base}/${categoriesOf(label)}`),
          feeds: labels.map((label) => ({
            summary: `TLP:${label} advisories of ${issuer.publisher.name}`,
            tlp_label: label,
            url: `${base}/${feedOf(label)}`,
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
    public_openpgp_keys: [{ fingerprint: key.fingerprint, url: `${base}/${KEY}` }],
    publisher: publisherOf(issuer),
    role: 'csaf_trusted_provider',
  });
}

export const PROTECTED_METADATA = `protected/${METADATA}`;
export const serviceBeside = (metadata: string): string => metadata.replace(METADATA, 'service.json');
export const categoriesOf = (label: CsafLabel): string => `${folderOf(label)}/category.json`;

export const ROLIE_CATEGORY = { scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' } as const;

/** @see RFC 8322 §5.1, CSAF 2.0 §7.1.16 */
export const serviceDocument = ({ base, publisher }: CsafIssuer, labels: readonly CsafLabel[]): string =>
  jsonText({
    service: {
      workspace: [
        {
          title: `CSAF advisories of ${publisher.name}`,
          collection: labels.map((label) => ({
            title: `TLP:${label}`,
            href: `${base}/${feedOf(label)}`,
            categories: { category: [ROLIE_CATEGORY] },
          })),
        },
      ],
    },
  });

/** @see CSAF 2.0 §7.1.17 */
export const categoryDocument = (): string => jsonText({ categories: { category: [ROLIE_CATEGORY] } });
