import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Passwords } from '../credentials/passwords.js';
import { sessionNeeded, wrongPassword } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { SlowDown } from './slow-down.js';
import type { AttemptSubjects } from './slow-down.js';

/** Makes sure that whoever holds the session knows the password too, before something that a stolen session must not do. */
@Injectable()
export class ConfirmIdentity {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly passwords: Passwords,
    private readonly slowDown: SlowDown,
  ) {}

  /**
   * Counts the attempt, in a transaction of its own since a refusal rolls the request's back. Called before the
   * request's first query, so that no request holds a connection while it waits for another.
   * @param address of the caller.
   * @throws Problem 429 after too many.
   */
  async begin(actor: Actor, address: string): Promise<AttemptSubjects> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    const subjects = this.slowDown.subjectsOf(`session of ${actor.userId}`, address);
    await this.work.run({ tokenHash: actor.tokenHash }, LIVE, 'write', () => this.slowDown.admit(subjects));
    return subjects;
  }

  /** @throws Problem `wrong-password`. */
  async check(actor: Actor, password: string, attempt: AttemptSubjects): Promise<void> {
    const secret = await this.accounts.secret(actor.userKey);
    if (!(await this.passwords.matches(password, secret?.password_hash ?? null))) throw wrongPassword();
    await this.slowDown.succeed(attempt);
  }
}
