import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { findingOf, readCsv, readRows, readXlsx, spreadsheetFindings } from '../../codecs/spreadsheet/index.js';
import type { Finding, ReadRow } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import { Problem, invalidInput } from '../../kernel/problem.js';
import { InputPipe } from '../../platform/http/validation.js';
import { CommentIncident, FileIncidentDto, FileIncidents } from '../incidents/index.js';
import type { PreparedDraft } from '../incidents/index.js';
import { changedUnderSameReference } from './exchange.problems.js';
import { FiledLinesStore } from './filed-lines.store.js';
import { KnownNames } from './known-names.js';
import type { Named } from './known-names.js';
import { ImportMappings } from './import-mappings.js';
import type { ImportQuery, ImportResult, ImportedRow } from './imports.dto.js';
import { hashOf, identityOf } from './line-identity.js';
import { withMarking } from './read-bulk-line.js';

/** One transaction holds them all. */
const MOST_ROWS = 5_000;
/** Others are answered between so many: 20 ms. */
const ROWS_A_TURN = 100;

/** Named as a line of a bulk stream is: a record keeps its name whichever way it is sent. */
interface GoodRow extends Named {
  row: ReadRow;
  draft: PreparedDraft;
  status: 'new' | 'unchanged';
  id: string;
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
    for (const [index, row] of rows.entries()) {
      if (index % ROWS_A_TURN === 0) await nextTurn();
      // What could not be read is said already, and is not said again as missing.
      if (wrong.has(`${row.sheet}\n${row.row}`)) continue;
      const read = await this.prepare(actor, row, query);
      if (Array.isArray(read)) findings.push(...read);
      else good.push(read);
    }
    const known = await KnownNames.of(this.filedLines, actor, good);
    findings.push(...this.recognise(known, good));
    const isDryRun = query.dryRun === 'true';
    if (findings.length > 0 && !isDryRun) throw spreadsheetFindings(findings, 'Nothing was filed.');
    if (!isDryRun) await this.file(actor, known, good);
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
      return { row, draft, identity, contentHash, status: 'new', id: draft.id };
    } catch (error) {
      if (!(error instanceof Problem) || !error.errors) throw error;
      return byCell(error.errors.map((fault) => findingOf(row, fault)));
    }
  }

  /** Marks what was filed before, and finds what now says something else. */
  private recognise(known: KnownNames, rows: readonly GoodRow[]): Finding[] {
    return rows.flatMap((each) => {
      const found = known.find(each);
      if (!found) known.add(each, each.draft);
      else if (found.isSame) Object.assign(each, { status: 'unchanged', id: found.id });
      else {
        const { detail } = changedUnderSameReference(found.id);
        return [findingOf(each.row, { pointer: '/externalReferences/0/id', detail })];
      }
      return [];
    });
  }

  private async file(actor: Actor, known: KnownNames, rows: readonly GoodRow[]): Promise<void> {
    const fresh = rows.filter(({ status }) => status === 'new');
    if (fresh.length === 0) return;
    this.incidents.run(
      actor,
      fresh.map(({ draft }) => draft),
    );
    this.filedLines.remember(actor.organisationKey, known.fresh);
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
