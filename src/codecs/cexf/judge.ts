import { UnsupportedJq, compileJq } from './jq.js';
import { UnsupportedPattern, compilePattern } from './pattern.js';
import type { Pattern } from './pattern.js';

export const COMPARISONS = ['equals', 'equals_any', 'contains', 'regex', 'contains-regex', 'count', 'is'] as const;
export type CexfComparison = (typeof COMPARISONS)[number];

export interface CexfTest {
  /** A jq path over `{ Event }`, or over `{ response: [{ Event }] }` where it begins so. */
  path: string;
  comparison: CexfComparison;
  values: readonly (string | number | boolean)[];
}

type PatternComparison = 'regex' | 'contains-regex';
const isPattern = (comparison: CexfComparison): comparison is PatternComparison =>
  comparison === 'regex' || comparison === 'contains-regex';

/** What stands in a test for the address of whoever is tested. */
const USER_EMAIL = '{{user_email}}';
/** How much of a text an expression is run over, and of all texts that a path finds. */
const LONGEST_TEXT = 4000;
const LONGEST_TEXTS = 100_000;

/** Why a test cannot be judged; null where it can. */
export function whyUnsupported({ path, comparison, values }: CexfTest): string | null {
  try {
    compileJq(path);
  } catch (error) {
    if (error instanceof UnsupportedJq) return `The path is beyond what Ronda judges: ${error.message}`;
    throw error;
  }
  if (!(COMPARISONS as readonly string[]).includes(comparison)) return `The comparison "${comparison}" is unknown.`;
  if (values.length === 0) return 'There is no value to compare with.';
  if (comparison === 'count' && !values.every((value) => COUNT.test(String(value)))) return 'This is no count: ">=3".';
  if (isPattern(comparison))
    for (const value of values)
      try {
        compilePattern(String(value), comparison === 'regex');
      } catch (error) {
        if (error instanceof UnsupportedPattern) return `"${value}" is not run as an expression: ${error.message}`;
        throw error;
      }
  return null;
}

const COUNT = /^\s*(>=|<=|==?|>|<)?\s*(\d+)\s*$/;

/** The test as a function of a MISP event, compiled once. A test that is not supported holds for none. */
export function judgeOf(test: CexfTest): (event: unknown) => boolean {
  if (whyUnsupported(test) !== null) return () => false;
  const { comparison } = test;
  const filter = compileJq(test.path);
  const isOverSearch = test.path.includes('.response');
  const isOfAnybody = !test.values.some((value) => textOf(value).includes(USER_EMAIL));
  const compiled = isPattern(comparison) && isOfAnybody ? patternsOf(test, '') : null;
  return (document) => {
    const event = (document as { Event?: Record<string, unknown> } | null)?.Event;
    if (event === undefined) return false;
    // The act is the participant's own: its event is of the address that the test asks for.
    const email =
      typeof event['event_creator_email'] === 'string' ? event['event_creator_email'] : 'player@ronda.invalid';
    const own = { Event: { ...event, event_creator_email: email } };
    const outputs = filter(isOverSearch ? { response: [own] } : own).filter(
      (each) => each !== null && each !== undefined,
    );
    if (isPattern(comparison)) {
      const texts = firstOf(textsOf(outputs));
      return (compiled ?? patternsOf(test, email)).every((pattern) => texts.some(pattern));
    }
    const values = test.values.map((value) => textOf(value).replaceAll(USER_EMAIL, email));
    return holds(comparison, outputs, values);
  };
}

const textsOf = (outputs: readonly unknown[]): string[] =>
  outputs
    .flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]))
    .map((each) => textOf(each).toLowerCase());

/** As much of the texts as expressions are run over, in their order. */
function firstOf(texts: readonly string[]): string[] {
  let left = LONGEST_TEXTS;
  return texts.flatMap((text) => {
    if (left <= 0) return [];
    const read = text.slice(0, Math.min(LONGEST_TEXT, left));
    left -= read.length;
    return [read];
  });
}

/** An address is a text within the expression, and no expression. None where it makes it one that is not run. */
function patternsOf({ comparison, values }: CexfTest, email: string): Pattern[] {
  const written = email.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return values.map((value) => {
    try {
      return compilePattern(
        textOf(value).replaceAll(USER_EMAIL, () => written),
        comparison === 'regex',
      );
    } catch (error) {
      if (error instanceof UnsupportedPattern) return () => false;
      throw error;
    }
  });
}

function holds(
  comparison: Exclude<CexfComparison, PatternComparison>,
  outputs: readonly unknown[],
  values: readonly string[],
): boolean {
  if (comparison === 'count') {
    const [only] = outputs;
    const count = outputs.length === 1 && Array.isArray(only) ? only.length : outputs.length;
    return values.every((value) => isCount(count, value));
  }
  const texts = textsOf(outputs);
  const wanted = values.map((value) => value.toLowerCase());
  switch (comparison) {
    case 'is':
    case 'equals':
      return wanted.every((value) => texts.includes(value));
    case 'equals_any':
      return wanted.some((value) => texts.includes(value));
    case 'contains':
      return wanted.every((value) => texts.some((text) => text.includes(value)));
  }
}

function isCount(count: number, value: string): boolean {
  const [, operator = '=', number = ''] = COUNT.exec(value) ?? [];
  const wanted = Number(number);
  switch (operator) {
    case '>':
      return count > wanted;
    case '>=':
      return count >= wanted;
    case '<':
      return count < wanted;
    case '<=':
      return count <= wanted;
    default:
      return count === wanted;
  }
}

/** MISP says yes with `true`, `1` and `"1"`. */
const textOf = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
};
