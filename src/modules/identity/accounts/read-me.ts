import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { decodeCursor, pageOf } from '../../../platform/http/page.js';
import type { PageQuery } from '../../../platform/http/page.dto.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import type { CredentialRow } from '../credentials/credentials.store.js';
import { AccountsStore } from './accounts.store.js';
import type { OwnAccountRow } from './accounts.store.js';
import type { TotpView } from './auth.dto.js';
import type { ApiKeyPage, ApiKeyView, MeView, SessionPage, SessionView } from './me.dto.js';
import { toApiKeyView, toMeView, toSessionView } from './me.view.js';

/** What an account sees of itself. */
@Injectable()
export class ReadMe {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
  ) {}

  async row(actor: Actor): Promise<OwnAccountRow> {
    const row = await this.accounts.own(actor.userKey);
    if (!row) throw notFound();
    return row;
  }

  async view(actor: Actor): Promise<MeView> {
    const isFullSession = actor.credentialKind === 'session' && !actor.isLimited;
    return toMeView(await this.row(actor), { permissions: actor.permissions, isFullSession });
  }

  async totp(actor: Actor): Promise<TotpView> {
    const { totp_confirmed_at, recovery_codes_left } = await this.row(actor);
    const isActive = totp_confirmed_at !== null;
    return {
      isActive,
      confirmedAt: totp_confirmed_at?.toISOString() ?? null,
      recoveryCodesLeft: recovery_codes_left,
      allowedActions: actor.credentialKind === 'session' ? [isActive ? 'remove' : 'enrol'] : [],
    };
  }

  async sessions(actor: Actor, { cursor, limit }: PageQuery): Promise<SessionPage> {
    const rows = await this.list(actor, 'session', cursor, limit);
    return pageOf(rows, limit, keysOf, (row) => toSessionView(row, actor));
  }

  async session(actor: Actor, id: string): Promise<SessionView> {
    return toSessionView(await this.credential(actor, 'session', id), actor);
  }

  async apiKeys(actor: Actor, { cursor, limit }: PageQuery): Promise<ApiKeyPage> {
    const rows = await this.list(actor, 'api-key', cursor, limit);
    return pageOf(rows, limit, keysOf, (row) => toApiKeyView(row, actor));
  }

  async apiKey(actor: Actor, id: string): Promise<ApiKeyView> {
    return toApiKeyView(await this.credential(actor, 'api-key', id), actor);
  }

  /** @throws Problem the one 404 for what is not the caller's own, or has ended. */
  async credential(actor: Actor, kind: 'session' | 'api-key', id: string): Promise<CredentialRow> {
    const row = await this.credentials.find(actor.userKey, kind, id);
    if (!row) throw notFound();
    return row;
  }

  private list(
    actor: Actor,
    kind: 'session' | 'api-key',
    cursor: string | undefined,
    limit: number,
  ): Promise<CredentialRow[]> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    return this.credentials.list(actor.userKey, kind, after, limit + 1);
  }
}

const keysOf = (row: CredentialRow): { at: string; id: string } => ({ at: row.created_at.toISOString(), id: row.id });
