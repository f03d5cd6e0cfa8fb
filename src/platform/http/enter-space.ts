import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '../../kernel/problem.js';
import { statement } from '../database/statement.js';
import { LIVE, UnitOfWork } from '../database/unit-of-work.js';
import type { Mode, Reader } from '../database/unit-of-work.js';
import type { Access } from './access.js';
import { EXERCISE_HEADER } from './request.js';
import type { RondaRequest } from './request.js';

const find = statement('exercise-space', 'select ronda.exercise_space($1, $2) as space');

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What participants do in an exercise. Accounts, organisations, groups and the region are real life's in every space; webhooks
 * leave it for no address but those that it lists.
 */
const isPlayed = ({ who, exercise }: Access): boolean =>
  exercise === 'path' || /^(incidents|requests|advisories|webhooks):/.test(who);

/** Says in which space a request runs: real life, or the exercise that its header or its path names. */
@Injectable()
export class EnterSpace {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * @throws Problem the one 404 where the exercise is over, or one that the caller is not in, or none: all alike.
   * @throws Problem `of-real-life` (409) where an exercise may not change what the route changes.
   */
  async of(reader: Reader, request: RondaRequest, access: Access | undefined, mode: Mode): Promise<number> {
    const header = request.headers[EXERCISE_HEADER];
    const byPath =
      access?.exercise === 'path' ? String((request.params as { id?: unknown }).id).toLowerCase() : undefined;
    if (header === undefined && byPath === undefined) return LIVE;
    const byHeader = header === undefined ? undefined : String(header).toLowerCase();
    // In one space a request reads, in the other it writes: there is no such request.
    if (byHeader !== undefined && byPath !== undefined && byHeader !== byPath) throw notFound();
    const id = byPath ?? byHeader ?? '';
    if (!uuid.test(id)) throw notFound();
    const [found] = await this.work.run(reader, LIVE, 'read', () =>
      this.work.query<{ space: number | null }>(find, [id, byPath === undefined]),
    );
    if (found?.space == null) throw notFound();
    if (mode === 'write' && access && !isPlayed(access))
      throw conflict(
        'of-real-life',
        'This is of real life',
        'An exercise changes no account, organisation, group or setting: send it without X-Ronda-Exercise.',
      );
    return found.space;
  }
}
