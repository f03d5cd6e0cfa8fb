import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import { shareOf } from './shares.js';
import { AUTHORS } from './unnamed.js';

/** A partner, a constituent by relay, wide readers who may ask for quarantines; and who keeps the register, and reads none. */
const THIRD = [
  ['jp.analyst', true],
  ['telco.analyst', true],
  ['th.coordinator', true],
  ['vn.coordinator', true],
  ['secretariat.admin', false],
] as const;

/** `npm run test:noninterference` has each of them ask for everything; else each pattern is asked by two of the five. */
const isWhole = process.env.RONDA_NONINTERFERENCE_WORLDS !== undefined;
const isAskedBy = (nth: number, share: number): boolean =>
  isWhole || share === nth || share === (nth + 1) % THIRD.length;

describe('whoever wrote what is anonymous', () => {
  it.each(THIRD.map(([player, readsIncidents], nth) => [player, readsIncidents, nth] as const))(
    '%s is answered the same on every route',
    async (player, readsIncidents, nth) => {
      const pair = await Pair.open(
        READERS.find((reader) => reader.player === player)!,
        [],
        {},
        AUTHORS,
      );
      try {
        const asks = shareOf(pair.script.asks(), THIRD.length, (share) => isAskedBy(nth, share));
        const differences = await pair.drive(asks);
        expect(differences.map(explain).join('\n\n')).toBe('');
        expect(pair.visible.incident.length > 0).toBe(readsIncidents);
      } finally {
        await pair.close();
      }
    },
    900_000,
  );
});
