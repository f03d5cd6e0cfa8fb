import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AttachedFile } from '../incidents/index.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { AttachmentReach } from './attachments.dto.js';

export interface AttachmentRow {
  id: string;
  name: string;
  size: string;
  sha256: string;
  is_malware: boolean;
  stored_size: string;
  stored_sha256: string;
  reach: AttachmentReach;
  created_at: Date;
}

export interface NewAttachment {
  id: string;
  incidentKey: number;
  name: string;
  size: number;
  sha256: string;
  isMalware: boolean;
  storedSize: number;
  storedSha256: string;
  reach: AttachmentReach;
}

const columns = `a.id, a.name, a.size, encode(a.sha256, 'hex') as sha256, a.is_malware, a.stored_size,
  encode(a.stored_sha256, 'hex') as stored_sha256, a.reach, a.created_at`;
// To what has been released nothing is added: from its next release on others read it.
const insert = statement(
  'attachment-insert',
  `insert into ronda.attachment (space, id, incident_key, since_number, name, size, sha256, is_malware, stored_size, stored_sha256,
      reach, created_at)
   select i.space, $3, i.key, ronda.first_unshared_revision(i.key), $4, $5, decode($6, 'hex'), $7, $8, decode($9, 'hex'), $10, $11
     from ronda.incident i where i.space = $1 and i.key = $2`,
);
const lock = statement('attachment-lock', 'select key from ronda.incident where space = $1 and key = $2 for update');
const byId = statement(
  'attachment-by-id',
  `select ${columns} from ronda.attachment a where a.space = $1 and a.incident_key = $2 and a.id = $3`,
);
const page = statement(
  'attachment-page',
  `select ${columns} from ronda.attachment a where a.space = $1 and a.incident_key = $2
      and ($3::timestamptz is null or (a.created_at, a.id) < ($3, $4::uuid))
    order by a.created_at desc, a.id desc limit $5`,
);
const attached = statement(
  'attachments-attached',
  `select a.id, a.name, a.size::float8 as size, encode(a.sha256, 'hex') as sha256, a.since_number as since
     from ronda.attachment a where a.space = $1 and a.incident_key = $2 and a.reach = 'readers' order by a.created_at, a.id`,
);
const remove = statement('attachment-delete', 'delete from ronda.attachment where space = $1 and id = $2');
const erase = statement('attachment-erase', 'select ronda.erase_from_attachments($1, $2)');
const unnamed = statement('attachment-unnamed', 'select id from ronda.unnamed_attachments($1) as u (id)');

/** Rows of attachments; their bytes are in the file store. */
@Injectable()
export class AttachmentsStore {
  constructor(private readonly work: UnitOfWork) {}

  async insert(attachment: NewAttachment): Promise<void> {
    const { space, at } = this.work;
    // A release of the record takes this lock too: it is before this, and this behind it, or it sees this.
    await this.work.query(lock, [space, attachment.incidentKey]);
    this.work.write(insert, [
      space,
      attachment.incidentKey,
      attachment.id,
      attachment.name,
      attachment.size,
      attachment.sha256,
      attachment.isMalware,
      attachment.storedSize,
      attachment.storedSha256,
      attachment.reach,
      at,
    ]);
  }

  async byId(incidentKey: number, id: string): Promise<AttachmentRow | undefined> {
    return (await this.work.query<AttachmentRow>(byId, [this.work.space, incidentKey, id]))[0];
  }

  page(incidentKey: number, limit: number, after: CursorKeys | null): Promise<AttachmentRow[]> {
    const values = [this.work.space, incidentKey, after?.at ?? null, after?.id ?? null, limit + 1];
    return this.work.query<AttachmentRow>(page, values);
  }

  /** What goes to readers of a record, oldest first. */
  attached(incidentKey: number): Promise<AttachedFile[]> {
    return this.work.query<AttachedFile>(attached, [this.work.space, incidentKey]);
  }

  async remove(id: string): Promise<void> {
    await this.work.query(remove, [this.work.space, id]);
  }

  /** Takes a value out of the names of a record's attachments, as a coordinator of its owner's side. */
  async erase(incidentKey: number, value: string): Promise<void> {
    await this.work.query(erase, [incidentKey, value]);
  }

  /** For the worker alone: those of the ids that no row of any space names. */
  async unnamed(ids: readonly string[]): Promise<string[]> {
    return (await this.work.query<{ id: string }>(unnamed, [ids])).map(({ id }) => id);
  }
}
