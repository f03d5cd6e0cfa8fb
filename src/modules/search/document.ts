import { runsOf } from './words.js';

/** How much a word weighs where a record is ranked: by where it stands. PostgreSQL's A to D are 1, 0.4, 0.2 and 0.1. */
export type Weight = 'A' | 'B' | 'C' | 'D';

/** A text of a document, with the weight of its words. */
export interface Passage {
  text: string;
  weight: Weight;
}

/** PostgreSQL's own limits: places of a document, places of a word, and (with room to spare) bytes of a document. */
const LAST_PLACE = 16_383;
const PLACES_OF_A_WORD = 255;
const MOST_BYTES = 700_000;
/** Between passages, so that no phrase reaches from one into the next. */
const GAP = 10;

/**
 * The words of a document, as the text of a `tsvector`. Beyond PostgreSQL's limits words lose their place and are found
 * by themselves, not in phrases; and of very long texts what is joined or taken apart is left out, never a word itself.
 */
function toTsvector(passages: readonly Passage[]): string {
  const places = new Map<string, string[]>();
  let next = 1;
  let bytes = 0;
  for (const { text, weight } of passages) {
    for (const { words, to } of runsOf(text, next)) {
      for (const { lexeme, from, to: last, isCut } of words) {
        if (!isCut && (bytes > MOST_BYTES || from >= LAST_PLACE)) continue;
        let known = places.get(lexeme);
        if (!known) {
          places.set(lexeme, (known = []));
          bytes += Buffer.byteLength(lexeme) + 8;
        }
        // At both its ends: whatever it follows, and whatever follows it, is its neighbour.
        for (const place of from === last ? [from] : [from, last]) {
          if (known.length >= PLACES_OF_A_WORD) break;
          known.push(`${Math.min(place, LAST_PLACE)}${weight}`);
          bytes += 2;
        }
      }
      next = to + 1;
    }
    next += GAP;
  }
  return [...places].map(([lexeme, at]) => `${quote(lexeme)}:${at.join(',')}`).join(' ');
}

/** A word as `tsvector` and `tsquery` read it. @see PostgreSQL, 8.11 Text Search Types */
export const quote = (lexeme: string): string => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** What of a revision is found, and how much it weighs. */
export interface IncidentText {
  title: string;
  description: string | null;
  tags: readonly string[];
}

export const incidentWords = ({ title, description, tags }: IncidentText): string =>
  toTsvector([
    { text: title, weight: 'A' },
    ...tags.map((text) => ({ text, weight: 'B' as const })),
    { text: description ?? '', weight: 'C' },
  ]);

/** What of a revision of an advisory is found. */
export interface AdvisoryText {
  title: string;
  summary: string;
  body: string;
}

export const advisoryWords = ({ title, summary, body }: AdvisoryText): string =>
  toTsvector([
    { text: title, weight: 'A' },
    { text: summary, weight: 'B' },
    { text: body, weight: 'C' },
  ]);

export const commentWords = (body: string): string => toTsvector([{ text: body, weight: 'D' }]);

/** Whether two revisions say the same where it is searched: then one document serves both. */
export const saysTheSame = (one: IncidentText, other: IncidentText): boolean =>
  one.title === other.title && one.description === other.description && one.tags.join('\n') === other.tags.join('\n');
