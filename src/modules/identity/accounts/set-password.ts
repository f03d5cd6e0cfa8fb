import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { Passwords } from '../credentials/passwords.js';
import { PasswordStrength } from '../credentials/password-strength.js';
import { AccountsStore } from './accounts.store.js';
import type { AccountRow } from './accounts.store.js';

/** Sets the caller's own password, when it is hard to guess. */
@Injectable()
export class SetPassword {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly passwords: Passwords,
    private readonly strength: PasswordStrength,
  ) {}

  /**
   * @param pointer of the password in the request.
   * @throws Problem `invalid-input` for one that is easy to guess.
   */
  async run(actor: Actor, account: AccountRow, password: string, pointer: string): Promise<void> {
    const known = [account.email, account.display_name, actor.organisationName];
    const faults = await this.strength.faults(password, pointer, known);
    if (faults.length > 0) throw invalidInput(faults);
    await this.accounts.setPassword(actor.userKey, await this.passwords.hash(password));
  }
}
