import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { csvLines } from '../../codecs/spreadsheet/index.js';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { unauthenticated } from '../../platform/http/request.js';
import { mayExport } from '../../policy/release.js';
import { Authenticator } from '../identity/index.js';
import { IncidentReader } from '../incidents/index.js';
import type { IncidentPage, IncidentView } from '../incidents/index.js';
import type { ExportQuery } from './export.dto.js';
import { ImportMappings } from './import-mappings.js';
import { watermarked } from './watermark.js';

const PAGE = 100;
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
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly incidents: IncidentReader,
    private readonly mappings: ImportMappings,
  ) {}

  /** @returns UTF-8 text: a view of `GET /incidents/{id}` a line, or a sheet that `POST /imports` takes. */
  run(actor: Actor, query: ExportQuery): Readable {
    // The pages are read when the request's own unit of work is over.
    const pages = this.pages(actor, query, this.work.space);
    return Readable.from(query.format === 'csv' ? this.csv(pages) : this.ndjson(pages), {
      objectMode: false,
    });
  }

  private async *ndjson(pages: AsyncIterable<IncidentPage>): AsyncGenerator<string> {
    for await (const { items } of pages)
      if (items.length > 0) yield items.map((view) => `${JSON.stringify(view)}\n`).join('');
  }

  private async *csv(pages: AsyncIterable<IncidentPage>): AsyncGenerator<string> {
    const { fields } = this.mappings;
    yield BYTE_ORDER_MARK + csvLines([[...fields.map(({ name }) => name), ...OWN_COLUMNS.map(([name]) => name)]]);
    for await (const { items } of pages)
      if (items.length > 0)
        yield csvLines(
          items.map((view) => [
            ...fields.map(({ pointer }) => inCell(memberOf(flat(view), pointer))),
            ...OWN_COLUMNS.map(([, of]) => of(view)),
          ]),
        );
  }

  /** Each page is read as whoever the credential means then: what is revoked meanwhile ends the file in the middle. */
  private async *pages(
    shown: Actor,
    { format: _, ...query }: ExportQuery,
    space: number,
  ): AsyncGenerator<IncidentPage> {
    for (let cursor: string | undefined; ;) {
      const actor = await this.authenticator.again(shown);
      if (!actor) throw unauthenticated('The credential has expired or was revoked since the file began.');
      if (actor.isLimited || !actor.permissions.has('incidents:read'))
        throw forbidden('Your permission incidents:read was taken back since the file began.');
      const { tokenHash, assumed } = actor;
      const page = await this.work.run({ tokenHash, assumed }, space, 'read', () =>
        this.incidents.list(actor, { ...query, limit: PAGE, cursor }),
      );
      const isOwn = ({ organisation }: IncidentView): boolean => organisation?.id === actor.organisationId;
      const items = page.items.filter((view) => mayExport(view.marking.tlp, isOwn(view)));
      yield { ...page, items: space === LIVE ? items : items.map(watermarked) };
      if (page.next === null) return;
      cursor = page.next;
    }
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
