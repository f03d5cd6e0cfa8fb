import { memoryOfHere, memorySettings } from './memory.js';

const GIB = 2 ** 30;

describe('memorySettings', () => {
  it.each([
    [GIB / 2, '256MB', '1024MB'],
    [2 * GIB, '512MB', '1024MB'],
    [6 * GIB, '1536MB', '3072MB'],
    [64 * GIB, '2048MB', '32768MB'],
  ])('gives of %d bytes %s for buffers', (bytes, buffers, cache) => {
    expect(memorySettings(bytes)).toEqual({ shared_buffers: buffers, effective_cache_size: cache });
  });
});

describe('memoryOfHere', () => {
  const limited = (limit: number): number => {
    const asked = jest.spyOn(process, 'constrainedMemory').mockReturnValue(limit);
    try {
      return memoryOfHere();
    } finally {
      asked.mockRestore();
    }
  };

  it('is that of the container, where it has less than the machine', () => {
    expect(limited(GIB / 4)).toBe(GIB / 4);
    // No limit, as control groups of either version say it.
    expect(limited(0)).toBe(limited(2 ** 63));
    expect(limited(0)).toBeGreaterThan(GIB / 4);
  });
});
