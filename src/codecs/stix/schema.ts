import type { FormatName } from './formats.js';
import { COMMON_PROPERTIES, DOMAIN_OBJECTS, MARKING_PROPERTIES, ONE_OF } from './object-types.js';
import type { Table } from './object-types.js';
import { OBSERVABLES, OBSERVABLE_PROPERTIES, PREDEFINED_EXTENSIONS } from './observable-types.js';

type Schema = Record<string, unknown>;

const format = (name: FormatName): Schema => ({ type: 'string', format: name });
const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items });
const between = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  minProperties: 1,
  required,
  properties,
});

/** §2.9: integers that a double holds exactly. */
const integer = between(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const count = between(0, Number.MAX_SAFE_INTEGER);

const hashes: Schema = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[A-Za-z0-9_-]{3,250}$' },
  properties: {
    MD5: { type: 'string', pattern: '^[a-fA-F0-9]{32}$' },
    'SHA-1': { type: 'string', pattern: '^[a-fA-F0-9]{40}$' },
    'SHA-256': { type: 'string', pattern: '^[a-fA-F0-9]{64}$' },
    'SHA-512': { type: 'string', pattern: '^[a-fA-F0-9]{128}$' },
    'SHA3-256': { type: 'string', pattern: '^[a-fA-F0-9]{64}$' },
    'SHA3-512': { type: 'string', pattern: '^[a-fA-F0-9]{128}$' },
    SSDEEP: { type: 'string', pattern: '^[a-zA-Z0-9/+:.]{1,128}$' },
    TLSH: { type: 'string', pattern: '^[a-zA-Z0-9]{70,72}$' },
  },
  additionalProperties: { type: 'string' },
};

const dictionary: Schema = { type: 'object', minProperties: 1, propertyNames: { pattern: '^[A-Za-z0-9_-]{1,250}$' } };

/** The kinds of value that the tables name. */
const KINDS: Readonly<Record<string, Schema>> = {
  text: { type: 'string' },
  bool: { type: 'boolean' },
  int: integer,
  count,
  number: { type: 'number' },
  object: { type: 'object' },
  dictionary,
  time: format('timestamp'),
  instant: format('instant'),
  id: format('identifier'),
  type: { ...format('type-name'), not: { const: 'action' } },
  'spec-version': { const: '2.1' },
  confidence: between(0, 100),
  language: format('language-tag'),
  'software-language': format('known-language'),
  latitude: { type: 'number', minimum: -90, maximum: 90 },
  longitude: { type: 'number', minimum: -180, maximum: 180 },
  'observed-number': between(1, 999_999_999),
  'sighting-count': between(0, 999_999_999),
  port: between(0, 65_535),
  opinion: { enum: ['strongly-disagree', 'disagree', 'neutral', 'agree', 'strongly-agree'] },
  encryption: { enum: ['AES-256-GCM', 'ChaCha20-Poly1305', 'mime-type-indicated'] },
  'extension-type': { enum: ['new-sdo', 'new-sco', 'new-sro', 'property-extension', 'toplevel-property-extension'] },
  'relationship-type': { type: 'string', pattern: '^[a-z0-9-]+$' },
  'related-id': {
    ...format('identifier'),
    not: { pattern: '^(bundle|language-content|marking-definition|relationship|sighting)--' },
  },
  hashes,
  hex: format('hexadecimal'),
  binary: format('base64'),
  url: format('address'),
  email: format('e-mail'),
  ipv4: format('ipv4-or-network'),
  ipv6: format('ipv6-or-network'),
  mac: format('mac-address'),
  mime: format('media-type'),
  charset: format('character-set'),
  cpe: format('cpe-2-3'),
  'registry-key': format('full-registry-key'),
  phase: object({ kill_chain_name: { type: 'string' }, phase_name: { type: 'string' } }, [
    'kill_chain_name',
    'phase_name',
  ]),
  reference: {
    ...object(
      {
        source_name: { type: 'string' },
        description: { type: 'string' },
        url: format('address'),
        external_id: { type: 'string' },
        hashes,
      },
      ['source_name'],
    ),
    anyOf: [{ required: ['description'] }, { required: ['url'] }, { required: ['external_id'] }],
  },
  granular: object(
    {
      selectors: list({ type: 'string', pattern: '^([a-z0-9_-]{3,250}(\\.(\\[\\d+\\]|[A-Za-z0-9_-]{1,250}))*|id)$' }),
      marking_ref: { ...format('identifier'), pattern: '^marking-definition--' },
      lang: format('language-tag'),
    },
    ['selectors'],
  ),
  contents: {
    type: 'object',
    minProperties: 1,
    propertyNames: format('language-tag'),
    additionalProperties: { type: 'object', minProperties: 1, propertyNames: { pattern: '^[a-z0-9_]{3,250}$' } },
  },
  'embedded-objects': {
    type: 'object',
    minProperties: 1,
    additionalProperties: { type: 'object', required: ['type'], properties: { type: format('type-name') } },
  },
  'mime-part': object({
    body: { type: 'string' },
    body_raw_ref: { type: 'string', pattern: '^(artifact|file)--|^\\d+$' },
    content_type: { type: 'string' },
    content_disposition: { type: 'string' },
  }),
  'registry-value': object({ name: { type: 'string' }, data: { type: 'string' }, data_type: { type: 'string' } }),
  'v3-extensions': {
    type: 'object',
    minProperties: 1,
    properties: {
      private_key_usage_period_not_before: format('timestamp'),
      private_key_usage_period_not_after: format('timestamp'),
    },
  },
  'data-stream': object({ name: { type: 'string' }, hashes, size: count }, ['name']),
  'pe-section': object({ name: { type: 'string' }, size: count, entropy: { type: 'number' }, hashes }, ['name']),
  extensions: {
    type: 'object',
    minProperties: 1,
    propertyNames: {
      pattern:
        '^([a-z][a-z0-9]*(-[a-z0-9]+)*-ext|extension-definition--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$',
    },
    properties: Object.fromEntries(
      Object.keys(PREDEFINED_EXTENSIONS).map((name) => [name, { $ref: `stix:extension:${name}` }]),
    ),
    patternProperties: {
      '^extension-definition--': {
        type: 'object',
        required: ['extension_type'],
        properties: { extension_type: { $ref: 'stix:kind:extension-type' } },
      },
    },
    additionalProperties: { type: 'object', minProperties: 1 },
  },
};

