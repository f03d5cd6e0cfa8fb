// npm run test:noninterference -- --worlds N: two worlds that differ in what a reader may not see, N times over, beside the other
// tests of non-interference. Whatever else is given goes to jest.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, tokens } = parseArgs({
  options: { worlds: { type: 'string', default: '200' } },
  strict: false,
  tokens: true,
});
if (!/^[1-9]\d*$/.test(values.worlds)) {
  console.error(`--worlds takes a number, not ${values.worlds}.`);
  process.exit(2);
}
const own = tokens
  .filter(({ name }) => name === 'worlds')
  .flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1]));
const others = process.argv.slice(2).filter((_, index) => !own.includes(index));
const { status } = spawnSync('npx', ['jest', ...(others.length > 0 ? others : ['test/noninterference'])], {
  stdio: 'inherit',
  env: { ...process.env, RONDA_NONINTERFERENCE_WORLDS: values.worlds },
});
process.exit(status ?? 1);
