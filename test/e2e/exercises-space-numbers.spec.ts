import { SystemChance } from '../../src/kernel/chance.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { SequenceLedger } from '../../src/modules/ledger/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/** Chance whose next draws of four bytes are known. */
class LoadedChance extends SystemChance {
  readonly numbers: number[] = [];

  override bytes(length: number): Buffer {
    const next = length === 4 ? this.numbers.shift() : undefined;
    if (next === undefined) return super.bytes(length);
    const drawn = Buffer.alloc(4);
    drawn.writeUInt32BE(next);
    return drawn;
  }
}

const spaceOf = (drawn: number): number => (drawn >>> 2) + 1;

describe('the number of an exercise', () => {
  const chance = new LoadedChance();
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database, { chance });
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const create = async (): Promise<string> => {
    const organiser = api.as(cast['vn.organiser']!);
    const scenario = await organiser.post('scenarios', { document: exampleScenario }).expect(201);
    const { body } = await organiser
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.body.id,
        teams: [{ organisation: cast.stages.th!.id, roles: ['national-cert'] }],
      })
      .expect(201);
    return String(body.id);
  };

  it('is drawn by lot, and drawn again where it is taken: it does not say how many there were', async () => {
    const [one, other] = [0xfffffffe, 0x12345678];
    chance.numbers.push(one, one, other);
    const exercises = [await create(), await create()];
    expect(chance.numbers).toEqual([]);

    const analyst = api.as(cast['th.analyst']!);
    for (const exercise of exercises)
      await analyst.post('incidents', filing()).set('x-ronda-exercise', exercise).expect(201);
    server.clock.advance(60_000);
    await server.app.get(SequenceLedger).run();
    const names = await Promise.all(
      exercises.map(async (exercise) => {
        const { text } = await analyst
          .get('ledger/checkpoint')
          .set('x-ronda-exercise', exercise)
          .buffer(true)
          .expect(200);
        return text.split('\n', 1)[0];
      }),
    );
    expect(names).toEqual([one, other].map((drawn) => `test/ledger/${spaceOf(drawn)}`));
    for (const exercise of exercises) {
      const { body } = await analyst.get('incidents').set('x-ronda-exercise', exercise).expect(200);
      expect(body.items).toHaveLength(1);
    }
  });
});
