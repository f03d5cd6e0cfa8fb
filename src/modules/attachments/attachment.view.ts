import type { FileName } from '../../platform/files/file-store.js';
import type { AttachmentView } from './attachments.dto.js';
import type { AttachmentRow } from './attachments.store.js';

/** Every member is named here; nothing is spread. */
export const toAttachmentView = (row: AttachmentRow, isOwner: boolean, mayDelete: boolean): AttachmentView => ({
  id: row.id,
  name: row.name,
  size: Number(row.size),
  sha256: row.sha256,
  isMalware: row.is_malware,
  audience: row.reach,
  createdAt: isOwner ? row.created_at.toISOString() : null,
  allowedActions: mayDelete ? ['delete'] : [],
});

/** Where its bytes lie: by what they hash to, and by whose they are, so that no two records share any. */
export const fileNameOf = ({ id, stored_sha256 }: Pick<AttachmentRow, 'id' | 'stored_sha256'>): FileName =>
  `${stored_sha256}-${id}`;

/**
 * How it is handed over: always to be kept, never to be shown. What programs that save it would take for a place is not in
 * the name that it gets there.
 * @see RFC 6266, RFC 8187
 */
export function dispositionOf({ name, is_malware }: Pick<AttachmentRow, 'name' | 'is_malware'>): string {
  const bare = name.replace(/[/\\:]/g, '_').replace(/^\.|\.{2,}/g, '_');
  const saved = is_malware ? `${bare}.zip` : bare;
  const plain = saved.replace(/[^A-Za-z0-9._ -]/g, '_');
  const encoded = encodeURIComponent(saved).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
