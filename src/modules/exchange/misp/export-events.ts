import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { IncidentReader } from '../../incidents/index.js';
import type { ListIncidentsQuery } from '../../incidents/index.js';
import { ReadablePages } from '../readable-pages.js';
import { staysHere } from './misp.problems.js';
import { RenderEvents } from './render-events.js';

/** A record may hold 2,000 observables, and one of these pages is in memory at a time. */
const PAGE = 20;

/** Incidents as files of MISP events, each as `/misp/events/view` shows it. */
@Injectable()
export class ExportEvents {
  constructor(
    private readonly readable: ReadablePages,
    private readonly rendering: RenderEvents,
    private readonly incidents: IncidentReader,
  ) {}

  /** @returns UTF-8 text. @throws Problem the one 404; 403 for what its marking keeps here. */
  async one(actor: Actor, id: string): Promise<Buffer> {
    const [rendered] = await this.rendering.run(actor, [await this.incidents.view(actor, id)]);
    if (!rendered) throw staysHere();
    return Buffer.from(`${JSON.stringify({ Event: this.rendering.outgoing(rendered.event) })}\n`);
  }

  /** What a search of MISP answers, and an import takes: everything that the caller may read and take along. */
  all(actor: Actor, filters: Omit<ListIncidentsQuery, 'limit' | 'cursor' | 'count'>): AsyncGenerator<string> {
    // Asked for while the request's own unit of work says in which space it is.
    const pages = this.readable.of(
      actor,
      filters,
      async (views, reader) => {
        const events = await this.rendering.run(reader, views);
        return events.map(({ event }) => JSON.stringify({ Event: this.rendering.outgoing(event) }));
      },
      // The event is marked, and not its record: it would be held to have been changed since it came.
      { limit: PAGE, marked: (view) => view },
    );
    return responseText(pages);
  }
}

async function* responseText(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  yield '{"response":[';
  let isFirst = true;
  for await (const page of pages) {
    yield (isFirst ? '\n' : ',\n') + page.join(',\n');
    isFirst = false;
  }
  yield '\n]}\n';
}
