// npm run test:interop: what others wrote judges what Ronda writes and answers. Puts their tools below .interop, where Python or Go
// are present; a tool that cannot be had leaves its tests skipped, by name. What else is given goes to jest.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const venv = path.join(root, '.interop', 'venv');
const run = (command, args, env = process.env) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env }).status ?? 1;
const isHere = (command, arg) => spawnSync(command, [arg], { stdio: 'ignore' }).status === 0;

let python = process.env.RONDA_INTEROP_PYTHON;
if (!python && isHere('python3', '--version')) {
  const own = path.join(venv, 'bin', 'python');
  if (!existsSync(own)) run('python3', ['-m', 'venv', venv]);
  if (run(own, ['-m', 'pip', 'install', '--quiet', '-r', 'test/interop/requirements.txt']) === 0) python = own;
}
if (!process.env.RONDA_INTEROP_CSAF && isHere('go', 'version')) run('bash', ['test/interop/install-csaf-tools.sh']);

process.exit(
  run('npx', ['jest', 'test/interop', ...process.argv.slice(2)], {
    ...process.env,
    ...(python && { RONDA_INTEROP_PYTHON: python }),
  }),
);
