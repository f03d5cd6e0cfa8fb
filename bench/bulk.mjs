// Bulk filing against COPY of the very rows that it made (against-copy.mjs).
import assert from 'node:assert/strict';
import { compareWithCopy } from './against-copy.mjs';

/** @param lines what is filed at once, and copied at once */
export const compareBulk = ({ reader, body, lines, ...options }) =>
  compareWithCopy(`file ${lines} in bulk, against COPY`, {
    ...options,
    target: 0.15,
    count: lines,
    marks: {
      from: 'select coalesce(max(key), 0) as mark from ronda.incident',
      outbox: 'select coalesce(max(key), 0) as mark from ronda.outbox',
    },
    tables: {
      incident: 'key > $from',
      incident_revision: 'incident_key > $from',
      readable_since: "record_kind = 'incident' and record_key > $from",
      search_document: 'incident_key > $from',
      filed_line: 'incident_id in (select id from ronda.incident where key > $from)',
      outbox: 'key > $outbox',
    },
    prepare: (turn) => {
      const text = linesOf(body, lines, turn);
      return () => fileAll(options.product, reader, text, lines);
    },
  });

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
