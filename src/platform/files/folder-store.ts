import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore, isFileName } from './file-store.js';
import type { FileName } from './file-store.js';

/** A folder of 256 folders, each file in that which its name begins with. */
export class FolderStore extends FileStore {
  readonly incoming: string;

  /** @param root absolute; made when the first file arrives. */
  constructor(private readonly root: string) {
    super();
    this.incoming = join(root, 'incoming');
  }

  /** Moved, so that nobody ever finds half of it; the file and the folder that names it are on the disk before it counts. */
  override async keep(name: FileName, path: string): Promise<void> {
    const folder = this.folderOf(name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await flush(path);
    await rename(path, join(folder, name));
    await flush(folder);
  }

  override async read(name: FileName): Promise<Readable> {
    const path = join(this.folderOf(name), name);
    await stat(path);
    return createReadStream(path);
  }

  override async remove(name: FileName): Promise<void> {
    await rm(join(this.folderOf(name), name), { force: true });
  }

  override async *list(): AsyncGenerator<{ name: FileName; keptAt: Date }> {
    for await (const folder of entries(this.root)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for await (const name of entries(join(this.root, folder))) {
        if (!isFileName(name)) continue;
        const found = await stat(join(this.root, folder, name)).catch(ifAbsent);
        if (found) yield { name, keptAt: found.mtime };
      }
    }
  }

  private folderOf(name: FileName): string {
    if (!isFileName(name)) throw new Error('A file has a name of its store');
    return join(this.root, name.slice(0, 2));
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* entries(path: string): AsyncGenerator<string> {
  const folder = await opendir(path).catch(ifAbsent);
  for await (const { name } of folder ?? []) yield name;
}

/** Removed by somebody else meanwhile, or never made. */
function ifAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
