import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf, noSpaceLeft } from './startup-error.js';

/**
 * Writes a file of mode 0600 whole or not at all: readers see the old content or the new, also after a crash.
 * @throws StartupError `no-space`.
 */
export function writePrivateFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    // 'wx': a name left by a crash may belong to anybody; O_EXCL also refuses a planted link.
    rmSync(draft, { force: true });
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw codeOf(error) === 'ENOSPC' ? noSpaceLeft(path, error) : error;
  }
}
