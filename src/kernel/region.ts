import type { Pap } from './markings.js';
import type { Fault } from './problem.js';
import type { SeverityScheme } from './severity.js';

export type MemberKind = 'state' | 'economy' | 'organisation';

/** `member-state` is a full member of the region, whatever its kind. */
export type MemberStanding = 'member-state' | 'dialogue-partner' | 'observer';

/** What is kept for a time of its own. A draft is one nobody has submitted; an access log is sign-ins and key use. */
export const RECORD_KINDS = [
  'incident',
  'draft',
  'comment',
  'attachment',
  'sighting',
  'advisory',
  'request',
  'receipt',
  'exercise',
  'access-log',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Days a record is kept after its last change; null for as long as its owner lets it stand. */
export type RetentionDays = Readonly<Record<RecordKind, number | null>>;

export const REQUEST_KINDS = ['rfi', 'takedown', 'notification', 'assistance', 'preservation', 'urgent-hold'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** Minutes from the sending of a request. */
export interface RequestClocks {
  /** Until somebody should have said that it was seen. */
  acknowledgeMinutes: number;
  /** Until it should have been answered. */
  answerMinutes: number;
  /** After which nobody is expected to answer any more. */
  expireMinutes: number;
}

/** Where the region file says nothing. What stops a payment is over within the hour; the rest is office work. */
const DEFAULT_CLOCKS: Readonly<Record<RequestKind, RequestClocks>> = {
  rfi: { acknowledgeMinutes: 1440, answerMinutes: 7200, expireMinutes: 43_200 },
  takedown: { acknowledgeMinutes: 240, answerMinutes: 1440, expireMinutes: 20_160 },
  notification: { acknowledgeMinutes: 480, answerMinutes: 2880, expireMinutes: 43_200 },
  assistance: { acknowledgeMinutes: 120, answerMinutes: 1440, expireMinutes: 43_200 },
  preservation: { acknowledgeMinutes: 240, answerMinutes: 2880, expireMinutes: 43_200 },
  'urgent-hold': { acknowledgeMinutes: 15, answerMinutes: 60, expireMinutes: 4320 },
};

/** How a member's identity numbers look, so that a preview finds one in a text. */
export interface NationalIdFormat {
  /** As people call it. */
  name: string;
  /** Of the number as written, without its surroundings: a regular expression, with groups `digits` and `check` where it has a check. */
  pattern: string;
  /** One of these words stands shortly before it: what else looks so is too common. */
  near?: readonly string[];
  /** The check character is the one at (sum of digits times weights) modulo the number of characters. */
  check?: { weights: readonly number[]; characters: string };
}

export interface RegionMember {
  /** ISO 3166-1 alpha-2, upper case; `EU` is its exceptional reservation for the European Union. */
  code: string;
  /** The official short name, as the region lists it. */
  name: string;
  kind: MemberKind;
  standing: MemberStanding;
  /** BCP 47 tags of those of the region's languages its people file in, the usual one first. */
  languages: readonly string[];
  /** IANA names, the seat of government's first. */
  timeZones: readonly string[];
  /** ISO 4217 code of the money losses are usually counted in. */
  currency?: string;
  nationalIds?: readonly NationalIdFormat[];
  /** Where the member's law asks for another time than the region's. */
  retentionDays?: Partial<RetentionDays>;
}

export interface Language {
  /** BCP 47. */
  tag: string;
  /** In English. */
  name: string;
}

export interface Sector {
  id: string;
  name: string;
}

/** A region as data. Nothing in the code may assume more about a region than this says. */
export interface Region {
  $schema?: string;
  id: string;
  name: string;
  shortName: string;
  /** The body that runs the region; it reads nothing that was not shared with it. */
  secretariat: { name: string; timeZone: string };
  defaults: {
    /** Written on a record that was filed without a PAP. */
    pap: Pap;
    /** BCP 47 tag. */
    language: string;
    /** How long a group's members may object to a newcomer. */
    groupObjectionHours: number;
    /** How long a release by somebody alone on duty waits for a colleague to cancel it. */
    holdMinutes: number;
  };
  /** In the region's own order of listing. */
  members: readonly RegionMember[];
  languages: readonly Language[];
  sectors: readonly Sector[];
  severityScheme: SeverityScheme;
  /** Other schemes a member may score by as well. */
  severityProfiles: readonly SeverityScheme[];
  retentionDays: RetentionDays;
  /** By kind, where the region wants other times than the usual ones. */
  requestClocks?: Partial<Record<RequestKind, RequestClocks>>;
  /** Comms checks that the worker opens by itself; none where this is left out. */
  commsChecks?: {
    /** Days from one to the next. */
    everyDays: number;
    /** Minutes that a 24/7 contact has to answer in. */
    windowMinutes: number;
  };
  observables?: {
    /** A value that a reader sees in more records than this is noise to it; 25 where this is left out. */
    noisyAbove?: number;
    /** Lists of what is hardly ever malicious that do not warn here. */
    warningsOff?: readonly string[];
  };
}

export const memberByCode = (region: Region, code: string): RegionMember | undefined =>
  region.members.find((member) => member.code === code);

export const hasSector = (region: Region, id: string): boolean => region.sectors.some((sector) => sector.id === id);

/** The full members, in order of listing. */
export const memberStates = (region: Region): readonly RegionMember[] =>
  region.members.filter(({ standing }) => standing === 'member-state');

/** How many of the region's full members are among `countries`, each counted once. */
export const membersAffected = (region: Region, countries: readonly string[]): number =>
  memberStates(region).filter(({ code }) => countries.includes(code)).length;

/** The region's own scheme, or the scheme or profile of that id. */
export const severityScheme = (region: Region, id = region.severityScheme.id): SeverityScheme | undefined =>
  [region.severityScheme, ...region.severityProfiles].find((scheme) => scheme.id === id);

/** Days a record of that kind is kept for that member (null: no limit); the region's rule where the member has none. */
export function retentionDays(region: Region, kind: RecordKind, memberCode?: string): number | null {
  const own = memberCode === undefined ? undefined : memberByCode(region, memberCode)?.retentionDays?.[kind];
  return own === undefined ? region.retentionDays[kind] : own;
}

/** The clocks of a kind of request: the region's, else the usual ones. */
export const requestClocks = (region: Pick<Region, 'requestClocks'>, kind: RequestKind): RequestClocks =>
  region.requestClocks?.[kind] ?? DEFAULT_CLOCKS[kind];

/**
 * What is wrong with a region file beyond its shape: names used twice, references that lead nowhere, schemes that
 * cannot be computed. Pointers are into the file.
 */
export function regionFaults(region: Region): Fault[] {
  const languages = new Set(region.languages.map(({ tag }) => tag));
  const unknownLanguage = (tag: string, pointer: string): Fault[] =>
    languages.has(tag) ? [] : [{ pointer, detail: `${tag} is not one of the region's languages.` }];
  return [
    ...repeated(region.members, 'code', '/members'),
    ...repeated(region.members, 'name', '/members'),
    ...repeated(region.languages, 'tag', '/languages'),
    ...repeated(region.sectors, 'id', '/sectors'),
    ...repeated(region.severityProfiles, 'id', '/severityProfiles'),
    ...unknownLanguage(region.defaults.language, '/defaults/language'),
    ...region.members.flatMap((member, at) =>
      member.languages.flatMap((tag, index) => unknownLanguage(tag, `/members/${at}/languages/${index}`)),
    ),
    ...region.members.flatMap(({ nationalIds = [] }, at) =>
      nationalIds.flatMap((format, index) => nationalIdFaults(format, `/members/${at}/nationalIds/${index}`)),
    ),
    ...schemeFaults(region, region.severityScheme, '/severityScheme'),
    ...REQUEST_KINDS.flatMap((kind) => clockFaults(requestClocks(region, kind), `/requestClocks/${kind}`)),
    ...region.severityProfiles.flatMap((scheme, at) =>
      scheme.id === region.severityScheme.id
        ? [{ pointer: `/severityProfiles/${at}/id`, detail: `${scheme.id} is already the region's own scheme.` }]
        : schemeFaults(region, scheme, `/severityProfiles/${at}`),
    ),
  ];
}

function clockFaults({ acknowledgeMinutes, answerMinutes, expireMinutes }: RequestClocks, at: string): Fault[] {
  const fault = (name: string, detail: string): Fault[] => [{ pointer: `${at}/${name}`, detail }];
  if (answerMinutes < acknowledgeMinutes)
    return fault('answerMinutes', 'An answer is not due before its acknowledgement.');
  return expireMinutes < answerMinutes
    ? fault('expireMinutes', 'A request does not expire before its answer is due.')
    : [];
}

function nationalIdFaults({ pattern, check }: NationalIdFormat, at: string): Fault[] {
  try {
    new RegExp(pattern, 'u');
  } catch {
    return [{ pointer: `${at}/pattern`, detail: 'This is no regular expression.' }];
  }
  const hasGroups = pattern.includes('(?<digits>') && pattern.includes('(?<check>');
  return check && !hasGroups
    ? [{ pointer: `${at}/pattern`, detail: 'Name the groups digits and check, which the check is made of.' }]
    : [];
}

function schemeFaults(region: Region, scheme: SeverityScheme, at: string): Fault[] {
  const faults = [
    ...repeated(scheme.factors, 'id', `${at}/factors`),
    ...repeated(scheme.bands, 'id', `${at}/bands`),
    ...repeated(scheme.bands, 'from', `${at}/bands`),
    ...descending(scheme.bands, 'from', `${at}/bands`),
  ];
  if (scheme.bands[0]?.from !== 0) {
    faults.push({
      pointer: `${at}/bands/0/from`,
      detail: 'The lowest band must begin at 0, or some scores have none.',
    });
  }
  scheme.factors.forEach(({ values, derivedFrom }, index) => {
    const below = `${at}/factors/${index}/values`;
    faults.push(...repeated(values, 'id', below), ...descending(values, 'score', below));
    if (derivedFrom === 'members-affected') faults.push(...descending(values, 'fromMembers', below));
    const placed = new Set<string>();
    values.forEach(({ sectors = [] }, value) => {
      sectors.forEach((sector, place) => {
        const pointer = `${below}/${value}/sectors/${place}`;
        if (!hasSector(region, sector))
          faults.push({ pointer, detail: `${sector} is not one of the region's sectors.` });
        if (placed.has(sector)) faults.push({ pointer, detail: `${sector} already stands under another value.` });
        placed.add(sector);
      });
    });
    if (derivedFrom === 'sector') {
      const missing = region.sectors.filter(({ id }) => !placed.has(id)).map(({ id }) => id);
      if (missing.length > 0) faults.push({ pointer: below, detail: `No value is given for ${missing.join(', ')}.` });
    }
  });
  return faults;
}

function repeated<Key extends string>(items: readonly Record<Key, unknown>[], key: Key, at: string): Fault[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    if (!seen.has(item[key])) {
      seen.add(item[key]);
      return [];
    }
    return [{ pointer: `${at}/${index}/${key}`, detail: `${String(item[key])} is listed twice.` }];
  });
}

function descending<Key extends string>(items: readonly Partial<Record<Key, number>>[], key: Key, at: string): Fault[] {
  return items.flatMap((item, index) => {
    const before = items[index - 1]?.[key];
    const here = item[key];
    if (before === undefined || here === undefined || before <= here) return [];
    return [{ pointer: `${at}/${index}/${key}`, detail: `${here} stands after ${before}; list from the lowest up.` }];
  });
}
