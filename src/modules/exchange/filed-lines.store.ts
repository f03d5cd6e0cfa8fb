import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** What the caller's side filed under a name. */
export interface KnownLine {
  /** Lower-case hex SHA-256, as all hashes here. */
  identity: string;
  content_hash: string;
  incident_id: string;
  /** False where the caller may not read the record: then it is as if it were not there. */
  is_readable: boolean;
}

export interface NewLine {
  identity: string;
  contentHash: string;
  incidentId: string;
  /** Whose name it is: one person's, or where null the whole organisation's. */
  userKey: number | null;
}

const lock = statement('filed-line-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 5))');
const find = statement(
  'filed-line-find',
  `select encode(l.identity, 'hex') as identity, encode(l.content_hash, 'hex') as content_hash, l.incident_id,
          exists (select from ronda.incident i where i.space = l.space and i.id = l.incident_id offset 0) as is_readable
     from unnest($4::text[]) sent (identity)
    cross join lateral (
      select * from ronda.filed_line l
       where l.space = $1 and l.org_key = $2 and l.identity = decode(sent.identity, 'hex')
         and (l.user_key is null or l.user_key = $3) offset 0) l
    order by l.user_key nulls first`,
);
// Only a name whose record is hidden from the caller is ever in the way, and then it is the caller's own.
const remember = statement(
  'filed-line-remember',
  `insert into ronda.filed_line (space, org_key, user_key, identity, content_hash, incident_id, created_at)
   select $1, $2, e.person, decode(e.identity, 'hex'), decode(e.hash, 'hex'), e.incident, $3
     from jsonb_to_recordset($4::jsonb) as e (person int, identity text, hash text, incident uuid)
   on conflict (space, org_key, identity, user_key) do update
      set content_hash = excluded.content_hash, incident_id = excluded.incident_id`,
);

@Injectable()
export class FiledLinesStore {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * What is known of these names; of two under one name the caller's own comes last. Keeps other streams of the organisation waiting until the end of the unit of work: the
   * look-up runs behind the lock in a snapshot of its own, so it sees what the lock's last holder filed.
   */
  async find(organisationKey: number, userKey: number, identities: readonly string[]): Promise<KnownLine[]> {
    const { space } = this.work;
    const [, known] = await Promise.all([
      this.work.query(lock, [`${space} ${organisationKey}`]),
      this.work.query<KnownLine>(find, [space, organisationKey, userKey, identities]),
    ]);
    return known;
  }

  /** After the incidents that they name. */
  remember(organisationKey: number, lines: readonly NewLine[]): void {
    if (lines.length === 0) return;
    const rows = lines.map(({ userKey, identity, contentHash, incidentId }) => ({
      person: userKey,
      identity,
      hash: contentHash,
      incident: incidentId,
    }));
    this.work.write(remember, [this.work.space, organisationKey, this.work.at, JSON.stringify(rows)]);
  }
}
