import { Injectable } from '@nestjs/common';
import { findingOf, readCsv, readRows, readXlsx } from '../../codecs/spreadsheet/index.js';
import type { Finding, ReadRow } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import { Problem, invalidInput } from '../../kernel/problem.js';
import { InputPipe } from '../../platform/http/validation.js';
import { CommentIncident, FileIncidentDto, FileIncidents } from '../incidents/index.js';
import type { PreparedDraft } from '../incidents/index.js';
import { changedUnderSameReference } from './exchange.problems.js';
import { FiledLinesStore } from './filed-lines.store.js';
import type { KnownLine } from './filed-lines.store.js';
import { ImportMappings } from './import-mappings.js';
import type { ImportQuery, ImportResult, ImportedRow } from './imports.dto.js';
import { hashOf, identityOf } from './line-identity.js';
import { withMarking } from './read-bulk-line.js';

/** One transaction holds them all. */
const MOST_ROWS = 20_000;

interface GoodRow {
  row: ReadRow;
  draft: PreparedDraft;
  /** As of a line of a bulk stream: a record keeps its name whichever way it is sent. */
  identity: string | null;
  contentHash: string;
  status: 'new' | 'unchanged';
  id: string;
  /** Whether its name is the caller's alone (ronda.filed_line). */
  isOnesOwn: boolean;
}

/** Files what a spreadsheet says, as drafts of the caller's organisation: all of it, or, while anything is wrong, nothing. */
@Injectable()
export class ImportSpreadsheet {
  private readonly input = new InputPipe();

  constructor(
    private readonly incidents: FileIncidents,
    private readonly comments: CommentIncident,
    private readonly filedLines: FiledLinesStore,
    private readonly mappings: ImportMappings,
  ) {}

  /** @throws Problem `spreadsheet-findings` (422) that names every cell, unless it is a dry run; then they are in the result. */
  async run(actor: Actor, bytes: Buffer, query: ImportQuery): Promise<ImportResult> {
    this.incidents.assertMayFile(actor);
    const sheets = query.format === 'csv' ? readCsv(bytes) : await readXlsx(bytes);
    const saved = query.mapping === undefined ? undefined : await this.mappings.row(query.mapping);
    const { rows, findings } = readRows(sheets, {
      fields: this.mappings.fields,
      names: saved?.columns ?? {},
      habits: {
        order: query.dates ?? saved?.date_order ?? undefined,
        era: query.era ?? saved?.era ?? undefined,
        timeZone: query.timeZone ?? saved?.time_zone ?? 'UTC',
      },
    });
    if (rows.length === 0 && findings.length === 0)
      throw invalidInput([{ pointer: '', detail: 'There is no row below the headings.' }]);
    if (rows.length > MOST_ROWS)
      throw invalidInput([
        { pointer: '', detail: `A file may hold ${MOST_ROWS} rows; POST /incidents/bulk takes any number.` },
      ]);
    const wrong = new Set(findings.map(({ sheet, cell }) => `${sheet}\n${cell?.replace(/^[A-Z]+/, '')}`));
    const good: GoodRow[] = [];
    for (const row of rows) {
      // What could not be read is said already, and is not said again as missing.
      if (wrong.has(`${row.sheet}\n${row.row}`)) continue;
      const read = await this.prepare(actor, row, query);
      if (Array.isArray(read)) findings.push(...read);
      else good.push(read);
    }
    findings.push(...(await this.recognise(actor, good)));
    const isDryRun = query.dryRun === 'true';
    if (findings.length > 0 && !isDryRun) throw withFindings(findings);
    if (!isDryRun) await this.file(actor, good);
    return { isDryRun, rows: good.map((each) => shown(each, isDryRun)), findings };
  }

