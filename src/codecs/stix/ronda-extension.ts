import type { Json } from '../record/json.js';
import type { StixObject } from './stix-object.js';
import { isObject } from '../record/json.js';

/** What Ronda says of an incident, an identity or a sighting and STIX has no place for (docs/stix-extension.schema.json). */
export const RONDA_EXTENSION = 'extension-definition--9c3f5d38-7d55-4f6a-8a4e-2f6f0b1c9e57';
/** Of the incident object, by OASIS. */
export const INCIDENT_CORE = 'extension-definition--ef765651-680c-498d-9894-99799f2fa126';

export const RONDA_IDENTITY = 'identity--0d2b7a5e-3c41-4b8e-9f16-6a7d8c9e0b12';
const SINCE = '2026-11-01T00:00:00.000Z';

/** Whoever reads the extension finds here what it is; both objects are the same in every bundle. */
export const EXTENSION_OBJECTS: readonly StixObject[] = [
  {
    type: 'identity',
    spec_version: '2.1',
    id: RONDA_IDENTITY,
    created: SINCE,
    modified: SINCE,
    name: 'Ronda',
    description: 'The platform that wrote this bundle.',
    identity_class: 'system',
  },
  {
    type: 'extension-definition',
    spec_version: '2.1',
    id: RONDA_EXTENSION,
    created_by_ref: RONDA_IDENTITY,
    created: SINCE,
    modified: SINCE,
    name: 'Ronda incident facts',
    description: 'Facts of an incident, an identity or a sighting as Ronda keeps them.',
    schema: 'docs/stix-extension.schema.json of Ronda; described in docs/stix.md',
    version: '1.0.0',
    extension_types: ['property-extension'],
  },
];

/** Without what is null or empty: STIX has neither. */
export function withoutEmpty(members: Json): Json {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** The property extension with these members; no extension where there are none. */
export function extensionWith(members: Json): Json {
  const said = withoutEmpty(members);
  return Object.keys(said).length === 0
    ? {}
    : { extensions: { [RONDA_EXTENSION]: { extension_type: 'property-extension', ...said } } };
}

/** Ronda's own part of an object; null where it has none. */
export function extensionOf(object: Json): Json | null {
  const extension = isObject(object.extensions) ? object.extensions[RONDA_EXTENSION] : null;
  return isObject(extension) ? extension : null;
}
