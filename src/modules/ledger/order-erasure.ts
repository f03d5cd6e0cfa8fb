import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ERASURE_ORDERED } from './ledger.rules.js';
import type { ErasureOrder } from './ledger.rules.js';

/**
 * Has salt and text of every entry about something erased, in the unit of work of the caller, who has decided that it may
 * be. Done with the next batch, of which one leaf says so; the hashes stay, and with them all proofs.
 */
export function orderErasure(work: UnitOfWork, { subjectId, erasureId }: ErasureOrder, actorKey: number | null): void {
  work.emit({ type: ERASURE_ORDERED, version: 1, payload: { subjectId, erasureId } }, actorKey);
}
