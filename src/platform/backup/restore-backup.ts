import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { migrations } from '../../../migrations/index.js';
import { StartupError } from '../config/startup-error.js';
import { connectAsMigrator, KEEPER_ROLE } from '../secrets/keeper.js';
import { keyIdOf } from '../secrets/keyring.js';
import { readFrames } from './backup-file.js';
import type { Frame } from './backup-file.js';
import { fromPayload } from './backup.js';
import type { BackupHeader, BackupTrailer, TableHeader } from './backup.js';
import { columnList, qualified, tablesInOrder } from './tables.js';
import type { Table } from './tables.js';

const inflate = promisify(inflateRaw) as (bytes: Buffer) => Promise<Buffer>;

export interface Verified {
  header: BackupHeader;
  trailer: BackupTrailer;
  /** Of the file. */
  bytes: number;
}

export type RestoreProgress = (progress: { doing: 'verifying' | 'loading'; bytes: number; of: number }) => void;

export interface RestoreOptions {
  file: string;
  migratorUrl: string;
  regionId: string;
  /** Of this installation: the backup's secrets have to be sealed under one of them. */
  secretKeys: readonly Buffer[];
  onProgress?: RestoreProgress;
}

/**
 * Reads a backup to its end and says what is in it. Nothing is written anywhere.
 * @throws StartupError `backup` for one that is damaged, cut off, or none at all.
 */
export async function verifyBackup(file: string, onProgress?: RestoreProgress): Promise<Verified> {
  let header: BackupHeader | undefined;
  let trailer: BackupTrailer | undefined;
  const of = (await stat(file).catch(() => undefined))?.size ?? 0;
  for await (const { type, payload, bytes } of readFrames(file)) {
    if (type === 'H') header = fromPayload(payload);
    if (type === 'E') trailer = fromPayload(payload);
    onProgress?.({ doing: 'verifying', bytes, of });
  }
  if (!header || !trailer) throw new StartupError('backup', `${file} is no whole backup.`);
  return { header, trailer, bytes: of };
}

/**
 * Puts a backup into a database that is migrated and otherwise empty, in one transaction: it is there whole, or not at all.
 * @throws StartupError `backup`, with nothing changed, for a file that is damaged, of another schema or region, or sealed
 *   under a key that is not here, and for a database that is in use.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Verified> {
  const verified = await verifyBackup(options.file, options.onProgress);
  refuseStranger(verified.header, options);
  const client = await connectAsMigrator(options.migratorUrl);
  try {
    await client.query(
      `begin; set local statement_timeout = 0; set local datestyle = 'ISO'; set local timezone = 'UTC'`,
    );
    await refuseInhabited(client);
    const tables = await tablesInOrder(client);
    refuseOtherTables(tables, verified.trailer);
    await open(client, tables);
    await load(client, tables, verified, options);
    await verifyCounts(client, verified.trailer);
    await restoreSequences(client, verified.trailer);
    await close(client, tables);
    await client.query('commit');
    return verified;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function refuseStranger(header: BackupHeader, { regionId, secretKeys }: RestoreOptions): void {
  const ours = migrations.map((migration) => new migration().name);
  const isOurs = header.schema.length === ours.length && ours.every((name) => header.schema.includes(name));
  if (!isOurs) {
    throw new StartupError(
      'backup',
      `The backup was made by Ronda ${header.version} with another schema (${header.schema.at(-1) ?? 'none'}; this one has ${ours.at(-1) ?? 'none'}): restore it with that version, and start this one on it afterwards.`,
    );
  }
  if (header.regionId !== regionId) {
    throw new StartupError(
      'backup',
      `The backup is of the region "${header.regionId}", and this is "${regionId}": name its region file in RONDA_REGION_FILE.`,
    );
  }
  if (header.keyId !== null && !secretKeys.some((key) => keyIdOf(key) === header.keyId)) {
    throw new StartupError(
      'backup',
      `The secrets in the backup are sealed under the key ${header.keyId}, which is not in it: give that key in RONDA_SECRET_KEYS.`,
    );
  }
}

/** With a lock, so that nobody founds a region meanwhile. */
async function refuseInhabited(client: pg.ClientBase): Promise<void> {
  await client.query('lock table ronda.organisation in access exclusive mode');
  await client.query(`set local role ${KEEPER_ROLE}`);
  const { rows } = await client.query<{ inhabited: boolean }>(
    `select exists (select from ronda.organisation) or exists (select from ronda.incident) as inhabited`,
  );
  await client.query('reset role');
  if (rows[0]?.inhabited === false) return;
  throw new StartupError(
    'backup',
    'The database has organisations in it already: a backup is restored into an empty one; nothing was changed.',
  );
}

