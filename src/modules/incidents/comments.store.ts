import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import { SearchIndex } from '../search/index.js';
import type { Reach } from './comments.dto.js';

export interface CommentRow {
  id: string;
  author_key: number | null;
  author_id: string | null;
  author_name: string | null;
  org_key: number | null;
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
  body: string;
  language: string | null;
  reach: Reach;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  /** Of the owner's side of an anonymous record, where that wrote it: nobody else may learn whose it is. */
  alias: string | null;
}

// Of what the owner's side of an anonymous record wrote, the drawer knows by whom, and opens to that side alone.
const columns = `c.id, u.key as author_key, u.id as author_id, u.display_name as author_name, o.key as org_key, o.id as org_id,
  o.name as org_name, o.country as org_country, c.body, c.language, c.reach, c.created_at, c.edited_at, c.deleted_at,
  case when c.by_owner then i.alias end as alias`;
const joins = `join ronda.incident i on i.space = c.space and i.key = c.incident_key
  left join ronda.comment_drawer d on c.by_owner and d.comment_key = c.key
  left join ronda.user_account u on u.key = coalesce(c.author_key, d.user_key)
  left join ronda.organisation o on o.key = coalesce(c.org_key, d.org_key)`;

const write = statement(
  'comment-write',
  `insert into ronda.incident_comment (space, id, incident_key, by_owner, author_key, org_key, body, language, reach, readers, created_at)
   select $1, $2, i.key, $10, case when not $10 then $4::int end, case when not $10 then $5::int end, $6, $7, $8,
          case $8 when 'owner' then array(select distinct reader from unnest(i.owner_readers || $5::int) reader)
                  when 'organisation' then array[$5::int] end, $9
     from ronda.incident i where i.space = $1 and i.key = $3`,
);
const writeDrawer = statement(
  'comment-drawer-write',
  `insert into ronda.comment_drawer (space, org_key, comment_key, incident_key, user_key)
   select c.space, $3, c.key, c.incident_key, $4 from ronda.incident_comment c where c.space = $1 and c.id = $2`,
);
const page = statement(
  'comment-page',
  `select ${columns} from ronda.incident_comment c ${joins}
    where c.space = $1 and c.incident_key = $2 and (c.created_at, c.id) < ($3::timestamptz, $4::uuid)
    order by c.created_at desc, c.id desc limit $5`,
);
const forReaders = statement(
  'comment-for-readers',
  `select c.id, c.body from ronda.incident_comment c
    where c.space = $1 and c.incident_key = $2 and c.reach = 'readers' and c.deleted_at is null
    order by c.created_at, c.id limit $3`,
);
const byId = statement(
  'comment-by-id',
  `select ${columns} from ronda.incident_comment c ${joins} where c.space = $1 and c.incident_key = $2 and c.id = $3`,
);
const lock = statement(
  'comment-lock',
  'select key from ronda.incident_comment where space = $1 and id = $2 for update',
);
const edit = statement(
  'comment-edit',
  'update ronda.incident_comment set body = $3, edited_at = $4 where space = $1 and id = $2',
);
const remove = statement(
  'comment-delete',
  `update ronda.incident_comment set body = '', deleted_at = $3 where space = $1 and id = $2`,
);

@Injectable()
export class CommentsStore {
  constructor(
    private readonly work: UnitOfWork,
    private readonly search: SearchIndex,
  ) {}

  /** The comments that whoever reads the record reads, the oldest first. */
  forReaders(incidentKey: number, most: number): Promise<{ id: string; body: string }[]> {
    return this.work.query<{ id: string; body: string }>(forReaders, [this.work.space, incidentKey, most]);
  }

  async write(comment: {
    id: string;
    incidentKey: number;
    authorKey: number;
    organisationKey: number;
    body: string;
    language: string | null;
    reach: Reach;
    /** Whether the owner's side of an anonymous record writes it. */
    isByOwner: boolean;
  }): Promise<void> {
    await this.work.query(write, [
      this.work.space,
      comment.id,
      comment.incidentKey,
      comment.authorKey,
      comment.organisationKey,
      comment.body,
      comment.language,
      comment.reach,
      this.work.at,
      comment.isByOwner,
    ]);
    const drawer = [this.work.space, comment.id, comment.organisationKey, comment.authorKey];
    if (comment.isByOwner) this.work.write(writeDrawer, drawer);
    this.search.writeComment(comment.id, comment.body);
  }

  page(incidentKey: number, limit: number, after: CursorKeys | null): Promise<CommentRow[]> {
    return this.work.query<CommentRow>(page, [
      this.work.space,
      incidentKey,
      after?.at ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit + 1,
    ]);
  }

  async byId(incidentKey: number, id: string): Promise<CommentRow | undefined> {
    return (await this.work.query<CommentRow>(byId, [this.work.space, incidentKey, id]))[0];
  }

  async lock(id: string): Promise<void> {
    await this.work.query(lock, [this.work.space, id]);
  }

  async edit(id: string, body: string): Promise<void> {
    await this.work.query(edit, [this.work.space, id, body, this.work.at]);
    this.search.rewriteComment(id, body);
  }

  /** The text goes; that there was a comment stays. */
  async remove(id: string): Promise<void> {
    this.search.removeComment(id);
    await this.work.query(remove, [this.work.space, id, this.work.at]);
  }
}
