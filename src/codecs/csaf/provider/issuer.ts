import type { AdvisoryPublisher } from '../../advisory/index.js';

/** Somebody who publishes advisories of its own. */
export interface CsafIssuer {
  publisher: AdvisoryPublisher;
  /** Where the tree lies, without a slash at its end: `https://ronda.example/csaf/th-cert`. */
  base: string;
  /** When publisher, place or key last changed. */
  updatedAt: string;
  /** The key that its documents are signed with. */
  key: { fingerprint: string; publicKey: string };
  /** A detached signature in ASCII armor. */
  sign: (content: Uint8Array) => string;
}

/** TLP as CSAF 2.0 writes it. */
export const CSAF_LABELS = ['WHITE', 'GREEN', 'AMBER', 'RED'] as const;
export type CsafLabel = (typeof CSAF_LABELS)[number];

/** The current version of a document, as it is handed out. */
export interface PublishedDocument {
  label: CsafLabel;
  /** `document.tracking.id` */
  trackingId: string;
  title: string;
  summary: string | null;
  initialReleaseDate: string;
  currentReleaseDate: string;
  /** The CSAF document. */
  bytes: Uint8Array;
}

export const METADATA = 'provider-metadata.json';
export const KEY = 'openpgp/key.asc';

/** WHITE is for anybody; the rest lies apart, where a server asks who is there. @see CSAF 2.0 §7.1.4, §7.1.5 */
export const folderOf = (label: CsafLabel): string =>
  label === 'WHITE' ? 'white' : `protected/${label.toLowerCase()}`;
export const feedOf = (label: CsafLabel): string => `${folderOf(label)}/csaf-feed-tlp-${label.toLowerCase()}.json`;

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const publisherOf = ({ publisher }: Pick<CsafIssuer, 'publisher'>): object => ({
  category: publisher.category,
  ...(publisher.contact !== null && { contact_details: publisher.contact }),
  name: publisher.name,
  namespace: publisher.namespace,
});
