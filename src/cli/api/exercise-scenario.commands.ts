import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { CliError, EXIT } from '../cli-error.js';
import { plain, print, printJson, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { openFile } from './open-file.js';

interface Finding {
  rule: string;
  severity: 'error' | 'warning';
  pointer: string;
  detail: string;
  line: number | null;
  column: number | null;
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Draft {
  document: object;
}

const textOf = async (file: string): Promise<string> => text((await openFile(file)).body);

interface LintOptions extends ApiOptions {
  format?: string;
}

@SubCommand({
  name: 'lint',
  arguments: '<file>',
  description: 'say what is wrong with a scenario, YAML, JSON or CEXF, at its line and column; "-" is standard input',
})
export class LintCommand extends ApiCommand {
  async run([file = '']: string[], options: LintOptions): Promise<void> {
    const { format } = options;
    const { findings } = await this.server(options).ask<{ findings: Finding[] }>('scenarios/lint', {
      method: 'POST',
      body: { text: await textOf(file), ...(format !== undefined && { format }) },
    });
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    if (options.json) printJson(findings);
    else
      for (const { rule, severity, pointer, detail, line, column } of findings)
        print(plain(`${file}:${line ?? 1}:${column ?? 1} ${severity} ${rule} ${pointer}: ${detail}`));
    if (errors > 0) throw new CliError(`${errors} of ${findings.length} findings keep it from being played.`);
    if (!options.json) say(findings.length === 0 ? 'Nothing is wrong with it.' : 'It can be played.');
  }

  @Option({ flags: '--format <format>', description: 'ronda or cexf', choices: ['ronda', 'cexf'] })
  parseFormat(value: string): string {
    return value;
  }
}

interface ImportOptions extends ApiOptions {
  share?: string;
  format?: string;
  title?: string;
  incident?: string;
}

@SubCommand({
  name: 'import',
  arguments: '[file]',
  description:
    'take a scenario into the library: YAML or JSON, CEXF, an MSEL workbook (.xlsx), or what --incident was; "-" is standard input',
})
export class ImportScenarioCommand extends ApiCommand {
  async run([file]: string[], options: ImportOptions): Promise<void> {
    const kept = await this.server(options).ask<{ id: string; title: string }>('scenarios', {
      method: 'POST',
      body: {
        ...(await this.scenario(file, options)),
        ...(options.share !== undefined && { sharedWith: options.share }),
      },
      headers: { 'idempotency-key': new SystemChance().uuid() },
    });
    if (options.json) printJson(kept);
    else print(`Kept: ${kept.id}  ${plain(kept.title)}`);
  }

  /** As the API takes it. */
  private async scenario(file: string | undefined, options: ImportOptions): Promise<Record<string, unknown>> {
    const server = this.server(options);
    const { incident, format } = options;
    if ((file === undefined) === (incident === undefined))
      throw new CliError('Name a file, or an incident by --incident.', EXIT.usage);
    if (file === undefined) {
      const title = options.title ?? 'From a past incident';
      const body = { incident, title };
      return { document: (await server.ask<Draft>('scenarios/from-incident', { method: 'POST', body })).document };
    }
    if (!/\.xlsx$/i.test(file)) return { text: await textOf(file), ...(format !== undefined && { format }) };
    const title = new URLSearchParams({ title: options.title ?? path.parse(file).name });
    const answer = await server.upload(`scenarios/from-msel?${title.toString()}`, (await openFile(file)).body, XLSX);
    return { document: (JSON.parse(await text(answer)) as Draft).document };
  }

  @Option({
    flags: '--incident <id>',
    description: 'of your organisation: its rhythm, and none of its words and values',
  })
  parseIncident(value: string): string {
    return value;
  }

  @Option({ flags: '--title <title>', description: 'what is made of an incident or a workbook is called' })
  parseTitle(value: string): string {
    return value;
  }

  @Option({ flags: '--format <format>', description: 'ronda or cexf', choices: ['ronda', 'cexf'] })
  parseFormat(value: string): string {
    return value;
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
