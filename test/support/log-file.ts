import { logHeading } from '../../src/modules/exercises/core/index.js';
import type { LogEntry, Scenario } from '../../src/modules/exercises/core/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';

/** The exported log of a run that lasted a minute, in which a team did nothing. */
export function logFile(team: string): string {
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
    { kind: 'ended', ...at(3) },
  ];
  const played = exampleScenario as Scenario;
  const id = '22222222-2222-4222-8222-222222222222';
  const heading = logHeading({ id, title: 'Elsewhere', scenario: { id, version: 1 } }, played, entries);
  return [heading, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');
}
