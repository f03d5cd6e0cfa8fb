import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ResultSpool } from './result-spool.js';

describe('the spool of results', () => {
  let dir: string;

  beforeEach(() => {
    dir = path.join(mkdtempSync(path.join(tmpdir(), 'ronda-spool-')), 'tmp');
  });
  afterEach(() => {
    rmSync(path.dirname(dir), { recursive: true, force: true });
  });

  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, at) => `${from + at} ${'x'.repeat(100)}\n`).join('');
  const numbersIn = (text: string): number[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((each) => Number(each.split(' ')[0]));

  async function read(spool: ResultSpool): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of spool) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  it('never makes the writer wait for the reader, and gives all in order', async () => {
    let written!: () => void;
    const all = new Promise<void>((resolve) => (written = resolve));
    const spool = new ResultSpool(dir, async (results) => {
      for (let from = 0; from < 50_000; from += 250) await results.write(lines(from, from + 250));
      results.finish();
      written();
    });
    spool.read(0);
    await all;
    expect(spool.spooledBytes).toBeGreaterThan(4 * 1024 * 1024);
    // It has no name, so nothing is left behind whatever becomes of the process.
    expect(readdirSync(dir)).toEqual([]);
    expect(numbersIn(await read(spool))).toEqual(Array.from({ length: 50_000 }, (_, number) => number));
  });

  it('goes back to memory, and to an empty file, when the reader has caught up', async () => {
    let resume!: () => void;
    const caughtUp = new Promise<void>((resolve) => (resume = resolve));
    const spool = new ResultSpool(dir, async (results) => {
      for (let from = 0; from < 10_000; from += 250) await results.write(lines(from, from + 250));
      await caughtUp;
      for (let from = 10_000; from < 20_000; from += 250) await results.write(lines(from, from + 250));
      results.finish();
    });
    const chunks: Buffer[] = [];
    let length = 0;
    const half = lines(0, 10_000).length;
    for await (const chunk of spool) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= half) resume();
    }
    expect(numbersIn(Buffer.concat(chunks).toString())).toEqual(Array.from({ length: 20_000 }, (_, number) => number));
    expect(spool.spooledBytes).toBe(0);
  });

  it('takes nothing more when its reader has gone', async () => {
    let begun!: (results: ResultSpool) => void;
    const filling = new Promise<ResultSpool>((resolve) => (begun = resolve));
    const spool = new ResultSpool(dir, async (results) => {
      await results.write('a'.repeat(1024 * 1024));
      begun(results);
    });
    spool.read(0);
    await filling;
    const closed = new Promise((resolve) => spool.once('close', resolve));
    spool.destroy();
    await closed;
    await spool.write('more');
    expect(spool.read()).toBeNull();
  });
});
