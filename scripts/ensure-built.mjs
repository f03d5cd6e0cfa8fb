// Builds dist/ when it is older than what it is made of; says nothing when it is not.
//
//   node scripts/ensure-built.mjs            for `npm start`: a build that fails ends here
//   node scripts/ensure-built.mjs --force    build all of it, whatever the times say (`npm run build`)
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.built');
const lock = path.join(root, 'node_modules', '.cache', 'ronda-build.lock');
const nest = path.join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

const sourceFolders = ['src', 'migrations'];
const sourceFiles = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    : [];

const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts');

/** The newest change among the sources, in ms since 1970; a folder's own time tells of files that went away. */
function newestSourceMs() {
  const files = sourceFolders.flatMap((folder) => {
    const below = filesBelow(path.join(root, folder)).filter(isSource);
    return [...below, ...new Set(below.map((file) => path.dirname(file)))];
  });
  return Math.max(
    ...[...files, ...sourceFiles.map((file) => path.join(root, file))]
      .filter((file) => existsSync(file))
      .map((file) => statSync(file).mtimeMs),
  );
}

/** Where the sources are not shipped (an image with dist/ alone) there is nothing to build from. */
const hasSources = () => existsSync(path.join(root, 'src')) && existsSync(path.join(root, 'tsconfig.build.json'));

/** The last build of these very sources, or null. */
function lastBuild() {
  if (!existsSync(stamp)) return null;
  const { builtFromMs, ok } = JSON.parse(readFileSync(stamp, 'utf8'));
  return builtFromMs >= newestSourceMs() ? { built: false, ok, output: '' } : null;
}

/** tsc never deletes: a migration or a module that was renamed would live on in dist/. */
function removeOrphans() {
  for (const folder of sourceFolders) {
    for (const file of filesBelow(path.join(dist, folder))) {
      const source = path.join(root, path.relative(dist, file).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts'));
      if (/(\.d\.ts|\.js)(\.map)?$/.test(file) && !existsSync(source)) rmSync(file, { force: true });
    }
  }
}

/** Two starts, or a start and a test run, at once: the second waits for the first. */
async function withLock(work) {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (attempt > 600 || !isAlive(lockOwner())) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function lockOwner() {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * @param {{force?: boolean, mayHaveFaults?: boolean}} options `mayHaveFaults`: what the compiler wrote in spite of the
 *   faults it found will do, as for tests while the types are still being mended.
 * @returns {Promise<{built: boolean, ok: boolean, output: string}>} `ok` is false when the compiler found faults.
 */
export async function ensureBuilt({ force = false, mayHaveFaults = false } = {}) {
  if (!hasSources() || !existsSync(nest)) {
    // An installation without development packages, or without sources, runs what was built elsewhere.
    const ok = existsSync(path.join(dist, 'src', 'main.js'));
    return { built: false, ok, output: ok ? '' : 'dist/ is not there, and neither is what it is built with: npm ci\n' };
  }
  const fresh = () => {
    const last = force ? null : lastBuild();
    return last && (last.ok || mayHaveFaults) ? last : null;
  };
  const last = fresh();
  if (last) return last;
  return withLock(() => {
    const meanwhile = fresh();
    if (meanwhile) return meanwhile;
    const builtFromMs = newestSourceMs();
    rmSync(stamp, { force: true });
    // Without its outputs an incremental build believes that there is nothing to do. One by force is whole: the compiler
    // lists a union in the order in which it met its members, and the OpenAPI document is to be that of a clean checkout.
    if (force || filesBelow(path.join(dist, 'src')).length === 0)
      rmSync(path.join(dist, '.tsbuildinfo'), { force: true });
    removeOrphans();
    const run = spawnSync(process.execPath, [nest, 'build'], { cwd: root, encoding: 'utf8' });
    const ok = run.status === 0;
    if (existsSync(dist)) writeFileSync(stamp, JSON.stringify({ builtFromMs, ok }));
    return { built: true, ok, output: `${run.stdout ?? ''}${run.stderr ?? ''}` };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = performance.now();
  const { built, ok, output } = await ensureBuilt({ force: process.argv.includes('--force') });
  if (!ok) {
    process.stderr.write(output);
    process.exit(1);
  }
  if (built) console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
