import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform, Writable } from 'node:stream';
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
  const out = Writable.toWeb(stored as Writable);
  const written = pipeline(stored, file);
  // Fails with what made it fail, below.
  written.catch(() => undefined);
  const writer = new ZipWriter(out, {
    password: PASSWORD,
    zipCrypto: true,
    level: 0,
    useWebWorkers: false,
    lastModDate: at,
    extendedTimestamp: false,
  });
  const measured = pipeline(input, sent).catch(() => undefined);
  await writer.add(id, Readable.toWeb(sent) as ReadableStream<Uint8Array>);
  await writer.add(`${id}.filename.txt`, new Blob([name]).stream());
  await writer.close();
  await Promise.all([measured, written]);
}

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
