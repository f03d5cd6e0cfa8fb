import { Injectable } from '@nestjs/common';
import type { CsafShelf } from '../../../codecs/csaf/index.js';
import { CSAF_SHELVES, HASHES, hashFile, protectedFiles } from '../../../codecs/csaf/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AdvisoriesStore } from '../advisories.store.js';
import { AdvisoryReceipts } from '../advisory-receipts.store.js';
import { CsafIssuers } from './csaf-issuers.js';
import { CsafStore } from './csaf.store.js';
import type { DocumentRow } from './csaf.store.js';
import { servedFile } from './served-file.js';
import type { ServedFile } from './served-file.js';

const PROTECTED = CSAF_SHELVES.filter((shelf) => shelf !== 'white');
/** A document on its shelf, or what lies beside it. */
const DOCUMENT = /^(\d{4}\/[-+_a-z0-9]+\.json)(?:\.(sha256|sha512|asc))?$/;

/** The tree of an issuer: what publication left for anybody, and for one reader the rest of what it may read. */
@Injectable()
export class ReadCsafTree {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: CsafStore,
    private readonly issuers: CsafIssuers,
    private readonly advisories: AdvisoriesStore,
    private readonly receipts: AdvisoryReceipts,
  ) {}

  /** @param path below the issuer's base. */
  async anybody(organisationId: string, path: string): Promise<ServedFile> {
    const named = path.startsWith('white/') ? DOCUMENT.exec(path.slice('white/'.length)) : null;
    if (named === null) {
      const file = await this.store.file(organisationId, path);
      if (!file) throw notFound();
      return file;
    }
    const [, place = '', beside] = named;
    return fileOf(path, await this.store.publicDocument(organisationId, place), beside);
  }

  /** @param path below `protected/`. */
  async reader(actor: Actor, organisationId: string, path: string): Promise<ServedFile> {
    const organisation = await this.store.organisationById(organisationId);
    if (!organisation) throw notFound();
    const whole = `protected/${path}`;
    const shelf = PROTECTED.find((each) => whole.startsWith(`${each}/`));
    const named = shelf && DOCUMENT.exec(whole.slice(shelf.length + 1));
    if (shelf && named) {
      const [, place = '', beside] = named;
      const document = await this.store.document(organisation.key, shelf, place);
      await this.delivered(actor, document ? [document.advisory_key] : []);
      return fileOf(whole, document, beside);
    }
    const shelves: CsafShelf[] = shelf ? [shelf] : [];
    const listed = shelf ? await this.store.listed(organisation.key, shelves) : [];
    const issuer = this.issuers.issuer(organisation, organisation.created_at, this.work.at);
    const content = protectedFiles(issuer, listed).get(whole);
    if (content === undefined) throw notFound();
    if (shelf) await this.delivered(actor, await this.store.keysOf(organisation.key, shelves));
    return servedFile(whole, content);
  }

  /** That it left for its reader, as by any other way. */
  private async delivered(actor: Actor, keys: readonly number[]): Promise<void> {
    if (keys.length > 0) await this.receipts.shown(actor, await this.advisories.shown(keys));
  }
}

function fileOf(path: string, document: DocumentRow | undefined, beside: string | undefined): ServedFile {
  if (!document) throw notFound();
  const { content, signature } = document;
  if (beside === undefined) return servedFile(path, content);
  const algorithm = HASHES.find((each) => each === beside);
  if (algorithm === undefined) return servedFile(path, signature);
  return servedFile(path, hashFile(algorithm, path.slice(0, -algorithm.length - 1), content));
}
