/**
 * As much of jq as the Common Exercise Format's evaluations use: paths, iteration, pipes, commas, arrays, comparisons,
 * `and`, `or`, and the functions below. No JavaScript jq is kept and small: `jq-web` is 1.5 MB of WebAssembly that loads
 * asynchronously, and scoring is one synchronous pass.
 * @see jq 1.7 manual
 */
export class UnsupportedJq extends Error {}

type Filter = (input: unknown) => unknown[];

const FUNCTIONS: Readonly<Record<string, (argument: Filter | null) => Filter>> = {
  select: (test) => (input) => (required(test, 'select')(input).some(isTrue) ? [input] : []),
  contains: (part) => (input) => required(part, 'contains')(input).map((each) => contains(input, each)),
  startswith: (part) => (input) =>
    required(part, 'startswith')(input).map((each) => String(input).startsWith(String(each))),
  endswith: (part) => (input) => required(part, 'endswith')(input).map((each) => String(input).endsWith(String(each))),
  length: () => (input) => [lengthOf(input)],
  not: () => (input) => [!isTrue(input)],
  ascii_downcase: () => (input) => [String(input).replace(/[A-Z]/g, (letter) => letter.toLowerCase())],
};

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|(==|!=|<=|>=|<|>)|(\.?[A-Za-z_][A-Za-z0-9_]*)|([.[\](),|?]))/y;
const MOST_DEPTH = 50;

/**
 * @returns the filter: all outputs for one input. Iterating over what is no list gives nothing.
 * @throws UnsupportedJq that says where it stopped understanding.
 */
export function compileJq(path: string): Filter {
  const tokens = tokensOf(path);
  let at = 0;
  let depth = 0;
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
      filter = (input) => first(input).flatMap(then);
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
    const left = postfix();
    const operator = tokens[at] ?? '';
    if (!/^([=!<>]=|[<>])$/.test(operator)) return left;
    at += 1;
    const right = postfix();
    return (input) => left(input).flatMap((one) => right(input).map((other) => compare(operator, one, other)));
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
    if (takes(']')) return (input) => before(input).flatMap(itemsOf);
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
    const named = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (!named) return stop();
    at += 1;
    if (!takes('(')) return named(null);
    const argument = pipe();
    expect(')');
    return named(argument);
  };

  const filter = pipe();
  return at === tokens.length ? filter : stop();
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

function required(argument: Filter | null, name: string): Filter {
  if (argument === null) throw new UnsupportedJq(`${name} takes an argument.`);
  return argument;
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
const contains = (whole: unknown, part: unknown): boolean => {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (Array.isArray(whole) && Array.isArray(part))
    return part.every((each) => whole.some((one) => contains(one, each)));
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
