import { Inject, Injectable } from '@nestjs/common';
import type { PlacedFault, ReadBundle, ReadObject, StixObject } from '../../../codecs/stix/index.js';
import type { ExchangeRecord } from '../../../codecs/record/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { Clock } from '../../../kernel/clock.js';
import { grouped } from '../../../kernel/grouped.js';
import { TLP } from '../../../kernel/markings.js';
import { Problem } from '../../../kernel/problem.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InputPipe } from '../../../platform/http/validation.js';
import { FileIncidentDto, FileIncidents } from '../../incidents/index.js';
import type { PreparedDraft } from '../../incidents/index.js';
import { filingOf } from '../exchange-record.js';
import { FiledLinesStore } from '../filed-lines.store.js';
import { KnownNames } from '../known-names.js';
import { hashOf } from '../line-identity.js';
import { ImportedObjects } from './imported-objects.store.js';
import type { KnownObject, NewObject } from './imported-objects.store.js';

export interface ImportedIncident {
  /** The STIX id of the incident or the report that it came as. */
  stixId: string;
  status: 'filed' | 'unchanged';
  id: string;
}

export interface Imported {
  /** By the position of the object: what keeps it out. Where there are any, nothing was kept. */
  faults: PlacedFault[];
  added: ReadObject[];
  incidents: ImportedIncident[];
}

const NO_VERSION = '1970-01-01T00:00:00.000000Z';
/** What a person has alone is in nobody's collection. */
const isPersonal = ({ markings }: ReadObject): boolean => markings.tlp === 'TLP:RED';
/** Of what has no versions, when it was made; STIX says so of markings. */
const versionOf = ({ modified, created }: StixObject): string =>
  microsecondsOf(modified ?? (typeof created === 'string' ? created : NO_VERSION));
