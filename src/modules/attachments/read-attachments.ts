import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { FileStore } from '../../platform/files/file-store.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { TaggedFile } from '../../platform/http/tagged-file.js';
import { IncidentReader, mayAct } from '../incidents/index.js';
import { KeepReceipts } from '../sharing/index.js';
import { dispositionOf, fileNameOf, toAttachmentView } from './attachment.view.js';
import type { AttachmentPage, AttachmentView } from './attachments.dto.js';
import { AttachmentsStore } from './attachments.store.js';
import type { AttachmentRow } from './attachments.store.js';

/** Reads attachments of a record as the caller: only where the record is readable, and no wider. */
@Injectable()
export class ReadAttachments {
  constructor(
    private readonly incidents: IncidentReader,
    private readonly attachments: AttachmentsStore,
    private readonly receipts: KeepReceipts,
    private readonly files: FileStore,
  ) {}

  async page(actor: Actor, incidentId: string, { limit, cursor }: PageQuery): Promise<AttachmentPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const incident = await this.incidents.row(incidentId);
    const rows = await this.attachments.page(incident.key, limit, after);
    if (rows.length > 0) await this.receipts.shown(actor, [incident]);
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toAttachmentView(row, incident.is_owner, mayAct(actor, 'edit', incident.is_owner)),
    );
  }

  /** @throws Problem the one 404. */
  async view(actor: Actor, incidentId: string, id: string): Promise<AttachmentView> {
    const { row, isOwner } = await this.open(actor, incidentId, id);
    return toAttachmentView(row, isOwner, mayAct(actor, 'edit', isOwner));
  }

  /** The bytes, as they are sent: its version is what they hash to. @throws Problem the one 404. */
  async content(actor: Actor, incidentId: string, id: string): Promise<TaggedFile> {
    const { row } = await this.open(actor, incidentId, id);
    const { files } = this;
    return new TaggedFile(
      `"${Buffer.from(row.stored_sha256, 'hex').toString('base64url')}"`,
      async function* () {
        yield* (await files.read(fileNameOf(row))) as AsyncIterable<Uint8Array>;
      },
      {
        // Never what its sender says it is: nothing is to show it, run it or guess at it.
        type: row.is_malware ? 'application/zip' : 'application/octet-stream',
        disposition: dispositionOf(row),
        length: Number(row.stored_size),
      },
    );
  }

  private async open(actor: Actor, incidentId: string, id: string): Promise<{ row: AttachmentRow; isOwner: boolean }> {
    const incident = await this.incidents.row(incidentId);
    const row = await this.attachments.byId(incident.key, id);
    if (!row) throw notFound();
    await this.receipts.shown(actor, [incident], true);
    return { row, isOwner: incident.is_owner };
  }
}
