import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { buffer, text } from 'node:stream/consumers';
import { Option, SubCommand } from 'nest-commander';
import { plain, print, printJson, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { openFile } from './open-file.js';

interface ReportOptions extends ApiOptions {
  format?: string;
  part?: string;
  team?: string;
  output?: string;
}

@SubCommand({
  name: 'report',
  arguments: '<id>',
  description: 'the after-action report; with --json the scores that it rests on',
})
export class ReportCommand extends ApiCommand {
  async run([id = '']: string[], options: ReportOptions): Promise<void> {
    const server = this.server(options);
    const path = `exercises/${encodeURIComponent(id)}`;
    if (options.json) {
      printJson(await server.ask(`${path}/scores`));
      return;
    }
    const query = new URLSearchParams();
    for (const name of ['format', 'part', 'team'] as const) {
      const value = options[name];
      if (value !== undefined) query.set(name, value);
    }
    const report = await server.download(`${path}/report?${query.toString()}`);
    if (options.output === undefined) {
      await pipeline(report, process.stdout, { end: false });
      return;
    }
    const bytes = await buffer(report);
    await writeFile(options.output, bytes, { mode: 0o600 });
    say(`${options.output}: ${bytes.length} bytes`);
  }

  @Option({ flags: '--format <format>', description: 'html, md or csv', choices: ['html', 'md', 'csv'] })
  parseFormat(value: string): string {
    return value;
  }

  @Option({ flags: '--part <part>', description: 'full, or common: without annexes', choices: ['full', 'common'] })
  parsePart(value: string): string {
    return value;
  }

  @Option({ flags: '--team <id>', description: 'as this team is given it' })
  parseTeam(value: string): string {
    return value;
  }

  @Option({ flags: '--output <file>', description: 'write there instead of to standard output' })
  parseOutput(value: string): string {
    return value;
  }
}

@SubCommand({
  name: 'replay',
  arguments: '<file>',
  description: 'take in the exported log of a run that is over, and say what it is worth',
})
export class ReplayCommand extends ApiCommand {
  async run([file = '']: string[], options: ApiOptions): Promise<void> {
    const server = this.server(options);
    const answer = await server.upload('exercises/replays', (await openFile(file)).body, 'application/x-ndjson');
    const replay = JSON.parse(await text(answer)) as { id: string; title: string };
    const { hash } = await server.ask<{ hash: string | null }>(`exercises/${replay.id}/scores`);
    if (options.json) printJson({ ...replay, scoreHash: hash });
    else print(`Replayed: ${replay.id}  ${plain(replay.title)}\nScore ${hash ?? ''}`);
  }
}
