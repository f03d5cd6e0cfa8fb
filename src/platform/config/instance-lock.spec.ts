import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstanceLock } from './instance-lock.js';

describe('InstanceLock', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ronda-lock-'));
    file = join(folder, 'instance.lock');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses a second instance by the number of the first', () => {
    const lock = InstanceLock.acquire(folder);
    expect(() => InstanceLock.acquire(folder)).toThrow(
      `Another Ronda (process ${process.pid}) already runs on ${folder}`,
    );
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    InstanceLock.acquire(folder).release();
  });

  it('counts a process of another user as running', () => {
    writeFileSync(file, JSON.stringify({ pid: 1, startedAt: null }));
    expect(() => InstanceLock.acquire(folder)).toThrow('Another Ronda (process 1)');
  });

  it.each([
    [
      'an instance that was killed',
      () => JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid, startedAt: null }),
    ],
    ['a torn file', () => '{"pid":'],
    ['an empty file', () => ''],
  ])('takes over from %s', (_what, content) => {
    writeFileSync(file, content());
    const lock = InstanceLock.acquire(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['instance.lock']);
    lock.release();
  });

  (existsSync('/proc/self/stat') ? it : it.skip)('is not held up by a process that was given the same number', () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another boot 4711' }));
    InstanceLock.acquire(folder).release();
  });

  it('leaves alone what somebody else has taken meanwhile', () => {
    const lock = InstanceLock.acquire(folder);
    const others = JSON.stringify({ pid: 1, startedAt: null });
    writeFileSync(file, others);
    lock.release();
    expect(readFileSync(file, 'utf8')).toBe(others);
  });
});
