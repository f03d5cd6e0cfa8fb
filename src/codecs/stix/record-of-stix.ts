import { isRsitType, rsitTag } from '../../kernel/rsit.js';
import { SIGHTING_KINDS, emptyRecord } from '../record/index.js';
import type {
  ExchangeRecord,
  RecordFraud,
  RecordObservable,
  RecordOrganisation,
  RecordReference,
  RecordSighting,
} from '../record/index.js';
import { markingsOf } from './markings.js';
import { valuesOfObservable } from './observables.js';
import { extensionOf } from './ronda-extension.js';
import type { StandingObjects } from './standing-objects.js';
import type { Json } from '../record/json.js';
import type { StixObject } from './stix-object.js';
import { isObject, numberOf, objectsOf, textOf, textsOf } from '../record/json.js';
import { rsitOfTag } from '../record/rsit-of-tag.js';

/**
 * The incidents of a bundle as records: exactly what `toBundle` was given where Ronda wrote it, and as much as Ronda has
 * a place for where somebody else did. Of several versions the newest; nothing that is revoked.
 */
export const recordsOf = (standing: StandingObjects, definitions: ReadonlyMap<string, Json>): ExchangeRecord[] =>
  standing.heads.map((head) => new RecordReader(head, standing, definitions).read());

const uuidOf = (id: string): string => id.slice(id.indexOf('--') + 2);
const instant = (time: unknown): string | null => {
  const text = textOf(time);
  if (text === null) return null;
  const date = new Date(text.replace(/:60(\.\d+)?Z$/, ':59.999Z'));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};

class RecordReader {
  /** Objects that belong to this incident, in the order of the bundle. */
  private readonly related: readonly StixObject[];

  constructor(
    private readonly head: StixObject,
    private readonly standing: StandingObjects,
    private readonly definitions: ReadonlyMap<string, Json>,
  ) {
    this.related = standing.relatedTo(head);
  }

  read(): ExchangeRecord {
    const { head } = this;
    const own = extensionOf(head);
    const { tlp, pap } = markingsOf(head, this.definitions);
    const record: ExchangeRecord = {
      ...emptyRecord(uuidOf(head.id), instant(head.created) ?? ''),
      modifiedAt: instant(head.modified) ?? '',
      title: textOf(head.name) ?? '',
      description: textOf(head.description),
      language: textOf(head.lang),
      marking: { tlp, pap },
      organisation: this.organisation(head.created_by_ref),
      techniques: this.techniques(),
      externalReferences: objectsOf(head.external_references).map(referenceOf),
      mitigations: this.ofType('course-of-action').map(({ name, description }) => ({
        name: textOf(name) ?? '',
        description: textOf(description),
      })),
      relatedIds: this.relatedIncidents(),
      notes: this.notes(),
    };
    return own ? this.withOwn(record, own) : this.withForeign(record);
  }

  /** Ronda's own facts, as they were written. */
  private withOwn(record: ExchangeRecord, own: Json): ExchangeRecord {
    const rsit = isObject(own.rsit) ? { class: textOf(own.rsit.class) ?? '', type: textOf(own.rsit.type) ?? '' } : null;
    const labels = textsOf(this.head.labels);
    const isTagged = rsit !== null && isRsitType(rsit.class, rsit.type) && labels[0] === rsitTag(rsit.class, rsit.type);
    for (const reference of objectsOf(own.references)) {
      const { source, id, url, description } = reference;
      const position = numberOf(reference.position) ?? record.externalReferences.length;
      record.externalReferences.splice(position, reference.is_listed === true ? 1 : 0, {
        source: textOf(source) ?? '',
        id: textOf(id),
        url: textOf(url),
        description: textOf(description),
      });
    }
    return {
      ...record,
      status: textOf(own.status) ?? 'draft',
      rsit,
      tags: isTagged ? labels.slice(1) : labels,
      occurredAt: textOf(own.occurred_at),
      detectedAt: textOf(own.detected_at),
      reportedAt: textOf(own.reported_at),
      containedAt: textOf(own.contained_at),
      resolvedAt: textOf(own.resolved_at),
      sector: textOf(own.sector),
      countries: textsOf(own.countries),
      severity: isObject(own.severity)
        ? {
            scheme: textOf(own.severity.scheme) ?? '',
            score: numberOf(own.severity.score) ?? 0,
            band: textOf(own.severity.band) ?? '',
            factors: Object.fromEntries(
              objectsOf(own.severity.factors).map(({ factor, answer }) => [textOf(factor) ?? '', textOf(answer) ?? '']),
            ),
          }
        : null,
      fraud: isObject(own.fraud) ? fraudOf(own.fraud) : null,
      alias: textOf(own.alias),
      observables: objectsOf(own.observables).map((each) => this.ownObservable(each)),
      sightings: this.ownSightings(),
    };
  }

  private ownObservable(said: Json): RecordObservable {
    const object = this.standing.find(said.object_ref);
    const written =
      object?.type === 'vulnerability' ? textOf(object.name) : object && valuesOfObservable(object)[0]?.value;
    return {
      type: textOf(said.type) ?? 'text',
      value: textOf(said.value) ?? written ?? '',
      forDetection: said.for_detection === true,
      comment: textOf(said.comment),
      firstSeen: textOf(said.first_seen),
      lastSeen: textOf(said.last_seen),
    };
  }

