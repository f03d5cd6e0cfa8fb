// The last lines of .ci/run, from the JSON that jest wrote.
//
//   node scripts/ci-summary.mjs FOLDER [FAILED STEP…]
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The first line that says more than that something failed. */
const gist = (message) =>
  message
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line && !line.startsWith('●')) ?? 'failed';

const [folder, ...failedSteps] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
const skippedFixtures = new Set();
const counted = new Set();

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const step = path.basename(file, '.json');
  const report = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  // A file that could not be loaded, or that left connections open, fails without a failed test of its own.
  const brokenFiles = report.testResults.filter(
    (result) => result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  );
  passed += report.numPassedTests;
  failed += report.numFailedTests + brokenFiles.length;
  skipped += report.numPendingTests + report.numTodoTests;
  if (report.numFailedTests + brokenFiles.length > 0) counted.add(step);
  for (const result of report.testResults) {
    const name = path.relative(process.cwd(), result.name);
    if (brokenFiles.includes(result)) console.log(`${step}: ${name}: ${gist(result.message)}`);
    for (const test of result.assertionResults) {
      if (test.status === 'failed') console.log(`${step}: ${name}: ${test.fullName}`);
      const isFixture = test.status === 'pending' && test.ancestorTitles[0]?.startsWith('fixtures ');
      if (isFixture) skippedFixtures.add(`${step}: ${test.fullName}`);
    }
  }
}

// A step that failed otherwise than by a test counts as one.
const others = failedSteps.filter((step) => !counted.has(step));
failed += others.length;
if (others.length > 0) console.log(`failed: ${others.join(', ')}`);
console.log(
  skippedFixtures.size === 0
    ? 'no fixture test was skipped'
    : `${skippedFixtures.size} fixture tests skipped:\n${[...skippedFixtures].map((name) => `  ${name}`).join('\n')}`,
);
if (passed + failed === 0) {
  console.log('no test ran');
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
