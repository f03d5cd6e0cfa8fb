import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { InviteTeams } from './invite-teams.js';
import type { FoundTeam } from './invite-teams.js';
import type { CreateExerciseDto } from './exercises.dto.js';
import { ExercisesStore } from './exercises.store.js';
import type { StaffPart } from './exercises.store.js';
import { ScenariosStore } from './scenarios.store.js';

/** Makes a run of a scenario: its space, its teams and its staff. It begins with STARTEX. */
@Injectable()
export class CreateExercise {
  constructor(
    private readonly work: UnitOfWork,
    private readonly scenarios: ScenariosStore,
    private readonly exercises: ExercisesStore,
    private readonly invite: InviteTeams,
    private readonly directory: DirectoryReader,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, input: CreateExerciseDto): Promise<string> {
    const scenario = await this.scenarios.byId(input.scenario);
    const version = input.scenarioVersion ?? scenario?.head ?? 0;
    const document = scenario && (await this.scenarios.document(scenario.key, version));
    const faults: Fault[] = [];
    if (!scenario) faults.push({ pointer: '/scenario', detail: 'There is no such scenario.' });
    else if (!document) faults.push({ pointer: '/scenarioVersion', detail: 'There is no such version of it.' });
    const teams = await this.invite.teamsOf(input.teams, document, faults);
    const staff = await this.staffOf(actor, input, teams, faults);
    if (!scenario || !document || faults.length > 0) throw invalidInput(faults);
    const id = this.chance.uuid();
    const space = await this.exercises.insert({
      id,
      originNode: this.originNode,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      title: input.title,
      scenarioId: scenario.id,
      scenarioVersion: version,
      document,
      addresses: input.addresses ?? [],
    });
    this.exercises.addStaff(space, staff, actor.userKey);
    this.work.emit({ type: 'exercise.created', version: 1, payload: { exerciseId: id } }, actor.userKey);
    await this.invite.add(actor, { space, id }, teams);
    return id;
  }

  private async staffOf(
    actor: Actor,
    input: CreateExerciseDto,
    teams: readonly FoundTeam[],
    faults: Fault[],
  ): Promise<{ userKey: number; part: StaffPart }[]> {
    const named = input.staff ?? [];
    const users = new Map(
      (await this.directory.usersByIds(named.map(({ user }) => user))).map((each) => [each.id, each]),
    );
    const parts = new Map<number, StaffPart>([[actor.userKey, 'controller']]);
    for (const [index, { user, part }] of named.entries()) {
      const found = users.get(user);
      if (!found) faults.push({ pointer: `/staff/${index}/user`, detail: 'There is no such account.' });
      else if (part === 'local-controller' && !teams.some((team) => team.organisation.key === found.organisationKey))
        faults.push({ pointer: `/staff/${index}/user`, detail: 'A local controller is of a team that plays.' });
      else if (found.key !== actor.userKey) parts.set(found.key, part);
    }
    return [...parts].map(([userKey, part]) => ({ userKey, part }));
  }
}