function schemaOfKind(kind: string): Schema {
  if (kind.startsWith('list ')) return list(schemaOfKind(kind.slice('list '.length)));
  if (kind.startsWith('ref ')) return { ...format('identifier'), pattern: `^(${kind.slice('ref '.length)})--` };
  // Inside `observed-data.objects` the keys of the dictionary stand for ids.
  if (kind.startsWith('to ')) return { type: 'string', pattern: `^(${kind.slice('to '.length)})--` };
  if (!Object.hasOwn(KINDS, kind)) throw new RangeError(`no such kind of value: ${kind}`);
  return { $ref: `stix:kind:${kind}` };
}

/** Words that the standard keeps for itself (§3.1 and its Appendix). */
const RESERVED = ['severity', 'action', 'username', 'phone_numbers'];

function schemaOfTable(...tables: Table[]): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, kind] of tables.flatMap((table) => Object.entries(table))) {
    const plain = name.replace(/!$/, '');
    properties[plain] = schemaOfKind(kind);
    if (plain !== name) required.push(plain);
  }
  return { type: 'object', required, properties };
}

function topLevel(type: string, ...tables: Table[]): Schema {
  const { properties, ...rest } = schemaOfTable(...tables) as { properties: Record<string, Schema> };
  const oneOf = ONE_OF[type];
  return {
    ...rest,
    properties: { ...properties, ...Object.fromEntries(RESERVED.map((name) => [name, false])) },
    // Capitals are against the standard, and in what MISP writes.
    propertyNames: { pattern: '^([a-z][a-z0-9_][A-Za-z0-9_]{1,248}|id)$' },
    ...(oneOf && { anyOf: oneOf.map((name) => ({ required: [name] })) }),
  };
}

/** Every schema by its name; those of objects are `stix:object:<type>`. */
export function stixSchemas(): Map<string, Schema> {
  const schemas = new Map<string, Schema>();
  for (const [name, schema] of Object.entries(KINDS)) schemas.set(`stix:kind:${name}`, schema);
  for (const [name, table] of Object.entries(PREDEFINED_EXTENSIONS)) {
    schemas.set(`stix:extension:${name}`, { ...schemaOfTable(table), minProperties: 1 });
  }
  for (const [type, table] of Object.entries(DOMAIN_OBJECTS)) {
    schemas.set(`stix:object:${type}`, topLevel(type, COMMON_PROPERTIES, table));
  }
  for (const [type, table] of Object.entries(OBSERVABLES)) {
    schemas.set(`stix:object:${type}`, topLevel(type, OBSERVABLE_PROPERTIES, table));
    // As members of `observed-data.objects`: their ids are keys, and references name keys.
    const { 'id!': _id, ...common } = OBSERVABLE_PROPERTIES;
    const unbound = Object.fromEntries(
      Object.entries(table).map(([name, kind]) => [name, kind.replace(/\bto .*/, 'text')]),
    );
    schemas.set(`stix:embedded:${type}`, topLevel(type, common, { ...unbound, id: 'text' }));
  }
  schemas.set('stix:object:marking-definition', topLevel('marking-definition', MARKING_PROPERTIES));
  schemas.set('stix:custom:domain', topLevel('', COMMON_PROPERTIES));
  schemas.set('stix:custom:observable', topLevel('', OBSERVABLE_PROPERTIES));
  return schemas;
}
