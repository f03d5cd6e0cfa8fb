import { isISO31661Alpha2, isISO4217CurrencyCode, isURL } from 'class-validator';
import type { ExchangeRecord, RecordObservable, RecordOrganisation } from '../../codecs/record/index.js';
import { uuidLikeV4 } from '../../codecs/record/uuid-v5.js';
import type { Region } from '../../kernel/region.js';
import { hasSector, severityScheme } from '../../kernel/region.js';
import { isRsitType } from '../../kernel/rsit.js';
import type {
  BeginningOfRecord,
  CommentOfRecord,
  FileIncidentDto,
  LinkOfRecord,
  ReleasedIncident,
} from '../incidents/index.js';
import { isObservableType, readObservables } from '../observables/index.js';
import type { ObservableInput, ObservableOfRecord, SightingOfRecord } from '../observables/index.js';

/** What is said of a record besides its view, as its reader may read it. */
export interface SaidBesidesView {
  beginning: BeginningOfRecord | undefined;
  observables: readonly Omit<ObservableOfRecord, 'incident_id'>[];
  sightings: readonly SightingOfRecord[];
  comments: readonly CommentOfRecord[];
  links: readonly LinkOfRecord[];
}

/** By which a record is known elsewhere. An anonymous one has another: its own would be tied to its owner when it is lifted. */
export const exchangeIdOf = (id: string, alias: string | null): string => (alias === null ? id : uuidLikeV4(id, alias));

/** Names of types that differ: ours, and those of the codecs. */
const CODEC_TYPES: Readonly<Record<string, string>> = { host: 'hostname', 'x-mac-address': 'mac-address' };
const OUR_TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CODEC_TYPES).map(([ours, theirs]) => [theirs, ours]),
);
export const codecType = (type: string): string => CODEC_TYPES[type] ?? type;

/**
 * An incident as it leaves to one reader. Of an anonymous one nobody is named, not even to its owner's side, which reads
 * its name in the view: a document goes on.
 */
export function toExchangeRecord(view: ReleasedIncident, said: SaidBesidesView): ExchangeRecord {
  const isNamed = view.authorship === 'named';
  const alias = view.alias?.code ?? null;
  const { fraud, severity } = view;
  return {
    id: exchangeIdOf(view.id, isNamed ? null : alias),
    createdAt: said.beginning?.created_at.toISOString() ?? view.updatedAt,
    modifiedAt: view.updatedAt,
    status: view.status,
    title: view.title,
    description: view.description,
    language: view.language,
    occurredAt: view.occurredAt,
    detectedAt: view.detectedAt,
    reportedAt: view.reportedAt,
    containedAt: view.containedAt,
    resolvedAt: view.resolvedAt,
    rsit: view.rsit,
    marking: { tlp: view.marking.tlp, pap: view.marking.pap },
    severity: severity && {
      scheme: severity.scheme,
      factors: { ...severity.factors },
      score: severity.score,
      band: severity.band,
    },
    sector: view.sector,
    countries: view.countries,
    tags: view.tags,
    techniques: view.techniques,
    externalReferences: isNamed
      ? view.externalReferences.map(({ source, id, url, description }) => ({
          source,
          id: id ?? null,
          url: url ?? null,
          description: description ?? null,
        }))
      : [],
    fraud: fraud && {
      modus: fraud.modus ?? null,
      channel: fraud.channel ?? null,
      impersonated: fraud.impersonated ?? null,
      instruments: (fraud.instruments ?? []).map(({ type, value, country, bank, expiresAt, isDisputed }) => ({
        type,
        value,
        country: country ?? null,
        bank: bank ?? null,
        expiresAt: expiresAt ?? null,
        isDisputed: isDisputed ?? false,
      })),
      loss: fraud.loss ? { amount: fraud.loss.amount, currency: fraud.loss.currency } : null,
      victims: fraud.victims ?? null,
    },
    organisation:
      isNamed && view.organisation
        ? {
            ...organisationRef(view.organisation.id, view.organisation.name, view.organisation.country),
            modifiedAt: said.beginning?.owner_created_at?.toISOString() ?? BEFORE_ALL,
          }
        : null,
    alias: isNamed ? null : alias,
    observables: said.observables.map(({ type, value, is_for_detection: forDetection, facts }) => ({
      type: codecType(type),
      value,
      forDetection,
      comment: facts.comment,
      firstSeen: facts.firstSeenAt,
      lastSeen: facts.lastSeenAt,
    })),
    sightings: said.sightings.map((each) => ({
      id: each.id,
      observable: { type: codecType(each.type), value: each.value },
      kind: each.kind,
      at: each.sighted_at.toISOString(),
      count: each.count,
      detector: each.detector,
      organisation: organisationOf(each),
    })),
    mitigations: [],
    relatedIds: said.links.map(({ other_id: id, other_alias: other }) => exchangeIdOf(id, other)),
    notes: said.comments.map((each) => ({
      id: each.id,
      text: each.body,
      createdAt: each.created_at.toISOString(),
      organisation: organisationOf(each),
      alias: each.alias,
    })),
  };
}

