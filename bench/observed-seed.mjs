import pg from 'pg';
import { appearanceReader, copyAppearances, inOneGo, observablesOf } from './observed.mjs';

const BATCH = 1_000;

/** Observables for seeded incidents, as many as asked for. @returns `more` of startCluster */
export const observables = ({ incidents, each }) => ({
  stamp: `each with ${each} observables`,
  seed: async (url, world, { onProgress }) => {
    const read = await appearanceReader();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('set search_path = ronda; set synchronous_commit = off; set maintenance_work_mem = 512000');
      await client.query('begin');
      await inOneGo(client, ['observable_appearance'], async () => {
        for (let from = 0; from < incidents; from += BATCH) {
          const said = [];
          for (let nth = from; nth < Math.min(incidents, from + BATCH); nth += 1)
            said.push([nth + 1, read(observablesOf(nth, { incidents, each }))]);
          await copyAppearances(client, said);
          if (from % (10 * BATCH) === 0) onProgress(`${from * each} of ${incidents * each} observables`);
        }
      });
      await client.query('commit');
      await client.query('vacuum (analyze) ronda.observable_appearance');
      await client.query('checkpoint');
    } finally {
      await client.end();
    }
  },
});
