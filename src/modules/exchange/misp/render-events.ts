import { Inject, Injectable } from '@nestjs/common';
import { openPartOf, toEvent } from '../../../codecs/misp/index.js';
import type { Distribution, MispEvent, ReadEvent } from '../../../codecs/misp/index.js';
import type { ExchangeRecord, RecordObservable, RecordSighting } from '../../../codecs/record/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import { uuidLikeV4 } from '../../../codecs/record/uuid-v5.js';
import type { Actor } from '../../../kernel/actor.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { mayExport } from '../../../policy/release.js';
import type { IncidentView } from '../../incidents/index.js';
import { readObservables } from '../../observables/index.js';
import type { ObservableInput } from '../../observables/index.js';
import { FindGroup } from '../../sharing/index.js';
import { filingOf } from '../exchange-record.js';
import { ExchangeRecords } from '../exchange-records.js';
import { watermarkedEvent, withoutWatermark } from '../watermark.js';
import { attributesOf, merged, numberOfEvent, numberOfPart, readNative } from './misp.rules.js';
import type { Came } from './misp.rules.js';
import { MispStore } from './misp.store.js';
import type { KeptEvent } from './misp.store.js';

/** A record as MISP's clients see it. */
export interface RenderedEvent {
  view: IncidentView;
  kept: KeptEvent | null;
  uuid: string;
  /** Without the `{"Event": …}` around it. */
  event: MispEvent;
}

/** Records as MISP events, to one reader. */
@Injectable()
export class RenderEvents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly records: ExchangeRecords,
    private readonly store: MispStore,
    private readonly groups: FindGroup,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** Those of the records that may leave in other formats, in their order: what is RED of others stays here. */
  async run(actor: Actor, views: readonly IncidentView[]): Promise<RenderedEvent[]> {
    const leaving = views.filter((view) => mayLeave(actor, view));
    if (leaving.length === 0) return [];
    const [records, kept, groups] = await Promise.all([
      this.records.of(leaving),
      this.store.kept(leaving.map(({ id }) => id)),
      this.groups.page(actor, { limit: 100 }),
    ]);
    const names = new Map(groups.items.map(({ id, name }) => [id, name]));
    return leaving.flatMap((view, nth) => {
      const record = records[nth];
      const came = kept.get(view.id) ?? null;
      // The database gives others a row without its owner's parts; this holds if one was kept with some.
      const theirs = came && view.organisation?.id !== actor.organisationId;
      const shown = theirs ? { ...came, raw: openPartOf(came.raw) } : came;
      return record ? [this.render(actor, view, record, shown, names)] : [];
    });
  }

  /** An event as it is shown: one of an exercise says so of itself. */
  outgoing(event: MispEvent): MispEvent {
    return this.work.space === LIVE ? event : watermarkedEvent(event);
  }

  /** What a client sends of an event that it was shown. */
  incoming(sent: Json, event: MispEvent): Json {
    return this.work.space === LIVE ? sent : withoutWatermark(sent, event);
  }

  private render(
    actor: Actor,
    view: IncidentView,
    now: ExchangeRecord,
    kept: KeptEvent | null,
    groups: ReadonlyMap<string, string>,
  ): RenderedEvent {
    const uuid = kept?.event_uuid ?? now.id;
    const read = kept && readNative(kept.raw, { uuid, now: now.createdAt });
    const record = read ? merged(now, this.cameOf(read), (each) => this.keyOf(each)) : now;
    const { distribution, group: said } = reachOf(view, kept);
    // A sender may have named it by its number; one that the reader is not in has no uuid here.
    const group = [...groups.keys()].find((id) => id === said || numberOfEvent(id) === said) ?? uuidIn(said);
    const { Event: event } = toEvent(record, {
      uuid,
      anonymous: {
        uuid: uuidLikeV4(now.id, 'organisation'),
        name: `An active member${now.alias === null ? '' : ` (${now.alias})`}`,
      },
      distribution,
      ...(group !== null && { sharingGroup: { uuid: group, name: groups.get(group) ?? 'A group', organisations: [] } }),
      ...(kept && { kept: kept.raw }),
    });
    if (kept && view.severity === null && textOf(kept.raw.threat_level_id))
      event.threat_level_id = kept.raw.threat_level_id;
    if (kept && (view.status === 'draft' || view.status === 'submitted') && textOf(kept.raw.analysis))
      event.analysis = kept.raw.analysis;
    if (kept)
      addSightings(
        event,
        now.sightings,
        (each) => this.keyOf(each),
        (value) => this.valuesOf(value, uuid),
      );
    return { view, kept, uuid, event: dressed(event, isPublished(actor, view), group) };
  }

  /**
   * An incident as the MISP event that it is to its owner, of what one revision says.
   * @param raw the event as it came, where it came as one.
   */
  toOwner(now: ExchangeRecord, raw: MispEvent | null, isReleased: boolean): MispEvent {
    const uuid = textOf(raw?.uuid) ?? now.id;
    const read = raw && readNative(raw, { uuid, now: now.createdAt });
    const record = read ? merged(now, this.cameOf(read), (each) => this.keyOf(each)) : now;
    const { Event: event } = toEvent(record, {
      uuid,
      anonymous: { uuid: uuidLikeV4(now.id, 'organisation'), name: 'A team' },
      distribution: 'organisation',
      ...(raw && { kept: raw }),
    });
    return dressed(event, isReleased, null);
  }

  /** An observable's one form, whoever wrote it; null of what has none. */
  keyOf(observable: RecordObservable): string | null {
    const [input] = this.inputsOf([observable]);
    return input ? this.formOf(input) : null;
  }

  formOf(input: ObservableInput): string | null {
    const [said] = readObservables([input]).appearances;
    return said ? `${said.type} ${said.value}` : null;
  }

  /** As they are filed, in their order. */
  inputsOf(observables: readonly RecordObservable[]): ObservableInput[] {
    const { observables: inputs } = filingOf({ ...NOTHING, observables: [...observables] }, this.region);
    return inputs as ObservableInput[];
  }

  /** What of an event's words Ronda files. */
  filedOf(record: ExchangeRecord): Came['filed'] {
    const filing = filingOf(record, this.region) as Omit<Came['filed'], 'title'>;
    return {
      title: record.title.slice(0, LONGEST_TITLE),
      description: filing.description,
      rsit: filing.rsit,
      tags: filing.tags,
      techniques: filing.techniques,
      // Of an address that is none nothing is left to refer to.
      externalReferences: filing.externalReferences.filter(({ id, url }) => id !== null || url !== null),
    };
  }

  private cameOf({ record, open }: ReadEvent): Came {
    const left = new Set(open.record.observables.map((each) => this.keyOf(each)));
    const own = record.observables.flatMap((each) => this.keyOf(each) ?? []).filter((key) => !left.has(key));
    return {
      read: { ...open.record, observables: record.observables },
      filed: this.filedOf(open.record),
      own: new Set(own),
    };
  }

  private valuesOf(attribute: Json, uuid: string): RecordObservable[] {
    return readNative({ info: '-', Attribute: [attribute] }, { uuid, now: EPOCH })?.record.observables ?? [];
  }
}

