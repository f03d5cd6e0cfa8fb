import { Injectable } from '@nestjs/common';
import type { CsafShelf, ListedDocument } from '../../../codecs/csaf/index.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface IssuingOrganisation {
  key: number;
  id: string;
  name: string;
  created_at: Date;
}

export interface IssuerRow {
  organisation_id: string;
  owner_key: number;
  name: string;
  base: string;
  updated_at: Date;
}

export interface FileRow {
  path: string;
  content: string;
  etag: string;
}

interface ListedRow {
  shelf: CsafShelf;
  tracking_id: string;
  title: string;
  summary: string | null;
  initial_release_at: Date;
  current_release_at: Date;
}

/** A document, with what its receipt depends on. */
export interface DocumentRow {
  content: Buffer;
  signature: string;
  advisory_key: number;
  number: number;
}

export interface NewDocument extends ListedDocument {
  advisoryKey: number;
  number: number;
  isInterim: boolean;
  ownerKey: number;
  place: string;
  content: Buffer;
  signature: string;
}

const organisation = statement(
  'csaf-organisation',
  `select o.key, o.id, o.name, o.created_at from ronda.organisation o
    where (o.id = $1 and o.standing <> 'retired' or o.key = $2) and o.kind in ('national-cert', 'regional-body')`,
);
const lock = statement('csaf-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))');
const put = statement(
  'csaf-document-put',
  `insert into ronda.csaf_document (space, advisory_key, number, owner_key, shelf, place, tracking_id, title, summary,
      initial_release_at, current_release_at, is_current, content, signature, is_interim)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true, $12, $13, $14)`,
);
const takeDown = statement(
  'csaf-document-take-down',
  `update ronda.csaf_document set is_current = false where space = $1 and advisory_key = $2 and is_current returning shelf`,
);
const listed = statement(
  'csaf-documents',
  `select shelf, tracking_id, title, summary, initial_release_at, current_release_at from ronda.csaf_document
    where space = $1 and owner_key = $2 and shelf = any ($3) and is_current`,
);
const keysOf = statement(
  'csaf-document-keys',
  `select advisory_key from ronda.csaf_document where space = $1 and owner_key = $2 and shelf = any ($3) and is_current`,
);
const one = statement(
  'csaf-document',
  `select content, signature, advisory_key, number from ronda.csaf_document
    where space = $1 and owner_key = $2 and shelf = $3 and place = $4 and is_current`,
);
const publicOne = statement(
  'csaf-document-public',
  `select d.content, d.signature, d.advisory_key, d.number from ronda.csaf_document d
     join ronda.csaf_issuer i on i.space = d.space and i.owner_key = d.owner_key
    where d.space = $1 and i.organisation_id = $2 and d.shelf = 'white' and d.place = $3 and d.is_current`,
);
const ofVersion = statement(
  'csaf-document-of-version',
  `select content, signature, advisory_key, number from ronda.csaf_document
    where space = $1 and advisory_key = $2 and number = $3 and ($4::boolean is null or is_interim = $4)`,
);
const newestPublic = statement(
  'csaf-documents-newest',
  `select tracking_id, content from ronda.csaf_document
    where space = $1 and shelf = 'white' and is_current order by current_release_at desc, tracking_id limit $2`,
);
const publicById = statement(
  'csaf-document-by-id',
  `select tracking_id, content from ronda.csaf_document where space = $1 and shelf = 'white' and is_current and tracking_id = $2`,
);
const issuers = statement(
  'csaf-issuers',
  'select organisation_id, owner_key, name, base, updated_at from ronda.csaf_issuer where space = $1 order by name, organisation_id',
);
const putIssuer = statement(
  'csaf-issuer-put',
  `insert into ronda.csaf_issuer (space, owner_key, organisation_id, name, base, updated_at) values ($1, $2, $3, $4, $5, $6)
   on conflict (space, owner_key) do update set name = excluded.name, base = excluded.base, updated_at = excluded.updated_at
     where (csaf_issuer.name, csaf_issuer.base) <> (excluded.name, excluded.base)`,
);
const issuerSince = statement(
  'csaf-issuer-since',
  'select updated_at from ronda.csaf_issuer where space = $1 and owner_key = $2',
);
const dropFiles = statement(
  'csaf-files-drop',
  'delete from ronda.csaf_file where space = $1 and owner_key = $2 and not path = any ($3)',
);
const putFiles = statement(
  'csaf-files-put',
  `insert into ronda.csaf_file (space, owner_key, path, content, etag)
   select $1, $2, f.path, f.content, f.etag from jsonb_to_recordset($3::jsonb) as f (path text, content text, etag text)
   on conflict (space, owner_key, path) do update set content = excluded.content, etag = excluded.etag
     where csaf_file.etag <> excluded.etag`,
);
const file = statement(
  'csaf-file',
  `select f.path, f.content, f.etag from ronda.csaf_file f join ronda.csaf_issuer i on i.space = f.space and i.owner_key = f.owner_key
    where f.space = $1 and i.organisation_id = $2 and f.path = $3`,
);
const putOrigin = statement(
  'advisory-origin-put',
  `insert into ronda.advisory_origin (space, advisory_key, owner_key, imported_by, namespace, tracking_id, version, document, imported_at, content)
   select a.space, a.key, a.owner_key, $3, $4, $5, $6, $7, $8, $9 from ronda.advisory a where a.space = $1 and a.id = $2`,
);
const importedAs = statement(
  'advisory-origin-known',
  `select a.id from ronda.advisory_origin g join ronda.advisory a on a.space = g.space and a.key = g.advisory_key
    where g.space = $1 and g.imported_by = $2 and g.namespace = $3 and g.tracking_id = $4 and g.version = $5
      and (g.content is not null) = $6`,
);
const origin = statement(
  'advisory-origin',
  'select document from ronda.advisory_origin where space = $1 and advisory_key = $2',
);
const received = statement(
  'advisory-received',
  'select content from ronda.advisory_origin where space = $1 and advisory_key = $2 and content is not null',
);
const audiences = statement(
  'advisory-audiences',
  'select number, audience from ronda.advisory_revision where space = $1 and advisory_key = $2',
);

