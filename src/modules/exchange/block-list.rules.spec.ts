import type { Pap } from '../../kernel/markings.js';
import type { SayingRecord } from '../observables/index.js';
import { gather } from './block-list.rules.js';
import type { BlockListWish, Listed } from './block-list.rules.js';
import { Narrowings } from './narrowings.js';

const wish: BlockListWish = { pap: 'PAP:GREEN', since: null, at: new Date('2026-11-20T00:00:00Z') };
let key = 0;

/** A record of others that may be exported. */
function record(values: string[], pap: Pap, isForDetection = true): SayingRecord {
  key += 1;
  return {
    ...{ key, id: `record-${key}`, authorship: 'named', number: 1, tlp: 'TLP:AMBER', pap, is_owner: false, via: [] },
    updated_at: new Date('2026-11-19T00:00:00Z'),
    said: values.map((value) => ({
      value,
      isForDetection,
      facts: {
        firstSeenAt: null,
        lastSeenAt: null,
        expiresAt: null,
        malicious: true,
      } as SayingRecord['said'][number]['facts'],
    })),
  };
}

/** What is listed of records, the newest first. */
function listOf(records: SayingRecord[], most: number, wanted = wish): [string, Pap][] {
  const listed = new Map<string, Listed>();
  const narrowed = new Narrowings();
  for (const each of records) gather(listed, narrowed, each, wanted, most);
  return [...listed.values()].map(({ value, pap }) => [value, pap]);
}

const many = Array.from({ length: 50 }, (_, n) => `feed-${n}.example`);

describe('the places of a block list', () => {
  it('are not taken by what nobody may block', () => {
    const good = record(['a.example', 'b.example'], 'PAP:GREEN');
    for (const feed of [record(many, 'PAP:GREEN', false), record(many, 'PAP:RED'), record(many, 'PAP:CLEAR', false)])
      expect(listOf([feed, good], 2)).toEqual([
        ['a.example', 'PAP:GREEN'],
        ['b.example', 'PAP:GREEN'],
      ]);
  });

  it('are those of the newest, and free again where an older record forbids one', () => {
    const newer = record(['a.example', 'b.example'], 'PAP:GREEN');
    expect(listOf([newer, record(['c.example'], 'PAP:GREEN')], 2).map(([value]) => value)).toEqual([
      'a.example',
      'b.example',
    ]);
    const freed = [newer, record(['a.example'], 'PAP:RED'), record(['c.example', 'a.example'], 'PAP:GREEN')];
    expect(listOf(freed, 2).map(([value]) => value)).toEqual(['b.example', 'c.example']);
  });

  it('hold nothing that any record forbids, read before or after, wanted by it or not', () => {
    const good = record(['a.example'], 'PAP:CLEAR');
    for (const isForDetection of [true, false])
      for (const pap of ['PAP:RED', 'PAP:AMBER'] as const) {
        const narrow = record(['a.example'], pap, isForDetection);
        expect(listOf([narrow, good], 2)).toEqual([]);
        expect(listOf([good, narrow], 2)).toEqual([]);
        expect(listOf([good, narrow, good], 2)).toEqual([]);
      }
  });

  it('show the narrowest word, also of who does not want it blocked', () => {
    const good = record(['a.example'], 'PAP:CLEAR');
    const other = record(['a.example'], 'PAP:GREEN', false);
    expect(listOf([other, good], 2)).toEqual([['a.example', 'PAP:GREEN']]);
    expect(listOf([good, other], 2)).toEqual([['a.example', 'PAP:GREEN']]);
    expect(listOf([other, good], 2, { ...wish, pap: 'PAP:CLEAR' })).toEqual([]);
  });
});

it('Narrowings forget none, and take hardly any for one', () => {
  const narrowed = new Narrowings();
  const values = Array.from({ length: 20_000 }, (_, n) => `value-${n}.example`);
  for (const [n, value] of values.entries()) narrowed.add(value, n % 2 ? 'PAP:RED' : 'PAP:GREEN');
  expect(values.every((value, n) => narrowed.of(value) === (n % 2 ? 'PAP:RED' : 'PAP:GREEN'))).toBe(true);
  expect(values.filter((value) => narrowed.of(`other-${value}`) !== 'PAP:CLEAR')).toEqual([]);
});
