import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';

/** A scenario of so many injects, `inject-1` and on, one every ten minutes, judged from STARTEX. */
export const timedScenario = (count: number) => ({
  ...exampleScenario,
  injects: Array.from({ length: count }, (_, nth) => ({
    ...exampleScenario.injects[0]!,
    id: `inject-${nth + 1}`,
    number: nth + 1,
    timing: { atMinutes: (nth + 1) * 10 },
  })),
  milestones: exampleScenario.milestones.map((each) => ({ ...each, from: { startex: true } })),
});
