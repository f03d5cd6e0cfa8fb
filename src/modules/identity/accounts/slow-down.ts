import { Injectable } from '@nestjs/common';
import { Problem } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { SecretBox } from '../../../platform/secrets/secret-box.js';
import { SignInAttemptsStore } from './sign-in-attempts.store.js';
import { FREE_FAILURES, FREE_FAILURES_EVERYWHERE, blockedUntil, counted, networkOf } from './sign-in.rules.js';

/** What an attempt is counted under. */
export interface AttemptSubjects {
  here: Buffer;
  everywhere: Buffer;
}

/**
 * Slows down guessing at passwords and codes, the same for accounts that exist and for those that do not. It never locks
 * anyone out for good: a wait is a quarter of an hour at the most, and where the holder has signed in from before, only
 * failures from there count.
 */
@Injectable()
export class SlowDown {
  constructor(
    private readonly work: UnitOfWork,
    private readonly attempts: SignInAttemptsStore,
    private readonly box: SecretBox,
  ) {}

  subjectsOf(email: string, address: string): AttemptSubjects {
    return {
      here: this.box.fingerprint('attempts-here', email, networkOf(address)),
      everywhere: this.box.fingerprint('attempts-everywhere', email),
    };
  }

  /**
   * Counts an attempt as failed before it is made, so that many at once are counted too.
   * @throws Problem `too-many-attempts` (429) while one has to wait.
   */
  async admit({ here, everywhere }: AttemptSubjects): Promise<void> {
    const subjects = [here, everywhere];
    const [byNetwork, byAccount] = await this.attempts.lock(subjects, everywhere);
    if (!byNetwork || !byAccount) throw new Error('Two counters were asked for');
    const { at } = this.work;
    const until = blockedUntil(byNetwork, byAccount, at);
    if (until) throw tooManyAttempts(Math.ceil((until.getTime() - at.getTime()) / 1000));
    await this.attempts.write(subjects, [
      counted(byNetwork, FREE_FAILURES, at),
      counted(byAccount, FREE_FAILURES_EVERYWHERE, at),
    ]);
  }

  /** The attempt was neither right nor wrong. */
  forgive({ here, everywhere }: AttemptSubjects): Promise<void> {
    return this.attempts.forgive([here, everywhere]);
  }

  async succeed({ here, everywhere }: AttemptSubjects): Promise<void> {
    await this.attempts.succeed(here);
    await this.attempts.forgive([everywhere]);
  }

  /** After a reset nobody waits for what others tried before. */
  clear(email: string): Promise<void> {
    return this.attempts.clear(this.box.fingerprint('attempts-everywhere', email));
  }
}

const tooManyAttempts = (seconds: number): Problem =>
  new Problem(
    'too-many-attempts',
    429,
    'Too many attempts',
    `Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'} before you try again, or have your password reset.`,
    { headers: { 'retry-after': String(seconds) } },
  );
