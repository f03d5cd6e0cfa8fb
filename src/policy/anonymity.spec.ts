import fc from 'fast-check';
import { loadRegion } from '../platform/config/region-file.js';
import { couldHaveWritten, fewestCandidates } from './anonymity.js';
import type { Candidate, Recipient, TellingFacts } from './anonymity.js';

const region = loadRegion();
const nothing: TellingFacts = { countries: [], language: null, currency: null };
const everybody: Candidate[] = ['VN', 'TH', 'SG', 'ID', 'MY', 'LA', 'JP', null].map((country, key) => ({
  key,
  country,
}));
const left = (facts: Partial<TellingFacts>): (string | null)[] =>
  couldHaveWritten({ ...nothing, ...facts }, everybody, region).map(({ country }) => country);

describe('who could have written what is anonymous', () => {
  it.each<[string, Partial<TellingFacts>, (string | null)[]]>([
    ['nothing said', {}, ['VN', 'TH', 'SG', 'ID', 'MY', 'LA', 'JP', null]],
    ['countries', { countries: ['VN', 'TH', 'KH'] }, ['VN', 'TH']],
    ['the region’s own language', { language: 'en' }, ['VN', 'TH', 'SG', 'ID', 'MY', 'LA', 'JP', null]],
    ['another, in a script', { language: 'th-Thai' }, ['TH']],
    ['one that several write', { language: 'ms' }, ['SG', 'MY']],
    ['a currency of one', { currency: 'VND' }, ['VN']],
    ['money of everybody', { currency: 'USD' }, ['VN', 'TH', 'SG', 'ID', 'MY', 'LA', 'JP', null]],
    ['money of nobody’s', { currency: 'CHF' }, ['VN', 'TH', 'SG', 'ID', 'MY', 'LA', 'JP', null]],
    ['two facts together', { countries: ['VN', 'TH'], language: 'vi' }, ['VN']],
  ])('%s', (_, facts, thinkable) => {
    expect(left(facts)).toEqual(thinkable);
  });

  it('leaves each recipient out in its own eyes, and counts among whom it can have come from', () => {
    const to = (key: number, among: number[] | null = null): Recipient => ({ key, among: among && new Set(among) });
    expect(fewestCandidates(everybody, [])).toBe(8);
    expect(fewestCandidates(everybody, [to(0), to(1)])).toBe(7);
    expect(fewestCandidates(everybody, [to(99)])).toBe(8);
    expect(fewestCandidates(everybody, [to(0), to(1, [0, 1, 2])])).toBe(2);
  });

  it('never counts more for more recipients, for more said, or for fewer organisations', () => {
    const facts = fc.record({
      countries: fc.subarray(['VN', 'TH', 'SG', 'LA']),
      language: fc.constantFrom(null, 'en', 'vi', 'ms'),
      currency: fc.constantFrom(null, 'USD', 'VND'),
    });
    const recipients = fc.array(
      fc.record({ key: fc.nat(9), among: fc.option(fc.uniqueArray(fc.nat(9)).map((keys) => new Set(keys))) }),
    );
    fc.assert(
      fc.property(facts, recipients, recipients, fc.subarray(everybody), (said, some, more, few) => {
        const all = couldHaveWritten(said, everybody, region);
        expect(fewestCandidates(all, [...some, ...more])).toBeLessThanOrEqual(fewestCandidates(all, some));
        expect(all.length).toBeLessThanOrEqual(couldHaveWritten({ ...said, language: null }, everybody, region).length);
        const fewer = couldHaveWritten(said, few, region);
        expect(fewestCandidates(fewer, some)).toBeLessThanOrEqual(fewestCandidates(all, some));
      }),
    );
  });
});
