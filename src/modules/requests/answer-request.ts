import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import { IncidentReader } from '../incidents/index.js';
import { missing } from './ask-request.js';
import { OpenRequest } from './open-request.js';
import type { AnswerRequestDto } from './requests.dto.js';
import { RequestsStore } from './requests.store.js';

/** Answers a request, for an organisation that was asked: to all who read it, or to the asker alone. */
@Injectable()
export class AnswerRequest {
  constructor(
    private readonly open: OpenRequest,
    private readonly incidents: IncidentReader,
    private readonly requests: RequestsStore,
    private readonly chance: Chance,
  ) {}

  /** @returns the request's id. */
  async run(actor: Actor, id: string, input: AnswerRequestDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.open.run(actor, id, 'answer', ifMatch);
    const keys = await this.incidents.keysByIds(input.incidents ?? []);
    const named = input.incidents ?? [];
    const faults = missing(named, keys, await this.incidents.ownAnonymous(named));
    const reach = input.audience ?? row.answers_to;
    if (reach === 'all' && row.answers_to === 'asker')
      faults.push({ pointer: '/audience', detail: 'The asker asked for answers to itself alone.' });
    if (faults.length > 0) throw invalidInput(faults);
    const answerId = this.chance.uuid();
    this.requests.answer(row, {
      id: answerId,
      organisationKey: actor.organisationKey,
      authorKey: actor.userKey,
      body: input.body,
      language: input.language ?? null,
      reach,
      incidentKeys: [...keys.values()],
    });
    await this.requests.respond(row.key, actor.organisationKey, 'answered', actor.userKey);
    this.open.emit(actor, 'request.answered', id, { answerId, organisationId: actor.organisationId });
    return id;
  }
}
