import { stringify } from 'csv-stringify/sync';
import { escapeMarkup } from '../../advisory/escape.js';
import { csafFileName } from './file-name.js';
import type { CsafIssuer, CsafLabel, PublishedDocument } from './issuer.js';
import { METADATA, feedOf, folderOf, jsonText } from './issuer.js';
import { PROTECTED_METADATA, ROLIE_CATEGORY, serviceBeside } from './metadata.js';

/** Where a document lies below the folder of its label: by the year of its first release. */
export const placeOf = ({ initialReleaseDate, trackingId }: PublishedDocument): string =>
  `${initialReleaseDate.slice(0, 4)}/${csafFileName(trackingId)}`;

const newestFirst = (documents: readonly PublishedDocument[]): PublishedDocument[] =>
  [...documents].sort(
    (a, b) => Date.parse(b.currentReleaseDate) - Date.parse(a.currentReleaseDate) || (placeOf(a) < placeOf(b) ? -1 : 1),
  );

/** Everything that tells which documents of one label there are. @see CSAF 2.0 §7.1.11 to §7.1.15 */
export function labelIndex(
  issuer: CsafIssuer,
  label: CsafLabel,
  documents: readonly PublishedDocument[],
): [path: string, content: string][] {
  const sorted = newestFirst(documents);
  const folder = folderOf(label);
  const years = [...new Set(sorted.map((each) => placeOf(each).slice(0, 4)))].sort().reverse();
  return [
    [`${folder}/index.txt`, sorted.map((each) => `${placeOf(each)}\n`).join('')],
    [
      `${folder}/changes.csv`,
      stringify(
        sorted.map((each) => [placeOf(each), each.currentReleaseDate]),
        { quoted: true },
      ),
    ],
    [feedOf(label), feed(issuer, label, sorted)],
    [`${folder}/index.html`, listing(folder, ['changes.csv', 'index.txt', ...years.map((year) => `${year}/`)])],
    ...years.map((year): [string, string] => [
      `${folder}/${year}/index.html`,
      listing(
        `${folder}/${year}`,
        sorted
          .map(placeOf)
          .filter((place) => place.startsWith(`${year}/`))
          .flatMap((place) => ['', '.asc', '.sha256', '.sha512'].map((suffix) => `${place.slice(5)}${suffix}`)),
      ),
    ]),
  ];
}

/** For programs that look what is in a folder, and people who do. @see CSAF 2.0 §7.1.14 */
const listing = (folder: string, names: readonly string[]): string =>
  [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeMarkup(folder)}</title></head><body>`,
    `<h1>${escapeMarkup(folder)}</h1>`,
    '<ul>',
    ...names.map((name) => `<li><a href="${escapeMarkup(name)}">${escapeMarkup(name)}</a></li>`),
    '</ul>',
    '</body></html>',
    '',
  ].join('\n');

function feed({ base, publisher, updatedAt }: CsafIssuer, label: CsafLabel, sorted: PublishedDocument[]): string {
  const service = serviceBeside(label === 'WHITE' ? METADATA : PROTECTED_METADATA);
  return jsonText({
    feed: {
      id: `csaf-feed-tlp-${label.toLowerCase()}`,
      title: `TLP:${label} advisories of ${publisher.name}`,
      link: [
        { rel: 'self', href: `${base}/${feedOf(label)}` },
        { rel: 'service', href: `${base}/${service}` },
      ],
      category: [ROLIE_CATEGORY],
      updated: sorted[0]?.currentReleaseDate ?? updatedAt,
      entry: sorted.map((each) => {
        const url = `${base}/${folderOf(label)}/${placeOf(each)}`;
        return {
          id: each.trackingId,
          title: each.title,
          link: [
            { rel: 'self', href: url },
            { rel: 'hash', href: `${url}.sha256` },
            { rel: 'hash', href: `${url}.sha512` },
            { rel: 'signature', href: `${url}.asc` },
          ],
          published: each.initialReleaseDate,
          updated: each.currentReleaseDate,
          ...(each.summary !== null && { summary: { content: each.summary } }),
          content: { type: 'application/json', src: url },
          format: { schema: 'https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json', version: '2.0' },
        };
      }),
    },
  });
}
