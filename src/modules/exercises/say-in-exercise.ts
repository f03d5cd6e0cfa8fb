import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { clock } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { notConsenting, notController, notNow, notPlayer } from './exercise.problems.js';
import { ExerciseReader } from './exercise.reader.js';
import { toExerciseView } from './exercise.view.js';
import type { LessonDto } from './after-action.dto.js';
import type { MessageDto, NamingDto, NoDuffDto, OverrideDto, ExerciseRemarkDto, SeenDto } from './exercises.dto.js';
import { ExercisesStore } from './exercises.store.js';

/** What people in an exercise say to each other, and about it. */
@Injectable()
export class SayInExercise {
  constructor(
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  async message(actor: Actor, id: string, { teams, text }: MessageDto, ifMatch?: string): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (row.part !== 'controller') throw notController();
    const known = await this.exercises.teamKeys();
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    const keys = teams === undefined ? [...known.values()] : this.named(teams, known, '/teams/');
    const { space } = row;
    const entry = { kind: 'message', by: actor.userId, teams: teams ?? null, text } as const;
    const seq = await this.log.append(space, id, [
      { entry, organisationKeys: keys, isCommon: teams === undefined, actorKey: actor.userKey },
    ]);
    const to = teams === undefined ? [null] : keys;
    await this.log.deliver(
      to.map((organisationKey) => ({ organisationKey, seq, kind: 'message', inject: null, content: { text } })),
    );
    return id;
  }

  /** Of real life: to everybody there, whoever says it and whatever the clock. */
  async noDuff(actor: Actor, id: string, { text, pauses = false }: NoDuffDto, ifMatch?: string): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (pauses && row.part !== 'controller') throw notController();
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    const locked = await this.log.lock();
    if (!locked) throw notFound();
    const isRunning = clock(await this.log.common()).state === 'running';
    const entry = { kind: 'no-duff', by: actor.userId, text, pauses } as const;
    const appended = { entry, organisationKeys: [], isCommon: true, actorKey: actor.userKey };
    const seq = await this.log.append(row.space, id, [appended], pauses && isRunning ? 'paused' : null);
    await this.log.deliver([{ organisationKey: null, seq, kind: 'no-duff', inject: null, content: { text } }]);
    return id;
  }

  async remark(
    actor: Actor,
    id: string,
    { team, objective, sense, text }: ExerciseRemarkDto,
    ifMatch?: string,
  ): Promise<string> {
    const row = await this.reader.staffRow(actor, id);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    const script = await this.exercises.script();
    if (team !== undefined) this.named([team], await this.exercises.teamKeys(), '/team');
    if (objective !== undefined && !script?.objectives.some((each) => each.id === objective))
      throw invalidInput([{ pointer: '/objective', detail: 'There is no such objective.' }]);
    const entry = {
      kind: 'remark',
      by: actor.userId,
      team: team ?? null,
      ...(objective !== undefined && { objective }),
      sense,
      text,
    } as const;
    await this.log.append(row.space, id, [{ entry, organisationKeys: [], isCommon: false, actorKey: actor.userKey }]);
    return id;
  }

  async override(
    actor: Actor,
    id: string,
    { team, role, milestone, credit, reason }: OverrideDto,
    ifMatch?: string,
  ): Promise<string> {
    const row = await this.reader.staffRow(actor, id);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    const script = await this.exercises.script();
    this.named([team], await this.exercises.teamKeys(), '/team');
    const judged = script?.milestones.find((each) => each.id === milestone);
    const plays = row.teams.some((each) => each.id === team && each.roles.includes(role));
    const faults = [
      ...(judged ? [] : [{ pointer: '/milestone', detail: 'There is no such milestone.' }]),
      ...(plays && (!judged || judged.roles.includes(role))
        ? []
        : [{ pointer: '/role', detail: 'The team does not play this role, or the milestone is not expected of it.' }]),
    ];
    if (faults.length > 0) throw invalidInput(faults);
    const entry = {
      kind: 'override',
      by: actor.userId,
      team,
      role,
      milestone,
      credit: credit ?? null,
      reason,
    } as const;
    await this.log.append(row.space, id, [{ entry, organisationKeys: [], isCommon: false, actorKey: actor.userKey }]);
    return id;
  }

  /** What is to be done otherwise, by whom, and how far that is. Said again under its name, it takes the place of the earlier. */
  async lesson(actor: Actor, id: string, { lesson, text, owner, state }: LessonDto, ifMatch?: string): Promise<string> {
    const row = await this.reader.staffRow(actor, id);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    const entry = { kind: 'lesson', by: actor.userId, lesson, text, owner: owner ?? null, state } as const;
    await this.log.append(row.space, id, [{ entry, organisationKeys: [], isCommon: false, actorKey: actor.userKey }]);
    return id;
  }

  /** A team's own word on whether the report may name it: until it says so, it does not. Also when the exercise is over. */
  async naming(actor: Actor, id: string, { mayBeNamed }: NamingDto, ifMatch?: string): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (!row.is_player || !actor.roles.includes('coordinator')) throw notConsenting();
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    await this.log.append(row.space, id, [
      {
        entry: { kind: 'naming', by: actor.userId, team: actor.organisationId, mayBeNamed },
        organisationKeys: [actor.organisationKey],
        isCommon: false,
        actorKey: actor.userKey,
      },
    ]);
    return id;
  }

  /** A team's own word that it has seen what reached it. */
  async seen(actor: Actor, id: string, { position }: SeenDto, ifMatch?: string): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (!row.is_player) throw notPlayer();
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    if (row.state === 'ended') throw notNow('The exercise is over.');
    await this.log.lock();
    const injects = await this.log.see(actor.organisationKey, position, actor.userKey);
    if (injects.length === 0) return id;
    await this.log.append(
      row.space,
      id,
      injects.map((inject) => ({
        entry: { kind: 'inject-seen', by: actor.userId, inject, team: actor.organisationId },
        organisationKeys: [actor.organisationKey],
        isCommon: false,
        actorKey: actor.userKey,
      })),
    );
    return id;
  }

  /** @throws Problem that names those that do not play. */
  private named(teams: readonly string[], known: ReadonlyMap<string, number>, pointer: string): number[] {
    const faults = teams.flatMap((team, index) =>
      known.has(team)
        ? []
        : [
            {
              pointer: pointer.endsWith('/') ? `${pointer}${index}` : pointer,
              detail: 'This is no team of the exercise.',
            },
          ],
    );
    if (faults.length > 0) throw invalidInput(faults);
    return teams.map((team) => known.get(team) as number);
  }
}
