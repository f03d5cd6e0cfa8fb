/**
 * As much of jq as the Common Exercise Format's evaluations use: paths, iteration, pipes, commas, arrays, comparisons,
 * `and`, `or`, and the functions below. No JavaScript jq is kept and small: `jq-web` is 1.5 MB of WebAssembly that loads
 * asynchronously, and scoring is one synchronous pass.
 * @see jq 1.7 manual
 */
export class UnsupportedJq extends Error {}

/** A run that took more steps than MOST_STEPS. */
class TooManySteps extends Error {}

type Filter = (input: unknown) => unknown[];
/** Counts steps of the run, and ends one that takes too many. */
type Spend = (steps: number) => void;

/**
 * Ten thousand attributes are gone through in a tenth of them. A path can ask for more than any machine has: each
 * `| (., .)` doubles what goes on, and each `| [., .]` what a comparison looks at.
 */
const MOST_STEPS = 1_000_000;

/** With an argument. */
const FUNCTIONS_OF: Readonly<Record<string, (argument: Filter, spend: Spend) => Filter>> = {
  select: (test) => (input) => (test(input).some(isTrue) ? [input] : []),
  contains: (part, spend) => (input) => part(input).map((each) => contains(input, each, spend)),
  startswith: (part, spend) => (input) => part(input).map((each) => text(input, spend).startsWith(text(each, spend))),
  endswith: (part, spend) => (input) => part(input).map((each) => text(input, spend).endsWith(text(each, spend))),
};
/** Without one. */
const FUNCTIONS: Readonly<Record<string, (spend: Spend) => Filter>> = {
  length: () => (input) => [lengthOf(input)],
  not: () => (input) => [!isTrue(input)],
  ascii_downcase: (spend) => (input) => [text(input, spend).replace(/[A-Z]/g, (letter) => letter.toLowerCase())],
};

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|(==|!=|<=|>=|<|>)|(\.?[A-Za-z_][A-Za-z0-9_]*)|([.[\](),|?]))/y;
const MOST_DEPTH = 50;

/**
 * @returns the filter: all outputs for one input; none where that takes too many steps. Iterating over what is no list gives
 *   nothing.
 * @throws UnsupportedJq that says where it stopped understanding.
 */
