import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { AdvisoriesStore } from './advisories.store.js';
import { applyInput, emptyDraft } from './advisory.content.js';
import type { AdvisoryInput } from './advisory.content.js';
import { notIssuing } from './advisory.problems.js';
import { mayDraft, ownerReaders } from './advisory.rules.js';
import { OpenAdvisory } from './open-advisory.js';
import { PrepareRevision } from './prepare-revision.js';

const FIRST_VERSION = '1.0.0';

/** Begins an advisory, as a draft of the caller's organisation. Nobody else reads it before it is shown to them. */
@Injectable()
export class DraftAdvisory {
  constructor(
    private readonly advisories: AdvisoriesStore,
    private readonly prepare: PrepareRevision,
    private readonly opening: OpenAdvisory,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  run(actor: Actor, input: AdvisoryInput): Promise<string> {
    return this.begin(actor, input, FIRST_VERSION, 'drafted');
  }

  /** What another publisher says, at its version. It is not kept as a draft: whoever begins it so sees to that. */
  received(actor: Actor, input: AdvisoryInput, version: string): Promise<string> {
    return this.begin(actor, input, version, 'received');
  }

  private async begin(
    actor: Actor,
    input: AdvisoryInput,
    version: string,
    what: 'drafted' | 'received',
  ): Promise<string> {
    if (!mayDraft(actor)) throw notIssuing();
    const draft = applyInput(emptyDraft(this.region.defaults.pap), input);
    const revision = await this.prepare.run(actor, draft, {
      version,
      summaryOfChanges: null,
      lostSources: 0,
    });
    const id = this.chance.uuid();
    await this.advisories.insert({
      id,
      originNode: this.originNode,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      ownerReaders: ownerReaders(revision.tlp, actor.organisationKey, actor.userKey),
      isUnmarked: input.marking == null,
      revision,
    });
    this.opening.emit(actor, what, { id, revision: 1, version });
    return id;
  }
}
