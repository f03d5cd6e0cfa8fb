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

/**
 * Where documents of one label lie together: what is for anybody, and apart from it, where a server asks who is there, the
 * rest. What is TLP:CLEAR and was meant for some lies apart too: a label is no audience.
 * @see CSAF 2.0 §7.1.4, §7.1.5
 */
export const CSAF_SHELVES = [
  'white',
  'protected/white',
  'protected/green',
  'protected/amber',
  'protected/red',
] as const;
export type CsafShelf = (typeof CSAF_SHELVES)[number];

/** TLP as CSAF 2.0 writes it. */
export const labelOf = (shelf: CsafShelf): string => shelf.slice(shelf.lastIndexOf('/') + 1).toUpperCase();

/** The current version of a document, as lists tell of it. */
export interface ListedDocument {
  shelf: CsafShelf;
  /** `document.tracking.id` */
  trackingId: string;
  title: string;
  summary: string | null;
  initialReleaseDate: string;
  currentReleaseDate: string;
}

export const METADATA = 'provider-metadata.json';
export const KEY = 'openpgp/key.asc';

export const feedOf = (shelf: CsafShelf): string => `${shelf}/csaf-feed-tlp-${labelOf(shelf).toLowerCase()}.json`;

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const publisherOf = ({ publisher }: Pick<CsafIssuer, 'publisher'>): object => ({
  category: publisher.category,
  ...(publisher.contact !== null && { contact_details: publisher.contact }),
  name: publisher.name,
  namespace: publisher.namespace,
});
