import type { INestApplicationContext } from '@nestjs/common';
import { AnswerCommsCheck, CallCommsCheck } from '../modules/identity/index.js';
import { AnswerRequest, AskRequest, RespondToRequest } from '../modules/requests/index.js';
import type { Acting, Person } from './acting.js';
import { eachOf } from './at-once.js';
import type { DemoRequest } from './content/index.js';
import type { PlantedRegion } from './plant-region.js';

const MINUTE_MS = 60_000;
const CHECK_DAYS_AGO = 12;
const CHECK_WINDOW_MINUTES = 60;

/** Plants what members asked one another, and the last comms check: all of them answered it. */
export class RequestPlanter {
  private readonly ask: AskRequest;
  private readonly respond: RespondToRequest;
  private readonly answer: AnswerRequest;
  private readonly call: CallCommsCheck;
  private readonly answerCheck: AnswerCommsCheck;

  constructor(
    app: INestApplicationContext,
    private readonly acting: Acting,
    private readonly ground: { region: PlantedRegion; groups: ReadonlyMap<string, string>; now: Date },
  ) {
    this.ask = app.get(AskRequest);
    this.respond = app.get(RespondToRequest);
    this.answer = app.get(AnswerRequest);
    this.call = app.get(CallCommsCheck);
    this.answerCheck = app.get(AnswerCommsCheck);
  }

  async plant(requests: readonly DemoRequest[], atOnce: number): Promise<void> {
    await eachOf([...requests], atOnce, (request) => this.plantOne(request));
    await this.plantCheck();
  }

  private async plantOne(request: DemoRequest): Promise<void> {
    const asker = this.analystOf(request.from);
    const { kind, title, body, to } = request;
    const sentAt = this.ago(request.minutesAgo);
    const id = await this.acting.as(asker, sentAt, (actor) =>
      this.ask.run(actor, {
        kind,
        title,
        body,
        language: 'en',
        to:
          'group' in to
            ? { group: this.ground.groups.get(to.group) ?? '' }
            : { organisation: this.analystOf(to.country).organisation.id },
        marking: { tlp: 'TLP:AMBER' },
      }),
    );
    if (!('country' in to)) return;
    const asked = this.analystOf(to.country);
    for (const [nth, act] of request.acts.entries())
      await this.acting.as(asked, new Date(sentAt.getTime() + (nth + 1) * 40 * MINUTE_MS), (actor) =>
        act === 'answer'
          ? this.answer.run(actor, id, { body: request.answer, language: 'en' }, undefined)
          : this.respond[act](actor, id, undefined),
      );
  }

  private async plantCheck(): Promise<void> {
    const { secretariat, members } = this.ground.region;
    const at = this.ago(CHECK_DAYS_AGO * 24 * 60);
    const id = await this.acting.as(secretariat.admin, at, (actor) =>
      this.call.run(actor, {
        kind: 'scheduled',
        windowMinutes: CHECK_WINDOW_MINUTES,
        note: 'The monthly check of the 24/7 contacts.',
      }),
    );
    for (const [nth, code] of [...members.keys()].entries())
      await this.acting.as(this.analystOf(code), new Date(at.getTime() + (4 + nth) * MINUTE_MS), (actor) =>
        this.answerCheck.byAccount(actor, id, undefined),
      );
  }

  private ago(minutes: number): Date {
    return new Date(this.ground.now.getTime() - minutes * MINUTE_MS);
  }

  private analystOf(country: string): Person {
    const analyst = this.ground.region.members.get(country)?.analysts[0];
    if (!analyst) throw new Error(`The demo's CERT of ${country} has no analyst`);
    return analyst;
  }
}
