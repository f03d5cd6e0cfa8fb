import type { Fault } from '../../kernel/problem.js';
import { CONTRIBUTING } from './observable-types.js';
import { TIME_ORDERS } from './object-types.js';
import { patternFault } from './pattern.js';
import { pointerTo } from './pointer.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf, textsOf } from '../record/json.js';

type Rule = (object: Json) => Fault[];

const fault = (detail: string, ...path: (string | number)[]): Fault[] => [{ pointer: pointerTo(...path), detail }];

/** What tables and schemas cannot say, of an object that has passed them. */
const RULES: readonly Rule[] = [
  idIsOfItsType,
  timesAreInOrder,
  selectorsPointAtSomething,
  markingsMarkNotThemselves,
  referencesToCatalogues,
];

const RULES_OF_TYPE: Readonly<Record<string, readonly Rule[]>> = {
  artifact: [
    (artifact) =>
      artifact.payload_bin !== undefined && artifact.url !== undefined
        ? fault('An artifact has `payload_bin` or `url`, not both.', 'url')
        : [],
    (artifact) =>
      artifact.url !== undefined && artifact.hashes === undefined
        ? fault('What lies behind `url` needs `hashes`.', 'hashes')
        : [],
    (artifact) =>
      artifact.decryption_key !== undefined && artifact.encryption_algorithm === undefined
        ? fault('There is a `decryption_key`, but nothing says by what it is encrypted.', 'encryption_algorithm')
        : [],
  ],
  'email-message': [
    ({ is_multipart, body, body_multipart }) => {
      if (is_multipart === true && body !== undefined)
        return fault('The message has parts, so it has no `body`.', 'body');
      if (is_multipart === false && body_multipart !== undefined)
        return fault('The message has no parts, so it has no `body_multipart`.', 'body_multipart');
      return [];
    },
  ],
  'extension-definition': [
    ({ extension_types, extension_properties }) =>
      extension_properties !== undefined && !textsOf(extension_types).includes('toplevel-property-extension')
        ? fault('Only an extension of the top level has these.', 'extension_properties')
        : [],
  ],
  indicator: [
    ({ pattern, pattern_type }) => {
      const wrong = pattern_type === 'stix' ? patternFault(textOf(pattern) ?? '') : null;
      return wrong === null ? [] : fault(wrong, 'pattern');
    },
  ],
  location: [
    ({ latitude, longitude, precision }) => {
      if ((latitude === undefined) !== (longitude === undefined))
        return fault('Latitude and longitude go together.', latitude === undefined ? 'latitude' : 'longitude');
      return precision !== undefined && latitude === undefined ? fault('Precision needs a latitude.', 'precision') : [];
    },
  ],
  malware: [
    ({ is_family, name }) => (is_family === true && name === undefined ? fault('A family has a name.', 'name') : []),
  ],
  'marking-definition': [
    ({ definition, definition_type, extensions }) => {
      if (extensions === undefined && definition_type === undefined)
        return fault('This is missing.', 'definition_type');
      if (extensions === undefined && definition === undefined) return fault('This is missing.', 'definition');
      const isStatement = definition_type === 'statement' && isObject(definition);
      return isStatement && typeof definition.statement !== 'string'
        ? fault('This is missing.', 'definition', 'statement')
        : [];
    },
  ],
  'network-traffic': [
    ({ is_active, end }) =>
      is_active === true && end !== undefined ? fault('What is still going on has no end.', 'end') : [],
  ],
  'observed-data': [
    ({ objects, object_refs }) =>
      objects !== undefined && object_refs !== undefined
        ? fault('There are `objects` or `object_refs`, not both.', 'object_refs')
        : [],
  ],
};

export const ruleFaults = (object: Json): Fault[] =>
  [...RULES, ...(RULES_OF_TYPE[textOf(object.type) ?? ''] ?? [])].flatMap((rule) => rule(object));

