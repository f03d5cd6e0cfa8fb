import { Injectable } from '@nestjs/common';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import type { AudienceItem } from '../../policy/audience.js';
import { COMMUNITY, COMMUNITY_RELAY, PARTNERS, PARTNERS_RELAY, PUBLIC } from '../../policy/principals.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { GroupReader } from './group.reader.js';
import { emptyDutyRole } from './sharing.problems.js';

/** GREEN reaches a CERT's constituents by the CERT's own switch, so the words name the relays as well. */
const words = {
  public: [PUBLIC],
  community: [COMMUNITY, COMMUNITY_RELAY],
  partners: [PARTNERS, PARTNERS_RELAY],
} as const;

/** Turns an audience into principals, at this instant: a group into its current epoch, a duty role into who is on duty. */
@Injectable()
export class ResolveAudience {
  constructor(
    private readonly work: UnitOfWork,
    private readonly directory: DirectoryReader,
    private readonly groups: GroupReader,
  ) {}

  /**
   * @throws Problem `invalid-input` naming every item that names nobody the caller can see: hidden and absent alike.
   */
  async run(audience: readonly AudienceItem[], at = '/audience'): Promise<number[]> {
    const ids = <T extends string>(name: T): string[] =>
      audience.flatMap((item) => (typeof item === 'object' && name in item ? [(item as Record<T, string>)[name]] : []));
    const [organisations, users, groups] = await Promise.all([
      this.directory.organisationsByIds(ids('organisation')),
      this.directory.usersByIds(ids('user')),
      this.groups.groupsByIds(ids('group')),
    ]);
    const keyOf = <R extends { id: string }>(rows: R[], key: (row: R) => number): Map<string, number> =>
      new Map(rows.map((row) => [row.id, key(row)]));
    const organisationKeys = keyOf(organisations, ({ key }) => key);
    const userKeys = keyOf(users, ({ key }) => key);
    const groupKeys = keyOf(groups, ({ currentEpochPrincipalKey }) => currentEpochPrincipalKey);

    const principals = new Set<number>();
    const faults: Fault[] = [];
    const name = (index: number, found: number | undefined, what: string): void => {
      if (found === undefined) faults.push({ pointer: `${at}/${index}`, detail: `There is no such ${what}.` });
      else principals.add(found);
    };
    for (const [index, item] of audience.entries()) {
      if (typeof item === 'string') for (const principal of words[item]) principals.add(principal);
      else if ('organisation' in item) name(index, organisationKeys.get(item.organisation), 'organisation');
      else if ('user' in item) name(index, userKeys.get(item.user), 'user');
      else if ('group' in item) name(index, groupKeys.get(item.group), 'sharing group');
      else {
        const { organisation, role } = item.dutyRole;
        const holders = await this.directory.dutyHolders(organisation, role, this.work.at);
        if (holders.length === 0) faults.push({ pointer: `${at}/${index}`, detail: emptyDutyRole(role) });
        for (const { userKey } of holders) principals.add(userKey);
      }
    }
    if (faults.length > 0) throw invalidInput(faults);
    return [...principals].sort((a, b) => a - b);
  }
}
