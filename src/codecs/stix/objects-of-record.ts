import { isRsitType, rsitTag } from '../../kernel/rsit.js';
import type {
  ExchangeRecord,
  RecordObservable,
  RecordOrganisation,
  RecordReference,
  RecordSighting,
} from '../record/index.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { papMarking, tlpMarking } from './markings.js';
import { patternOf, toObservable, valuesOfObservable } from './observables.js';
import { INCIDENT_CORE, extensionWith, withoutEmpty } from './ronda-extension.js';
import { isCataloguedAs } from './rules.js';
import type { Json } from '../record/json.js';
import type { StixObject } from './stix-object.js';

/** Vocabulary `incident-type-ov`, where it has a word for a class or type of RSIT. */
const INCIDENT_TYPES: Readonly<Record<string, string>> = {
  'malicious-code/infected-system': 'compromised-system',
  'intrusions/privileged-account-compromise': 'compromised-system',
  'intrusions/unprivileged-account-compromise': 'compromised-system',
  'intrusions/application-compromise': 'compromised-system',
  'intrusions/system-compromise': 'compromised-system',
  'availability/dos': 'denial-of-service',
  'availability/ddos': 'denial-of-service',
  'availability/sabotage': 'destruction',
  'information-content-security/unauthorised-information-access': 'unauthorized-access',
  'information-content-security/data-leak': 'unauthorized-release',
  'fraud/unauthorised-use-of-resources': 'unauthorized-use',
};
const INVESTIGATION: Readonly<Record<string, string>> = {
  draft: 'new',
  submitted: 'new',
  triaged: 'new',
  closed: 'closed',
};

const CVE = /^CVE-\d{4}-(0\d{3}|[1-9]\d{3,})$/;

/** Everything that one record comes to, its markings and identities included; in an order that reading keeps. */
export function objectsOfRecord(record: ExchangeRecord): StixObject[] {
  return new RecordWriter(record).write();
}

class RecordWriter {
  private readonly objects: StixObject[] = [];
  private readonly names = new Map<string, number>();
  private readonly markings: StixObject[];
  private readonly incidentId: string;

  constructor(private readonly record: ExchangeRecord) {
    const { tlp, pap } = record.marking;
    this.markings = [...(tlp ? [tlpMarking(tlp)] : []), ...(pap ? [papMarking(pap)] : [])];
    this.incidentId = `incident--${record.id}`;
  }

  write(): StixObject[] {
    const { record } = this;
    const observables = record.observables.map((each) => this.observable(each));
    for (const technique of record.techniques) this.technique(technique);
    for (const country of record.countries) {
      const location = this.own('location', country, { name: country, country });
      this.relate(this.incidentId, location.id);
    }
    for (const { name, description } of record.mitigations) {
      const course = this.own('course-of-action', name, { name, description });
      this.relate(this.incidentId, course.id);
    }
    for (const id of record.relatedIds) this.relate(this.incidentId, `incident--${id}`);
    for (const sighting of record.sightings) this.sighting(sighting);
    for (const note of record.notes) {
      this.add(this.header('note', note.id, note.createdAt, note.createdAt, note.organisation), {
        content: note.text,
        authors: note.alias === null ? [] : [note.alias],
        object_refs: [this.incidentId],
      });
    }
    const incident = this.incident(observables);
    const contents = [incident, ...this.objects];
    const report = this.object(
      this.header('report', uuidLikeV4(record.id, 'report'), record.createdAt, record.modifiedAt, record.organisation),
      {
        name: record.title,
        report_types: ['threat-report'],
        published: record.createdAt,
        object_refs: contents.map(({ id }) => id),
      },
    );
    return [...this.markings, ...this.identities(), ...contents, report];
  }

