import { createHash, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { StartupError } from '../config/startup-error.js';

/**
 * A backup as a file: this line, frames, and the SHA-256 of all that is before it.
 *
 * A frame is its type (1 byte), the length of its payload (4 bytes, big-endian), the payload, and the SHA-256 of the
 * frame before and of these three: a frame that is changed, moved, repeated or missing shows.
 */
const MAGIC = Buffer.from('RONDA-BACKUP 1\n');
const MAGIC_WITHOUT_VERSION = 'RONDA-BACKUP ';
const DIGEST_BYTES = 32;
const PREFIX_BYTES = 5;
/** Of a payload. Whatever claims to be longer is damage. */
const LONGEST_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** `H` header, `T` a table begins, `D` deflated lines of COPY's text, `Z` the table ends, `E` the end of the backup. */
export type FrameType = 'H' | 'T' | 'D' | 'Z' | 'E';

export interface Frame {
  type: FrameType;
  payload: Buffer;
  /** Of the file, up to and with this frame. */
  bytes: number;
}

const sha256 = (...parts: Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const prefixOf = (type: FrameType, payload: Buffer): Buffer => {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(type, 'latin1');
  prefix.writeUInt32BE(payload.length, 1);
  return prefix;
};

/** Writes a backup, frame by frame, into a file of mode 0600. */
export class BackupWriter {
  private readonly whole = createHash('sha256');
  private last: Buffer = Buffer.alloc(DIGEST_BYTES);
  bytes = 0;

  private constructor(private readonly file: FileHandle) {}

  /** @throws the system's error, `EEXIST` where the file is there already. */
  static async create(path: string): Promise<BackupWriter> {
    const writer = new BackupWriter(await open(path, 'wx', 0o600));
    await writer.put(MAGIC);
    return writer;
  }

  async write(type: FrameType, payload: Buffer): Promise<void> {
    const prefix = prefixOf(type, payload);
    this.last = sha256(this.last, prefix, payload);
    await this.put(Buffer.concat([prefix, payload, this.last]));
  }

  /** Completes the file and waits until it is on the disk. */
  async end(): Promise<void> {
    await this.file.appendFile(this.whole.digest());
    await this.file.sync();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async put(bytes: Buffer): Promise<void> {
    this.whole.update(bytes);
    this.bytes += bytes.length;
    await this.file.appendFile(bytes);
  }
}

/**
 * Reads a backup in constant memory, checking each frame before it is handed on. What has ended without an error was
 * whole, to the last byte.
 * @throws StartupError `backup` naming what is wrong.
 */
export async function* readFrames(path: string): AsyncGenerator<Frame, void, void> {
  const source = await Source.open(path);
  try {
    await readMagic(source, path);
    let last: Buffer = Buffer.alloc(DIGEST_BYTES);
    for (;;) {
      const prefix = await source.take(PREFIX_BYTES);
      const length = prefix.readUInt32BE(1);
      if (length > LONGEST_BYTES) throw damaged(path, source.bytes);
      const payload = await source.take(length);
      const digest = await source.take(DIGEST_BYTES);
      last = sha256(last, prefix, payload);
      if (!timingSafeEqual(last, digest)) throw damaged(path, source.bytes);
      const type = prefix.toString('latin1', 0, 1) as FrameType;
      // The end is no end before all of the file has agreed.
      if (type === 'E') await readEnd(source, path);
      yield { type, payload, bytes: source.bytes };
      if (type === 'E') return;
    }
  } finally {
    await source.close();
  }
}

async function readMagic(source: Source, path: string): Promise<void> {
  const magic = await source.take(MAGIC.length);
  if (magic.equals(MAGIC)) return;
  const said = magic.toString('latin1');
  if (!said.startsWith(MAGIC_WITHOUT_VERSION)) throw new StartupError('backup', `${path} is no backup of Ronda.`);
  throw new StartupError(
    'backup',
    `${path} is a backup of another format (${said.slice(MAGIC_WITHOUT_VERSION.length).trim()}), or damaged; nothing was changed.`,
  );
}

async function readEnd(source: Source, path: string): Promise<void> {
  const whole = source.digest();
  const digest = await source.take(DIGEST_BYTES);
  if (!timingSafeEqual(whole, digest) || !(await source.isAtEnd())) throw damaged(path, source.bytes);
}

const damaged = (path: string, at: number): StartupError =>
  new StartupError('backup', `${path} is damaged before byte ${at}: take another copy of it; nothing was changed.`);

/** A file, read in order. */
class Source {
  private readonly whole = createHash('sha256');
  private readonly chunk = Buffer.alloc(READ_BYTES);
  private filled = 0;
  private used = 0;
  bytes = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
  ) {}

  static async open(path: string): Promise<Source> {
    try {
      return new Source(await open(path, 'r'), path);
    } catch (error) {
      throw new StartupError('backup', `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'why?'}).`, {
        cause: error,
      });
    }
  }

  async take(length: number): Promise<Buffer> {
    const taken = Buffer.alloc(length);
    for (let got = 0; got < length;) {
      if (this.used === this.filled && !(await this.fill())) {
        throw new StartupError(
          'backup',
          `${this.path} ends in the middle: it was cut off, or never completed; nothing was changed.`,
        );
      }
      const copied = this.chunk.copy(taken, got, this.used, Math.min(this.filled, this.used + length - got));
      this.used += copied;
      got += copied;
    }
    this.bytes += length;
    this.whole.update(taken);
    return taken;
  }

  /** Of all that was taken so far. */
  digest(): Buffer {
    return this.whole.copy().digest();
  }

  async isAtEnd(): Promise<boolean> {
    return this.used === this.filled && !(await this.fill());
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async fill(): Promise<boolean> {
    const { bytesRead } = await this.file.read(this.chunk, 0, READ_BYTES);
    this.filled = bytesRead;
    this.used = 0;
    return bytesRead > 0;
  }
}
