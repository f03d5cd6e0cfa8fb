import { Command, Option } from 'nest-commander';
import { printJson, printTable, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { splitFilter, wholeNumber } from './incidents-read.commands.js';
import type { Page } from './incidents-read.commands.js';

interface SearchOptions extends ApiOptions {
  limit?: number;
  filter?: string[];
}

/** What is found: an incident and where the words are. */
interface Found {
  id?: string;
  title?: string;
  snippet?: string;
  incident?: { id: string; title: string };
}

@Command({ name: 'search', arguments: '<words...>', description: 'find incidents by what they say' })
export class SearchCommand extends ApiCommand {
  async run(words: string[], options: SearchOptions): Promise<void> {
    const query = new URLSearchParams((options.filter ?? []).map((filter) => splitFilter(filter)));
    query.set('q', words.join(' '));
    query.set('limit', String(options.limit ?? 20));
    const page = await this.server(options).ask<Page<Found>>(`search?${query.toString()}`);
    if (options.json) {
      printJson(page.items);
      return;
    }
    printTable(
      ['ID', 'TITLE', 'WHERE'],
      page.items.map(({ id, title, incident, snippet }) => [
        incident?.id ?? id ?? '',
        incident?.title ?? title ?? '',
        snippet ?? '',
      ]),
    );
    if (page.next !== null) say('There is more: ask for it with --limit.');
  }

  @Option({ flags: '--limit <number>', description: 'how many at the most, up to 100; 20 when left out' })
  parseLimit(value: string): number {
    return wholeNumber('--limit', value);
  }

  @Option({ flags: '--filter <name=value>', description: 'as of incidents list: country=VN; repeat for more' })
  parseFilter(value: string, before: string[] = []): string[] {
    return [...before, value];
  }
}
