import { eachOf } from './at-once.js';

describe('eachOf', () => {
  it('does each once, and no more at once than it may', async () => {
    const done: number[] = [];
    let underWay = 0;
    let most = 0;
    await eachOf([10, 20, 30, 40, 50], 2, async (item, at) => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      done.push(item + at);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual([10, 21, 32, 43, 54]);
    expect(most).toBe(2);
  });

  it('begins nothing more after a failure, and waits for what was begun', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = eachOf([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error('the first');
      ended.push(item);
    });
    await expect(work).rejects.toThrow('the first');
    expect(begun).toEqual([1, 2]);
    expect(ended).toEqual([2]);
  });
});
