import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor, Affiliation, OrganisationKind, Role, Standing } from '../../../kernel/actor.js';
import { Clock } from '../../../kernel/clock.js';
import { databaseProblem } from '../../../platform/database/database-problems.js';
import { askAlone } from '../../../platform/database/statement-group.js';
import { statement } from '../../../platform/database/statement.js';
import type { Statement } from '../../../platform/database/statement.js';
import { permissionsOf } from '../../../policy/permissions.js';
import { CredentialUse } from './credential-use.js';
import { poolOf } from './pool.js';
import { hashOfToken, isToken } from './tokens.js';

interface CredentialRow {
  credential_key: number;
  credential_id: string;
  credential_kind: Actor['credentialKind'];
  scopes: string[] | null;
  is_limited: boolean;
  last_used_at: Date | null;
  user_key: number;
  user_id: string;
  display_name: string;
  roles: Role[];
  org_key: number;
  org_id: string;
  org_name: string;
  org_country: string | null;
  org_kind: OrganisationKind;
  affiliation: Affiliation;
  standing: Standing;
  is_secretariat: boolean;
  versions: string | null;
}

/** Who somebody was when asked last. */
export interface Attested {
  actor: Actor;
  /** Of the rows that said so; null where they have to say it again. */
  stamp: string | null;
}

/** Without a key: the token means nobody. */
type AnewRow = { place: number; stamp: string | null } & (CredentialRow | { credential_key: null });

const authenticate = statement('identity-authenticate', 'select * from ronda.authenticate($1, $2)');
const authenticateAnew = statement('identity-authenticate-anew', 'select * from ronda.authenticate_anew($1, $2, $3)');

/** Some 1 kB each. */
const KNOWN_AT_MOST = 10_000;

/**
 * Finds who shows a token: one round trip, no transaction.
 *
 * For a read, and for a filing, what the token meant last is good enough to begin with: it is only taken for true where
 * the database finds, in the transaction that does the work, that the rows which said so are still the same
 * (`ronda.enter`). That saves a second round trip, a sixth of a read's cost (bench/README.md).
 */
@Injectable()
export class Authenticator {
  /** By hash of the token: what it meant last, and when the database had it used. */
  private readonly known = new Map<string, { actor: Actor; lastUsedAt: Date | null }>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly use: CredentialUse,
  ) {}

  /** The actor, or null for a token that is unknown, expired or revoked, or whose account or organisation has ended. */
  async actorOf(token: string, mayAssume: boolean): Promise<Actor | null> {
    if (!isToken(token)) return null;
    const hash = hashOfToken(token);
    const known = mayAssume && this.known.get(hash.toString('hex'));
    if (known) {
      const { actor, lastUsedAt } = known;
      if (actor.credentialKind === 'api-key') this.use.note(actor.credentialKey, lastUsedAt, this.clock.now());
      return actor;
    }
    const actor = await this.lookUp(hash);
    return actor && { ...actor, assumed: null };
  }

  /**
   * Who shows a token, asked of the database again by somebody who goes on for long. What it means now is said with its
   * versions, so that a unit of work that begins a moment later still finds out.
   * @returns null where it means nobody any more.
   */
  again(actor: Actor): Promise<Actor | null> {
    return this.lookUp(Buffer.from(actor.tokenHash, 'hex'));
  }

  /**
   * As `again`, of many in one round trip: what is as it was is not sent anew.
   * @returns in their order; null for whoever means nobody any more.
   */
  async allAgain(known: readonly Attested[]): Promise<(Attested | null)[]> {
    const at = this.clock.now();
    const hashes = known.map(({ actor }) => Buffer.from(actor.tokenHash, 'hex'));
    const stamps = known.map(({ stamp }) => stamp);
    const rows = await this.ask<AnewRow>(authenticateAnew, [hashes, stamps, at]);
    const changed = new Map(rows.map((row) => [row.place, row]));
    return known.map((each, index) => {
      const [row, hash] = [changed.get(index + 1), hashes[index]];
      if (!row || !hash) return each;
      const actor = this.take(row.credential_key === null ? undefined : row, hash, at);
      return actor && { actor, stamp: row.stamp };
    });
  }

  private async lookUp(hash: Buffer): Promise<Actor | null> {
    const at = this.clock.now();
    const [row] = await this.ask<CredentialRow>(authenticate, [hash, at]);
    return this.take(row, hash, at);
  }

  private async ask<R extends object>(asked: Statement, values: unknown[]): Promise<R[]> {
    try {
      return await askAlone<R>(poolOf(this.dataSource), asked, values);
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /** Keeps in mind what the database says of a token. */
  private take(row: CredentialRow | undefined, hash: Buffer, at: Date): Actor | null {
    if (!row) {
      this.known.delete(hash.toString('hex'));
      return null;
    }
    if (row.credential_kind === 'api-key') this.use.note(row.credential_key, row.last_used_at, at);
    const actor = { ...toActor(row, hash), assumed: row.versions };
    this.remember(actor, row.last_used_at);
    return actor;
  }

  private remember(actor: Actor, lastUsedAt: Date | null): void {
    // In the order in which they came, the oldest first.
    this.known.delete(actor.tokenHash);
    if (actor.assumed === null) return;
    if (this.known.size >= KNOWN_AT_MOST)
      for (const oldest of this.known.keys()) {
        this.known.delete(oldest);
        break;
      }
    this.known.set(actor.tokenHash, { actor, lastUsedAt });
  }
}

const toActor = (row: CredentialRow, hash: Buffer): Actor => ({
  tokenHash: hash.toString('hex'),
  assumed: null,
  credentialKey: row.credential_key,
  credentialId: row.credential_id,
  credentialKind: row.credential_kind,
  isLimited: row.is_limited,
  permissions: permissionsOfCredential(row),
  userKey: row.user_key,
  userId: row.user_id,
  displayName: row.display_name,
  roles: row.roles,
  organisationKey: row.org_key,
  organisationId: row.org_id,
  organisationName: row.org_name,
  organisationCountry: row.org_country,
  organisationKind: row.org_kind,
  affiliation: row.affiliation,
  standing: row.standing,
  isSecretariat: row.is_secretariat,
});

function permissionsOfCredential(row: CredentialRow): ReadonlySet<string> {
  const held = permissionsOf(row.roles, row.is_secretariat && row.standing === 'active');
  if (row.credential_kind !== 'api-key') return held;
  const scopes = new Set(row.scopes ?? []);
  return new Set([...held].filter((permission) => scopes.has(permission)));
}
