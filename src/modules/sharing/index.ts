import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { AdmitMember } from './admit-member.js';
import { ConfirmRelease } from './confirm-release.js';
import { DueReleases } from './due-releases.js';
import { FindReaders } from './find-readers.js';
import { FoundGroup } from './found-group.js';
import { GroupReader } from './group.reader.js';
import { groupControllers, groupProviders } from './groups.providers.js';
import { KeepOwners } from './keep-owners.js';
import { PreviewRelease } from './preview-release.js';
import { ReleaseRecord } from './release-record.js';
import { ReleaseReader } from './release.reader.js';
import { ReleaseStore } from './release.store.js';
import { ResolveAudience } from './resolve-audience.js';

@Module({
  imports: [IdentityModule],
  controllers: groupControllers,
  providers: [
    ...groupProviders,
    ReleaseStore,
    ReleaseReader,
    ResolveAudience,
    ReleaseRecord,
    ConfirmRelease,
    FindReaders,
    PreviewRelease,
    KeepOwners,
    DueReleases,
  ],
  exports: [
    ReleaseReader,
    ReleaseRecord,
    ConfirmRelease,
    PreviewRelease,
    KeepOwners,
    DueReleases,
    GroupReader,
    AdmitMember,
    FoundGroup,
    ResolveAudience,
  ],
})
export class SharingModule {}

export { AdmitDueMembers } from './admit-due-members.js';
export { IsAudience } from './audience.validator.js';
export { ConfirmRelease } from './confirm-release.js';
export { DueReleases } from './due-releases.js';
export { FoundGroup } from './found-group.js';
export { GroupReader } from './group.reader.js';
export { KeepOwners } from './keep-owners.js';
export { PreviewRelease } from './preview-release.js';
export type { SaidOfRecord } from './preview-release.js';
export { ReleaseRecord } from './release-record.js';
export type { ReleasableRecord, ReleaseOrder } from './release-record.js';
export { tokenOf } from './release-outcome.js';
export { ConfirmReleaseDto, ReleasePreviewView } from './release-preview.dto.js';
export type { ContradictionView } from './release-preview.dto.js';
export { ReleaseDto, ReleaseMarkingDto, ReleaseView } from './release.dto.js';
export { ReleaseReader } from './release.reader.js';
export { ResolveAudience } from './resolve-audience.js';
