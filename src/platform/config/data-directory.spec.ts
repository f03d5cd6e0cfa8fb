import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataDirectory } from './data-directory.js';

describe('prepareDataDirectory', () => {
  const isRoot = process.getuid?.() === 0;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ronda-data-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes the folder, closed to others, and leaves nothing in it', () => {
    const made = prepareDataDirectory(join(folder, 'deep', 'er'), {});
    expect(statSync(made).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    expect(readdirSync(made)).toEqual([]);
  });

  it('keeps the mode of a folder that was there', () => {
    chmodSync(folder, 0o755);
    prepareDataDirectory(folder, {});
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it('names a file that is in the way', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => prepareDataDirectory(file, {})).toThrow(/cannot be .*file: a file is in the way/);
    expect(() => prepareDataDirectory(join(file, 'below'), {})).toThrow(/a file is in the way/);
  });

  it('says that a folder cannot be written', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: isRoot ? 0o700 : 0o500 });
    chmodSync(folder, 0o755);
    // Root may write everywhere, so it steps down for the question.
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(() => prepareDataDirectory(closed, {})).toThrow(
        /closed cannot be read and written by \S+: change its owner/,
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('says that the disk is full', () => {
    const env = { NODE_ENV: 'test', RONDA_FAULT: 'no-space' };
    expect(() => prepareDataDirectory(folder, env)).toThrow(/^There is no space left on the disk that holds /);
    expect(() => prepareDataDirectory(folder, { ...env, NODE_ENV: 'production' })).not.toThrow();
  });
});
