import { DataSource } from 'typeorm';
import { Anonymity1763700000014 } from '../../migrations/1763700000014-anonymity.js';
import { migrations } from '../../migrations/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import { filing, release } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

describe('anonymous records that an older build has filed', () => {
  it('are their owner’s as before behind their veils, and keep the migration from being taken back once one went out', async () => {
    const database = await createTestDatabase();
    const cast = await assembleCast(database.superuserUrl);
    const source = await new DataSource({
      type: 'postgres',
      url: database.migratorUrl,
      installExtensions: false,
    }).initialize();
    const move = async (way: 'up' | 'down'): Promise<void> => {
      const runner = source.createQueryRunner();
      try {
        await runner.startTransaction();
        // What came after stands on it.
        const since = migrations.slice(migrations.indexOf(Anonymity1763700000014)).map((Each) => new Each());
        for (const each of way === 'up' ? since : since.toReversed()) await each[way](runner);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw error;
      } finally {
        await runner.release();
      }
    };
    const content = (more: object) => filing({ authorship: 'anonymous', countries: [], fraud: null, ...more });
    const ids: string[] = [];
    const see = async (api: Api): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (const player of ['vn.analyst', 'vn.second', 'vn.coordinator', 'th.analyst'])
        for (const id of ids)
          for (const path of ['', '/revisions', '/comments']) {
            const { status, body } = await api.as(cast[player]!).get(`incidents/${id}${path}`);
            // The alias is drawn by the product, and made of the id where there was none.
            seen.push([
              player,
              path,
              status,
              JSON.parse(JSON.stringify(body).replace(/"alias":\{[^}]*\}/g, '"alias":1')),
            ]);
          }
      return seen.map(
        (each) => JSON.parse(JSON.stringify(each).replace(/"requestId":"[^"]*"/g, '"requestId":1')) as unknown,
      );
    };
    const first = await startTestApp(database);
    const api = new Api(first.url);
    const vn = api.as(cast['vn.analyst']!);
    for (const tlp of ['TLP:AMBER', 'TLP:RED', 'TLP:GREEN']) {
      const { body } = await vn.post('incidents', content({ marking: { tlp } })).expect(201);
      ids.push(body.id as string);
      await vn.post(`incidents/${body.id}/submit`, { note: 'As agreed' }).expect(200);
      await vn.post(`incidents/${body.id}/comments`, { body: 'Ours' }).expect(201);
    }
    // Once RED, and no longer: what was written then is its author's.
    await vn.patch(`incidents/${ids[1]}`, { title: 'Of one person' });
    await vn.patch(`incidents/${ids[1]}`, { marking: { tlp: 'TLP:AMBER' }, title: 'Of all of us' });
    const before = await see(api);
    await first.close();

    await move('down');
    await move('up');
    const second = await startTestApp(database);
    const again = new Api(second.url);
    expect(await see(again)).toEqual(before);
    // And they go out.
    await again
      .as(cast['vn.coordinator']!)
      .post(`incidents/${ids[2]}/release`, release('TLP:GREEN', ['community']))
      .expect(202);
    await again.as(cast['vn.second']!).post(`incidents/${ids[2]}/release/confirm`, {}).expect(200);
    expect((await again.as(cast['th.analyst']!).get(`incidents/${ids[2]}`).expect(200)).body).toMatchObject({
      organisation: null,
      externalReferences: [],
    });
    await second.close();
    await expect(move('down')).rejects.toThrow('would name their owners');
    await source.destroy();
  });
});