  private incident(observables: Json[]): StixObject {
    const { record } = this;
    const { rsit, severity, externalReferences } = record;
    const fitting = externalReferences.filter(fits);
    const hasTag = rsit !== null && isRsitType(rsit.class, rsit.type);
    const own = extensionWith({
      status: record.status,
      rsit,
      occurred_at: record.occurredAt,
      detected_at: record.detectedAt,
      reported_at: record.reportedAt,
      contained_at: record.containedAt,
      resolved_at: record.resolvedAt,
      sector: record.sector,
      countries: record.countries,
      severity: severity && {
        scheme: severity.scheme,
        score: severity.score,
        band: severity.band,
        ...withoutEmpty({ factors: Object.entries(severity.factors).map(([factor, answer]) => ({ factor, answer })) }),
      },
      fraud: this.fraud(),
      alias: record.alias,
      observables,
      references: externalReferences.flatMap((each, position) =>
        fits(each) && each.url === null ? [] : [{ position, is_listed: fits(each), ...withoutEmpty({ ...each }) }],
      ),
    });
    const type = rsit ? INCIDENT_TYPES[`${rsit.class}/${rsit.type}`] : undefined;
    return this.object(this.header('incident', record.id, record.createdAt, record.modifiedAt, record.organisation), {
      name: record.title,
      description: record.description,
      lang: record.language,
      labels: [...(hasTag ? [rsitTag(rsit.class, rsit.type)] : []), ...record.tags],
      // An address wants a hash of what lies behind it, and nobody here has fetched that: it is for people to read, and
      // exact in the extension.
      external_references: fitting.map(({ source, id, url, description }) =>
        withoutEmpty({
          source_name: source,
          external_id: id,
          description: url === null ? description : [description, url].filter((each) => each !== null).join(' '),
        }),
      ),
      extensions: {
        [INCIDENT_CORE]: {
          extension_type: 'property-extension',
          // Ronda keeps no verdict of this kind; the standard's word for having none.
          determination: 'suspected',
          investigation_status: INVESTIGATION[record.status] ?? 'open',
          ...(type !== undefined && { incident_types: [type] }),
          ...(severity && {
            criticality: Math.round(Math.min(100, Math.max(0, severity.score))),
            scores: [{ name: severity.scheme, value: severity.score, description: severity.band }],
          }),
        },
        ...(own.extensions as Json),
      },
    });
  }

  private fraud(): Json | null {
    const { fraud } = this.record;
    return (
      fraud &&
      withoutEmpty({
        modus: fraud.modus,
        channel: fraud.channel,
        impersonated: fraud.impersonated,
        loss: fraud.loss,
        victims: fraud.victims,
        instruments: fraud.instruments.map(({ type, value, country, bank, expiresAt, isDisputed }) =>
          withoutEmpty({ type, value, country, bank, expires_at: expiresAt, is_disputed: isDisputed }),
        ),
      })
    );
  }

  /** @returns what the incident says of it in Ronda's extension. */
  private observable(observable: RecordObservable): Json {
    const { type, value, forDetection, comment, firstSeen, lastSeen } = observable;
    const said = withoutEmpty({
      type,
      for_detection: forDetection,
      comment,
      first_seen: firstSeen,
      last_seen: lastSeen,
    });
    if (type === 'cve' && CVE.test(value)) {
      const reference = { source_name: 'cve', external_id: value };
      const { id } = this.own('vulnerability', value, { name: value, external_references: [reference] });
      this.relate(this.incidentId, id);
      return { object_ref: id, ...said };
    }
    const content = toObservable(observable);
    if (!content) return { ...said, value };
    const object = { ...content, ...this.markingRefs() };
    this.objects.push(object);
    const data = this.own('observed-data', `${type} ${value}`, {
      ...this.span(firstSeen, lastSeen),
      number_observed: 1,
      object_refs: [object.id],
    });
    this.relate(this.incidentId, data.id);
    if (forDetection) {
      const indicator = this.own('indicator', `${type} ${value}`, {
        name: `${type} ${value}`,
        description: comment ?? type,
        indicator_types: ['malicious-activity'],
        pattern: patternOf(object),
        pattern_type: 'stix',
        pattern_version: '2.1',
        valid_from: firstSeen ?? this.record.occurredAt ?? this.record.createdAt,
      });
      this.relate(indicator.id, data.id, 'based-on');
    }
    const isExact = valuesOfObservable(object).some((each) => each.value === value);
    return { object_ref: object.id, ...said, ...(!isExact && { value }) };
  }

  private span(first: string | null, last: string | null): Json {
    const start = first ?? last ?? this.record.occurredAt ?? this.record.createdAt;
    const end = last ?? start;
    return { first_observed: start, last_observed: end < start ? start : end };
  }

  private technique(technique: string): void {
    const source = technique.startsWith('AML.') ? 'mitre-atlas' : 'mitre-attack';
    const { id } = this.own('attack-pattern', technique, {
      name: technique,
      external_references: [{ source_name: source, external_id: technique }],
    });
    this.relate(this.incidentId, id);
  }

