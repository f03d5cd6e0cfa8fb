// npm run dev: builds, starts, and on each change of a source builds again and restarts. A build that fails leaves the
// product running as it was.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

const root = path.resolve(import.meta.dirname, '..');
/** Editors write a file in several steps. */
const QUIET_MS = 150;

let child = null;
let isEnding = false;

function start() {
  child = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], { cwd: root, stdio: 'inherit' });
  child.once('exit', (code) => {
    if (!isEnding && code) console.error(`ronda ended with ${code}; waiting for a change`);
    child = null;
  });
}

/** The product drains its requests and stops its database; a second one on the same folder would refuse to start. */
const stop = () =>
  new Promise((resolve) => {
    if (!child) return resolve();
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });

let hasNewRegion = false;

async function restart() {
  const started = performance.now();
  const { built, ok, output } = await ensureBuilt();
  if (!ok) return process.stderr.write(output);
  if (built) console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  else if (child && !hasNewRegion) return;
  hasNewRegion = false;
  await stop();
  if (!isEnding) start();
}

let timer = null;
let running = Promise.resolve();
function queue() {
  clearTimeout(timer);
  timer = setTimeout(() => (running = running.then(restart, restart)), QUIET_MS);
}
for (const folder of ['src', 'migrations']) watch(path.join(root, folder), { recursive: true }, queue);
// Read at boot, not built.
watch(path.join(root, 'regions'), { recursive: true }, () => {
  hasNewRegion = true;
  queue();
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    isEnding = true;
    await stop();
    process.exit(0);
  });
}
await restart();
