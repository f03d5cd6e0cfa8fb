import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Problem, forbidden } from '../../kernel/problem.js';
import { isPassing } from '../../platform/database/database-problems.js';
import { UnitOfWork, isReaderChanged } from '../../platform/database/unit-of-work.js';
import { unauthenticated } from '../../platform/http/request.js';
import { Authenticator } from '../identity/index.js';
import { FileIncidents } from '../incidents/index.js';
import type { PreparedDraft } from '../incidents/index.js';
import type { BulkQuery, BulkResult } from './bulk.dto.js';
import { changedUnderSameReference, notFiled } from './exchange.problems.js';
import { FiledLinesStore } from './filed-lines.store.js';
import { KnownNames } from './known-names.js';
import { ReadBulkLine } from './read-bulk-line.js';
import type { GoodLine } from './read-bulk-line.js';
import type { Line } from './read-lines.js';
import { Turns } from './turns.js';

/** A line that can be filed, unless it was before; or what is wrong with it. */
export type ReadLine = GoodLine | BulkResult;

/**
 * A row that the caller's credential stands on may be written while a batch begins, another request be in the way, or no
 * connection be free for some seconds; three times in a row it is not.
 */
const ATTEMPTS = 3;

/**
 * Files some lines in a unit of work of their own, as whoever the credential means now: a stream may go on for hours, and
 * what is revoked meanwhile ends with the batch before.
 */
@Injectable()
export class FileBatch {
  private readonly log = new Logger(FileBatch.name);
  /** An organisation's streams wait for each other in the database, where each would keep a connection from everybody. */
  private readonly turns = new Turns();

  constructor(
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly readLine: ReadBulkLine,
    private readonly incidents: FileIncidents,
    private readonly filedLines: FiledLinesStore,
  ) {}

  /** Each line as one that can be filed, or as refused already. Asks nothing of the database. */
  read(lines: readonly Line[], query: BulkQuery): Promise<ReadLine[]> {
    return Promise.all(lines.map((line) => this.readOne(line, query)));
  }

  /** @param space of the request that began the stream. @returns a result for each line, in order. */
  async file(shown: Actor, space: number, read: readonly ReadLine[]): Promise<BulkResult[]> {
    const good = read.filter((each): each is GoodLine => !('status' in each));
    const settled =
      good.length > 0
        ? await this.turns.take(`${space} ${shown.organisationKey}`, () => this.settle(shown, space, good))
        : [];
    let next = 0;
    return read.map((each) => ('status' in each ? each : (settled[next++] as BulkResult)));
  }

  private async readOne(line: Line, query: BulkQuery): Promise<ReadLine> {
    try {
      return await this.readLine.run(line, query);
    } catch (error) {
      return this.refused(line.number, error);
    }
  }

  private async settle(shown: Actor, space: number, lines: readonly GoodLine[]): Promise<BulkResult[]> {
    try {
      return await this.fileAs(shown, space, lines);
    } catch (error) {
      if (lines.length > 1 && !(error instanceof Problem)) {
        // Something in one of them that nobody thought of. Its neighbours are filed.
        const alone: BulkResult[] = [];
        for (const line of lines) alone.push(...(await this.settle(shown, space, [line])));
        return alone;
      }
      return lines.map(({ number }) => this.refused(number, error));
    }
  }

  private async fileAs(shown: Actor, space: number, lines: readonly GoodLine[]): Promise<BulkResult[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const actor = await this.nowOf(shown);
        const { tokenHash, assumed } = actor;
        return await this.work.run({ tokenHash, assumed }, space, 'write', () => this.fileNew(actor, lines));
      } catch (error) {
        if ((!isReaderChanged(error) && !isPassing(error)) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** What the guard asked at the door, asked again. */
  private async nowOf(shown: Actor): Promise<Actor> {
    const actor = await this.authenticator.again(shown);
    if (!actor)
      throw unauthenticated(
        'The credential has expired or was revoked since the stream began. Sign in and send it again.',
      );
    if (actor.isLimited || !actor.permissions.has('incidents:write'))
      throw forbidden('Your permission incidents:write was taken back since the stream began.');
    this.incidents.assertMayFile(actor);
    return actor;
  }

  private async fileNew(actor: Actor, lines: readonly GoodLine[]): Promise<BulkResult[]> {
    const known = await KnownNames.of(this.filedLines, actor, lines);
    const drafts: PreparedDraft[] = [];
    const results = lines.map((line): BulkResult => {
      const { number, input } = line;
      const filed = known.find(line);
      if (filed)
        return filed.isSame
          ? { line: number, status: 'unchanged', id: filed.id }
          : { ...this.refused(number, changedUnderSameReference(filed.id)), id: filed.id };
      let draft: PreparedDraft;
      try {
        draft = this.incidents.prepare(actor, input);
      } catch (error) {
        return this.refused(number, error);
      }
      drafts.push(draft);
      known.add(line, draft);
      return { line: number, status: 'filed', id: draft.id };
    });
    if (drafts.length > 0) this.incidents.run(actor, drafts);
    this.filedLines.remember(actor.organisationKey, known.fresh);
    return results;
  }

  private refused(line: number, error: unknown): BulkResult {
    const problem = error instanceof Problem ? error : notFiled(error);
    if (problem.status === 500)
      this.log.error({ problem: problem.slug, error: error instanceof Error ? error.name : typeof error });
    const { type, detail, errors } = problem;
    return {
      line,
      status: 'refused',
      problem: {
        type,
        detail,
        ...(errors && { errors: errors.map(({ pointer, detail: why }) => ({ pointer, detail: why })) }),
      },
    };
  }
}
