import { SIGHTING_KINDS } from '../record/index.js';
import type { ExchangeRecord, RecordOrganisation } from '../record/index.js';
import type { Json } from '../record/json.js';
import { isObject, numberOf, objectsOf, textOf, textsOf } from '../record/json.js';

/** One fact: where it is in the record, dots between names, and what it is. */
export interface Fact {
  relation: string;
  type: 'text' | 'float' | 'boolean';
  value: string;
}

/** What MISP has no place for, or only a rounder one. */
export function factsOfRecord(
  record: ExchangeRecord,
  tags: { position: number; tag: string }[],
  types: Json[],
): Fact[] {
  const { severity, fraud } = record;
  return [
    ...flatten({
      createdAt: record.createdAt,
      modifiedAt: record.modifiedAt,
      status: record.status,
      language: record.language,
      occurredAt: record.occurredAt,
      detectedAt: record.detectedAt,
      reportedAt: record.reportedAt,
      containedAt: record.containedAt,
      resolvedAt: record.resolvedAt,
      rsit: record.rsit,
      severity: severity && {
        scheme: severity.scheme,
        score: severity.score,
        band: severity.band,
        factors: Object.entries(severity.factors).map(([factor, answer]) => ({ factor, answer })),
      },
      sector: record.sector,
      countries: record.countries,
      tags,
      techniques: record.techniques,
      externalReferences: record.externalReferences,
      // Known to be a fraud, and nothing more: no leaf would say so.
      fraud: fraud && { isFraud: true, ...fraud },
      organisation: record.organisation,
      alias: record.alias,
      observableTypes: types,
      sightings: record.sightings,
      relatedIds: record.relatedIds,
      notes: record.notes.map(({ text: _text, ...note }) => note),
    }),
  ];
}

function* flatten(value: unknown, path: string[] = []): Generator<Fact> {
  const relation = path.join('.');
  if (typeof value === 'string') yield { relation, type: 'text', value: quoted(value) };
  else if (typeof value === 'number') yield { relation, type: 'float', value: String(value) };
  else if (typeof value === 'boolean') yield { relation, type: 'boolean', value: String(value) };
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* flatten(member, [...path, name]);
}

/** MISP trims blanks and drops what is nothing else: such texts, and those that look like it, go in quotation marks. */
const quoted = (text: string): string =>
  text === '' || /^["\s\p{Cc}]|[\s\p{Cc}]$/u.test(text) ? JSON.stringify(text) : text;

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return textOf(JSON.parse(text)) ?? text;
  } catch {
    // Nothing that Ronda wrote; whoever did meant what stands there.
    return text;
  }
}

const MOST_ITEMS = 10_000;

/** The tree that facts were flattened from; lists are objects here, keyed by position. */
export function unflatten(facts: readonly Fact[]): Json {
  const root = Object.create(null) as Json;
  for (const { relation, type, value } of facts) {
    const path = relation.split('.');
    if (!path.every((name) => /^([a-z][A-Za-z]*|\d{1,5})$/.test(name))) continue;
    let at = root;
    for (const name of path.slice(0, -1)) {
      const next = at[name];
      at = isObject(next) ? next : (at[name] = Object.create(null) as Json);
    }
    const read = type === 'float' ? Number(value) : type === 'boolean' ? value === 'true' : unquoted(value);
    at[path.at(-1) ?? ''] = read;
  }
  return root;
}

const listOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value).slice(0, MOST_ITEMS) : []);
const textsIn = (value: unknown): string[] => textsOf(listOf(value));
const objectsIn = (value: unknown): Json[] => objectsOf(listOf(value));

