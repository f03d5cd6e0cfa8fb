import type { Json } from '../record/json.js';

/** A core-format event, without the `{"Event": …}` around it. */
export interface MispEvent extends Json {
  info: string;
  Attribute?: Json[];
  Object?: Json[];
  Tag?: Json[];
}

/** An object with what Ronda keeps and MISP has no place for. */
export const FACTS_OBJECT = 'ronda-incident';
export const FACTS_TEMPLATE = '6d1f0c7e-52f4-5b0a-9a0f-2b8f4c7e1d30';

/** MISP's words for how far an event goes, by its number; what an audience of Ronda they are is for the caller to say. */
export const DISTRIBUTIONS = [
  'organisation',
  'community',
  'connected-communities',
  'all',
  'sharing-group',
  'inherit',
] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

export interface SharingGroup {
  uuid: string;
  name: string;
  /** Its members, where the reader may know them. */
  organisations: { uuid: string; name: string }[];
}

/** Unix seconds as MISP writes them. */
export const secondsOf = (time: string): string => String(Math.floor(Date.parse(time) / 1000));

/** From Unix seconds as text or number, or from RFC 3339; null where it is neither. */
export function timeOf(value: unknown): string | null {
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return null;
  const seconds = Number(value);
  const date = Number.isFinite(seconds) ? new Date(seconds * 1000) : new Date(value);
  const year = date.getUTCFullYear();
  // Beyond them ISO 8601 says years with a sign, which neither PostgreSQL nor RFC 3339 reads. NaN is not within either.
  return year >= 1 && year <= 9999 ? date.toISOString() : null;
}
