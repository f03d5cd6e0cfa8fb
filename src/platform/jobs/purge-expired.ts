import { statement } from '../database/statement.js';
import type { UnitOfWork } from '../database/unit-of-work.js';
import { LIVE } from '../database/unit-of-work.js';

const purge = statement('purge-expired', 'select ronda.purge_expired($1)');

/** Forgets replays older than a day, and credentials that ended a month ago. */
export const purgeExpired = (work: UnitOfWork): Promise<void> =>
  work.run('nobody', LIVE, 'write', async () => {
    await work.query(purge, [work.at]);
  });
