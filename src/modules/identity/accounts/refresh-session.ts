import { Injectable } from '@nestjs/common';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { hashOfToken, isToken } from '../credentials/tokens.js';
import { refreshFailed } from './account.problems.js';
import type { SignedInView } from './auth.dto.js';
import { OpenSession } from './open-session.js';

/**
 * Exchanges a refresh token for new tokens. A token that was exchanged before is in two hands: the session ends for both.
 * @see RFC 9700 §4.14.2
 */
@Injectable()
export class RefreshSession {
  constructor(
    private readonly work: UnitOfWork,
    private readonly credentials: CredentialsStore,
    private readonly openSession: OpenSession,
  ) {}

  async run(refreshToken: string): Promise<SignedInView> {
    if (!isToken(refreshToken, 'refresh')) throw refreshFailed();
    const hash = hashOfToken(refreshToken);
    const session = await this.work.run('nobody', LIVE, 'read', () => this.credentials.sessionForRefresh(hash));
    if (!session) throw refreshFailed();
    // The end of the session has to be committed, so the refusal follows after.
    const view = await this.work.run({ actingUserKey: session.user_key }, LIVE, 'write', () =>
      session.is_spent ? this.end(session) : this.exchange(session, hash),
    );
    if (!view) throw refreshFailed();
    return view;
  }

  private async exchange(
    session: { credential_key: number; user_key: number },
    hash: Buffer,
  ): Promise<SignedInView | null> {
    const tokens = this.openSession.newTokens();
    const { expiresAt, refreshExpiresAt } = tokens;
    const hashes = { accessHash: tokens.access.hash, refreshHash: tokens.refresh.hash };
    const rotated = await this.credentials.rotate(session.credential_key, hash, {
      ...hashes,
      expiresAt,
      refreshExpiresAt,
    });
    if (!rotated) return this.end(session);
    return this.openSession.view(tokens, session.user_key, rotated.is_limited);
  }

  private async end({ credential_key, user_key }: { credential_key: number; user_key: number }): Promise<null> {
    await this.credentials.revoke(credential_key);
    this.work.emit({ type: 'session.ended-by-reuse', version: 1, payload: {} }, user_key);
    return null;
  }
}
