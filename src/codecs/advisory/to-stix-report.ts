import { canonicalJson } from '../../kernel/canonical-json.js';
import type { Json } from '../record/json.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { RONDA_NAMESPACE, tlpMarking } from '../stix/markings.js';
import { patternOf, toObservable } from '../stix/observables.js';
import { withoutEmpty } from '../stix/ronda-extension.js';
import type { StixObject } from '../stix/stix-object.js';
import type { StixBundle } from '../stix/to-bundle.js';
import type { Advisory, AdvisoryKind } from './advisory.js';
import { NotExportable } from './not-exportable.js';

const REPORT_TYPES: Readonly<Record<AdvisoryKind, string>> = {
  vulnerability: 'vulnerability',
  threat: 'threat-report',
  'fraud-campaign': 'campaign',
  guidance: 'threat-report',
  'early-warning': 'threat-report',
};
const CVE = /^CVE-\d{4}-(0\d{3}|[1-9]\d{3,})$/;

/**
 * An advisory as a STIX 2.1 report on its vulnerabilities, remediations and indicators. The same advisory gives the same
 * bundle, and another version of it the same ids.
 * @param id UUID of the advisory, or a fresh one where its own must not leave.
 * @throws NotExportable
 */
export function toStixReport(id: string, advisory: Advisory): StixBundle {
  const { tlp, publisher, tracking } = advisory;
  if (tlp === null) throw new NotExportable('unmarked');
  if (tlp === 'TLP:RED') throw new NotExportable('red');
  const marking = tlpMarking(tlp);
  const instants = [tracking.initialReleaseDate, tracking.currentReleaseDate].map((each) =>
    new Date(each).toISOString(),
  );
  const [created = '', modified = ''] = instants.sort();
  const identity: StixObject = {
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${uuidLikeV4(RONDA_NAMESPACE, publisher.namespace)}`,
    created: '1970-01-01T00:00:00.000Z',
    modified: created,
    identity_class: 'organization',
    ...withoutEmpty({ name: publisher.name, contact_information: publisher.contact }),
  };
  const own = (type: string, uuid: string, members: Json): StixObject => ({
    type,
    spec_version: '2.1',
    id: `${type}--${uuid}`,
    created,
    modified,
    created_by_ref: identity.id,
    ...withoutEmpty(members),
    object_marking_refs: [marking.id],
  });
  const objects = new Map<string, StixObject>();
  const add = (type: string, name: string, members: Json): StixObject => {
    const object = own(type, uuidLikeV4(id, `${type} ${name}`), members);
    objects.set(object.id, object);
    return object;
  };
  for (const [at, { cve, title, description, remediations }] of advisory.vulnerabilities.entries()) {
    const isCve = cve !== null && CVE.test(cve);
    const vulnerability = add('vulnerability', cve ?? `${at}`, {
      name: cve ?? title ?? advisory.title,
      description: description ?? title,
      external_references: isCve ? [{ source_name: 'cve', external_id: cve }] : [],
    });
    for (const { kind, details } of remediations) {
      const course = add('course-of-action', `${kind} ${details}`, { name: kind, description: details });
      add('relationship', `${course.id} ${vulnerability.id}`, {
        relationship_type: 'mitigates',
        source_ref: course.id,
        target_ref: vulnerability.id,
      });
    }
  }
  for (const { type, value, comment } of advisory.indicators) {
    // What STIX has no observable for is in the other formats; a pattern of our own nobody could run.
    const observable = toObservable({ type, value });
    if (observable)
      add('indicator', `${type} ${value}`, {
        name: `${type} ${value}`,
        description: comment ?? type,
        indicator_types: ['malicious-activity'],
        pattern: patternOf(observable),
        pattern_type: 'stix',
        pattern_version: '2.1',
        valid_from: created,
      });
  }
  const report = own('report', id, {
    name: advisory.title,
    description: [advisory.summary, advisory.body].filter((each) => each !== null).join('\n\n') || null,
    lang: advisory.language,
    report_types: [REPORT_TYPES[advisory.kind]],
    published: created,
    external_references: advisory.references.map(({ url, summary }) => ({
      source_name: 'reference',
      // An address wants a hash of what lies behind it, and nobody here has fetched that: it is for people to read.
      description: summary === null ? url : `${summary} ${url}`,
    })),
    // A report is of something: where nothing else is, of who says it.
    object_refs: objects.size > 0 ? [...objects.keys()] : [identity.id],
  });
  const all = [marking, identity, ...objects.values(), report];
  const versions = all.map((each) => [each.id, each.modified ?? '']);
  return { type: 'bundle', id: `bundle--${uuidLikeV4(RONDA_NAMESPACE, canonicalJson(versions))}`, objects: all };
}
