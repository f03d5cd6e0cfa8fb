import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { FileName } from '../../platform/files/file-store.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { IncidentReader, mayAct } from '../incidents/index.js';
import { notAttaching } from './attachment.problems.js';
import { fileNameOf, toAttachmentView } from './attachment.view.js';
import { AttachmentsStore } from './attachments.store.js';

/** Takes an attachment away: first its row, then its bytes. */
@Injectable()
export class RemoveAttachment {
  private readonly log = new Logger(RemoveAttachment.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentReader,
    private readonly attachments: AttachmentsStore,
    private readonly files: FileStore,
  ) {}

  /** The one 404, then 403, then 428 and 412. */
  async run(actor: Actor, incidentId: string, id: string, ifMatch: string | undefined): Promise<void> {
    const { tokenHash, assumed } = actor;
    // In a unit of its own, which has committed before any byte goes.
    const file = await this.work.run({ tokenHash, assumed }, this.work.space, 'write', () =>
      this.removeRow(actor, incidentId, id, ifMatch),
    );
    // What stays behind here, no row names any more: the worker sweeps it up.
    await this.files.remove(file).catch((error: unknown) => this.log.error('bytes of an attachment stayed', error));
  }

  private async removeRow(
    actor: Actor,
    incidentId: string,
    id: string,
    ifMatch: string | undefined,
  ): Promise<FileName> {
    const incident = await this.incidents.row(incidentId);
    const row = await this.attachments.byId(incident.key, id);
    if (!row) throw notFound();
    if (!mayAct(actor, 'edit', incident.is_owner)) throw notAttaching();
    checkIfMatch(ifMatch, toAttachmentView(row, incident.is_owner, true), true);
    await this.attachments.remove(id);
    this.work.emit(
      { type: 'attachment.removed', version: 1, payload: { incidentId, attachmentId: id } },
      actor.userKey,
    );
    return fileNameOf(row);
  }
}
