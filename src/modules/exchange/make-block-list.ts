import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { csvLines } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { CSV } from '../../platform/http/file-body.js';
import { TaggedFile } from '../../platform/http/tagged-file.js';
import { BlockableValues, warningLists, warnings } from '../observables/index.js';
import type { SayingRecord } from '../observables/index.js';
import { KeepReceipts } from '../sharing/index.js';
import { gather } from './block-list.rules.js';
import type { BlockListWish, Listed } from './block-list.rules.js';
import type { BlockListQuery } from './blocklists.dto.js';
import { Narrowings } from './narrowings.js';
import { WATERMARK } from '../../kernel/watermark.js';

const RECORDS_A_PAGE = 500;
/** More than any firewall takes, and what bounds the memory of one list. */
const MOST_VALUES = 200_000;
const VALUES_A_CHUNK = 1_000;
const COLUMNS = ['value', 'type', 'pap', 'firstSeenAt', 'lastSeenAt', 'expiresAt'];

/** Makes a list to block by, as the caller: what it may not read is on no list of its own. */
@Injectable()
export class MakeBlockList {
  constructor(
    private readonly work: UnitOfWork,
    private readonly values: BlockableValues,
    private readonly receipts: KeepReceipts,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(actor: Actor, query: BlockListQuery): Promise<TaggedFile> {
    const listed = await this.listed(query);
    await this.receipts.shown(actor, [...new Set(listed.flatMap(({ records }) => records))]);
    const isReal = this.work.space === LIVE;
    const texts = (): Generator<string> => (query.format === 'csv' ? sheet : lines)(listed, query.type, isReal);
    // Said before the first byte is sent, and of the bytes that are: hashed as they are made, and made once more to be sent.
    const digest = createHash('sha256');
    for (const text of texts()) digest.update(text);
    const name = `${isReal ? '' : 'exercise-'}blocklist-${query.type}.${query.format === 'csv' ? 'csv' : 'txt'}`;
    return new TaggedFile(
      `"${digest.digest('base64url')}"`,
      async function* () {
        yield* texts();
      },
      {
        type: `${query.format === 'csv' ? CSV : 'text/plain'}; charset=utf-8`,
        disposition: `attachment; filename="${name}"`,
      },
    );
  }

  /** Sorted by code point. */
  private async listed(query: BlockListQuery): Promise<Listed[]> {
    const wish: BlockListWish = {
      pap: query.pap,
      since: query.since === undefined ? null : new Date(query.since),
      at: this.work.at,
    };
    const found = new Map<string, Listed>();
    const narrowed = new Narrowings();
    let page: SayingRecord[];
    let before = Number.MAX_SAFE_INTEGER;
    do {
      page = await this.values.page(query.type, before, RECORDS_A_PAGE);
      for (const record of page) gather(found, narrowed, record, wish, MOST_VALUES);
      before = page.at(-1)?.key ?? before;
    } while (page.length === RECORDS_A_PAGE);
    const lists = warningLists(this.region);
    return [...found.values()]
      .filter(({ value }) => query.withWarned === 'true' || warnings(query.type, value, lists).length === 0)
      .sort(({ value: one }, { value: other }) => (one < other ? -1 : 1));
  }
}

function* chunks(listed: readonly Listed[]): Generator<readonly Listed[]> {
  for (let at = 0; at < listed.length; at += VALUES_A_CHUNK) yield listed.slice(at, at + VALUES_A_CHUNK);
}

function* lines(listed: readonly Listed[], _type: string, isReal: boolean): Generator<string> {
  if (!isReal) yield `# ${WATERMARK}\n`;
  for (const chunk of chunks(listed)) yield chunk.map(({ value }) => `${value}\n`).join('');
}

function* sheet(listed: readonly Listed[], type: string, isReal: boolean): Generator<string> {
  const mark = isReal ? [] : [WATERMARK];
  yield csvLines([[...COLUMNS, ...(isReal ? [] : ['exercise'])]]);
  for (const chunk of chunks(listed))
    yield csvLines(
      chunk.map(({ value, pap, firstSeenAt, lastSeenAt, expiresAt }) => [
        value,
        type,
        pap,
        firstSeenAt,
        lastSeenAt,
        expiresAt,
        ...mark,
      ]),
    );
}
