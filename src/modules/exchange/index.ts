import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { BulkController } from './bulk.controller.js';
import { FileBatch } from './file-batch.js';
import { FileInBulk } from './file-in-bulk.js';
import { FiledLinesStore } from './filed-lines.store.js';
import { ReadBulkLine } from './read-bulk-line.js';

/** What comes in and goes out in other shapes than the API's own. */
@Module({
  imports: [IdentityModule, IncidentsModule],
  controllers: [BulkController],
  providers: [FiledLinesStore, ReadBulkLine, FileBatch, FileInBulk],
})
export class ExchangeModule {}
