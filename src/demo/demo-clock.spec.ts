import { DemoClock } from './demo-clock.js';

it('is set back for what is done within, also later and beside each other, and for nothing else', async () => {
  const clock = new DemoClock();
  const moment = (text: string): Promise<string> =>
    clock.at(new Date(text), async () => {
      await Promise.resolve();
      return clock.now().toISOString();
    });
  const times = ['2026-01-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z'];
  expect(await Promise.all(times.map(moment))).toEqual(times);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
});
