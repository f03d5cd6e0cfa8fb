// npm run test:noninterference -- --worlds N: two worlds that differ in what a reader may not see, N times over, beside the other
// tests of non-interference. Many worlds are dealt out to the processor's cores. Whatever else is given goes to jest.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** From here on it pays to load the product once more for each core. */
const MANY_WORLDS = 1_000;
/** So many are asked by one process: what it keeps of those that it is done with makes it slow in the end. */
const OF_A_PROCESS = 500;

const { values, tokens } = parseArgs({
  options: { worlds: { type: 'string', default: '200' } },
  strict: false,
  tokens: true,
});
if (!/^[1-9]\d*$/.test(values.worlds)) {
  console.error(`--worlds takes a number, not ${values.worlds}.`);
  process.exit(2);
}
const worlds = Number(values.worlds);
const own = tokens
  .filter(({ name }) => name === 'worlds')
  .flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1]));
const others = process.argv.slice(2).filter((_, index) => !own.includes(index));

/** @returns whether it was green. */
const jest = (args, worldsOfIt) =>
  new Promise((resolve, reject) => {
    const child = spawn('npx', ['jest', ...args], {
      stdio: 'inherit',
      env: { ...process.env, RONDA_NONINTERFERENCE_WORLDS: String(worldsOfIt) },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });

const isDealt = worlds >= MANY_WORLDS && others.length === 0 && process.env.RONDA_NONINTERFERENCE_SEED === undefined;
const green = [];
if (isDealt) {
  const shares = Array.from({ length: Math.ceil(worlds / OF_A_PROCESS) }, (_, index) =>
    Math.min(OF_A_PROCESS, worlds - index * OF_A_PROCESS),
  );
  const began = performance.now();
  let alike = 0;
  const core = async () => {
    for (let share; (share = shares.pop()) !== undefined;) {
      // Each draws a seed of its own.
      const isGreen = await jest(['test/noninterference/random-worlds'], share);
      green.push(isGreen);
      if (isGreen) alike += share;
      console.error(`${alike} of ${worlds} pairs alike, ${Math.round((performance.now() - began) / 1000)} s`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, core));
  green.push(await jest(['test/noninterference', '--testPathIgnorePatterns', 'random-worlds'], worlds));
} else {
  green.push(await jest(others.length > 0 ? others : ['test/noninterference'], worlds));
}
process.exitCode = green.every(Boolean) ? 0 : 1;
