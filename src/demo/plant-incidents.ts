import type { INestApplicationContext } from '@nestjs/common';
import type { AudienceItem } from '../policy/audience.js';
import {
  CommentIncident,
  EditIncident,
  FileIncident,
  MoveIncident,
  ReleaseIncident,
} from '../modules/incidents/index.js';
import type { Acting, Person } from './acting.js';
import { eachOf } from './at-once.js';
import type { DemoAudienceItem, DemoPlan } from './content/index.js';
import { DUTY_ROLE } from './plant-directory.js';
import type { PlantedRegion, Staffed } from './plant-region.js';
import { needsSecondPerson, timelineOf } from './timeline.js';
import type { Act, Moment } from './timeline.js';

export interface IncidentGround {
  region: PlantedRegion;
  /** Ids by name. */
  groups: ReadonlyMap<string, string>;
}

/** Who does what with one incident. */
interface Hands {
  author: Person;
  /** Asks for what needs a second person; otherwise the author does. */
  releases: Person;
  confirms: Person;
}

/** Plants incidents as their members handled them, step by step, each at its moment. */
export class IncidentPlanter {
  private readonly file: FileIncident;
  private readonly edit: EditIncident;
  private readonly move: MoveIncident;
  private readonly release: ReleaseIncident;
  private readonly comment: CommentIncident;

  constructor(
    app: INestApplicationContext,
    private readonly acting: Acting,
    private readonly ground: IncidentGround,
  ) {
    this.file = app.get(FileIncident);
    this.edit = app.get(EditIncident);
    this.move = app.get(MoveIncident);
    this.release = app.get(ReleaseIncident);
    this.comment = app.get(CommentIncident);
  }

  /** @param onPlanted told how many there are, after each. */
  async plant(
    plans: readonly DemoPlan[],
    {
      now,
      atOnce,
      signal,
      onPlanted,
    }: { now: Date; atOnce: number; signal: AbortSignal; onPlanted: (count: number) => void },
  ): Promise<void> {
    let count = 0;
    await eachOf(plans, atOnce, async (plan, at) => {
      signal.throwIfAborted();
      // A third of them are shared before they are over.
      await this.plantOne(plan, timelineOf(plan, now, at % 3 === 0));
      onPlanted(++count);
    });
  }

  private async plantOne(plan: DemoPlan, timeline: readonly Moment[]): Promise<void> {
    const hands = this.handsFor(plan);
    let id = '';
    for (const { at, act } of timeline) {
      const person = this.personFor(act, hands);
      await this.acting.as(person, at, async (actor) => {
        switch (act.kind) {
          case 'file': {
            const { containedAt: _, resolvedAt: __, ...known } = plan.filing;
            ({ id } = this.file.run(actor, known));
            return;
          }
          case 'move':
            if (act.learned) await this.edit.run(actor, id, act.learned, '*');
            await this.move.run(actor, id, act.transition, { ifMatch: undefined });
            return;
          case 'release':
            await this.release.release(actor, id, this.orderOf(plan), undefined);
            return;
          case 'confirm':
            await this.release.confirm(actor, id, {}, undefined);
            return;
          case 'comment':
            await this.comment.write(actor, id, { body: act.body });
        }
      });
    }
  }

  private handsFor(plan: DemoPlan): Hands {
    const { analysts, coordinators } = this.member(plan.country);
    const author = this.isConstituents(plan) ? this.ground.region.constituent?.analysts[0] : analysts[0];
    const [first, second] = coordinators;
    if (!author || !first || !second) throw new Error(`The demo's CERT of ${plan.country} lacks people`);
    const isOpen = plan.release !== undefined && needsSecondPerson(plan.release.tlp);
    return { author, releases: isOpen ? first : author, confirms: second };
  }

  private personFor(act: Act, { author, releases, confirms }: Hands): Person {
    switch (act.kind) {
      case 'release':
        return releases;
      case 'confirm':
        return confirms;
      case 'comment':
        return act.country === author.organisation.country ? author : this.analystOf(act.country);
      case 'file':
      case 'move':
        return author;
    }
  }

  /** What nobody outside has seen yet, and concerns a bank, the constituent filed: it waits in its CERT's queue, or is a draft. */
  private isConstituents({ country, filing, lifecycle, release, comments }: DemoPlan): boolean {
    const isUntouched = lifecycle === 'draft' || lifecycle === 'submitted';
    const isTheirs = country === this.ground.region.constituent?.organisation.country && filing.sector === 'finance';
    return isTheirs && isUntouched && !release && !comments;
  }

  private orderOf({ filing, release }: DemoPlan): { marking: DemoPlan['filing']['marking']; audience: AudienceItem[] } {
    const tlp = release?.tlp ?? filing.marking.tlp;
    const audience = (release?.audience ?? []).map((item) => this.audienceItem(item));
    return { marking: { tlp, pap: filing.marking.pap }, audience };
  }

  private audienceItem(item: DemoAudienceItem): AudienceItem {
    if (typeof item === 'string') return item;
    if ('group' in item) return { group: this.ground.groups.get(item.group) ?? '' };
    if ('user' in item) return { user: this.analystOf(item.user.country).userId };
    if ('dutyRole' in item) {
      const organisation = this.member(item.dutyRole.country).organisation.id;
      return { dutyRole: { organisation, role: DUTY_ROLE } };
    }
    return { organisation: this.member(item.country).organisation.id };
  }

  private member(country: string): Staffed {
    const member = this.ground.region.members.get(country);
    if (!member) throw new Error(`The demo has no CERT of ${country}`);
    return member;
  }

  private analystOf(country: string): Person {
    const [analyst] = this.member(country).analysts;
    if (!analyst) throw new Error(`The demo's CERT of ${country} has no analyst`);
    return analyst;
  }
}
