import type { Json } from '../../../codecs/record/json.js';
import { isObject, objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Fault } from '../../../kernel/problem.js';
import { invalidInput } from '../../../kernel/problem.js';
import { unknownFilters } from './misp.problems.js';
import { attributesOf } from './misp.rules.js';

/** Words that have to be there, of which one has to be, and which must not. */
interface Terms {
  all: string[];
  any: string[];
  none: string[];
}

/** What is searched by, in MISP's words. */
export interface SearchFilters {
  format: 'json' | 'csv' | 'text' | 'stix2';
  value: Terms;
  type: Terms;
  category: Terms;
  tags: Terms;
  eventInfo: Terms;
  org: Terms;
  objectName: Terms;
  /** Anywhere: in the title, a tag, a value or a comment. */
  anywhere: Terms;
  threatLevel: Terms;
  analysis: Terms;
  distribution: Terms;
  sharingGroup: Terms;
  ids: string[];
  uuids: string[];
  /** Unix seconds, from and to. */
  timestamp: [number, number];
  publishedAt: [number, number];
  /** Days. */
  from: string;
  to: string;
  published: boolean | null;
  toIds: boolean | null;
  isMetadata: boolean;
  limit: number;
  page: number;
}

const MOST_FOUND = 1000;

/** What MISP's clients send besides, and what changes nothing of what is found here. */
const WITHOUT_EFFECT = new Set([
  ...['withAttachments', 'withattachments', 'enforceWarninglist', 'sgReferenceOnly', 'includeContext', 'headerless'],
  ...['includeEventUuid', 'includeEventTags', 'includeSightings', 'includeCorrelations', 'includeDecayScore', 'order'],
  ...['includeWarninglistHits', 'includeGalaxy', 'includeSharingGroup', 'deleted', 'sort', 'desc', 'direction'],
  ...['includeFullModel', 'excludeDecayed', 'requested_attributes', 'minimal'],
]);

/** What would leave something out here, and does not: asked for, it is refused. */
const NOT_KEPT = ['enforceWarninglist'];

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])
    .filter((each) => ['string', 'number', 'boolean'].includes(typeof each))
    .map(String)
    .filter((each) => each !== '');

function termsOf(value: unknown): Terms {
  if (isObject(value)) {
    const said = (name: string): string[] => list(value[name] ?? value[name.toLowerCase()]);
    return { all: said('AND'), any: said('OR'), none: said('NOT') };
  }
  // "a&&b||!c", as MISP's own form has it.
  const words = list(value).flatMap((each) => each.split('||'));
  const isNot = (each: string): boolean => each.startsWith('!');
  return { all: [], any: words.filter((each) => !isNot(each)), none: words.filter(isNot).map((each) => each.slice(1)) };
}

const isTrue = (value: unknown): boolean => list(value).some((each) => each === '1' || each.toLowerCase() === 'true');

const SPAN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Unix seconds, RFC 3339, or a span before now such as `1h`. */
function secondsOf(value: unknown, now: number): number | null {
  const [text = ''] = list(value);
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (SPAN[unit] ?? 0);
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at / 1000;
}

const FILTERS = new Set([
  ...[
    'returnFormat',
    'value',
    'type',
    'category',
    'tags',
    'tag',
    'event_tags',
    'eventinfo',
    'searcheventinfo',
    'org',
    'eventid',
  ],
  ...[
    'uuid',
    'timestamp',
    'event_timestamp',
    'publish_timestamp',
    'object_name',
    'searchall',
    'quickFilter',
    'threatlevel',
    'analysis',
    'distribution',
    'sharinggroup',
    'from',
    'to',
    'date',
    'published',
    'to_ids',
    'metadata',
    'limit',
    'page',
    'last',
  ],
]);

