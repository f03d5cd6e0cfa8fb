import type { Collection } from './collections.store.js';
import type { Manifest, Page } from './read-collection.js';
import { STIX_TYPE } from './taxii-manners.js';
import type { StatusOutcome } from './taxii-statuses.store.js';
import type { TaxiiCollection, TaxiiManifest, TaxiiStatus, TaxiiVersions } from './taxii.dto.js';

export const toCollection = (collection: Collection, writes: boolean): TaxiiCollection => ({
  id: collection.id,
  title: collection.title,
  description: collection.description,
  can_read: true,
  can_write: collection.canWrite && writes,
  media_types: [STIX_TYPE],
});

/** Texts as they are kept, put together: nothing is parsed to be written again. */
export const toEnvelope = ({ objects, last, next }: Page): string =>
  `{"more":${next !== null}${next === null ? '' : `,"next":"${next}"`}${last === null ? '' : `,"objects":[${objects}]`}}`;

const more = (next: string | null): { more: boolean; next?: string } =>
  next === null ? { more: false } : { more: true, next };

export const toManifest = ({ rows, next }: Manifest): TaxiiManifest => ({
  ...more(next),
  objects: rows.map(({ stix_id: id, added_at: added, version }) => ({
    id,
    date_added: added,
    version,
    media_type: STIX_TYPE,
  })),
});

export const toVersions = ({ rows, next }: Manifest): TaxiiVersions => ({
  ...more(next),
  versions: rows.map(({ version }) => version),
});

export const toStatus = (row: { id: string; requested_at: Date; outcome: StatusOutcome }): TaxiiStatus => {
  const { successes, failures } = row.outcome;
  return {
    id: row.id,
    status: 'complete',
    request_timestamp: row.requested_at.toISOString().replace('Z', '000Z'),
    total_count: successes.length + failures.length,
    success_count: successes.length,
    successes: successes.map(({ id, version }) => ({ id, version })),
    failure_count: failures.length,
    failures: failures.map(({ id, version, message }) => ({ id, version, message: message ?? '' })),
    pending_count: 0,
  };
};