/** A record with the facts over what MISP's own members said. */
export function withFacts(record: ExchangeRecord, facts: Json): ExchangeRecord {
  const { rsit, severity, fraud } = facts;
  const texts = new Map(record.notes.map(({ id, text }) => [id, text]));
  return {
    ...record,
    createdAt: textOf(facts.createdAt) ?? record.createdAt,
    modifiedAt: textOf(facts.modifiedAt) ?? record.modifiedAt,
    status: textOf(facts.status) ?? record.status,
    language: textOf(facts.language),
    occurredAt: textOf(facts.occurredAt),
    detectedAt: textOf(facts.detectedAt),
    reportedAt: textOf(facts.reportedAt),
    containedAt: textOf(facts.containedAt),
    resolvedAt: textOf(facts.resolvedAt),
    rsit: isObject(rsit) ? { class: textOf(rsit.class) ?? '', type: textOf(rsit.type) ?? '' } : null,
    severity: isObject(severity)
      ? {
          scheme: textOf(severity.scheme) ?? '',
          score: numberOf(severity.score) ?? 0,
          band: textOf(severity.band) ?? '',
          factors: Object.fromEntries(
            objectsIn(severity.factors).map(({ factor, answer }) => [textOf(factor) ?? '', textOf(answer) ?? '']),
          ),
        }
      : null,
    sector: textOf(facts.sector),
    countries: textsIn(facts.countries),
    tags: withReserved(record.tags, objectsIn(facts.tags)),
    techniques: textsIn(facts.techniques),
    externalReferences: objectsIn(facts.externalReferences).map(({ source, id, url, description }) => ({
      source: textOf(source) ?? '',
      id: textOf(id),
      url: textOf(url),
      description: textOf(description),
    })),
    fraud: isObject(fraud) ? fraudOf(fraud) : null,
    organisation: organisationOf(facts.organisation),
    alias: textOf(facts.alias),
    sightings: objectsIn(facts.sightings).flatMap((each) => {
      const kind = SIGHTING_KINDS.find((word) => word === each.kind);
      const observable = isObject(each.observable)
        ? { type: textOf(each.observable.type) ?? '', value: textOf(each.observable.value) ?? '' }
        : null;
      if (!kind) return [];
      return [
        {
          id: textOf(each.id) ?? '',
          observable,
          kind,
          at: textOf(each.at) ?? '',
          count: numberOf(each.count) ?? 1,
          detector: textOf(each.detector),
          organisation: organisationOf(each.organisation),
        },
      ];
    }),
    relatedIds: textsIn(facts.relatedIds),
    notes: objectsIn(facts.notes).map((note) => ({
      id: textOf(note.id) ?? '',
      text: texts.get(textOf(note.id) ?? '') ?? '',
      createdAt: textOf(note.createdAt) ?? '',
      organisation: organisationOf(note.organisation),
      alias: textOf(note.alias),
    })),
  };
}

function withReserved(tags: readonly string[], reserved: readonly Json[]): string[] {
  const all = [...tags];
  for (const { position, tag } of reserved) all.splice(numberOf(position) ?? all.length, 0, textOf(tag) ?? '');
  return all;
}

function fraudOf(fraud: Json): NonNullable<ExchangeRecord['fraud']> {
  const { loss } = fraud;
  return {
    modus: textOf(fraud.modus),
    channel: textOf(fraud.channel),
    impersonated: textOf(fraud.impersonated),
    loss: isObject(loss) ? { amount: textOf(loss.amount) ?? '', currency: textOf(loss.currency) ?? '' } : null,
    victims: numberOf(fraud.victims),
    instruments: objectsIn(fraud.instruments).map((each) => ({
      type: textOf(each.type) ?? '',
      value: textOf(each.value) ?? '',
      country: textOf(each.country),
      bank: textOf(each.bank),
      expiresAt: textOf(each.expiresAt),
      isDisputed: each.isDisputed === true,
    })),
  };
}

function organisationOf(value: unknown): RecordOrganisation | null {
  if (!isObject(value)) return null;
  return {
    id: textOf(value.id) ?? '',
    name: textOf(value.name) ?? '',
    country: textOf(value.country),
    modifiedAt: textOf(value.modifiedAt) ?? '',
  };
}
