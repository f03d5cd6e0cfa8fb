import fc from 'fast-check';
import { hostName } from './host-name.js';

const LETTERS = /^[A-Za-z0-9_.-]$/;
const OTHERS = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).filter(
  (each) => !LETTERS.test(each),
);
const labelsOf = (text: string): number => text.replace(/[.。．｡]$/u, '').split(/[.。．｡]/u).length;

describe('hostName', () => {
  it.each([
    ['Login-Bank.EXAMPLE.', 'login-bank.example'],
    ['bücher。example', 'xn--bcher-kva.example'],
    ['_dmarc.bank.example', '_dmarc.bank.example'],
    ['localhost', 'localhost'],
  ])('reads %s as %s', (text, expected) => expect(hostName(text)).toBe(expected));

  it.each(OTHERS.map((each) => [JSON.stringify(each), each]))(
    'reads nothing where %s stands, and no shorter or other name',
    (_, other) => {
      for (const text of [
        `sites.example${other}view`,
        `sites.example${other}`,
        `${other}sites.example`,
        `sites${other}41.example`,
        `sites.example${other}2fview`,
      ])
        expect(hostName(text)).toBeNull();
    },
  );

  it('reads nothing of what only looks like such a character', () => {
    for (const text of [
      'a.example／b',
      'a.example？b',
      'a.example＃b',
      'a.example＼b',
      'a.example％2fb',
      'a.example＠b',
    ])
      expect(hostName(text)).toBeNull();
  });

  it('never has fewer labels than what was written', () => {
    const part = fc.oneof(
      fc.constantFrom('.', '。', 'a', 'bank', 'example', '\u00AD', '\u200B', 'ü', '%2e', ...OTHERS),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        const name = hostName(text);
        if (name !== null) expect(name.split('.').length).toBeGreaterThanOrEqual(labelsOf(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
