import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets } from './secrets.js';

describe('openSecrets', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ronda-secrets-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes them once, for the owner alone', () => {
    const made = openSecrets(folder);
    expect(made.secretKeys).toEqual([expect.objectContaining({ length: 32 })]);
    expect(new Set(Object.values(made.postgres)).size).toBe(3);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(openSecrets(folder)).toEqual(made);
    expect(readdirSync(folder)).toEqual(['secrets.json']);
  });

  it('are different in every installation', () => {
    const other = mkdtempSync(join(tmpdir(), 'ronda-secrets-'));
    expect(openSecrets(other).secretKeys).not.toEqual(openSecrets(folder).secretKeys);
    rmSync(other, { recursive: true });
  });

  it('let a given key take precedence without keeping it', () => {
    const kept = openSecrets(folder).secretKeys;
    const given = Buffer.alloc(32, 1);
    expect(openSecrets(folder, [given]).secretKeys).toEqual([given]);
    expect(openSecrets(folder).secretKeys).toEqual(kept);
  });

  it.each(['', '{', 'null', '{"secretKey":"AAAA","postgres":{}}', '{"secretKey":7}'])(
    'never replace a damaged file: %s',
    (content) => {
      writeFileSync(join(folder, 'secrets.json'), content);
      expect(() => openSecrets(folder)).toThrow(/secrets\.json is damaged: restore it/);
      expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe(content);
    },
  );
});
