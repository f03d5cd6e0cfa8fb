import type { AdvisoryPublisher } from '../../advisory/index.js';
import type { CsafIssuer } from './issuer.js';
import { METADATA, jsonText, publisherOf } from './issuer.js';

export interface CsafRegion {
  /** Who keeps the list. */
  keeper: Pick<AdvisoryPublisher, 'name' | 'namespace' | 'contact'>;
  /** Where the list lies: `https://ronda.example/csaf/aggregator.json`. */
  url: string;
}

const metadataUrl = ({ base }: Pick<CsafIssuer, 'base'>): string => `${base}/${METADATA}`;

/**
 * The region's list of its issuers; it holds none of their documents.
 * @param issuers at least one, in the region's order.
 * @see CSAF 2.0 §7.2.4, §7.1.21, §7.1.22
 */
export function aggregatorList(
  { keeper, url }: CsafRegion,
  issuers: readonly Pick<CsafIssuer, 'publisher' | 'base' | 'updatedAt'>[],
): string {
  return jsonText({
    aggregator: {
      category: 'lister',
      ...(keeper.contact !== null && { contact_details: keeper.contact }),
      name: keeper.name,
      namespace: keeper.namespace,
    },
    aggregator_version: '2.0',
    canonical_url: url,
    csaf_providers: issuers.map((issuer) => ({
      metadata: {
        last_updated: issuer.updatedAt,
        publisher: publisherOf(issuer),
        role: 'csaf_trusted_provider',
        url: metadataUrl(issuer),
      },
    })),
    // Changes when an issuer does, and not because somebody looked.
    last_updated: issuers
      .map(({ updatedAt }) => updatedAt)
      .sort()
      .at(-1),
  });
}

export interface SecurityTxt {
  /** Each a URI, such as `mailto:soc@example.test`. */
  contacts: readonly string[];
  expires: Date;
  /** Where it lies itself. */
  canonical: string;
  /** BCP 47. */
  languages: readonly string[];
}

/** `/.well-known/security.txt`, which names every issuer's metadata. @see RFC 9116, CSAF 2.0 §7.1.8 */
export function securityTxt(
  { contacts, expires, canonical, languages }: SecurityTxt,
  issuers: readonly Pick<CsafIssuer, 'base'>[],
): string {
  const oneLine = (value: string): string => value.replace(/[\r\n]+/g, ' ');
  return [
    ...contacts.map((contact) => `Contact: ${oneLine(contact)}`),
    `Expires: ${expires.toISOString()}`,
    ...(languages.length > 0 ? [`Preferred-Languages: ${oneLine(languages.join(', '))}`] : []),
    `Canonical: ${oneLine(canonical)}`,
    ...issuers.map((issuer) => `CSAF: ${metadataUrl(issuer)}`),
    '',
  ].join('\n');
}