  private async prepare(actor: Actor, row: ReadRow, query: ImportQuery): Promise<GoodRow | Finding[]> {
    const filing = withMarking(row.draft, query.marking);
    const type = { type: 'body', metatype: FileIncidentDto } as const;
    try {
      const input = (await this.input.transform(filing, type)) as FileIncidentDto;
      const draft = this.incidents.prepare(actor, input);
      const identity = identityOf(input, query.stream, `${row.sheet}!${row.row}`);
      const contentHash = hashOf({ line: filing });
      return { row, draft, identity, contentHash, status: 'new', id: draft.id, isOnesOwn: false };
    } catch (error) {
      if (!(error instanceof Problem) || !error.errors) throw error;
      return byCell(error.errors.map((fault) => findingOf(row, fault)));
    }
  }

  /** Marks what was filed before, and finds what now says something else. */
  private async recognise(actor: Actor, rows: readonly GoodRow[]): Promise<Finding[]> {
    const names = [...new Set(rows.flatMap(({ identity }) => identity ?? []))];
    if (names.length === 0) return [];
    const known = await this.filedLines.find(actor.organisationKey, actor.userKey, names);
    type Before = Pick<KnownLine, 'content_hash' | 'incident_id'>;
    const before = new Map<string, Before>(
      known.filter((each) => each.is_readable).map((each) => [each.identity, each]),
    );
    const isHidden = new Set(known.filter((each) => !each.is_readable).map(({ identity }) => identity));
    const findings: Finding[] = [];
    for (const each of rows) {
      if (each.identity === null) continue;
      const found = before.get(each.identity);
      if (!found) before.set(each.identity, { content_hash: each.contentHash, incident_id: each.id });
      else if (found.content_hash === each.contentHash)
        Object.assign(each, { status: 'unchanged', id: found.incident_id });
      else {
        const { detail } = changedUnderSameReference(found.incident_id);
        findings.push(findingOf(each.row, { pointer: '/externalReferences/0/id', detail }));
      }
      each.isOnesOwn = each.draft.tlp === 'TLP:RED' || isHidden.has(each.identity);
    }
    return findings;
  }

  private async file(actor: Actor, rows: readonly GoodRow[]): Promise<void> {
    const fresh = rows.filter(({ status }) => status === 'new');
    if (fresh.length === 0) return;
    this.incidents.run(
      actor,
      fresh.map(({ draft }) => draft),
    );
    this.filedLines.remember(
      actor.organisationKey,
      fresh.flatMap(({ identity, contentHash, id, isOnesOwn }) =>
        identity === null ? [] : [{ identity, contentHash, incidentId: id, userKey: isOnesOwn ? actor.userKey : null }],
      ),
    );
    for (const { id, row } of fresh)
      for (const { field, text } of row.originals)
        await this.comments.write(actor, id, {
          body: `As it came, in Zawgyi, before it was converted to Unicode (${field}):\n\n${text}`,
          audience: 'organisation',
        });
  }
}

/** A cell that is empty breaks several rules, and is one finding. */
function byCell(findings: readonly Finding[]): Finding[] {
  const found = new Map<string | null, Finding>();
  for (const finding of findings) {
    const before = found.get(finding.cell);
    found.set(finding.cell, before ? { ...before, detail: `${before.detail} ${finding.detail}` } : finding);
  }
  return [...found.values()];
}

const shown = ({ row, status, id }: GoodRow, isDryRun: boolean): ImportedRow => ({
  sheet: row.sheet,
  row: row.row,
  status: status === 'unchanged' ? 'unchanged' : isDryRun ? 'ready' : 'filed',
  id: isDryRun && status === 'new' ? null : id,
  converted: row.originals.map(({ field }) => field),
});

const withFindings = (findings: readonly Finding[]): Problem =>
  new Problem(
    'spreadsheet-findings',
    422,
    'The spreadsheet has to be mended first',
    `${findings.length === 1 ? 'One cell' : `${findings.length} cells`} cannot be read. Nothing was filed.`,
    { extensions: { findings } },
  );
