import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import { AUTHORS } from './unnamed.js';

/** A partner, a constituent by relay, wide readers who may ask for quarantines; and who keeps the register, and reads none. */
const THIRD = [
  ['jp.analyst', true],
  ['telco.analyst', true],
  ['th.coordinator', true],
  ['vn.coordinator', true],
  ['secretariat.admin', false],
] as const;

describe('whoever wrote what is anonymous', () => {
  it.each(THIRD)(
    '%s is answered the same on every route',
    async (player, readsIncidents) => {
      const pair = await Pair.open(
        READERS.find((reader) => reader.player === player)!,
        [],
        {},
        AUTHORS,
      );
      try {
        const differences = await pair.drive(pair.script.asks());
        expect(differences.map(explain).join('\n\n')).toBe('');
        expect(pair.visible.incident.length > 0).toBe(readsIncidents);
      } finally {
        await pair.close();
      }
    },
    900_000,
  );
});