/** Of an incident. */
const LONGEST_TITLE = 300;
const EPOCH = '1970-01-01T00:00:00.000Z';
/** What an observable is filed as does not depend on its record. */
const NOTHING: ExchangeRecord = {
  ...{ id: '', createdAt: EPOCH, modifiedAt: EPOCH, status: 'draft', title: '-', description: null, language: null },
  ...{ occurredAt: null, detectedAt: null, reportedAt: null, containedAt: null, resolvedAt: null, rsit: null },
  ...{ severity: null, sector: null, countries: [], tags: [], techniques: [], externalReferences: [], fraud: null },
  ...{ organisation: null, alias: null, observables: [], sightings: [], mitigations: [], relatedIds: [], notes: [] },
  marking: { tlp: null, pap: null },
};

/** What is RED of others does not leave by any other way than being looked at. */
export const mayLeave = (actor: Actor, view: IncidentView): boolean =>
  mayExport(view.marking.tlp, view.organisation?.id === actor.organisationId);

/** MISP's words for how far an event goes. */
export interface Reach {
  distribution: Exclude<Distribution, 'inherit'>;
  group: string | null;
}

/**
 * How far an event goes: to its owner as it was released, or as its sender has said since; to others by what lets them in.
 */
function reachOf(view: IncidentView, kept: KeptEvent | null): Reach {
  const release = view.release ?? view.waitingRelease;
  if (kept && isMeantAnew(view, kept)) return meantReach(kept.raw);
  const named = namedReach(release ? release.audience : view.readableAs);
  // Not released: as far as its sender means it to go.
  return named.distribution !== 'organisation' || release || !kept ? named : meantReach(kept.raw);
}

/** Of an audience as much as MISP can name: the widest word, else one group; whoever else is named, is its organisation's. */
function namedReach(words: readonly unknown[]): Reach {
  if (words.includes('public')) return { distribution: 'all', group: null };
  if (words.includes('partners')) return { distribution: 'connected-communities', group: null };
  if (words.includes('community') || words.includes('relay')) return { distribution: 'community', group: null };
  const group = words.flatMap((each) =>
    typeof each === 'object' && each !== null && 'group' in each ? [String(each.group)] : [],
  );
  if (group[0] !== undefined) return { distribution: 'sharing-group', group: group[0] };
  return { distribution: 'organisation', group: null };
}

/** Whether the sender of a released event has said since how far it goes, and otherwise than it was shown. */
export function isMeantAnew({ release }: IncidentView, { since_number: since, raw }: KeptEvent): boolean {
  if (release === null || since <= release.revision) return false;
  const [meant, named] = [meantReach(raw), namedReach(release.audience)];
  if (meant.distribution !== named.distribution) return true;
  return named.group !== null && meant.group !== named.group && meant.group !== numberOfEvent(named.group);
}

const uuidIn = (group: string | null): string | null =>
  group !== null && /^[0-9a-f-]{36}$/i.test(group) ? group : null;

