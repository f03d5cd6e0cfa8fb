import { Injectable } from '@nestjs/common';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Passwords } from '../credentials/passwords.js';
import { isSignInFailed, signInFailed, totpRequired } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import type { SignInRow } from './accounts.store.js';
import type { LoginDto, SignedInView } from './auth.dto.js';
import { OpenSession } from './open-session.js';
import { SecondFactor } from './second-factor.js';
import { normaliseEmail } from './sign-in.rules.js';
import type { AttemptSubjects } from './slow-down.js';
import { SlowDown } from './slow-down.js';

/**
 * Signs in with a password and, where there is one, a second factor.
 *
 * Until the password has been found right, everything happens in the same way, with the same queries and the same
 * hashing, for accounts that exist and for those that do not, are disabled or have no password.
 */
@Injectable()
export class SignIn {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly passwords: Passwords,
    private readonly slowDown: SlowDown,
    private readonly secondFactor: SecondFactor,
    private readonly openSession: OpenSession,
  ) {}

  /** @param address of the caller. */
  async run(credentials: LoginDto, address: string): Promise<SignedInView> {
    const subjects = this.slowDown.subjectsOf(normaliseEmail(credentials.email), address);
    try {
      return await this.attempt(credentials, subjects);
    } catch (error) {
      if (isSignInFailed(error)) await this.note(subjects);
      throw error;
    }
  }

  /** That it failed, of accounts that exist and of those that do not: by the hash under which failures are counted. */
  private async note({ everywhere }: AttemptSubjects): Promise<void> {
    const payload = { account: everywhere.toString('base64url') };
    await this.work.run('nobody', LIVE, 'write', () =>
      Promise.resolve(this.work.emit({ type: 'sign-in.failed', version: 1, payload })),
    );
  }

  private async attempt(credentials: LoginDto, subjects: AttemptSubjects): Promise<SignedInView> {
    const email = normaliseEmail(credentials.email);
    // Committed before the password is looked at: of many attempts at once, those beyond the free ones are refused.
    const candidates = await this.work.run('nobody', LIVE, 'write', async () => {
      await this.slowDown.admit(subjects);
      return this.accounts.forSignIn(email);
    });
    // Outside a transaction: hashing takes longer than all queries together.
    const match = await this.passwords.firstMatch(
      credentials.password,
      candidates.map(({ password_hash }) => password_hash),
    );
    const account = candidates[match];
    if (!account || account.status !== 'active' || account.standing === 'retired') throw signInFailed();

    const hasSecondFactor = account.totp_confirmed_at !== null;
    if (hasSecondFactor && credentials.totp === undefined && credentials.recoveryCode === undefined) {
      await this.work.run('nobody', LIVE, 'write', () => this.slowDown.forgive(subjects));
      throw totpRequired();
    }
    return this.work.run({ actingUserKey: account.user_key }, LIVE, 'write', () =>
      this.open(account, credentials, subjects, hasSecondFactor),
    );
  }

  private async open(
    account: SignInRow,
    credentials: LoginDto,
    subjects: AttemptSubjects,
    hasSecondFactor: boolean,
  ): Promise<SignedInView> {
    if (hasSecondFactor && !(await this.takeSecondFactor(account, credentials))) throw signInFailed();
    await this.slowDown.succeed(subjects);
    return this.openSession.run({
      userKey: account.user_key,
      organisationKey: account.org_key,
      isLimited: account.totp_required && !hasSecondFactor,
    });
  }

  private takeSecondFactor(account: SignInRow, { totp, recoveryCode }: LoginDto): Promise<boolean> {
    const { user_key, totp_sealed } = account;
    if (totp !== undefined && totp_sealed) return this.secondFactor.takeCode(totp, totp_sealed, user_key, this.work.at);
    if (recoveryCode !== undefined) return this.secondFactor.takeRecoveryCode(recoveryCode, user_key);
    return Promise.resolve(false);
  }
}
