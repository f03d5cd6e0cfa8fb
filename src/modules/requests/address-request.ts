import { Injectable } from '@nestjs/common';
import type { Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { audienceFaults } from '../../policy/audience.js';
import type { AudienceItem } from '../../policy/audience.js';
import { DirectoryReader } from '../identity/index.js';
import { GroupReader, ResolveAudience } from '../sharing/index.js';
import type { AddresseeDto } from './requests.dto.js';

/** Whom a request goes to: one organisation, or a sharing group of the asker's. */
export type Addressee = { organisationKey: number } | { groupKey: number };

export interface Addressed {
  to: Addressee;
  chosen: AudienceItem[];
  principals: number[];
}

/** Finds whom a request asks, and who of them may read it. */
@Injectable()
export class AddressRequest {
  constructor(
    private readonly directory: DirectoryReader,
    private readonly groups: GroupReader,
    private readonly resolve: ResolveAudience,
  ) {}

  /**
   * @param chosen those of them who may read it; all of them where it is undefined.
   * @throws Problem `invalid-input` where it names nobody the caller can see, the marking forbids it, or somebody who is not asked would read it.
   */
  async run(ownKey: number, named: AddresseeDto, tlp: Tlp, chosen: AudienceItem[] | undefined): Promise<Addressed> {
    const { to, members, whole } = await this.find(ownKey, named);
    const audience = chosen ?? [whole];
    const faults = audienceFaults(tlp, audience, '/audience');
    if (faults.length > 0) throw invalidInput(chosen ? faults : [needsPersons(tlp)]);
    if (audience.length === 0)
      throw invalidInput([
        { pointer: '/audience', detail: 'Somebody who is asked has to read it: leave it out, or name them.' },
      ]);
    const principals = await this.resolve.run(audience);
    const strangers = await this.strangers(audience, members, whole);
    if (strangers.length > 0) throw invalidInput(strangers);
    return { to, chosen: audience, principals };
  }

  private async find(
    ownKey: number,
    { organisation, group }: AddresseeDto,
  ): Promise<{ to: Addressee; members: Set<number>; whole: AudienceItem }> {
    if (organisation !== undefined && group === undefined) {
      const [found] = await this.directory.organisationsByIds([organisation]);
      if (found?.standing !== 'active') throw nobody('/to/organisation', 'There is no such active organisation.');
      if (found.key === ownKey) throw nobody('/to/organisation', 'Ask another organisation: this is your own.');
      return { to: { organisationKey: found.key }, members: new Set([found.key]), whole: { organisation } };
    }
    if (group !== undefined && organisation === undefined) {
      const [found] = await this.groups.groupsByIds([group]);
      if (!found) throw nobody('/to/group', 'There is no such sharing group.');
      const principal = found.currentEpochPrincipalKey;
      const members = (await this.groups.memberKeys([principal])).get(principal) ?? [];
      return {
        to: { groupKey: found.key },
        members: new Set(members.filter((key) => key !== ownKey)),
        whole: { group },
      };
    }
    throw nobody('/to', 'Name one organisation, or one sharing group.');
  }

  /** Whoever is named and is not of those that are asked. */
  private async strangers(
    audience: readonly AudienceItem[],
    members: ReadonlySet<number>,
    whole: AudienceItem,
  ): Promise<Fault[]> {
    const users = await this.directory.usersByIds(
      audience.flatMap((item) => (typeof item === 'object' && 'user' in item ? [item.user] : [])),
    );
    const organisations = await this.directory.organisationsByIds(
      audience.flatMap((item) => organisationIn(item) ?? []),
    );
    const asked = new Set([
      ...users.filter(({ organisationKey }) => members.has(organisationKey)).map(({ id }) => id),
      ...organisations.filter(({ key }) => members.has(key)).map(({ id }) => id),
    ]);
    return audience.flatMap((item, index) => {
      if (JSON.stringify(item) === JSON.stringify(whole)) return [];
      const named = organisationIn(item) ?? (typeof item === 'object' && 'user' in item ? item.user : undefined);
      return named !== undefined && asked.has(named)
        ? []
        : [{ pointer: `/audience/${index}`, detail: 'A request is read by whom it asks and nobody else.' }];
    });
  }
}

const organisationIn = (item: AudienceItem): string | undefined =>
  typeof item !== 'object'
    ? undefined
    : 'organisation' in item
      ? item.organisation
      : 'dutyRole' in item
        ? item.dutyRole.organisation
        : undefined;

const nobody = (pointer: string, detail: string): Error => invalidInput([{ pointer, detail }]);

const needsPersons = (tlp: Tlp): Fault => ({
  pointer: '/audience',
  detail: `${tlp} goes to persons: name users or duty roles of those that you ask.`,
});
