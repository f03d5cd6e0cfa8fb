import { Inject, Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FileStore } from '../../platform/files/file-store.js';
import { FILE_LIMIT } from '../../platform/files/file-limit.token.js';
import { receiveFile, tooLarge } from '../../platform/files/receive-file.js';
import { Once } from '../../platform/http/once.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { IncidentReader, mayAct } from '../incidents/index.js';
import { notAttaching } from './attachment.problems.js';
import { fileNameOf } from './attachment.view.js';
import type { AttachFileQuery, AttachmentView } from './attachments.dto.js';
import { AttachmentsStore } from './attachments.store.js';
import { ReadAttachments } from './read-attachments.js';

/** Takes a file in: first its bytes, then its row, so that no row ever names what is not there. */
@Injectable()
export class AttachFile {
  constructor(
    private readonly work: UnitOfWork,
    private readonly once: Once,
    private readonly incidents: IncidentReader,
    private readonly attachments: AttachmentsStore,
    private readonly read: ReadAttachments,
    private readonly files: FileStore,
    private readonly chance: Chance,
    @Inject(FILE_LIMIT) private readonly limitBytes: number,
  ) {}

  async run(
    actor: Actor,
    request: RondaRequest,
    incidentId: string,
    input: Readable,
    { name, malware, audience }: AttachFileQuery,
  ): Promise<AttachmentView> {
    const { tokenHash, assumed } = actor;
    // In a unit of its own: what writes holds a connection from its first query on, and a slow line sends for an hour.
    await this.work.run({ tokenHash, assumed }, this.work.space, 'read', () => this.open(actor, incidentId));
    if (Number(request.headers['content-length']) > this.limitBytes) throw tooLarge(this.limitBytes);
    const id = this.chance.uuid();
    const isMalware = malware === 'true';
    const received = await receiveFile(input, {
      incoming: this.files.incoming,
      id,
      limitBytes: this.limitBytes,
      infected: isMalware ? { name, at: this.work.at } : null,
    });
    const { size, sha256, storedSize, storedSha256 } = received;
    const file = fileNameOf({ id, stored_sha256: storedSha256 });
    await this.files.keep(file, received.path);
    try {
      const view = await this.once.run(
        request,
        async () => {
          // Much may have happened while it came.
          const { key } = await this.open(actor, incidentId);
          const reach = audience;
          await this.attachments.insert({
            id,
            incidentKey: key,
            name,
            size,
            sha256,
            isMalware,
            storedSize,
            storedSha256,
            reach,
          });
          this.work.emit(
            {
              type: 'attachment.added',
              version: 1,
              payload: { incidentId, attachmentId: id, sha256, size, isMalware },
            },
            actor.userKey,
          );
          return id;
        },
        (attached) => this.read.view(actor, incidentId, attached),
        { name, malware, audience, sha256, size },
      );
      // A repeat: the file was here already, under another name.
      if (view.id !== id) await this.files.remove(file);
      return view;
    } catch (error) {
      await this.files.remove(file);
      throw error;
    }
  }

  /** @throws Problem the one 404; 403 to whoever does not own it. */
  private async open(actor: Actor, incidentId: string): Promise<{ key: number }> {
    const incident = await this.incidents.row(incidentId);
    if (!mayAct(actor, 'edit', incident.is_owner)) throw notAttaching();
    return incident;
  }
}
