import { Inject, Injectable } from '@nestjs/common';
import type { Advisory } from '../../../codecs/advisory/index.js';
import type { CsafShelf, ListedDocument } from '../../../codecs/csaf/index.js';
import { advisoryOfCsaf, pathOf, toCsaf } from '../../../codecs/csaf/index.js';
import { PUBLIC_SITE } from '../../../platform/config/public-site.token.js';
import type { PublicSite } from '../../../platform/config/public-site.token.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../../identity/index.js';
import { AdvisoriesStore } from '../advisories.store.js';
import type { AdvisoryRow, RevisionRow } from '../advisory.rows.js';
import { issuedVersions } from '../issued-versions.js';
import type { IssuedVersion } from '../issued-versions.js';
import { CsafIssuers } from './csaf-issuers.js';
import { CsafStore } from './csaf.store.js';
import { asImported } from './imported-advisory.js';
import { neutralAdvisory } from './neutral-advisory.js';

/** The principal that is everybody. */
const PUBLIC = 1;

/** A version as it is rendered: what it says, how it stands, and when it is, or would be, out. */
export interface VersionToRender {
  revision: Pick<RevisionRow, 'number' | 'kind' | 'tlp' | 'pap' | 'content'>;
  /** Of what it says: this version last, before it the interim that it was. */
  issued: readonly IssuedVersion[];
  status: 'draft' | 'interim' | 'final';
  /** Principals who read it; the reader alone where it is undefined. */
  audience?: readonly number[];
}

export interface CsafDocument {
  listed: ListedDocument;
  csaf: object;
  bytes: Buffer;
}

/** Makes the neutral advisory of a version, and its CSAF. */
@Injectable()
export class CsafOfAdvisory {
  constructor(
    private readonly work: UnitOfWork,
    private readonly advisories: AdvisoriesStore,
    private readonly store: CsafStore,
    private readonly directory: DirectoryReader,
    private readonly issuers: CsafIssuers,
    @Inject(PUBLIC_SITE) private readonly site: PublicSite,
  ) {}

  async neutral(row: AdvisoryRow, version: VersionToRender): Promise<Advisory> {
    const { revision, issued, status } = version;
    const [history, joint, origin] = await Promise.all([
      this.history(row, version),
      this.directory.organisationSummaries(row.joint),
      row.is_owner ? this.store.origin(row.key) : null,
    ]);
    // Its publisher's, and not its owner's to say anew.
    if (row.status === 'received' && origin !== null) return advisoryOfCsaf(origin);
    const neutral = neutralAdvisory({
      id: row.id,
      kind: revision.kind,
      tlp: revision.tlp,
      pap: revision.pap,
      content: revision.content,
      status,
      issuer: {
        name: row.owner_name ?? 'A member',
        namespace: row.owner_id === null ? this.site.url : this.issuers.baseOf(row.owner_id),
      },
      joint: joint.map(({ name }) => name),
      history: [...history, ...issued],
      isExercise: this.work.space !== LIVE,
    });
    return origin === null ? neutral : asImported(neutral, revision.content, origin);
  }

  /** @throws NotExportable of what is TLP:RED. */
  async document(row: AdvisoryRow, version: VersionToRender): Promise<CsafDocument> {
    const neutral = await this.neutral(row, version);
    const listed: ListedDocument = {
      shelf: this.shelfOf(version),
      trackingId: neutral.tracking.id,
      title: neutral.title,
      summary: neutral.summary,
      initialReleaseDate: neutral.tracking.initialReleaseDate,
      currentReleaseDate: neutral.tracking.currentReleaseDate,
    };
    const csaf = toCsaf(neutral, { selfUrl: `${neutral.publisher.namespace}/${pathOf(listed)}` });
    return { listed, csaf, bytes: Buffer.from(`${JSON.stringify(csaf, null, 2)}\n`) };
  }

  /** Of the versions before those that all of its readers may know of: what changed in another is not theirs to hear. */
  private async history(row: AdvisoryRow, { revision, audience }: VersionToRender): Promise<IssuedVersion[]> {
    const before = (await this.advisories.revisions(row.key)).filter(
      ({ number, published_at }) => published_at !== null && number < revision.number,
    );
    if (before.length === 0) return [];
    const readers = audience === undefined ? undefined : await this.store.audiences(row.key);
    return before
      .filter(({ number }) => {
        if (readers === undefined || audience === undefined) return true;
        const held = readers.get(number) ?? [];
        return held.includes(PUBLIC) || audience.every((principal) => held.includes(principal));
      })
      .flatMap((each) => issuedVersions(each, each.published_at ?? each.created_at));
  }

  private shelfOf({ revision, audience }: VersionToRender): CsafShelf {
    switch (revision.tlp) {
      case 'TLP:CLEAR':
        // What an exercise publishes is for its participants.
        return audience?.includes(PUBLIC) === true && this.work.space === LIVE ? 'white' : 'protected/white';
      case 'TLP:GREEN':
        return 'protected/green';
      case 'TLP:AMBER':
        return 'protected/amber';
      default:
        return 'protected/red';
    }
  }
}
