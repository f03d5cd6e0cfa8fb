import { createHash } from 'node:crypto';
import type { ExchangeRecord, RecordValue } from '../../../codecs/record/index.js';
import { extract } from '../../observables/index.js';
import { SCENARIO_FORMAT } from './scenario.js';
import type { Inject, Milestone, ObservableRef, Scenario } from './scenario.js';

/** A past incident: what it said, each time that it said something new. Its observables have the types of the API. */
export interface PastIncident {
  /** The earliest first. */
  revisions: { at: string; record: ExchangeRecord }[];
}

const LONGEST_MINUTES = 2880;
const MINUTE = 60_000;
const SHORTEST_TELLING = 4;

/**
 * A scenario with the incident's rhythm and none of its words. Free text does not go over at all: whoever is named in it
 * cannot be found for certain in any language, so each inject is written anew from the facts (class, sector, techniques),
 * and each value is replaced by one that is nobody's, the same value always by the same. The mapping dies with the call.
 */
export function scenarioOfIncident(
  { revisions }: PastIncident,
  { id, title }: { id: string; title: string },
): Scenario {
  const first = revisions[0];
  const last = revisions.at(-1);
  if (!first || !last) throw new RangeError('An incident has at least one revision.');
  const substitute = substitutes(revisions.map(({ record }) => record));
  const startMs = Date.parse(first.at);
  const span = (Date.parse(last.at) - startMs) / MINUTE;
  const scale = span > LONGEST_MINUTES ? LONGEST_MINUTES / span : 1;
  const minutesOf = (at: string): number => Math.round(((Date.parse(at) - startMs) / MINUTE) * scale * 1000) / 1000 + 5;

  const known = new Set<string>();
  const injects: Inject[] = [];
  const milestones: Milestone[] = [];
  for (const [index, { at, record }] of revisions.entries()) {
    const fresh = record.observables.filter((each) => !known.has(keyOf(each)));
    for (const each of fresh) known.add(keyOf(each));
    const observables = fresh.flatMap((each) => substitute(each) ?? []);
    const inject: Inject = {
      id: `development-${index + 1}`,
      number: index + 1,
      title: index === 0 ? 'First report' : `Development ${index}`,
      timing: { atMinutes: minutesOf(at) },
      channel: index === 0 ? 'email' : 'report',
      from: 'reporter',
      body: bodyOf(record, index, observables),
    };
    injects.push(inject);
    if (observables.length === 0 && index > 0) continue;
    milestones.push({
      id: `record-${index + 1}`,
      title: index === 0 ? 'Files the incident' : `Adds what development ${index} brought`,
      objective: 'handle',
      roles: ['cert'],
      weight: index === 0 ? 5 : 2,
      from: { inject: inject.id },
      bands: [
        { withinMinutes: 60, credit: 1 },
        { withinMinutes: 180, credit: 0.5 },
      ],
      expects: {
        verbs: ['filed', 'revised', 'classified', 'observable-held'],
        where: {
          ...(index === 0 && record.rsit ? { rsit: [`${record.rsit.class}:${record.rsit.type}`] } : {}),
          ...(observables.length > 0 ? { anyObservable: observables } : {}),
        },
      },
    });
  }
  return {
    format: SCENARIO_FORMAT,
    id,
    version: 1,
    title,
    summary: 'Made from a past incident: its rhythm is kept, everything else is made up.',
    language: 'en',
    durationMinutes: minutesOf(last.at) + 180,
    storyline: 'A constituent reports, and more is learned as time passes. Everybody and everything in it is made up.',
    objectives: [{ id: 'handle', title: 'Recognise, record and keep up' }],
    roles: [{ id: 'cert', title: 'CERT' }],
    personas: [
      { id: 'reporter', name: 'The reporter', organisation: 'A constituent', email: 'reporter@constituent.example' },
    ],
    injects,
    milestones,
  };
}

function bodyOf(record: ExchangeRecord, index: number, observables: readonly ObservableRef[]): string {
  const lines = [
    index === 0 ? 'A constituent reports an incident.' : 'The constituent has learned more.',
    ...(record.sector === null ? [] : [`Sector: ${record.sector}.`]),
    ...(record.techniques.length === 0 ? [] : [`Seen: ${record.techniques.join(', ')}.`]),
    ...observables.map(({ type, value }) => `- ${type}: \`${value}\``),
  ];
  return lines.join('\n');
}

