import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { logHeading } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExercisesStore } from './exercises.store.js';

/** An exercise as a file: the scenario that was played and all that happened, out of which its score is reckoned anew. */
@Injectable()
export class ExportLog {
  constructor(
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  async run(actor: Actor, id: string): Promise<Readable> {
    const row = await this.reader.staffRow(actor, id);
    const [scenario, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    if (!scenario) throw notFound();
    const played = { id: row.scenario_id, version: row.scenario_version };
    // A replay that is exported says which run it is of, and is the file that it came from.
    const heading = logHeading({ id: row.replay_of ?? row.id, title: row.title, scenario: played }, scenario, entries);
    return Readable.from([heading, ...entries].map((each) => `${JSON.stringify(each)}\n`));
  }
}
