import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { ROLES } from '../../kernel/actor.js';
import { permissionsOf } from '../../policy/permissions.js';
import { COMMUNITY_RELAY, PARTNERS_RELAY, PUBLIC } from '../../policy/principals.js';
import { organisationsHolding } from '../../policy/readers.js';
import { DirectoryReader } from '../identity/index.js';
import type { OrganisationInPolicy, UserSummary } from '../identity/index.js';
import { GroupReader } from './group.reader.js';

export interface ReadingOrganisation {
  organisation: OrganisationInPolicy;
  /** Whether all of it reads, or the people below alone. */
  isWhole: boolean;
  /** Those of its people that read incidents, as far as the caller sees its accounts. */
  people: UserSummary[];
}

/** Who reads what names these principals, beside the owner's side. */
export interface Readers {
  organisations: ReadingOrganisation[];
  isPublic: boolean;
  /** CERTs pass GREEN on to their constituents by a switch of their own, which others do not see. */
  isRelayed: boolean;
  /** Whether it names nobody whom the caller does not see, such as a group that its organisation has left. */
  isComplete: boolean;
}

const READING = ROLES.filter((role) => permissionsOf([role], false).has('incidents:read'));

/**
 * Who would read something, by the derivation that reading itself goes by (`policy/principals`), over what the caller may
 * see of the region: a preview tells of nobody whom the directory does not show.
 */
@Injectable()
export class FindReaders {
  constructor(
    private readonly directory: DirectoryReader,
    private readonly groups: GroupReader,
  ) {}

  /** @returns for each list of principals, in the same order, who reads. */
  async run(actor: Pick<Actor, 'organisationKey'>, ...audiences: readonly (readonly number[])[]): Promise<Readers[]> {
    const all = [...new Set(audiences.flat())];
    const [organisations, groups, named] = await Promise.all([
      this.directory.organisationsInPolicy(),
      this.groups.inPolicy(all),
      this.directory.userSummaries(all),
    ]);
    const region = { organisations, groups };
    const wholes = audiences.map((principals) => {
      const holding = organisationsHolding(principals, region);
      // The owner reads its own whatever a release says.
      holding.delete(actor.organisationKey);
      return holding;
    });
    const staffed = new Set([
      ...wholes.flatMap((keys) => [...keys]),
      ...named.map(({ organisationKey }) => organisationKey),
    ]);
    const people = await this.directory.usersWithRoles([...staffed], READING);
    const known = new Set([
      ...organisations.map(({ key }) => key),
      ...named.map(({ key }) => key),
      ...groups.flatMap(({ epochPrincipals }) => epochPrincipals),
    ]);
    return audiences.map((principals, index) => {
      const whole = wholes[index] ?? new Set<number>();
      return {
        organisations: organisations.flatMap((organisation) => {
          const isWhole = whole.has(organisation.key);
          const reading = people.filter(
            ({ key, organisationKey }) => organisationKey === organisation.key && (isWhole || principals.includes(key)),
          );
          return isWhole || reading.length > 0 ? [{ organisation, isWhole, people: reading }] : [];
        }),
        isPublic: principals.includes(PUBLIC),
        isRelayed: principals.includes(COMMUNITY_RELAY) || principals.includes(PARTNERS_RELAY),
        isComplete: principals.every((key) => key <= PARTNERS_RELAY || known.has(key)),
      };
    });
  }
}
