// What is asked of both servers, and that both answer the same.
import assert from 'node:assert/strict';
import pg from 'pg';

const SAMPLE = 300;
const IDS = 4_000;

/** @param reader nobody, of what is anybody's. */
export const get = async (server, path, reader, init = {}) => {
  const answer = await fetch(server.url + path, {
    ...init,
    headers: { ...(reader && { authorization: `Bearer ${reader.token}` }), ...init.headers },
  });
  const body = await answer.text();
  assert.ok(answer.ok, `${path} answers ${answer.status}: ${body.slice(0, 300)}`);
  return body;
};

/** The scenarios, and what the baseline is told: the ids and the cursor of each reader's first page. */
export async function scenarios({ product, readers, superuserUrl }) {
  const pages = {};
  for (const [name, reader] of Object.entries(readers)) {
    const page = JSON.parse(await get(product, '/api/v1/incidents?limit=100', reader));
    assert.ok(page.items.length > 0, `The ${name} reader should see something`);
    pages[name] = { 100: { ids: page.items.map(({ id }) => id), next: page.next } };
  }
  const ids = await readableIds(superuserUrl, readers.wide);
  const byId = ids.map((id) => `/api/v1/incidents/${id}`);
  const newest = (name) => ({
    reader: readers[name],
    requests: [{ path: '/api/v1/incidents?limit=100' }],
    assertSame: assertSameAnswers(['/api/v1/incidents?limit=100'], readers[name]),
  });
  const commonWord = await mostCommonWord(superuserUrl);
  return {
    pages,
    commonWord,
    scenarios: [
      {
        name: 'by-id',
        title: 'one by id',
        target: 0.5,
        reader: readers.wide,
        requests: byId.map((path) => ({ path })),
        assertSame: assertSameAnswers(byId.slice(0, SAMPLE), readers.wide),
      },
      { name: 'newest-wide', title: 'newest 100, wide reader', target: 0.6, ...newest('wide') },
      { name: 'newest-narrow', title: 'newest 100, narrow reader', target: 0.45, ...newest('narrow') },
      {
        name: 'file-one',
        title: 'file one',
        target: 0.4,
        reader: readers.wide,
        requests: [{ path: '/api/v1/incidents', method: 'POST', body: JSON.stringify(BODY) }],
        assertSame: assertSameFiling(readers.wide),
      },
      ...(await searches({ readers, commonWord, superuserUrl })),
    ],
  };
}

/** Of a sample of the texts. */
async function mostCommonWord(superuserUrl) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select word from ts_stat('select words from ronda.search_document where incident_key % 20 = 0 limit 10000')
        where word ~ '^[a-z]{4,}$' order by ndoc desc, word limit 1`,
    );
    return rows[0].word;
  } finally {
    await client.end();
  }
}

/** A word that one record has, another each time, and the word that most have: as they are ranked, for each reader. */
async function searches({ readers, commonWord, superuserUrl }) {
  const made = [];
  for (const [name, reader] of Object.entries(readers)) {
    const rare = (await rareWords(superuserUrl, reader)).map((word) => `/api/v1/search?limit=20&q=${word}`);
    const common = [`/api/v1/search?limit=20&q=${commonWord}`];
    for (const [kind, target, paths] of [
      ['rare', 0.5, rare],
      ['common', 0.3, common],
    ])
      made.push({
        name: `search-${kind}-${name}`,
        title: `search a ${kind} word, ${name} reader`,
        target,
        reader,
        requests: paths.map((path) => ({ path })),
        assertSame: assertSameAnswers(paths, reader),
      });
  }
  return made;
}

/** The names of victims' tickets, which end their titles: of records that the reader reads, and that no more than two have. */
async function rareWords(superuserUrl, { principals }) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select word from (
         select lower(substring(r.facts ->> 'title' from '-(\\w+)\\)$')) as word
           from ronda.readable_since s join ronda.incident_revision r on r.space = 0 and r.incident_key = s.record_key and r.number = 1
          where s.space = 0 and s.record_kind = 'incident' and s.principal_key = any ($1::int[])
          order by md5(s.record_id::text) limit 2000) titles
        where word ~ '[0-9]' and (select count(*) from ronda.search_document d where d.words @@ quote_literal(word)::tsquery) <= 2
        limit 100`,
      [principals],
    );
    return rows.map(({ word }) => word);
  } finally {
    await client.end();
  }
}

/** Records all over the wide reader's range, in no order. */
async function readableIds(superuserUrl, { principals }) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select id from ronda.incident where audience && $1::int[] order by md5(id::text) limit ${IDS}`,
      [principals],
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

export const assertSameAnswers = (paths, reader) => async (product, raw) => {
  for (const path of paths)
    assert.equal(await get(raw, path, reader), await get(product, path, reader), `Both answer ${path} alike`);
};

/** Two filings of the same differ in id and time; and where the product reads back what jsonb kept, in the order of members. */
const assertSameFiling = (reader) => async (product, raw) => {
  const file = async (server) => {
    const init = { method: 'POST', body: JSON.stringify(BODY), headers: { 'content-type': 'application/json' } };
    const view = JSON.parse(await get(server, '/api/v1/incidents', reader, init));
    return { ...view, id: null, updatedAt: null };
  };
  const [filed, byHand] = [await file(product), await file(raw)];
  assert.deepEqual(byHand, filed);
  assert.deepEqual(Object.keys(byHand), Object.keys(filed));
};

export const BODY = {
  title: 'Bank phishing wave by SMS',
  description:
    'Customers of several banks received **SMS** with links to `login-bank.example`, a copy of the sign-in page. The page asks ' +
    'for the one-time code and forwards it within seconds.\n\nThe hosting provider was told; the domain was registered four ' +
    'days before. Affected accounts were locked, sessions ended, and customers are being told.',
  language: 'en',
  rsit: { class: 'fraud', type: 'phishing' },
  marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
  occurredAt: '2026-11-19T18:00:00.000Z',
  detectedAt: '2026-11-20T02:10:00.000Z',
  sector: 'finance',
  countries: ['VN', 'TH'],
  severity: { functionalImpact: 'minimal', informationImpact: 'credentials', recoverability: 'supplemented' },
  fraud: {
    modus: 'An SMS in the name of a bank leads to a copied sign-in page.',
    channel: 'sms',
    impersonated: 'Example Bank',
    instruments: [{ type: 'bank-account', value: '0071000123456', country: 'VN', bank: 'Example Bank' }],
    loss: { amount: '12500.00', currency: 'VND' },
    victims: 14,
  },
  techniques: ['T1566.002', 'T1656'],
  tags: ['campaign:name="lotus"'],
  externalReferences: [{ source: 'ticket', id: 'VN-2026-118' }],
};
