interface Span {
  unit: string;
  value?: number;
}

export interface Timeline {
  incident: { year: number; month?: number; day?: number; time?: string };
  discovery?: Span;
  containment?: Span;
}

const SECONDS: Readonly<Record<string, number>> = {
  Seconds: 1,
  Minutes: 60,
  Hours: 3_600,
  Days: 86_400,
  Weeks: 604_800,
  Months: 2_629_746,
  Years: 31_556_952,
};

/** 9999-12-31T23:59:59Z: what an RFC 3339 time can say. */
const LAST_MS = 253_402_300_799_000;

/**
 * When it happened: the beginning of the year, month or day that the document names, in UTC. When it was noticed and
 * contained: only where the day is named and both spans are numbers, because a span counted from the beginning of a year
 * would name a day that nobody knows.
 */
export function timesOf({ incident, discovery, containment }: Timeline): {
  occurredAt: string;
  detectedAt: string | null;
  containedAt: string | null;
} {
  const { year, month, day, time } = incident;
  const [, hours, minutes] = (day !== undefined && /^([01]?\d|2[0-3]):([0-5]\d)/.exec(time ?? '')) || [];
  const isDay = month !== undefined && day !== undefined;
  const occurred = isDay
    ? Date.UTC(year, month - 1, day, Number(hours ?? 0), Number(minutes ?? 0))
    : Date.UTC(year, (month ?? 1) - 1);
  const detected = isDay ? after(occurred, discovery) : null;
  const contained = after(detected, containment);
  return { occurredAt: said(occurred), detectedAt: sayable(detected), containedAt: sayable(contained) };
}

/** Discovery counts from the incident, containment from discovery. */
function after(start: number | null, span: Span | undefined): number | null {
  const seconds = span && SECONDS[span.unit];
  if (start === null || seconds === undefined || span?.value === undefined) return null;
  const end = start + Math.round(span.value * seconds) * 1000;
  return end <= LAST_MS ? end : null;
}

const said = (ms: number): string => new Date(ms).toISOString();
const sayable = (ms: number | null): string | null => (ms === null ? null : said(ms));
