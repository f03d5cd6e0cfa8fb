/** Why a regular expression is not run. */
export class UnsupportedPattern extends Error {}

/** Whether the text matches, whatever its case; `.` is also a line feed. */
export type Pattern = (text: string) => boolean;

const LONGEST_PATTERN = 500;
/** What it counts up to is written out: `a{1,200}` is 400 of them. */
const MOST_STATES = 500;

type Assertion = '^' | '$' | '\\b' | '\\B';
type Node =
  | { kind: 'one'; of: string }
  | { kind: 'assertion'; of: Assertion }
  | { kind: 'either'; of: Node[][] }
  | { kind: 'repeat'; of: Node; min: number; max: number };

/** What goes from a state to the next: one character, nothing, or nothing where something holds. */
type State =
  | { kind: 'one'; is: (code: number) => boolean; to: number }
  | { kind: 'assertion'; of: Assertion; to: number }
  | { kind: 'split'; to: number[] }
  | { kind: 'end' };

/**
 * A regular expression of JavaScript that is run as an automaton, in all its states at once: at the most `MOST_STATES` steps for
 * each character, whatever the pattern and the text. Organisers write the one and participants the other, and the engine of
 * JavaScript takes for ever over `((a+)b?)+$`. What needs that engine (back-references, looking ahead and behind) is refused.
 * Each single character is still judged by that engine: classes, escapes and case are its own.
 * @param isWhole whether the whole text has to match, or a part of it.
 * @throws UnsupportedPattern with a sentence.
 * @see Thompson, "Regular expression search algorithm", CACM 11 (1968)
 */
export function compilePattern(source: string, isWhole: boolean): Pattern {
  if (source.length > LONGEST_PATTERN) throw new UnsupportedPattern(`It is longer than ${LONGEST_PATTERN} characters.`);
  try {
    new RegExp(source);
  } catch {
    throw new UnsupportedPattern('It is no regular expression of JavaScript.');
  }
  const found = parse(source);
  const whole: Node[] = isWhole ? [{ kind: 'assertion', of: '^' }, found, { kind: 'assertion', of: '$' }] : [found];
  const { states, first } = automatonOf(whole);
  return (text) => runs(states, first, text);
}

const ONE = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/y;
const HEXADECIMAL = /\\x[0-9a-f]{2}|\\u[0-9a-f]{4}/iy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;
const OPENING = /\((?:\?(?::|<(?![=!])[^>]*>))?(?!\?)/y;
const BOUNDS: Readonly<Record<string, [number, number]>> = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] };

/** @param source one that JavaScript takes: what is no syntax there stands for itself. */
function parse(source: string): Node {
  let at = 0;
  const take = (what: RegExp): RegExpExecArray | null => {
    what.lastIndex = at;
    const taken = what.exec(source);
    if (taken) at = what.lastIndex;
    return taken;
  };
  const either = (): Node => {
    const of: Node[][] = [[]];
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        at += 1;
        of.push([]);
      } else of.at(-1)?.push(repeated(one()));
    }
    return { kind: 'either', of };
  };
  const one = (): Node => {
    if (source[at] === '(') {
      if (!take(OPENING)) throw new UnsupportedPattern('It looks ahead or behind.');
      const inner = either();
      at += 1;
      return inner;
    }
    const [of = ''] = take(HEXADECIMAL) ?? take(ONE) ?? [];
    if (/^\\[\dk]/.test(of)) throw new UnsupportedPattern('It refers back to what it matched.');
    if (of === '\\c') throw new UnsupportedPattern('It names a control character.');
    return of === '^' || of === '$' || of === '\\b' || of === '\\B' ? { kind: 'assertion', of } : { kind: 'one', of };
  };
  const repeated = (of: Node): Node => {
    const quantifier = take(QUANTIFIER);
    if (!quantifier) return of;
    const [, sign = '', from, comma, to] = quantifier;
    const [min, max] = BOUNDS[sign] ?? [Number(from), comma === undefined ? Number(from) : Number(to || Infinity)];
    return { kind: 'repeat', of, min, max };
  };
  return either();
}

function automatonOf(pattern: readonly Node[]): { states: State[]; first: number } {
  const states: State[] = [{ kind: 'end' }];
  const ones = new Map<string, (code: number) => boolean>();
  let visits = 0;
  const add = (state: State): number => states.push(state) - 1;
  const build = (node: Node, to: number): number => {
    // Of what is empty there are no states, however often it is repeated.
    if (++visits > MOST_STATES) throw new UnsupportedPattern(`Written out, it has more than ${MOST_STATES} states.`);
    switch (node.kind) {
      case 'one': {
        const is = ones.get(node.of) ?? oneOf(node.of);
        ones.set(node.of, is);
        return add({ kind: 'one', is, to });
      }
      case 'assertion':
        return add({ ...node, to });
      case 'either':
        return add({ kind: 'split', to: node.of.map((each) => sequence(each, to)) });
      case 'repeat': {
        const { of, min, max } = node;
        let first = to;
        if (max === Infinity) {
          const ways = [to];
          first = add({ kind: 'split', to: ways });
          ways.push(build(of, first));
        } else for (let more = min; more < max; more += 1) first = add({ kind: 'split', to: [build(of, first), to] });
        for (let more = 0; more < min; more += 1) first = build(of, first);
        return first;
      }
    }
  };
  const sequence = (nodes: readonly Node[], to: number): number =>
    nodes.reduceRight((next, node) => build(node, next), to);
  return { first: sequence(pattern, 0), states };
}

/** A text has few characters that differ, and is long. */
function oneOf(source: string): (code: number) => boolean {
  const pattern = new RegExp(`^(?:${source})$`, 'is');
  const known = new Map<number, boolean>();
  return (code) => {
    const is = known.get(code) ?? pattern.test(String.fromCharCode(code));
    known.set(code, is);
    return is;
  };
}

function runs(states: readonly State[], first: number, text: string): boolean {
  const reachedAt = new Int32Array(states.length).fill(-1);
  let next: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const pending = next;
    next = [];
    // It may begin anywhere; `^` says where it may not.
    pending.push(first);
    const code = text.charCodeAt(at);
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const state = states[index];
      if (!state || reachedAt[index] === at) continue;
      reachedAt[index] = at;
      if (state.kind === 'end') return true;
      if (state.kind === 'split') for (const to of state.to) pending.push(to);
      else if (state.kind === 'one' ? at < text.length && state.is(code) : holds(state.of, text, at))
        (state.kind === 'one' ? next : pending).push(state.to);
    }
  }
  return false;
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  if (assertion === '^') return at === 0;
  if (assertion === '$') return at === text.length;
  const isWord = (character = ''): boolean => /^\w/.test(character);
  const isBoundary = isWord(text[at - 1]) !== isWord(text[at]);
  return isBoundary === (assertion === '\\b');
}
