import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option, SubCommand } from 'nest-commander';
import { say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

interface ExportOptions extends ApiOptions {
  format?: string;
  output?: string;
}

@SubCommand({ name: 'export', description: 'the incidents that you may read, as CSV or NDJSON' })
export class ExportCommand extends ApiCommand {
  async run(_parameters: string[], options: ExportOptions): Promise<void> {
    const format = options.format ?? (options.json ? 'ndjson' : 'csv');
    const source = await this.server(options).download(`incidents/export?format=${format}`);
    const { output } = options;
    if (output === undefined) {
      await pipeline(source, process.stdout, { end: false });
      return;
    }
    // Under its name when it is whole.
    const draft = `${output}.part`;
    let bytes = 0;
    try {
      const count = new Transform({
        transform: (chunk: Buffer, _encoding, done) => {
          bytes += chunk.length;
          if (process.stderr.isTTY) process.stderr.write(`\rExporting: ${bytes} bytes`);
          done(null, chunk);
        },
      });
      await pipeline(source, count, createWriteStream(draft, { mode: 0o600 }));
      await rename(draft, output);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    say(`${process.stderr.isTTY ? '\r' : ''}${output}: ${bytes} bytes`);
  }

  @Option({ flags: '--format <format>', description: 'csv or ndjson', choices: ['csv', 'ndjson'] })
  parseFormat(value: string): string {
    return value;
  }

  @Option({ flags: '--output <file>', description: 'write there instead of to standard output' })
  parseOutput(value: string): string {
    return value;
  }
}
