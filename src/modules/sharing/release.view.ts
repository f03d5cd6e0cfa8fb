import type { ReleaseView } from './release.dto.js';
import type { ReleaseRow } from './release.store.js';

/** Shown to the owner's side alone. */
export const toReleaseView = (row: ReleaseRow): ReleaseView => ({
  id: row.id,
  status: row.status as ReleaseView['status'],
  revision: row.revision,
  marking: { tlp: row.tlp, pap: row.pap },
  audience: row.audience,
  requestedBy: row.requested_by_id,
  requestedAt: row.requested_at.toISOString(),
  releasedAt: row.released_at?.toISOString() ?? null,
  holdUntil: row.hold_until?.toISOString() ?? null,
  notBefore: row.not_before?.toISOString() ?? null,
});
