import { Option, SubCommand } from 'nest-commander';
import { askFor, print, printJson } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

interface EraseOptions extends ApiOptions {
  reason: string;
  basis: string;
}

@SubCommand({
  name: 'erase',
  arguments: '<id>',
  description:
    'erase a value, such as a name, from every revision of an incident; it is asked for, or read from RONDA_VALUE',
})
export class EraseCommand extends ApiCommand {
  async run([id = '']: string[], options: EraseOptions): Promise<void> {
    // Not on the command line: what has to be forgotten does not go into the history of a shell.
    const value = process.env['RONDA_VALUE'] ?? (await askFor('What has to be erased', { isSecret: true }));
    const { reason, basis } = options;
    const erasure = await this.server(options).ask<{ erasedAt: string }>(
      `incidents/${encodeURIComponent(id)}/erasures`,
      { method: 'POST', body: { value, reason, basis } },
    );
    if (options.json) printJson(erasure);
    else print(`Erased at ${erasure.erasedAt}.`);
  }

  @Option({ flags: '--reason <text>', description: 'why; kept with the erasure', required: true })
  parseReason(value: string): string {
    return value;
  }

  @Option({
    flags: '--basis <basis>',
    description: 'request-of-the-person, legal-obligation, court-order or mistake',
    required: true,
  })
  parseBasis(value: string): string {
    return value;
  }
}
