import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ResolveAudience } from '../sharing/index.js';
import { duesOf } from './ask-request.js';
import { OpenRequest } from './open-request.js';
import { RequestsStore } from './requests.store.js';

/** Sends a request that waits, GREEN and CLEAR as the second person: to whom its audience names now, with clocks that begin now. */
@Injectable()
export class SendRequest {
  constructor(
    private readonly work: UnitOfWork,
    private readonly open: OpenRequest,
    private readonly resolve: ResolveAudience,
    private readonly requests: RequestsStore,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.open.run(actor, id, 'send', ifMatch);
    const principals = await this.resolve.run(row.chosen);
    const { at } = this.work;
    // What was said while it waited may be past by now.
    const kept = (by: Date | null): Date | null => (by !== null && by > at ? by : null);
    const said = { acknowledgeBy: kept(row.acknowledge_by), answerBy: kept(row.answer_by) };
    this.requests.send(row, principals, duesOf(this.region, row.kind, at, said), actor.userKey);
    this.open.emit(actor, 'request.sent', id, { kind: row.kind, tlp: row.tlp });
    return id;
  }
}
