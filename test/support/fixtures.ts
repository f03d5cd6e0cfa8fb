import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where third-party documents lie: `RONDA_FIXTURES`, else beside the repository. The product itself does not need them. */
const root = process.env.RONDA_FIXTURES ?? path.resolve(import.meta.dirname, '../../../shared/fixtures');

/**
 * `describe` for tests that read a folder of fixtures. Where it is absent one test stands in, skipped by its name, so that
 * the report says what was not tried.
 * @param folder below the fixtures' root, such as `rsit` or `csaf/2.0`.
 * @param tests given the folder's absolute path.
 */
export function describeWithFixtures(folder: string, tests: (dir: string) => void): void {
  const dir = path.join(root, folder);
  if (existsSync(dir)) {
    describe(`fixtures ${folder}`, () => tests(dir));
    return;
  }
  describe(`fixtures ${folder}`, () => {
    it.skip(`are not at ${dir}: set RONDA_FIXTURES`, () => undefined);
  });
}
