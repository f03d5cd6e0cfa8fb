import type { Readable } from 'node:stream';

/** A name of a stored file: what its bytes hash to, and whose they are. Never anything that a caller wrote. */
export type FileName = `${string}-${string}`;

/** Where bytes lie that are too many for the database: a folder, or a bucket. */
export abstract class FileStore {
  /** Where files are laid aside while they arrive; on the disk that `keep` takes them from. */
  abstract readonly incoming: string;

  /** Takes a file in, whole or not at all: once this resolves it outlasts the process. The file at `path` is gone then. */
  abstract keep(name: FileName, path: string): Promise<void>;

  /** @throws Error where there is none. */
  abstract read(name: FileName): Promise<Readable>;

  /** Does nothing where there is none. */
  abstract remove(name: FileName): Promise<void>;

  /** All there are, in no order, with when each was taken in. */
  abstract list(): AsyncIterable<{ name: FileName; keptAt: Date }>;
}

const NAME = /^[0-9a-f]{64}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a name in the store is one of ours: whatever else lies there is nobody's business. */
export const isFileName = (name: string): name is FileName => NAME.test(name);