/** As far as the sender of an event means it to go. */
export function meantReach(raw: MispEvent): Reach {
  const sharingGroup =
    typeof raw.SharingGroup === 'object' && raw.SharingGroup !== null ? (raw.SharingGroup as Json) : {};
  const group = textOf(sharingGroup.uuid) ?? textOf(raw.sharing_group_id);
  switch (String(raw.distribution)) {
    case '1':
      return { distribution: 'community', group: null };
    case '2':
      return { distribution: 'connected-communities', group: null };
    case '3':
      return { distribution: 'all', group: null };
    case '4':
      return { distribution: 'sharing-group', group };
    default:
      return { distribution: 'organisation', group: null };
  }
}

/** Ronda's sightings, at the attributes that came with the event. */
function addSightings(
  event: MispEvent,
  sightings: readonly RecordSighting[],
  keyOf: (observable: RecordObservable) => string | null,
  valuesOf: (attribute: Json) => RecordObservable[],
): void {
  if (sightings.length === 0) return;
  const types: Record<string, string> = { seen: '0', 'false-positive': '1', expired: '2' };
  const unsaid = { forDetection: false, comment: null, firstSeen: null, lastSeen: null };
  for (const { attribute } of attributesOf(event)) {
    const keys = valuesOf(attribute).map(keyOf);
    const own = sightings.filter(
      ({ observable, kind }) => observable && types[kind] && keys.includes(keyOf({ ...observable, ...unsaid })),
    );
    const there = new Set(objectsOf(attribute.Sighting).map(({ uuid }) => uuid));
    const added = own.filter(({ id }) => !there.has(id)).map((each) => sightingOf(each, types[each.kind] ?? '0'));
    if (added.length > 0) attribute.Sighting = [...objectsOf(attribute.Sighting), ...added];
  }
}

const sightingOf = ({ id, at, detector, organisation }: RecordSighting, type: string): Json => ({
  uuid: id,
  type,
  date_sighting: String(Math.floor(Date.parse(at) / 1000)),
  source: detector ?? '',
  ...(organisation && { Organisation: { uuid: organisation.id, name: organisation.name } }),
});

/** With the members that MISP's clients count on, whoever wrote the event. */
function dressed(event: MispEvent, isPublished: boolean, group: string | null): MispEvent {
  const id = numberOfEvent(textOf(event.uuid) ?? '');
  const attribute = (each: Json, object: string): Json => ({
    category: 'Other',
    to_ids: false,
    comment: '',
    deleted: false,
    disable_correlation: false,
    distribution: '5',
    timestamp: event.timestamp,
    ...each,
    id: numberOfPart(textOf(each.uuid) ?? ''),
    event_id: id,
    object_id: object,
    sharing_group_id: each.sharing_group_id ?? '0',
    ...(Array.isArray(each.Tag) && { Tag: tagged(each.Tag) }),
  });
  const objects = objectsOf(event.Object).map((each) => {
    const number = numberOfPart(textOf(each.uuid) ?? '');
    return {
      ...each,
      id: number,
      event_id: id,
      Attribute: objectsOf(each.Attribute).map((inner) => attribute(inner, number)),
    };
  });
  const attributes = objectsOf(event.Attribute).map((each) => attribute(each, '0'));
  const owner = event.Orgc as { uuid: string; name: string };
  const org = { id: numberOfEvent(owner.uuid), name: owner.name, uuid: owner.uuid, local: true };
  const { event_creator_email: _sender, ...rest } = event;
  return {
    ...rest,
    info: event.info,
    id,
    org_id: org.id,
    orgc_id: org.id,
    Org: org,
    Orgc: org,
    published: isPublished,
    publish_timestamp: isPublished ? event.timestamp : '0',
    sharing_group_id: group === null ? '0' : numberOfEvent(group),
    attribute_count: String(attributes.length + objects.reduce((sum, each) => sum + each.Attribute.length, 0)),
    locked: false,
    proposal_email_lock: false,
    disable_correlation: false,
    extends_uuid: textOf(event.extends_uuid) ?? '',
    Attribute: attributes,
    Object: objects,
    Tag: tagged(event.Tag),
    ShadowAttribute: [],
    RelatedEvent: [],
    EventReport: objectsOf(event.EventReport).map((each) => ({
      ...each,
      id: numberOfPart(textOf(each.uuid) ?? ''),
      event_id: id,
    })),
  };
}

/** Its owner knows whether a release is in force; a constituent does not know it of what it handed over. */
const isPublished = (actor: Actor, { organisation, release, reportedBy }: IncidentView): boolean =>
  organisation?.id === actor.organisationId ? release !== null : reportedBy?.id !== actor.organisationId;

/** A tag has a number of its own everywhere: of its name. */
const tagged = (tags: unknown): Json[] =>
  objectsOf(tags).map((tag) => ({
    exportable: true,
    local: false,
    colour: '#0088cc',
    ...tag,
    id: numberOfTag(textOf(tag.name) ?? ''),
  }));

export const numberOfTag = (name: string): string =>
  numberOfPart(uuidLikeV4('6ba7b811-9dad-41d1-80b4-00c04fd430c8', name));
