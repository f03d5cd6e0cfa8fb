import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipWriter } from '@zip.js/zip.js';
import { Problem } from '../../kernel/problem.js';

/** A file that has arrived, and lies where it was laid aside. */
export interface Received {
  path: string;
  /** Of what was sent: bytes, and lower-case hex. */
  size: number;
  sha256: string;
  /** Of what lies there: the same, or of malware a zip. */
  storedSize: number;
  storedSha256: string;
}

export interface Receiving {
  /** Folder to lay it aside in, and a name that nobody else has. */
  incoming: string;
  id: string;
  limitBytes: number;
  /** Of malware: what it is called in the zip, and when it came. */
  infected: { name: string; at: Date } | null;
}

/** By custom of everybody who passes malware on: so no scanner eats it, and nobody opens it by mistake. */
const PASSWORD = 'infected';

/**
 * Writes a stream to a file, and hashes it on its way: a chunk at a time, however long it is.
 * @throws Problem 413 where it is longer than the limit; what had arrived is gone.
 */
export async function receiveFile(
  input: Readable,
  { incoming, id, limitBytes, infected }: Receiving,
): Promise<Received> {
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const path = join(incoming, id);
  const [sent, stored] = [new Meter(limitBytes), new Meter(Infinity)];
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  try {
    if (infected === null) await pipeline(input, sent, stored, file);
    else await zip(input, sent, stored, file, { id, ...infected });
  } catch (error) {
    file.destroy();
    await rm(path, { force: true });
    throw error;
  }
  return {
    path,
    size: sent.bytes,
    sha256: sent.hash.digest('hex'),
    storedSize: stored.bytes,
    storedSha256: stored.hash.digest('hex'),
  };
}

/**
 * As MISP keeps a sample: a zip of two files under ZipCrypto, the sample and its name. What is in it was never on the
 * disk in the clear. MISP calls both by the sample's MD5, which is not known before its last byte; readers of it look for
 * `.filename.txt` and take the other.
 */
async function zip(
  input: Readable,
  sent: Meter,
  stored: Meter,
  file: Writable,
  { id, name, at }: { id: string; name: string; at: Date },
): Promise<void> {
  const written = pipeline(stored, file);
  const measured = pipeline(input, sent);
  // What fails here fails the writer too, which is waited for first.
  for (const each of [written, measured]) each.catch(() => undefined);
  const writer = new ZipWriter(sinkOf(stored), {
    password: PASSWORD,
    zipCrypto: true,
    level: 0,
    useWebWorkers: false,
    lastModDate: at,
    extendedTimestamp: false,
  });
  await writer.add(id, sourceOf(sent));
  await writer.add(`${id}.filename.txt`, new Blob([name]).stream());
  await writer.close();
  await Promise.all([measured, written]);
}

/**
 * A chunk when one is asked for, and none before. Node's own bridges between its streams and those of the Web let some 200
 * MiB of a file of 200 MiB run ahead of the writer.
 */
function sourceOf(readable: Readable): ReadableStream<Uint8Array> {
  const chunks = readable[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Takes a chunk when the one before has gone on. */
const sinkOf = (writable: Writable): WritableStream<Uint8Array> =>
  new WritableStream<Uint8Array>({
    async write(chunk) {
      if (!writable.write(chunk)) await once(writable, 'drain');
    },
    close: () => void writable.end(),
  });

/** Counts and hashes what passes. */
class Meter extends Transform {
  readonly hash: Hash = createHash('sha256');
  bytes = 0;

  constructor(private readonly limitBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limitBytes) {
      done(tooLarge(this.limitBytes));
      return;
    }
    this.hash.update(chunk);
    done(null, chunk);
  }
}

export const tooLarge = (limitBytes: number): Problem =>
  new Problem(
    'too-large',
    413,
    'The body is too large',
    `A file may be ${limitBytes} bytes long, as this server is set.`,
    // The rest of it is on its way, and nobody reads it.
    { headers: { connection: 'close' } },
  );
