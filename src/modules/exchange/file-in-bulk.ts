import { Inject, Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Actor } from '../../kernel/actor.js';
import { TEMP_DIR } from '../../platform/config/temp-dir.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Draining } from '../../platform/http/health.js';
import { FileIncidents } from '../incidents/index.js';
import type { BulkQuery } from './bulk.dto.js';
import { FileBatch } from './file-batch.js';
import type { ReadLine } from './file-batch.js';
import { readLines } from './read-lines.js';
import { ResultSpool } from './result-spool.js';

/**
 * Files a stream of lines, batch by batch, and says line by line what became of it. A stream that breaks off has filed
 * whole batches; sent again, it files the rest.
 */
@Injectable()
export class FileInBulk {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: FileIncidents,
    private readonly batch: FileBatch,
    private readonly draining: Draining,
    @Inject(TEMP_DIR) private readonly tempDir: string,
  ) {}

  /**
   * @returns the results, one JSON text a line; nothing is filed before somebody begins to read them.
   * @throws Problem 403 where the caller's organisation files nothing.
   */
  run(actor: Actor, input: Readable, query: BulkQuery): ResultSpool {
    this.incidents.assertMayFile(actor);
    const { space } = this.work;
    return new ResultSpool(this.tempDir, (results) => this.file(actor, space, input, query, results));
  }

  private async file(
    actor: Actor,
    space: number,
    input: Readable,
    query: BulkQuery,
    results: ResultSpool,
  ): Promise<void> {
    // Whoever has gone away hears nothing, and sends it again.
    results.once('close', () => input.destroy());
    let filing: Promise<void> = Promise.resolve();
    try {
      for await (const lines of readLines(input)) {
        // The rest would outlast the time that is left to a server on its way out.
        if (this.draining.hasBegun) throw new Error('The server is stopping');
        // While the database files the batch before, which is a third of the time.
        const read = await this.batch.read(lines, query);
        await filing;
        if (results.destroyed) return;
        filing = this.fileBatch(actor, space, read, results);
        // Awaited with the next batch; until then nobody else catches it.
        filing.catch(() => undefined);
      }
      await filing;
      results.finish();
    } catch (error) {
      results.destroy(error as Error);
    }
  }

  private async fileBatch(actor: Actor, space: number, read: ReadLine[], results: ResultSpool): Promise<void> {
    const answers = await this.batch.file(actor, space, read);
    await results.write(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  }
}
