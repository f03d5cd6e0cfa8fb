import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export type LinkPurpose = 'invitation' | 'password-reset';

export interface NewSession {
  id: string;
  userKey: number;
  organisationKey: number;
  accessHash: Buffer;
  refreshHash: Buffer;
  expiresAt: Date;
  refreshExpiresAt: Date;
  isLimited: boolean;
}

export interface NewApiKey {
  id: string;
  userKey: number;
  organisationKey: number;
  hash: Buffer;
  name: string;
  scopes: readonly string[];
  expiresAt: Date;
}

export interface NewLink {
  id: string;
  userKey: number;
  organisationKey: number;
  hash: Buffer;
  purpose: LinkPurpose;
  clearsSecondFactor: boolean;
  expiresAt: Date;
}

export interface LinkRow {
  key: number;
  purpose: LinkPurpose;
  expires_at: Date;
  clears_second_factor: boolean;
}

export interface CredentialRow {
  key: number;
  id: string;
  name: string | null;
  scopes: string[] | null;
  is_limited: boolean;
  created_at: Date;
  expires_at: Date;
  refresh_expires_at: Date | null;
  last_used_at: Date | null;
}

const insertSession = statement(
  'credential-insert-session',
  `insert into ronda.credential (id, kind, user_key, org_key, token_hash, refresh_hash, expires_at, refresh_expires_at, is_limited, created_at)
   values ($1, 'session', $2, $3, $4, $5, $6, $7, $8, $9) returning key`,
);
const insertApiKey = statement(
  'credential-insert-api-key',
  `insert into ronda.credential (id, kind, user_key, org_key, token_hash, name, scopes, expires_at, created_at)
   values ($1, 'api-key', $2, $3, $4, $5, $6, $7, $8)`,
);
const insertLink = statement(
  'credential-insert-link',
  `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, clears_second_factor, expires_at, created_at)
   values ($1, 'link', $2, $3, $4, $5, $6, $7, $8)`,
);
const sessionForRefresh = statement(
  'credential-for-refresh',
  'select credential_key, user_key, is_spent from ronda.session_for_refresh($1, $2)',
);
const rotate = statement(
  'credential-rotate',
  `update ronda.credential set token_hash = $3, refresh_hash = $4, expires_at = $5, refresh_expires_at = $6
    where key = $1 and refresh_hash = $2 and revoked_at is null returning is_limited`,
);
const spend = statement(
  'credential-spend',
  'insert into ronda.spent_refresh_token (token_hash, credential_key, spent_at) values ($1, $2, $3)',
);
const lift = statement('credential-lift', 'update ronda.credential set is_limited = false where key = $1');
const revoke = statement(
  'credential-revoke',
  'update ronda.credential set revoked_at = $2 where key = $1 and revoked_at is null',
);
const revokeOthers = statement(
  'credential-revoke-others',
  `update ronda.credential set revoked_at = $4 where user_key = $1 and kind = any ($2) and key <> $3 and revoked_at is null`,
);
const lockLink = statement(
  'credential-lock-link',
  `select key, purpose, expires_at, clears_second_factor from ronda.credential where key = $1 and revoked_at is null for update`,
);
const columns = `key, id, name, scopes, is_limited, created_at, expires_at, refresh_expires_at, last_used_at from ronda.credential`;
const isOpen = `revoked_at is null and coalesce(refresh_expires_at, expires_at) > $3`;
const find = statement(
  'credential-find',
  `select ${columns} where user_key = $1 and kind = $2 and ${isOpen} and id = $4`,
);
const list = statement(
  'credential-list',
  `select ${columns} where user_key = $1 and kind = $2 and ${isOpen}
      and ($4::timestamptz is null or (created_at, id) < ($4, $5::uuid))
    order by created_at desc, id desc limit $6`,
);

/** Whatever shows who somebody is. Only hashes of tokens come here. */
@Injectable()
export class CredentialsStore {
  constructor(private readonly work: UnitOfWork) {}

  async insertSession(session: NewSession): Promise<void> {
    await this.work.query(insertSession, [
      session.id,
      session.userKey,
      session.organisationKey,
      session.accessHash,
      session.refreshHash,
      session.expiresAt,
      session.refreshExpiresAt,
      session.isLimited,
      this.work.at,
    ]);
  }

  async insertApiKey(key: NewApiKey): Promise<void> {
    const { id, userKey, organisationKey, hash, name, scopes, expiresAt } = key;
    await this.work.query(insertApiKey, [id, userKey, organisationKey, hash, name, scopes, expiresAt, this.work.at]);
  }

  async insertLink(link: NewLink): Promise<void> {
    const { id, purpose, userKey, organisationKey, hash, clearsSecondFactor, expiresAt } = link;
    const at = this.work.at;
    await this.work.query(insertLink, [id, purpose, userKey, organisationKey, hash, clearsSecondFactor, expiresAt, at]);
  }

  async sessionForRefresh(
    refreshHash: Buffer,
  ): Promise<{ credential_key: number; user_key: number; is_spent: boolean } | undefined> {
    const [row] = await this.work.query<{ credential_key: number; user_key: number; is_spent: boolean }>(
      sessionForRefresh,
      [refreshHash, this.work.at],
    );
    return row;
  }

  /** Exchanges a session's tokens. Null where the refresh token was exchanged in between. */
  async rotate(
    key: number,
    refreshHash: Buffer,
    next: { accessHash: Buffer; refreshHash: Buffer; expiresAt: Date; refreshExpiresAt: Date },
  ): Promise<{ is_limited: boolean } | null> {
    const [session] = await this.work.query<{ is_limited: boolean }>(rotate, [
      key,
      refreshHash,
      next.accessHash,
      next.refreshHash,
      next.expiresAt,
      next.refreshExpiresAt,
    ]);
    if (!session) return null;
    await this.work.query(spend, [refreshHash, key, this.work.at]);
    return session;
  }

  /** A limited session becomes a full one. */
  async lift(key: number): Promise<void> {
    await this.work.query(lift, [key]);
  }

  /** Acts on the credential's next request. */
  async revoke(key: number): Promise<void> {
    await this.work.query(revoke, [key, this.work.at]);
  }

  /** @param exceptKey stays; 0 for none. */
  async revokeAll(
    userKey: number,
    kinds: readonly ('session' | 'api-key' | 'link')[],
    exceptKey: number,
  ): Promise<void> {
    await this.work.query(revokeOthers, [userKey, kinds, exceptKey, this.work.at]);
  }

  /** Of two that use a link at once the second waits here, and finds it used. */
  async lockLink(key: number): Promise<LinkRow | undefined> {
    const [row] = await this.work.query<LinkRow>(lockLink, [key]);
    return row;
  }

  async find(userKey: number, kind: 'session' | 'api-key', id: string): Promise<CredentialRow | undefined> {
    const [row] = await this.work.query<CredentialRow>(find, [userKey, kind, this.work.at, id]);
    return row;
  }

  list(
    userKey: number,
    kind: 'session' | 'api-key',
    after: { at: string; id: string } | null,
    limit: number,
  ): Promise<CredentialRow[]> {
    const values = [userKey, kind, this.work.at, after?.at ?? null, after?.id ?? null, limit];
    return this.work.query<CredentialRow>(list, values);
  }
}
