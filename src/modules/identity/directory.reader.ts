import { Injectable } from '@nestjs/common';
import type { Affiliation, OrganisationKind, Standing } from '../../kernel/actor.js';
import { AccountsStore } from './accounts/accounts.store.js';
import type { AccountRefRow } from './accounts/accounts.store.js';
import { DutyStore } from './contacts/duty.store.js';
import { OrganisationsStore } from './organisations/organisations.store.js';

/** An organisation, by what everybody who sees it may know. The key is internal. */
export interface OrganisationSummary {
  id: string;
  key: number;
  name: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  country: string | null;
  standing: Standing;
}

export interface UserSummary {
  id: string;
  key: number;
  displayName: string;
  organisationKey: number;
}

/** Who is who, for other modules: asked in the caller's unit of work, so it tells what the caller may see. */
@Injectable()
export class DirectoryReader {
  constructor(
    private readonly organisations: OrganisationsStore,
    private readonly accounts: AccountsStore,
    private readonly duty: DutyStore,
  ) {}

  /** Those of the ids that the caller sees, in no order; none that is retired. */
  async organisationsByIds(ids: readonly string[]): Promise<OrganisationSummary[]> {
    return (await this.organisations.byIds(ids)).filter(({ standing }) => standing !== 'retired');
  }

  organisationSummaries(keys: readonly number[]): Promise<OrganisationSummary[]> {
    return this.organisations.byKeys(keys);
  }

  /** Those of the ids that the caller sees and whose account is active. */
  async usersByIds(ids: readonly string[]): Promise<UserSummary[]> {
    return (await this.accounts.byIds(ids)).map(toUserSummary);
  }

  async userSummaries(keys: readonly number[]): Promise<UserSummary[]> {
    return (await this.accounts.byKeys(keys)).map(toUserSummary);
  }

  /** Who holds the duty role at that instant: the primary, then the deputy; nobody where the caller may not see. */
  async dutyHolders(organisationId: string, role: string, at: Date): Promise<{ userKey: number; userId: string }[]> {
    const rows = await this.duty.holders(organisationId, role, at);
    return rows.map(({ user_key, user_id }) => ({ userKey: user_key, userId: user_id }));
  }

  /** Whether another analyst or coordinator of the caller's organisation is on its duty list at that instant. */
  isAnyoneElseOnDuty(organisationKey: number, userKey: number, at: Date): Promise<boolean> {
    return this.duty.isAnyoneElse(organisationKey, userKey, at);
  }

  /** The organisation of the account that this unit of work acts for, or null for nobody. */
  ownOrganisationKey(): Promise<number | null> {
    return this.organisations.ownKey();
  }

  /** The active national CERT that an organisation belongs to, or null. */
  async activeCertOf(organisationKey: number): Promise<OrganisationSummary | null> {
    const parentKey = await this.organisations.parentOf(organisationKey);
    const [cert] = parentKey === null ? [] : await this.organisations.byKeys([parentKey]);
    return cert?.standing === 'active' ? cert : null;
  }
}

const toUserSummary = (row: AccountRefRow): UserSummary => ({
  id: row.id,
  key: row.key,
  displayName: row.display_name,
  organisationKey: row.org_key,
});
