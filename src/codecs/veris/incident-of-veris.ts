import type { RsitClassification } from '../../kernel/rsit.js';
import { classify } from './classification.js';
import { sectorOf } from './industry.js';
import { loseNothing } from './remainder.js';
import type { Leaf } from './remainder.js';
import { timesOf } from './times.js';

/** What a region and its neighbours know, which a document's values have to be known to as well. */
export interface Known {
  /** Ids of the region's sectors. */
  sectors: ReadonlySet<string>;
  /** ISO 3166-1 alpha-2. */
  isCountry(code: string): boolean;
  /** ISO 4217. */
  isCurrency(code: string): boolean;
  /** An address that a reference may hold. */
  isUrl(text: string): boolean;
}

/** An incident in the shape of the API, as far as VERIS knows one. */
export interface VerisIncident {
  title: string;
  description: string | null;
  rsit: RsitClassification;
  occurredAt: string | null;
  detectedAt: string | null;
  containedAt: string | null;
  sector: string | null;
  countries: string[];
  fraud: { loss: { amount: string; currency: string } } | null;
  tags: string[];
  externalReferences: { source: string; id?: string; url?: string }[];
}

interface Document {
  incident_id: string;
  summary?: string;
  reference?: string;
  timeline: {
    incident: { year: number; month?: number; day?: number; time?: string };
    discovery?: { unit: string; value?: number };
    containment?: { unit: string; value?: number };
  };
  victim?: { country?: string[]; industry?: string | string[] };
  action: Record<string, { variety?: string[] }>;
  impact?: { iso_currency_code?: string; overall_amount?: number };
}

const TITLE_LENGTH = 300;
/** Beside the document's own. */
const MOST_URLS = 99;

/**
 * What a document says, as an incident; what an incident has no place for stays as machine tags `veris:path="value"`, and
 * what no tag can hold, in the description (docs/veris.md).
 * @param value a document without `verisFaults`.
 */
export function incidentOfVeris(value: Record<string, unknown>, known: Known): VerisIncident {
  const document = value as unknown as Document;
  const { victim, impact } = document;
  const varieties = Object.fromEntries(
    Object.entries(document.action).map(([kind, { variety }]) => [kind, variety ?? []]),
  );
  const industries = [victim?.industry ?? []].flat();
  const countries = (victim?.country ?? []).filter((code) => known.isCountry(code));
  const sector = industries.map(sectorOf).find((id) => id !== null && known.sectors.has(id)) ?? null;
  const loss = lossOf(impact, known);
  const { urls, words } = referencesOf(document.reference, known);

  const isPlaced = ({ path, text }: Leaf): boolean => {
    switch (path.join('.')) {
      case 'incident_id':
      case 'summary':
      case 'reference':
        return true;
      case 'victim.country':
        return countries.includes(text);
      case 'impact.overall_amount':
      case 'impact.iso_currency_code':
        return loss !== null;
      default:
        return false;
    }
  };
  const { tags, sentences } = loseNothing(value, isPlaced);
  if (words !== '') sentences.unshift(`**reference**: ${words}`);
  const description = [document.summary?.trim() ?? '', ...sentences].filter((each) => each !== '').join('\n\n');

  return {
    title: titleOf(varieties, industries, countries, document.timeline.incident.year),
    description: description === '' ? null : description,
    rsit: classify(varieties),
    ...timesOf(document.timeline),
    sector,
    countries,
    fraud: loss && { loss },
    tags,
    externalReferences: [
      { source: 'veris', id: document.incident_id },
      ...urls.map((url) => ({ source: 'veris', url })),
    ],
  };
}

/** `Physical (Theft), Healthcare, US, 2014`. Names nobody: who the victim is, is for the record to say. */
function titleOf(
  varieties: Record<string, readonly string[]>,
  industries: readonly string[],
  countries: readonly string[],
  year: number,
): string {
  const actions = Object.entries(varieties).map(([kind, names]) => {
    const name = kind.charAt(0).toUpperCase() + kind.slice(1);
    return names.length > 0 ? `${name} (${names.join(', ')})` : name;
  });
  const title = [...actions, ...industries, ...countries, String(year)].join(', ');
  return title.length <= TITLE_LENGTH ? title : `${title.slice(0, TITLE_LENGTH - 1)}…`;
}

function lossOf(impact: Document['impact'], known: Known): { amount: string; currency: string } | null {
  const { overall_amount: amount, iso_currency_code: currency } = impact ?? {};
  if (amount === undefined || currency === undefined || !known.isCurrency(currency)) return null;
  // Beyond this a JSON number has lost digits already.
  if (amount > Number.MAX_SAFE_INTEGER) return null;
  const exact = String(amount);
  return /^\d{1,18}(\.\d{1,4})?$/.test(exact) ? { amount: exact, currency } : null;
}

/** Addresses, one behind the other with semicolons; what is none of them stays in words. */
function referencesOf(reference: string | undefined, known: Known): { urls: string[]; words: string } {
  const parts = (reference ?? '').split(';').map((part) => part.trim());
  const urls = [...new Set(parts.filter((part) => known.isUrl(part)))].slice(0, MOST_URLS);
  const words = parts.filter((part) => part !== '' && !urls.includes(part)).join('; ');
  return { urls, words };
}
