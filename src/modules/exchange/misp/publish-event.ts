import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import type { AudienceItem } from '../../../policy/audience.js';
import { IncidentReader, MoveIncident, RecallIncident, ReleaseIncident } from '../../incidents/index.js';
import type { IncidentView } from '../../incidents/index.js';
import { FindGroup } from '../../sharing/index.js';
import { noSuchGroup, notMarked, notYours, wouldWithdraw } from './misp.problems.js';
import { numberOfEvent } from './misp.rules.js';
import type { RenderedEvent } from './render-events.js';
import { isMeantAnew, meantReach } from './render-events.js';

/** What became of an event, in a sentence. */
export interface Published {
  isPublished: boolean;
  message: string;
}

/** Publishing is submitting and releasing, each as Ronda has it: what needs a second person waits for one. */
@Injectable()
export class PublishEvent {
  constructor(
    private readonly incidents: IncidentReader,
    private readonly move: MoveIncident,
    private readonly release: ReleaseIncident,
    private readonly recall: RecallIncident,
    private readonly groups: FindGroup,
  ) {}

  /**
   * What is released goes to its readers again, however they were named: MISP has words for few of them. Only a
   * distribution that its sender changed since is another audience; none is never one.
   * @throws Problem 403 for others' events; 409 and 400 where it may not go as far as it is meant to.
   */
  async run(actor: Actor, rendered: RenderedEvent): Promise<void> {
    const { view, kept } = rendered;
    const { id, marking, release } = view;
    assertOwn(actor, view);
    if (view.waitingRelease && view.allowedActions.includes('confirm-release')) {
      await this.release.confirm(actor, id, {}, undefined);
      return;
    }
    if (view.status === 'draft') await this.move.run(actor, id, 'submit', { ifMatch: undefined });
    const { organisation } = await this.incidents.view(actor, id);
    // What a constituent submits is its CERT's to release.
    if (organisation?.id !== actor.organisationId) return;
    const { head } = await this.incidents.row(id);
    const isOut = release !== null && release.audience.length > 0;
    const isAsBefore = release !== null && !(kept && isMeantAnew(view, kept));
    // Nothing was said since: releasing it again would end what waits for a second person or its instant.
    if (isAsBefore && release.revision === head) return;
    const audience = isAsBefore ? release.audience : await this.meantFor(actor, rendered);
    if (audience.length === 0) {
      if (isOut) throw wouldWithdraw();
      // For one's own organisation alone, and it was for nobody else before.
      return;
    }
    if (marking.tlp === null) throw notMarked();
    await this.release.release(actor, id, { marking: { tlp: marking.tlp, pap: marking.pap }, audience }, undefined);
  }

  /** A record is never deleted: what was released is recalled, what waits is cancelled, and its owner keeps it. */
  async withdraw(actor: Actor, { view }: RenderedEvent): Promise<void> {
    if (view.organisation?.id !== actor.organisationId) throw notYours();
    if (view.waitingRelease) await this.release.cancel(actor, view.id, undefined);
    if (view.release) await this.recall.run(actor, view.id, { reason: 'unspecified' }, undefined);
  }

  /** What became of it, to whoever published or withdrew it. */
  async outcome(actor: Actor, id: string): Promise<Published> {
    const { status, release, waitingRelease, organisation } = await this.incidents.view(actor, id);
    if (organisation?.id !== actor.organisationId)
      return { isPublished: false, message: 'Submitted to your national CERT, which decides how far it goes.' };
    if (waitingRelease)
      return {
        isPublished: false,
        message:
          'Submitted. The release waits: a second person of your organisation publishes it too, or its time comes.',
      };
    if (release && release.audience.length > 0) return { isPublished: true, message: 'Published.' };
    return {
      isPublished: false,
      message:
        status === 'draft' ? 'A draft of your organisation.' : 'Submitted. Nobody but your organisation reads it.',
    };
  }

  private async meantFor(actor: Actor, { kept }: RenderedEvent): Promise<AudienceItem[]> {
    if (!kept) return [];
    const { distribution, group } = meantReach(kept.raw);
    switch (distribution) {
      case 'all':
        return ['public'];
      case 'connected-communities':
        return ['partners'];
      case 'community':
        return ['community'];
      case 'organisation':
        return [];
      case 'sharing-group': {
        const { items } = await this.groups.page(actor, { limit: 100 });
        const meant = items.find(({ id }) => id === group || numberOfEvent(id) === group);
        if (!meant) throw noSuchGroup();
        return [{ group: meant.id }];
      }
    }
  }
}

/** Its owner publishes an event, and a constituent submits what it filed. */
function assertOwn(actor: Actor, { organisation, reportedBy }: IncidentView): void {
  const { organisationId } = actor;
  if (organisation?.id !== organisationId && reportedBy?.id !== organisationId) throw notYours();
}
