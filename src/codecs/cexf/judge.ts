import { UnsupportedJq, compileJq } from './jq.js';

export const COMPARISONS = ['equals', 'equals_any', 'contains', 'regex', 'contains-regex', 'count', 'is'] as const;
export type CexfComparison = (typeof COMPARISONS)[number];

export interface CexfTest {
  /** A jq path over `{ Event }`, or over `{ response: [{ Event }] }` where it begins so. */
  path: string;
  comparison: CexfComparison;
  values: readonly (string | number | boolean)[];
}

/** What stands in a test for the address of whoever is tested. */
const USER_EMAIL = '{{user_email}}';
const LONGEST_PATTERN = 500;

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
  if (comparison === 'regex' || comparison === 'contains-regex')
    for (const value of values)
      if (patternOf(String(value), '') === null) return `"${value}" is no regular expression.`;
  return null;
}

const COUNT = /^\s*(>=|<=|==?|>|<)?\s*(\d+)\s*$/;

/** The test as a function of a MISP event, compiled once. A test that is not supported holds for none. */
export function judgeOf(test: CexfTest): (event: unknown) => boolean {
  if (whyUnsupported(test) !== null) return () => false;
  const filter = compileJq(test.path);
  const isOverSearch = test.path.includes('.response');
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
    const values = test.values.map((value) => textOf(value).replaceAll(USER_EMAIL, email));
    return holds(test.comparison, outputs, values);
  };
}

function holds(comparison: CexfComparison, outputs: readonly unknown[], values: readonly string[]): boolean {
  if (comparison === 'count') {
    const [only] = outputs;
    const count = outputs.length === 1 && Array.isArray(only) ? only.length : outputs.length;
    return values.every((value) => isCount(count, value));
  }
  const texts = outputs
    .flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]))
    .map((each) => textOf(each).toLowerCase());
  const wanted = values.map((value) => value.toLowerCase());
  switch (comparison) {
    case 'is':
    case 'equals':
      return wanted.every((value) => texts.includes(value));
    case 'equals_any':
      return wanted.some((value) => texts.includes(value));
    case 'contains':
      return wanted.every((value) => texts.some((text) => text.includes(value)));
    case 'regex':
    case 'contains-regex': {
      const [before, after] = comparison === 'regex' ? ['^(?:', ')$'] : ['', ''];
      return values.every((value) => {
        const pattern = patternOf(`${before}${value}${after}`, 'is');
        return texts.some((text) => pattern?.test(text.slice(0, 4000)) === true);
      });
    }
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

function patternOf(source: string, flags: string): RegExp | null {
  if (source.length > LONGEST_PATTERN) return null;
  // One repetition within another can take for ever on a text that a participant writes.
  if (/[+*}]\)[+*{]/.test(source.replaceAll(/\\./g, ''))) return null;
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}
