import { canonicalJson } from '../../kernel/canonical-json.js';
import type { Advisory } from '../advisory/index.js';
import { NotExportable } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf } from '../record/json.js';
import { advisoryOfCsaf } from './advisory-of-csaf.js';
import { writeNotes } from './notes.js';
import { writeProductTree } from './product-tree.js';
import { writeAcknowledgement, writeReference } from './references.js';
import { writeVulnerability } from './vulnerabilities.js';
import { LABELS, STRICT } from './words.js';

export interface CsafOptions {
  /** Where this document will lie: the canonical URL, which readers compare. */
  selfUrl?: string;
}

/**
 * An advisory as CSAF 2.0. What was read from CSAF goes out as it came, part by part, wherever nothing in that part has
 * been changed since. Whether it holds is `validateCsaf`'s to say: not everything that a person may write is CSAF.
 * @throws NotExportable
 */
export function toCsaf(advisory: Advisory, { selfUrl }: CsafOptions = {}): Json {
  const { origin } = advisory;
  const came = origin && advisoryOfCsaf(origin);
  const isAsCame = (...parts: (keyof Advisory)[]): boolean =>
    came !== null && parts.every((part) => canonicalJson(came[part]) === canonicalJson(advisory[part]));
  const raw = origin && isObject(origin.document) ? origin.document : {};
  const notes = isAsCame('summary', 'body', 'kind', 'indicators', 'notes')
    ? objectsOf(raw.notes)
    : writeNotes(advisory);
  const self = selfUrl === undefined ? [] : [{ url: selfUrl, summary: 'Canonical URL', isSelf: true }];
  const references = [
    ...self.map(writeReference),
    ...(isAsCame('references') ? objectsOf(raw.references) : advisory.references.map(writeReference)).filter(
      ({ url }) => url !== selfUrl,
    ),
  ];
  const acknowledgments = isAsCame('acknowledgements')
    ? objectsOf(raw.acknowledgments)
    : advisory.acknowledgements.map(writeAcknowledgement);
  const vulnerabilities = writeVulnerabilities(advisory, origin);
  const tree = isAsCame('products') ? origin?.product_tree : writeTree(advisory, origin);
  const isKept = isAsCame('summary', 'body', 'kind', 'notes', 'references', 'products', 'vulnerabilities');
  const csaf = {
    ...withoutParts(origin ?? {}),
    document: {
      ...withoutParts(raw),
      category: isKept && raw.category !== undefined ? raw.category : categoryOf(vulnerabilities, references, notes),
      csaf_version: '2.0',
      distribution: distributionOf(advisory, raw),
      ...(advisory.language !== null && { lang: advisory.language }),
      publisher: publisherOf(advisory, raw),
      title: advisory.title,
      tracking: trackingOf(advisory, raw),
      ...(notes.length > 0 && { notes }),
      ...(references.length > 0 && { references }),
      ...(acknowledgments.length > 0 && { acknowledgments }),
    },
    ...(tree !== undefined && { product_tree: tree }),
    ...(vulnerabilities.length > 0 && { vulnerabilities }),
  };
  // Members in the order of their names (6.2.13), so that the same advisory has the same bytes.
  return JSON.parse(canonicalJson(csaf)) as Json;
}

/** What is written anew or left out, so that nothing that was taken out comes back. */
const WRITTEN = ['lang', 'notes', 'references', 'acknowledgments', 'product_tree', 'vulnerabilities'];
const withoutParts = (raw: Json): Json =>
  Object.fromEntries(Object.entries(raw).filter(([name]) => !WRITTEN.includes(name)));

function writeTree({ products }: Advisory, origin: Json | null): unknown {
  if (products.length === 0) return undefined;
  const before = origin && isObject(origin.product_tree) ? origin.product_tree : {};
  const ids = new Set(products.map(({ id }) => id));
  // A group stays while all that it names are there.
  const groups = objectsOf(before.product_groups).filter(
    ({ product_ids: named }) => Array.isArray(named) && named.every((id) => ids.has(String(id))),
  );
  return { ...writeProductTree(products), ...(groups.length > 0 && { product_groups: groups }) };
}

function writeVulnerabilities({ vulnerabilities }: Advisory, origin: Json | null): Json[] {
  const raw = objectsOf(origin?.vulnerabilities);
  const came = origin ? advisoryOfCsaf(origin).vulnerabilities.map((each) => canonicalJson(each)) : [];
  return vulnerabilities.map((each) => {
    const at = came.indexOf(canonicalJson(each));
    return raw[at] ?? writeVulnerability(each);
  });
}

/**
 * The profile whose demands the document meets.
 * @see CSAF 2.0 §4, tests 6.1.27.1 to 6.1.27.11
 */
function categoryOf(vulnerabilities: readonly Json[], references: readonly Json[], notes: readonly unknown[]): string {
  if (vulnerabilities.length > 0) {
    const isFull = vulnerabilities.every((each) => each.notes !== undefined && each.product_status !== undefined);
    return isFull ? 'csaf_security_advisory' : 'csaf_base';
  }
  const tells = notes.some(
    (note) => isObject(note) && ['description', 'details', 'general', 'summary'].includes(String(note.category)),
  );
  return tells && references.some(({ category }) => category !== 'self') ? 'csaf_informational_advisory' : 'csaf_base';
}

function distributionOf({ tlp, distribution }: Advisory, raw: Json): Json {
  if (tlp === null) throw new NotExportable('unmarked');
  if (tlp === 'TLP:RED') throw new NotExportable('red');
  const before = isObject(raw.distribution) && isObject(raw.distribution.tlp) ? raw.distribution.tlp : {};
  const label = LABELS[tlp];
  const words = [...(tlp === 'TLP:AMBER+STRICT' ? [STRICT] : []), ...(distribution === null ? [] : [distribution])];
  return {
    ...(words.length > 0 && { text: words.join('\n') }),
    tlp: before.label === label ? before : { label, url: 'https://www.first.org/tlp/' },
  };
}

function publisherOf({ publisher: { name, namespace, category, contact } }: Advisory, raw: Json): Json {
  const before = isObject(raw.publisher) ? raw.publisher : {};
  const { contact_details: _, ...kept } = before.name === name && before.namespace === namespace ? before : {};
  return { ...kept, category, name, namespace, ...(contact !== null && { contact_details: contact }) };
}

function trackingOf({ tracking }: Advisory, raw: Json): Json {
  const before = isObject(raw.tracking) ? raw.tracking : {};
  const revisions = tracking.revisions.map(({ version, date, summary }) => ({ date, number: version, summary }));
  const kept = objectsOf(before.revision_history);
  return {
    generator: { engine: { name: 'Ronda' } },
    ...before,
    current_release_date: tracking.currentReleaseDate,
    id: tracking.id,
    initial_release_date: tracking.initialReleaseDate,
    revision_history: revisions.map(
      (each) =>
        kept.find(({ number, date, summary }) => canonicalJson({ date, number, summary }) === canonicalJson(each)) ??
        each,
    ),
    status: tracking.status,
    version: tracking.version,
  };
}
