// docs/openapi.json is what the code says, is OpenAPI 3.1 and passes Redocly's rules. That it is whole (a summary, a
// shape and a valid example of every body) is judged by what writes it, src/openapi.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

const root = path.resolve(import.meta.dirname, '..');
const committedFile = path.join(root, 'docs/openapi.json');

class Fault extends Error {}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  if (status !== 0) throw new Fault(`${stdout}${stderr}`);
}

async function check(folder) {
  const build = await ensureBuilt();
  if (!build.ok) throw new Fault(build.output);
  const file = path.join(folder, 'openapi.json');
  run('dist/src/openapi.js', file);
  const current = readFileSync(file, 'utf8');
  const committed = existsSync(committedFile) ? readFileSync(committedFile, 'utf8') : '';
  if (current !== committed) {
    const was = committed.split('\n');
    const line = current.split('\n').findIndex((text, at) => text !== was[at]) + 1;
    throw new Fault(
      `docs/openapi.json is not what the code says, from line ${line} on: npm run openapi, and commit it`,
    );
  }
  const version = JSON.parse(current).openapi;
  if (!/^3\.1\./.test(version)) throw new Fault(`docs/openapi.json is OpenAPI ${version}, not 3.1`);
  run('node_modules/@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', '--format', 'stylish', committedFile);
}

const folder = mkdtempSync(path.join(tmpdir(), 'ronda-openapi-'));
try {
  await check(folder);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
