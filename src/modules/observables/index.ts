import { Module } from '@nestjs/common';
import { SharingModule } from '../sharing/index.js';
import { Appearances } from './appearances.store.js';
import { BlockableValues } from './blockable-values.store.js';
import { ExtractObservables } from './extract-observables.js';
import { LookUpObservables } from './look-up-observables.js';
import { IncidentObservablesController, ObservablesController } from './observables.controller.js';
import { ObservablesOfRecords } from './observables-of-records.store.js';
import { ReadAppearances } from './read-appearances.js';
import { RelatedStore } from './related.store.js';
import { SightObservable } from './sight-observable.js';
import { SightingsStore } from './sightings.store.js';

/**
 * What records say that machines can look for. It knows no record: whoever writes a revision, writes what it says; who may
 * read that, the database asks of the revision.
 */
@Module({
  imports: [SharingModule],
  controllers: [ObservablesController, IncidentObservablesController],
  providers: [
    Appearances,
    RelatedStore,
    SightingsStore,
    ExtractObservables,
    LookUpObservables,
    ReadAppearances,
    SightObservable,
    ObservablesOfRecords,
    BlockableValues,
  ],
  exports: [
    Appearances,
    BlockableValues,
    ObservablesOfRecords,
    ExtractObservables,
    LookUpObservables,
    ReadAppearances,
    SightObservable,
  ],
})
export class ObservablesModule {}

export {
  MOST_OBSERVABLES,
  appearanceOf,
  readInstruments,
  readObservables,
  sayingOf,
  together,
} from './appearance.rules.js';
export type { Appearance, ObservableInput } from './appearance.rules.js';
export { Appearances } from './appearances.store.js';
export { BlockableValues } from './blockable-values.store.js';
export type { SayingRecord } from './blockable-values.store.js';
export type { PastAppearanceRow } from './appearances.store.js';
export { ExtractObservables } from './extract-observables.js';
export { LookUpObservables } from './look-up-observables.js';
export { ReadAppearances } from './read-appearances.js';
export { SightObservable } from './sight-observable.js';
export type { SightingView } from './sightings.dto.js';
export {
  extract,
  formsOf,
  isObservableType,
  LONGEST_VALUE,
  normalise,
  observableId,
  refang,
  warnings,
} from './core/index.js';
export { ObservableDto } from './observable.dto.js';
export { warningLists } from './observable.settings.js';
export { isSaidBy, toSaidObservable } from './observable.view.js';
export { ObservablesOfRecords } from './observables-of-records.store.js';
export type { ObservableOfRecord, SightingOfRecord } from './observables-of-records.store.js';
