import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { mayExport } from '../../policy/release.js';
import { diff } from '../incidents/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { VersionsQuery } from './list-advisories.dto.js';
import { AdvisoryReader } from './advisory.reader.js';
import type { AdvisoryRow, RevisionRow } from './advisory.rows.js';
import { isInside } from './advisory.view.js';
import { bodyDiff } from './body-diff.js';
import { issuedVersions, revisionCalled } from './issued-versions.js';
import type { IssuedVersion } from './issued-versions.js';
import type { PublishedVersionList, PublishedVersionView } from './advisory.views.dto.js';
import { toMarkdown } from './advisory.markdown.js';
import { AdvisoryReceipts } from './advisory-receipts.store.js';
import type { AdvisoryDiffView } from './review.views.dto.js';

/** The versions of an advisory that the caller may read, what changed between them, and each as a text. */
@Injectable()
export class ReadVersions {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: AdvisoryReader,
    private readonly advisories: AdvisoriesStore,
    private readonly receipts: AdvisoryReceipts,
  ) {}

  async list(actor: Actor, id: string): Promise<PublishedVersionList> {
    const row = await this.reader.row(id);
    const out = await this.published(actor, row);
    const issued = out.flatMap((each) => issuedVersions(each, each.published_at ?? each.created_at));
    return { items: issued.toReversed().map((each, index) => toVersionView(row, each, index === 0)) };
  }

  /** Between versions, or revisions as the caller counts them. */
  async diff(actor: Actor, id: string, { from, to }: VersionsQuery): Promise<AdvisoryDiffView> {
    const row = await this.reader.row(id);
    const revisions = await this.advisories.revisions(row.key);
    await this.receipts.shown(
      actor,
      revisions.map((each) => shownOf(row, each)),
    );
    const newest = revisions.length - 1;
    const after = to === undefined ? newest : indexOf(revisions, to, '/to');
    const before = from === undefined ? Math.max(0, after - 1) : indexOf(revisions, from, '/from');
    const [one, other] = [revisions[before], revisions[after]];
    if (!one || !other) throw notFound();
    const [fromName, toName] = [from ?? nameOf(one, before), to ?? nameOf(other, after)];
    return {
      from: fromName,
      to: toName,
      changes: diff(comparable(one), comparable(other)),
      bodyDiff: bodyDiff({ name: fromName, text: one.content.body }, { name: toName, text: other.content.body }),
    };
  }

  /** A version as Markdown: one that was published, or for who works on it its draft. */
  async markdown(actor: Actor, id: string, version: string): Promise<string> {
    const row = await this.reader.row(id);
    const revisions = await this.advisories.revisions(row.key);
    const found = revisionCalled(revisions, version);
    if (!found) throw notFound();
    if (!mayExport(found.tlp, row.is_owner))
      throw forbidden('TLP:RED goes no further than whom it names: no file of it leaves.');
    await this.receipts.shown(actor, [shownOf(row, found)]);
    const [from] = row.status === 'received' ? await this.advisories.receivedFrom([row.key]) : [];
    const history = revisions
      .filter(({ published_at, number }) => published_at !== null && number <= found.number)
      .flatMap((each) => issuedVersions(each, each.published_at ?? each.created_at));
    const at = history.findLastIndex((each) => each.version === version);
    return toMarkdown(
      from?.publisher ?? row.owner_name ?? 'a member',
      { ...found, version, published_at: history[at]?.at ?? null },
      at < 0 ? history : history.slice(0, at + 1),
      this.work.space !== LIVE,
    );
  }

  private async published(actor: Actor, row: AdvisoryRow): Promise<RevisionRow[]> {
    const out = (await this.advisories.revisions(row.key)).filter(({ published_at }) => published_at !== null);
    await this.receipts.shown(
      actor,
      out.map((each) => shownOf(row, each)),
    );
    return out;
  }
}

const shownOf = (row: AdvisoryRow, { number, published_at }: RevisionRow) => ({
  id: row.id,
  key: row.key,
  number,
  published_at,
  is_owner: row.is_owner,
  via: row.via,
});

/** Of a version the last of its revisions: the one that is out, or the newest draft. */
function indexOf(revisions: readonly RevisionRow[], name: string, pointer: string): number {
  const called = revisionCalled(revisions, name);
  const index = called ? revisions.indexOf(called) : name.includes('.') ? -1 : Number(name) - 1;
  if (revisions[index]) return index;
  throw invalidInput([{ pointer, detail: 'There is no such version that you may read.', in: 'query' }]);
}

const nameOf = ({ version, published_at }: RevisionRow, index: number): string =>
  published_at === null ? String(index + 1) : version;

const comparable = ({ content, kind, tlp, pap }: RevisionRow): Record<string, unknown> => ({
  ...content,
  kind,
  marking: { tlp, pap },
});

function toVersionView(
  row: AdvisoryRow,
  { version, summary, at }: IssuedVersion,
  isNewest: boolean,
): PublishedVersionView {
  const out = row.interim_until === null ? 'published' : 'interim';
  return {
    version,
    summary,
    state: isInside(row) && row.status === 'withdrawn' ? 'withdrawn' : isNewest ? out : 'revised',
    publishedAt: at.toISOString(),
  };
}
