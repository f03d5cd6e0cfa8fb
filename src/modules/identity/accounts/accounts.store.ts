import { Injectable } from '@nestjs/common';
import type { OrganisationKind, Role, Standing } from '../../../kernel/actor.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export type AccountStatus = 'invited' | 'active' | 'disabled';

export interface SignInRow {
  user_key: number;
  org_key: number;
  status: AccountStatus;
  standing: Standing;
  password_hash: string | null;
  totp_sealed: Buffer | null;
  totp_confirmed_at: Date | null;
  totp_required: boolean;
}

export interface AccountRow {
  key: number;
  id: string;
  email: string;
  display_name: string;
  roles: Role[];
  status: AccountStatus;
  created_at: Date;
  org_key: number;
  /** When whose it was was forgotten. */
  erased_at: Date | null;
  sort_name: string;
}

export interface OwnAccountRow extends AccountRow {
  org_id: string;
  org_name: string;
  org_kind: OrganisationKind;
  org_country: string | null;
  org_standing: Standing;
  org_is_secretariat: boolean;
  totp_required: boolean;
  totp_confirmed_at: Date | null;
  recovery_codes_left: number;
}

export interface SecretRow {
  password_hash: string | null;
  totp_sealed: Buffer | null;
  totp_confirmed_at: Date | null;
}

const forSignIn = statement(
  'account-for-sign-in',
  `select user_key, org_key, status, standing, password_hash, totp_sealed, totp_confirmed_at, totp_required
     from ronda.account_for_sign_in($1)`,
);
const columns = `u.key, u.id, u.email, u.display_name, u.roles, u.status, u.created_at, u.org_key, u.erased_at,
  lower(u.display_name) as sort_name`;
const own = statement(
  'account-own',
  `select ${columns}, o.id as org_id, o.name as org_name, o.kind as org_kind, o.country as org_country, o.standing as org_standing,
          o.is_secretariat as org_is_secretariat,
          o.totp_required, s.totp_confirmed_at,
          (select count(*)::int from ronda.recovery_code r where r.user_key = u.key and r.used_at is null) as recovery_codes_left
     from ronda.user_account u join ronda.organisation o on o.key = u.org_key left join ronda.user_secret s on s.user_key = u.key
    where u.key = $1`,
);
const byKey = statement('account-by-key', `select ${columns} from ronda.user_account u where u.key = $1`);
const invited = statement('account-invited', `select ${columns} from ronda.user_account u where u.status = 'invited'`);
const find = statement(
  'account-find',
  `select ${columns} from ronda.user_account u where u.org_key = $1 and u.id = $2`,
);
const lock = statement('account-lock', 'select key from ronda.user_account where org_key = $1 and id = $2 for update');
const list = statement(
  'account-list',
  `select ${columns} from ronda.user_account u
    where u.org_key = $1 and ($2 or u.status = 'active')
      and ($3::text is null or (lower(u.display_name), u.id) > ($3, $4::uuid))
    order by sort_name, u.id limit $5`,
);
const byIds = statement(
  'account-by-ids',
  `select u.key, u.id, u.display_name, u.org_key from ronda.user_account u where u.id = any ($1::uuid[]) and u.status = 'active'`,
);
const byKeys = statement(
  'account-by-keys',
  'select u.key, u.id, u.display_name, u.org_key from ronda.user_account u where u.key = any ($1::int[])',
);
const withRoles = statement(
  'account-with-roles',
  `select u.key, u.id, u.display_name, u.org_key from ronda.user_account u
    where u.org_key = any ($1::int[]) and u.roles && $2::text[] and u.status = 'active' order by lower(u.display_name), u.id`,
);
const newPrincipal = statement('account-principal', `insert into ronda.principal (kind) values ('user') returning key`);
const insert = statement(
  'account-insert',
  `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning key`,
);
const update = statement(
  'account-update',
  'update ronda.user_account set display_name = $2, roles = $3, status = $4, version = version + 1 where key = $1',
);
const otherAdmins = statement(
  'account-other-admins',
  `select count(*)::int as count from ronda.user_account
    where org_key = $1 and key <> $2 and status = 'active' and 'admin' = any (roles)`,
);
const secret = statement(
  'account-secret',
  'select password_hash, totp_sealed, totp_confirmed_at from ronda.user_secret where user_key = $1',
);
const setPassword = statement(
  'account-set-password',
  `insert into ronda.user_secret (user_key, password_hash) values ($1, $2)
   on conflict (user_key) do update set password_hash = excluded.password_hash`,
);
const beginTotp = statement(
  'account-begin-totp',
  `insert into ronda.user_secret (user_key, totp_sealed) values ($1, $2)
   on conflict (user_key) do update set totp_sealed = excluded.totp_sealed, totp_last_step = null
     where user_secret.totp_confirmed_at is null
   returning user_key`,
);
const confirmTotp = statement(
  'account-confirm-totp',
  `update ronda.user_secret set totp_confirmed_at = $2, totp_last_step = $3
    where user_key = $1 and totp_sealed is not null and totp_confirmed_at is null returning user_key`,
);
const removeTotp = statement(
  'account-remove-totp',
  'update ronda.user_secret set totp_sealed = null, totp_confirmed_at = null, totp_last_step = null where user_key = $1',
);
const takeStep = statement(
  'account-take-totp-step',
  `update ronda.user_secret set totp_last_step = $2 where user_key = $1 and (totp_last_step is null or totp_last_step < $2) returning user_key`,
);
const dropCodes = statement('account-drop-codes', 'delete from ronda.recovery_code where user_key = $1');
const addCodes = statement(
  'account-add-codes',
  'insert into ronda.recovery_code (user_key, code_hash) select $1, unnest($2::bytea[])',
);
const takeCode = statement(
  'account-take-code',
  'update ronda.recovery_code set used_at = $3 where user_key = $1 and code_hash = $2 and used_at is null returning user_key',
);

