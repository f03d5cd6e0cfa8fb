import type { Advisory, AdvisoryIndicator, AdvisoryKind, AdvisoryNote } from '../advisory/index.js';
import { ADVISORY_KINDS, NOTE_CATEGORIES } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import type { CsafNote } from './words.js';
import { TITLES } from './words.js';

type Noted = Pick<Advisory, 'summary' | 'body' | 'kind' | 'indicators' | 'notes'>;

export function writeNotes({ summary, body, kind, indicators, notes }: Noted): CsafNote[] {
  return [
    ...(summary === null ? [] : [{ category: 'summary' as const, title: TITLES.summary, text: summary }]),
    ...(body === null ? [] : [{ category: 'details' as const, title: TITLES.body, text: body }]),
    { category: 'other', title: TITLES.kind, text: kind },
    ...(indicators.length === 0
      ? []
      : [{ category: 'other' as const, title: TITLES.indicators, text: indicators.map(lineOf).join('\n') }]),
    ...notes.map(({ category, title, text, audience }) => ({
      category,
      ...(title !== null && { title }),
      text,
      ...(audience !== null && { audience }),
    })),
  ];
}

/** One indicator a line, as JSON: whatever a value holds, a line stays one. */
const lineOf = ({ type, value, comment }: AdvisoryIndicator): string =>
  JSON.stringify({ type, value, ...(comment !== null && { comment }) });

function readLine(line: string): AdvisoryIndicator | null {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(read)) return null;
  const [type, value] = [textOf(read.type), textOf(read.value)];
  return type === null || value === null ? null : { type, value, comment: textOf(read.comment) };
}

/** The notes of a document, those that say what Ronda has a place for in it. */
export function readNotes(document: Json, byDefault: AdvisoryKind): Noted {
  const found: Noted = { summary: null, body: null, kind: byDefault, indicators: [], notes: [] };
  let [hasKind, hasIndicators] = [false, false];
  for (const note of objectsOf(document.notes)) {
    const read = readNote(note);
    const { category, title, text } = read;
    const kind = ADVISORY_KINDS.find((each) => each === text);
    const lines = title === TITLES.indicators && category === 'other' ? text.split('\n').map(readLine) : [null];
    if (category === 'summary' && found.summary === null) found.summary = text;
    else if (category === 'details' && found.body === null) found.body = text;
    else if (category === 'other' && title === TITLES.kind && kind && !hasKind) [found.kind, hasKind] = [kind, true];
    else if (!hasIndicators && lines.every((each) => each !== null)) [found.indicators, hasIndicators] = [lines, true];
    else found.notes.push(read);
  }
  return found;
}

function readNote(note: Json): AdvisoryNote {
  return {
    category: NOTE_CATEGORIES.find((each) => each === note.category) ?? 'other',
    title: textOf(note.title),
    text: textOf(note.text) ?? '',
    audience: textOf(note.audience),
  };
}