export function compileJq(path: string): Filter {
  const tokens = tokensOf(path);
  let at = 0;
  let depth = 0;
  let left = 0;
  const spend: Spend = (steps) => {
    left -= steps;
    if (left < 0) throw new TooManySteps();
  };
  /** What is written out as a text costs what it is made of, however often the same is in it. */
  const weigh = (value: unknown): void => {
    spend(1);
    if (typeof value === 'string') spend(value.length >> 6);
    else for (const each of itemsOf(value)) weigh(each);
  };
  const stop = (): never => {
    throw new UnsupportedJq(
      at < tokens.length ? `"${tokens[at]}" is not understood here.` : 'The path ends too early.',
    );
  };
  const is = (token: string): boolean => tokens[at] === token;
  const takes = (token: string): boolean => is(token) && ++at > 0;
  const expect = (token: string): void => void (takes(token) || stop());

  const pipe = (): Filter => {
    if (++depth > MOST_DEPTH) throw new UnsupportedJq('The path is nested too deeply.');
    let filter = comma();
    while (takes('|')) {
      const [first, then] = [filter, comma()];
      filter = (input) =>
        first(input).flatMap((each) => {
          spend(1);
          return then(each);
        });
    }
    depth -= 1;
    return filter;
  };
  const comma = (): Filter => {
    const parts = [either()];
    while (takes(',')) parts.push(either());
    return parts.length === 1 && parts[0] ? parts[0] : (input) => parts.flatMap((part) => part(input));
  };
  const either = (): Filter => {
    let filter = both();
    while (takes('or')) {
      const [one, other] = [filter, both()];
      filter = (input) => one(input).flatMap((left) => (isTrue(left) ? [true] : other(input).map(isTrue)));
    }
    return filter;
  };
  const both = (): Filter => {
    let filter = comparison();
    while (takes('and')) {
      const [one, other] = [filter, comparison()];
      filter = (input) => one(input).flatMap((left) => (isTrue(left) ? other(input).map(isTrue) : [false]));
    }
    return filter;
  };
  const comparison = (): Filter => {
    const before = postfix();
    const operator = tokens[at] ?? '';
    if (!/^([=!<>]=|[<>])$/.test(operator)) return before;
    at += 1;
    const right = postfix();
    return (input) =>
      before(input).flatMap((one) =>
        right(input).map((other) => {
          weigh(one);
          weigh(other);
          return compare(operator, one, other);
        }),
      );
  };
  const postfix = (): Filter => {
    let filter = primary();
    for (;;) {
      const before = filter;
      const token = tokens[at] ?? '';
      if (/^\.[A-Za-z_]/.test(token)) {
        at += 1;
        filter = (input) => before(input).map((each) => member(each, token.slice(1)));
      } else if (takes('[')) filter = subscript(before);
      else if (is('.') && tokens[at + 1] === '[') at += 1;
      else if (!takes('?')) return filter;
    }
  };
  const subscript = (before: Filter): Filter => {
    if (takes(']'))
      return (input) =>
        before(input).flatMap((each) => {
          const items = itemsOf(each);
          spend(items.length);
          return items;
        });
    const token = tokens[at] ?? '';
    if (!/^["\d-]/.test(token)) return stop();
    at += 1;
    expect(']');
    const key: unknown = literal(token);
    return (input) =>
      before(input).map((each) => (typeof key === 'string' ? member(each, key) : item(each, Number(key))));
  };
  const primary = (): Filter => {
    const token = tokens[at] ?? '';
    if (token === '.') return ((at += 1), (input) => [input]);
    if (/^\.[A-Za-z_]/.test(token)) return ((at += 1), (input) => [member(input, token.slice(1))]);
    if (takes('(')) {
      const inner = pipe();
      expect(')');
      return inner;
    }
    if (takes('[')) {
      if (takes(']')) return () => [[]];
      const inner = pipe();
      expect(']');
      return (input) => [inner(input)];
    }
    if (/^["\d-]/.test(token)) {
      at += 1;
      const value = literal(token);
      return () => [value];
    }
    if (token === 'true' || token === 'false' || token === 'null') {
      at += 1;
      const value: unknown = JSON.parse(token);
      return () => [value];
    }
    if (Object.hasOwn(FUNCTIONS, token)) return ((at += 1), (FUNCTIONS[token] as (typeof FUNCTIONS)[string])(spend));
    const named = Object.hasOwn(FUNCTIONS_OF, token) ? FUNCTIONS_OF[token] : undefined;
    if (!named) return stop();
    at += 1;
    expect('(');
    const argument = pipe();
    expect(')');
    return named(argument, spend);
  };

  const filter = pipe();
  if (at < tokens.length) stop();
  return (input) => {
    left = MOST_STEPS;
    try {
      const outputs = filter(input);
      outputs.forEach(weigh);
      return outputs;
    } catch (error) {
      if (error instanceof TooManySteps) return [];
      throw error;
    }
  };
}

function tokensOf(path: string): string[] {
  const tokens: string[] = [];
  const text = path.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token) throw new UnsupportedJq(`"${text.slice(start).trim().slice(0, 20)}" is not understood here.`);
    tokens.push(token[0].trim());
  }
  return tokens;
}

function literal(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    throw new UnsupportedJq(`${token} is no value.`);
  }
}

const isTrue = (value: unknown): boolean => value !== null && value !== undefined && value !== false;
const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : null;
const item = (value: unknown, index: number): unknown => (Array.isArray(value) ? (value.at(index) ?? null) : null);
const itemsOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
const lengthOf = (value: unknown): number =>
  typeof value === 'string' ? [...value].length : typeof value === 'number' ? Math.abs(value) : itemsOf(value).length;
/** Nothing within a list or an object is looked at. */
const text = (value: unknown, spend: Spend): string => {
  const written = typeof value === 'object' && value !== null ? '' : String(value);
  spend(1 + (written.length >> 6));
  return written;
};
const contains = (whole: unknown, part: unknown, spend: Spend): boolean => {
  spend(1);
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (Array.isArray(whole) && Array.isArray(part))
    return part.every((each) => whole.some((one) => contains(one, each, spend)));
  return whole === part;
};

function compare(operator: string, one: unknown, other: unknown): boolean {
  if (operator === '==') return JSON.stringify(one) === JSON.stringify(other);
  if (operator === '!=') return JSON.stringify(one) !== JSON.stringify(other);
  const [a, b] = typeof one === 'number' && typeof other === 'number' ? [one, other] : [String(one), String(other)];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
