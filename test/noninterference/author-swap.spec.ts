import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import { AUTHORS } from './unnamed.js';

/** A partner, a constituent by relay, wide readers who may ask for quarantines, and who keeps the region's register. */
const THIRD = ['jp.analyst', 'telco.analyst', 'th.coordinator', 'vn.coordinator', 'secretariat.admin'];

describe('whoever wrote what is anonymous', () => {
  it.each(THIRD)(
    '%s is answered the same on every route',
    async (player) => {
      const pair = await Pair.open(
        READERS.find((reader) => reader.player === player)!,
        [],
        {},
        AUTHORS,
      );
      try {
        const differences = await pair.drive(pair.script.asks());
        expect(differences.map(explain).join('\n\n')).toBe('');
        // It was there to be told of: of another's record somebody is named as "an active member".
        expect(pair.visible.incident.length).toBeGreaterThan(0);
      } finally {
        await pair.close();
      }
    },
    300_000,
  );
});
