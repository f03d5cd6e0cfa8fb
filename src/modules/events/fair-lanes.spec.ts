import { FairLanes } from './fair-lanes.js';

/** Work that ends when it is told to. */
function work() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    of: (name: string) => () =>
      new Promise<void>((resolve) => {
        begun.push(name);
        ends.set(name, resolve);
      }),
    end: async (name: string) => {
      ends.get(name)!();
      await new Promise(setImmediate);
    },
  };
}

describe('fair lanes', () => {
  it('leave lanes free of one owner, and give the next to who has the least, in the order in which they came', async () => {
    const lanes = new FairLanes(3, 2);
    const { begun, of, end } = work();
    for (const key of [1, 2, 3, 4]) void lanes.run(key, 100, of(`slow ${key}`));
    expect(begun).toEqual(['slow 1', 'slow 2']);
    void lanes.run(5, 200, of('other 5'));
    expect(begun).toEqual(['slow 1', 'slow 2', 'other 5']);
    void lanes.run(6, 200, of('other 6'));
    void lanes.run(7, 300, of('third 7'));
    await end('slow 2');
    // Whoever waited longer has something under way.
    expect(begun.slice(3)).toEqual(['third 7']);
    await end('third 7');
    expect(begun.slice(4)).toEqual(['slow 3']);
    await end('slow 3');
    await end('slow 1');
    expect(begun.slice(5)).toEqual(['slow 4', 'other 6']);
  });

  it('know what waits and what is under way, until it was done', async () => {
    const lanes = new FairLanes(1, 1);
    const { of, end } = work();
    const first = lanes.run(1, 100, of('first'));
    const second = lanes.run(2, 200, of('second'));
    expect([1, 2, 3].map((key) => lanes.has(key))).toEqual([true, true, false]);
    await end('first');
    await first;
    expect([1, 2].map((key) => lanes.has(key))).toEqual([false, true]);
    await end('second');
    await second;
    expect(lanes.has(2)).toBe(false);
  });

  it('are free again behind what failed', async () => {
    const lanes = new FairLanes(1, 1);
    const failing = lanes.run(1, 100, () => Promise.reject(new Error('of no use')));
    const { begun, of } = work();
    void lanes.run(2, 100, of('next'));
    await expect(failing).rejects.toThrow('of no use');
    expect(begun).toEqual(['next']);
  });
});
