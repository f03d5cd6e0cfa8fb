import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { SearchModule } from '../search/index.js';
import { SharingModule } from '../sharing/index.js';
import { AcknowledgeAdvisory } from './acknowledge-advisory.js';
import { AdvisoriesController } from './advisories.controller.js';
import { AdvisoriesStore } from './advisories.store.js';
import { AdvisoryReceipts } from './advisory-receipts.store.js';
import { AdvisoryReleaseController } from './advisory-release.controller.js';
import { AdvisoryReviewController } from './advisory-review.controller.js';
import { AdvisoryReader } from './advisory.reader.js';
import { ApplyAdvisoryRelease } from './apply-advisory-release.js';
import { AdvisoryFormatsController } from './csaf/advisory-formats.controller.js';
import { CsafIssuers } from './csaf/csaf-issuers.js';
import { CsafOfAdvisory } from './csaf/csaf-of-advisory.js';
import { CsafController } from './csaf/csaf.controller.js';
import { CsafStore } from './csaf/csaf.store.js';
import { ImportCsaf } from './csaf/import-csaf.js';
import { PublicPagesController } from './csaf/public-pages.controller.js';
import { ReadCsafTree } from './csaf/read-csaf-tree.js';
import { ReadPublicPages } from './csaf/read-public-pages.js';
import { RenderAdvisory } from './csaf/render-advisory.js';
import { WriteCsaf } from './csaf/write-csaf.js';
import { DraftAdvisory } from './draft-advisory.js';
import { EditAdvisory } from './edit-advisory.js';
import { EndAdvisories } from './end-advisories.js';
import { EndAdvisoryEmbargo } from './end-advisory-embargo.js';
import { EndInterim } from './end-interim.js';
import { InviteReviewer } from './invite-reviewer.js';
import { OpenAdvisory } from './open-advisory.js';
import { PrepareRevision } from './prepare-revision.js';
import { PublishAdvisory } from './publish-advisory.js';
import { ReadVersions } from './read-versions.js';
import { ReviewAdvisory } from './review-advisory.js';
import { ReadReviewQueue } from './review-queue.js';
import { ReviewStore } from './review.store.js';
import { SubmitAdvisory } from './submit-advisory.js';
import { WrittenFrom } from './written-from.js';

/** What members want to tell each other and the public, reviewed before it goes out. */
@Module({
  imports: [IdentityModule, SharingModule, SearchModule, IncidentsModule],
  controllers: [
    AdvisoriesController,
    AdvisoryReviewController,
    AdvisoryReleaseController,
    AdvisoryFormatsController,
    CsafController,
    PublicPagesController,
  ],
  providers: [
    AdvisoriesStore,
    ReviewStore,
    AdvisoryReceipts,
    AdvisoryReader,
    OpenAdvisory,
    PrepareRevision,
    WrittenFrom,
    DraftAdvisory,
    EditAdvisory,
    InviteReviewer,
    SubmitAdvisory,
    ReviewAdvisory,
    PublishAdvisory,
    ApplyAdvisoryRelease,
    AcknowledgeAdvisory,
    ReadVersions,
    ReadReviewQueue,
    EndAdvisories,
    EndAdvisoryEmbargo,
    EndInterim,
    CsafStore,
    CsafIssuers,
    CsafOfAdvisory,
    WriteCsaf,
    RenderAdvisory,
    ReadCsafTree,
    ReadPublicPages,
    ImportCsaf,
  ],
  exports: [EndAdvisories, ImportCsaf, DraftAdvisory, SubmitAdvisory, ReviewAdvisory, PublishAdvisory],
})
export class AdvisoriesModule {}

export { DraftAdvisory } from './draft-advisory.js';
export { EndAdvisories } from './end-advisories.js';
export { PublishAdvisory } from './publish-advisory.js';
export { ReviewAdvisory } from './review-advisory.js';
export { SubmitAdvisory } from './submit-advisory.js';
export { ImportCsaf } from './csaf/import-csaf.js';
