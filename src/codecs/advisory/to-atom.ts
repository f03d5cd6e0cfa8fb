import type { Advisory } from './advisory.js';
import { escapeMarkup } from './escape.js';
import { bodyToHtml } from './to-html.js';

export interface AtomFeed {
  /** An IRI that stays: `urn:uuid:…`. */
  id: string;
  title: string;
  /** Where the feed itself lies. */
  url: string;
  /** Of a feed without entries: when there was first one. */
  since: string;
}

export interface AtomEntry {
  /** An IRI that stays, the same for every version: `urn:uuid:…`. */
  id: string;
  /** Where people read it. */
  url: string;
  advisory: Advisory;
}

/** Advisories as a feed, the last changed first. @see RFC 4287 */
export function toAtom({ id, title, url, since }: AtomFeed, entries: readonly AtomEntry[]): string {
  const sorted = [...entries].sort((a, b) => changed(b).localeCompare(changed(a)) || a.id.localeCompare(b.id));
  const [newest] = sorted;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `  <id>${escapeMarkup(id)}</id>`,
    `  <title>${escapeMarkup(title)}</title>`,
    `  <updated>${escapeMarkup(newest ? changed(newest) : since)}</updated>`,
    `  <link rel="self" type="application/atom+xml" href="${escapeMarkup(url)}"/>`,
    ...sorted.map(entry),
    '</feed>',
    '',
  ].join('\n');
}

const changed = ({ advisory }: AtomEntry): string => advisory.tracking.currentReleaseDate;

function entry({ id, url, advisory }: AtomEntry): string {
  const { title, summary, body, language, publisher, tracking, kind, tlp } = advisory;
  return [
    `  <entry${language === null ? '' : ` xml:lang="${escapeMarkup(language)}"`}>`,
    `    <id>${escapeMarkup(id)}</id>`,
    `    <title>${escapeMarkup(title)}</title>`,
    `    <author><name>${escapeMarkup(publisher.name)}</name></author>`,
    `    <published>${escapeMarkup(tracking.initialReleaseDate)}</published>`,
    `    <updated>${escapeMarkup(tracking.currentReleaseDate)}</updated>`,
    `    <link rel="alternate" type="text/html" href="${escapeMarkup(url)}"/>`,
    `    <category term="${escapeMarkup(kind)}"/>`,
    `    <rights>${escapeMarkup(tlp ?? 'Unmarked')}</rights>`,
    `    <summary>${escapeMarkup(summary ?? title)}</summary>`,
    ...(body === null ? [] : [`    <content type="html">${escapeMarkup(bodyToHtml(body))}</content>`]),
    '  </entry>',
  ].join('\n');
}
