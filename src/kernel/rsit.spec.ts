import { isRsitClass, isRsitType, RSIT, RSIT_CLASSES, rsitTag, rsitTypes } from './rsit.js';

describe('the incident taxonomy', () => {
  it('knows a type only under its own class', () => {
    expect(isRsitType('fraud', 'phishing')).toBe(true);
    expect(isRsitType('fraud', 'spam')).toBe(false);
    expect(isRsitType('made-up', 'phishing')).toBe(false);
  });

  it('does not mistake what every object inherits for a class or a type', () => {
    expect(isRsitClass('constructor')).toBe(false);
    expect(isRsitType('fraud', 'toString')).toBe(false);
    expect(isRsitType('__proto__', 'constructor')).toBe(false);
  });

  it('writes the machine tag other tools know, and never another', () => {
    expect(rsitTag('fraud', 'phishing')).toBe('rsit:fraud="phishing"');
    expect(() => rsitTag('fraud', 'spam')).toThrow(RangeError);
  });

  it('gives every class types, and every type a name and a description', () => {
    for (const rsitClass of RSIT_CLASSES) {
      expect(rsitTypes(rsitClass).length).toBeGreaterThan(0);
      for (const type of Object.values(RSIT[rsitClass].types)) {
        expect(type.name.trim()).not.toBe('');
        expect(type.description.trim()).not.toBe('');
      }
    }
  });
});
