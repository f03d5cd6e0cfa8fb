import fc from 'fast-check';
import { matchesOf } from './matches.js';

const PATTERNS = [/a/g, /[ab]+/gu, /a*/g, /\p{L}*/gu, /(?:)/gu, /(?<letter>[a-c])(\d)?/giu, /\b/g];

describe('every match', () => {
  it('is the one that matchAll finds, also of nothing and between surrogates', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PATTERNS),
        fc.string({ unit: fc.constantFrom('a', 'b', 'C', '1', ' ', '😀', '\ud83d', 'ก', 'é') }),
        (pattern, text) => {
          const of = (match: RegExpExecArray): unknown => [match.index, [...match], { ...match.groups }];
          expect(matchesOf(pattern, text).map(of)).toEqual([...text.matchAll(pattern)].map(of));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('begins anew each time, and wants a global expression', () => {
    const pattern = /a/g;
    pattern.lastIndex = 2;
    expect(matchesOf(pattern, 'aaa')).toHaveLength(3);
    expect(() => matchesOf(/a/u, 'aaa')).toThrow(TypeError);
  });
});
