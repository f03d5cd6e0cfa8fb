import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { plain, print, printJson, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

interface Finding {
  rule: string;
  severity: 'error' | 'warning';
  pointer: string;
  detail: string;
  line: number | null;
  column: number | null;
}

/** @param file its path; "-" is standard input. */
async function textOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${messageOf(error)}.`, EXIT.failed, { cause: error });
  }
}

@SubCommand({
  name: 'lint',
  arguments: '<file>',
  description: 'say what is wrong with a scenario, YAML or JSON, at its line and column; "-" is standard input',
})
export class LintCommand extends ApiCommand {
  async run([file = '']: string[], options: ApiOptions): Promise<void> {
    const { findings } = await this.server(options).ask<{ findings: Finding[] }>('scenarios/lint', {
      method: 'POST',
      body: { text: await textOf(file) },
    });
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    if (options.json) printJson(findings);
    else
      for (const { rule, severity, pointer, detail, line, column } of findings)
        print(plain(`${file}:${line ?? 1}:${column ?? 1} ${severity} ${rule} ${pointer}: ${detail}`));
    if (errors > 0) throw new CliError(`${errors} of ${findings.length} findings keep it from being played.`);
    if (!options.json) say(findings.length === 0 ? 'Nothing is wrong with it.' : 'It can be played.');
  }
}

interface ImportOptions extends ApiOptions {
  share?: string;
}

@SubCommand({
  name: 'import',
  arguments: '<file>',
  description: 'take a scenario, YAML or JSON, into the library; "-" is standard input',
})
export class ImportScenarioCommand extends ApiCommand {
  async run([file = '']: string[], options: ImportOptions): Promise<void> {
    const kept = await this.server(options).ask<{ id: string; title: string }>('scenarios', {
      method: 'POST',
      body: { text: await textOf(file), ...(options.share !== undefined && { sharedWith: options.share }) },
      headers: { 'idempotency-key': new SystemChance().uuid() },
    });
    if (options.json) printJson(kept);
    else print(`Kept: ${kept.id}  ${plain(kept.title)}`);
  }

  @Option({
    flags: '--share <whom>',
    description: 'organisation or community: who may play it',
    choices: ['organisation', 'community'],
  })
  parseShare(value: string): string {
    return value;
  }
}
