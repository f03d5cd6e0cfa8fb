import type { INestApplicationContext } from '@nestjs/common';
import type { OrganisationKind, Role } from '../kernel/actor.js';
import { Chance } from '../kernel/chance.js';
import { memberStates } from '../kernel/region.js';
import type { Region, RegionMember } from '../kernel/region.js';
import {
  ActivateOrganisation,
  DesignateOrganisation,
  DirectoryReader,
  FoundRegion,
  RegisterOrganisation,
  SeedAccounts,
  SponsorOrganisation,
  UpdateOrganisation,
} from '../modules/identity/index.js';
import type { SeededAccount } from '../modules/identity/index.js';
import type { DemoAccount } from './accounts-file.js';
import type { Acting, Organisation, Person } from './acting.js';
import { eachOf } from './at-once.js';
import type { DemoClock } from './demo-clock.js';

/** An organisation with its people; each has an administrator. */
export interface Staffed {
  organisation: Organisation;
  admin: Person;
  analysts: Person[];
  coordinators: Person[];
}

export interface PlantedRegion {
  secretariat: Staffed;
  /** By country. */
  members: ReadonlyMap<string, Staffed>;
  /** Belongs to the national CERT of its country; none in a region with nobody to sponsor it. */
  constituent: Staffed | undefined;
  partner: Staffed | undefined;
  accounts: readonly DemoAccount[];
}

interface Job {
  /** Before the @. */
  address: string;
  displayName: string;
  roles: readonly Role[];
}

const ADMIN: Job = { address: 'admin', displayName: 'Administrator', roles: ['admin'] };
const ANALYST: Job = { address: 'analyst', displayName: 'Duty Analyst', roles: ['analyst'] };
const ORGANISER: Job = { address: 'organiser', displayName: 'Exercise Organiser', roles: ['organiser'] };
const coordinator = (number: number): Job => ({
  address: `coordinator${number}`,
  displayName: `Coordinator ${number}`,
  roles: ['coordinator'],
});

const DAY_MS = 24 * 60 * 60 * 1000;
/** When the region was founded, its members joined, and the others; the first incident is 120 days old. */
const DAYS_AGO = { founded: 170, members: 160, others: 140 } as const;

/** Of different members, for whoever is not designated by a government. */
const SPONSORS = 2;

const CONSTITUENT = 'Coral Lagoon Bank';

/** Plants the region's organisations and their people, each through the door by which it would come. */
export class RegionPlanter {
  private readonly found: FoundRegion;
  private readonly seed: SeedAccounts;
  private readonly register: RegisterOrganisation;
  private readonly designate: DesignateOrganisation;
  private readonly sponsor: SponsorOrganisation;
  private readonly activate: ActivateOrganisation;
  private readonly update: UpdateOrganisation;
  private readonly directory: DirectoryReader;
  private readonly chance: Chance;
  private readonly accounts: DemoAccount[] = [];

  constructor(
    app: INestApplicationContext,
    private readonly acting: Acting,
    private readonly clock: DemoClock,
    private readonly region: Region,
  ) {
    this.found = app.get(FoundRegion);
    this.seed = app.get(SeedAccounts);
    this.register = app.get(RegisterOrganisation);
    this.designate = app.get(DesignateOrganisation);
    this.sponsor = app.get(SponsorOrganisation);
    this.activate = app.get(ActivateOrganisation);
    this.update = app.get(UpdateOrganisation);
    this.directory = app.get(DirectoryReader);
    this.chance = app.get(Chance);
  }

  async plant(atOnce: number): Promise<PlantedRegion> {
    const secretariat = await this.plantSecretariat();
    const states = memberStates(this.region);
    const planted = new Map<string, Staffed>();
    await eachOf(states, atOnce, async (state, place) => {
      planted.set(state.code, await this.plantMember(state, secretariat.admin, place === 0 ? [ORGANISER] : []));
    });
    // In the region's order of listing, whoever was done first.
    const members = new Map(states.flatMap(({ code }) => entryOf(planted, code)));
    const certs = [...members.values()];
    const isSponsored = certs.length >= SPONSORS;
    const constituent = isSponsored ? await this.plantConstituent(secretariat.admin, certs) : undefined;
    const partner = isSponsored ? await this.plantPartner(secretariat.admin, certs) : undefined;
    const order = [...certs, secretariat, constituent, partner].filter((staffed) => staffed !== undefined);
    const rank = new Map(order.map(({ organisation }, at) => [organisation.name, at]));
    this.accounts.sort((a, b) => (rank.get(a.organisation) ?? 0) - (rank.get(b.organisation) ?? 0));
    return { secretariat, members, constituent, partner, accounts: this.accounts };
  }

  private async plantSecretariat(): Promise<Staffed> {
    const at = this.daysAgo(DAYS_AGO.founded);
    const domain = `secretariat.${this.region.id}.example`;
    const email = `${ADMIN.address}@${domain}`;
    const invitation = await this.clock.at(at, () => this.found.run({ email, displayName: ADMIN.displayName }));
    if (!invitation) throw new Error('There is a region already');
    const password = this.newPassword();
    const account = await this.clock.at(at, () => this.seed.acceptInvitation(invitation.token, password));
    const own = await this.acting.asAccount(account.userKey, at, async () => {
      const key = await this.directory.ownOrganisationKey();
      return key === null ? [] : this.directory.organisationSummaries([key]);
    });
    if (!own[0]) throw new Error('A secretariat that its own account cannot see');
    const organisation: Organisation = { ...own[0], isSecretariat: true };
    const admin = this.note(organisation, ADMIN, { email, password }, account);
    return this.staff(organisation, admin, domain, at, [coordinator(1)]);
  }

