import { timeOf } from './misp-event.js';

describe('a time of MISP', () => {
  it.each([
    ['1763604000', '2025-11-20T02:00:00.000Z'],
    [1763604000, '2025-11-20T02:00:00.000Z'],
    ['2025-11-20T09:00:00+07:00', '2025-11-20T02:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('is read: %j', (given, time) => {
    expect(timeOf(given)).toBe(time);
  });

  it.each(['', 'soon', null, {}, 1e300, '+010000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', 253402300800])(
    'is none where the database keeps none: %j',
    (given) => {
      expect(timeOf(given)).toBeNull();
    },
  );
});
