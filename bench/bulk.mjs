// Bulk filing against COPY of the very rows that it made, into all the tables that it touched.
import assert from 'node:assert/strict';
import pg from 'pg';
import { copyIn, copyOut } from './copy.mjs';
import { cpuMsOf } from './cpu.mjs';
import { median } from './median.mjs';

/** Each table with which rows of it one stream has filed: $from is the last incident key before, $outbox the last event's. */
const TABLES = {
  incident: 'key > $from',
  incident_revision: 'incident_key > $from',
  readable_since: "record_kind = 'incident' and record_key > $from",
  search_document: 'incident_key > $from',
  filed_line: 'incident_id in (select id from ronda.incident where key > $from)',
  outbox: 'key > $outbox',
};

/** @param lines what is filed at once, and copied at once */
export async function compareBulk({ product, superuserUrl, reader, body, lines, rounds, postgresPid, say }) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const newest = async (table) => Number((await client.query(`select max(key) from ronda.${table}`)).rows[0].max ?? 0);
  const usedMs = () => ({ server: cpuMsOf(product.pid), postgres: cpuMsOf(postgresPid), client: 0 });
  const timed = async (work) => {
    const before = usedMs();
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1000;
    const after = usedMs();
    const cpu = Object.fromEntries(Object.keys(before).map((at) => [at, ((after[at] - before[at]) * 1000) / lines]));
    return { rps: lines / seconds, cpu };
  };
  try {
    const taken = [];
    for (let round = -1; round < rounds; round += 1) {
      const text = linesOf(body, lines, `${Date.now()}`);
      const from = await newest('incident');
      const outbox = await newest('outbox');
      const byProduct = await timed(() => fileAll(product, reader, text, lines));
      const which = (table) => TABLES[table].replace('$from', from).replace('$outbox', outbox);
      const rows = {};
      for (const table of Object.keys(TABLES))
        rows[table] = await copyOut(client, `(select * from ronda.${table} where ${which(table)})`);
      await client.query('begin');
      await client.query('set local session_replication_role = replica');
      for (const table of Object.keys(TABLES).reverse())
        await client.query(`delete from ronda.${table} where ${which(table)}`);
      await client.query('commit');
      const byCopy = await timed(async () => {
        await client.query('begin');
        for (const [table, copied] of Object.entries(rows)) await copyIn(client, `ronda.${table}`, copied);
        await client.query('commit');
      });
      // The first warms both up.
      if (round < 0) continue;
      taken.push({ product: byProduct, raw: byCopy, ratio: byProduct.rps / byCopy.rps });
      say(
        `bulk ${round + 1}/${rounds}: ${byProduct.rps.toFixed(0)} / ${byCopy.rps.toFixed(0)} lines/s = ${taken.at(-1).ratio.toFixed(3)}`,
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
      title: `file ${lines} in bulk, against COPY`,
      target: 0.15,
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

const linesOf = (body, lines, run) =>
  Array.from({ length: lines }, (_, n) =>
    JSON.stringify({
      ...body,
      title: `${body.title} ${n}`,
      externalReferences: [{ source: 'bench', id: `${run}-${n}` }],
    }),
  ).join('\n');

async function fileAll(product, reader, text, lines) {
  const answer = await fetch(`${product.url}/api/v1/incidents/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reader.token}`, 'content-type': 'application/x-ndjson' },
    body: text,
  });
  const results = (await answer.text()).trim().split('\n');
  assert.equal(results.length, lines);
  for (const result of results) assert.match(result, /"status":"filed"/);
}
