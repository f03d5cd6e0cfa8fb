import { fork } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';

/** Starts one of the two servers in a process of its own, and tells where it listens. */
export function startServer(file, { folder, settings }) {
  const log = openSync(path.join(folder, `${path.basename(file, '.mjs')}.log`), 'a');
  const child = fork(path.join(import.meta.dirname, file), {
    env: { ...process.env, NODE_ENV: 'production', RONDA_BENCH_SERVER: JSON.stringify(settings) },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  /** Tells it something, and waits until it has done so. */
  const ask = (message) =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send(message);
    });
  /** What it says next, unasked. */
  const next = () => new Promise((resolve) => child.once('message', resolve));
  /** Begins a CPU profile, and writes it when called again. */
  const profile = (name) => ask({ profile: path.join(folder, `${path.basename(file, '.mjs')}-${name}.cpuprofile`) });
  return new Promise((resolve, reject) => {
    child.once('message', ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}`, pid: child.pid, ask, next, profile, stop }),
    );
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}
