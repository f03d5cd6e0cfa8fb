import { spawnSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { toBundle } from '../../src/codecs/stix/index.js';
import { exchangeRecord } from '../support/exchange-records.js';

/** A Python that has `requirements.txt` installed. */
const python = process.env.RONDA_INTEROP_PYTHON ?? 'python3';
const judge = path.join(import.meta.dirname, 'stix_validator.py');
const isHere = spawnSync(python, [judge, '--check']).status === 0;

function verdicts(bundles: object[]): string[][] {
  const { stdout, stderr, status } = spawnSync(python, [judge], {
    input: JSON.stringify(bundles),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

if (!isHere)
  describe('stix2-validator', () => {
    it.skip(`is not installed for ${python}: see requirements.txt, or set RONDA_INTEROP_PYTHON`, () => undefined);
  });
else
  describe('stix2-validator (strict) and python-stix2', () => {
    it('take what Ronda writes of 200 incidents', () => {
      const records = fc.sample(exchangeRecord, { numRuns: 200, seed: 20_261_122 });
      const wrong = verdicts(records.map((record) => toBundle([record])));
      expect(wrong).toHaveLength(200);
      expect(wrong.filter((each) => each.length > 0)).toEqual([]);
    }, 300_000);

    it('find what is wrong', () => {
      const [record] = fc.sample(exchangeRecord, { numRuns: 1, seed: 1 });
      if (!record) throw new Error('there is no record');
      const bundle = toBundle([record]);
      const objects = bundle.objects.map((each) =>
        each.type === 'incident' ? { ...each, created: 'yesterday' } : each,
      );
      expect(
        verdicts([{ ...bundle, objects }])
          .flat()
          .join(),
      ).toContain('yesterday');
    });
  });
