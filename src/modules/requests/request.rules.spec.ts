import fc from 'fast-check';
import type { Course, RequestState } from './request.rules.js';
import { MOVES, STATES, admits, overdueOf, stateAfter, stateOf, transitions } from './request.rules.js';

const reachableFrom = (start: RequestState): Set<RequestState> => {
  const seen = new Set([start]);
  for (const state of seen) for (const next of Object.values(transitions[state])) seen.add(next);
  return seen;
};

describe('the life of a request', () => {
  it('has no state that is not reached from its beginning', () => {
    expect([...STATES].filter((state) => !reachableFrom('draft').has(state))).toEqual([]);
  });

  it('ends closed, from wherever it is', () => {
    expect(STATES.filter((state) => !reachableFrom(state).has('closed'))).toEqual([]);
    expect(transitions.closed).toEqual({});
  });

  it('has no move that leads nowhere', () => {
    expect(MOVES.filter((move) => STATES.every((state) => stateAfter(state, move) === undefined))).toEqual([]);
  });

  it('is answered or declined once: what was declined is not answered, and neither is taken back', () => {
    expect(transitions.declined).toEqual({ close: 'closed' });
    expect(transitions.answered).toEqual({ answer: 'answered', close: 'closed' });
  });

  const now = new Date('2026-11-20T02:10:00Z');
  const course = fc.record({
    status: fc.constantFrom('draft', 'open', 'withdrawn', 'closed'),
    responses: fc.array(fc.constantFrom('acknowledged', 'answered', 'declined'), { maxLength: 4 }),
    isOneAsked: fc.boolean(),
    expiresAt: fc.constantFrom(null, new Date(now.getTime() - 1), now, new Date(now.getTime() + 1)),
  }) as fc.Arbitrary<Course>;

  it('is what was written of it, then what those asked did, then what the clock says', () => {
    fc.assert(
      fc.property(course, (given) => {
        const state = stateOf(given, now);
        if (given.status !== 'open') expect(state).toBe(given.status);
        else if (given.responses.includes('answered')) expect(state).toBe('answered');
        else expect(['open', 'acknowledged', 'declined', 'expired']).toContain(state);
      }),
    );
  });

  it('declined by one of many is still asked of the others', () => {
    const given = { status: 'open', responses: ['declined'], expiresAt: null } as const;
    expect(stateOf({ ...given, isOneAsked: true }, now)).toBe('declined');
    expect(stateOf({ ...given, isOneAsked: false }, now)).toBe('open');
  });

  it('is late only while somebody is waited for, and from the very instant', () => {
    const [before, after] = [new Date(now.getTime() - 1), new Date(now.getTime() + 1)];
    const late = (state: RequestState, acknowledgeBy: Date, answerBy: Date) =>
      overdueOf(state, { acknowledgeBy, answerBy }, now);
    expect(late('open', now, after)).toBe('acknowledgement');
    expect(late('open', after, after)).toBeNull();
    expect(late('open', before, now)).toBe('answer');
    expect(late('acknowledged', before, after)).toBeNull();
    expect(late('acknowledged', before, before)).toBe('answer');
    for (const state of ['draft', 'answered', 'declined', 'withdrawn', 'expired', 'closed'] as const)
      expect(late(state, before, before)).toBeNull();
  });

  it('is escalated only when it is late', () => {
    expect(admits('escalate', { state: 'open', overdue: null })).toBe(false);
    expect(admits('escalate', { state: 'open', overdue: 'acknowledgement' })).toBe(true);
  });
});
