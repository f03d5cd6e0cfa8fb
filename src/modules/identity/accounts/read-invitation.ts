import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { TakeLink } from './take-link.js';
import type { InvitationView } from './users.dto.js';

/** What the invitation in the caller's hand is for. */
@Injectable()
export class ReadInvitation {
  constructor(private readonly takeLink: TakeLink) {}

  async run(actor: Actor): Promise<InvitationView> {
    const { link, account } = await this.takeLink.run(actor, 'invitation');
    return {
      organisation: actor.organisationName,
      email: account.email,
      displayName: account.display_name,
      roles: account.roles,
      expiresAt: link.expires_at.toISOString(),
      allowedActions: ['accept'],
    };
  }
}
