import { Module } from '@nestjs/common';
import { AdvisoriesModule } from '../advisories/index.js';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { ObservablesModule } from '../observables/index.js';
import { SharingModule } from '../sharing/index.js';
import { BlockListsController } from './blocklists.controller.js';
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
import { MakeBlockList } from './make-block-list.js';
import { ChangeParts } from './misp/change-parts.js';
import { ExportEvents } from './misp/export-events.js';
import { FileEvent } from './misp/file-event.js';
import { FindEvent } from './misp/find-event.js';
import { ImportMisp } from './misp/import-misp.js';
import { ImportText } from './misp/import-text.js';
import { KeepEvent } from './misp/keep-event.js';
import { MispAttributesController } from './misp/misp-attributes.controller.js';
import { MispEventsController } from './misp/misp-events.controller.js';
import { MispGroupsController } from './misp/misp-groups.controller.js';
import { MispImportsController } from './misp/misp-imports.controller.js';
import { MispListsController } from './misp/misp-lists.controller.js';
import { MispObjectsController } from './misp/misp-objects.controller.js';
import { MispStore } from './misp/misp.store.js';
import { PublishEvent } from './misp/publish-event.js';
import { RenderEvents } from './misp/render-events.js';
import { SaveEvent } from './misp/save-event.js';
import { SearchEvents } from './misp/search-events.js';
import { ShowEvent } from './misp/show-event.js';
import { SightAttribute } from './misp/sight-attribute.js';
import { ReadablePages } from './readable-pages.js';
import { ReadBulkLine } from './read-bulk-line.js';
import { ImportObjects } from './stix/import-objects.js';
import { ImportStix } from './stix/import-stix.js';
import { ImportedObjects } from './stix/imported-objects.store.js';
import { AddObjects } from './taxii/add-objects.js';
import { CollectedObjects } from './taxii/collected-objects.store.js';
import { Collections } from './taxii/collections.store.js';
import { ReadCollection } from './taxii/read-collection.js';
import { ShareObjects } from './taxii/share-objects.js';
import { TaxiiController } from './taxii/taxii.controller.js';
import { TaxiiStatuses } from './taxii/taxii-statuses.store.js';

/** What comes in and goes out in other shapes than the API's own. */
@Module({
  imports: [AdvisoriesModule, IdentityModule, IncidentsModule, ObservablesModule, SharingModule],
  controllers: [
    BulkController,
    ImportsController,
    ExportController,
    BlockListsController,
    TaxiiController,
    MispEventsController,
    MispAttributesController,
    MispObjectsController,
    MispGroupsController,
    MispImportsController,
    MispListsController,
  ],
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
    MakeBlockList,
    ImportedObjects,
    ImportObjects,
    ImportStix,
    ShareObjects,
    Collections,
    CollectedObjects,
    TaxiiStatuses,
    ReadCollection,
    AddObjects,
    MispStore,
    RenderEvents,
    FindEvent,
    ShowEvent,
    ImportText,
    ImportMisp,
    ExportEvents,
    KeepEvent,
    FileEvent,
    SaveEvent,
    PublishEvent,
    ChangeParts,
    SearchEvents,
    SightAttribute,
  ],
  exports: [RenderEvents],
})
export class ExchangeModule {}

export { RenderEvents } from './misp/render-events.js';
export { codecType } from './exchange-record.js';
