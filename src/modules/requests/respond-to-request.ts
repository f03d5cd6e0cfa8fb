import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { OpenRequest } from './open-request.js';
import { RequestsStore } from './requests.store.js';

/** Says, for an organisation that was asked, that it has seen a request, or that it will not answer. No reason is asked for. */
@Injectable()
export class RespondToRequest {
  constructor(
    private readonly open: OpenRequest,
    private readonly requests: RequestsStore,
  ) {}

  acknowledge(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    return this.respond(actor, id, 'acknowledge', ifMatch);
  }

  decline(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    return this.respond(actor, id, 'decline', ifMatch);
  }

  private async respond(
    actor: Actor,
    id: string,
    action: 'acknowledge' | 'decline',
    ifMatch: string | undefined,
  ): Promise<string> {
    const { key } = await this.open.run(actor, id, action, ifMatch);
    const state = action === 'acknowledge' ? 'acknowledged' : 'declined';
    await this.requests.respond(key, actor.organisationKey, state, actor.userKey);
    this.open.emit(actor, `request.${state}`, id, { organisationId: actor.organisationId });
    return id;
  }
}
