/** What a backup says of itself, in its first frame. */
export interface BackupHeader {
  /** Of Ronda that wrote it. */
  version: string;
  /** Names of the migrations, in order: the shape of what is in it. */
  schema: readonly string[];
  /** Of the region file. */
  regionId: string;
  /** Of PostgreSQL that it was read from. */
  postgres: string;
  /** Of the segmenter that made its search rows; others may cut words elsewhere. */
  icu: string;
  /** Under which key its secrets are sealed; hex. The key itself is not in it. */
  keyId: string | null;
  /** Everything answered before this instant is in it, nothing that began after `completeAt`; RFC 3339, by the database's clock. */
  createdAt: string;
  /** A few milliseconds later: when the snapshot stood. */
  completeAt: string;
}

/** The first frame of a table. */
export interface TableHeader {
  name: string;
  columns: readonly string[];
}

export interface SequenceState {
  name: string;
  /** As text: a bigint. */
  lastValue: string;
  isCalled: boolean;
}

/** The last frame. */
export interface BackupTrailer {
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
  sequences: readonly SequenceState[];
}

export const toPayload = (value: object): Buffer => Buffer.from(JSON.stringify(value));

export const fromPayload = <T>(payload: Buffer): T => JSON.parse(payload.toString('utf8')) as T;
