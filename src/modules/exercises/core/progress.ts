import { minutesMs } from './clock.js';
import type { Band } from './scenario.js';

/** An act that satisfied a milestone, with what it lacks. */
export interface Candidate {
  seq: number;
  record: string | null;
  /** When it was done, on both clocks: exercise time may stand still. */
  wallMs: number;
  atMs: number;
  quality: number;
  wanting: string[];
}

export interface Achieved {
  credit: number;
  isInTime: boolean;
  atMs: number;
  elapsedMs: number;
  candidates: Candidate[];
}

/**
 * One team and one milestone: its roles share what was done. Acts count in the order in which they were done: what is
 * written down behind a later one is reckoned as if it stood before it.
 */
export class Progress {
  private readonly candidates: Candidate[] = [];
  private isInOrder = true;
  /** The best candidates, one for each record, at the most `count`. */
  private best: Candidate[] = [];
  private reached: Achieved | null = null;

  /** @param startMs exercise time from which its time is counted. */
  constructor(
    private readonly count: number,
    private readonly bands: readonly Band[],
    private readonly startMs: number,
  ) {}

  take(candidate: Candidate): void {
    const last = this.candidates.at(-1);
    this.candidates.push(candidate);
    if (last && last.wallMs > candidate.wallMs) this.isInOrder = false;
    if (this.isInOrder) this.reckon(candidate);
  }

  get achieved(): Achieved | null {
    if (!this.isInOrder) {
      this.candidates.sort(inOrder);
      this.best = [];
      this.reached = null;
      for (const candidate of this.candidates) this.reckon(candidate);
      this.isInOrder = true;
    }
    return this.reached;
  }

  private reckon(candidate: Candidate): void {
    this.best = withCandidate(this.best, this.count, candidate);
    if (this.best.length < this.count) return;
    const elapsedMs = candidate.atMs - this.startMs;
    const band = bandAt(this.bands, elapsedMs);
    const mean = this.best.reduce((sum, each) => sum + each.quality, 0) / this.count;
    const credit = rounded(band.credit * mean);
    if (this.reached && credit <= this.reached.credit) return;
    this.reached = {
      credit,
      isInTime: band.isFirst,
      atMs: candidate.atMs,
      elapsedMs,
      candidates: [...this.best],
    };
  }
}

/** To a millionth: the sum of thirds is the same whatever it was summed from. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const inOrder = (a: Candidate, b: Candidate): number => a.wallMs - b.wallMs || a.seq - b.seq;

function bandAt(bands: readonly Band[], elapsedMs: number): { credit: number; isFirst: boolean } {
  if (bands.length === 0) return { credit: 1, isFirst: true };
  const index = bands.findIndex(({ withinMinutes }) => elapsedMs <= minutesMs(withinMinutes));
  return { credit: bands[index]?.credit ?? 0, isFirst: index === 0 };
}

/** The best `count`, one for each record; of two as good, the earlier. */
function withCandidate(best: readonly Candidate[], count: number, candidate: Candidate): Candidate[] {
  const same = best.find(({ record }) => record !== null && record === candidate.record);
  if (same && same.quality >= candidate.quality) return [...best];
  return [...best.filter((each) => each !== same), candidate]
    .sort((a, b) => b.quality - a.quality || inOrder(a, b))
    .slice(0, count);
}
