import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command, Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { RondaCommand } from '../ronda-command.js';
import { plain, print, printJson, printTable } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

/** What the commands show of a request's view. */
interface ShownRequest {
  id: string;
  kind: string;
  state: string;
  direction: 'sent' | 'received';
  title: string;
  body: string;
  marking: { tlp: string; pap: string };
  from: { name: string } | null;
  to: { organisation: { name: string } | null; group: { name: string } | null };
  overdue: string | null;
  answerBy: string | null;
  escalation: { organisation: { name: string } | null; contacts: { name: string; phone: string | null }[] }[];
  notice: string;
}

interface ShownAnswer {
  organisation: { name: string } | null;
  body: string;
  createdAt: string;
}

interface ListOptions extends ApiOptions {
  overdue?: boolean;
}

const addressee = ({ to }: ShownRequest): string => to.organisation?.name ?? to.group?.name ?? '';
const minuteOf = (at: string | null): string => at?.slice(0, 16).replace('T', ' ') ?? '';

@SubCommand({ name: 'list', description: 'the newest requests that you sent and received' })
class ListRequestsCommand extends ApiCommand {
  async run(_parameters: string[], options: ListOptions): Promise<void> {
    const query = options.overdue ? '?overdue=true' : '';
    const { items } = await this.server(options).ask<{ items: ShownRequest[] }>(`requests${query}`);
    if (options.json) {
      printJson(items);
      return;
    }
    printTable(
      ['ID', 'KIND', 'STATE', 'FROM', 'TO', 'ANSWER BY', 'TITLE'],
      items.map((item) => [
        item.id,
        item.kind,
        item.overdue ? `${item.state}, late` : item.state,
        item.from?.name ?? '',
        addressee(item),
        minuteOf(item.answerBy),
        item.title,
      ]),
    );
  }

  @Option({ flags: '--overdue', description: 'only those that are late' })
  parseOverdue(): boolean {
    return true;
  }
}

@SubCommand({ name: 'show', arguments: '<id>', description: 'one request, with its answers' })
class ShowRequestCommand extends ApiCommand {
  async run([id = '']: string[], options: ApiOptions): Promise<void> {
    const server = this.server(options);
    const path = `requests/${encodeURIComponent(id)}`;
    const request = await server.ask<ShownRequest>(path);
    const { items } = await server.ask<{ items: ShownAnswer[] }>(`${path}/answers`);
    if (options.json) {
      printJson({ ...request, answers: items });
      return;
    }
    print(plain(request.title));
    printTable(
      [],
      [
        ['id', request.id],
        ['kind', request.kind],
        ['state', request.overdue ? `${request.state}; late: ${request.overdue}` : request.state],
        ['marking', `${request.marking.tlp}, ${request.marking.pap}`],
        ['from', request.from?.name ?? ''],
        ['to', addressee(request)],
        ['answer by', request.answerBy ?? ''],
      ],
    );
    print(`\n${request.body.split('\n').map(plain).join('\n')}`);
    for (const { organisation, body, createdAt } of items.toReversed())
      print(`\n${plain(organisation?.name ?? '')}, ${minuteOf(createdAt)}:\n${body.split('\n').map(plain).join('\n')}`);
    for (const { organisation, contacts } of request.escalation)
      for (const { name, phone } of contacts)
        print(plain(`\nYou may page ${organisation?.name ?? 'them'}: ${name}, ${phone ?? 'no telephone'}`));
    print(`\n${plain(request.notice)}`);
  }
}

@SubCommand({
  name: 'ask',
  arguments: '<file>',
  description: 'ask a request, from JSON as the API takes it; "-" is standard input',
})
class AskRequestCommand extends ApiCommand {
  async run([file = '']: string[], options: ApiOptions): Promise<void> {
    let body: unknown;
    try {
      body = JSON.parse(file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8')) as unknown;
    } catch (error) {
      throw new CliError(`${file} cannot be read as JSON: ${messageOf(error)}.`, EXIT.failed, { cause: error });
    }
    const asked = await this.server(options).ask<ShownRequest>('requests', {
      method: 'POST',
      body,
      headers: { 'idempotency-key': new SystemChance().uuid() },
    });
    if (options.json) printJson(asked);
    else print(asked.state === 'draft' ? `Waits for a second person: ${asked.id}` : `Sent: ${asked.id}`);
  }
}

@SubCommand({ name: 'answer', arguments: '<id> <words>', description: 'answer a request that you received' })
class AnswerRequestCommand extends ApiCommand {
  async run([id = '', words = '']: string[], options: ApiOptions): Promise<void> {
    const answered = await this.server(options).ask<ShownRequest>(`requests/${encodeURIComponent(id)}/answer`, {
      method: 'POST',
      body: { body: words },
      headers: { 'idempotency-key': new SystemChance().uuid() },
    });
    if (options.json) printJson(answered);
    else print(`Answered: ${answered.id}`);
  }
}

@Command({
  name: 'requests',
  description: 'list, show, ask and answer requests between CERTs',
  subCommands: [ListRequestsCommand, ShowRequestCommand, AskRequestCommand, AnswerRequestCommand],
})
export class RequestsCommand extends RondaCommand {
  run(): Promise<void> {
    throw new CliError('Say which: ronda requests list|show|ask|answer.', EXIT.usage);
  }
}
