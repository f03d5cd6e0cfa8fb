import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { ObservablesModule } from '../observables/index.js';
import { SearchModule } from '../search/index.js';
import { SharingModule } from '../sharing/index.js';
import { CommentIncident } from './comment-incident.js';
import { CommentsStore } from './comments.store.js';
import { DerivedFrom } from './derived-from.js';
import { EditIncident } from './edit-incident.js';
import { EndHolds } from './end-holds.js';
import { EraseFromIncident } from './erase-from-incident.js';
import { ErasuresController } from './erasures.controller.js';
import { FileIncident } from './file-incident.js';
import { FileIncidents } from './file-incidents.js';
import { AnonymityController } from './anonymity.controller.js';
import { ApplyRelease } from './apply-release.js';
import { ApplyRetention } from './apply-retention.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { GiveFeedback } from './give-feedback.js';
import { IncidentListeners } from './incident-listeners.js';
import { IncidentListsStore } from './incident-lists.store.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentReceipts } from './incident-receipts.js';
import { IncidentChildrenController, IncidentsController } from './incidents.controller.js';
import { IncidentsStore } from './incidents.store.js';
import { LiftAnonymity } from './lift-anonymity.js';
import { LinkIncidents } from './link-incidents.js';
import { MoveIncident } from './move-incident.js';
import { PassOnIncident } from './pass-on-incident.js';
import { PassingOnController, WiderSharingRequestsController } from './passing-on.controller.js';
import { PreviewIncident } from './preview-incident.js';
import { QuarantineIncident } from './quarantine-incident.js';
import { QuarantineStore } from './quarantine.store.js';
import { RecallIncident } from './recall-incident.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReadReleased } from './released-incident.js';
import { ReleaseIncident } from './release-incident.js';
import { ReleasePreviewsController } from './release-previews.controller.js';
import { RequestWiderSharing } from './request-wider-sharing.js';
import { RetentionStore } from './retention.store.js';
import { ReviseIncident } from './revise-incident.js';
import { SaidBesides } from './said-besides.store.js';
import { SaidOfIncident } from './said-of-incident.js';
import { SearchIncidents } from './search-incidents.js';
import { SearchController } from './search.controller.js';

@Module({
  imports: [IdentityModule, SharingModule, SearchModule, ObservablesModule],
  controllers: [
    IncidentsController,
    IncidentChildrenController,
    ReleasePreviewsController,
    ReceiptsController,
    PassingOnController,
    WiderSharingRequestsController,
    AnonymityController,
    SearchController,
    ErasuresController,
  ],
  providers: [
    IncidentsStore,
    IncidentListsStore,
    AuthorshipDrawers,
    IncidentReader,
    CommentsStore,
    FileIncident,
    FileIncidents,
    ReviseIncident,
    EditIncident,
    MoveIncident,
    ReleaseIncident,
    ApplyRelease,
    ReadReleased,
    IncidentListeners,
    RecallIncident,
    IncidentReceipts,
    PassOnIncident,
    RequestWiderSharing,
    GiveFeedback,
    PreviewIncident,
    DerivedFrom,
    SaidOfIncident,
    SaidBesides,
    CommentIncident,
    LinkIncidents,
    LiftAnonymity,
    QuarantineIncident,
    QuarantineStore,
    EndHolds,
    SearchIncidents,
    EraseFromIncident,
    RetentionStore,
    ApplyRetention,
  ],
  exports: [
    IncidentReader,
    IncidentListeners,
    SaidBesides,
    FileIncident,
    FileIncidents,
    EditIncident,
    MoveIncident,
    ReleaseIncident,
    RecallIncident,
    CommentIncident,
    EndHolds,
    EraseFromIncident,
    ApplyRetention,
  ],
})
export class IncidentsModule {}

export { ApplyRetention } from './apply-retention.js';
export { CommentIncident } from './comment-incident.js';
export { EditIncident } from './edit-incident.js';
export { EndHolds } from './end-holds.js';
export { FileIncident } from './file-incident.js';
export { FileIncidents } from './file-incidents.js';
export type { PreparedDraft } from './file-incidents.js';
export { IncidentReader } from './incident.reader.js';
export type { Glance } from './incident.reader.js';
export { diff, mayAct } from './incident.rules.js';
export type { IncidentPage, IncidentView } from './incident.views.dto.js';
export { FileIncidentDto } from './incidents.dto.js';
export { ListIncidentsQuery } from './list-incidents.dto.js';
export { MoveIncident } from './move-incident.js';
export { RecallIncident } from './recall-incident.js';
export { ReleaseIncident } from './release-incident.js';
export { SaidBesides } from './said-besides.store.js';
export type { BeginningOfRecord, CommentOfRecord, LinkOfRecord } from './said-besides.store.js';
export { IncidentListeners } from './incident-listeners.js';
export type { AttachedFile, IncidentListener, Released, ReleasedIncident } from './incident-listeners.js';
export { ChangeView } from './incident.views.dto.js';
