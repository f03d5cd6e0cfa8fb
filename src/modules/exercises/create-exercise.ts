import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { InviteTeams } from './invite-teams.js';
import type { CreateExerciseDto } from './exercises.dto.js';
import { ExercisesStore } from './exercises.store.js';
import type { Part } from './exercises.store.js';
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
    const document = scenario && (await this.scenarios.document(scenario.key, scenario.head));
    const faults: Fault[] = [];
    if (!document) faults.push({ pointer: '/scenario', detail: 'There is no such scenario.' });
    const teams = await this.invite.teamsOf(input.teams, document, faults);
    const staff = await this.staffOf(actor, input, faults);
    if (!document || faults.length > 0) throw invalidInput(faults);
    const id = this.chance.uuid();
    const space = await this.exercises.insert({
      id,
      originNode: this.originNode,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      title: input.title,
      scenarioId: scenario.id,
      scenarioVersion: scenario.head,
      document,
    });
    this.exercises.addStaff(space, staff, actor.userKey);
    this.work.emit({ type: 'exercise.created', version: 1, payload: { exerciseId: id } }, actor.userKey);
    await this.invite.add(actor, { space, id }, teams);
    return id;
  }

  private async staffOf(
    actor: Actor,
    input: CreateExerciseDto,
    faults: Fault[],
  ): Promise<{ userKey: number; part: Part }[]> {
    const named = input.staff ?? [];
    const users = new Map(
      (await this.directory.usersByIds(named.map(({ user }) => user))).map((each) => [each.id, each]),
    );
    const parts = new Map<number, Part>([[actor.userKey, 'controller']]);
    for (const [index, { user, part }] of named.entries()) {
      const found = users.get(user);
      if (!found) faults.push({ pointer: `/staff/${index}/user`, detail: 'There is no such account.' });
      else if (found.key !== actor.userKey) parts.set(found.key, part);
    }
    return [...parts].map(([userKey, part]) => ({ userKey, part }));
  }
}
