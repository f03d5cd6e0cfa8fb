import { Injectable } from '@nestjs/common';
import { ROLES } from '../../kernel/actor.js';
import type { Affiliation, OrganisationKind, Role, Standing } from '../../kernel/actor.js';
import type { PolicyOrganisation } from '../../policy/principals.js';
import { AccountsStore } from './accounts/accounts.store.js';
import type { AccountRefRow } from './accounts/accounts.store.js';
import type { Contact } from './contacts/contact.entity.js';
import { ContactsStore } from './contacts/contacts.store.js';
import { DutyStore } from './contacts/duty.store.js';
import type { DutyPosition } from './contacts/duty.store.js';
import { addressOf, NetworksStore } from './contacts/networks.store.js';
import { parseAddress } from './contacts/address.rules.js';
import type { Address } from './contacts/address.rules.js';
import { addressText, answererIndex } from './contacts/answerer.rules.js';
import type { Answerer } from './contacts/answerer.rules.js';
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

/** How an organisation is reached at any hour. */
export interface Reachable {
  organisation: OrganisationSummary;
  /** Its 24/7 points of contact. */
  contacts: Pick<Contact, 'name' | 'email' | 'phone' | 'languages' | 'timeZone' | 'lastVerifiedAt'>[];
  /** Who is on duty at this instant. The name is null where the caller may not see the account. */
  onDuty: { dutyRole: string; position: DutyPosition; displayName: string | null }[];
}

/** With what its principals depend on. Whether it relays GREEN is known of the caller's own alone; of others it reads false. */
export interface OrganisationInPolicy extends OrganisationSummary, PolicyOrganisation {
  key: number;
  kind: OrganisationKind;
  affiliation: Affiliation;
  standing: Standing;
  /** IANA name. */
  timeZone: string;
}

/** Who is who, for other modules: asked in the caller's unit of work, so it tells what the caller may see. */
@Injectable()
export class DirectoryReader {
  constructor(
    private readonly organisations: OrganisationsStore,
    private readonly accounts: AccountsStore,
    private readonly duty: DutyStore,
    private readonly contacts: ContactsStore,
    private readonly networks: NetworksStore,
  ) {}

  /** Those of the ids that the caller sees, in no order; none that is retired. */
  async organisationsByIds(ids: readonly string[]): Promise<OrganisationSummary[]> {
    return (await this.organisations.byIds(ids)).filter(({ standing }) => standing !== 'retired');
  }

  organisationSummaries(keys: readonly number[]): Promise<OrganisationSummary[]> {
    return this.organisations.byKeys(keys);
  }

  /** Every organisation that the caller sees and that is not retired, by name. */
  async organisationsInPolicy(): Promise<OrganisationInPolicy[]> {
    return (await this.organisations.allVisible()).map((row) => ({
      id: row.id,
      key: row.key,
      name: row.name,
      kind: row.kind,
      affiliation: row.affiliation,
      country: row.country,
      standing: row.standing,
      isSecretariat: row.is_secretariat,
      parentKey: row.parent_key,
      relaysGreen: row.relays_green,
      timeZone: row.time_zone,
    }));
  }

  /** Active accounts of these organisations that have one of the roles, by name, as far as the caller sees them. */
  async usersWithRoles(organisationKeys: readonly number[], roles: readonly Role[]): Promise<UserSummary[]> {
    return (await this.accounts.withRoles(organisationKeys, roles)).map(toUserSummary);
  }

  /** Every active account of an organisation, as far as the caller sees them. */
  usersOf(organisationKey: number): Promise<UserSummary[]> {
    return this.usersWithRoles([organisationKey], ROLES);
  }

  /** What an organisation says it answers for. */
  async networksOf(organisationKey: number): Promise<Address[]> {
    return (await this.networks.list(organisationKey, null, MOST_NETWORKS)).map(addressOf);
  }

  /**
   * Whom one turns to about each indicator, as far as the caller sees it: null where nobody answers, undefined of what has
   * no address.
   */
  async answerersOf(indicators: readonly { type: string; value: string }[]): Promise<(Answerer | null | undefined)[]> {
    const rows = await this.networks.answering();
    const find = answererIndex(rows.map((row) => ({ address: addressOf(row), organisationKey: row.org_key })));
    return indicators.map(({ type, value }) => {
      const address = parseAddress(addressText(type, value));
      return address === null ? undefined : find(address);
    });
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

  /** How these organisations are reached at any hour, as far as the caller may know; by name. */
  async reachable(organisationKeys: readonly number[]): Promise<Reachable[]> {
    if (organisationKeys.length === 0) return [];
    const [organisations, contacts, onDuty] = await Promise.all([
      this.organisations.byKeys(organisationKeys),
      this.contacts.ofOrganisations(organisationKeys),
      this.duty.onDuty(organisationKeys),
    ]);
    return organisations
      .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : one.id < other.id ? -1 : 1))
      .map((organisation) => ({
        organisation,
        contacts: contacts.filter(
          ({ organisationKey, kind, isAroundTheClock }) =>
            organisationKey === organisation.key && kind === 'point-of-contact' && isAroundTheClock,
        ),
        onDuty: onDuty
          .filter(({ org_key }) => org_key === organisation.key)
          .map((row) => ({ dutyRole: row.duty_role, position: row.position, displayName: row.user_name })),
      }));
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

const MOST_NETWORKS = 10_000;

const toUserSummary = (row: AccountRefRow): UserSummary => ({
  id: row.id,
  key: row.key,
  displayName: row.display_name,
  organisationKey: row.org_key,
});
