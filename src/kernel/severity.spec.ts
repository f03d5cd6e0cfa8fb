import fc from 'fast-check';
import type { SeverityFactors, SeverityScheme } from './severity.js';
import { computeSeverity, deriveFactors, severityFaults, sharedFactors } from './severity.js';

const scheme: SeverityScheme = {
  id: 'two',
  name: 'Two questions',
  factors: [
    {
      id: 'functionalImpact',
      name: 'Functional impact',
      weight: 3,
      values: [
        { id: 'none', name: 'None', score: 0 },
        { id: 'total', name: 'Total', score: 100 },
      ],
    },
    {
      id: 'actor',
      name: 'Actor',
      weight: 1,
      private: true,
      values: [
        { id: 'unknown', name: 'Unknown', score: 20 },
        { id: 'known', name: 'Known', score: 90 },
      ],
    },
    {
      id: 'sector',
      name: 'Sector',
      weight: 1,
      derivedFrom: 'sector',
      values: [
        { id: 'general', name: 'General', score: 10, sectors: ['retail'] },
        { id: 'critical', name: 'Critical', score: 100, sectors: ['energy', 'water'] },
      ],
    },
    {
      id: 'membersAffected',
      name: 'Members affected',
      weight: 1,
      derivedFrom: 'members-affected',
      values: [
        { id: 'one', name: 'One', score: 0, fromMembers: 1 },
        { id: 'several', name: 'Several', score: 80, fromMembers: 2 },
      ],
    },
  ],
  bands: [
    { id: 'low', name: 'Low', from: 0 },
    { id: 'medium', name: 'Medium', from: 50 },
    { id: 'high', name: 'High', from: 75 },
  ],
};

/** Any scheme a region file could hold. */
const anyScheme = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10),
      scores: fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((factors): SeverityScheme => ({
    ...scheme,
    factors: factors.map(({ weight, scores }, at) => ({
      id: `factor${at}`,
      name: `Factor ${at}`,
      weight,
      values: scores.toSorted((a, b) => a - b).map((score, place) => ({ id: `v${place}`, name: `${score}`, score })),
    })),
  }));

/** A scheme with answers to some of its factors, in any order. */
const answered = anyScheme.chain((drawn) =>
  fc
    .tuple(
      ...drawn.factors.map((factor) =>
        fc.option(fc.constantFrom(...factor.values.map(({ id }) => [factor.id, id] as const)), { nil: undefined }),
      ),
    )
    .map((answers) => ({ drawn, answers: answers.filter((answer) => answer !== undefined) })),
);

describe('severity', () => {
  it('is the weighted mean of the answers given, and its band', () => {
    expect(computeSeverity(scheme, { functionalImpact: 'total', actor: 'unknown' })).toEqual({
      score: 80,
      band: 'high',
    });
    expect(computeSeverity(scheme, { actor: 'unknown' })).toEqual({ score: 20, band: 'low' });
  });

  it('is absent where nothing was answered', () => {
    expect(computeSeverity(scheme, {})).toBeUndefined();
  });

  it('refuses what the scheme does not hold, naming each fault by its pointer', () => {
    const factors = { functionalImpact: 'huge', 'a/b~c': 'x', actor: 7, constructor: 'x' };
    expect(severityFaults(scheme, factors).map(({ pointer }) => pointer)).toEqual([
      '/severity/functionalImpact',
      '/severity/a~1b~0c',
      '/severity/actor',
      '/severity/constructor',
    ]);
    expect(severityFaults(scheme, factors, '')[0]).toEqual({
      pointer: '/functionalImpact',
      detail: 'Functional impact must be one of none, total.',
    });
    expect(() => computeSeverity(scheme, { functionalImpact: 'huge' })).toThrow(RangeError);
  });

  it('derives what follows from the facts, and lets the filer overrule it', () => {
    expect(deriveFactors(scheme, { sector: 'water', membersAffected: 3 }, {})).toEqual({
      sector: 'critical',
      membersAffected: 'several',
    });
    expect(deriveFactors(scheme, { sector: 'water' }, { sector: 'general' })).toEqual({ sector: 'general' });
    expect(deriveFactors(scheme, { sector: 'unheard-of', membersAffected: 0 }, {})).toEqual({});
  });

  it('leaves private answers out of what others are shown', () => {
    const factors = { functionalImpact: 'total', actor: 'known' };
    expect(sharedFactors(scheme, factors)).toEqual({ functionalImpact: 'total' });
  });

  it('lies within 0 and 100, with one decimal, in a band that holds it', () => {
    fc.assert(
      fc.property(answered, ({ drawn, answers }) => {
        const severity = computeSeverity(drawn, Object.fromEntries(answers));
        if (answers.length === 0) return severity === undefined;
        if (!severity) return false;
        const { score, band } = severity;
        const at = drawn.bands.findIndex(({ id }) => id === band);
        const from = drawn.bands[at]?.from ?? NaN;
        const next = drawn.bands[at + 1]?.from ?? Infinity;
        return score >= 0 && score <= 100 && Math.round(score * 10) / 10 === score && from <= score && score < next;
      }),
    );
  });

  it('never falls when one answer gets worse', () => {
    fc.assert(
      fc.property(answered, fc.nat(), fc.nat(), ({ drawn, answers }, which, worse) => {
        const [id, value] = answers[which % Math.max(answers.length, 1)] ?? [];
        if (id === undefined) return true;
        const values = drawn.factors.find((factor) => factor.id === id)?.values ?? [];
        const from = values.findIndex((candidate) => candidate.id === value);
        const raised = values[Math.min(from + (worse % values.length), values.length - 1)];
        const before: SeverityFactors = Object.fromEntries(answers);
        const after = { ...before, [id]: raised?.id ?? '' };
        return (computeSeverity(drawn, after)?.score ?? NaN) >= (computeSeverity(drawn, before)?.score ?? NaN);
      }),
    );
  });

  it('does not depend on the order of the answers', () => {
    fc.assert(
      fc.property(
        answered.chain(({ drawn, answers }) =>
          fc.record({
            drawn: fc.constant(drawn),
            answers: fc.constant(answers),
            shuffled: fc.shuffledSubarray(answers, { minLength: answers.length }),
          }),
        ),
        ({ drawn, answers, shuffled }) => {
          expect(computeSeverity(drawn, Object.fromEntries(shuffled))).toEqual(
            computeSeverity(drawn, Object.fromEntries(answers)),
          );
        },
      ),
    );
  });

  it('is the mean of the answers given, as if the factors left out did not exist', () => {
    fc.assert(
      fc.property(answered, ({ drawn, answers }) => {
        const given = Object.fromEntries(answers);
        const narrowed = { ...drawn, factors: drawn.factors.filter(({ id }) => Object.hasOwn(given, id)) };
        expect(computeSeverity(narrowed, given)).toEqual(computeSeverity(drawn, given));
      }),
    );
  });
});
