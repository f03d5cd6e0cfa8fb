import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** What is kept in memory for a reader that is slower than the writer; the rest lies in a file. */
const IN_MEMORY_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Some hundred million results that nobody fetches. */
const IN_FILE_BYTES = 16 * 1024 ** 3;

/**
 * What is written comes out in order, whenever its reader asks for it, and the writer never waits for the reader. A client
 * may send all of a bulk stream before it reads a single result: one that had to wait for it stalled both at line 60,374
 * of 200,000.
 */
export class ResultSpool extends Readable {
  private readonly memory: Buffer[] = [];
  private memoryBytes = 0;
  private file: FileHandle | null = null;
  private readAt = 0;
  private writtenTo = 0;
  private isWanted = false;
  private isReading = false;
  private isOver = false;
  private hasBegun = false;

  /**
   * @param dir where the file lies, if one is needed; made when it is not there.
   * @param begin called when somebody begins to read: whoever fills the spool begins then.
   */
  constructor(
    private readonly dir: string,
    private readonly begin: (spool: ResultSpool) => Promise<void>,
  ) {
    super({ highWaterMark: CHUNK_BYTES });
  }

  /** How much lies in the file and has not been fetched. */
  get spooledBytes(): number {
    return this.writtenTo - this.readAt;
  }

  /** @throws Error when the disk is full; what was written before still comes out. */
  async write(text: string): Promise<void> {
    if (this.destroyed) return;
    const bytes = Buffer.from(text);
    if (this.spooledBytes === 0 && !this.isReading && this.memoryBytes + bytes.length <= IN_MEMORY_BYTES) {
      this.memory.push(bytes);
      this.memoryBytes += bytes.length;
    } else {
      if (this.spooledBytes > IN_FILE_BYTES) throw new Error('Nobody fetches the results');
      // Read to the end: the file begins anew, and what was in it is given back to the disk.
      if (this.file && this.spooledBytes === 0 && !this.isReading) {
        await this.file.truncate(0);
        this.readAt = this.writtenTo = 0;
      }
      this.file ??= await this.openFile();
      await this.file.write(bytes, 0, bytes.length, this.writtenTo);
      this.writtenTo += bytes.length;
    }
    this.serve();
  }

  /** Says that nothing more will be written. */
  finish(): void {
    this.isOver = true;
    this.serve();
  }

  override _read(): void {
    if (!this.hasBegun) {
      this.hasBegun = true;
      void this.begin(this);
    }
    this.isWanted = true;
    this.serve();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.memory.length = 0;
    const { file } = this;
    this.file = null;
    // A read that is under way ends by itself: the handle closes behind it.
    if (!file) done(error);
    else
      file.close().then(
        () => done(error),
        () => done(error),
      );
  }

  /** Gives what was asked for, the oldest first: what is in memory is older than what is in the file. */
  private serve(): void {
    if (!this.isWanted || this.isReading || this.destroyed) return;
    const bytes = this.memory.shift();
    if (bytes) {
      this.memoryBytes -= bytes.length;
      this.give(bytes);
    } else if (this.spooledBytes > 0 && this.file) {
      this.isReading = true;
      this.readFile(this.file).catch((error: unknown) => this.destroy(error as Error));
    } else if (this.isOver) this.push(null);
  }

  private async readFile(file: FileHandle): Promise<void> {
    const length = Math.min(CHUNK_BYTES, this.spooledBytes);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, this.readAt);
    this.readAt += bytesRead;
    this.isReading = false;
    if (!this.destroyed) this.give(buffer.subarray(0, bytesRead));
  }

  private give(bytes: Buffer): void {
    this.isWanted = false;
    // Asks for the next by calling _read, at once or later.
    this.push(bytes);
  }

  private async openFile(): Promise<FileHandle> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const own = await mkdtemp(join(this.dir, 'bulk-'));
    const file = await open(join(own, 'results'), 'wx+', 0o600);
    // Without a name it goes with the process, however that ends.
    await rm(own, { recursive: true });
    if (this.destroyed) await file.close();
    return file;
  }
}
