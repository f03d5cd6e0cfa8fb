import { Injectable } from '@nestjs/common';
import { Chance } from '../../../kernel/chance.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { permissionsOf } from '../../../policy/permissions.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { mintToken } from '../credentials/tokens.js';
import type { MintedToken } from '../credentials/tokens.js';
import { ACCESS_MINUTES, REFRESH_DAYS, addDays, addMinutes } from './account.rules.js';
import { AccountsStore } from './accounts.store.js';
import type { SignedInView } from './auth.dto.js';
import { toMeView } from './me.view.js';

export interface SessionTokens {
  access: MintedToken;
  refresh: MintedToken;
  expiresAt: Date;
  refreshExpiresAt: Date;
}

/** Opens sessions and shows their tokens. Runs in a unit of work of the account itself. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
    private readonly chance: Chance,
  ) {}

  newTokens(): SessionTokens {
    const { at } = this.work;
    return {
      access: mintToken(this.chance, 'access'),
      refresh: mintToken(this.chance, 'refresh'),
      expiresAt: addMinutes(at, ACCESS_MINUTES),
      refreshExpiresAt: addDays(at, REFRESH_DAYS),
    };
  }

  /** @param isLimited whether it may only enrol a second factor. */
  async run(account: { userKey: number; organisationKey: number; isLimited: boolean }): Promise<SignedInView> {
    const tokens = this.newTokens();
    const { expiresAt, refreshExpiresAt } = tokens;
    const hashes = { accessHash: tokens.access.hash, refreshHash: tokens.refresh.hash };
    const id = this.chance.uuid();
    await this.credentials.insertSession({ id, ...account, ...hashes, expiresAt, refreshExpiresAt });
    this.work.emit({ type: 'session.opened', version: 1, payload: { sessionId: id } }, account.userKey);
    return this.view(tokens, account.userKey, account.isLimited);
  }

  async view(tokens: SessionTokens, userKey: number, isLimited: boolean): Promise<SignedInView> {
    const row = await this.accounts.own(userKey);
    if (!row) throw new Error('An account that signed in cannot be read by itself');
    const runsTheRegion = row.org_is_secretariat && row.org_standing === 'active';
    const permissions = isLimited ? [] : permissionsOf(row.roles, runsTheRegion);
    return {
      accessToken: tokens.access.token,
      refreshToken: tokens.refresh.token,
      expiresAt: tokens.expiresAt.toISOString(),
      refreshExpiresAt: tokens.refreshExpiresAt.toISOString(),
      totpEnrolmentRequired: isLimited,
      user: toMeView(row, { permissions, isFullSession: !isLimited }),
    };
  }
}
