import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { DirectoryReader } from '../identity/index.js';
import type { OrganisationInPolicy } from '../identity/index.js';
import type { Scenario } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { notNow } from './exercise.problems.js';
import { ExerciseReader } from './exercise.reader.js';
import { toExerciseView } from './exercise.view.js';
import type { InviteTeamsDto, TeamDto } from './exercises.dto.js';
import { ExercisesStore } from './exercises.store.js';
import { ScenariosStore } from './scenarios.store.js';

export interface FoundTeam {
  organisation: OrganisationInPolicy;
  roles: readonly string[];
}

/** Lets teams in. Who comes late is given all that went before, by the conductor. */
@Injectable()
export class InviteTeams {
  constructor(
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly scenarios: ScenariosStore,
    private readonly log: ExerciseLogStore,
    private readonly directory: DirectoryReader,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(actor: Actor, id: string, input: InviteTeamsDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (!row.is_owner) throw forbidden('Organisers of the organisation whose exercise it is invite teams.');
    const scenario = await this.scenarios.byId(row.scenario_id);
    const document = scenario && (await this.scenarios.document(scenario.key, row.scenario_version));
    if (!document) throw notFound();
    const faults: Fault[] = [];
    const teams = await this.teamsOf(input.teams, document, faults);
    for (const [index, { organisation }] of input.teams.entries())
      if (row.teams.some((team) => team.id === organisation))
        faults.push({ pointer: `/teams/${index}/organisation`, detail: 'It plays already.' });
    if (faults.length > 0) throw invalidInput(faults);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    if (row.state === 'ended') throw notNow('The exercise is over.');
    await this.add(actor, row, teams);
    return id;
  }

  /** Adds to `faults` whatever is wrong with them. @param scenario where there is none, roles are not looked at. */
  async teamsOf(input: readonly TeamDto[], scenario: Scenario | undefined, faults: Fault[]): Promise<FoundTeam[]> {
    const all = new Map((await this.directory.organisationsInPolicy()).map((each) => [each.id, each]));
    const seen = new Set<string>();
    return input.flatMap(({ organisation: id, roles }, index) => {
      const pointer = `/teams/${index}`;
      const organisation = all.get(id);
      if (organisation?.standing !== 'active')
        faults.push({ pointer: `${pointer}/organisation`, detail: 'There is no such organisation that is active.' });
      if (seen.has(id)) faults.push({ pointer: `${pointer}/organisation`, detail: 'It is named twice.' });
      seen.add(id);
      for (const [at, role] of roles.entries())
        if (scenario && !scenario.roles.some((each) => each.id === role))
          faults.push({ pointer: `${pointer}/roles/${at}`, detail: 'The scenario has no such role.' });
      return organisation ? [{ organisation, roles }] : [];
    });
  }

  async add(actor: Actor, exercise: { space: number; id: string }, teams: readonly FoundTeam[]): Promise<void> {
    if (teams.length === 0) return;
    this.exercises.addTeams(
      exercise.space,
      teams.map(({ organisation, roles }) => ({ organisationKey: organisation.key, roles })),
      actor.userKey,
    );
    const codes = this.region.members.map(({ code }) => code);
    await this.log.append(
      exercise.space,
      exercise.id,
      teams.map(({ organisation, roles }) => ({
        entry: {
          kind: 'joined',
          by: actor.userId,
          team: {
            id: organisation.id,
            name: organisation.name,
            roles: [...roles].sort(),
            country: organisation.country,
            timeZone: organisation.timeZone,
            order: placeOf(codes, organisation.country),
            // Naming a team needs its consent, which nobody has given yet.
            mayBeNamed: false,
          },
        },
        organisationKeys: [organisation.key],
        isCommon: false,
        actorKey: actor.userKey,
      })),
    );
  }
}

/** In the region's own order; whoever is no member behind them. */
const placeOf = (codes: readonly string[], country: string | null): number => {
  const place = country === null ? -1 : codes.indexOf(country);
  return place === -1 ? codes.length : place;
};
