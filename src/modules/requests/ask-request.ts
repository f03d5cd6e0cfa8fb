import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Fault } from '../../kernel/problem.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import { requestClocks } from '../../kernel/region.js';
import type { Region, RequestKind } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { mayRelease } from '../../policy/release.js';
import { IncidentReader } from '../incidents/index.js';
import { AddressRequest } from './address-request.js';
import { notAsking } from './request.problems.js';
import { mayAsk } from './request.rules.js';
import type { AskRequestDto } from './requests.dto.js';
import { RequestsStore } from './requests.store.js';
import type { Dues } from './requests.store.js';

/** Asks another organisation, or a sharing group, for something. It goes out at once, or waits for a second person. */
@Injectable()
export class AskRequest {
  constructor(
    private readonly work: UnitOfWork,
    private readonly address: AddressRequest,
    private readonly incidents: IncidentReader,
    private readonly requests: RequestsStore,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, input: AskRequestDto): Promise<string> {
    if (!mayAsk(actor)) throw notAsking();
    const { tlp, pap = this.region.defaults.pap } = input.marking;
    const { to, chosen, principals } = await this.address.run(actor.organisationKey, input.to, tlp, input.audience);
    // Sent is released: the same rule says who may, and whether it takes two.
    const decision = mayRelease({
      actor,
      candidates: null,
      recordTlp: tlp,
      before: null,
      next: { tlp, principals },
      hasNewContent: true,
    });
    if (decision.may === 'no') throw forbidden(decision.why);
    const incidentKeys = await this.incidentKeys(input.incidents ?? []);
    const [acknowledgeBy, answerBy] = [instant(input.acknowledgeBy), instant(input.answerBy)];
    const dues = duesOf(this.region, input.kind, this.work.at, { acknowledgeBy, answerBy });
    assertDues(dues, this.work.at);
    const id = this.chance.uuid();
    const isSent = decision.may === 'now';
    this.requests.insert({
      id,
      originNode: this.originNode,
      kind: input.kind,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      to,
      // What is RED is for persons, on the asker's side too.
      ownerReaders: [tlp === 'TLP:RED' ? actor.userKey : actor.organisationKey],
      chosen,
      tlp,
      pap,
      title: input.title,
      body: input.body,
      language: input.language ?? null,
      answersTo: input.answersTo ?? 'all',
      incidentKeys,
      sent: isSent ? { principals, dues } : null,
      acknowledgeBy,
      answerBy,
      routed: null,
    });
    this.work.emit(
      {
        type: isSent ? 'request.sent' : 'request.drafted',
        version: 1,
        payload: { requestId: id, kind: input.kind, tlp },
      },
      actor.userKey,
    );
    return id;
  }

  /** Read under the rule before any key of them is tried: hidden and absent are one. */
  private async incidentKeys(ids: readonly string[]): Promise<number[]> {
    const keys = await this.incidents.keysByIds(ids);
    const faults = missing(ids, keys, await this.incidents.ownAnonymous(ids));
    if (faults.length > 0) throw invalidInput(faults);
    return [...keys.values()];
  }
}

/** What is wrong with the incidents named. @param own those that are anonymous and the caller's side's. */
export const missing = (ids: readonly string[], keys: ReadonlyMap<string, number>, own: ReadonlySet<string>): Fault[] =>
  ids.flatMap((id, index) => {
    const pointer = `/incidents/${index}`;
    if (!keys.has(id)) return [{ pointer, detail: 'There is no such incident.' }];
    // Its readers are few, and its author one of them: what your organisation says of it goes into its comments.
    return own.has(id)
      ? [{ pointer, detail: 'This record of yours is anonymous: to name it in a request would say whose it is.' }]
      : [];
  });

/** When it is due: as the asker said, else by the region's clocks for its kind, from its sending on. */
export function duesOf(
  region: Region,
  kind: RequestKind,
  sentAt: Date,
  said: { acknowledgeBy: Date | null; answerBy: Date | null },
): Dues {
  const clocks = requestClocks(region, kind);
  const after = (minutes: number): Date => new Date(sentAt.getTime() + minutes * 60_000);
  const answerBy = said.answerBy ?? after(clocks.answerMinutes);
  const usual = after(clocks.acknowledgeMinutes);
  // Whoever wants the answer sooner wants to know sooner that it comes.
  const acknowledgeBy = said.acknowledgeBy ?? (usual < answerBy ? usual : answerBy);
  const spare = (clocks.expireMinutes - clocks.answerMinutes) * 60_000;
  return { acknowledgeBy, answerBy, expiresAt: new Date(answerBy.getTime() + spare) };
}

function assertDues({ acknowledgeBy, answerBy }: Dues, at: Date): void {
  const faults: Fault[] = [];
  if (acknowledgeBy <= at) faults.push({ pointer: '/acknowledgeBy', detail: 'This is past already.' });
  if (answerBy <= at) faults.push({ pointer: '/answerBy', detail: 'This is past already.' });
  if (acknowledgeBy > answerBy)
    faults.push({ pointer: '/answerBy', detail: 'An answer is not due before its acknowledgement.' });
  if (faults.length > 0) throw invalidInput(faults);
}

const instant = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
