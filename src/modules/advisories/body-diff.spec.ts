import { applyPatch } from 'diff';
import fc from 'fast-check';
import { bodyDiff } from './body-diff.js';

const diffOf = (before: string, after: string): string =>
  bodyDiff({ name: '1.0.0', text: before }, { name: '1.1.0', text: after });

const lines = (size: number, word: string): string =>
  Array.from({ length: size }, (_, at) => `${word} ${at % 9}`).join('\n');

describe('what changed in a body', () => {
  it('is nothing where nothing did', () => {
    expect(diffOf('A line.\n', 'A line.\n')).toBe('');
  });

  it('is a unified diff that makes the one of the other', () => {
    const text = fc.array(fc.constantFrom('one', 'two', '', '# three'), { maxLength: 20 }).map((all) => all.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const patch = diffOf(before, after);
        if (before !== after) expect(applyPatch(before, patch)).toBe(after);
      }),
    );
  });

  it.each(['', '\n'])('is all of it where none of 100,000 lines is the same, and nobody waits for that', (end) => {
    const [before, after] = [lines(100_000, 'said') + end, lines(90_000, 'written')];
    const patch = diffOf(before, after);
    expect(patch).toContain('--- 1.0.0\n+++ 1.1.0\n@@ -1,100000 +1,90000 @@\n-said 0\n');
    expect(applyPatch(before, patch)).toBe(after);
  });

  it('is what changed of a long one', () => {
    const before = lines(50_000, 'said');
    expect(diffOf(before, `${before}\nAnd this.`).split('\n')).toHaveLength(14);
  });
});
