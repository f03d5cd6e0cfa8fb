import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { DirectoryReader } from '../identity/index.js';
import { IncidentReader } from '../incidents/index.js';
import { ResolveAudience } from '../sharing/index.js';
import { contentOf } from './advisory.content.js';
import type { AdvisoryDraft } from './advisory.content.js';
import type { NewRevision } from './advisory.rows.js';

/** Finds whom and what a draft names, before a revision of it is written. */
@Injectable()
export class PrepareRevision {
  constructor(
    private readonly directory: DirectoryReader,
    private readonly incidents: IncidentReader,
    private readonly resolve: ResolveAudience,
  ) {}

  /**
   * @param of the version that it is a draft of, what that changes, and how many of its sources are lost to its owner.
   * @throws Problem `invalid-input` where it names nobody, or nothing, that the caller can see: hidden and absent alike.
   */
  async run(
    actor: Actor,
    draft: AdvisoryDraft,
    of: { version: string; summaryOfChanges: string | null; lostSources: number },
  ): Promise<NewRevision> {
    const faults: Fault[] = [];
    const joint = await this.joint(actor, draft.jointWith, faults);
    const sourceKeys = await this.sourceKeys(draft.sources, faults);
    if (faults.length > 0) throw invalidInput(faults);
    await this.resolve.run(draft.audience);
    return {
      version: of.version,
      summaryOfChanges: of.summaryOfChanges,
      authorKey: actor.userKey,
      tlp: draft.marking.tlp,
      pap: draft.marking.pap,
      kind: draft.kind,
      chosen: draft.audience,
      joint,
      isUrgent: draft.isUrgent,
      acknowledgeWithinHours: draft.acknowledgeWithinHours,
      content: contentOf(draft),
      sourceKeys,
      sourceCount: sourceKeys.length + of.lostSources,
    };
  }

  private async joint(actor: Actor, ids: readonly string[], faults: Fault[]): Promise<number[]> {
    const found = new Map((await this.directory.organisationsByIds(ids)).map((each) => [each.id, each]));
    return ids.flatMap((id, index) => {
      const organisation = found.get(id);
      const pointer = `/jointWith/${index}`;
      if (!organisation || organisation.standing !== 'active')
        faults.push({ pointer, detail: 'There is no such active organisation.' });
      else if (organisation.key === actor.organisationKey)
        faults.push({ pointer, detail: 'Your own organisation issues it anyway.' });
      else if (organisation.kind !== 'national-cert' && organisation.kind !== 'regional-body')
        faults.push({ pointer, detail: 'National CERTs and the region’s bodies issue advisories.' });
      else return [organisation.key];
      return [];
    });
  }

  /** Read under the rule before any key of them is tried: hidden and absent are one. */
  private async sourceKeys(ids: readonly string[], faults: Fault[]): Promise<number[]> {
    const keys = await this.incidents.keysByIds(ids);
    const own = await this.incidents.ownAnonymous(ids);
    for (const [index, id] of ids.entries()) {
      const pointer = `/sources/${index}`;
      if (!keys.has(id)) faults.push({ pointer, detail: 'There is no such incident.' });
      else if (own.has(id))
        faults.push({ pointer, detail: 'This record of yours is anonymous: to name it would say whose it is.' });
    }
    return [...keys.values()];
  }
}