  private async plantMember({ code, name }: RegionMember, secretary: Person, more: readonly Job[]): Promise<Staffed> {
    const at = this.daysAgo(DAYS_AGO.members);
    const organisation = await this.registerOne(secretary, at, {
      name: `${name} National CERT`,
      kind: 'national-cert',
      country: code,
    });
    await this.acting.as(secretary, at, (actor) =>
      this.designate.run(
        actor,
        organisation.id,
        {
          designatedBy: `The government of ${name}`,
          designatedOn: at.toISOString().slice(0, 10),
          document: `Letter of designation ${code}/1 (demo)`,
        },
        undefined,
      ),
    );
    return this.open(organisation, secretary, `cert.${code.toLowerCase()}.example`, at, [
      ANALYST,
      coordinator(1),
      coordinator(2),
      ...more,
    ]);
  }

  /** A bank of the last member listed, whose CERT passes GREEN on to it. */
  private async plantConstituent(secretary: Person, members: readonly Staffed[]): Promise<Staffed> {
    const at = this.daysAgo(DAYS_AGO.others);
    const cert = members.at(-1);
    if (!cert) throw new Error('A region without members');
    await this.acting.as(cert.admin, at, (actor) =>
      this.update.run(actor, cert.organisation.id, { relayGreen: true }, '*'),
    );
    const organisation = await this.registerOne(cert.admin, at, { name: CONSTITUENT, kind: 'constituent' });
    await this.admit(organisation, secretary, members, at);
    const country = cert.organisation.country?.toLowerCase() ?? '';
    return this.open(organisation, cert.admin, `coral-lagoon-bank.${country}.example`, at, [ANALYST]);
  }

  private async plantPartner(secretary: Person, members: readonly Staffed[]): Promise<Staffed | undefined> {
    const at = this.daysAgo(DAYS_AGO.others);
    const partner = this.region.members.find(
      ({ standing, kind }) => standing === 'dialogue-partner' && kind !== 'organisation',
    );
    if (!partner) return undefined;
    const organisation = await this.registerOne(secretary, at, {
      name: `${partner.name} National CERT`,
      kind: 'national-cert',
      country: partner.code,
    });
    await this.admit(organisation, secretary, members, at);
    return this.open(organisation, secretary, `cert.${partner.code.toLowerCase()}.example`, at, [ANALYST]);
  }

  private async registerOne(
    by: Person,
    at: Date,
    wanted: { name: string; kind: OrganisationKind; country?: string },
  ): Promise<Organisation> {
    return this.acting.as(by, at, async (actor) => {
      const id = await this.register.run(actor, wanted);
      const [registered] = await this.directory.organisationsByIds([id]);
      if (!registered) throw new Error('An organisation that its registrar cannot see');
      return { ...registered, isSecretariat: false };
    });
  }

  /** On the word of two members and of the secretariat. */
  private async admit({ id }: Organisation, secretary: Person, members: readonly Staffed[], at: Date): Promise<void> {
    const statement = 'We have worked with this team before and vouch for it.';
    const sponsors = members.slice(0, SPONSORS).flatMap(({ coordinators }) => coordinators.slice(0, 1));
    for (const sponsor of sponsors)
      await this.acting.as(sponsor, at, (actor) => this.sponsor.run(actor, id, { statement }, undefined));
    await this.acting.as(secretary, at, (actor) => this.activate.run(actor, id, undefined));
  }

  /** Its first account is its administrator's, which whoever is over it opens; the others are its own affair. */
  private async open(
    organisation: Organisation,
    by: Person,
    domain: string,
    at: Date,
    jobs: readonly Job[],
  ): Promise<Staffed> {
    const admin = await this.hire(organisation, by, ADMIN, domain, at);
    return this.staff(organisation, admin, domain, at, jobs);
  }

  private async staff(
    organisation: Organisation,
    admin: Person,
    domain: string,
    at: Date,
    jobs: readonly Job[],
  ): Promise<Staffed> {
    await this.acting.as(admin, at, (actor) => this.update.run(actor, organisation.id, { totpRequired: false }, '*'));
    const people: Person[] = [];
    for (const job of jobs) people.push(await this.hire(organisation, admin, job, domain, at));
    const doing = (role: Role): Person[] => people.filter(({ roles }) => roles.includes(role));
    return { organisation, admin, analysts: doing('analyst'), coordinators: doing('coordinator') };
  }

  private async hire(organisation: Organisation, by: Person, job: Job, domain: string, at: Date): Promise<Person> {
    const login = { email: `${job.address}@${domain}`, password: this.newPassword() };
    const { displayName, roles } = job;
    const account = await this.clock.at(at, () =>
      this.seed.createAccount(by.userKey, {
        organisationKey: organisation.key,
        isSecretariat: organisation.isSecretariat,
        displayName,
        roles,
        ...login,
      }),
    );
    return this.note(organisation, job, login, account);
  }

  private note(
    organisation: Organisation,
    { displayName, roles }: Job,
    login: { email: string; password: string },
    { userKey, userId, apiKey }: SeededAccount,
  ): Person {
    const { name, country, kind } = organisation;
    this.accounts.push({ organisation: name, country, kind, ...login, roles, apiKey });
    return { organisation, userKey, userId, displayName, roles };
  }

  private newPassword(): string {
    return this.chance.bytes(18).toString('base64url');
  }

  private daysAgo(days: number): Date {
    return new Date(this.clock.now().getTime() - days * DAY_MS);
  }
}

function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): [K, V][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}
