import { createInterface } from 'node:readline';
import { Option, SubCommand } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { ProgressBar, plain, print, printTable, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { openFile } from './open-file.js';

interface BulkOptions extends ApiOptions {
  format?: string;
  profile?: string;
  stream?: string;
  marking?: string;
}

interface BulkResult {
  line: number;
  status: 'filed' | 'unchanged' | 'refused';
  id?: string;
  problem?: { type: string; detail: string; errors?: { pointer: string; detail: string }[] };
}

@SubCommand({
  name: 'bulk',
  arguments: '<file>',
  description: 'file incidents from NDJSON, one a line; "-" is standard input',
})
export class BulkCommand extends ApiCommand {
  async run([file = '']: string[], options: BulkOptions): Promise<void> {
    const server = this.server(options);
    const query = new URLSearchParams();
    for (const name of ['format', 'profile', 'stream', 'marking'] as const) {
      const value = options[name];
      if (value !== undefined) query.set(name, value);
    }
    const { body, bytes } = await openFile(file);
    const bar = new ProgressBar('Filing', bytes === undefined ? 'lines' : 'bytes sent');
    let sent = 0;
    if (bytes !== undefined) {
      body.on('data', (chunk: Buffer) => {
        sent += chunk.length;
        bar.update(sent, bytes);
      });
      body.pause();
    }
    const answer = await server.upload(`incidents/bulk?${query.toString()}`, body, 'application/x-ndjson');
    const counts = { filed: 0, unchanged: 0, refused: 0 };
    for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const result = parse(line);
      counts[result.status] += 1;
      if (options.json) print(line);
      else if (result.status === 'refused') say(`line ${result.line}: ${reason(result)}`);
    }
    bar.end();
    if (!options.json) printTable(['FILED', 'UNCHANGED', 'REFUSED'], [Object.values(counts).map(String)]);
    if (counts.refused > 0) {
      throw new CliError(`${counts.refused} of the lines were refused; the others are filed.`, EXIT.partly);
    }
  }

  @Option({ flags: '--format <format>', description: 'ronda or veris', choices: ['ronda', 'veris'] })
  parseFormat(value: string): string {
    return value;
  }

  @Option({ flags: '--profile <profile>', description: 'of VERIS: strict or facts', choices: ['strict', 'facts'] })
  parseProfile(value: string): string {
    return value;
  }

  @Option({
    flags: '--stream <key>',
    description: 'a name of your own: sent again under it, what was filed is not filed twice',
  })
  parseStream(value: string): string {
    return value;
  }

  @Option({ flags: '--marking <tlp>', description: 'of lines that have none' })
  parseMarking(value: string): string {
    return value;
  }
}

function parse(line: string): BulkResult {
  try {
    return JSON.parse(line) as BulkResult;
  } catch (error) {
    throw new CliError('The server answered something else than results, line by line.', EXIT.unavailable, {
      cause: error,
    });
  }
}

const reason = ({ problem }: BulkResult): string =>
  plain([problem?.detail ?? 'refused', ...(problem?.errors ?? []).map((e) => `${e.pointer}: ${e.detail}`)].join(' '));
