import { Type } from 'class-transformer';
import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { PageQuery } from '../../platform/http/page.dto.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

const LARGEST = Number.MAX_SAFE_INTEGER;

export class InclusionQuery {
  /**
   * Of the leaf, from 0.
   * @example 7
   */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(LARGEST)
  position!: number;

  /**
   * Of the tree, in leaves, as a checkpoint names it. The newest tree when left out.
   * @example 16
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST)
  size?: number;
}

/** That a leaf is in the tree of a size: to be checked with the root of a checkpoint of that size (RFC 9162 §2.1.3). */
export class InclusionView {
  /**
   * @example 7
   */
  position!: number;

  /**
   * @example 16
   */
  size!: number;

  /**
   * SHA-256, base64.
   * @example "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c="
   */
  leafHash!: string;

  /**
   * Sibling hashes, leaf to root, base64.
   * @example ["Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4="]
   */
  proof!: string[];
}

export class ConsistencyQuery {
  /**
   * The size of the older tree, in leaves.
   * @example 16
   */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST)
  from!: number;

  /**
   * The size of the newer tree. The newest when left out.
   * @example 32
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST)
  to?: number;
}

/** That a tree begins with all the leaves of an older one: to be checked with the roots of both (RFC 9162 §2.1.4). */
export class ConsistencyView {
  /**
   * @example 16
   */
  from!: number;

  /**
   * @example 32
   */
  to!: number;

  /**
   * Base64.
   * @example ["Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4="]
   */
  proof!: string[];
}

export class LeavesQuery {
  /**
   * The position of the first.
   * @example 0
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(LARGEST)
  from: number = 0;

  /**
   * How many at the most.
   * @example 256
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1024)
  limit: number = 256;
}

export class LeavesView {
  /**
   * @example 0
   */
  from!: number;

  /**
   * Of the whole tree, in leaves.
   * @example 16
   */
  size!: number;

  /**
   * SHA-256, base64, in the order of the tree.
   * @example ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c="]
   */
  leafHashes!: string[];
}

/** A key that signs checkpoints, or did. */
export class LedgerKeyView {
  /**
   * Of the ledger: its origin.
   * @example "local/ledger/0"
   */
  name!: string;

  /**
   * @example "c74f20a3"
   */
  keyId!: string;

  /**
   * As verifiers of signed notes take it.
   * @example "local/ledger/0+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
   */
  verifierKey!: string;

  /**
   * Of the leaf that says so; the key before signs it.
   * @example 3
   */
  position!: number;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  announcedAt!: string;

  /**
   * Base64; null where it is not to be read any more.
   * @example "Zm9yIGEgbGVhZiBvZiBpdHMgb3duLCAzMiBieXRlcyE="
   */
  salt!: string | null;

  /**
   * What the leaf says, to the byte as it was hashed.
   * @example "{\"actor\":null,\"facts\":{},\"type\":\"ledger.began\"}"
   */
  entry!: string | null;
}

export class LedgerKeyList {
  /** The one that signs now first. */
  items!: LedgerKeyView[];
}

export class EntriesQuery extends PageQuery {
  /**
   * What the entries are about: a record, a group, an organisation, an account.
   * @example 8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b
   */
  @IsUUID()
  subject!: string;
}

/** An entry that the caller may read, with what it takes to find it in the tree. */
export class EntryView {
  /**
   * UUIDv4.
   * @example "3c1e2f4a-5b6d-4e7f-8a9b-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "incident.filed"
   */
  type!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  occurredAt!: string;

  /**
   * In the tree, from 0.
   * @example 7
   */
  position!: number;

  /**
   * SHA-256(0x00 || HMAC-SHA-256(salt, entry)), base64.
   * @example "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c="
   */
  leafHash!: string;

  /**
   * Base64.
   * @example "Zm9yIGEgbGVhZiBvZiBpdHMgb3duLCAzMiBieXRlcyE="
   */
  salt!: string;

  /**
   * Canonical JSON, to the byte as it was hashed.
   * @example "{\"actor\":\"2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e\",\"facts\":{\"incidentId\":\"8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b\"},\"id\":\"3c1e2f4a-5b6d-4e7f-8a9b-0c1d2e3f4a5b\",\"occurredAt\":\"2026-11-20T02:10:00.000Z\",\"space\":0,\"type\":\"incident.filed\",\"version\":1}"
   */
  entry!: string;
}

export class EntryPage {
  items!: EntryView[];

  /**
   * Opaque; null at the end.
   * @example "WyIyMDI2LTExLTIwVDAyOjEwOjAwLjAwMFoiLCI4YTVmNGIwZS02ZjBhLTRjM2UtOWE1Ny0wYzFkMmUzZjRhNWIiXQ"
   */
  next!: string | null;
}