const BEFORE_ALL = '1970-01-01T00:00:00.000Z';

const organisationRef = (
  id: string,
  name: string,
  country: string | null,
): Pick<RecordOrganisation, 'id' | 'name' | 'country'> => ({ id, name, country });

const organisationOf = (row: SightingOfRecord | CommentOfRecord): RecordOrganisation | null =>
  row.org_id === null || row.org_name === null
    ? null
    : {
        ...organisationRef(row.org_id, row.org_name, row.org_country),
        modifiedAt: row.org_created_at?.toISOString() ?? BEFORE_ALL,
      };

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const TECHNIQUE = /^(T\d{4}(\.\d{3})?|AML\.T\d{4}(\.\d{3})?)$/;
const MACHINE_TAG = /^[a-z0-9][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9_.-]*(="[^"\p{Cc}]{1,255}")?$/u;
const isUrl = (text: string): boolean =>
  text.length <= 2000 && isURL(text, { require_tld: false, protocols: ['http', 'https'], require_protocol: true });
const within = (text: string | null, most: number): string | null =>
  text === null || text.length === 0 || text.length > most ? null : text;

type Filing = Partial<Record<keyof FileIncidentDto, unknown>>;

/**
 * What somebody else's record is filed as, in the shape of `POST /incidents`; that it is in order is asked by whoever files.
 * Facts for which Ronda or the region has no place are left out: the document that they came in is kept whole.
 */
export function filingOf(record: ExchangeRecord, region: Region): Filing {
  const { rsit, severity, fraud, marking } = record;
  const scheme = severity && severityScheme(region, severity.scheme);
  const factors = scheme
    ? Object.entries(severity.factors).filter(([factor, answer]) =>
        scheme.factors.some(({ id, values }) => id === factor && values.some((value) => value.id === answer)),
      )
    : [];
  return {
    title: record.title,
    description: record.description,
    language: record.language !== null && LANGUAGE.test(record.language) ? record.language : null,
    rsit: rsit && isRsitType(rsit.class, rsit.type) ? rsit : null,
    marking: {
      ...(marking.tlp !== null && { tlp: marking.tlp }),
      ...(marking.pap !== null && { pap: marking.pap }),
    },
    occurredAt: record.occurredAt,
    detectedAt: record.detectedAt,
    reportedAt: record.reportedAt,
    containedAt: record.containedAt,
    resolvedAt: record.resolvedAt,
    sector: record.sector !== null && hasSector(region, record.sector) ? record.sector : null,
    countries: record.countries.filter((code) => isISO31661Alpha2(code)),
    severity: scheme && factors.length > 0 ? { scheme: scheme.id, ...Object.fromEntries(factors) } : null,
    fraud: fraud && {
      modus: within(fraud.modus, 2000),
      channel: within(fraud.channel, 100),
      impersonated: within(fraud.impersonated, 200),
      instruments: fraud.instruments.map(({ country, bank, ...rest }) => ({
        ...rest,
        country: country !== null && isISO31661Alpha2(country) ? country : null,
        bank: within(bank, 200),
      })),
      loss: fraud.loss && isISO4217CurrencyCode(fraud.loss.currency) ? fraud.loss : null,
      victims: fraud.victims,
    },
    techniques: [...new Set(record.techniques)].filter((each) => TECHNIQUE.test(each)),
    tags: [...new Set(record.tags)].filter((each) => MACHINE_TAG.test(each)),
    externalReferences: record.externalReferences
      .filter(({ source }) => within(source, 200) !== null)
      .map(({ source, id, url, description }) => ({
        source,
        id: within(id, 500),
        url: url !== null && isUrl(url) ? url : null,
        description: within(description, 1000),
      })),
    observables: observablesOf(record.observables),
  };
}

/** Those that Ronda can look for: a value that is none of its type, or a second time the same, is in what came alone. */
function observablesOf(observables: readonly RecordObservable[]): object[] {
  const inputs = observables.map(observableOf);
  const wrong = new Set(readObservables(inputs).faults.map(({ pointer }) => Number(pointer.split('/')[2])));
  return inputs.filter((_, at) => !wrong.has(at));
}

const observableOf = ({
  type,
  value,
  forDetection,
  comment,
  firstSeen,
  lastSeen,
}: RecordObservable): ObservableInput => ({
  type: ourType(type),
  value,
  forDetection,
  comment: within(comment, 2000),
  firstSeenAt: firstSeen,
  lastSeenAt: lastSeen,
});

/** A type of its own for what Ronda has none for: `mac-address` is `x-mac-address` here. */
function ourType(type: string): string {
  const ours = OUR_TYPES[type] ?? type;
  if (isObservableType(ours)) return ours;
  const free = `x-${ours
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')}`.slice(0, 40);
  return isObservableType(free) ? free : 'text';
}
