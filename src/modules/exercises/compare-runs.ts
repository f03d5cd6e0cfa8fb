import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ComparisonView } from './after-action.dto.js';
import { compareRuns } from './core/index.js';
import type { LogEntry, Scenario } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExercisesStore } from './exercises.store.js';

/** Sets two runs of a scenario side by side. Each is read in its own space, as the caller: the database joins nothing across. */
@Injectable()
export class CompareRuns {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  async run(actor: Actor, id: string, otherId: string | undefined): Promise<ComparisonView> {
    await this.reader.staffRow(actor, id);
    if (otherId === undefined) throw refused('Name the other run.');
    const [one, row] = await Promise.all([
      this.read(),
      this.work.elsewhere(LIVE, () => this.exercises.byId(otherId, actor)),
    ]);
    const other = row && row.part !== null ? await this.work.elsewhere(row.space, () => this.read()) : undefined;
    if (!other) throw refused('There is no such exercise that you conduct or evaluate.');
    if (other.scenario.id !== one.scenario.id) throw refused('It is a run of another scenario.');
    return { items: compareRuns(one.scenario, [one.entries, other.entries]) };
  }

  private async read(): Promise<{ scenario: Scenario; entries: LogEntry[] }> {
    const [scenario, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    if (!scenario) throw notFound();
    return { scenario, entries };
  }
}

const refused = (detail: string): Error => invalidInput([{ pointer: '/with', detail, in: 'query' }]);
