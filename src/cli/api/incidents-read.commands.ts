import { Option, SubCommand } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { plain, print, printJson, printTable, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

const PAGE = 100;

/** What the commands show of an incident's view. */
interface ShownIncident {
  id: string;
  title: string;
  status: string;
  marking: { tlp: string | null; pap: string };
  rsit: { class: string; type: string } | null;
  updatedAt: string;
  organisation: { name: string } | null;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

interface ListOptions extends ApiOptions {
  limit?: number;
  filter?: string[];
}

@SubCommand({ name: 'list', description: 'the newest incidents that you may read' })
export class ListCommand extends ApiCommand {
  async run(_parameters: string[], options: ListOptions): Promise<void> {
    const server = this.server(options);
    const query = new URLSearchParams((options.filter ?? []).map((filter) => splitFilter(filter)));
    const wanted = options.limit ?? 20;
    const items: ShownIncident[] = [];
    let next: string | null = null;
    do {
      query.set('limit', String(Math.min(PAGE, wanted - items.length)));
      if (next !== null) query.set('cursor', next);
      const page: Page<ShownIncident> = await server.ask(`incidents?${query.toString()}`);
      items.push(...page.items);
      ({ next } = page);
    } while (next !== null && items.length < wanted);
    if (options.json) {
      printJson(items);
      return;
    }
    printTable(
      ['ID', 'UPDATED', 'STATUS', 'MARKING', 'CLASS', 'TITLE'],
      items.map(({ id, updatedAt, status, marking, rsit, title }) => [
        id,
        updatedAt.slice(0, 16).replace('T', ' '),
        status,
        marking.tlp ?? 'unmarked',
        rsit?.class ?? '',
        title,
      ]),
    );
    if (next !== null) say('There are more: ask for them with --limit.');
  }

  @Option({ flags: '--limit <number>', description: 'how many at the most; 20 when left out' })
  parseLimit(value: string): number {
    return wholeNumber('--limit', value);
  }

  @Option({ flags: '--filter <name=value>', description: 'as the API has it: status=closed; repeat for more' })
  parseFilter(value: string, before: string[] = []): string[] {
    return [...before, value];
  }
}

@SubCommand({ name: 'show', arguments: '<id>', description: 'one incident' })
export class ShowCommand extends ApiCommand {
  async run([id = '']: string[], options: ApiOptions): Promise<void> {
    const incident = await this.server(options).ask<ShownIncident & { description?: string }>(
      `incidents/${encodeURIComponent(id)}`,
    );
    if (options.json) {
      printJson(incident);
      return;
    }
    const { marking, rsit, status, updatedAt, organisation, title, description } = incident;
    print(plain(title));
    printTable(
      [],
      [
        ['id', incident.id],
        ['owner', organisation?.name ?? 'an active member'],
        ['status', status],
        ['marking', `${marking.tlp ?? 'unmarked'}, ${marking.pap}`],
        ['class', rsit ? `${rsit.class} / ${rsit.type}` : 'not classified'],
        ['updated', updatedAt],
      ],
    );
    if (description) print(`\n${description.split('\n').map(plain).join('\n')}`);
  }
}

export function wholeNumber(name: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new CliError(`${name} must be a whole number from 1.`, EXIT.usage);
  return Number(value);
}

export function splitFilter(filter: string): [string, string] {
  const at = filter.indexOf('=');
  if (at < 1) throw new CliError(`--filter must be name=value (got "${filter}").`, EXIT.usage);
  return [filter.slice(0, at), filter.slice(at + 1)];
}
