import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '../../../kernel/clock.js';
import type { Scenario, Skill, Team } from '../../../modules/exercises/index.js';
import { Server } from '../server.js';
import { CliError } from '../../cli-error.js';
import { Desk } from './desk.js';
import type { Crew } from './desk.js';
import { SimulatedTeam } from './simulated-team.js';
import type { ClockReading, SimulatedActs } from './simulated-team.js';

/** How somebody of a team signs in: as `demo.json` of a data folder has it. */
export interface SimulatedAccount {
  organisation: string;
  roles: readonly string[];
  apiKey: string;
}

export interface Simulation {
  exercise: string;
  seed: string;
  accounts: readonly SimulatedAccount[];
  /** Who conducts it: what is played is a controller's to read. */
  controller: Server;
  onProgress?: (clock: ClockReading, acts: SimulatedActs) => void;
}

const LOOK_MS = 500;

/**
 * Plays every team whose accounts are given, to ENDEX or the end of the scenario: each reads its inbox and acts through the
 * API, with the delay, skill and mistakes that the seed says.
 */
export async function simulate(simulation: Simulation): Promise<SimulatedActs> {
  const { exercise, controller, onProgress } = simulation;
  const scenario = await scenarioOf(controller, exercise);
  const teams = await teamsOf(simulation, scenario);
  for (;;) {
    const clock = await controller.ask<ClockReading>(`exercises/${exercise}/clock`);
    if (clock.state === 'ended' || clock.exerciseSeconds >= scenario.durationMinutes * 60) break;
    if (clock.state === 'running') await Promise.all(teams.map((team) => team.step(clock)));
    onProgress?.(clock, sumOf(teams));
    await wait(LOOK_MS);
  }
  return sumOf(teams);
}

const sumOf = (teams: readonly SimulatedTeam[]): SimulatedActs => ({
  done: teams.reduce((sum, { acts }) => sum + acts.done, 0),
  mistaken: teams.reduce((sum, { acts }) => sum + acts.mistaken, 0),
  refused: teams.flatMap(({ acts }) => acts.refused),
});

/** The first line of the log says what is played. */
async function scenarioOf(controller: Server, exercise: string): Promise<Scenario> {
  const log = await controller.download(`exercises/${encodeURIComponent(exercise)}/log`);
  try {
    for await (const line of createInterface({ input: log, crlfDelay: Infinity }))
      return (JSON.parse(line) as { scenario: Scenario }).scenario;
  } finally {
    log.destroy();
  }
  throw new CliError('The server says nothing of what is played.');
}

async function teamsOf(
  { exercise, seed, accounts, controller }: Simulation,
  scenario: Scenario,
): Promise<SimulatedTeam[]> {
  const { nextAct } = await import('../../../modules/exercises/index.js');
  const { teams } = await controller.ask<{ teams: { organisation: { id: string; name: string }; roles: string[] }[] }>(
    `exercises/${encodeURIComponent(exercise)}`,
  );
  const all = teams.map(({ organisation: { id, name }, roles }, order): Team => ({
    id,
    name,
    roles,
    country: null,
    timeZone: 'UTC',
    order,
    mayBeNamed: false,
  }));
  const crews = new Map(all.flatMap((team) => crewOf(team.name, accounts, controller.url, exercise)));
  const missing = all.filter(({ name }) => !crews.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw new CliError(`There are no accounts for ${missing.join(', ')}.`);
  return all.map((team) => {
    const others = all.filter(({ id }) => id !== team.id);
    const neighbour = others[all.indexOf(team) % Math.max(1, others.length)];
    return new SimulatedTeam(exercise, {
      scenario,
      seed,
      skill: skillOf(seed, team.name),
      team,
      others,
      crew: crews.get(team.name) as Crew,
      decide: nextAct,
      around: {
        others: others.map(({ id }) => id),
        now: () => new SystemClock().now(),
        beAsked: async () => {
          if (!neighbour) throw new CliError('There is nobody else who could ask.');
          const { id } = await (crews.get(neighbour.name) as Crew).analyst.post<{ id: string }>('requests', {
            kind: 'rfi',
            to: { organisation: team.id },
            marking: { tlp: 'TLP:AMBER' },
            title: 'What do you know of it?',
            body: 'Which marks does it leave, and may we pass them on?',
          });
          return id;
        },
      },
    });
  });
}

/** An analyst, and two who release; whoever is missing is stood in for by a colleague. */
function crewOf(name: string, accounts: readonly SimulatedAccount[], url: string, exercise: string): [string, Crew][] {
  const own = accounts.filter(({ organisation }) => organisation === name);
  const coordinators = own.filter(({ roles }) => roles.includes('coordinator'));
  const analyst = own.find(({ roles }) => roles.includes('analyst')) ?? coordinators[0];
  const coordinator = coordinators[0] ?? analyst;
  if (!analyst || !coordinator) return [];
  const desk = ({ apiKey }: SimulatedAccount): Desk => new Desk(Server.withKey(url, apiKey), exercise);
  return [[name, { analyst: desk(analyst), coordinator: desk(coordinator), second: desk(coordinators[1] ?? analyst) }]];
}

/** No team is hopeless, and none is perfect. */
function skillOf(seed: string, team: string): Skill {
  const chance = (of: string): number =>
    createHash('sha256').update([seed, team, of].join('\u0000')).digest().readUInt32BE(0) / 2 ** 32;
  return { diligence: 0.5 + 0.45 * chance('diligence'), accuracy: 0.5 + 0.45 * chance('accuracy') };
}
