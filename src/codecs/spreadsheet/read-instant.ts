import { TZDate } from '@date-fns/tz';
import type { Cell } from './sheet.js';

/** How dates are written in this file, as whoever sends it says. What is left out is asked for where it matters. */
export interface DateHabits {
  order?: 'day-first' | 'month-first' | undefined;
  era?: 'buddhist' | 'gregorian' | undefined;
  /** IANA name of the zone of times that name none. */
  timeZone: string;
}

/** From this year on a date is of the Buddhist era, or wrong: nobody else asks for incidents of the 25th century. */
const NOT_OUR_CENTURIES = 2400;
const BUDDHIST_ERA_YEARS = 543;

/** The zeros of the region's digits: ASCII, Thai, Lao, Myanmar, Khmer, Shan. */
const ZEROS = ['0', '๐', '໐', '၀', '០', '႐'].map((zero) => zero.codePointAt(0) ?? 0);

const TIME = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)? *(Z|[+-]\d{2}:?\d{2})?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${TIME}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})${TIME}$`, 'i');

/**
 * The instant that a cell names, as RFC 3339 in UTC, or what has to be asked. Days and months are never guessed at, nor
 * eras: 03/04/2569 has four readings, and only its writer knows which.
 */
export function readInstant(cell: Exclude<Cell, null>, habits: DateHabits): { instant: string } | { question: string } {
  if (cell instanceof Date) {
    const parts = [cell.getUTCFullYear(), cell.getUTCMonth() + 1, cell.getUTCDate()] as const;
    return place(parts, [cell.getUTCHours(), cell.getUTCMinutes(), cell.getUTCSeconds()], undefined, habits);
  }
  if (typeof cell !== 'string')
    return { question: 'This is no date. Format the cell as a date, or write 2026-11-20 10:30.' };
  const text = asciiDigits(cell.trim());
  const yearFirst = YEAR_FIRST.exec(text);
  const yearLast = yearFirst ? null : YEAR_LAST.exec(text);
  const found = yearFirst ?? yearLast;
  if (!found) return { question: `"${cell}" is no date. Write 2026-11-20 10:30, or format the cell as a date.` };
  const [, first, second, third, hours = '0', minutes = '0', seconds = '0', offset] = found;
  const time = [Number(hours), Number(minutes), Number(seconds)] as const;
  if (yearFirst) return place([Number(first), Number(second), Number(third)], time, offset, habits);
  if (habits.order === undefined)
    return {
      question: `Is "${cell}" day first or month first? Send dates=day-first or dates=month-first for the whole file.`,
    };
  const [day, month] = habits.order === 'day-first' ? [first, second] : [second, first];
  return place([Number(third), Number(month), Number(day)], time, offset, habits);
}

function place(
  [writtenYear, month, day]: readonly [number, number, number],
  [hours, minutes, seconds]: readonly [number, number, number],
  offset: string | undefined,
  { era, timeZone }: DateHabits,
): { instant: string } | { question: string } {
  const looksBuddhist = writtenYear >= NOT_OUR_CENTURIES;
  if (looksBuddhist && era === undefined)
    return {
      question: `Is ${writtenYear} a year of the Buddhist era (${writtenYear - BUDDHIST_ERA_YEARS})? Send era=buddhist or era=gregorian for the whole file.`,
    };
  if (era === 'buddhist' && !looksBuddhist)
    return { question: `The file is said to count years by the Buddhist era, and ${writtenYear} is none of it.` };
  const year = era === 'buddhist' ? writtenYear - BUDDHIST_ERA_YEARS : writtenYear;
  if (month > 12 || month < 1 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate())
    return { question: `There is no day ${day} of month ${month} in ${year}.` };
  if (hours > 23 || minutes > 59 || seconds > 59) return { question: 'There is no such time of day.' };
  const wall = [year, month - 1, day, hours, minutes, seconds] as const;
  if (offset === undefined) return { instant: new Date(new TZDate(...wall, timeZone).getTime()).toISOString() };
  return { instant: new Date(Date.UTC(...wall) - offsetMinutes(offset) * 60_000).toISOString() };
}

function offsetMinutes(offset: string): number {
  if (/^z$/i.test(offset)) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return offset.startsWith('-') ? -minutes : minutes;
}

/** With the region's digits as 0–9. */
export const asciiDigits = (text: string): string =>
  text.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((each) => code >= each && code <= each + 9);
    return zero === undefined ? digit : String(code - zero);
  });
