import { hash } from 'node:crypto';
import type { Pap } from '../../kernel/markings.js';

/** 16 MiB, of which only what is written to is taken. */
const BITS = 2 ** 27;
const MARKS = 8;
const NARROWING: readonly Pap[] = ['PAP:RED', 'PAP:AMBER', 'PAP:GREEN'];

/**
 * The PAP of values that are on no list themselves, however many they are: a Bloom filter, so that nobody's records make
 * it grow. It never forgets one. Now and then it takes a value for one that was said more narrowly: of 1,000,000 that
 * were, once in 10,000,000,000 times, of 10,000,000, once in 600. Such a value is not given away, but left out.
 */
export class Narrowings {
  private readonly marks = new Uint8Array(BITS / 8);

  /** What is CLEAR narrows nothing. */
  add(value: string, pap: Pap): void {
    if (pap === 'PAP:CLEAR') return;
    for (const bit of bitsOf(value, pap)) this.marks[bit >> 3] = (this.marks[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** The narrowest that was added. */
  of(value: string): Pap {
    return NARROWING.find((pap) => bitsOf(value, pap).every((bit) => this.isMarked(bit))) ?? 'PAP:CLEAR';
  }

  private isMarked(bit: number): boolean {
    return ((this.marks[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

function bitsOf(value: string, pap: Pap): number[] {
  const digest = hash('sha256', `${pap} ${value}`, 'buffer');
  return Array.from({ length: MARKS }, (_, mark) => digest.readUInt32LE(mark * 4) % BITS);
}