/** Digits behind the sixth are in the object, and no version differs by them alone. */
const microsecondsOf = (time: string): string => {
  const [, second = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(time) ?? [];
  return `${second.replace(/:60$/, ':59')}.${`${fraction}000000`.slice(0, 6)}Z`;
};

interface Prepared {
  record: ExchangeRecord;
  head: number;
  draft: PreparedDraft;
  identity: string;
  contentHash: string;
}

/**
 * Keeps the objects of a bundle as they came, and files its incidents as drafts of the caller's organisation. What was
 * there before is not touched, so the same bundle adds nothing.
 */
@Injectable()
export class ImportObjects {
  private readonly input = new InputPipe();

  constructor(
    private readonly work: UnitOfWork,
    private readonly objects: ImportedObjects,
    private readonly incidents: FileIncidents,
    private readonly filedLines: FiledLinesStore,
    private readonly clock: Clock,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** All of it or, where anything keeps one of them out, nothing. */
  async run(actor: Actor, { objects, records }: ReadBundle): Promise<Imported> {
    this.incidents.assertMayFile(actor);
    const heads = headsOf(objects);
    const belonging = belongings(objects, records, heads);
    const belongingTo = ({ id }: ExchangeRecord): ReadonlySet<string> => belonging.get(id) ?? new Set();
    const marked = grouped(
      [...objects.entries()].flatMap(([at, { raw, markings }]) =>
        markings.tlp === null ? [] : [[raw.id, at] as const],
      ),
    );
    const faults = records.flatMap((record) => narrowerThan(record, objects, belongingTo(record), marked));
    const prepared: Prepared[] = [];
    for (const record of records) {
      const made = await this.prepare(actor, record, heads.get(record.id) ?? []);
      if (Array.isArray(made)) faults.push(...made);
      else prepared.push(made);
    }
    const known = await this.objects.find(actor.organisationKey, actor.userKey, [
      ...new Set(objects.map(({ raw }) => raw.id)),
    ]);
    const fresh = this.fresh(objects, known, faults);
    if (faults.length > 0) return { faults, added: [], incidents: [] };

    const names = await KnownNames.of(this.filedLines, actor, prepared);
    const incidents = prepared.map((each): ImportedIncident => {
      const stixId = (objects[each.head] as ReadObject).raw.id;
      const before = names.find(each);
      if (before) return { stixId, status: 'unchanged', id: before.id };
      names.add(each, each.draft);
      return { stixId, status: 'filed', id: each.draft.id };
    });
    const drafts = prepared.filter((_, at) => incidents[at]?.status === 'filed').map(({ draft }) => draft);
    if (drafts.length > 0) this.incidents.run(actor, drafts);
    this.filedLines.remember(actor.organisationKey, names.fresh);
    const incidentOf = new Map<string, string>();
    for (const [at, { record }] of prepared.entries())
      for (const each of belongingTo(record)) {
        const filed = incidents[at]?.id;
        if (filed && !incidentOf.has(each)) incidentOf.set(each, filed);
      }
    this.objects.add(
      fresh.map((each): NewObject => {
        const { raw, markings } = each;
        return {
          principal: isPersonal(each) ? actor.userKey : actor.organisationKey,
          id: raw.id,
          version: versionOf(raw),
          type: raw.type,
          tlp: markings.tlp,
          createdBy: createdBy(raw),
          isRevoked: raw.revoked === true,
          incident: incidentOf.get(raw.id) ?? null,
          object: JSON.stringify(raw),
        };
      }),
      // Of now, and not of the beginning of this unit of work: it waited for others.
      this.clock.now(),
    );
    // How many, and not which: the id of an observable is a hash of what it says, and outlives the erasure of that.
    if (fresh.length > 0)
      this.work.emit({ type: 'stix-objects.added', version: 1, payload: { count: fresh.length } }, actor.userKey);
    return { faults: [], added: fresh, incidents };
  }

  /** @param heads the positions of the object that it came as, in all its versions. */
  private async prepare(actor: Actor, record: ExchangeRecord, heads: readonly number[]) {
    const [head] = heads;
    if (head === undefined) throw new Error('a record came as no object');
    const filing = filingOf(record, this.region);
    try {
      const input = (await this.input.transform(filing, {
        type: 'body',
        metatype: FileIncidentDto,
      })) as FileIncidentDto;
      const draft = this.incidents.prepare(actor, input);
      return {
        record,
        head,
        draft,
        identity: hashOf(['stix', record.id]),
        contentHash: hashOf({ filing }),
      };
    } catch (error) {
      if (!(error instanceof Problem) || !error.errors) throw error;
      const faults = error.errors.map(({ pointer, detail }) => ({
        pointer: '',
        detail: `As an incident of Ronda, at ${pointer}: ${detail}`,
      }));
      // Of all its versions: what was said before is not filed in the place of what its creator says now.
      return heads.flatMap((at) => faults.map((fault) => ({ at, fault })));
    }
  }

  /** Those that are not here yet. Adds to `faults` what only an object's creator may do, and what nobody may. */
  private fresh(objects: readonly ReadObject[], known: readonly KnownObject[], faults: PlacedFault[]): ReadObject[] {
    const before = grouped(known.map((each) => [each.stix_id, each] as const));
    const seen = new Set<string>();
    return objects.filter(({ raw }, at) => {
      const version = versionOf(raw);
      if (seen.has(`${raw.id} ${version}`)) return false;
      seen.add(`${raw.id} ${version}`);
      const versions = before.get(raw.id) ?? [];
      const same = versions.find((each) => each.version === version);
      const refuse = (pointer: string, detail: string): boolean => {
        faults.push({ at, fault: { pointer, detail } });
        return false;
      };
      if (same)
        // An observable has one id everywhere and no versions: others say it under another marking, and it is the same.
        return raw.modified === undefined || canonicalJson(JSON.parse(same.object)) === canonicalJson(raw)
          ? false
          : refuse('/id', 'You sent this id and version before, and it said something else.');
      const [first] = versions;
      if (first && first.created_by !== createdBy(raw))
        return refuse(
          '/created_by_ref',
          `Only its creator, ${first.created_by ?? 'which it did not name'}, may version it.`,
        );
      const end = versions.find((each) => each.is_revoked);
      if (end && version > end.version)
        return refuse('/modified', `It was revoked at ${end.version}, and there is no version after that.`);
      return true;
    });
  }
}

const HEADS = ['incident', 'report', 'grouping'];
const createdBy = (raw: StixObject): string | null =>
  typeof raw.created_by_ref === 'string' ? raw.created_by_ref : null;

/** The positions of what a record came as, by the record's id: all versions of it. */
const headsOf = (objects: readonly ReadObject[]): ReadonlyMap<string, readonly number[]> =>
  grouped(
    [...objects.entries()].flatMap(([at, { raw }]) =>
      HEADS.includes(raw.type) ? [[raw.id.slice(raw.id.indexOf('--') + 2), at] as const] : [],
    ),
  );

/** By record, the ids of what belongs to it: what it refers to or is referred to by, and what those refer to. */
function belongings(
  objects: readonly ReadObject[],
  records: readonly ExchangeRecord[],
  heads: ReadonlyMap<string, readonly number[]>,
): Map<string, ReadonlySet<string>> {
  const references = new Map(objects.map(({ raw }) => [raw.id, refsOf(raw)]));
  const referrers = grouped([...references].flatMap(([id, refs]) => refs.map((each) => [each, id] as const)));
  return new Map(
    records.map(({ id: record }) => {
      const ids = new Set<string>();
      const add = (id: string): void => {
        ids.add(id);
        for (const each of references.get(id) ?? []) ids.add(each);
      };
      for (const id of new Set((heads.get(record) ?? []).map((at) => (objects[at] as ReadObject).raw.id))) {
        add(id);
        for (const each of new Set(referrers.get(id))) add(each);
      }
      for (const id of [...ids]) add(id);
      return [record, ids];
    }),
  );
}

const refsOf = (raw: StixObject): string[] =>
  Object.entries(raw).flatMap(([name, value]) =>
    name === 'object_marking_refs'
      ? []
      : /_ref$/.test(name) && typeof value === 'string'
        ? [value]
        : /_refs$/.test(name) && Array.isArray(value)
          ? value.filter((each): each is string => typeof each === 'string')
          : [],
  );

/** Said in the incident, it would be under the incident's marking: what forbids that is refused, and not marked wider. */
function narrowerThan(
  { marking: { tlp } }: ExchangeRecord,
  objects: readonly ReadObject[],
  belonging: ReadonlySet<string>,
  marked: ReadonlyMap<string, readonly number[]>,
): PlacedFault[] {
  if (tlp === null) return [];
  const places = [...belonging].flatMap((id) => marked.get(id) ?? []).sort((a, b) => a - b);
  return places.flatMap((at) => {
    const said = objects[at]?.markings.tlp ?? null;
    if (said === null || TLP.indexOf(said) <= TLP.indexOf(tlp)) return [];
    const detail = `This is ${said}, and belongs to an incident that is ${tlp}. Mark the incident as narrowly, or send this by itself.`;
    return [{ at, fault: { pointer: '/object_marking_refs', detail } }];
  });
}
