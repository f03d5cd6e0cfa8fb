import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { plain, print, printJson, printTable } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { readJson } from './read-json.js';

/** What the commands show of a preview. */
interface ShownPreview {
  token: string;
  marking: { tlp: string; pap: string };
  notBefore: string | null;
  decision: { may: string; why: string | null; confirmers: { displayName: string }[] };
  readers: {
    organisationCount: number;
    peopleCount: number;
    isPublic: boolean;
    isRelayed: boolean;
    organisations: { name: string; people: { displayName: string }[]; notBeforeLocal: string | null }[];
  };
  change: { gains: { name: string }[]; losses: { name: string }[] };
  contradictions: { code: string; detail: string; isRefused: boolean }[];
  findings: { code: string; pointer: string; offset: number; excerpt: string }[];
}

@SubCommand({
  name: 'preview',
  arguments: '<id> <file>',
  description: 'what a release would do, from JSON as the API takes it; "-" is standard input',
})
export class PreviewCommand extends ApiCommand {
  async run([id = '', file = '']: string[], options: ApiOptions): Promise<void> {
    const preview = await this.server(options).ask<ShownPreview>(
      `incidents/${encodeURIComponent(id)}/release-preview`,
      {
        method: 'POST',
        body: await readJson(file),
      },
    );
    if (options.json) printJson(preview);
    else show(preview);
  }
}

interface ReleaseOptions extends ApiOptions {
  token?: string;
  key?: string;
}

@SubCommand({
  name: 'release',
  arguments: '<id> <file>',
  description: 'release an incident, from JSON as the API takes it; "-" is standard input',
})
export class ReleaseCommand extends ApiCommand {
  async run([id = '', file = '']: string[], options: ReleaseOptions): Promise<void> {
    const body = (await readJson(file)) as object;
    const released = await this.server(options).ask<{ waitingRelease: { status: string } | null }>(
      `incidents/${encodeURIComponent(id)}/release`,
      {
        method: 'POST',
        body: { ...body, ...(options.token !== undefined && { previewToken: options.token }) },
        headers: { 'idempotency-key': options.key ?? new SystemChance().uuid() },
      },
    );
    if (options.json) printJson(released);
    else print(released.waitingRelease ? `It waits: ${released.waitingRelease.status}.` : 'It is released.');
  }

  @Option({
    flags: '--token <token>',
    description: 'of the preview that you saw: refused where it would do something else',
  })
  parseToken(value: string): string {
    return value;
  }

  @Option({ flags: '--key <key>', description: 'an Idempotency-Key of your own: the same one releases nothing twice' })
  parseKey(value: string): string {
    return value;
  }
}

function show({ readers, change, decision, contradictions, findings, ...preview }: ShownPreview): void {
  const names = (all: readonly { name: string }[]): string => all.map(({ name }) => plain(name)).join(', ') || 'none';
  print(
    `${preview.marking.tlp}, ${preview.marking.pap}: ${readers.organisationCount} organisations, ${readers.peopleCount} people`,
  );
  if (readers.isPublic) print('and whoever else signs in');
  if (readers.isRelayed) print('and constituents of CERTs that relay GREEN');
  printTable(
    ['ORGANISATION', 'PEOPLE', 'FROM'],
    readers.organisations.map(({ name, people, notBeforeLocal }) => [
      name,
      people.map(({ displayName }) => displayName).join(', '),
      notBeforeLocal ?? 'at once',
    ]),
  );
  print(`Gains: ${names(change.gains)}`);
  print(`Losses: ${names(change.losses)}`);
  const by = decision.confirmers.map(({ displayName }) => plain(displayName)).join(', ');
  print(`Decision: ${decision.may}${decision.why === null ? '' : `: ${decision.why}`}${by && ` (${by})`}`);
  for (const { code, detail, isRefused } of contradictions)
    print(`${isRefused ? 'Refused' : 'Look'}: ${code}: ${detail}`);
  for (const { code, pointer, offset, excerpt } of findings)
    print(`Look: ${code} at ${pointer} ${offset}: ${plain(excerpt)}`);
  print(`Token: ${preview.token}`);
}
