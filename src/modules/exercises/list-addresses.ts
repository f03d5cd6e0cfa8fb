import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { notNow } from './exercise.problems.js';
import { ExerciseReader } from './exercise.reader.js';
import { toExerciseView } from './exercise.view.js';
import { ExercisesStore } from './exercises.store.js';

/** Says to which addresses webhooks may leave an exercise. The database lets none leave for others. */
@Injectable()
export class ListAddresses {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
  ) {}

  async run(actor: Actor, id: string, addresses: readonly string[], ifMatch: string | undefined): Promise<void> {
    const row = await this.reader.row(actor, id);
    if (!row.is_owner) throw forbidden('Organisers of the organisation whose exercise it is list its addresses.');
    checkIfMatch(ifMatch, toExerciseView(row, actor), true);
    if (row.state === 'ended') throw notNow('The exercise is over.');
    this.exercises.listAddresses(row.space, addresses);
    this.work.emit({ type: 'exercise.addresses-listed', version: 1, payload: { exerciseId: id } }, actor.userKey);
  }
}
