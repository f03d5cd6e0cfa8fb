import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Affiliation } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { forbidden, invalidInput } from '../../../kernel/problem.js';
import { memberByCode } from '../../../kernel/region.js';
import type { Region, RegionMember } from '../../../kernel/region.js';
import { ORIGIN_NODE } from '../../../platform/config/origin-node.token.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { hasNationalCert, noSuchOrganisation } from './organisation.problems.js';
import { affiliationOf, belongsToCert } from './organisation.rules.js';
import type { RegisterOrganisationDto } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';
import type { OrganisationSummaryRow } from './organisations.store.js';

interface Belonging {
  affiliation: Affiliation;
  country: string | null;
  parentKey: number | null;
}

/** Registers an applicant: the secretariat any organisation, an active national CERT its own. */
@Injectable()
export class RegisterOrganisation {
  constructor(
    private readonly work: UnitOfWork,
    private readonly organisations: OrganisationsStore,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, wanted: RegisterOrganisationDto): Promise<string> {
    this.checkCaller(actor, wanted);
    const belonging = belongsToCert(wanted.kind) ? await this.toCert(actor, wanted) : this.toMember(wanted);
    const member = belonging.country === null ? undefined : memberByCode(this.region, belonging.country);
    const id = this.chance.uuid();
    const key = await this.organisations.insert({
      id,
      originNode: this.originNode,
      name: wanted.name,
      kind: wanted.kind,
      ...belonging,
      standing: 'applicant',
      isSecretariat: false,
      timeZone: wanted.timeZone ?? member?.timeZones[0] ?? this.region.secretariat.timeZone,
      languages: wanted.languages ?? member?.languages ?? [this.region.defaults.language],
      totpRequired: true,
      relayGreen: false,
    });
    if (key === null) throw hasNationalCert();
    this.work.emit({ type: 'organisation.registered', version: 1, payload: { organisationId: id } }, actor.userKey);
    return id;
  }

  private checkCaller(actor: Actor, { kind, parent }: RegisterOrganisationDto): void {
    if (actor.permissions.has('region:admin') && actor.standing === 'active') return;
    const isCert = actor.organisationKind === 'national-cert' && actor.standing === 'active';
    if (!isCert || !belongsToCert(kind) || (parent !== undefined && parent !== actor.organisationId))
      throw forbidden(
        'The secretariat registers organisations; an active national CERT registers its own constituents and bodies.',
      );
  }

  private async toCert(actor: Actor, { parent, country }: RegisterOrganisationDto): Promise<Belonging> {
    if (parent === undefined && actor.organisationKind !== 'national-cert')
      throw invalidInput([{ pointer: '/parent', detail: 'Name the national CERT that it belongs to.' }]);
    const [cert] = await this.organisations.byIds([parent ?? actor.organisationId]);
    if (!cert) throw invalidInput([noSuchOrganisation('/parent')]);
    this.checkCert(cert, country);
    return { affiliation: cert.affiliation, country: cert.country, parentKey: cert.key };
  }

  private checkCert(cert: OrganisationSummaryRow, country: string | undefined): void {
    if (cert.kind !== 'national-cert')
      throw invalidInput([{ pointer: '/parent', detail: 'It has to be a national CERT.' }]);
    if (country !== undefined && country !== cert.country)
      throw invalidInput([
        { pointer: '/country', detail: 'It is the country of the national CERT that it belongs to.' },
      ]);
  }

  private toMember({ kind, parent, country }: RegisterOrganisationDto): Belonging {
    if (parent !== undefined)
      throw invalidInput([
        { pointer: '/parent', detail: 'Only a sectoral or government body or a constituent belongs to a CERT.' },
      ]);
    if (kind === 'regional-body') {
      if (country !== undefined)
        throw invalidInput([{ pointer: '/country', detail: 'A body of the region belongs to no country.' }]);
      return { affiliation: 'regional', country: null, parentKey: null };
    }
    const member = this.memberOf(country);
    return { affiliation: member.affiliation, country: member.code, parentKey: null };
  }

  private memberOf(country: string | undefined): RegionMember & { affiliation: Affiliation } {
    if (country === undefined) throw invalidInput([{ pointer: '/country', detail: 'Name the member it belongs to.' }]);
    const member = memberByCode(this.region, country);
    const affiliation = member && affiliationOf(member.standing);
    if (!member || !affiliation)
      throw invalidInput([
        { pointer: '/country', detail: `${country} is neither a member nor a partner of the region.` },
      ]);
    return { ...member, affiliation };
  }
}
