import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { migrations } from '../../../migrations/index.js';
import { codeOf, noSpaceLeft, StartupError } from '../config/startup-error.js';
import { connectAsMigrator, KEEPER_ROLE } from '../secrets/keeper.js';
import { BackupWriter } from './backup-file.js';
import { toPayload } from './backup.js';
import type { BackupHeader, BackupTrailer, SequenceState } from './backup.js';
import { SCHEMA, columnList, qualified, refuseHiddenTables, schemaOf, sequenceNames, tablesInOrder } from './tables.js';
import type { Table } from './tables.js';

/** Of COPY's text in one frame, before it is deflated. */
const CHUNK_BYTES = 256 * 1024;

const deflate = promisify(deflateRaw) as (bytes: Buffer, options: object) => Promise<Buffer>;

export interface BackupOptions {
  /** Made; refused where it is there already. */
  file: string;
  migratorUrl: string;
  regionId: string;
  /** Of Ronda. */
  version: string;
  /** Told rows so far, and how many the server guesses there are. */
  onProgress?: (progress: { total: number; of: number }) => void;
}

export interface BackupMade {
  header: BackupHeader;
  rows: number;
  bytes: number;
}

/**
 * Writes all that is in the database into a file, as it is at one instant, while others go on writing. Takes no lock that
 * keeps anybody waiting, and memory that does not grow with the database.
 * @throws StartupError `backup`, `database` or `no-space`; no file is left then.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupMade> {
  const draft = `${options.file}.part`;
  const writer = await create(options.file, draft);
  try {
    const made = await copyAll(options, writer);
    await writer.end();
    await writer.close();
    await rename(draft, options.file);
    return made;
  } catch (error) {
    await writer.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw codeOf(error) === 'ENOSPC' ? noSpaceLeft(options.file, error) : error;
  }
}

async function create(file: string, draft: string): Promise<BackupWriter> {
  try {
    // Holds the name as well: nobody else's file is replaced at the end.
    const probe = await BackupWriter.create(file);
    await probe.close();
    await rm(file);
    // Of a run that was killed.
    await rm(draft, { force: true });
    return await BackupWriter.create(draft);
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'EEXIST' ? 'it is there already' : (code ?? 'unknown reason');
    throw new StartupError('backup', `${file} cannot be written: ${why}.`, { cause: error });
  }
}

async function copyAll(options: BackupOptions, writer: BackupWriter): Promise<BackupMade> {
  const client = await connectAsMigrator(options.migratorUrl);
  try {
    const createdAt = await now(client);
    await client.query('begin isolation level repeatable read, read only');
    // The first query takes the snapshot.
    const schema = await schemaOf(client);
    refuseOtherSchema(schema);
    const completeAt = await now(client);
    await client.query(`set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
      set local extra_float_digits = 3; set local timezone = 'UTC'; set local statement_timeout = 0`);
    await client.query(`set local role ${KEEPER_ROLE}`);
    await refuseHiddenTables(client);
    const header = await headerOf(client, options, { schema, createdAt, completeAt });
    await writer.write('H', toPayload(header));
    const rows: Record<string, number> = {};
    const of = await guessRows(client);
    let before = 0;
    for (const table of await tablesInOrder(client)) {
      const count = await copyTable(client, table, writer, (copied) =>
        options.onProgress?.({ total: before + copied, of }),
      );
      rows[table.name] = count;
      before += count;
    }
    // Sequences belong to the migrator, and know no snapshot: read last, they are behind no row.
    await client.query('reset role');
    const trailer: BackupTrailer = { rows, sequences: await sequencesOf(client) };
    await writer.write('E', toPayload(trailer));
    await client.query('commit');
    return { header, rows: Object.values(rows).reduce((sum, count) => sum + count, 0), bytes: writer.bytes };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A backup is restored by the build that made its schema. */
function refuseOtherSchema(schema: readonly string[]): void {
  const ours = migrations.map((migration) => new migration().name);
  if (schema.length === ours.length && ours.every((name) => schema.includes(name))) return;
  throw new StartupError(
    'backup',
    schema.length === 0
      ? 'There is nothing of Ronda in this database to back up.'
      : 'The schema of this database is not that of this Ronda: back it up with the version that runs on it.',
  );
}

async function headerOf(
  client: pg.ClientBase,
  { version, regionId }: BackupOptions,
  taken: Pick<BackupHeader, 'schema' | 'createdAt' | 'completeAt'>,
): Promise<BackupHeader> {
  const { rows } = await client.query<{ postgres: string; keyId: string | null }>(
    `select current_setting('server_version') as postgres, (select encode(key_id, 'hex') from ronda.secret_keyring) as "keyId"`,
  );
  const { postgres = 'unknown', keyId = null } = rows[0] ?? {};
  return { version, regionId, postgres, icu: process.versions.icu ?? 'none', keyId, ...taken };
}

async function copyTable(
  client: pg.ClientBase,
  { name, columns }: Table,
  writer: BackupWriter,
  onProgress: (rows: number) => void,
): Promise<number> {
  await writer.write('T', toPayload({ name, columns }));
  const source = client.query(copyTo(`copy ${qualified(name)} (${columnList(columns)}) to stdout`));
  let gathered: Buffer[] = [];
  let size = 0;
  let rows = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    const text = Buffer.concat(gathered);
    gathered = [];
    size = 0;
    await writer.write('D', await deflate(text, { level: 1 }));
    onProgress(rows);
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    // A line is a row: line feeds within values are written \\n.
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
    gathered.push(chunk);
    size += chunk.length;
    if (size >= CHUNK_BYTES) await flush();
  }
  await flush();
  await writer.write('Z', toPayload({ name, rows }));
  return rows;
}

/** As of its last look at the tables, which is good enough for a bar. */
async function guessRows(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(
    `select coalesce(sum(greatest(reltuples, 0)), 0)::bigint as rows from pg_class
      where relnamespace = $1::regnamespace and relkind = 'r'`,
    [SCHEMA],
  );
  return Number(rows[0]?.rows ?? 0);
}

async function sequencesOf(client: pg.ClientBase): Promise<SequenceState[]> {
  const states: SequenceState[] = [];
  for (const name of await sequenceNames(client)) {
    const { rows } = await client.query<{ lastValue: string; isCalled: boolean }>(
      `select last_value::text as "lastValue", is_called as "isCalled" from ${qualified(name)}`,
    );
    const [state] = rows as [{ lastValue: string; isCalled: boolean }];
    states.push({ name, ...state });
  }
  return states;
}

const now = async (client: pg.ClientBase): Promise<string> =>
  (await client.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at.toISOString() ?? '';
