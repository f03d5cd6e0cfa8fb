import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { IncidentListeners, IncidentsModule } from '../incidents/index.js';
import { SharingModule } from '../sharing/index.js';
import { AttachFile } from './attach-file.js';
import { AttachmentsController } from './attachments.controller.js';
import { AttachmentsStore } from './attachments.store.js';
import { ReadAttachments } from './read-attachments.js';
import { RemoveAttachment } from './remove-attachment.js';
import { SweepAttachments } from './sweep-attachments.js';

/** Files that belong to incidents: rows here, bytes in the file store. */
@Module({
  imports: [IncidentsModule, SharingModule],
  controllers: [AttachmentsController],
  providers: [AttachmentsStore, AttachFile, ReadAttachments, RemoveAttachment, SweepAttachments],
})
export class AttachmentsModule implements OnModuleInit {
  constructor(
    private readonly listeners: IncidentListeners,
    private readonly attachments: AttachmentsStore,
  ) {}

  onModuleInit(): void {
    this.listeners.add({
      released: () => Promise.resolve(),
      // Their bytes are the file: whoever wants those gone deletes the attachment.
      attached: (recordKey) => this.attachments.attached(recordKey),
      erased: (recordKey, value) => this.attachments.erase(recordKey, value),
    });
  }
}

export { SweepAttachments } from './sweep-attachments.js';
