import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { statement } from '../../platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AdmitMember } from './admit-member.js';

const dueAdmissions = statement('admission-due', 'select membership_id, user_key from ronda.due_admissions($1)');

/** Lets newcomers into their groups when nobody objected in time. Safe to run on several nodes at once. */
@Injectable()
export class AdmitDueMembers {
  private readonly log = new Logger(AdmitDueMembers.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly admit: AdmitMember,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    for (const { membership_id: membershipId, user_key: actingUserKey } of await this.due()) {
      try {
        await this.work.run({ actingUserKey }, LIVE, 'write', () => this.admit.admitDue(membershipId));
      } catch (error) {
        // One that fails must not keep the others waiting; it is due again at the next round.
        this.log.error(`a due admission could not be completed: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    }
  }

  private due(): Promise<{ membership_id: string; user_key: number }[]> {
    return this.work.run('nobody', LIVE, 'read', () => this.work.query(dueAdmissions, [this.clock.now()]));
  }
}
