import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { KeepReceipts } from '../sharing/index.js';
import type { CommentPage, CommentView, WriteCommentDto } from './comments.dto.js';
import { CommentsStore } from './comments.store.js';
import type { CommentRow } from './comments.store.js';
import { IncidentReader } from './incident.reader.js';
import { isPassedOn } from './incident.rows.js';
import type { IncidentRow } from './incident.rows.js';
import { mayAct } from './incident.rules.js';
import { aliasView } from './incident.view.js';

/** Comments on a record: readable only where the record is, and no wider than it. */
@Injectable()
export class CommentIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentReader,
    private readonly comments: CommentsStore,
    private readonly receipts: KeepReceipts,
    private readonly chance: Chance,
  ) {}

  async write(actor: Actor, incidentId: string, input: WriteCommentDto): Promise<string> {
    const incident = await this.incidents.row(incidentId);
    if (isPassedOn(incident))
      throw forbidden('It was passed on to you: what is said of it among its other readers is not. Tell your CERT.');
    if (!mayAct(actor, 'comment', incident.is_owner))
      throw forbidden('Only analysts and coordinators of active organisations comment.');
    const id = this.chance.uuid();
    await this.comments.write({
      id,
      incidentKey: incident.key,
      authorKey: actor.userKey,
      organisationKey: actor.organisationKey,
      body: input.body,
      language: input.language ?? null,
      reach: input.audience ?? 'readers',
      isByOwner: incident.authorship === 'anonymous' && incident.is_owner,
    });
    this.work.emit({ type: 'comment.written', version: 1, payload: { incidentId, commentId: id } }, actor.userKey);
    return id;
  }

  async page(actor: Actor, incidentId: string, query: PageQuery): Promise<CommentPage> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const incident = await this.incidents.row(incidentId);
    const rows = await this.comments.page(incident.key, limit, after);
    // What its readers say of a record speaks of what the record says.
    if (rows.length > 0) await this.receipts.shown(actor, [incident]);
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toCommentView(row, actor),
    );
  }

  async view(actor: Actor, incidentId: string, id: string): Promise<CommentView> {
    const { row, incident } = await this.row(incidentId, id);
    await this.receipts.shown(actor, [incident]);
    return toCommentView(row, actor);
  }

  async edit(actor: Actor, incidentId: string, id: string, body: string, ifMatch: string | undefined): Promise<void> {
    await this.own(actor, incidentId, id, 'edit', ifMatch);
    await this.comments.edit(id, body);
    this.work.emit({ type: 'comment.edited', version: 1, payload: { incidentId, commentId: id } }, actor.userKey);
  }

  async remove(actor: Actor, incidentId: string, id: string, ifMatch: string | undefined): Promise<void> {
    await this.own(actor, incidentId, id, 'delete', ifMatch);
    await this.comments.remove(id);
    this.work.emit({ type: 'comment.deleted', version: 1, payload: { incidentId, commentId: id } }, actor.userKey);
  }

  /** Opens one of the caller's own: the one 404, then 403, then 428 and 412. */
  private async own(
    actor: Actor,
    incidentId: string,
    id: string,
    action: 'edit' | 'delete',
    ifMatch: string | undefined,
  ): Promise<void> {
    const { row: seen } = await this.row(incidentId, id);
    if (!allowed(seen, actor).includes(action)) throw forbidden('Only its author changes a comment.');
    await this.comments.lock(id);
    checkIfMatch(ifMatch, await this.view(actor, incidentId, id), true);
  }

  private async row(incidentId: string, id: string): Promise<{ row: CommentRow; incident: IncidentRow }> {
    const incident = await this.incidents.row(incidentId);
    const row = await this.comments.byId(incident.key, id);
    if (!row) throw notFound();
    return { row, incident };
  }
}

const allowed = (row: CommentRow, actor: Actor): ('edit' | 'delete')[] =>
  row.author_key === actor.userKey && row.deleted_at === null && actor.standing === 'active' ? ['edit', 'delete'] : [];

function toCommentView(row: CommentRow, actor: Actor): CommentView {
  const isOwn = row.org_key === actor.organisationKey;
  return {
    id: row.id,
    author:
      isOwn && row.author_id !== null && row.author_name !== null
        ? { id: row.author_id, displayName: row.author_name }
        : null,
    organisation:
      row.org_id !== null && row.org_name !== null
        ? { id: row.org_id, name: row.org_name, country: row.org_country }
        : null,
    alias: aliasView(row.alias),
    body: row.deleted_at === null ? row.body : null,
    language: row.language,
    audience: row.reach,
    createdAt: row.created_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    allowedActions: allowed(row, actor),
  };
}
