import { uuidV5 } from '../../src/codecs/record/uuid-v5.js';
import { logHeading } from '../../src/modules/exercises/core/index.js';
import type { ActFacts, LogEntry, Scenario } from '../../src/modules/exercises/core/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';

/** The exported log of a run that lasted a minute, in which a team did nothing, or so many things. */
export function logFile(team: string, acts: readonly ActFacts[] = []): string {
  const at = (seq: number) => ({ seq, at: `2026-11-19T02:0${seq}:00.000Z`, by: null });
  const entries: LogEntry[] = [
    {
      kind: 'joined',
      ...at(1),
      team: {
        id: team,
        name: 'A team',
        roles: ['national-cert'],
        country: null,
        timeZone: 'UTC',
        order: 1,
        mayBeNamed: false,
      },
    },
    { kind: 'started', ...at(2) },
    ...acts.map(
      (facts, nth) =>
        ({
          kind: 'act',
          ...at(2),
          seq: 3 + nth,
          team,
          verb: 'filed',
          record: uuidV5(team, String(nth)),
          facts,
        }) as const,
    ),
    { kind: 'ended', ...at(3), seq: 3 + acts.length },
  ];
  const played = exampleScenario as Scenario;
  const id = '22222222-2222-4222-8222-222222222222';
  const heading = logHeading({ id, title: 'Elsewhere', scenario: { id, version: 1 } }, played, entries);
  return [heading, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');
}