  /**
   * What was seen, or looked for and not seen, is a sighting. That a value is a false alarm or of no more use is an
   * opinion: whoever does not know Ronda's extension must not count it as seen.
   */
  private sighting({ id, observable, kind, at, count, detector, organisation }: RecordSighting): void {
    const indicator = observable && this.find('indicator', observable);
    const data = observable && this.find('observed-data', observable);
    const said = extensionWith({
      kind,
      observed_at: at,
      count,
      detector,
      observable_type: observable?.type ?? null,
      observable_value: observable?.value ?? null,
    });
    const subject = indicator ?? this.incidentId;
    if (kind === 'seen' || kind === 'not-seen') {
      this.add(this.header('sighting', id, at, at, organisation), {
        sighting_of_ref: subject,
        observed_data_refs: data === null ? [] : [data],
        where_sighted_refs: organisation ? [`identity--${organisation.id}`] : [],
        first_seen: at,
        last_seen: at,
        count: kind === 'seen' ? Math.min(count, 999_999_999) : 0,
        ...said,
      });
    } else {
      this.add(this.header('opinion', id, at, at, organisation), {
        opinion: kind === 'false-positive' ? 'strongly-disagree' : 'disagree',
        explanation: kind,
        object_refs: [subject],
        ...said,
      });
    }
  }

  private find(type: string, { type: kind, value }: { type: string; value: string }): string | null {
    const id = `${type}--${uuidLikeV4(this.record.id, `${type} ${kind} ${value}`)}`;
    return this.objects.some((each) => each.id === id) ? id : null;
  }

  private identities(): StixObject[] {
    const { organisation, notes, sightings } = this.record;
    const all = [organisation, ...[...notes, ...sightings].map((each) => each.organisation)];
    const byId = new Map(all.flatMap((each) => (each ? [[each.id, each] as const] : [])));
    return [...byId.values()].map(({ id, name, country, modifiedAt }) => ({
      type: 'identity',
      spec_version: '2.1',
      id: `identity--${id}`,
      // Of one identity all versions have the same, and nobody keeps when an organisation began.
      created: '1970-01-01T00:00:00.000Z',
      modified: modifiedAt,
      name,
      identity_class: 'organization',
      ...extensionWith({ country }),
    }));
  }

  private relate(from: string, to: string, word = 'related-to'): void {
    this.own('relationship', `${from} ${word} ${to}`, { relationship_type: word, source_ref: from, target_ref: to });
  }

  /** An object that Ronda makes for this record: its id is of the record and of what it says. */
  private own(type: string, name: string, members: Json): StixObject {
    const { id, createdAt, modifiedAt, organisation } = this.record;
    const repeated = this.names.get(`${type} ${name}`) ?? 0;
    this.names.set(`${type} ${name}`, repeated + 1);
    const uuid = uuidLikeV4(id, repeated === 0 ? `${type} ${name}` : `${type} ${name} ${repeated}`);
    return this.add(this.header(type, uuid, createdAt, modifiedAt, organisation), members);
  }

  private add(header: StixObject, members: Json): StixObject {
    const object = this.object(header, members);
    this.objects.push(object);
    return object;
  }

  private readonly object = (header: StixObject, members: Json): StixObject => ({
    ...header,
    ...withoutEmpty(members),
    ...this.markingRefs(),
  });

  private header(
    type: string,
    uuid: string,
    created: string,
    modified: string,
    by: RecordOrganisation | null,
  ): StixObject {
    const creator = by && { created_by_ref: `identity--${by.id}` };
    return { type, spec_version: '2.1', id: `${type}--${uuid}`, created, modified, ...creator };
  }

  private markingRefs(): Json {
    return this.markings.length === 0 ? {} : { object_marking_refs: this.markings.map(({ id }) => id) };
  }
}

/** Whether STIX takes a reference as it is. */
function fits({ source, id, url, description }: RecordReference): boolean {
  if (id === null && url === null && description === null) return false;
  // An id of a catalogue under another name is refused by others' validators.
  const isElsewhere = source !== 'cve' && source !== 'capec' && /^(CVE-\d{4}-\d{4,}|CAPEC-\d+)$/.test(id ?? '');
  return isCataloguedAs(source, id) && !isElsewhere;
}
