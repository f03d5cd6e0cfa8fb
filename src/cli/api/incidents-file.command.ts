import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { print, printJson } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { readJson } from './read-json.js';

interface FileOptions extends ApiOptions {
  key?: string;
}

@SubCommand({
  name: 'file',
  arguments: '<file>',
  description: 'file one incident, from JSON as the API takes it; "-" is standard input',
})
export class FileCommand extends ApiCommand {
  async run([file = '']: string[], options: FileOptions): Promise<void> {
    const server = this.server(options);
    const body = await readJson(file);
    const key = options.key ?? new SystemChance().uuid();
    const filed = await server.ask<{ id: string }>('incidents', {
      method: 'POST',
      body,
      headers: { 'idempotency-key': key },
    });
    if (options.json) printJson(filed);
    else print(`Filed as a draft: ${filed.id}`);
  }

  @Option({ flags: '--key <key>', description: 'an Idempotency-Key of your own: the same one files nothing twice' })
  parseKey(value: string): string {
    return value;
  }
}
