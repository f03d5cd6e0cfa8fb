import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { csvLines } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { IncidentView } from '../incidents/index.js';
import type { ExportQuery } from './export.dto.js';
import { ImportMappings } from './import-mappings.js';
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
    private readonly mappings: ImportMappings,
  ) {}

  /** @returns UTF-8 text: a view of `GET /incidents/{id}` a line, or a sheet that `POST /imports` takes. */
  run(actor: Actor, query: ExportQuery): Readable {
    return Readable.from(query.format === 'csv' ? this.csv(actor, query) : this.ndjson(actor, query), {
      objectMode: false,
    });
  }

  private async *ndjson(actor: Actor, query: ExportQuery): AsyncGenerator<string> {
    for await (const items of this.pages(actor, query)) yield items.map((view) => `${JSON.stringify(view)}\n`).join('');
  }

  private async *csv(actor: Actor, query: ExportQuery): AsyncGenerator<string> {
    const { fields } = this.mappings;
    yield BYTE_ORDER_MARK + csvLines([[...fields.map(({ name }) => name), ...OWN_COLUMNS.map(([name]) => name)]]);
    for await (const items of this.pages(actor, query))
      yield csvLines(
        items.map((view) => [
          ...fields.map(({ pointer }) => inCell(memberOf(flat(view), pointer))),
          ...OWN_COLUMNS.map(([, of]) => of(view)),
        ]),
      );
  }

  private pages(actor: Actor, { format: _, ...filters }: ExportQuery): AsyncGenerator<IncidentView[]> {
    return this.readable.of(actor, filters, (views) => Promise.resolve(views));
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
