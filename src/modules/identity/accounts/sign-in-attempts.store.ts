import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { Attempts } from './sign-in.rules.js';

interface AttemptsRow {
  subject: Buffer;
  failures: number;
  last_failed_at: Date;
  blocked_until: Date | null;
  last_succeeded_at: Date | null;
}

// Sorted by subject in both, so that two attempts never wait for each other crosswise.
const begin = statement(
  'attempts-begin',
  `insert into ronda.sign_in_attempt (subject, account, failures, last_failed_at)
   select subject, $2, 0, $3 from unnest($1::bytea[]) subject order by subject on conflict do nothing`,
);
const lock = statement(
  'attempts-lock',
  `select subject, failures, last_failed_at, blocked_until, last_succeeded_at from ronda.sign_in_attempt
    where subject = any ($1::bytea[]) order by subject for update`,
);
const write = statement(
  'attempts-write',
  `update ronda.sign_in_attempt a set failures = w.failures, last_failed_at = w.last_failed_at, blocked_until = w.blocked_until
     from unnest($1::bytea[], $2::int[], $3::timestamptz[], $4::timestamptz[]) w (subject, failures, last_failed_at, blocked_until)
    where a.subject = w.subject`,
);
const forgive = statement(
  'attempts-forgive',
  `update ronda.sign_in_attempt set failures = greatest(failures - 1, 0), blocked_until = null where subject = any ($1::bytea[])`,
);
const succeed = statement(
  'attempts-succeed',
  `update ronda.sign_in_attempt set failures = 0, blocked_until = null, last_succeeded_at = $2 where subject = $1`,
);
const clear = statement(
  'attempts-clear',
  'update ronda.sign_in_attempt set failures = 0, blocked_until = null where account = $1',
);

@Injectable()
export class SignInAttemptsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** The counters of these subjects, in their order, locked; new ones begin at nothing. */
  async lock(subjects: readonly Buffer[], account: Buffer): Promise<Attempts[]> {
    await this.work.query(begin, [subjects, account, this.work.at]);
    const rows = await this.work.query<AttemptsRow>(lock, [subjects]);
    return subjects.map((subject) => {
      const row = rows.find((each) => each.subject.equals(subject));
      if (!row) throw new Error('A counter of sign-in attempts vanished under its lock');
      return {
        failures: row.failures,
        lastFailedAt: row.last_failed_at,
        blockedUntil: row.blocked_until,
        lastSucceededAt: row.last_succeeded_at,
      };
    });
  }

  async write(subjects: readonly Buffer[], attempts: readonly Attempts[]): Promise<void> {
    await this.work.query(write, [
      subjects,
      attempts.map(({ failures }) => failures),
      attempts.map(({ lastFailedAt }) => lastFailedAt),
      attempts.map(({ blockedUntil }) => blockedUntil),
    ]);
  }

  /** Takes one attempt back. */
  async forgive(subjects: readonly Buffer[]): Promise<void> {
    await this.work.query(forgive, [subjects]);
  }

  async succeed(subject: Buffer): Promise<void> {
    await this.work.query(succeed, [subject, this.work.at]);
  }

  /** Forgets the failures on an account, wherever they came from. */
  async clear(account: Buffer): Promise<void> {
    await this.work.query(clear, [account]);
  }
}
