import { join } from 'node:path';
import type { FileStore } from './file-store.js';
import { FolderStore } from './folder-store.js';

/** A folder, or a bucket of S3. */
export type FilePlace = { folder: string } | { bucket: string; prefix: string; endpoint?: string | undefined };

/** Where attachments lie, and how large one may be. */
export interface FileSettings {
  place: FilePlace;
  limitBytes: number;
}

export const DEFAULT_FILE_LIMIT_BYTES = 256 * 1024 * 1024;

/** @param tempDir where what goes to a bucket is laid aside. */
export async function openFileStore(place: FilePlace, tempDir: string): Promise<FileStore> {
  if ('folder' in place) return new FolderStore(place.folder);
  // The client of S3 is loaded where there is a bucket.
  const { BucketStore } = await import('./bucket-store.js');
  return new BucketStore(place, join(tempDir, 'incoming'));
}
