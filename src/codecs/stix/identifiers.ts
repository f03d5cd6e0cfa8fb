import { canonicalJson } from '../../kernel/canonical-json.js';
import { uuidV5 } from '../record/uuid-v5.js';
import { CONTRIBUTING } from './observable-types.js';

/** STIX 2.1 §2.9: of everybody's observables, so that the same value has the same id wherever it is seen. */
const OBSERVABLE_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** One hash stands for all, the first of these that there is. */
const HASH_ORDER = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'];

function contributionOf(name: string, value: unknown): unknown {
  if (name !== 'hashes') return value;
  const hashes = value as Record<string, string>;
  const algorithm = HASH_ORDER.find((each) => each in hashes) ?? Object.keys(hashes).sort()[0];
  return algorithm === undefined ? hashes : { [algorithm]: hashes[algorithm] };
}

/**
 * The id of an observable, by its content.
 * @param content the observable without its id. Requires one of its type's contributing properties.
 */
export function observableId(content: { type: string } & Record<string, unknown>): string {
  const parts = (CONTRIBUTING[content.type] ?? []).filter((name) => content[name] !== undefined);
  const named = Object.fromEntries(parts.map((name) => [name, contributionOf(name, content[name])]));
  return `${content.type}--${uuidV5(OBSERVABLE_NAMESPACE, canonicalJson(named))}`;
}
