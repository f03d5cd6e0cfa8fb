import { Inject, Injectable } from '@nestjs/common';
import type { Field } from '../../codecs/spreadsheet/index.js';
import { fieldsOf } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { conflict, invalidInput, notFound } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { escapePointer } from '../../kernel/text-faults.js';
import type { MappingDto, MappingView } from './imports.dto.js';
import { ImportMappingsStore } from './import-mappings.store.js';
import type { MappingRow } from './import-mappings.store.js';

const MOST_COLUMNS = 200;

/** How an organisation's own spreadsheets are read, kept under a name for everybody in it. */
@Injectable()
export class ImportMappings {
  /** What a column may become, in the order of the template. */
  readonly fields: readonly Field[];
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly work: UnitOfWork,
    private readonly mappings: ImportMappingsStore,
    private readonly chance: Chance,
    @Inject(REGION) region: Region,
  ) {
    this.fields = fieldsOf(region.severityScheme.factors);
    this.names = new Set(this.fields.map(({ name }) => name));
  }

  async list(): Promise<MappingView[]> {
    return (await this.mappings.all()).map(toView);
  }

  /** @throws Problem the one 404. */
  async row(id: string): Promise<MappingRow> {
    const row = await this.mappings.one(id);
    if (!row) throw notFound();
    return row;
  }

  async view(id: string): Promise<MappingView> {
    return toView(await this.row(id));
  }

  async save(actor: Actor, input: MappingDto): Promise<string> {
    const id = this.chance.uuid();
    this.assertColumns(input);
    await this.mappings.lock(actor.organisationKey);
    if (!(await this.mappings.save(actor.organisationKey, actor.userKey, toRow(id, input)))) throw nameTaken();
    this.emit('import-mapping.added', id, actor);
    return id;
  }

  async change(actor: Actor, id: string, input: MappingDto, ifMatch: string | undefined): Promise<void> {
    // Before it is read: of two changes to the same version, the second finds another.
    await this.mappings.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(id), true);
    this.assertColumns(input);
    if (!(await this.mappings.change(actor.userKey, toRow(id, input)))) throw nameTaken();
    this.emit('import-mapping.changed', id, actor);
  }

  async remove(actor: Actor, id: string, ifMatch: string | undefined): Promise<void> {
    await this.mappings.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(id), true);
    this.mappings.remove(id);
    this.emit('import-mapping.removed', id, actor);
  }

  private emit(type: string, mappingId: string, actor: Actor): void {
    this.work.emit({ type, version: 1, payload: { mappingId } }, actor.userKey);
  }

  private assertColumns({ columns }: MappingDto): void {
    const entries = Object.entries(columns);
    if (entries.length === 0 || entries.length > MOST_COLUMNS)
      throw invalidInput([{ pointer: '/columns', detail: `Map 1 to ${MOST_COLUMNS} headings.` }]);
    const faults = entries
      .filter(([heading, field]) => heading.trim() === '' || !this.names.has(field))
      .map(([heading, field]) => ({
        pointer: `/columns/${escapePointer(heading)}`,
        detail:
          heading.trim() === ''
            ? 'A heading has to say something.'
            : `There is no field ${JSON.stringify(field)}. There are ${[...this.names].join(', ')}.`,
      }));
    if (faults.length > 0) throw invalidInput(faults);
  }
}

const toRow = (id: string, { name, columns, dates, era, timeZone }: MappingDto): Omit<MappingRow, 'saved_at'> => ({
  id,
  name,
  columns,
  date_order: dates ?? null,
  era: era ?? null,
  time_zone: timeZone ?? null,
});

const toView = (row: MappingRow): MappingView => ({
  id: row.id,
  name: row.name,
  columns: row.columns,
  dates: row.date_order,
  era: row.era,
  timeZone: row.time_zone,
  savedAt: row.saved_at.toISOString(),
});

const nameTaken = () =>
  conflict(
    'name-taken',
    'The name is taken',
    'Your organisation has a mapping of this name: change it, or use another.',
  );
