// npm run check: everything that is judged without running the product, in the order of how soon it speaks. Stops at
// the first failure.
//
//   npm run check                 all of it
//   npm run check -- types dead   only these
import { spawn } from 'node:child_process';

const STEPS = [
  ['format', 'prettier finds every file formatted'],
  ['lint', 'eslint, with rules that know the types'],
  ['types', 'tsc'],
  ['imports', 'the arrows of the house; docs/architecture.md shows the imports there are'],
  ['dead', 'no file, export or dependency without a use'],
  ['openapi', 'docs/openapi.json is what the code says, and passes the linter'],
  ['migrations', 'up, down, up; migrations/schema.sql is what they make'],
  ['tables', 'every table has a policy or a listed exemption'],
  ['routes', 'every route has a rule in the access matrix'],
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some(([step]) => step === name));
if (unknown.length > 0) {
  console.error(`There is no check named ${unknown.join(', ')}. There are: ${STEPS.map(([step]) => step).join(', ')}`);
  process.exit(2);
}

const isTerminal = process.stdout.isTTY;
const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`.padStart(7);

/** @returns {Promise<{code: number, output: string}>} */
const runScript = (name) =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', `check:${name}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(isTerminal && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {}) },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 1, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

const startedMs = performance.now();
for (const [name, meaning] of STEPS.filter(([step]) => asked.length === 0 || asked.includes(step))) {
  const stepMs = performance.now();
  if (isTerminal) process.stdout.write(`  … ${name}\r`);
  const { code, output } = await runScript(name);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds(stepMs)}  ${meaning}`);
  if (code !== 0) {
    process.stdout.write(`\n${output.trimEnd()}\n\nnpm run check:${name} failed after ${seconds(startedMs).trim()}\n`);
    process.exit(1);
  }
}
console.log(`all good in ${seconds(startedMs).trim()}`);
