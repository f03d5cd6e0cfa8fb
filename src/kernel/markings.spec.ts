import fc from 'fast-check';
import { PAP, TLP, isWiderThan } from './markings.js';

describe('markings', () => {
  it('are the labels of TLP 2.0 and PAP, from the widest to the narrowest', () => {
    expect(TLP).toEqual(['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED']);
    expect(PAP).toEqual(['PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED']);
  });

  it('of two, exactly one is wider, or they are the same', () => {
    const any = fc.constantFrom(...TLP);
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect([isWiderThan(a, b), isWiderThan(b, a), a === b].filter(Boolean)).toHaveLength(1);
        if (isWiderThan(a, b) && isWiderThan(b, c)) expect(isWiderThan(a, c)).toBe(true);
      }),
    );
  });
});
