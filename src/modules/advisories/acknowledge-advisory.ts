import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { AdvisoryReceipts } from './advisory-receipts.store.js';
import { AdvisoryReader } from './advisory.reader.js';
import { toReceiptView } from './advisory.view.js';
import { OpenAdvisory } from './open-advisory.js';
import type { AdvisoryReceiptList } from './review.views.dto.js';

/** A recipient says that it has the version that is out; its issuer reads who has. */
@Injectable()
export class AcknowledgeAdvisory {
  constructor(
    private readonly opening: OpenAdvisory,
    private readonly reader: AdvisoryReader,
    private readonly receipts: AdvisoryReceipts,
  ) {}

  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.opening.run(actor, id, 'acknowledge', { ifMatch, isRequired: false });
    await this.receipts.acknowledge(actor, row);
    // Nobody is named as its actor: a receipt is an organisation's.
    const recipientId = actor.organisationId;
    const about = { id, revision: row.number, version: row.version };
    this.opening.emit({ userKey: null, organisationId: recipientId }, 'acknowledged', about, { recipientId });
    return id;
  }

  async list(actor: Actor, id: string): Promise<AdvisoryReceiptList> {
    const row = await this.reader.row(id);
    if (!row.is_owner) throw forbidden('Only the organisation that issues it reads its receipts.');
    return { items: (await this.receipts.ofRecord(row.key)).map(toReceiptView) };
  }
}
