import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { forbidden, notFound } from '../../../kernel/problem.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { standingConflict } from './organisation.problems.js';
import { refusalOf } from './organisation.rules.js';
import type { OrganisationAction } from './organisation.rules.js';
import { factsOf, toOrganisationView } from './organisation.view.js';
import type { OrganisationPage, OrganisationView } from './organisation.views.dto.js';
import type { OrganisationsQuery } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';
import type { OrganisationRow } from './organisations.store.js';
import { decodeTextCursor, encodeTextCursor } from './text-cursor.js';

/** `If-Match` of the request, and whether it has to be there. */
export interface Match {
  header: string | undefined;
  isRequired: boolean;
}

/** Finds organisations that the caller may see: to show them, or to change one. */
@Injectable()
export class FindOrganisation {
  private readonly listing: readonly string[];

  constructor(
    private readonly organisations: OrganisationsStore,
    @Inject(REGION) private readonly region: Region,
  ) {
    this.listing = region.members.map(({ code }) => code);
  }

  /** @throws Problem the one 404. */
  async row(id: string): Promise<OrganisationRow> {
    const row = await this.organisations.find(id, this.listing);
    if (!row) throw notFound();
    return row;
  }

  /** Behind a lock on it, so that of two who change it or what hangs on it the second sees what the first did. */
  async locked(id: string): Promise<OrganisationRow> {
    await this.organisations.lock(id);
    return this.row(id);
  }

  async view(actor: Actor, id: string): Promise<OrganisationView> {
    return toOrganisationView(await this.row(id), actor, this.region);
  }

  async page(actor: Actor, query: OrganisationsQuery): Promise<OrganisationPage> {
    const { rows, next } = await this.rows(query);
    return { items: rows.map((row) => toOrganisationView(row, actor, this.region)), next };
  }

  /** A page of rows, in the region's order of listing. */
  async rows(query: OrganisationsQuery): Promise<{ rows: OrganisationRow[]; next: string | null }> {
    const after = query.cursor === undefined ? null : decodeTextCursor(query.cursor, 'number', 'string', 'uuid');
    const rows = await this.organisations.list(this.listing, query, after, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      rows: shown,
      next: last && rows.length > query.limit ? encodeTextCursor(last.sort_rank, last.sort_name, last.id) : null,
    };
  }

  /**
   * The organisation, locked, when the caller may do that with it now.
   * @throws Problem in the fixed order: the one 404, 403, 428 or 412, 409.
   */
  async toChange(actor: Actor, id: string, action: OrganisationAction, match: Match): Promise<OrganisationRow> {
    const row = await this.locked(id);
    const refusal = refusalOf(action, factsOf(row), actor);
    if (refusal?.kind === 'forbidden') throw forbidden(refusal.why);
    checkIfMatch(match.header, toOrganisationView(row, actor, this.region), match.isRequired);
    if (refusal) throw standingConflict(refusal.why);
    return row;
  }
}
