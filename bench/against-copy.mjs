// What a stream of requests writes, against COPY of the very rows that it made, into all the tables that it touched.
import pg from 'pg';
import { copyIn, copyOut } from './copy.mjs';
import { cpuMsOf } from './cpu.mjs';
import { median } from './median.mjs';

/**
 * @param {string} title
 * @param {object} options
 * @param {Record<string, string>} options.marks by name, the query of what is there before
 * @param {Record<string, string>} options.tables by table, which rows of it were made behind the marks ($name)
 * @param {number} options.count what one turn writes
 * @param {(turn: string) => Promise<() => Promise<void>>} options.prepare makes what is sent, and returns what sends it
 * @param {number} [options.turns] of a round, each of which COPY repeats in a transaction of its own
 */
export async function compareWithCopy(
  title,
  { marks, tables, count, prepare, turns = 1, product, superuserUrl, rounds, postgresPid, target, say },
) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const usedMs = () => ({ server: cpuMsOf(product.pid), postgres: cpuMsOf(postgresPid), client: 0 });
  const timed = async (work) => {
    const before = usedMs();
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1000;
    const after = usedMs();
    const cpu = Object.fromEntries(Object.keys(before).map((at) => [at, ((after[at] - before[at]) * 1000) / count]));
    return { rps: count / seconds, cpu };
  };
  const marked = async () => {
    const values = {};
    for (const [name, query] of Object.entries(marks)) values[name] = (await client.query(query)).rows[0].mark;
    return (table) => tables[table].replace(/\$(\w+)/g, (_, name) => values[name]);
  };
  const takeAway = async (which) => {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const table of Object.keys(tables).reverse())
      await client.query(`delete from ronda.${table} where ${which(table)}`);
    await client.query('commit');
  };
  try {
    const taken = [];
    for (let round = -1; round < rounds; round += 1) {
      const figures = { product: [], raw: [] };
      const written = [];
      const ofRound = await marked();
      for (let turn = 0; turn < turns; turn += 1) {
        const send = await prepare(`${Date.now()}-${turn}`);
        const which = await marked();
        figures.product.push(await timed(send));
        const rows = {};
        for (const table of Object.keys(tables))
          rows[table] = await copyOut(client, `(select * from ronda.${table} where ${which(table)})`);
        written.push(rows);
      }
      await takeAway(ofRound);
      for (const rows of written)
        figures.raw.push(
          await timed(async () => {
            await client.query('begin');
            for (const [table, copied] of Object.entries(rows)) await copyIn(client, `ronda.${table}`, copied);
            await client.query('commit');
          }),
        );
      // The first warms both up.
      if (round < 0) continue;
      const of = (name) => ({
        rps: median(figures[name].map(({ rps }) => rps)),
        cpu: Object.fromEntries(
          ['server', 'postgres', 'client'].map((where) => [where, median(figures[name].map(({ cpu }) => cpu[where]))]),
        ),
      });
      const [byProduct, byCopy] = [of('product'), of('raw')];
      taken.push({ product: byProduct, raw: byCopy, ratio: byProduct.rps / byCopy.rps });
      say(
        `${title} ${round + 1}/${rounds}: ${byProduct.rps.toFixed(0)} / ${byCopy.rps.toFixed(0)} a second = ${taken.at(-1).ratio.toFixed(3)}`,
      );
    }
    const of = (name) => ({
      rps: median(taken.map((round) => round[name].rps)),
      p50: null,
      p99: null,
      cpu: ['server', 'postgres', 'client'].map((where) => median(taken.map((round) => round[name].cpu[where]))),
    });
    const ratios = taken.map(({ ratio }) => ratio);
    return {
      title,
      target,
      product: of('product'),
      raw: of('raw'),
      ratio: median(ratios),
      lowest: Math.min(...ratios),
      highest: Math.max(...ratios),
    };
  } finally {
    await client.end();
  }
}
