import type { Pap, Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { hasSector, membersAffected, severityScheme } from '../../kernel/region.js';
import { isRsitType } from '../../kernel/rsit.js';
import { computeSeverity, deriveFactors, severityFaults, sharedFactors } from '../../kernel/severity.js';
import type { Severity, SeverityFactors, SeverityScheme } from '../../kernel/severity.js';
import type { ObservableInput } from '../observables/index.js';

/** What an incident says, in the shape of the API. Times are RFC 3339 UTC with milliseconds. */
export interface IncidentContent {
  title: string;
  description: string | null;
  language: string | null;
  rsit: { class: string; type: string } | null;
  marking: { tlp: Tlp | null; pap: Pap };
  occurredAt: string | null;
  detectedAt: string | null;
  reportedAt: string | null;
  containedAt: string | null;
  resolvedAt: string | null;
  sector: string | null;
  countries: string[];
  /** The answers given, by factor; `scheme` names a profile other than the region's scheme. */
  severity: Record<string, string> | null;
  fraud: FraudFacts | null;
  techniques: string[];
  tags: string[];
  externalReferences: ExternalReference[];
}

export interface FraudFacts {
  modus?: string | null;
  channel?: string | null;
  impersonated?: string | null;
  instruments?: FraudInstrument[];
  loss?: { amount: string; currency: string } | null;
  victims?: number | null;
}

export const INSTRUMENT_TYPES = [
  'bank-account',
  'payment-alias',
  'e-wallet',
  'phone',
  'sender-id',
  'crypto-address',
] as const;

export interface FraudInstrument {
  type: (typeof INSTRUMENT_TYPES)[number];
  value: string;
  country?: string | null;
  bank?: string | null;
  expiresAt?: string | null;
  isDisputed?: boolean;
}

export interface ExternalReference {
  source: string;
  id?: string | null;
  url?: string | null;
  description?: string | null;
}

/** What a caller sends: any part of it. `null` takes a fact back. */
export type IncidentInput = {
  [K in Exclude<keyof IncidentContent, 'marking'>]?: IncidentContent[K] | null;
} & {
  marking?: { tlp?: Tlp | null; pap?: Pap | null } | null;
  /** All of them: those that are left out are not said any more. */
  observables?: ObservableInput[] | null;
};

export const emptyContent = (region: Region): IncidentContent => ({
  title: '',
  description: null,
  language: null,
  rsit: null,
  marking: { tlp: null, pap: region.defaults.pap },
  occurredAt: null,
  detectedAt: null,
  reportedAt: null,
  containedAt: null,
  resolvedAt: null,
  sector: null,
  countries: [],
  severity: null,
  fraud: null,
  techniques: [],
  tags: [],
  externalReferences: [],
});

const TIMES = ['occurredAt', 'detectedAt', 'reportedAt', 'containedAt', 'resolvedAt'] as const;

/** Applies what was sent to what was there. Members left out stay; the marking's parts one by one, the others whole. */
export function applyInput(before: IncidentContent, input: IncidentInput): IncidentContent {
  const after: IncidentContent = { ...before };
  if (input.title != null) after.title = input.title;
  for (const name of ['description', 'language', 'rsit', 'sector', 'severity', 'fraud'] as const)
    if (input[name] !== undefined) Object.assign(after, { [name]: input[name] });
  for (const name of ['countries', 'techniques', 'tags', 'externalReferences'] as const)
    if (input[name] !== undefined) Object.assign(after, { [name]: input[name] ?? [] });
  for (const name of TIMES) {
    const given = input[name];
    if (given !== undefined) after[name] = given === null ? null : new Date(given).toISOString();
  }
  if (input.marking != null)
    after.marking = {
      tlp: input.marking.tlp === undefined ? before.marking.tlp : input.marking.tlp,
      pap: input.marking.pap ?? before.marking.pap,
    };
  after.countries = [...new Set(after.countries)].sort();
  after.techniques = [...new Set(after.techniques)];
  after.tags = [...new Set(after.tags)];
  return after;
}

/** What the shape cannot tell: classes and types that go together, the region's sectors and scheme, times in order. */
function contentFaults(content: IncidentContent, region: Region): Fault[] {
  const faults: Fault[] = [];
  const { rsit, sector, severity } = content;
  if (rsit && !isRsitType(rsit.class, rsit.type))
    faults.push({ pointer: '/rsit/type', detail: `RSIT has no type ${rsit.type} in the class ${rsit.class}.` });
  if (sector !== null && !hasSector(region, sector))
    faults.push({
      pointer: '/sector',
      detail: `The region has no such sector. It has ${region.sectors.map(({ id }) => id).join(', ')}.`,
    });
  if (severity) {
    const { scheme: schemeId, ...factors } = severity;
    const scheme = severityScheme(region, schemeId);
    if (!scheme)
      faults.push({
        pointer: '/severity/scheme',
        detail: `There is no such scheme. There are ${[region.severityScheme, ...region.severityProfiles].map(({ id }) => id).join(', ')}.`,
      });
    else faults.push(...severityFaults(scheme, factors));
  }
  for (const later of TIMES.slice(1)) {
    const [start, end] = [content.occurredAt, content[later]];
    if (start !== null && end !== null && end < start)
      faults.push({ pointer: `/${later}`, detail: `This lies before occurredAt, ${start}.` });
  }
  if (content.containedAt !== null && content.resolvedAt !== null && content.resolvedAt < content.containedAt)
    faults.push({ pointer: '/resolvedAt', detail: `This lies before containedAt, ${content.containedAt}.` });
  return faults;
}

/** @param others faults that were found already, so that all are told at once. */
export function assertContent(content: IncidentContent, region: Region, others: readonly Fault[] = []): void {
  const faults = [...contentFaults(content, region), ...others];
  if (faults.length > 0) throw invalidInput(faults);
}

export interface AssessedSeverity extends Severity {
  scheme: string;
  factors: SeverityFactors;
}

/**
 * The severity as the owner sees it, and as others do: computed without the private factors, so that the difference
 * does not tell them.
 */
export function assessSeverity(
  content: IncidentContent,
  region: Region,
): { own: AssessedSeverity | null; shared: AssessedSeverity | null } {
  if (!content.severity) return { own: null, shared: null };
  const { scheme: schemeId, ...given } = content.severity;
  const scheme = severityScheme(region, schemeId);
  if (!scheme) return { own: null, shared: null };
  const facts = {
    sector: content.sector ?? undefined,
    membersAffected: content.countries.length > 0 ? membersAffected(region, content.countries) : undefined,
  };
  const factors = deriveFactors(scheme, facts, given);
  return { own: assess(scheme, factors), shared: assess(scheme, sharedFactors(scheme, factors)) };
}

function assess(scheme: SeverityScheme, factors: SeverityFactors): AssessedSeverity | null {
  const severity = computeSeverity(scheme, factors);
  return severity ? { scheme: scheme.id, factors, ...severity } : null;
}
