import { OUTCOME_TOKEN, changeSince, tokenOf } from './release-outcome.js';
import type { ReleaseOutcome } from './release-outcome.js';

const outcome = (more: Partial<ReleaseOutcome> = {}): ReleaseOutcome => ({
  record: ['id', { title: 'A' }],
  terms: ['TLP:AMBER', 'PAP:GREEN', [], null],
  before: null,
  readers: ['organisation th', 'user somchai'],
  contradictions: [],
  findings: ['email-address /title 0 a@b.example'],
  ...more,
});

describe('the token of an outcome', () => {
  it('is the same for the same outcome, whatever its order', () => {
    const token = tokenOf(outcome());
    expect(token).toMatch(OUTCOME_TOKEN);
    expect(changeSince(token, outcome({ readers: ['user somchai', 'organisation th'] }))).toBeNull();
  });

  it.each<[string, Partial<ReleaseOutcome>]>([
    ['record', { record: ['id', { title: 'B' }] }],
    ['terms', { terms: ['TLP:AMBER', 'PAP:GREEN', [], '2027-01-01T00:00:00.000Z'] }],
    ['before', { before: 'another' }],
    ['contradictions', { contradictions: ['marking-and-pap /marking/pap'] }],
    ['findings', { findings: [] }],
  ])('tells that %s is another', (part, change) => {
    expect(changeSince(tokenOf(outcome()), outcome(change))?.parts).toEqual([part]);
  });

  it('tells who is new, and how many are gone', () => {
    const change = changeSince(
      tokenOf(outcome()),
      outcome({ readers: ['organisation th', 'organisation sg', 'user linh'] }),
    );
    expect(change).toEqual({
      parts: ['readers'],
      newReaders: new Set(['organisation sg', 'user linh']),
      readersGone: 1,
    });
  });
});