@Injectable()
export class AccountsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Every account of an address, the oldest first; for a caller that is nobody yet. */
  forSignIn(email: string): Promise<SignInRow[]> {
    return this.work.query<SignInRow>(forSignIn, [email]);
  }

  async own(userKey: number): Promise<OwnAccountRow | undefined> {
    const [row] = await this.work.query<OwnAccountRow>(own, [userKey]);
    return row;
  }

  /** Without its organisation, which the holder of a one-time link does not see. */
  async byKey(userKey: number): Promise<AccountRow | undefined> {
    const [row] = await this.work.query<AccountRow>(byKey, [userKey]);
    return row;
  }

  /** The one account that the holder of an invitation sees: its own. */
  async invited(): Promise<AccountRow | undefined> {
    const [row] = await this.work.query<AccountRow>(invited);
    return row;
  }

  async find(organisationKey: number, id: string): Promise<AccountRow | undefined> {
    const [row] = await this.work.query<AccountRow>(find, [organisationKey, id]);
    return row;
  }

  async lock(organisationKey: number, id: string): Promise<void> {
    await this.work.query(lock, [organisationKey, id]);
  }

  list(
    organisationKey: number,
    isWhole: boolean,
    after: readonly (string | number)[] | null,
    limit: number,
  ): Promise<AccountRow[]> {
    const [name = null, id = null] = after ?? [];
    return this.work.query<AccountRow>(list, [organisationKey, isWhole, name, id, limit]);
  }

  byIds(ids: readonly string[]): Promise<AccountRefRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.work.query<AccountRefRow>(byIds, [ids]);
  }

  /** Active accounts of these organisations that have one of the roles, by name: those that the caller sees. */
  withRoles(organisationKeys: readonly number[], roles: readonly Role[]): Promise<AccountRefRow[]> {
    return this.work.query<AccountRefRow>(withRoles, [organisationKeys, roles]);
  }

  byKeys(keys: readonly number[]): Promise<AccountRefRow[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.work.query<AccountRefRow>(byKeys, [keys]);
  }

  /** The new key, or null where the organisation has an account of that address. */
  async insert(account: {
    id: string;
    organisationKey: number;
    email: string;
    displayName: string;
    roles: readonly Role[];
    status: AccountStatus;
  }): Promise<number | null> {
    const [principal] = await this.work.query<{ key: number }>(newPrincipal);
    const [row] = await this.work.query<{ key: number }>(insert, [
      principal?.key,
      account.id,
      account.organisationKey,
      account.email,
      account.displayName,
      account.roles,
      account.status,
      this.work.at,
    ]);
    return row?.key ?? null;
  }

  async update(key: number, to: { displayName: string; roles: readonly Role[]; status: AccountStatus }): Promise<void> {
    await this.work.query(update, [key, to.displayName, to.roles, to.status]);
  }

  /** How many active administrators the organisation has besides this account. */
  async otherAdmins(organisationKey: number, userKey: number): Promise<number> {
    const [row] = await this.work.query<{ count: number }>(otherAdmins, [organisationKey, userKey]);
    return row?.count ?? 0;
  }

  async secret(userKey: number): Promise<SecretRow | undefined> {
    const [row] = await this.work.query<SecretRow>(secret, [userKey]);
    return row;
  }

  async setPassword(userKey: number, hash: string): Promise<void> {
    await this.work.query(setPassword, [userKey, hash]);
  }

  /** Keeps the seed of a second factor that is not active yet. False where one is active. */
  async beginTotp(userKey: number, sealed: Buffer): Promise<boolean> {
    return (await this.work.query(beginTotp, [userKey, sealed])).length > 0;
  }

  /** @param step the code's time step; it and those before are used up. */
  async confirmTotp(userKey: number, step: number): Promise<boolean> {
    return (await this.work.query(confirmTotp, [userKey, this.work.at, step])).length > 0;
  }

  /** Also drops the recovery codes. */
  async removeTotp(userKey: number): Promise<void> {
    await this.work.query(removeTotp, [userKey]);
    await this.work.query(dropCodes, [userKey]);
  }

  /** Uses up a time step. False where it, or a later one, was used before: a replay. */
  async takeTotpStep(userKey: number, step: number): Promise<boolean> {
    return (await this.work.query(takeStep, [userKey, step])).length > 0;
  }

  async replaceRecoveryCodes(userKey: number, hashes: readonly Buffer[]): Promise<void> {
    await this.work.query(dropCodes, [userKey]);
    await this.work.query(addCodes, [userKey, hashes]);
  }

  async takeRecoveryCode(userKey: number, hash: Buffer): Promise<boolean> {
    return (await this.work.query(takeCode, [userKey, hash, this.work.at])).length > 0;
  }
}

export interface AccountRefRow {
  key: number;
  id: string;
  display_name: string;
  org_key: number;
}