  private ownSightings(): RecordSighting[] {
    return this.related.flatMap((object) => {
      const own = object.type === 'sighting' || object.type === 'opinion' ? extensionOf(object) : null;
      const kind = own && SIGHTING_KINDS.find((each) => each === own.kind);
      if (!own || !kind) return [];
      const [type, value] = [textOf(own.observable_type), textOf(own.observable_value)];
      return [
        {
          id: uuidOf(object.id),
          observable: type !== null && value !== null ? { type, value } : null,
          kind,
          at: textOf(own.observed_at) ?? '',
          count: numberOf(own.count) ?? 1,
          detector: textOf(own.detector),
          organisation: this.organisation(object.created_by_ref),
        },
      ];
    });
  }

  /** What somebody else's incident says, as far as Ronda has a place for it; the objects themselves are kept beside. */
  private withForeign(record: ExchangeRecord): ExchangeRecord {
    const labels = textsOf(this.head.labels);
    const tag = labels.find((each) => rsitOfTag(each) !== null);
    return {
      ...record,
      rsit: tag === undefined ? null : rsitOfTag(tag),
      tags: labels.filter((each) => each !== tag),
      countries: [
        ...new Set(
          this.ofType('location').flatMap(
            ({ country }) => /^[A-Z]{2}$/.exec((textOf(country) ?? '').toUpperCase()) ?? [],
          ),
        ),
      ],
      observables: this.foreignObservables(),
      sightings: this.foreignSightings(),
    };
  }

  private foreignObservables(): RecordObservable[] {
    const found = new Map<string, RecordObservable>();
    const add = (observable: RecordObservable): void => {
      const key = `${observable.type} ${observable.value}`;
      const before = found.get(key);
      found.set(key, before ? { ...before, forDetection: before.forDetection || observable.forDetection } : observable);
    };
    for (const object of this.related) {
      const isPattern = object.type === 'indicator';
      const isObserved = object.type === 'observed-data';
      for (const value of this.standing.valuesOf(object))
        add({
          ...value,
          forDetection: isPattern,
          comment: isPattern ? textOf(object.description) : null,
          firstSeen: isObserved ? instant(object.first_observed) : null,
          lastSeen: isObserved ? instant(object.last_observed) : null,
        });
    }
    return [...found.values()];
  }

  private foreignSightings(): RecordSighting[] {
    const ids = new Set([this.head.id, ...this.related.map(({ id }) => id)]);
    return this.standing.sightingsOf(ids).map((sighting) => {
      const indicator = this.standing.find(sighting.sighting_of_ref);
      const [value] = indicator?.type === 'indicator' ? this.standing.valuesOf(indicator) : [];
      const count = numberOf(sighting.count) ?? 1;
      return {
        id: uuidOf(sighting.id),
        observable: value ?? null,
        kind: count === 0 ? 'not-seen' : 'seen',
        at: instant(sighting.last_seen ?? sighting.first_seen ?? sighting.created) ?? '',
        count,
        detector: null,
        organisation: this.organisation(textsOf(sighting.where_sighted_refs)[0] ?? sighting.created_by_ref),
      };
    });
  }

  private ofType(type: string): StixObject[] {
    return this.related.filter((object) => object.type === type);
  }

  private techniques(): string[] {
    const ids = this.ofType('attack-pattern').flatMap(({ external_references }) =>
      objectsOf(external_references).flatMap(({ source_name, external_id }) =>
        /^mitre-(attack|atlas|mobile-attack|ics-attack)$/i.test(textOf(source_name) ?? '')
          ? (textOf(external_id) ?? [])
          : [],
      ),
    );
    return ids;
  }

  private relatedIncidents(): string[] {
    return this.standing
      .targetsOf(this.head.id)
      .filter((target) => target.startsWith('incident--'))
      .map(uuidOf);
  }

  private notes(): ExchangeRecord['notes'] {
    return this.standing.notesOn(this.head.id).map((note) => ({
      id: uuidOf(note.id),
      text: textOf(note.content) ?? '',
      createdAt: instant(note.created) ?? '',
      organisation: this.organisation(note.created_by_ref),
      alias: textsOf(note.authors)[0] ?? null,
    }));
  }

  private organisation(ref: unknown): RecordOrganisation | null {
    const identity = this.standing.find(ref);
    if (identity?.type !== 'identity') return null;
    return {
      id: uuidOf(identity.id),
      name: textOf(identity.name) ?? '',
      country: textOf(extensionOf(identity)?.country),
      modifiedAt: instant(identity.modified) ?? '',
    };
  }
}

const referenceOf = ({ source_name, external_id, url, description }: Json): RecordReference => ({
  source: textOf(source_name) ?? '',
  id: textOf(external_id),
  url: textOf(url),
  description: textOf(description),
});

function fraudOf(said: Json): RecordFraud {
  const { loss } = said;
  return {
    modus: textOf(said.modus),
    channel: textOf(said.channel),
    impersonated: textOf(said.impersonated),
    loss: isObject(loss) ? { amount: textOf(loss.amount) ?? '', currency: textOf(loss.currency) ?? '' } : null,
    victims: numberOf(said.victims),
    instruments: objectsOf(said.instruments).map((each) => ({
      type: textOf(each.type) ?? '',
      value: textOf(each.value) ?? '',
      country: textOf(each.country),
      bank: textOf(each.bank),
      expiresAt: textOf(each.expires_at),
      isDisputed: each.is_disputed === true,
    })),
  };
}
