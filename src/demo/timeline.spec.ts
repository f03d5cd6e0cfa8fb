import { loadRegion } from '../platform/config/region-file.js';
import { demoIncidents } from './content/index.js';
import { timelineOf } from './timeline.js';
import type { Moment } from './timeline.js';

const now = new Date('2026-11-20T02:10:00Z');
const plans = demoIncidents(loadRegion(), { now, seed: 7, count: 300 });
const named = ({ act }: Moment): string => (act.kind === 'move' ? act.transition : act.kind);

describe('what becomes of a demo incident', () => {
  it('happens in order, after it was detected and before now', () => {
    for (const [at, plan] of plans.entries()) {
      const times = timelineOf(plan, now, at % 3 === 0).map(({ at }) => at.getTime());
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(Date.parse(plan.filing.detectedAt));
      expect(times.at(-1)).toBeLessThan(now.getTime());
    }
  });

  it('goes through every status to the last, is shared once, and is talked about after', () => {
    const closed = plans.find(
      ({ lifecycle, release, comments }) => lifecycle === 'closed' && release?.tlp === 'TLP:GREEN' && comments,
    )!;
    const talk = closed.comments!.map(() => 'comment');
    const way = ['file', 'submit', 'triage', 'investigate', 'contain', 'close'];
    expect(timelineOf(closed, now, false).map(named)).toEqual([...way, 'release', 'confirm', ...talk]);
    expect(timelineOf(closed, now, true).map(named)).toEqual([
      ...way.slice(0, 3),
      'release',
      'confirm',
      ...way.slice(3),
      ...talk,
    ]);
  });

  it('leaves a draft a draft', () => {
    const draft = plans.find(({ lifecycle }) => lifecycle === 'draft')!;
    expect(timelineOf(draft, now, true).map(named)).toEqual(['file']);
  });

  it('knows when it was contained only from then on', () => {
    const contained = plans.find(({ lifecycle, filing }) => lifecycle === 'contained' && filing.containedAt)!;
    const { at, act } = timelineOf(contained, now, false).find((moment) => named(moment) === 'contain')!;
    expect(act).toMatchObject({ learned: { containedAt: contained.filing.containedAt } });
    expect(at.getTime()).toBeGreaterThanOrEqual(Date.parse(contained.filing.containedAt!));
  });
});
