import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readEvent, toEvent } from '../../src/codecs/misp/index.js';
import { readBundle, toBundle } from '../../src/codecs/stix/index.js';
import { RONDA_EXTENSION } from '../../src/codecs/stix/ronda-extension.js';
import { exchangeRecord } from '../support/exchange-records.js';

const numRuns = Number(process.env.RONDA_PROPERTY_RECORDS ?? 300);
const anonymous = { uuid: '7d0f6e2a-40f3-4c1e-9a5b-1f2e3d4c5b6a', name: 'Somebody' };
const now = '2026-11-22T00:00:00.000Z';

/** Through bytes, as it would leave. */
const sent = <T>(value: T): unknown => JSON.parse(JSON.stringify(value));

describe('an incident that leaves and comes back', () => {
  it('is the same by STIX 2.1', () => {
    fc.assert(
      fc.property(exchangeRecord, (record) => {
        const { faults, bundle } = readBundle(sent(toBundle([record])));
        expect(faults).toEqual([]);
        expect(bundle?.records).toEqual([record]);
      }),
      { numRuns },
    );
  });

  it('is the same by MISP', () => {
    fc.assert(
      fc.property(exchangeRecord, (record) => {
        const written = toEvent(record, { uuid: record.id, anonymous, distribution: 'community' });
        const { faults, event } = readEvent(sent(written), { uuid: anonymous.uuid, now });
        expect(faults).toEqual([]);
        expect(event?.record).toEqual(record);
      }),
      { numRuns },
    );
  });

  it('is the same beside others in one bundle', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(exchangeRecord, { minLength: 2, maxLength: 4, selector: ({ id }) => id }),
        (records) => {
          const { faults, bundle } = readBundle(sent(toBundle(records)));
          expect(faults).toEqual([]);
          expect(bundle?.records).toEqual(records);
        },
      ),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });

  it('gives the same bundle, event and ids each time', () => {
    fc.assert(
      fc.property(exchangeRecord, (record) => {
        const options = { uuid: record.id, anonymous, distribution: 'community' } as const;
        expect(toBundle([record])).toEqual(toBundle([record]));
        expect(toEvent(record, options)).toEqual(toEvent(record, options));
        const ids = toBundle([record]).objects.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });

  it('says in its extension of STIX what the published schema allows', () => {
    const file = path.resolve(import.meta.dirname, '../../docs/stix-extension.schema.json');
    const schema = JSON.parse(readFileSync(file, 'utf8')) as { properties: object };
    const validate = new Ajv2020().compile({ ...schema, additionalProperties: false });
    fc.assert(
      fc.property(exchangeRecord, (record) => {
        const extensions = toBundle([record]).objects.flatMap(
          (object) => (object.extensions as Record<string, unknown> | undefined)?.[RONDA_EXTENSION] ?? [],
        );
        expect(extensions.length).toBeGreaterThan(0);
        for (const extension of extensions) {
          validate(extension);
          expect(validate.errors).toBeNull();
        }
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });

  it('names nobody where it is anonymous', () => {
    fc.assert(
      fc.property(exchangeRecord, (record) => {
        const unsigned = {
          ...record,
          organisation: null,
          notes: record.notes.map((each) => ({ ...each, organisation: null })),
          sightings: record.sightings.map((each) => ({ ...each, organisation: null })),
        };
        const { objects } = toBundle([unsigned]);
        // Ronda's own is who defines its extension.
        expect(objects.filter(({ type }) => type === 'identity').map(({ name }) => name)).toEqual(['Ronda']);
        const { Event } = toEvent(unsigned, { uuid: anonymous.uuid, anonymous, distribution: 'community' });
        expect(Event.Orgc).toEqual(anonymous);
        expect(JSON.stringify(Event)).not.toContain(record.id);
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });
});
