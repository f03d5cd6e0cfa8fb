// Envelopes of STIX as a feed of indicators sends them, against COPY of the rows that they come to.
import assert from 'node:assert/strict';
import pg from 'pg';
import { compareWithCopy } from './against-copy.mjs';
import { built } from './built.mjs';
import { dice } from './dice.mjs';
import { FILED, inputOf } from './observed.mjs';

const AT = '2026-11-20T02:10:00.000Z';
/** TLP:GREEN, as STIX 2.1 names it. */
const GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';

/** @param {{collection: string, objects: number, turns: number}} options envelopes of so many objects, one after the other */
export async function compareEnvelopes({ collection, reader, objects, ...options }) {
  const make = await envelopes(objects);
  let nth = await sentBefore(options.superuserUrl);
  return compareWithCopy(`POST of ${objects} objects, against COPY`, {
    ...options,
    target: 0.15,
    count: objects,
    marks: {
      added: `select coalesce(max(added_at), '-infinity')::text as mark from ronda.exchange_object`,
      asked: `select coalesce(max(requested_at), '-infinity')::text as mark from ronda.taxii_status`,
    },
    tables: { exchange_object: `added_at > '$added'`, taxii_status: `requested_at > '$asked'` },
    prepare: () => {
      const body = make(nth++);
      return () => post(options.product, reader, collection, body, objects);
    },
  });
}

/** Of a database that was kept: what came before would not be written again. */
async function sentBefore(superuserUrl) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    return (await client.query('select count(*)::int as sent from ronda.taxii_status')).rows[0].sent;
  } finally {
    await client.end();
  }
}

/** An address or a name, what to look for, and that the one is of the other; by thirds, and who says so. */
async function envelopes(objects) {
  const { patternOf, toObservable } = await built('src/codecs/stix/observables.js');
  return (nth) => {
    const { uuid } = dice(100 + nth);
    const identity = `identity--${uuid()}`;
    const header = (type) => ({
      type,
      spec_version: '2.1',
      id: `${type}--${uuid()}`,
      created_by_ref: identity,
      created: AT,
      modified: AT,
      object_marking_refs: [GREEN],
    });
    const made = [{ ...header('identity'), id: identity, name: `Feed ${nth}`, identity_class: 'organization' }];
    delete made[0].created_by_ref;
    for (let n = FILED + nth * objects; made.length < objects; n += 1) {
      const { type, value } = inputOf(n);
      const observable = { ...toObservable({ type, value }), object_marking_refs: [GREEN] };
      const indicator = {
        ...header('indicator'),
        name: value,
        indicator_types: ['malicious-activity'],
        pattern: patternOf(observable),
        pattern_type: 'stix',
        valid_from: AT,
      };
      const based = {
        ...header('relationship'),
        relationship_type: 'based-on',
        source_ref: indicator.id,
        target_ref: observable.id,
      };
      made.push(observable, indicator, based);
    }
    return JSON.stringify({ objects: made.slice(0, objects) });
  };
}

async function post(product, reader, collection, body, objects) {
  const answer = await fetch(`${product.url}/taxii2/live/collections/${collection}/objects/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reader.token}`, 'content-type': 'application/taxii+json;version=2.1' },
    body,
  });
  const status = await answer.json();
  assert.equal(answer.status, 202, JSON.stringify(status).slice(0, 500));
  assert.equal(status.success_count, objects, JSON.stringify(status.failures?.[0]));
}
