import fc from 'fast-check';
import { TLP } from '../kernel/markings.js';
import type { Tlp } from '../kernel/markings.js';
import { audienceFaults, isWidening, kindOf, mayHaveAudience } from './audience.js';
import type { AudienceItem, ReleasedAs } from './audience.js';

const items: Record<string, AudienceItem> = {
  public: 'public',
  community: 'community',
  partners: 'partners',
  organisation: { organisation: 'o' },
  group: { group: 'g' },
  user: { user: 'u' },
  dutyRole: { dutyRole: { organisation: 'o', role: 'r' } },
};

describe('the ceiling', () => {
  it.each<[Tlp, string[]]>([
    ['TLP:CLEAR', ['public', 'community', 'partners', 'organisation', 'group', 'user', 'dutyRole']],
    ['TLP:GREEN', ['community', 'partners', 'organisation', 'group', 'user', 'dutyRole']],
    ['TLP:AMBER', ['organisation', 'group', 'user', 'dutyRole']],
    ['TLP:AMBER+STRICT', ['organisation', 'group', 'user', 'dutyRole']],
    ['TLP:RED', ['user', 'dutyRole']],
  ])('%s may go to %j and no further', (tlp, allowed) => {
    expect(Object.keys(items).filter((name) => mayHaveAudience(tlp, [items[name]!]))).toEqual(allowed);
  });

  it('no audience is fine at any marking: nobody but the owner', () => {
    expect(TLP.filter((tlp) => !mayHaveAudience(tlp, []))).toEqual([]);
  });

  it('a wider marking allows whatever a narrower one does', () => {
    fc.assert(
      fc.property(
        fc.subarray(Object.values(items)),
        fc.constantFrom(...TLP),
        fc.constantFrom(...TLP),
        (audience, a, b) => {
          const [wider, narrower] = TLP.indexOf(a) <= TLP.indexOf(b) ? [a, b] : [b, a];
          expect(mayHaveAudience(narrower, audience) && !mayHaveAudience(wider, audience)).toBe(false);
        },
      ),
    );
  });

  it('one item that is too wide is enough, and each is named', () => {
    const faults = audienceFaults('TLP:AMBER', [items.organisation!, 'community', items.user!, 'public'], '/audience');
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/audience/1', '/audience/3']);
    expect(faults[0]?.detail).toMatch(/^TLP:AMBER may not go to the community/);
  });

  it('a marking that is none allows nothing', () => {
    for (const item of Object.values(items)) expect(mayHaveAudience('TLP:WHITE' as Tlp, [item])).toBe(false);
  });

  it('what cannot be read names nobody, and is refused at every marking', () => {
    const unreadable: fc.Arbitrary<unknown> = fc.oneof(
      fc.string().filter((word) => !['public', 'community', 'partners'].includes(word)),
      fc.integer(),
      fc.constantFrom(null, undefined, {}, [], { organisation: 'o', user: 'u' }, { Organisation: 'o' }, { role: 'r' }),
    );
    fc.assert(
      fc.property(unreadable, fc.constantFrom(...TLP), (item, tlp) => {
        expect(kindOf(item)).toBeNull();
        expect(mayHaveAudience(tlp, [item as AudienceItem])).toBe(false);
      }),
    );
  });
});

describe('widening', () => {
  const released: fc.Arbitrary<ReleasedAs> = fc.record({
    tlp: fc.constantFrom(...TLP),
    principals: fc.uniqueArray(fc.integer({ min: 1, max: 6 })),
  });

  it('the first release widens nothing: there was none', () => {
    fc.assert(fc.property(released, (next) => expect(isWidening(null, next)).toBe(false)));
  });

  it('the same again is none, nor is anything taken away', () => {
    fc.assert(
      fc.property(released, fc.nat(6), (before, kept) => {
        expect(isWidening(before, before)).toBe(false);
        expect(isWidening(before, { ...before, principals: before.principals.slice(0, kept) })).toBe(false);
      }),
    );
  });

  it('one more principal is one, and so is the next wider marking', () => {
    fc.assert(
      fc.property(released, (before) => {
        expect(isWidening(before, { ...before, principals: [...before.principals, 99] })).toBe(true);
        const wider = TLP[TLP.indexOf(before.tlp) - 1];
        if (wider) expect(isWidening(before, { ...before, tlp: wider })).toBe(true);
      }),
    );
  });

  it('two steps that widen nothing make none that does', () => {
    fc.assert(
      fc.property(released, released, released, (a, b, c) => {
        if (!isWidening(a, b) && !isWidening(b, c)) expect(isWidening(a, c)).toBe(false);
      }),
    );
  });
});
