import type { Tlp } from '../../kernel/markings.js';
import type { Advisory, AdvisoryKind } from '../advisory/index.js';
import { ADVISORY_STATUSES, PUBLISHER_CATEGORIES } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import { readNotes } from './notes.js';
import { readProductTree } from './product-tree.js';
import { readAcknowledgements, readReferences } from './references.js';
import { readVulnerability } from './vulnerabilities.js';
import { LABELS, STRICT, keyOf } from './words.js';

/**
 * What a CSAF 2.0 document says that Ronda has a place for, and the whole of it beside.
 * @param csaf one that `validateCsaf` has nothing against.
 */
export function advisoryOfCsaf(csaf: Json): Advisory {
  const document = memberOf(csaf, 'document');
  const [publisher, tracking] = [memberOf(document, 'publisher'), memberOf(document, 'tracking')];
  const vulnerabilities = objectsOf(csaf.vulnerabilities).map(readVulnerability);
  return {
    title: textOf(document.title) ?? '',
    ...readNotes(document, vulnerabilities.length > 0 ? 'vulnerability' : kindOf(document.category)),
    language: textOf(document.lang),
    ...readDistribution(memberOf(document, 'distribution')),
    publisher: {
      name: textOf(publisher.name) ?? '',
      namespace: textOf(publisher.namespace) ?? '',
      category: PUBLISHER_CATEGORIES.find((each) => each === publisher.category) ?? 'other',
      contact: textOf(publisher.contact_details),
    },
    tracking: {
      id: textOf(tracking.id) ?? '',
      version: textOf(tracking.version) ?? '',
      status: ADVISORY_STATUSES.find((each) => each === tracking.status) ?? 'draft',
      initialReleaseDate: textOf(tracking.initial_release_date) ?? '',
      currentReleaseDate: textOf(tracking.current_release_date) ?? '',
      revisions: objectsOf(tracking.revision_history).map(({ number, date, summary }) => ({
        version: textOf(number) ?? '',
        date: textOf(date) ?? '',
        summary: textOf(summary) ?? '',
      })),
    },
    products: readProductTree(csaf.product_tree),
    vulnerabilities,
    references: readReferences(document.references),
    acknowledgements: readAcknowledgements(document.acknowledgments),
    origin: csaf,
  };
}

const memberOf = (object: Json, name: string): Json => {
  const member = object[name];
  return isObject(member) ? member : {};
};

const kindOf = (category: unknown): AdvisoryKind =>
  category === 'csaf_security_incident_response' ? 'threat' : 'guidance';

function readDistribution({ text, tlp }: Json): { tlp: Tlp | null; distribution: string | null } {
  const label = isObject(tlp) ? textOf(tlp.label) : null;
  const distribution = textOf(text);
  if (label !== 'RED') return { tlp: label === null ? null : keyOf(LABELS, label), distribution };
  if (distribution === null || !distribution.startsWith(STRICT)) return { tlp: 'TLP:RED', distribution };
  const rest = distribution.slice(STRICT.length);
  return { tlp: 'TLP:AMBER+STRICT', distribution: rest === '' ? null : rest.replace(/^\n/, '') };
}