/** The filters of the list of events, which has other names for some. */
export function asIndexed({ all, attribute, datefrom, dateuntil, ...body }: Json): Json {
  const said = { searchall: all, value: attribute, from: datefrom, to: dateuntil };
  return { ...body, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
}

/** @throws Problem 400 for a filter that this search does not have, or one that it cannot read. */
export function filtersOf(body: Json, now: Date): SearchFilters {
  const unknown = Object.keys(body).filter((name) => !FILTERS.has(name) && !WITHOUT_EFFECT.has(name));
  unknown.push(...NOT_KEPT.filter((name) => isTrue(body[name])));
  if (unknown.length > 0) throw unknownFilters(unknown);
  const faults: Fault[] = [];
  const seconds = Math.floor(now.getTime() / 1000);
  const time = (name: string, value: unknown): number => {
    const read = secondsOf(value, seconds);
    if (read === null)
      faults.push({ pointer: `/${name}`, detail: 'Give Unix seconds, a date, or a span such as 1h or 5d.' });
    return read ?? 0;
  };
  const day = (name: string, otherwise: string, nth = 0): string => {
    const said: unknown = Array.isArray(body[name]) ? body[name][nth] : body[name];
    if (said === undefined || said === null) return otherwise;
    return new Date(Math.min(time(name, said), 8e12) * 1000).toISOString().slice(0, 10);
  };
  const flag = (name: string): boolean | null => (list(body[name]).length === 0 ? null : isTrue(body[name]));
  const count = (name: string, otherwise: number, most: number): number => {
    const [text] = list(body[name]);
    if (text === undefined) return otherwise;
    if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Math.min(Number(text), most);
    faults.push({ pointer: `/${name}`, detail: 'Give a whole number from 1 on.' });
    return otherwise;
  };
  const [format = 'json'] = list(body.returnFormat);
  const known = (['json', 'csv', 'text', 'stix2'] as const).find((each) => each === format);
  if (!known) faults.push({ pointer: '/returnFormat', detail: 'Give json, csv, text or stix2.' });
  const span = (name: string, when: unknown): [number, number] => {
    const [start, end] = Array.isArray(when) ? (when as unknown[]) : [when];
    return [
      start === undefined || start === null ? 0 : time(name, start),
      end === undefined || end === null ? Infinity : time(name, end),
    ];
  };
  const filters: SearchFilters = {
    format: known ?? 'json',
    value: termsOf(body.value),
    type: termsOf(body.type),
    category: termsOf(body.category),
    tags: termsOf(body.tags ?? body.tag ?? body.event_tags),
    eventInfo: termsOf(body.eventinfo ?? body.searcheventinfo),
    org: termsOf(body.org),
    objectName: termsOf(body.object_name),
    anywhere: wide(termsOf(body.searchall ?? body.quickFilter)),
    threatLevel: termsOf(body.threatlevel),
    analysis: termsOf(body.analysis),
    distribution: termsOf(body.distribution),
    sharingGroup: termsOf(body.sharinggroup),
    ids: list(body.eventid),
    uuids: list(body.uuid).map((each) => each.toLowerCase()),
    timestamp: span('timestamp', body.timestamp ?? body.event_timestamp),
    publishedAt: span('publish_timestamp', body.publish_timestamp ?? body.last),
    from: day('from', day('date', '')),
    to: day('to', Array.isArray(body.date) ? day('date', '', 1) : day('date', '9999-12-31')),
    published: flag('published'),
    toIds: flag('to_ids'),
    isMetadata: flag('metadata') ?? false,
    limit: count('limit', MOST_FOUND, MOST_FOUND),
    page: count('page', 1, 1_000_000),
  };
  if (faults.length > 0) throw invalidInput(faults);
  return filters;
}

/** Whether a text is meant by a word; `%` stands for anything, at either end. */
function isMeant(text: string, word: string): boolean {
  const [one, other] = [text.toLowerCase(), word.toLowerCase()];
  const wanted = other.replace(/^%|%$/g, '');
  if (other.startsWith('%') && other.endsWith('%')) return one.includes(wanted);
  if (other.startsWith('%')) return one.endsWith(wanted);
  return other.endsWith('%') ? one.startsWith(wanted) : one === wanted;
}

function admits({ all, any, none }: Terms, texts: readonly string[]): boolean {
  const has = (word: string): boolean => texts.some((text) => isMeant(text, word));
  return all.every(has) && (any.length === 0 || any.some(has)) && !none.some(has);
}

const isEmpty = ({ all, any, none }: Terms): boolean => all.length + any.length + none.length === 0;
const namesOf = (tags: unknown): string[] => objectsOf(tags).flatMap(({ name }) => textOf(name) ?? []);

/** What an event has to say somewhere to be found: in part, in any case. Null where the search asks for nothing of the kind. */
export function wordsOf({ value, tags }: SearchFilters): Record<'values' | 'tags', string[] | null> {
  const asked = ({ all, any }: Terms): string[] | null => {
    const words = (any.length > 0 ? any : all).map((word) => word.replaceAll(/^%|%$/g, ''));
    // Only of ASCII is it certain that the database holds the same letters to be the same.
    return words.length === 0 || words.some((word) => !/^[\x20-\x7e]*$/.test(word)) ? null : words;
  };
  return { values: asked(value), tags: asked(tags) };
}

/** Whether a record is out of the question before anything but itself is read of it. */
export function isOutOfTime(
  { updatedAt, occurredAt }: { updatedAt: string; occurredAt: string | null },
  { timestamp: [start, end], from, to }: SearchFilters,
): boolean {
  const seconds = Math.floor(Date.parse(updatedAt) / 1000);
  const date = occurredAt?.slice(0, 10);
  return seconds < start || seconds > end || (date !== undefined && (date < from || date > to));
}

/** Whether a text is among those that the tags of a search ask for. */
export const isTagAsked = ({ tags }: SearchFilters, names: readonly string[]): boolean =>
  [...tags.all, ...tags.any].some((word) => names.some((name) => isMeant(name, word)));

/** The attributes of an event that a search means; null where the event itself is not meant. */
export function foundIn(event: Json, filters: SearchFilters): { attribute: Json; object: Json | null }[] | null {
  const { value, type, category, toIds } = filters;
  const tags = namesOf(event.Tag);
  const [date = '', info = ''] = [textOf(event.date) ?? '', textOf(event.info) ?? ''];
  const seconds = Number(event.timestamp);
  const { Orgc: by } = event;
  const uuid = (textOf(event.uuid) ?? '').toLowerCase();
  if (filters.published !== null && event.published !== filters.published) return null;
  if (seconds < filters.timestamp[0] || seconds > filters.timestamp[1]) return null;
  const published = Number(event.publish_timestamp);
  if (published < filters.publishedAt[0] || published > filters.publishedAt[1]) return null;
  if (!admits(filters.threatLevel, [String(event.threat_level_id)])) return null;
  if (!admits(filters.analysis, [String(event.analysis)])) return null;
  if (!admits(filters.distribution, [String(event.distribution)])) return null;
  if (!admits(filters.sharingGroup, groupsOf(event))) return null;
  if (date < filters.from || date > filters.to) return null;
  if (!admits(wide(filters.eventInfo), [info])) return null;
  if (isObject(by) && !admits(filters.org, [by.name, by.uuid, by.id].map(String))) return null;
  if (filters.ids.length > 0 && !filters.ids.some((id) => id === event.id || id.toLowerCase() === uuid)) return null;
  const isFoundByItself = admits(filters.anywhere, [info, ...tags]);
  const attributes = attributesOf(event).filter(({ attribute, object }) => {
    const text = textOf(attribute.value) ?? '';
    const id = (textOf(attribute.uuid) ?? '').toLowerCase();
    return (
      admits(value, [text, ...text.split('|')]) &&
      admits(type, [textOf(attribute.type) ?? '']) &&
      admits(filters.objectName, [textOf(object?.name) ?? '']) &&
      (isFoundByItself ||
        admits(filters.anywhere, [text, textOf(attribute.comment) ?? '', ...namesOf(attribute.Tag)])) &&
      admits(category, [textOf(attribute.category) ?? '']) &&
      admits(filters.tags, [...tags, ...namesOf(attribute.Tag)]) &&
      (toIds === null || (attribute.to_ids === true || attribute.to_ids === '1') === toIds) &&
      (filters.uuids.length === 0 || filters.uuids.includes(id) || filters.uuids.includes(uuid))
    );
  });
  const isOfAttributes =
    [value, type, category, filters.objectName].some((each) => !isEmpty(each)) || toIds !== null || !isFoundByItself;
  if (attributes.length > 0) return attributes;
  if (isOfAttributes || !admits(filters.tags, tags)) return null;
  return filters.uuids.length === 0 || filters.uuids.includes(uuid) ? [] : null;
}

function groupsOf({ sharing_group_id: number, SharingGroup: group }: Json): string[] {
  return isObject(group) ? [String(number), String(group.uuid), String(group.name)] : [];
}

/** A title is found by a part of it, as in MISP's list of events. */
const wide = ({ all, any, none }: Terms): Terms => {
  const around = (words: string[]): string[] => words.map((word) => `%${word.replace(/^%|%$/g, '')}%`);
  return { all: around(all), any: around(any), none: around(none) };
};
