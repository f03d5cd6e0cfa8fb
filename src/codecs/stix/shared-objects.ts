import type { ExchangeRecord } from '../record/index.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { toBundle } from './to-bundle.js';
import { RONDA_IDENTITY } from './ronda-extension.js';
import type { StixObject } from './stix-object.js';

/** Everything that a record comes to for whoever has nothing yet, the extension and its author included. */
export const sharedObjects = (record: ExchangeRecord): StixObject[] => toBundle([record]).objects;

/**
 * What those get who had a record that they may not read any more: its incident and report, which Ronda made, revoked and
 * without what they said, and a note that asks for what else there was of it.
 * @param createdAt as it was in the objects that they have.
 */
export function recalledObjects(record: Pick<ExchangeRecord, 'id' | 'createdAt'>, at: string): StixObject[] {
  const { id, createdAt: created } = record;
  const incident = `incident--${id}`;
  const gone = { spec_version: '2.1', created, modified: at, revoked: true, name: 'Recalled' };
  return [
    { ...gone, type: 'incident', id: incident },
    {
      ...gone,
      type: 'report',
      id: `report--${uuidLikeV4(id, 'report')}`,
      published: created,
      object_refs: [incident],
    },
    {
      type: 'note',
      spec_version: '2.1',
      id: `note--${uuidLikeV4(id, `recalled ${at}`)}`,
      created_by_ref: RONDA_IDENTITY,
      created: at,
      modified: at,
      abstract: 'Recalled',
      content: 'This was recalled. Delete it, and whatever came with it, and answer its tombstone in Ronda.',
      object_refs: [incident],
    },
  ];
}
