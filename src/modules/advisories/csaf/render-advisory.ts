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

  /** Of what is out the document that was signed, of what was received the bytes that came; of a draft what it would be. */
  async document(actor: Actor, id: string, version: string): Promise<Buffer> {
    const { row, found } = await this.open(actor, id, version, false);
    const received = row.status === 'received' ? await this.store.received(row.key) : undefined;
    if (received !== undefined) return received;
    const published =
      found.published_at === null ? undefined : await this.store.documentOfVersion(row.key, found.number);
    return published?.content ?? (await this.csaf.document(row, toRender(row, found))).bytes;
  }

  async html(actor: Actor, id: string, version: string): Promise<string> {
    const { row, found } = await this.open(actor, id, version, true);
    return toHtml(await this.csaf.neutral(row, toRender(row, found)));
  }

  async stix(actor: Actor, id: string, version: string): Promise<string> {
    const { row, found } = await this.open(actor, id, version, false);
    return canonicalJson(toStixReport(row.id, await this.csaf.neutral(row, toRender(row, found))));
  }

  /** What CSAF's tests have against the newest revision that the caller reads. */
  async check(actor: Actor, id: string): Promise<CsafCheckView> {
    const row = await this.reader.row(id);
    if (row.tlp === 'TLP:RED') throw notExported();
    await this.receipts.shown(actor, [row]);
    const at = row.published_at ?? row.written_at;
    const csaf =
      (row.status === 'received' ? await this.store.origin(row.key) : null) ??
      (await this.csaf.document(row, { revision: row, at, status: statusOf(row, row) })).csaf;
    const { blocking, advice } = await validateCsaf(csaf);
    return { version: row.version, revision: row.revision, publishable: blocking.length === 0, blocking, advice };
  }

  /** @param isPage read by a person: its owner's side may have its own RED so, as it has it in the answer to a request. */
  private async open(
    actor: Actor,
    id: string,
    version: string,
    isPage: boolean,
  ): Promise<{ row: AdvisoryRow; found: RevisionRow }> {
    const row = await this.reader.row(id);
    const found = (await this.advisories.revisions(row.key)).findLast((each) => each.version === version);
    if (!found) throw notFound();
    if (!mayExport(found.tlp, isPage && row.is_owner)) throw notExported();
    const { key, is_owner, via } = row;
    const { number, published_at } = found;
    await this.receipts.shown(actor, [{ id, key, number, published_at, is_owner, via }]);
    return { row, found };
  }
}

const statusOf = (
  row: AdvisoryRow,
  { number, published_at }: Pick<RevisionRow, 'number' | 'published_at'>,
): VersionToRender['status'] => {
  if (published_at === null) return 'draft';
  return row.interim_until !== null && row.published === number ? 'interim' : 'final';
};

const toRender = (row: AdvisoryRow, found: RevisionRow): VersionToRender => ({
  revision: found,
  at: found.published_at ?? found.created_at,
  status: statusOf(row, found),
});