/** What shares its substitutes. The name of a free type may itself say whose incident it was. */
function kindOf(type: string): string {
  if (type === 'domain' || type === 'host') return 'name';
  return type.startsWith('x-') ? 'text' : type;
}
const keyOf = ({ type, value }: RecordValue): string => `${kindOf(type)}\u0000${value.toLowerCase()}`;

/** One substitute for each value, numbered as they come; null where every one that there is says something or is taken. */
function substitutes(records: readonly ExchangeRecord[]): (value: RecordValue) => ObservableRef | null {
  const banned = bannedOf(records);
  const given = new Map<string, string | null>();
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  const make = (value: RecordValue): string | null => {
    const kind = kindOf(value.type);
    const first = (counts.get(kind) ?? 0) + 1;
    for (let n = first; n < first + MOST_TRIES; n += 1) {
      const made = madeUp(value, n, (name) => of({ type: 'domain', value: name }));
      // The incident may itself have been about a documentation range.
      if (made === null || taken.has(made) || banned.some((each) => made.toLowerCase().includes(each))) continue;
      counts.set(kind, n);
      taken.add(made);
      return made;
    }
    // Nor is there one for the next: each would be sought as long.
    counts.set(kind, Infinity);
    return null;
  };
  const of = (value: RecordValue): string | null => {
    const key = keyOf(value);
    const known = given.get(key);
    if (known !== undefined) return known;
    const made = make(value);
    given.set(key, made);
    return made;
  };
  return (given) => {
    const value = of(given);
    const { type } = given;
    return value === null ? null : { type: type.startsWith('x-') ? 'text' : type, value };
  };
}

const MOST_TRIES = 5000;

/** Whatever the incident said that could be recognised. */
function bannedOf(records: readonly ExchangeRecord[]): string[] {
  const texts = records.flatMap((record) => [
    record.title,
    record.description ?? '',
    ...record.notes.map(({ text }) => text),
  ]);
  const values = [
    ...records.flatMap(({ observables }) => observables.map(({ value }) => value)),
    ...records.flatMap(({ fraud }) => fraud?.instruments.map(({ value }) => value) ?? []),
    ...records.flatMap(({ organisation, alias }) => [organisation?.name ?? '', alias ?? '']),
    ...texts.flatMap((text) => extract(text).map(({ value }) => value)),
  ];
  return [...new Set(values.map((value) => value.toLowerCase()))].filter(({ length }) => length >= SHORTEST_TELLING);
}

const HASH_CHARACTERS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
  ja3: 32,
  'certificate-hash': 64,
};
const RANGES = ['192.0.2', '198.51.100', '203.0.113'];

/** @see RFC 5737 and 3849 for addresses, 2606 for names, 5398 for autonomous systems */
function madeUp({ type, value }: RecordValue, n: number, nameFor: (name: string) => string | null): string | null {
  const characters = HASH_CHARACTERS[type];
  if (characters !== undefined) return hex(`${type} ${n}`).slice(0, characters);
  switch (type) {
    case 'ipv4':
      return `${RANGES[Math.floor((n - 1) / 254) % 3] ?? ''}.${((n - 1) % 254) + 1}`;
    case 'ipv6':
      return `2001:db8::${n.toString(16)}`;
    case 'cidr':
      return value.includes(':')
        ? `2001:db8:${n.toString(16)}::/48`
        : `${RANGES[Math.floor((n - 1) / 16) % 3] ?? ''}.${((n - 1) % 16) * 16}/28`;
    case 'domain':
    case 'host':
      return `site-${n}.example`;
    case 'url': {
      const name = nameFor(hostOf(value));
      return name && `https://${name}/page-${n}`;
    }
    case 'email': {
      const name = nameFor(value.slice(value.lastIndexOf('@') + 1));
      return name && `mailbox-${n}@${name}`;
    }
    case 'filename':
      return `file-${n}.bin`;
    case 'asn':
      return `AS${n % 32 < 16 ? 64_496 + (n % 16) : 65_536 + (n % 16)}`;
    case 'cve':
      return `CVE-2099-${10_000 + n}`;
    case 'registry-key':
      return `HKCU\\Software\\Exercise\\Key${n}`;
    case 'tlsh':
      return `T1${hex(`tlsh ${n}`).slice(0, 70).toUpperCase()}`;
    default:
      return `EXERCISE-${kindOf(type)
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]+/g, '-')}-${n}`;
  }
}

const hex = (name: string): string => createHash('sha512').update(`ronda exercise ${name}`).digest('hex');

const hostOf = (url: string): string => /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(url)?.[1] ?? url;