function refuseOtherTables(tables: readonly Table[], { rows }: BackupTrailer): void {
  const ours = tables.map(({ name }) => name).sort();
  const theirs = Object.keys(rows).sort();
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
  throw new StartupError('backup', 'The backup has other tables than this database; nothing was changed.');
}

/**
 * The owner is bound by row-level security as well, and COPY does not load through it: it is unbound for this transaction,
 * in which nobody else reaches the tables. Triggers are out too: what they would write is in the backup.
 */
async function open(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  // What migrations put there is in the backup as well.
  await client.query(`truncate ${tables.map(({ name }) => qualified(name)).join(', ')}`);
  for (const { name, isForced } of tables) {
    if (isForced) await client.query(`alter table ${qualified(name)} no force row level security`);
    await client.query(`alter table ${qualified(name)} disable trigger user`);
  }
}

async function close(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  // Deferred or not: the checks of this transaction are made before the tables are bound again.
  await client.query('set constraints all immediate');
  for (const { name, isForced } of tables) {
    await client.query(`alter table ${qualified(name)} enable trigger user`);
    if (isForced) await client.query(`alter table ${qualified(name)} force row level security`);
  }
}

async function load(
  client: pg.ClientBase,
  tables: readonly Table[],
  verified: Verified,
  { file, onProgress }: RestoreOptions,
): Promise<void> {
  const frames = readFrames(file);
  const known = new Map(tables.map((table) => [table.name, table]));
  for await (const frame of frames) {
    if (frame.type === 'E') return;
    if (frame.type === 'H') continue;
    if (frame.type !== 'T') throw new StartupError('backup', `${file} has its frames in a wrong order.`);
    const { name, columns } = fromPayload<TableHeader>(frame.payload);
    const table = known.get(name);
    const isKnown =
      table?.columns.length === columns.length && columns.every((column) => table.columns.includes(column));
    if (!isKnown) throw new StartupError('backup', `The backup has other columns of ${name}; nothing was changed.`);
    const target = client.query(copyFrom(`copy ${qualified(name)} (${columnList(columns)}) from stdin`));
    await pipeline(Readable.from(linesOf(frames, verified, onProgress)), target);
  }
}

/** The lines of one table, to the frame that ends it. */
async function* linesOf(
  frames: AsyncGenerator<Frame, void, void>,
  { bytes: of }: Verified,
  onProgress?: RestoreProgress,
): AsyncGenerator<Buffer> {
  for (;;) {
    const { value, done } = await frames.next();
    if (done === true || value.type !== 'D') return;
    onProgress?.({ doing: 'loading', bytes: value.bytes, of });
    yield await inflate(value.payload);
  }
}

async function verifyCounts(client: pg.ClientBase, { rows }: BackupTrailer): Promise<void> {
  for (const [name, expected] of Object.entries(rows)) {
    const { rows: counted } = await client.query<{ count: string }>(`select count(*) from ${qualified(name)}`);
    if (Number(counted[0]?.count) === expected) continue;
    throw new StartupError(
      'backup',
      `${name} has ${counted[0]?.count ?? 'no'} rows after loading and ${expected} in the backup; nothing was changed.`,
    );
  }
}

async function restoreSequences(client: pg.ClientBase, { sequences }: BackupTrailer): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences) {
    await client.query('select setval($1::regclass, $2::bigint, $3)', [qualified(name), lastValue, isCalled]);
  }
}
