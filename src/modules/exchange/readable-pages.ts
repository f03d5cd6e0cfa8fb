import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { unauthenticated } from '../../platform/http/request.js';
import { mayExport } from '../../policy/release.js';
import { Authenticator } from '../identity/index.js';
import { IncidentReader } from '../incidents/index.js';
import { watermarked } from './watermark.js';
import type { IncidentPage, IncidentView, ListIncidentsQuery } from '../incidents/index.js';

const PAGE = 100;
type Filters = Omit<ListIncidentsQuery, 'limit' | 'cursor' | 'count'>;

/** What the caller may read and take along, page by page, as it is asked for. */
@Injectable()
export class ReadablePages {
  constructor(
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly incidents: IncidentReader,
  ) {}

  /**
   * Each page is read as whoever the credential means then: what is revoked meanwhile ends the file in the middle.
   * @param complete what else is read of a page, in the same unit of work, as whoever reads it then.
   * @param marked how a record of an exercise says that it is one.
   */
  of<T>(
    shown: Actor,
    filters: Filters,
    complete: (views: IncidentView[], actor: Actor) => Promise<T[]>,
    { limit = PAGE, marked = watermarked } = {},
  ): AsyncGenerator<T[]> {
    // The pages are read when the request's own unit of work is over.
    return this.pages(shown, this.work.space, { ...filters, limit }, complete, marked);
  }

  private async *pages<T>(
    shown: Actor,
    space: number,
    filters: Filters & { limit: number },
    complete: (views: IncidentView[], actor: Actor) => Promise<T[]>,
    marked: typeof watermarked,
  ): AsyncGenerator<T[]> {
    for (let cursor: string | undefined; ;) {
      const actor = await this.authenticator.again(shown);
      if (!actor) throw unauthenticated('The credential has expired or was revoked since the file began.');
      if (actor.isLimited || !actor.permissions.has('incidents:read'))
        throw forbidden('Your permission incidents:read was taken back since the file began.');
      const { tokenHash, assumed } = actor;
      const page = await this.work.run({ tokenHash, assumed }, space, 'read', async () => {
        const { items, next }: IncidentPage = await this.incidents.list(actor, { ...filters, cursor });
        const isOwn = ({ organisation }: IncidentView): boolean => organisation?.id === actor.organisationId;
        const may = items.filter((view) => mayExport(view.marking.tlp, isOwn(view)));
        const leaving = space === LIVE ? may : may.map(marked);
        return { items: leaving.length > 0 ? await complete(leaving, actor) : [], next };
      });
      if (page.items.length > 0) yield page.items;
      if (page.next === null) return;
      cursor = page.next;
    }
  }
}
