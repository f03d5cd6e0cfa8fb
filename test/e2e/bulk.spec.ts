import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { Api } from '../support/api.js';
import { openBulk, resultsIn, sendBulk } from '../support/bulk.js';
import type { BulkAnswer, BulkResult } from '../support/bulk.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { schemaCases } from '../support/veris-cases.js';

let app: TestApp;
let cast: Cast;
let api: Api;
let superuser: pg.Client;

beforeAll(async () => {
  const database = await createTestDatabase();
  cast = await assembleCast(database.superuserUrl);
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  app = await startTestApp(database);
  api = new Api(app.url);
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

const send = (who: string, lines: readonly (object | string)[], query = ''): Promise<BulkAnswer> =>
  sendBulk(app.url, cast[who]!, lines, query);
const statuses = ({ results }: BulkAnswer): string[] => results.map(({ status }) => status);
const known = (id: string): object => ({ externalReferences: [{ source: 'bulk', id }] });
const typeOf = (result: BulkResult | undefined): string | undefined => result?.problem?.type;
const count = async (): Promise<number> => {
  const { rows } = await superuser.query<{ count: number }>('select count(*)::int as count from ronda.incident');
  return rows[0]!.count;
};

describe('a bulk stream', () => {
  it('files each line as a draft of the caller, and answers each in order', async () => {
    const { status, type, results } = await send('vn.analyst', [
      filing(known('a-1')),
      { title: 'Little is known' },
      filing({ ...known('a-3'), authorship: 'anonymous' }),
    ]);
    expect([status, type]).toEqual([200, 'application/x-ndjson']);
    expect(results).toEqual([1, 2, 3].map((line) => ({ line, status: 'filed', id: expect.any(String) })));
    const analyst = api.as(cast['vn.analyst']!);
    for (const { id } of results) await api.as(cast['th.analyst']!).get(`incidents/${id}`).expect(404);

    // What was filed in bulk is what would have been filed alone.
    const alone = await analyst.post('incidents', filing(known('a-1'))).expect(201);
    const inBulk = await analyst.get(`incidents/${results[0]!.id}`).expect(200);
    expect({ ...inBulk.body, id: null }).toEqual({ ...alone.body, id: null });
    const veiled = await analyst.get(`incidents/${results[2]!.id}`).expect(200);
    expect(veiled.body).toMatchObject({ status: 'draft', authorship: 'anonymous' });
    await analyst.post(`incidents/${results[2]!.id}/submit`).expect(200);
    const { body: page } = await analyst.get('incidents?limit=100').expect(200);
    expect(page.items.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(results.map(({ id }) => id)));
    const { rows } = await superuser.query(
      `select payload ->> 'incidentId' as id from ronda.outbox where type = 'incident.filed' and payload ->> 'incidentId' = any ($1)`,
      [results.map(({ id }) => id)],
    );
    expect(rows).toHaveLength(3);
  });

  it('does not let a bad line spoil its neighbours, and names all faults of each by pointer', async () => {
    const { results } = await send('vn.analyst', [
      filing(known('spoilt-1')),
      '{"title": ',
      { titel: 'x', rsit: { class: 'fraud' }, tags: [1] },
      '',
      `{"title":"${'x'.repeat(1024 * 1024)}"}`,
      `${'['.repeat(40)}${']'.repeat(40)}`,
      { title: 'Later before earlier', occurredAt: '2026-11-20T02:00:00Z', detectedAt: '2026-11-19T02:00:00Z' },
      { title: 'Half \ud800 a character' },
      '{"title":"x","__proto__":{"a":1}}',
      '{"title":"x","\\u005f_proto__":{"a":1}}',
      '[]',
      'null',
      { ...filing(), tags: Array.from({ length: 300 }, (_, n) => `a:b${n}`) },
      '{"title": 1e999}',
      filing(known('spoilt-2')),
    ]);
    expect(results.map(({ line }) => line)).toEqual(results.map((_, index) => index + 1));
    expect(results.map(({ status }) => status)).toEqual(['filed', ...Array<string>(13).fill('refused'), 'filed']);
    const pointers = results.map(({ problem }) => problem?.errors?.map(({ pointer }) => pointer) ?? []);
    expect(typeOf(results[1])).toBe('urn:ronda:problem:malformed-json');
    expect(pointers[2]).toEqual(expect.arrayContaining(['/titel', '/title', '/rsit/type', '/tags']));
    expect(typeOf(results[3])).toBe('urn:ronda:problem:malformed-json');
    expect(typeOf(results[4])).toBe('urn:ronda:problem:too-large');
    expect(pointers[5]).toEqual(['/0'.repeat(32)]);
    expect(pointers[6]).toEqual(['/detectedAt']);
    expect(pointers[7]).toEqual(['/title']);
    expect(pointers[8]).toEqual(['/__proto__']);
    expect(pointers[9]).toEqual(['/__proto__']);
    expect(pointers[12]).toContain('/tags');
  });

  it('says for a line what POST says for it', async () => {
    const wrong = { title: '', marking: { tlp: 'TLP:PINK' }, countries: ['vn'], extra: 1, sector: 'none' };
    const alone = await api.as(cast['vn.analyst']!).post('incidents', wrong).expect(400);
    const { results } = await send('vn.analyst', [wrong]);
    expect(results[0]!.problem).toEqual({
      type: alone.body.type,
      detail: alone.body.detail,
      errors: alone.body.errors,
    });
  });

  it('marks what has no marking of its own, and nothing else', async () => {
    const { results } = await send(
      'vn.analyst',
      [
        { title: 'None' },
        { title: 'Own', marking: { tlp: 'TLP:GREEN' } },
        { title: 'PAP alone', marking: { pap: 'PAP:RED' } },
      ],
      'marking=TLP:AMBER',
    );
    const markings = await Promise.all(
      results.map(async ({ id }) => (await api.as(cast['vn.analyst']!).get(`incidents/${id}`)).body.marking),
    );
    expect(markings).toEqual([
      { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
      { tlp: 'TLP:GREEN', pap: 'PAP:GREEN' },
      { tlp: 'TLP:AMBER', pap: 'PAP:RED' },
    ]);
  });

  it.each([
    ['no newline at its end', '{"title":"One"}\n{"title":"Two"}', 2],
    ['a byte order mark and lines that end as on Windows', '\ufeff{"title":"One"}\r\n{"title":"Two"}\r\n', 2],
    ['nothing in it', '', 0],
  ])('may have %s', async (_, body, lines) => {
    const { sent, answered } = openBulk(app.url, cast['vn.analyst']!);
    sent.end(body);
    let text = '';
    for await (const chunk of (await answered).setEncoding('utf8')) text += chunk as string;
    expect(resultsIn(text).map(({ status }) => status)).toEqual(Array<string>(lines).fill('filed'));
  });

  it('answers a client that waits for each result before it sends the next line', async () => {
    const { sent, answered } = openBulk(app.url, cast['vn.analyst']!);
    sent.write(`${JSON.stringify({ title: 'First' })}\n`);
    const response = (await answered).setEncoding('utf8');
    const chunks = response[Symbol.asyncIterator]();
    const next = async (): Promise<BulkResult[]> => resultsIn((await chunks.next()).value as string);
    expect(await next()).toMatchObject([{ line: 1, status: 'filed' }]);
    sent.write(`${JSON.stringify({ title: 'Second' })}\n`);
    expect(await next()).toMatchObject([{ line: 2, status: 'filed' }]);
    sent.end();
    expect((await chunks.next()).done).toBe(true);
  });

  it('is refused as a whole to who may not file, as another type, and with what it does not take', async () => {
    expect((await send('vn.admin', [{ title: 'x' }])).status).toBe(403);
    expect((await send('ph.analyst', [{ title: 'x' }])).status).toBe(403);
    expect((await sendBulk(app.url, { token: 'nobody' }, [{ title: 'x' }])).status).toBe(401);
    const analyst = api.as(cast['vn.analyst']!);
    await analyst.post('incidents/bulk', { title: 'x' }).expect(415);
    await analyst.request('post', 'incidents').set('content-type', 'application/x-ndjson').send('{}').expect(415);
    for (const query of ['format=csv', 'marking=RED', 'profile=facts', 'stream=%20', 'unknown=1'])
      expect([query, (await send('vn.analyst', [{ title: 'x' }], query)).status]).toEqual([query, 400]);
    const keyed = analyst.request('post', 'incidents/bulk').set('content-type', 'application/x-ndjson');
    await keyed.set('idempotency-key', 'a').send('{}').expect(400);
    const zipped = analyst.request('post', 'incidents/bulk').set('content-type', 'application/x-ndjson');
    await zipped.set('content-encoding', 'gzip').send('{}').expect(415);
  });
});

describe('a line sent again', () => {
  it('files nothing new, and is refused by name where its content changed', async () => {
    const lines = [filing(known('b-1')), filing(known('b-2')), filing(known('b-1'))];
    const first = await send('vn.analyst', lines);
    expect(statuses(first)).toEqual(['filed', 'filed', 'unchanged']);
    expect(first.results[2]!.id).toBe(first.results[0]!.id);
    const before = await count();
    const changed = filing({ ...known('b-2'), title: 'Changed' });
    const reordered = Object.fromEntries(Object.entries(filing(known('b-1'))).reverse());
    const again = await send('vn.coordinator', [reordered, changed, filing(known('b-2'))]);
    expect(statuses(again)).toEqual(['unchanged', 'refused', 'unchanged']);
    const [one, two] = first.results;
    expect(again.results.map(({ id }) => id)).toEqual([one!.id, two!.id, two!.id]);
    expect(typeOf(again.results[1])).toBe('urn:ronda:problem:changed-under-same-reference');
    expect(again.results[1]!.problem!.detail).toContain(two!.id);
    expect(await count()).toBe(before);
  });

  it('is another organisation’s own affair', async () => {
    const [line] = [filing(known('c-1'))];
    expect(statuses(await send('vn.analyst', [line]))).toEqual(['filed']);
    expect(statuses(await send('th.analyst', [{ ...line, title: 'Another' }]))).toEqual(['filed']);
    expect(statuses(await send('bank.analyst', [line]))).toEqual(['filed']);
  });

  it('is known by its stream and number where it has no reference', async () => {
    const lines = [{ title: 'One' }, { title: 'Two' }];
    const first = await send('vn.analyst', lines, 'stream=nightly');
    const again = await send('vn.analyst', [...lines, { title: 'Three' }], 'stream=nightly');
    expect(statuses(again)).toEqual(['unchanged', 'unchanged', 'filed']);
    expect(again.results.slice(0, 2).map(({ id }) => id)).toEqual(first.results.map(({ id }) => id));
    expect(statuses(await send('vn.analyst', lines, 'stream=other'))).toEqual(['filed', 'filed']);
    expect(statuses(await send('vn.analyst', lines))).toEqual(['filed', 'filed']);
  });

  it('tells nothing of a colleague’s RED record under the same reference', async () => {
    const red = filing({ ...known('d-1'), marking: { tlp: 'TLP:RED' } });
    const hers = await send('vn.analyst', [red]);
    expect(statuses(hers)).toEqual(['filed']);
    const his = await send('vn.coordinator', [{ ...red, title: 'His own' }]);
    expect(statuses(his)).toEqual(['filed']);
    const plain = await send('vn.second', [filing(known('d-1'))]);
    expect(statuses(plain)).toEqual(['filed']);
    // Each is known again to who may read it.
    expect((await send('vn.analyst', [red])).results[0]).toMatchObject({
      status: 'unchanged',
      id: hers.results[0]!.id,
    });

    // And of one that became RED since: to others it is as if it were not there.
    const shared = filing(known('d-2'));
    const { results } = await send('vn.analyst', [shared]);
    const closed = await api
      .as(cast['vn.analyst']!)
      .patch(`incidents/${results[0]!.id}`, { marking: { tlp: 'TLP:RED' } });
    expect(closed.status).toBe(200);
    const other = await send('vn.coordinator', [shared]);
    expect(statuses(other)).toEqual(['filed']);
    expect(other.results[0]!.id).not.toBe(results[0]!.id);
    expect((await send('vn.coordinator', [shared])).results[0]).toMatchObject({
      status: 'unchanged',
      id: other.results[0]!.id,
    });
    expect((await send('vn.analyst', [shared])).results[0]).toMatchObject({ status: 'unchanged', id: results[0]!.id });
  });

  it('is filed once by two streams at once', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => filing(known(`e-${n}`)));
    const before = await count();
    const answers = await Promise.all(
      ['vn.analyst', 'vn.coordinator', 'vn.second', 'vn.analyst'].map((who) => send(who, lines)),
    );
    expect(await count()).toBe(before + 300);
    expect(answers.flatMap(({ results }) => results.filter(({ status }) => status === 'refused'))).toEqual([]);
    for (let at = 0; at < 300; at++) {
      expect(answers.map(({ results }) => results[at]!.status).sort()).toEqual([
        'filed',
        'unchanged',
        'unchanged',
        'unchanged',
      ]);
      expect(new Set(answers.map(({ results }) => results[at]!.id)).size).toBe(1);
    }
  });
});

it('what only the database finds wrong in a line spoils no other either', async () => {
  await superuser.query(`
    create function ronda.stumble() returns trigger language plpgsql as $$
    begin
      if new.facts ->> 'title' = 'Stumble' then raise exception 'planted'; end if;
      return new;
    end $$;
    create trigger stumble before insert on ronda.incident_revision for each row execute function ronda.stumble()`);
  const lines = ['One', 'Stumble', 'Three'].map((title, at) => ({ title, ...known(`f-${at}`) }));
  const { results } = await send('vn.analyst', lines);
  await superuser.query('drop trigger stumble on ronda.incident_revision; drop function ronda.stumble()');
  expect(results.map(({ status }) => status)).toEqual(['filed', 'refused', 'filed']);
  expect(typeOf(results[1])).toBe('urn:ronda:problem:internal');
  expect(JSON.stringify(results)).not.toContain('planted');
  expect(statuses(await send('vn.analyst', lines))).toEqual(['unchanged', 'filed', 'unchanged']);
});

it('what is in the way of a batch for a moment is waited for, and refuses no line', async () => {
  await superuser.query(`
    create sequence ronda.trips;
    create function ronda.trip() returns trigger language plpgsql security definer as $$
    begin
      if nextval('ronda.trips') < 3 then raise exception 'planted' using errcode = '40P01'; end if;
      return new;
    end $$;
    create trigger trip before insert on ronda.incident_revision for each row execute function ronda.trip()`);
  // Known by nothing: had the first attempt filed them, they would be there twice.
  const before = await count();
  const { results } = await send('vn.analyst', [{ title: 'One' }, { title: 'Two' }]);
  await superuser.query(
    'drop trigger trip on ronda.incident_revision; drop function ronda.trip(); drop sequence ronda.trips',
  );
  expect(results.map(({ status }) => status)).toEqual(['filed', 'filed']);
  expect(await count()).toBe(before + 2);
});

it('streams of one organisation wait for each other, and keep no connection from anybody else', async () => {
  const before = await count();
  const key = `0 ${cast['vn.analyst']!.organisation.key}`;
  await superuser.query('select pg_advisory_lock(hashtextextended($1, 5))', [key]);
  // More than there are connections, of both nodes where there are two.
  const sending = Array.from({ length: 16 }, (_, at) =>
    send('vn.analyst', [{ title: `Stream ${at}`, ...known(`turn-${at}`) }]),
  );
  const waiting = async (): Promise<number> => {
    const { rows } = await superuser.query<{ count: number }>(
      `select count(*)::int as count from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'advisory' and not l.granted
          and l.classid::bigint << 32 | l.objid::bigint = hashtextextended($1, 5)`,
      [key],
    );
    return rows[0]!.count;
  };
  await until(async () => (await waiting()) >= app.nodes.length, { what: 'a stream of each node to wait' });
  for (let each = 0; each < 40; each++) await api.as(cast['th.analyst']!).get('me').expect(200);
  expect(await waiting()).toBe(app.nodes.length);
  await superuser.query('select pg_advisory_unlock(hashtextextended($1, 5))', [key]);
  expect((await Promise.all(sending)).flatMap(statuses)).toEqual(Array.from({ length: 16 }, () => 'filed'));
  expect(await count()).toBe(before + 16);
});

it('a credential that is revoked while a stream runs files nothing more', async () => {
  const { token } = cast['sg.analyst']!;
  const { sent, answered } = openBulk(app.url, cast['sg.analyst']!);
  sent.write(`${JSON.stringify({ title: 'Before' })}\n`);
  const response = (await answered).setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  expect(resultsIn((await chunks.next()).value as string)).toMatchObject([{ status: 'filed' }]);
  await superuser.query('update ronda.credential set revoked_at = created_at where token_hash = $1', [
    createHash('sha256').update(token).digest(),
  ]);
  const before = await count();
  sent.end(`${JSON.stringify({ title: 'After' })}\n{"titel":1}\n`);
  let text = '';
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) text += next.value as string;
  const results = resultsIn(text);
  expect(results.map(typeOf)).toEqual(['urn:ronda:problem:unauthenticated', 'urn:ronda:problem:invalid-input']);
  expect(await count()).toBe(before);
});

