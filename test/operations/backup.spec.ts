import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { SystemChance } from '../../src/kernel/chance.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { BackupWriter, readFrames } from '../../src/platform/backup/backup-file.js';
import { toPayload } from '../../src/platform/backup/backup.js';
import type { Verified } from '../../src/platform/backup/restore-backup.js';
import { restoreBackup, verifyBackup } from '../../src/platform/backup/restore-backup.js';
import type { BackupMade } from '../../src/platform/backup/write-backup.js';
import { writeBackup } from '../../src/platform/backup/write-backup.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { openKeyring } from '../../src/platform/secrets/open-keyring.js';
import { Api } from '../support/api.js';
import type { Cast } from '../support/cast.js';
import { assembleCast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import type { TestDatabase } from '../support/test-database.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const KEY = Buffer.alloc(32, 7);
const regionId = loadRegion().id;

interface Acknowledged {
  id: string;
  sentAt: number;
  at: number;
}

describe('backup and restore', () => {
  let folder: string;
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let made: BackupMade;
  let file: string;
  const filed: Acknowledged[] = [];

  const into = (target: TestDatabase, from = file): Promise<Verified> =>
    restoreBackup({ file: from, migratorUrl: target.migratorUrl, regionId, secretKeys: [KEY] });
  const ask = async <Row extends pg.QueryResultRow>(target: TestDatabase, sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: target.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const rowCounts = async (target: TestDatabase): Promise<Record<string, number>> => {
    const tables = await ask<{ name: string }>(
      target,
      `select relname as name from pg_class where relnamespace = 'ronda'::regnamespace and relkind = 'r' order by 1`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await ask<{ count: number }>(target, `select count(*)::int as count from ronda.${name}`);
      counts[name] = row!.count;
    }
    return counts;
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'ronda-backup-'));
    file = path.join(folder, 'region.backup');
    database = await createTestDatabase();
    await openKeyring(database.migratorUrl, [KEY], { clock: new SystemClock(), chance: new SystemChance() });
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    const vn = new Api(node.url).as(cast['vn.analyst']!);
    const { id } = await submitted(vn, { title: 'Con dấu\tgiả \\N "và" \n hết', description: 'ภาษาไทย \\. \u2028 🙂' });
    await vn.post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }])).expect(200);
    await vn.post(`incidents/${id}/comments`, { body: 'Seen here too.' }).expect(201);
    const th = new Api(node.url).as(cast['th.analyst']!);
    await th.post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
    const { id: recalled } = await submitted(vn);
    await vn
      .post(`incidents/${recalled}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    await th.post(`incidents/${recalled}/receipts`, { kind: 'acknowledged' }).expect(200);
    await vn.post(`incidents/${recalled}/recall`, { reason: 'error' }).expect(200);

    // Eight filers that never pause, before, during and after.
    let isFiling = true;
    const filers = Array.from({ length: 8 }, async () => {
      while (isFiling) {
        const sentAt = Date.now();
        const answer = await vn.post('incidents', filing());
        if (answer.status === 201) filed.push({ id: String(answer.body.id), sentAt, at: Date.now() });
      }
    });
    await until(() => filed.length > 100, { what: 'a hundred filings', withinMs: 30_000 });
    made = await writeBackup({ file, migratorUrl: database.migratorUrl, regionId, version: '0.0.0' });
    const during = filed.length;
    await until(() => filed.length > during + 30, { what: 'filings after the backup', withinMs: 30_000 });
    isFiling = false;
    await Promise.all(filers);
  }, 400_000);

  afterAll(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is private, and tells what it is', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { header, trailer, bytes } = await verifyBackup(file);
    expect(header).toEqual({ ...made.header, regionId, keyId: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(bytes).toBe(statSync(file).size);
    expect(Object.values(trailer.rows).reduce((sum, count) => sum + count, 0)).toBe(made.rows);
  });

  it('has every filing acknowledged before its instant, and none that began after', async () => {
    const target = await createTestDatabase();
    await into(target);
    const rows = await ask<{ id: string }>(target, 'select id from ronda.incident');
    const there = new Set(rows.map(({ id }) => id));
    const before = filed.filter(({ at }) => at < Date.parse(made.header.createdAt));
    const after = filed.filter(({ sentAt }) => sentAt > Date.parse(made.header.completeAt));
    expect(before.length).toBeGreaterThan(50);
    expect(after.length).toBeGreaterThan(20);
    expect(before.filter(({ id }) => !there.has(id))).toEqual([]);
    expect(after.filter(({ id }) => there.has(id))).toEqual([]);
    // Whole or not at all: no incident without its first revision, nor its event.
    expect(
      await ask(
        target,
        `select i.id from ronda.incident i where not exists (select from ronda.incident_revision r
           where r.space = i.space and r.incident_key = i.key) or not exists (select from ronda.outbox o
           where o.payload ->> 'incidentId' = i.id::text)`,
      ),
    ).toEqual([]);
  });

  it('restores the region as it was, under the same rule, and goes on handing out new keys', async () => {
    // The filers have ended: what is there now is what has to be there again.
    const still = path.join(folder, 'still.backup');
    await writeBackup({ file: still, migratorUrl: database.migratorUrl, regionId, version: '0.0.0' });
    const target = await createTestDatabase();
    await into(target, still);
    expect(await rowCounts(target)).toEqual(await rowCounts(database));
    expect(await rowCounts(target)).toMatchObject({ receipt: 4, tombstone: 1, asked_back: expect.any(Number) });
    const digest = `select md5(string_agg(r::text, E'\\n' order by r::text)) as digest from ronda.incident_revision r`;
    expect(await ask(target, digest)).toEqual(await ask(database, digest));

    const restored = await startTestApp(target);
    try {
      const list = (url: string, who: string) => new Api(url).as(cast[who]!).get('incidents?limit=100&count=true');
      for (const who of ['vn.analyst', 'th.analyst', 'sg.analyst']) {
        const [is, was] = [await list(restored.url, who), await list(node.url, who)];
        expect(is.body).toEqual(was.body);
      }
      await new Api(restored.url).as(cast['sg.analyst']!).post('incidents', filing()).expect(201);
      await new Api(restored.url).as(cast['vn.analyst']!).post('incidents', filing()).expect(201);
    } finally {
      await restored.close();
    }
    const unbound = `select relname from pg_class where relnamespace = 'ronda'::regnamespace and relkind = 'r'
      and relrowsecurity and not relforcerowsecurity`;
    expect(await ask(target, unbound)).toEqual([]);
    expect(await ask(target, `select tgname from pg_trigger where not tgisinternal and tgenabled = 'D'`)).toEqual([]);
  });

  it('is refused with a byte flipped anywhere, before anything is written', async () => {
    const whole = readFileSync(file);
    const target = await createTestDatabase();
    const empty = await rowCounts(target);
    const ends: number[] = [];
    for await (const { bytes } of readFrames(file)) ends.push(bytes);
    // Around the edge of every frame, where lengths, types and digests lie, and a hundred places between.
    const places = new Set([0, 1, 13, whole.length - 1]);
    for (const end of ends) for (const by of [-33, -32, -1, 0, 1, 4, 5]) places.add(end + by);
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 100)) places.add(at);
    const broken = path.join(folder, 'broken.backup');
    for (const at of [...places].filter((place) => place >= 0 && place < whole.length)) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 1 << (at % 8);
      writeFileSync(broken, copy);
      await expect(into(target, broken)).rejects.toMatchObject({ fault: 'backup' });
    }
    for (const cut of [10, whole.length >> 1, whole.length - 1]) {
      writeFileSync(broken, whole.subarray(0, cut));
      await expect(into(target, broken)).rejects.toMatchObject({ fault: 'backup' });
    }
    writeFileSync(broken, Buffer.concat([whole, Buffer.of(0)]));
    await expect(into(target, broken)).rejects.toMatchObject({ fault: 'backup' });
    expect(await rowCounts(target)).toEqual(empty);
  }, 400_000);

  it('is refused by a database in use, another region, another schema and another key', async () => {
    await expect(into(database)).rejects.toThrow(/has organisations in it already/);
    const target = await createTestDatabase();
    const options = { file, migratorUrl: target.migratorUrl, regionId, secretKeys: [KEY] };
    await expect(restoreBackup({ ...options, regionId: 'elsewhere' })).rejects.toThrow(/is of the region/);
    await expect(restoreBackup({ ...options, secretKeys: [Buffer.alloc(32, 1)] })).rejects.toThrow(/give that key/);
    const other = path.join(folder, 'other.backup');
    const writer = await BackupWriter.create(other);
    const schema = [...made.header.schema, 'Tomorrow9999999999999'];
    await writer.write('H', toPayload({ ...made.header, schema }));
    await writer.write('E', toPayload({ rows: {}, sequences: [] }));
    await writer.end();
    await writer.close();
    await expect(restoreBackup({ ...options, file: other })).rejects.toThrow(/with another schema \(Tomorrow/);
    await ask(database, `insert into migrations (timestamp, name) values (9999999999999, 'Tomorrow9999999999999')`);
    const tomorrow = path.join(folder, 'tomorrow.backup');
    const write = writeBackup({ file: tomorrow, migratorUrl: database.migratorUrl, regionId, version: '0.0.0' });
    await expect(write).rejects.toThrow(/not that of this Ronda/);
    expect(() => statSync(tomorrow)).toThrow(/ENOENT/);
    await ask(database, `delete from migrations where name = 'Tomorrow9999999999999'`);
    await expect(writeBackup({ file, migratorUrl: database.migratorUrl, regionId, version: '0.0.0' })).rejects.toThrow(
      /it is there already/,
    );
  });
});
