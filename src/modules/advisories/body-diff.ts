import { createTwoFilesPatch, formatPatch } from 'diff';

/**
 * How many lines may differ for a diff to be sought: what it takes grows with the square of it, and 100,000 lines of
 * which none was the same kept the node busy for half an hour. Counted in lines and not in time, so that the answer is the
 * same for everybody.
 */
const MOST_EDITS = 500;

/** A text and the one that came of it. */
export interface NamedText {
  name: string;
  text: string;
}

/** What changed in a text, as a unified diff; where too much did, all of it is taken away and all of the other added. */
export function bodyDiff(before: NamedText, after: NamedText): string {
  if (before.text === after.text) return '';
  const options = { maxEditLength: MOST_EDITS };
  return (
    createTwoFilesPatch(before.name, after.name, before.text, after.text, undefined, undefined, options) ??
    whollyReplaced(before, after)
  );
}

const WITHOUT_END = String.raw`\ No newline at end of file`;

function whollyReplaced(before: NamedText, after: NamedText): string {
  const [removed, added] = [linesOf(before.text), linesOf(after.text)];
  const signed = (sign: '-' | '+', { lines, isEnded }: Lines): string[] => [
    ...lines.map((line) => sign + line),
    ...(isEnded ? [] : [WITHOUT_END]),
  ];
  return formatPatch({
    oldFileName: before.name,
    newFileName: after.name,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [
      {
        oldStart: 1,
        oldLines: removed.lines.length,
        newStart: 1,
        newLines: added.lines.length,
        lines: [...signed('-', removed), ...signed('+', added)],
      },
    ],
  });
}

interface Lines {
  lines: string[];
  /** Whether the last one ends as the others do. */
  isEnded: boolean;
}

function linesOf(text: string): Lines {
  const lines = text.split('\n');
  const isEnded = lines.at(-1) === '';
  return { lines: isEnded ? lines.slice(0, -1) : lines, isEnded };
}
