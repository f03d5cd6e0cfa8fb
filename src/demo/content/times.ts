import type { DemoLifecycle, IncidentFiling } from './plan.js';
import type { SeededDraw } from './prng.js';

type Times = Pick<IncidentFiling, 'occurredAt' | 'detectedAt' | 'reportedAt' | 'containedAt' | 'resolvedAt'>;

/** Occurred ≤ detected ≤ reported ≤ contained ≤ resolved ≤ now; what the lifecycle has not reached yet is left out. */
export function drawTimes(
  draw: SeededDraw,
  { detected, now, lifecycle }: { detected: Date; now: Date; lifecycle: DemoLifecycle },
): Times {
  const hourMs = 60 * 60 * 1000;
  const detectedMs = detected.getTime();
  const leftMs = now.getTime() - detectedMs;
  /** Some hours, but never past a part of the time there is, so that later steps still find room. */
  const after = (hours: number, atMost: number): number => Math.min(hours * hourMs, leftMs * atMost);
  const reportedMs = detectedMs + after(draw.magnitude(1, 30) - draw.fraction(), 0.4);
  const containedMs = reportedMs + after(draw.magnitude(2, 160) + draw.fraction(), 0.3);
  const resolvedMs = containedMs + after(draw.magnitude(4, 400) + draw.fraction(), 0.25);
  const isContained = lifecycle === 'contained' || lifecycle === 'closed';
  return {
    // Now and then nobody knows when it began.
    ...(draw.happens(0.82) && {
      occurredAt: instant(detectedMs - (draw.magnitude(1, 240) - draw.fraction()) * hourMs),
    }),
    detectedAt: instant(detectedMs),
    ...((lifecycle !== 'draft' || draw.happens(0.5)) && { reportedAt: instant(reportedMs) }),
    ...(isContained && { containedAt: instant(containedMs) }),
    ...(lifecycle === 'closed' && { resolvedAt: instant(resolvedMs) }),
  };
}

const MINUTE_MS = 60_000;

/** Cut to the minute, as people write them down; cutting keeps the order. */
const instant = (ms: number): string =>
  `${new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, -'.000Z'.length)}Z`;
