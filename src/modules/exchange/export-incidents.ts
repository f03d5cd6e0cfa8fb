import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { csvLines } from '../../codecs/spreadsheet/index.js';
import { bundleText, toBundle } from '../../codecs/stix/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { IncidentView } from '../incidents/index.js';
import type { ExportOneQuery, ExportQuery } from './export.dto.js';
import { ExchangeRecords } from './exchange-records.js';
import { ImportMappings } from './import-mappings.js';
import { ExportEvents } from './misp/export-events.js';
import { ReadablePages } from './readable-pages.js';

const BYTE_ORDER_MARK = '\uFEFF';

/** What the sender of a spreadsheet does not say: an import passes columns by whose headings begin with `#`. */
const OWN_COLUMNS: readonly [string, (view: IncidentView) => unknown][] = [
  ['#id', (view) => view.id],
  ['#status', (view) => view.status],
  ['#revision', (view) => view.revision],
  ['#organisation', (view) => view.organisation?.name ?? null],
  ['#severityScore', (view) => view.severity?.score ?? null],
  ['#severityBand', (view) => view.severity?.band ?? null],
  ['#updatedAt', (view) => view.updatedAt],
];

/** Everything that the caller may read and take along, page by page, as it is asked for. */
@Injectable()
export class ExportIncidents {
  constructor(
    private readonly readable: ReadablePages,
    private readonly records: ExchangeRecords,
    private readonly mappings: ImportMappings,
    private readonly events: ExportEvents,
  ) {}

  /** @returns UTF-8 text: a view of `GET /incidents/{id}` a line, a sheet that `POST /imports` takes, a STIX bundle, or MISP's events. */
  run(actor: Actor, query: ExportQuery): Readable {
    return Readable.from(this.texts(actor, query), { objectMode: false });
  }

  /** @returns a bundle of one incident, or an event. @throws Problem the one 404; 403 for what its marking keeps here. */
  async one(actor: Actor, id: string, format: ExportOneQuery['format']): Promise<Buffer> {
    if (format === 'misp') return this.events.one(actor, id);
    return Buffer.from(`${JSON.stringify(toBundle([await this.records.one(actor, id)]))}\n`);
  }

  private texts(actor: Actor, query: ExportQuery): AsyncGenerator<string> {
    const { format, ...filters } = query;
    if (format === 'misp') return this.events.all(actor, filters);
    if (format === 'stix') return bundleText(this.records.pages(actor, filters));
    const pages = this.readable.of(actor, filters, (views) => Promise.resolve(views));
    return format === 'csv' ? this.csv(pages) : this.ndjson(pages);
  }

  private async *ndjson(pages: AsyncIterable<IncidentView[]>): AsyncGenerator<string> {
    for await (const items of pages) yield items.map((view) => `${JSON.stringify(view)}\n`).join('');
  }

  private async *csv(pages: AsyncIterable<IncidentView[]>): AsyncGenerator<string> {
    const { fields } = this.mappings;
    yield BYTE_ORDER_MARK + csvLines([[...fields.map(({ name }) => name), ...OWN_COLUMNS.map(([name]) => name)]]);
    for await (const items of pages)
      yield csvLines(
        items.map((view) => [
          ...fields.map(({ pointer }) => inCell(memberOf(flat(view), pointer))),
          ...OWN_COLUMNS.map(([, of]) => of(view)),
        ]),
      );
  }
}

/** As it was filed: the factors that were answered are members of `severity`, and those that nobody gave are not. */
function flat(view: IncidentView): Record<string, unknown> {
  const { factors = {}, derived = [] } = view.severity ?? {};
  const given = Object.entries(factors).filter(([factor]) => !derived.includes(factor));
  return { ...view, severity: Object.fromEntries(given) };
}

const memberOf = (value: unknown, pointer: string): unknown =>
  pointer
    .slice(1)
    .split('/')
    .reduce<unknown>(
      (at, step) => (at === null || at === undefined ? null : (at as Record<string, unknown>)[step]),
      value,
    );

function inCell(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? null;
  return value
    .map((item: unknown) => {
      if (typeof item !== 'object' || item === null) return String(item);
      const { type, value: of } = item as { type?: unknown; value?: unknown };
      return `${String(type)}=${String(of)}`;
    })
    .join('; ');
}
