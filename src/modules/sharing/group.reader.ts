import { Injectable } from '@nestjs/common';
import type { PolicyGroup } from '../../policy/principals.js';
import { GroupsStore } from './groups.store.js';

/** Sharing groups, for other modules: asked in the caller's unit of work. */
@Injectable()
export class GroupReader {
  /** By the principal of an epoch, which is one group's for good. */
  private readonly known = new Map<number, string>();

  constructor(private readonly groups: GroupsStore) {}

  /** Those of the ids that the caller's organisation is a member of and that last, with the principal of their newest epoch. */
  async groupsByIds(ids: readonly string[]): Promise<{ id: string; key: number; currentEpochPrincipalKey: number }[]> {
    if (ids.length === 0) return [];
    const rows = await this.groups.currentEpochs(ids);
    return rows.map(({ id, key, principal_key }) => ({ id, key, currentEpochPrincipalKey: principal_key }));
  }

  /**
   * Ids of the groups whose epochs these principals are.
   * @param held among the caller's own principals, as the database told them: whoever holds an epoch of a group may know
   *   the group, so what has been asked for once is not asked for again. It was a round trip for nearly every list.
   */
  async idsByPrincipals(held: readonly number[]): Promise<Map<number, string>> {
    const unknown = held.filter((each) => !this.known.has(each));
    if (unknown.length > 0)
      for (const { principal_key, id } of await this.groups.byPrincipals(unknown)) this.known.set(principal_key, id);
    return new Map(held.flatMap((each) => (this.known.has(each) ? [[each, this.known.get(each) as string]] : [])));
  }

  /** By the principal of an epoch: keys of the active organisations that hold it, as far as the caller sees the group. */
  async memberKeys(principals: readonly number[]): Promise<Map<number, number[]>> {
    const keys = new Map<number, number[]>();
    if (principals.length === 0) return keys;
    for (const { principal_key, org_key } of await this.groups.holders(principals))
      keys.set(principal_key, [...(keys.get(principal_key) ?? []), org_key]);
    return keys;
  }

  /** The groups whose epochs are among these principals, as far as the caller sees the groups; with who is in them since when. */
  async inPolicy(principals: readonly number[]): Promise<PolicyGroup[]> {
    return (await this.groups.inPolicy(principals)).map((row) => ({
      epochPrincipals: row.epoch_principals,
      members: new Map(Object.entries(row.joined_epochs).map(([key, since]) => [Number(key), since])),
      isDissolved: false,
    }));
  }
}
