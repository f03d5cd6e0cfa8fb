import { TLP } from '../../kernel/markings.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import type { ExchangeRecord } from '../record/index.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { RONDA_NAMESPACE, tlpMarking, tlpOf } from './markings.js';
import { objectsOfRecord } from './objects-of-record.js';
import { EXTENSION_OBJECTS } from './ronda-extension.js';
import { textsOf } from '../record/json.js';
import type { StixObject } from './stix-object.js';

export interface StixBundle {
  type: 'bundle';
  id: string;
  objects: StixObject[];
}

/**
 * Incidents as a STIX 2.1 bundle, with everything it refers to. The same records give the same bundle.
 * @param records as their reader may see them: nothing is left out here.
 */
export function toBundle(records: readonly ExchangeRecord[]): StixBundle {
  const objects = new Map<string, StixObject>();
  for (const object of records.flatMap((record) => objectsOfRecord(record))) {
    const before = objects.get(object.id);
    objects.set(object.id, before ? merged(before, object) : object);
  }
  // Every incident has something in Ronda's extension.
  const all = [...EXTENSION_OBJECTS, ...objects.values()];
  const versions = all.map(({ id, modified }) => [id, modified ?? '']);
  return { type: 'bundle', id: `bundle--${uuidLikeV4(RONDA_NAMESPACE, canonicalJson(versions))}`, objects: all };
}

/**
 * The same thing said by two records: an observable, an identity. The newer version stays; and an observable, which has
 * none, leaves under the narrower of its markings.
 */
function merged(before: StixObject, after: StixObject): StixObject {
  if (before.modified !== undefined) return (after.modified ?? '') > before.modified ? after : before;
  const refs = [...new Set([...textsOf(before.object_marking_refs), ...textsOf(after.object_marking_refs)])];
  const labels = refs.map((id) => tlpOf(id, undefined));
  const narrowest = Math.max(...labels.map((label) => (label ? TLP.indexOf(label) : -1)));
  const label = TLP[narrowest];
  const kept = refs.filter((_, at) => !labels[at]);
  if (label) kept.unshift(tlpMarking(label).id);
  return kept.length === 0 ? before : { ...before, object_marking_refs: kept };
}
