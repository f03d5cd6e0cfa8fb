import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { OpenRequest } from './open-request.js';
import { RequestsStore } from './requests.store.js';

/** Ends a request, for the organisation that asked: taken back, or done with. Whom it was sent to still reads it. */
@Injectable()
export class EndRequest {
  constructor(
    private readonly open: OpenRequest,
    private readonly requests: RequestsStore,
  ) {}

  async withdraw(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { key } = await this.open.run(actor, id, 'withdraw', ifMatch);
    this.requests.end(key, 'withdrawn');
    this.open.emit(actor, 'request.withdrawn', id);
    return id;
  }

  async close(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { key } = await this.open.run(actor, id, 'close', ifMatch);
    this.requests.end(key, 'closed');
    this.open.emit(actor, 'request.closed', id);
    return id;
  }
}
