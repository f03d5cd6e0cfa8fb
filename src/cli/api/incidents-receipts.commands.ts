import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { print, printJson, printTable } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

interface ShownRecipient {
  organisation: { name: string };
}

/** What the commands show of receipts. */
interface ShownReceipts {
  items: (ShownRecipient & {
    revision: number;
    deliveredAt: string | null;
    openedAt: string | null;
    exportedAt: string | null;
    acknowledgedAt: string | null;
    actedOnAt: string | null;
  })[];
  recalls: (ShownRecipient & {
    recalledAt: string;
    reason: string;
    confirmation: string | null;
    keptBecause: string | null;
  })[];
}

@SubCommand({
  name: 'receipts',
  arguments: '<id>',
  description: 'who got your incident and says it acted, and of whom it is asked back',
})
export class ReceiptsCommand extends ApiCommand {
  async run([id = '']: string[], options: ApiOptions): Promise<void> {
    const receipts = await this.server(options).ask<ShownReceipts>(`incidents/${encodeURIComponent(id)}/receipts`);
    if (options.json) {
      printJson(receipts);
      return;
    }
    printTable(
      ['ORGANISATION', 'REVISION', 'DELIVERED', 'OPENED', 'EXPORTED', 'ACKNOWLEDGED', 'ACTED ON'],
      receipts.items.map(({ organisation, revision, deliveredAt, openedAt, exportedAt, acknowledgedAt, actedOnAt }) => [
        organisation.name,
        String(revision),
        ...[deliveredAt, openedAt, exportedAt, acknowledgedAt, actedOnAt].map(minute),
      ]),
    );
    if (receipts.recalls.length === 0) return;
    print('\nAsked back:');
    printTable(
      ['ORGANISATION', 'SINCE', 'REASON', 'SAYS'],
      receipts.recalls.map(({ organisation, recalledAt, reason, confirmation, keptBecause }) => [
        organisation.name,
        minute(recalledAt),
        reason,
        [confirmation ?? 'nothing yet', ...(keptBecause === null ? [] : [keptBecause])].join(': '),
      ]),
    );
  }
}

interface RecallOptions extends ApiOptions {
  reason: string;
  key?: string;
}

@SubCommand({
  name: 'recall',
  arguments: '<id>',
  description: 'take the release of an incident back: nobody else reads it, and what left is asked back',
})
export class RecallCommand extends ApiCommand {
  async run([id = '']: string[], options: RecallOptions): Promise<void> {
    const recalled = await this.server(options).ask(`incidents/${encodeURIComponent(id)}/recall`, {
      method: 'POST',
      body: { reason: options.reason },
      headers: { 'idempotency-key': options.key ?? new SystemChance().uuid() },
    });
    if (options.json) printJson(recalled);
    else print('It is recalled: ronda incidents receipts tells who says its copies are gone.');
  }

  @Option({
    flags: '--reason <reason>',
    description: 'error, source-asked, legal, superseded or unspecified',
    required: true,
  })
  parseReason(value: string): string {
    return value;
  }

  @Option({ flags: '--key <key>', description: 'an Idempotency-Key of your own: the same one recalls nothing twice' })
  parseKey(value: string): string {
    return value;
  }
}

const minute = (at: string | null): string => at?.slice(0, 16).replace('T', ' ') ?? '';
