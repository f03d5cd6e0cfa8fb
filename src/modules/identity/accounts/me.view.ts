import type { Actor } from '../../../kernel/actor.js';
import { besidesEdits } from '../../../platform/http/etag.js';
import type { CredentialRow } from '../credentials/credentials.store.js';
import type { OwnAccountRow } from './accounts.store.js';
import type { ApiKeyView, MeView, SessionView } from './me.dto.js';

/** @param by the credential in use: what it may be used for, and whether it is a session that is not limited. */
export function toMeView(row: OwnAccountRow, by: { permissions: Iterable<string>; isFullSession: boolean }): MeView {
  return {
    id: row.id,
    email: row.email,
    displayName: row.display_name,
    roles: row.roles,
    organisation: {
      id: row.org_id,
      name: row.org_name,
      kind: row.org_kind,
      country: row.org_country,
      standing: row.org_standing,
    },
    permissions: [...by.permissions],
    hasSecondFactor: row.totp_confirmed_at !== null,
    secondFactorRequired: row.totp_required,
    allowedActions: by.isFullSession ? ['update', 'change-password', 'create-api-key'] : [],
  };
}

export const toSessionView = (row: CredentialRow, actor: Actor): SessionView =>
  besidesEdits<SessionView>(
    {
      id: row.id,
      createdAt: row.created_at.toISOString(),
      expiresAt: (row.refresh_expires_at ?? row.expires_at).toISOString(),
      isCurrent: row.key === actor.credentialKey,
      isLimited: row.is_limited,
      allowedActions: actor.credentialKind === 'session' ? ['revoke'] : [],
    },
    'expiresAt',
  );

export const toApiKeyView = (row: CredentialRow, actor: Actor): ApiKeyView =>
  besidesEdits<ApiKeyView>(
    {
      id: row.id,
      name: row.name ?? '',
      scopes: row.scopes ?? [],
      createdAt: row.created_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      allowedActions: actor.credentialKind === 'session' ? ['revoke'] : [],
    },
    'lastUsedAt',
  );
