import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BODY_LIMIT_BYTES } from '../../platform/http/body-limits.js';

/** A line of the input; its number counts from 1, its bytes are null where it is longer than a body may be. */
export interface Line {
  number: number;
  bytes: Buffer | null;
}

const MOST_LINES = 250;
const MOST_BYTES = 1024 * 1024;
/** How often the socket is asked for more before a batch that is not full goes its way: 16 kB a turn is 40 lines. */
const TURNS = 3;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The lines of a stream, some at a time: as many as have come, so that whoever sends one and waits is answered, and not
 * more than fit in memory, whatever their length. A last line needs no newline behind it.
 * @throws Error when the stream breaks off; the line that it broke is not among those given.
 */
export async function* readLines(input: Readable): AsyncGenerator<Line[], void> {
  const splitter = new Splitter();
  for await (const chunk of input) {
    for (const batch of splitter.take(chunk as Buffer)) yield batch;
    for (let turn = 0; turn < TURNS && input.readableLength === 0; turn++) await nextTurn();
    if (input.readableLength === 0 && splitter.waiting.length > 0) yield splitter.flush();
  }
  splitter.finish();
  if (splitter.waiting.length > 0) yield splitter.flush();
}

class Splitter {
  waiting: Line[] = [];
  private waitingBytes = 0;
  /** Of the line that has not ended yet; null once it is too long to be kept. */
  private parts: Buffer[] | null = [];
  private partBytes = 0;
  private number = 0;

  /** @returns the batches that the chunk fills. */
  take(chunk: Buffer): Line[][] {
    const full: Line[][] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.add(chunk.subarray(start, end));
      this.endLine();
      start = end + 1;
      if (this.waiting.length >= MOST_LINES || this.waitingBytes >= MOST_BYTES) full.push(this.flush());
    }
    if (start < chunk.length) this.add(chunk.subarray(start));
    return full;
  }

  finish(): void {
    if (this.partBytes > 0) this.endLine();
  }

  flush(): Line[] {
    const lines = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    return lines;
  }

  private add(part: Buffer): void {
    this.partBytes += part.length;
    if (this.partBytes > BODY_LIMIT_BYTES) this.parts = null;
    else this.parts?.push(part);
  }

  private endLine(): void {
    this.number += 1;
    let bytes = this.parts && (this.parts.length === 1 ? (this.parts[0] as Buffer) : Buffer.concat(this.parts));
    if (bytes?.at(-1) === RETURN) bytes = bytes.subarray(0, -1);
    if (this.number === 1 && bytes?.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    this.waiting.push({ number: this.number, bytes });
    this.waitingBytes += bytes?.length ?? 0;
    this.parts = [];
    this.partBytes = 0;
  }
}
