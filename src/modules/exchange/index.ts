import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { ObservablesModule } from '../observables/index.js';
import { BulkController } from './bulk.controller.js';
import { ExportController } from './export.controller.js';
import { ExportIncidents } from './export-incidents.js';
import { ExchangeRecords } from './exchange-records.js';
import { FileBatch } from './file-batch.js';
import { FileInBulk } from './file-in-bulk.js';
import { FiledLinesStore } from './filed-lines.store.js';
import { ImportMappings } from './import-mappings.js';
import { ImportMappingsStore } from './import-mappings.store.js';
import { ImportSpreadsheet } from './import-spreadsheet.js';
import { ImportsController } from './imports.controller.js';
import { ReadablePages } from './readable-pages.js';
import { ReadBulkLine } from './read-bulk-line.js';

/** What comes in and goes out in other shapes than the API's own. */
@Module({
  imports: [IdentityModule, IncidentsModule, ObservablesModule],
  controllers: [BulkController, ImportsController, ExportController],
  providers: [
    FiledLinesStore,
    ReadBulkLine,
    FileBatch,
    FileInBulk,
    ImportMappingsStore,
    ImportMappings,
    ImportSpreadsheet,
    ReadablePages,
    ExchangeRecords,
    ExportIncidents,
  ],
})
export class ExchangeModule {}
