import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import type { Reader } from './readers.js';
import type { Ask } from './script.js';
import { everySecretFrom } from './secrets.js';
import { shareOf } from './shares.js';
import { secretsOfSpaces } from './spaces.js';

/** One of that many patterns of requests is asked beside the first of each route: every-route.spec.ts asks for all, in real life. */
const SHARE = Number(process.env.RONDA_NONINTERFERENCE_SPACES_SHARE ?? 12);

const known = (player: string): Reader => READERS.find((each) => each.player === player)!;

/** Whom it concerns, and where they look: in real life beside a drill of theirs, in real life beside none, and inside. */
const LOOKERS: readonly [where: string, Reader][] = [
  ['in real life, of a team of the drill', known('th.coordinator')],
  ['in real life, of no team', known('telco.analyst')],
  ['in the drill, of a team', { ...known('th.coordinator'), inside: 'drill' }],
  ['in the drill, its controller', { ...known('vn.coordinator'), inside: 'drill' }],
];

describe('whatever happens in another space', () => {
  it.each(LOOKERS.map(([where, reader], nth) => [reader.player, where, reader, nth] as const))(
    '%s, %s, is answered the same on every route',
    async (_player, _where, reader, nth) => {
      const isInside = reader.inside !== undefined;
      // Inside, all that happens in real life is hidden too, whatever it is.
      const secrets = [...(isInside ? everySecretFrom(reader) : []), ...secretsOfSpaces(reader)];
      const pair = await Pair.open(reader, secrets);
      try {
        const drill = pair.prop('drill');
        const asks = pair.script
          .asks()
          // From real life nobody looks inside here: what is seen there is the business of those who ask inside.
          .filter(({ pattern }) => isInside || !pattern.includes(`"x-ronda-exercise":"${drill}"`));
        const asked = shareOf(asks, SHARE, (share) => share === nth % SHARE);
        const differences = await pair.drive(asked);
        expect(differences.map(explain).join('\n\n')).toBe('');
        // What was to be hidden has happened, or nothing was tried; of real life, the reader may have changed what one needs.
        const failed = pair.told.filter((line) => line.includes('did not happen'));
        expect(failed.filter((line) => secretsOfSpaces(reader).some(({ kind }) => line.startsWith(kind)))).toEqual([]);
        const routes = (of: readonly Ask[]): string[] => [
          ...new Set(of.map(({ route: { method, url } }) => `${method} ${url}`)),
        ];
        expect(routes(asked)).toEqual(routes(asks));
        // A team has records there, and whoever conducts has the drill.
        const seen = reader.player === 'th.coordinator' ? pair.visible.incident : pair.visible.exercise;
        if (isInside) expect(seen.length).toBeGreaterThan(0);
        const answered = [...pair.statuses].flatMap(([route, statuses]) =>
          [...statuses].filter((status) => status >= 500).map((status) => `${route} ${status}`),
        );
        expect(answered).toEqual([]);
      } finally {
        await pair.close();
      }
    },
    900_000,
  );
});