/** Every query of what publication leaves for programs. */
@Injectable()
export class CsafStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Undefined where the reader sees no such organisation, or it is of those that issue nothing. */
  async organisationById(id: string): Promise<IssuingOrganisation | undefined> {
    return (await this.work.query<IssuingOrganisation & Record<string, unknown>>(organisation, [id, null]))[0];
  }

  async organisationByKey(key: number): Promise<IssuingOrganisation | undefined> {
    return (await this.work.query<IssuingOrganisation & Record<string, unknown>>(organisation, [null, key]))[0];
  }

  /** Makes publications of one issuer wait for each other: each writes its lists anew. */
  async lock(ownerKey: number): Promise<void> {
    await this.work.query(lock, [`csaf ${this.work.space} ${ownerKey}`]);
  }

  put(document: NewDocument): void {
    this.work.write(put, [
      this.work.space,
      document.advisoryKey,
      document.number,
      document.ownerKey,
      document.shelf,
      document.place,
      document.trackingId,
      document.title,
      document.summary,
      document.initialReleaseDate,
      document.currentReleaseDate,
      document.content,
      document.signature,
      document.isInterim,
    ]);
  }

  /** @returns the shelves on which a version of it lay. */
  async takeDown(advisoryKey: number): Promise<CsafShelf[]> {
    const rows = await this.work.query<{ shelf: CsafShelf }>(takeDown, [this.work.space, advisoryKey]);
    return rows.map(({ shelf }) => shelf);
  }

  /** What lies on these shelves and the reader may see. */
  async listed(ownerKey: number, shelves: readonly CsafShelf[]): Promise<ListedDocument[]> {
    const rows = await this.work.query<ListedRow & Record<string, unknown>>(listed, [
      this.work.space,
      ownerKey,
      shelves,
    ]);
    return rows.map((row) => ({
      shelf: row.shelf,
      trackingId: row.tracking_id,
      title: row.title,
      summary: row.summary,
      initialReleaseDate: row.initial_release_at.toISOString(),
      currentReleaseDate: row.current_release_at.toISOString(),
    }));
  }

  /** The advisories that `listed` tells of. */
  async keysOf(ownerKey: number, shelves: readonly CsafShelf[]): Promise<number[]> {
    const rows = await this.work.query<{ advisory_key: number }>(keysOf, [this.work.space, ownerKey, shelves]);
    return rows.map(({ advisory_key }) => advisory_key);
  }

  async document(ownerKey: number, shelf: CsafShelf, place: string): Promise<DocumentRow | undefined> {
    return (await this.documents(one, [this.work.space, ownerKey, shelf, place]))[0];
  }

  async publicDocument(organisationId: string, place: string): Promise<DocumentRow | undefined> {
    return (await this.documents(publicOne, [this.work.space, organisationId, place]))[0];
  }

  /** @param isInterim which of the two of a revision that was out as an interim and is settled; null where there is one. */
  async documentOfVersion(
    advisoryKey: number,
    number: number,
    isInterim: boolean | null,
  ): Promise<DocumentRow | undefined> {
    return (await this.documents(ofVersion, [this.work.space, advisoryKey, number, isInterim]))[0];
  }

  /** What anybody may read, the last changed first. */
  newestPublic(most: number): Promise<{ tracking_id: string; content: Buffer }[]> {
    return this.work.query(newestPublic, [this.work.space, most]);
  }

  async publicById(id: string): Promise<{ tracking_id: string; content: Buffer } | undefined> {
    return (await this.work.query<{ tracking_id: string; content: Buffer }>(publicById, [this.work.space, id]))[0];
  }

  issuers(): Promise<IssuerRow[]> {
    return this.work.query<IssuerRow & Record<string, unknown>>(issuers, [this.work.space]);
  }

  /** @returns since when it is called so, and lies there. */
  async putIssuer({ key, id, name }: IssuingOrganisation, base: string): Promise<Date> {
    const { space, at } = this.work;
    this.work.write(putIssuer, [space, key, id, name, base, at]);
    const [row] = await this.work.query<{ updated_at: Date }>(issuerSince, [space, key]);
    return row?.updated_at ?? at;
  }

  /** Replaces what anybody is handed beside the documents. */
  putFiles(ownerKey: number, files: readonly FileRow[]): void {
    const { space } = this.work;
    this.work.write(dropFiles, [space, ownerKey, files.map(({ path }) => path)]);
    this.work.write(putFiles, [space, ownerKey, JSON.stringify(files)]);
  }

  async file(organisationId: string, path: string): Promise<FileRow | undefined> {
    return (await this.work.query<FileRow & Record<string, unknown>>(file, [this.work.space, organisationId, path]))[0];
  }

  putOrigin(
    id: string,
    document: Record<string, unknown>,
    { by, namespace, trackingId, version }: { by: number; namespace: string; trackingId: string; version: string },
    content: Buffer | null,
  ): void {
    const { space, at } = this.work;
    this.work.write(putOrigin, [space, id, by, namespace, trackingId, version, JSON.stringify(document), at, content]);
  }

  /** @returns the id of what the same person made of the same version before, a draft or what is kept as it came. */
  async importedAs(
    by: number,
    { namespace, trackingId, version }: { namespace: string; trackingId: string; version: string },
    isReceived: boolean,
  ): Promise<string | undefined> {
    const values = [this.work.space, by, namespace, trackingId, version, isReceived];
    return (await this.work.query<{ id: string }>(importedAs, values))[0]?.id;
  }

  /** For its owner's side. */
  async origin(advisoryKey: number): Promise<Record<string, unknown> | null> {
    const [row] = await this.work.query<{ document: Record<string, unknown> }>(origin, [this.work.space, advisoryKey]);
    return row?.document ?? null;
  }

  /** The bytes of what was received. */
  async received(advisoryKey: number): Promise<Buffer | undefined> {
    return (await this.work.query<{ content: Buffer }>(received, [this.work.space, advisoryKey]))[0]?.content;
  }

  /** By number: who reads a revision, of those that the reader reads. */
  async audiences(advisoryKey: number): Promise<Map<number, number[]>> {
    const rows = await this.work.query<{ number: number; audience: number[] }>(audiences, [
      this.work.space,
      advisoryKey,
    ]);
    return new Map(rows.map((row) => [row.number, row.audience]));
  }

  private documents(named: ReturnType<typeof statement>, values: unknown[]): Promise<DocumentRow[]> {
    return this.work.query<DocumentRow & Record<string, unknown>>(named, values);
  }
}
