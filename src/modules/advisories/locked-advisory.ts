import type { AdvisoriesStore } from './advisories.store.js';
import type { AdvisoryRow } from './advisory.rows.js';

/** Read again behind the lock: another worker may have been there. */
export async function lockedAdvisory(advisories: AdvisoriesStore, id: string): Promise<AdvisoryRow | undefined> {
  const seen = await advisories.byId(id);
  if (!seen?.is_owner) return undefined;
  await advisories.lock(id);
  return advisories.byId(id);
}
