import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { AdmitMember } from './admit-member.js';
import { AnswerRecall } from './answer-recall.js';
import { AskBack } from './ask-back.js';
import { ConfirmRelease } from './confirm-release.js';
import { CountCandidates } from './count-candidates.js';
import { DeliveryBatch } from './delivery-batch.js';
import { DueReleases } from './due-releases.js';
import { FeedbackStore } from './feedback.store.js';
import { FindGroup } from './find-group.js';
import { FindReaders } from './find-readers.js';
import { FoundGroup } from './found-group.js';
import { GroupReader } from './group.reader.js';
import { groupControllers, groupProviders } from './groups.providers.js';
import { KeepOwners } from './keep-owners.js';
import { KeepReceipts } from './keep-receipts.js';
import { PassOnsStore } from './pass-ons.store.js';
import { PreviewRelease } from './preview-release.js';
import { ReceiptsStore } from './receipts.store.js';
import { ReleaseRecord } from './release-record.js';
import { ReleaseReader } from './release.reader.js';
import { ReleaseStore } from './release.store.js';
import { ReleasedTo } from './released-to.js';
import { ResolveAudience } from './resolve-audience.js';
import { TombstonesController } from './tombstones.controller.js';
import { TombstonesStore } from './tombstones.store.js';
import { WiderSharingStore } from './wider-sharing.store.js';

@Module({
  imports: [IdentityModule],
  controllers: [...groupControllers, TombstonesController],
  providers: [
    ...groupProviders,
    ReleaseStore,
    ReleaseReader,
    ResolveAudience,
    ReleaseRecord,
    ConfirmRelease,
    FindReaders,
    CountCandidates,
    PreviewRelease,
    KeepOwners,
    DueReleases,
    ReceiptsStore,
    DeliveryBatch,
    KeepReceipts,
    TombstonesStore,
    AskBack,
    AnswerRecall,
    ReleasedTo,
    PassOnsStore,
    FeedbackStore,
    WiderSharingStore,
  ],
  exports: [
    ReleaseReader,
    ReleaseRecord,
    ConfirmRelease,
    PreviewRelease,
    KeepOwners,
    DueReleases,
    GroupReader,
    FindGroup,
    AdmitMember,
    FoundGroup,
    ResolveAudience,
    ReceiptsStore,
    KeepReceipts,
    TombstonesStore,
    AskBack,
    ReleasedTo,
    PassOnsStore,
    FeedbackStore,
    WiderSharingStore,
  ],
})
export class SharingModule {}

export { AdmitDueMembers } from './admit-due-members.js';
export { AskBack } from './ask-back.js';
export { IsAudience } from './audience.validator.js';
export { ConfirmRelease } from './confirm-release.js';
export { DueReleases } from './due-releases.js';
export { FeedbackList, GiveFeedbackDto } from './feedback.dto.js';
export type { FeedbackView } from './feedback.dto.js';
export { FeedbackStore } from './feedback.store.js';
export { FindGroup } from './find-group.js';
export { FoundGroup } from './found-group.js';
export { GroupReader } from './group.reader.js';
export { CreateGroupDto } from './groups.dto.js';
export type { GroupView } from './groups.dto.js';
export { KeepOwners } from './keep-owners.js';
export { KeepReceipts } from './keep-receipts.js';
export type { ShownRecord } from './keep-receipts.js';
export { PassOnDto, PassOnList, PassOnView } from './pass-ons.dto.js';
export { PassOnsStore } from './pass-ons.store.js';
export type { PassOnRow } from './pass-ons.store.js';
export { PreviewRelease } from './preview-release.js';
export type { SaidOfRecord } from './preview-release.js';
export { GiveReceiptDto, ReceiptList } from './receipts.dto.js';
export type { RecallView, ReceiptView } from './receipts.dto.js';
export { ReceiptsStore } from './receipts.store.js';
export type { ReceiptAct, ReceiptRow } from './receipts.store.js';
export { ReleaseRecord } from './release-record.js';
export type { ReleasableRecord, ReleaseOrder } from './release-record.js';
export { tokenOf } from './release-outcome.js';
export { ConfirmReleaseDto, PreviewReadersView, ReleasePreviewView } from './release-preview.dto.js';
export type { ContradictionView } from './release-preview.dto.js';
export { ReleaseDto, ReleaseMarkingDto, ReleaseView } from './release.dto.js';
export { ReleaseReader } from './release.reader.js';
export { ReleasedTo } from './released-to.js';
export { ResolveAudience } from './resolve-audience.js';
export { alreadyAsked, alreadyDecided, nothingToRecall } from './sharing.problems.js';
export { RecallDto } from './tombstones.dto.js';
export { TombstonesStore } from './tombstones.store.js';
export type { RecallRow, TombstoneReason } from './tombstones.store.js';
export {
  ListWiderSharingQuery,
  RequestWiderSharingDto,
  WiderSharingRequestList,
  WiderSharingRequestPage,
  WiderSharingRequestView,
} from './wider-sharing.dto.js';
export { WiderSharingStore } from './wider-sharing.store.js';
export type { WiderSharingRow } from './wider-sharing.store.js';
