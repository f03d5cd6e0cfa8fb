import { stringify } from 'csv-stringify/sync';
import { escapeMarkup } from '../../advisory/escape.js';
import { csafFileName } from './file-name.js';
import type { CsafIssuer, CsafShelf, ListedDocument } from './issuer.js';
import { METADATA, feedOf, jsonText, labelOf } from './issuer.js';
import { PROTECTED_METADATA, ROLIE_CATEGORY, serviceBeside } from './metadata.js';

/** Where a document lies on its shelf: by the year of its first release. */
export const placeOf = ({
  initialReleaseDate,
  trackingId,
}: Pick<ListedDocument, 'initialReleaseDate' | 'trackingId'>): string =>
  `${initialReleaseDate.slice(0, 4)}/${csafFileName(trackingId)}`;

const newestFirst = (documents: readonly ListedDocument[]): ListedDocument[] =>
  [...documents].sort(
    (a, b) => Date.parse(b.currentReleaseDate) - Date.parse(a.currentReleaseDate) || (placeOf(a) < placeOf(b) ? -1 : 1),
  );

/** Everything that tells which documents there are on one shelf. @see CSAF 2.0 §7.1.11 to §7.1.15 */
export function shelfIndex(
  issuer: CsafIssuer,
  shelf: CsafShelf,
  documents: readonly ListedDocument[],
): [path: string, content: string][] {
  const sorted = newestFirst(documents);
  const years = [...new Set(sorted.map((each) => placeOf(each).slice(0, 4)))].sort().reverse();
  return [
    [`${shelf}/index.txt`, sorted.map((each) => `${placeOf(each)}\n`).join('')],
    [
      `${shelf}/changes.csv`,
      stringify(
        sorted.map((each) => [placeOf(each), each.currentReleaseDate]),
        { quoted: true },
      ),
    ],
    [feedOf(shelf), feed(issuer, shelf, sorted)],
    [`${shelf}/index.html`, listing(shelf, ['changes.csv', 'index.txt', ...years.map((year) => `${year}/`)])],
    ...years.map((year): [string, string] => [
      `${shelf}/${year}/index.html`,
      listing(
        `${shelf}/${year}`,
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

function feed({ base, publisher, updatedAt }: CsafIssuer, shelf: CsafShelf, sorted: ListedDocument[]): string {
  const service = serviceBeside(shelf === 'white' ? METADATA : PROTECTED_METADATA);
  return jsonText({
    feed: {
      id: `csaf-feed-tlp-${labelOf(shelf).toLowerCase()}`,
      title: `TLP:${labelOf(shelf)} advisories of ${publisher.name}`,
      link: [
        { rel: 'self', href: `${base}/${feedOf(shelf)}` },
        { rel: 'service', href: `${base}/${service}` },
      ],
      category: [ROLIE_CATEGORY],
      updated: sorted[0]?.currentReleaseDate ?? updatedAt,
      entry: sorted.map((each) => {
        const url = `${base}/${shelf}/${placeOf(each)}`;
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
