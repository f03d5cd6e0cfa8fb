import { Injectable } from '@nestjs/common';
import type { CsafShelf } from '../../../codecs/csaf/index.js';
import { blockingFindings, pathOf, publicFiles } from '../../../codecs/csaf/index.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { notCsaf } from '../advisory.problems.js';
import type { AdvisoryRow } from '../advisory.rows.js';
import { issuedVersions } from '../issued-versions.js';
import { CsafIssuers } from './csaf-issuers.js';
import { CsafOfAdvisory } from './csaf-of-advisory.js';
import type { VersionToRender } from './csaf-of-advisory.js';
import { CsafStore } from './csaf.store.js';
import type { IssuingOrganisation } from './csaf.store.js';
import { fileEtag } from './served-file.js';

/** Leaves for programs what is published, in the transaction that publishes it; and takes it away with what is withdrawn. */
@Injectable()
export class WriteCsaf {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: CsafStore,
    private readonly csaf: CsafOfAdvisory,
    private readonly issuers: CsafIssuers,
  ) {}

  /**
   * Whether what is about to go out can: every program has to be able to read it. TLP:RED is for nobody's program.
   * @throws Problem `not-csaf` with each test that it fails.
   */
  async check(row: AdvisoryRow, at: Date): Promise<void> {
    if (row.tlp === 'TLP:RED') return;
    const { csaf } = await this.csaf.document(row, toRender(row, at, false));
    const blocking = await blockingFindings(csaf);
    if (blocking.length > 0) throw notCsaf(blocking);
  }

  /** @param next how it stands, and who reads it (principals). */
  async publish(row: AdvisoryRow, next: { isInterim: boolean; audience: readonly number[] }): Promise<void> {
    const issuer = await this.issuerOf(row);
    const before = await this.store.takeDown(row.key);
    const now =
      row.tlp === 'TLP:RED'
        ? []
        : [
            await this.put(row, issuer, {
              // Of one that is settled the day of its interim; of every other it is today.
              ...toRender(row, (row.settled_at && row.published_at) ?? this.work.at, next.isInterim),
              audience: next.audience,
            }),
          ];
    await this.list(issuer, [...before, ...now]);
  }

  async takeDown(row: AdvisoryRow): Promise<void> {
    const issuer = await this.issuerOf(row);
    await this.list(issuer, await this.store.takeDown(row.key));
  }

  private async put(row: AdvisoryRow, organisation: IssuingOrganisation, version: VersionToRender): Promise<CsafShelf> {
    const { listed, bytes } = await this.csaf.document(row, version);
    const { sign } = this.issuers.issuer(organisation, this.work.at, this.work.at);
    this.store.put({
      ...listed,
      advisoryKey: row.key,
      number: version.revision.number,
      isInterim: version.status === 'interim',
      ownerKey: row.owner_key,
      place: pathOf(listed).slice(listed.shelf.length + 1),
      content: bytes,
      signature: sign(bytes),
    });
    return listed.shelf;
  }

  /** Of what is not public no list is kept: each reader has its own. */
  private async list(organisation: IssuingOrganisation, changed: readonly CsafShelf[]): Promise<void> {
    if (!changed.includes('white')) return;
    const since = await this.store.putIssuer(organisation, this.issuers.baseOf(organisation.id));
    const issuer = this.issuers.issuer(organisation, since, this.work.at);
    const files = publicFiles(issuer, await this.store.listed(organisation.key, ['white']));
    this.store.putFiles(
      organisation.key,
      [...files].map(([path, content]) => ({ path, content, etag: fileEtag(content) })),
    );
  }

  private async issuerOf(row: AdvisoryRow): Promise<IssuingOrganisation> {
    await this.store.lock(row.owner_key);
    const found = await this.store.organisationByKey(row.owner_key);
    if (!found) throw new Error('An advisory of whom issues none');
    return found;
  }
}

/** @param at when it first went out, or would. */
const toRender = (row: AdvisoryRow, at: Date, isInterim: boolean): VersionToRender => ({
  revision: { number: row.head, kind: row.kind, tlp: row.tlp, pap: row.pap, content: row.content },
  issued: issuedVersions(row, at),
  status: isInterim ? 'interim' : 'final',
});
