import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface BeginningOfRecord {
  incident_id: string;
  /** Of the first revision that the reader may read: when the record began is nothing that it is told. */
  created_at: Date;
  /** Of the owner, where the reader may know it. */
  owner_created_at: Date | null;
}

export interface CommentOfRecord {
  incident_id: string;
  id: string;
  body: string;
  created_at: Date;
  /** Of the owner's side of an anonymous record, where that wrote it. */
  alias: string | null;
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
  org_created_at: Date | null;
}

export interface LinkOfRecord {
  incident_id: string;
  other_id: string;
  other_alias: string | null;
}

const wanted = `unnest($2::uuid[]) wanted (id)
    cross join lateral (select i.space, i.key, i.id, i.alias, i.authorship, i.owner_key from ronda.incident i
      where i.space = $1 and i.id = wanted.id offset 0) i`;
const beginnings = statement(
  'said-besides-beginnings',
  `select i.id as incident_id, r.created_at, o.created_at as owner_created_at
     from ${wanted}
    cross join lateral (select min(r.created_at) as created_at from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key) r
     left join ronda.organisation o on o.key = i.owner_key`,
);
// Of what the owner's side of an anonymous record wrote nobody is named, not even to that side: a document goes on.
const comments = statement(
  'said-besides-comments',
  `select i.id as incident_id, c.id, c.body, c.created_at, case when c.by_owner then i.alias end as alias,
          o.id as org_id, o.name as org_name, o.country as org_country, o.created_at as org_created_at
     from ${wanted}
     join ronda.incident_comment c on c.space = i.space and c.incident_key = i.key and c.reach = 'readers' and c.deleted_at is null
     left join ronda.organisation o on not c.by_owner and o.key = c.org_key
    order by i.id, c.created_at, c.id`,
);
const links = statement(
  'said-besides-links',
  `select i.id as incident_id, t.id as other_id, case when t.authorship = 'anonymous' then t.alias end as other_alias
     from ${wanted}
     join ronda.incident_link l on l.space = i.space and l.from_key = i.key
     join ronda.incident t on t.space = l.space and t.key = l.to_key
    order by i.id, l.created_at, l.id`,
);

/** What is said of some records besides their revisions, as far as whoever reads the record reads it; a query each. */
@Injectable()
export class SaidBesides {
  constructor(private readonly work: UnitOfWork) {}

  beginnings(ids: readonly string[]): Promise<BeginningOfRecord[]> {
    return this.work.query<BeginningOfRecord>(beginnings, [this.work.space, ids]);
  }

  comments(ids: readonly string[]): Promise<CommentOfRecord[]> {
    return this.work.query<CommentOfRecord>(comments, [this.work.space, ids]);
  }

  links(ids: readonly string[]): Promise<LinkOfRecord[]> {
    return this.work.query<LinkOfRecord>(links, [this.work.space, ids]);
  }
}