describeWithFixtures('veris', (dir) => {
  const facts = path.join(dir, 'facts/incidents.ndjson');

  it('facts: all 4,886 lines are filed; then of the 50 documents 21, and 29 changed; again, nothing', async () => {
    const lines = readFileSync(facts, 'utf8').trimEnd().split('\n');
    const documents = readdirSync(path.join(dir, 'incidents')).map((file) =>
      JSON.stringify(JSON.parse(readFileSync(path.join(dir, 'incidents', file), 'utf8'))),
    );
    const query = 'format=veris&profile=facts&marking=TLP:AMBER';
    const first = await send('id.analyst', lines, query);
    expect(first.results.filter(({ status }) => status !== 'filed')).toEqual([]);
    expect(first.results).toHaveLength(4886);
    const idOf = new Map(
      first.results.map(({ line, id }) => [(JSON.parse(lines[line - 1]!) as { incident_id: string }).incident_id, id]),
    );

    const then = await send('id.analyst', documents, query);
    expect(then.results.filter(({ status }) => status === 'filed')).toHaveLength(21);
    const refused = then.results.filter(({ status }) => status === 'refused');
    expect(refused).toHaveLength(29);
    for (const result of refused) {
      const { incident_id } = JSON.parse(documents[result.line - 1]!) as { incident_id: string };
      expect(typeOf(result)).toBe('urn:ronda:problem:changed-under-same-reference');
      expect(result.id).toBe(idOf.get(incident_id));
      expect(result.problem!.detail).toContain(result.id);
    }

    const before = await count();
    expect(new Set(statuses(await send('id.analyst', lines, query)))).toEqual(new Set(['unchanged']));
    const again = await send('id.analyst', documents, query);
    expect(again.results.filter(({ status }) => status === 'unchanged')).toHaveLength(21);
    expect(again.results.filter((result) => typeOf(result)?.endsWith('changed-under-same-reference'))).toHaveLength(29);
    expect(await count()).toBe(before);

    const { body } = await api
      .as(cast['id.analyst']!)
      .get(`incidents/${then.results.find(({ status }) => status === 'filed')!.id}`);
    expect(body).toMatchObject({ status: 'draft', marking: { tlp: 'TLP:AMBER' } });
    expect(body.tags.length).toBeGreaterThan(5);
  });

  it('schema-cases, strict: 196 are refused with a pointer to the defect, 26 are filed', async () => {
    const cases = schemaCases(path.join(dir, 'schema-cases'));
    // All but one say "test", and the one that says nothing is about that.
    const lines = cases.map(({ name, incident }) =>
      'incident_id' in incident ? { ...incident, incident_id: name } : incident,
    );
    const { results } = await send('my.analyst', lines, 'format=veris&profile=strict');
    const outcome = { filed: 0, refused: 0 };
    for (const [index, { name, should, defect }] of cases.entries()) {
      const { status, problem } = results[index]!;
      expect([name, status]).toEqual([name, should === 'pass' ? 'filed' : 'refused']);
      outcome[status as keyof typeof outcome] += 1;
      if (should === 'fail')
        expect(problem!.errors!.map(({ pointer }) => pointer)).toContainEqual(expect.stringMatching(defect));
    }
    expect(outcome).toEqual({ filed: 26, refused: 196 });
  });
});
