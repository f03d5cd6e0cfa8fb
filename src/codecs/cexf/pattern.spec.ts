import vm from 'node:vm';
import fc from 'fast-check';
import { judgeOf, whyUnsupported } from './judge.js';
import type { CexfTest } from './judge.js';
import { UnsupportedPattern, compilePattern } from './pattern.js';
import type { Pattern } from './pattern.js';

const test = (value: string, comparison: CexfTest['comparison'] = 'contains-regex'): CexfTest => ({
  path: '.Event.info',
  comparison,
  values: [value],
});
const judged = (value: string, info: string, comparison?: CexfTest['comparison']): boolean =>
  judgeOf(test(value, comparison))({ Event: { info } });

/** So that what never ends fails, and hangs nothing. */
const guarded = <T>(work: () => T): T => vm.runInNewContext('work()', { work }, { timeout: 30_000 }) as T;

describe('an expression of a scenario', () => {
  const ONE = [
    'a',
    'b',
    'A',
    '.',
    '\\w',
    '\\d',
    '\\s',
    '[ab]',
    '[^a]',
    '[^]',
    '[]',
    '\\.',
    '\\n',
    '\\x61',
    '\\u0062',
    '{',
    ']',
  ];
  const ASSERTIONS = ['^', '$', '\\b', '\\B'];
  const QUANTIFIERS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,}', '{0,2}', '{1,3}?'];
  const { source } = fc.letrec<{ source: string; sequence: string; part: string; group: string }>((tie) => ({
    source: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((each) => each.join('|')),
    sequence: fc
      .array(fc.oneof(tie('part'), fc.constantFrom(...ASSERTIONS)), { maxLength: 3 })
      .map((each) => each.join('')),
    part: fc
      .tuple(fc.oneof({ maxDepth: 3 }, fc.constantFrom(...ONE), tie('group')), fc.constantFrom('', '', ...QUANTIFIERS))
      .map((each) => each.join('')),
    group: fc.tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('source')).map(([open, of]) => `${open}${of})`),
  }));
  const text = fc
    .array(fc.constantFrom('a', 'b', 'B', '1', ' ', '.', '\n', '{', ']'), { maxLength: 7 })
    .map((each) => each.join(''));

  it('holds where the engine of JavaScript says so', () => {
    let both = 0;
    guarded(() =>
      fc.assert(
        fc.property(source, text, fc.boolean(), (pattern, of, isWhole) => {
          let engine: RegExp;
          let own: Pattern;
          try {
            engine = new RegExp(isWhole ? `^(?:${pattern})$` : pattern, 'is');
            own = compilePattern(pattern, isWhole);
          } catch {
            return;
          }
          both += 1;
          expect([pattern, of, own(of)]).toEqual([pattern, of, engine.test(of)]);
        }),
        { numRuns: 3000 },
      ),
    );
    expect(both).toBeGreaterThan(1500);
  });

  const hostile = [
    '((a+)b?)+$',
    '(\\w|\\d)+x',
    '(a*)*b',
    '(a|a)*b',
    '(a|aa)+$',
    '(?:a?){1,150}b',
    `${'a?'.repeat(160)}${'a'.repeat(160)}b`,
    `${'(a|a)'.repeat(80)}b`,
    '.*.*.*.*.*.*x!',
    'a*a*a*a*a*a*b',
    '(.*a){12}b',
    '([a-z]+)*=',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(?:(?:(?:a{0,5}){0,5}){0,5}){0,5}b',
  ];
  it.each(hostile.map((pattern) => [pattern.slice(0, 40), pattern]))('ends on any text: %s', (_, pattern) => {
    const unsupported = whyUnsupported(test(pattern));
    if (unsupported !== null) expect(unsupported).toContain('has more than 500 states');
    const judge = judgeOf({ path: '.Event.Attribute[].value', comparison: 'regex', values: [pattern] });
    const holds = guarded(() =>
      ['a', 'ab', 'aA'].filter((each) => {
        const value = `${each.repeat(3998 / each.length)}!`;
        return judge({ Event: { Attribute: Array.from({ length: 25 }, () => ({ value })) } });
      }),
    );
    expect(holds).toEqual([]);
  });

  it('reads so much of a text, and of all texts, and no more', () => {
    const judge = judgeOf({ path: '.Event.Attribute[].value', comparison: 'contains-regex', values: ['x$'] });
    const of = (...values: string[]) => judge({ Event: { Attribute: values.map((value) => ({ value })) } });
    const long = 'a'.repeat(4000);
    expect([of(`${long.slice(1)}x`), of(`${long}x`)]).toEqual([true, false]);
    expect([of(...Array<string>(24).fill(long), 'x'), of(...Array<string>(25).fill(long), 'x')]).toEqual([true, false]);
  });

  it('holds as it always did', () => {
    expect(judged('C2 .*(beacon|server)', 'A c2 with\na BEACON')).toBe(true);
    expect(judged('(?:[a-z0-9-]+\\.)+example', 'see www.a-b.example/x')).toBe(true);
    expect(judged('\\d{1,3}(\\.\\d{1,3}){3}', 'at 192.0.2.1')).toBe(true);
    expect([judged('beacon', 'a beacon', 'regex'), judged('.*beacon', 'a beacon', 'regex')]).toEqual([false, true]);
    expect(judged('^$', 'x')).toBe(false);
  });

  it('takes the address of who is judged as a text', () => {
    const of = (email: string) =>
      judgeOf(test('by {{user_email}}$'))({ Event: { info: 'Filed by a+b@cert.example', event_creator_email: email } });
    expect([of('a+b@cert.example'), of('.*'), of('('), of('a'.repeat(600))]).toEqual([true, false, false, false]);
  });

  const refused = [
    ['(?=a)b', 'ahead or behind'],
    ['(?!a)b', 'ahead or behind'],
    ['(?<=a)b', 'ahead or behind'],
    ['(?<!a)b', 'ahead or behind'],
    ['(a)\\1', 'refers back'],
    ['(?<n>a)\\k<n>', 'refers back'],
    ['a{501}', 'states'],
    ['((a{50}){50}){50}', 'states'],
    ['((((){900}){900}){900}){900}', 'states'],
    ['(', 'no regular expression'],
    ['a'.repeat(501), 'longer than 500'],
  ] as const;
  it.each(refused.map((each) => [each[0].slice(0, 40), ...each] as const))('is not run: %s', (_, pattern, why) => {
    expect(() => guarded(() => compilePattern(pattern, false))).toThrow(UnsupportedPattern);
    expect(whyUnsupported(test(pattern))).toContain(why);
    expect(judged(pattern, pattern)).toBe(false);
  });
});