function idIsOfItsType({ type, id, ...rest }: Json): Fault[] {
  const [prefix = '', uuid = ''] = (textOf(id) ?? '').split('--');
  if (prefix !== type) return fault(`The id must begin with ${String(type)}--.`, 'id');
  const contributing = Object.hasOwn(CONTRIBUTING, prefix) ? CONTRIBUTING[prefix] : undefined;
  if (!contributing) return [];
  const isRandom = uuid.charAt(14) === '4';
  if (prefix === 'process') return isRandom ? [] : fault('The id of a process is a UUIDv4.', 'id');
  // Where every property that makes an id is optional, none of them may be there (§2.9). Only then the schemas say nothing.
  const isOptional = ['email-message', 'user-account', 'windows-registry-key', 'x509-certificate'].includes(prefix);
  const hasNone = isOptional && contributing.every((name) => rest[name] === undefined);
  return hasNone && !isRandom
    ? fault('Nothing that the id could be made of is there, so it must be a UUIDv4.', 'id')
    : [];
}

/** Fractions may have any number of digits: compared as text behind what a Date holds. */
function isBefore(a: string, b: string): boolean {
  const [secondsA, secondsB] = [a.slice(0, 19), b.slice(0, 19)];
  if (secondsA !== secondsB) return secondsA < secondsB;
  const fraction = (time: string): number => Number(`0${time.slice(19, -1)}`);
  return fraction(a) < fraction(b);
}

function timesAreInOrder(object: Json): Fault[] {
  const ordered = TIME_ORDERS[textOf(object.type) ?? ''];
  const pairs: (readonly [string, string, boolean])[] = [['created', 'modified', true]];
  if (ordered) pairs.push(ordered);
  return pairs.flatMap(([earlier, later, mayBeEqual]) => {
    const [start, end] = [textOf(object[earlier]), textOf(object[later])];
    if (start === null || end === null) return [];
    if (isBefore(end, start)) return fault(`This lies before \`${earlier}\`, ${start}.`, later);
    return !mayBeEqual && !isBefore(start, end) ? fault(`This must be later than \`${earlier}\`.`, later) : [];
  });
}

function selectorsPointAtSomething(object: Json): Fault[] {
  return objectsOf(object.granular_markings).flatMap((marking, at) => {
    const here = ['granular_markings', at] as const;
    const kinds = [marking.marking_ref, marking.lang].filter((each) => each !== undefined).length;
    const wrong = textsOf(marking.selectors).flatMap((selector, index) =>
      isThere(object, selector)
        ? []
        : fault(`There is nothing at ${selector} in this object.`, ...here, 'selectors', index),
    );
    return kinds === 1
      ? wrong
      : [...fault('This needs one of `marking_ref` and `lang`.', ...here, 'marking_ref'), ...wrong];
  });
}

function isThere(object: Json, selector: string): boolean {
  let value: unknown = object;
  for (const step of selector.split('.')) {
    const index = /^\[(\d+)\]$/.exec(step)?.[1];
    if (index !== undefined) {
      if (!Array.isArray(value) || Number(index) >= value.length) return false;
      value = value[Number(index)] as unknown;
    } else {
      if (!isObject(value) || !Object.hasOwn(value, step)) return false;
      value = value[step];
    }
  }
  return true;
}

function markingsMarkNotThemselves({ type, id, object_marking_refs, granular_markings }: Json): Fault[] {
  if (type !== 'marking-definition') return [];
  const own = 'A marking does not mark itself.';
  return [
    ...textsOf(object_marking_refs).flatMap((ref, at) => (ref === id ? fault(own, 'object_marking_refs', at) : [])),
    ...objectsOf(granular_markings).flatMap((each, at) =>
      each.marking_ref === id ? fault(own, 'granular_markings', at, 'marking_ref') : [],
    ),
  ];
}

const CATALOGUES: Readonly<Record<string, RegExp>> = { cve: /^CVE-\d{4}-\d{4,}$/, capec: /^CAPEC-\d+$/ };

/** §2.5: ids of CVE and CAPEC have the form that these give them. */
export function isCataloguedAs(source: string, id: string | null): boolean {
  const form = Object.hasOwn(CATALOGUES, source) ? CATALOGUES[source] : undefined;
  return form === undefined || (id !== null && form.test(id));
}

function referencesToCatalogues({ external_references }: Json): Fault[] {
  return objectsOf(external_references).flatMap(({ source_name, external_id }, at) =>
    isCataloguedAs(textOf(source_name) ?? '', textOf(external_id))
      ? []
      : fault(`This is no id of ${String(source_name)}.`, 'external_references', at, 'external_id'),
  );
}
