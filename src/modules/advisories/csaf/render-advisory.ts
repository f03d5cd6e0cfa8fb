import { Injectable } from '@nestjs/common';
import { toHtml, toStixReport } from '../../../codecs/advisory/index.js';
import { validateCsaf } from '../../../codecs/csaf/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { notFound } from '../../../kernel/problem.js';
import { mayExport } from '../../../policy/release.js';
import { AdvisoriesStore } from '../advisories.store.js';
import { AdvisoryReceipts } from '../advisory-receipts.store.js';
import { notExported } from '../advisory.problems.js';
import { AdvisoryReader } from '../advisory.reader.js';
import type { AdvisoryRow, RevisionRow } from '../advisory.rows.js';
import { issuedVersions, revisionCalled } from '../issued-versions.js';
import type { CsafCheckView } from './csaf.dto.js';
import { CsafOfAdvisory } from './csaf-of-advisory.js';
import type { VersionToRender } from './csaf-of-advisory.js';
import { CsafStore } from './csaf.store.js';

/** A version of an advisory that the caller may read, as a file of its own. */
@Injectable()
export class RenderAdvisory {
  constructor(
    private readonly reader: AdvisoryReader,
    private readonly advisories: AdvisoriesStore,
    private readonly receipts: AdvisoryReceipts,
    private readonly store: CsafStore,
    private readonly csaf: CsafOfAdvisory,
  ) {}

  /**
   * Of what is out the document that was signed, of what was received the bytes that came; of a draft what it would be.
   * @param named a version; the newest that the caller may read where it is undefined.
   */
  async document(actor: Actor, id: string, named: string | undefined): Promise<Buffer> {
    const { row, found, version } = await this.open(actor, id, named, false);
    const { interim_version, number } = found;
    const received = row.status === 'received' ? await this.store.received(row.key) : undefined;
    if (received !== undefined) return received;
    const published =
      found.published_at === null
        ? undefined
        : await this.store.documentOfVersion(
            row.key,
            number,
            interim_version === null ? null : interim_version === version,
          );
    return published?.content ?? (await this.csaf.document(row, toRender(row, found, version))).bytes;
  }

  async html(actor: Actor, id: string, version: string): Promise<string> {
    const { row, found } = await this.open(actor, id, version, true);
    return toHtml(await this.csaf.neutral(row, toRender(row, found, version)));
  }

  async stix(actor: Actor, id: string, version: string): Promise<string> {
    const { row, found } = await this.open(actor, id, version, false);
    return canonicalJson(toStixReport(row.id, await this.csaf.neutral(row, toRender(row, found, version))));
  }

  /** What CSAF's tests have against the newest revision that the caller reads. */
  async check(actor: Actor, id: string): Promise<CsafCheckView> {
    const row = await this.reader.row(id);
    if (row.tlp === 'TLP:RED') throw notExported();
    await this.receipts.shown(actor, [row]);
    const at = row.published_at ?? row.written_at;
    const csaf =
      (row.status === 'received' ? await this.store.origin(row.key) : null) ??
      (
        await this.csaf.document(row, {
          revision: row,
          issued: issuedVersions(row, at),
          status: statusOf(row, row, row.version),
        })
      ).csaf;
    const { blocking, advice } = await validateCsaf(csaf);
    return { version: row.version, revision: row.revision, publishable: blocking.length === 0, blocking, advice };
  }

  /** @param isPage read by a person: its owner's side may have its own RED so, as it has it in the answer to a request. */
  private async open(
    actor: Actor,
    id: string,
    named: string | undefined,
    isPage: boolean,
  ): Promise<{ row: AdvisoryRow; found: RevisionRow; version: string }> {
    const row = await this.reader.row(id);
    const version = named ?? row.version;
    const found = revisionCalled(await this.advisories.revisions(row.key), version);
    if (!found) throw notFound();
    if (!mayExport(found.tlp, isPage && row.is_owner)) throw notExported();
    const { key, is_owner, via } = row;
    const { number, published_at } = found;
    await this.receipts.shown(actor, [{ id, key, number, published_at, is_owner, via }]);
    return { row, found, version };
  }
}

const statusOf = (
  row: AdvisoryRow,
  { number, published_at, interim_version }: Pick<RevisionRow, 'number' | 'published_at' | 'interim_version'>,
  version: string,
): VersionToRender['status'] => {
  if (published_at === null) return 'draft';
  const isInterim = interim_version === version || (row.interim_until !== null && row.published === number);
  return isInterim ? 'interim' : 'final';
};

/** @param version of what the revision was issued as, this and what came before it. */
function toRender(row: AdvisoryRow, found: RevisionRow, version: string): VersionToRender {
  const all = issuedVersions(found, found.published_at ?? found.created_at);
  const issued = all.slice(0, all.findIndex((each) => each.version === version) + 1);
  return { revision: found, issued, status: statusOf(row, found, version) };
}
