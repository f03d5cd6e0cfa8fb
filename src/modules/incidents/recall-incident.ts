import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { ReleaseReader, ReleaseRecord, nothingToRecall } from '../sharing/index.js';
import type { RecallDto } from '../sharing/index.js';
import { ApplyRelease, releasable } from './apply-release.js';
import { ReviseIncident } from './revise-incident.js';

/** Takes a release back altogether: nobody else reads the record from the next request on, and what left is asked back. */
@Injectable()
export class RecallIncident {
  constructor(
    private readonly revise: ReviseIncident,
    private readonly releases: ReleaseReader,
    private readonly releaseRecord: ReleaseRecord,
    private readonly applied: ApplyRelease,
  ) {}

  async run(actor: Actor, id: string, { reason }: RecallDto, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.revise.open(actor, id, 'recall', { ifMatch, isRequired: false });
    const open = (await this.releases.open('incident', [row.key])).get(row.key) ?? [];
    const current = open.find(({ status }) => status === 'released');
    if (!current) throw nothingToRecall();
    // A release to nobody: the same step as any other taking away, with a reason for those whom it reached.
    const { principals } = await this.releaseRecord.run(
      actor,
      releasable(row),
      { ...current.marking, audience: [], hold: false, notBefore: null },
      () => false,
      { check: () => Promise.resolve(), token: () => Promise.resolve('') },
    );
    await this.applied.run(row, { revision: row.head, principals }, reason, actor.userKey);
    return id;
  }
}
