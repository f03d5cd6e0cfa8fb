import type pg from 'pg';
import type { AccountStatus } from './accounts.store.js';
import type { LinkPurpose } from '../credentials/credentials.store.js';

export interface OperatorOrganisationRow {
  key: number;
  id: string;
  name: string;
  standing: string;
  affiliation: string;
  parent_key: number | null;
  is_secretariat: boolean;
}

export interface OperatorAccountRow {
  key: number;
  id: string;
  org_key: number;
  org_id: string;
  org_name: string;
  status: AccountStatus;
}

/** What an operator reads and writes of accounts, on a connection that is the keeper: outside any unit of work, as nobody. */
export class OperatorAccessStore {
  constructor(
    private readonly client: pg.Client,
    private readonly at: Date,
  ) {}

  /** By its id, or by its name to the letter: several may have it. */
  async organisations(idOrName: string): Promise<OperatorOrganisationRow[]> {
    const { rows } = await this.client.query<OperatorOrganisationRow>(
      `select key, id, name, standing, affiliation, parent_key, is_secretariat from ronda.organisation
        where id::text = $1 or name = $1 order by key`,
      [idOrName],
    );
    return rows;
  }

  /** Each organisation has one of an address at the most. */
  async accounts(email: string): Promise<OperatorAccountRow[]> {
    const { rows } = await this.client.query<OperatorAccountRow>(
      `select u.key, u.id, u.org_key, o.id as org_id, o.name as org_name, u.status
         from ronda.user_account u join ronda.organisation o on o.key = u.org_key
        where u.email = $1 and o.standing <> 'retired' order by u.key`,
      [email],
    );
    return rows;
  }

  async insertAdmin(account: {
    id: string;
    organisationKey: number;
    email: string;
    displayName: string;
  }): Promise<number> {
    const { rows } = await this.client.query<{ key: number }>(
      `insert into ronda.principal (kind) values ('user') returning key`,
    );
    const [{ key }] = rows as [{ key: number }];
    await this.client.query(
      `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
       values ($1, $2, $3, $4, $5, '{admin}', 'invited', $6)`,
      [key, account.id, account.organisationKey, account.email, account.displayName, this.at],
    );
    return key;
  }

  /** A link before it stops working. */
  async replaceLink(link: {
    id: string;
    userKey: number;
    organisationKey: number;
    hash: Buffer;
    purpose: LinkPurpose;
    clearsSecondFactor: boolean;
    expiresAt: Date;
  }): Promise<void> {
    await this.client.query(
      `update ronda.credential set revoked_at = $2 where user_key = $1 and kind = 'link' and revoked_at is null`,
      [link.userKey, this.at],
    );
    await this.client.query(
      `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at, clears_second_factor)
       values ($1, 'link', $2, $3, $4, $5, $6, $7, $8)`,
      [
        link.id,
        link.purpose,
        link.userKey,
        link.organisationKey,
        link.hash,
        this.at,
        link.expiresAt,
        link.clearsSecondFactor,
      ],
    );
  }

  async moveSecretariat(to: number, until: string): Promise<string | null> {
    const { rows } = await this.asSecretariat<{ id: string }>(
      `update ronda.organisation set is_secretariat = false, secretariat_until = null, version = version + 1
        where is_secretariat returning id`,
      [],
    );
    await this.asSecretariat(
      `update ronda.organisation set is_secretariat = true, secretariat_until = $2, version = version + 1 where key = $1`,
      [to, until],
    );
    return rows[0]?.id ?? null;
  }

  /** Told as others are: in the outbox, of nobody's account. */
  async record(id: string, type: string, payload: Record<string, unknown>): Promise<void> {
    await this.client.query(
      `insert into ronda.outbox (space, id, type, version, occurred_at, payload) values (0, $1, $2, 1, $3, $4)`,
      [id, type, this.at, JSON.stringify({ ...payload, by: 'operator' })],
    );
  }

  /** The database lets the secretariat alone move its role; each write of the table forgets who writes. */
  private async asSecretariat<R extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
  ): Promise<pg.QueryResult<R>> {
    await this.client.query(`select set_config('app.principals', '{4}', true)`);
    return this.client.query<R>(text, values);
  }
}
