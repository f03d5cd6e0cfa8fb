import { emptyRecord } from '../record/index.js';
import type { ExchangeRecord } from '../record/index.js';
import { observableId } from './identifiers.js';
import { bundleText, readBundle, readObjects, readSound, toBundle } from './index.js';
import type { StixObject } from './index.js';
import { patternOf, toObservable } from './observables.js';
import { patternFault, valuesOfPattern } from './pattern.js';

const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const AMBER = 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421';
const WHITE = 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9';
const CLEAR = 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487';
const now = '2026-11-20T02:10:00.000Z';

const bundleOf = (...objects: object[]): object => ({
  type: 'bundle',
  id: 'bundle--2c1a4f5e-0b3d-4a6c-8e7f-9d0b1c2a3f4e',
  objects,
});
const incident = (members: object = {}): object => ({
  type: 'incident',
  spec_version: '2.1',
  id: 'incident--5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10',
  created: now,
  modified: now,
  name: 'Phishing wave',
  ...members,
});
const pointersOf = (value: unknown): string[] => readBundle(value).faults.map(({ pointer }) => pointer);

describe('ids of observables', () => {
  // As python-stix2 3.0.2 makes them.
  it.each([
    [{ type: 'ipv4-addr', value: '198.51.100.3' }, '28bb3599-77cd-5a82-a950-b5bc3caf07c4'],
    [{ type: 'domain-name', value: 'login-bank.example' }, '25a23faa-9081-5b27-b245-f5f8705f538d'],
    [
      { type: 'file', hashes: { 'SHA-256': 'a'.repeat(64), MD5: 'b'.repeat(32) } },
      'aba4f1e7-e3b9-59a9-a722-60a6ada7a8ec',
    ],
    [{ type: 'autonomous-system', number: 64500 }, '0a5f7072-df00-5729-9f0a-4eb18631a446'],
    [{ type: 'mutex', name: 'สวัสดี "x"' }, 'f0e7838a-0203-54b3-ad63-d3bce14d5981'],
    [{ type: 'windows-registry-key', key: 'HKEY_LOCAL_MACHINE\\x' }, '48155f17-ac7f-5e63-aeb0-0b5afc75f905'],
    [{ type: 'x509-certificate', hashes: { 'SHA-256': 'a'.repeat(64) } }, '75cb38d5-2055-5354-b75a-8299a2d670b5'],
  ])('are those of everybody: %j', (content, uuid) => {
    expect(observableId(content)).toBe(`${content.type}--${uuid}`);
  });
});

describe('markings', () => {
  it('reads white as CLEAR', () => {
    const { bundle } = readBundle(bundleOf(incident({ object_marking_refs: [WHITE] })));
    expect(bundle?.objects[0]?.markings.tlp).toBe('TLP:CLEAR');
    expect(bundle?.records[0]?.marking.tlp).toBe('TLP:CLEAR');
  });

  it('refuses two labels that differ, and takes two that say the same', () => {
    expect(pointersOf(bundleOf(incident({ object_marking_refs: [AMBER, RED] })))).toEqual([
      '/objects/0/object_marking_refs/1',
    ]);
    expect(pointersOf(bundleOf(incident({ object_marking_refs: [WHITE, CLEAR] })))).toEqual([]);
  });

  it('refuses two labels that differ of one part', () => {
    const granular_markings = [
      { marking_ref: AMBER, selectors: ['name'] },
      { marking_ref: RED, selectors: ['name'] },
    ];
    expect(pointersOf(bundleOf(incident({ granular_markings })))).toEqual([
      '/objects/0/granular_markings/1/selectors/0',
    ]);
  });

  it('says which marking nobody defined', () => {
    const id = 'marking-definition--1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
    const { bundle } = readBundle(bundleOf(incident({ object_marking_refs: [id] })));
    expect(bundle?.objects[0]?.markings.unknown).toEqual([id]);
  });

  it('puts an observable of two records under the narrower label', () => {
    const record = (id: string, tlp: 'TLP:GREEN' | 'TLP:RED'): Parameters<typeof toBundle>[0][number] => ({
      ...emptyRecord(id, now),
      marking: { tlp, pap: null },
      observables: [
        { type: 'ipv4', value: '198.51.100.3', forDetection: false, comment: null, firstSeen: null, lastSeen: null },
      ],
    });
    const records = [
      record('5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10', 'TLP:RED'),
      record('6f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10', 'TLP:GREEN'),
    ];
    const addresses = toBundle(records).objects.filter(({ type }) => type === 'ipv4-addr');
    expect(addresses.map(({ object_marking_refs }) => object_marking_refs)).toEqual([[RED]]);
  });
});

