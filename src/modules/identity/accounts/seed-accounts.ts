import { Injectable } from '@nestjs/common';
import type { Role } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { permissionsOf } from '../../../policy/permissions.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { Passwords } from '../credentials/passwords.js';
import { hashOfToken, mintToken } from '../credentials/tokens.js';
import { addDays } from './account.rules.js';
import { addressTaken } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { normaliseEmail } from './sign-in.rules.js';

const KEY_DAYS = 365;

export interface SeededAccount {
  userKey: number;
  userId: string;
  /** With all scopes of the roles; good for a year. */
  apiKey: string;
}

/** Opens accounts with given passwords, for a demo and for tests: nobody is there to accept an invitation. */
@Injectable()
export class SeedAccounts {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
    private readonly passwords: Passwords,
    private readonly chance: Chance,
  ) {}

  /**
   * Runs in units of work of its own: the account is made by whoever may staff the organisation, its password and key
   * are written as the account itself, since nobody else can.
   * @param actingUserKey an administrator of the organisation, of the CERT over it, or of the secretariat.
   */
  async createAccount(
    actingUserKey: number,
    account: {
      organisationKey: number;
      isSecretariat?: boolean;
      email: string;
      displayName: string;
      roles: readonly Role[];
      password: string;
    },
  ): Promise<SeededAccount> {
    const passwordHash = await this.passwords.hash(account.password);
    const { organisationKey, displayName, roles } = account;
    const userId = this.chance.uuid();
    const userKey = await this.work.run({ actingUserKey }, LIVE, 'write', async () => {
      const email = normaliseEmail(account.email);
      const key = await this.accounts.insert({
        id: userId,
        organisationKey,
        email,
        displayName,
        roles,
        status: 'active',
      });
      if (key === null) throw addressTaken();
      this.work.emit({ type: 'account.activated', version: 1, payload: { userId } }, actingUserKey);
      return key;
    });
    const apiKey = await this.secure(
      { userKey, organisationKey, roles, isSecretariat: account.isSecretariat ?? false },
      passwordHash,
    );
    return { userKey, userId, apiKey };
  }

  /** Opens an invited account, such as the first administrator's. */
  async acceptInvitation(linkToken: string, password: string): Promise<SeededAccount> {
    const passwordHash = await this.passwords.hash(password);
    const tokenHash = hashOfToken(linkToken).toString('hex');
    const account = await this.work.run({ tokenHash }, LIVE, 'write', async () => {
      const invited = await this.accounts.invited();
      if (!invited) throw new Error('The invitation was used, or has expired');
      const { display_name: displayName, roles } = invited;
      await this.accounts.update(invited.key, { displayName, roles, status: 'active' });
      await this.credentials.revokeAll(invited.key, ['link'], 0);
      return invited;
    });
    const { key: userKey, id: userId, org_key: organisationKey, roles } = account;
    const apiKey = await this.secure({ userKey, organisationKey, roles, isSecretariat: true }, passwordHash);
    return { userKey, userId, apiKey };
  }

  private secure(
    account: { userKey: number; organisationKey: number; roles: readonly Role[]; isSecretariat: boolean },
    passwordHash: string,
  ): Promise<string> {
    const { userKey, organisationKey, roles } = account;
    return this.work.run({ actingUserKey: userKey }, LIVE, 'write', async () => {
      await this.accounts.setPassword(userKey, passwordHash);
      const { token, hash } = mintToken(this.chance, 'api-key');
      const scopes = [...permissionsOf(roles, account.isSecretariat)];
      const expiresAt = addDays(this.work.at, KEY_DAYS);
      const id = this.chance.uuid();
      await this.credentials.insertApiKey({ id, userKey, organisationKey, hash, name: 'first key', scopes, expiresAt });
      return token;
    });
  }
}