describe('a bundle', () => {
  it.each([
    [
      'a selector of nothing',
      incident({ granular_markings: [{ marking_ref: RED, selectors: ['description'] }] }),
      '/granular_markings/0/selectors/0',
    ],
    ['an id of another type', incident({ id: 'malware--5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10' }), '/id'],
    ['modified before created', incident({ modified: '2026-11-20T02:09:59.999Z' }), '/modified'],
    ['null', incident({ description: null }), '/description'],
    ['an empty list', incident({ labels: [] }), '/labels'],
    ['more than 53 bits', incident({ x_ronda_count: 2 ** 53 }), '/x_ronda_count'],
    ['STIX 2.0', incident({ spec_version: '2.0' }), '/spec_version'],
    ['no title', { ...incident(), name: undefined }, '/name'],
    [
      'a creator that is none',
      incident({ created_by_ref: 'malware--5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10' }),
      '/created_by_ref',
    ],
  ])('is refused for %s', (_, object, pointer) => {
    expect(pointersOf(bundleOf(incident(), object))).toContain(`/objects/1${pointer}`);
  });

  it('may be the objects of an envelope', () => {
    expect(readObjects([incident(), incident({ labels: [] })]).faults.map(({ pointer }) => pointer)).toEqual([
      '/1/labels',
    ]);
    expect(readObjects([incident()]).bundle?.records).toHaveLength(1);
  });

  it('is refused where one version says two things', () => {
    expect(pointersOf(bundleOf(incident(), incident({ name: 'Another' })))).toEqual(['/objects/1/id']);
    expect(pointersOf(bundleOf(incident(), incident()))).toEqual([]);
  });

  it('is held against the first of a version, and tells all that say otherwise', () => {
    const other = incident({ name: 'Another' });
    const objects = [incident(), ...Array.from({ length: 150 }, () => other), incident()] as StixObject[];
    expect(readSound(objects).faults.map(({ at }) => at)).toEqual(Array.from({ length: 150 }, (_, n) => n + 1));
    expect(pointersOf(bundleOf(...objects))).toHaveLength(100);
  });

  describe('of many incidents that name each other', () => {
    const idOf = (type: string, n: number): string =>
      `${type}--6f1c2b3a-4d5e-4f60-8a7b-${n.toString(16).padStart(12, '0')}`;
    const indicators = (count: number): object[] =>
      Array.from({ length: count }, (_, n) => ({
        type: 'indicator',
        spec_version: '2.1',
        id: idOf('indicator', n),
        created: '2026-01-01T00:00:00.000Z',
        modified: '2026-01-01T00:00:00.000Z',
        pattern_type: 'stix',
        pattern: `[ipv4-addr:value = '198.51.100.${n % 256}'] AND [domain-name:value = 'n${n}.example']`,
        valid_from: '2026-01-01T00:00:00.000Z',
      }));
    const incidents = (count: number): object[] =>
      Array.from({ length: count }, (_, n) => incident({ id: idOf('incident', n), name: `Phishing ${n}` }));
    const reportOn = (others: object[]): object => ({
      type: 'report',
      spec_version: '2.1',
      id: idOf('report', 0),
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      name: 'All of them',
      published: '2026-01-01T00:00:00.000Z',
      object_refs: (others as { id: string }[]).map(({ id }) => id),
    });

    it('reads each with what one report says of all', () => {
      const [few, said] = [incidents(3), indicators(40)];
      const { bundle } = readBundle(bundleOf(...few, ...said, reportOn([...few, ...said])));
      expect(bundle?.records.map(({ observables }) => observables.length)).toEqual([80, 80, 80]);
    });

    it('refuses those with which it is too much, in all their versions, and reads the others', () => {
      const [many, said] = [incidents(2_400), indicators(2_400)];
      const older = incident({ id: idOf('incident', 2_399), modified: '2026-11-20T02:10:00.001Z', name: 'Before' });
      const objects = [...many, older, ...said, reportOn([...many, ...said])] as StixObject[];
      const { faults } = readSound(objects);
      const refused = new Set(faults.map(({ at }) => at));
      expect(faults[0]).toMatchObject({ fault: { pointer: '', detail: expect.stringMatching(/fewer others/) } });
      // Both versions of the last, none of the first, and neither the report nor an indicator.
      expect([refused.has(2_400), refused.has(2_399), refused.has(0)]).toEqual([true, true, false]);
      expect(Math.max(...refused)).toBe(2_400);
      const { bundle } = readSound(objects.filter((_, at) => !refused.has(at)));
      expect(bundle?.records.length).toBe(2_401 - refused.size);
    });
  });

  it('is refused for a year that no calendar has', () => {
    const year = { created: '0000-01-01T00:00:00.000Z', modified: '0000-01-01T00:00:00.000Z' };
    expect(pointersOf(bundleOf(incident(year)))).toEqual(['/objects/0/created', '/objects/0/modified']);
    expect(pointersOf(bundleOf(incident({ created: '0001-01-01T00:00:00.000Z' })))).toEqual([]);
  });

  it('keeps all versions and makes a record of the newest', () => {
    const later = incident({ name: 'Phishing by SMS', modified: '2026-11-21T00:00:00.000Z' });
    const { bundle } = readBundle(bundleOf(later, incident()));
    expect(bundle?.objects).toHaveLength(2);
    expect(bundle?.records.map(({ title }) => title)).toEqual(['Phishing by SMS']);
  });

  it('makes no record of what is revoked', () => {
    const { bundle } = readBundle(
      bundleOf(incident(), incident({ revoked: true, modified: '2026-11-21T00:00:00.000Z' })),
    );
    expect(bundle?.records).toEqual([]);
    expect(bundle?.objects).toHaveLength(2);
  });

  it('says what it names and does not bring', () => {
    const created_by_ref = 'identity--0d2b7a5e-3c41-4b8e-9f16-6a7d8c9e0b12';
    const { bundle } = readBundle(bundleOf(incident({ created_by_ref })));
    expect(bundle?.objects[0]?.missing).toEqual([created_by_ref]);
  });

  it('of depth without end is refused without being walked', () => {
    const deep = JSON.parse(`${'{"inner":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as object;
    expect(pointersOf(bundleOf(incident({ x_ronda_deep: deep })))[0]).toMatch(/^\/objects\/0\/x_ronda_deep\/inner/);
  });

  it('of thousands of defects tells a hundred', () => {
    const objects = Array.from({ length: 5_000 }, () => ({ type: 'incident' }));
    expect(readBundle(bundleOf(...objects)).faults).toHaveLength(100);
  });
});

describe('a bundle as text', () => {
  /** Of records that each have an observable of their own, and one with all others, by pages of one. */
  const idsOf = async (count: number, mostRemembered: number): Promise<string[]> => {
    const pages = async function* (): AsyncGenerator<ExchangeRecord[]> {
      for (let n = 0; n < count; n += 1) {
        const id = `5f0c7a52-9c0e-4f54-8a5e-${n.toString().padStart(12, '0')}`;
        const values = ['everywhere.example', `only-${n}.example`, ...(n === count - 1 ? ['only-0.example'] : [])];
        const observables = values.map((value) => ({
          ...{ type: 'domain', value, forDetection: true, comment: null, firstSeen: null, lastSeen: null },
        }));
        yield await Promise.resolve([{ ...emptyRecord(id, now), modifiedAt: now, title: 'Phishing', observables }]);
      }
    };
    let text = '';
    for await (const chunk of bundleText(pages(), mostRemembered)) text += chunk;
    return (JSON.parse(text) as { objects: { id: string }[] }).objects.map(({ id }) => id);
  };

  it('has once what many records say', async () => {
    const ids = await idsOf(40, 1_000);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('remembers no more than it may: what nobody has said for long may come once more, and nothing else', async () => {
    const ids = await idsOf(40, 20);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    expect(twice).toEqual([observableId({ type: 'domain-name', value: 'only-0.example' })]);
  });
});

describe('patterns', () => {
  it.each([
    ["[ipv4-addr:value = '198.51.100.3']", null],
    ["[file:hashes.'SHA-256' = 'x' AND file:name = 'a]b'] FOLLOWEDBY ([url:value = 'c\\'d'])", null],
    ["[file:extensions.'windows-pebinary-ext'.sections[0].name = 'x']", null],
    ["[ipv4-addr:value = '198.51.100.3", /never closed/],
    ["ipv4-addr:value = 'x'", /no observation/],
    ["[ipv4-addr:value = 'x')", /closes nothing/],
  ])('%s', (pattern, fault) => {
    if (fault) expect(patternFault(pattern)).toMatch(fault);
    else expect(patternFault(pattern)).toBeNull();
  });

  it.each([
    ['ipv4', '198.51.100.3'],
    ['sha256', 'a'.repeat(64)],
    ['filename', "it's a\\b'] OR [file:name = 'x"],
    ['url', "http://login-bank.example/?q='x'"],
  ])('name the %s that they were made for', (type, value) => {
    const object = toObservable({ type, value });
    expect(object && valuesOfPattern(patternOf(object))).toEqual([{ type, value }]);
  });
});
