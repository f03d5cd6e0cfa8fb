import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { runsNoRegion } from './comms-check.problems.js';
import type { CallCommsCheckDto } from './comms-checks.dto.js';
import { CommsChecksStore } from './comms-checks.store.js';

const MINUTE_MS = 60_000;
/** Where neither the call nor the region says. */
const USUAL_WINDOW_MINUTES = 60;

/** Calls a comms check, for the secretariat: it opens now, or when its time comes. */
@Injectable()
export class CallCommsCheck {
  constructor(
    private readonly work: UnitOfWork,
    private readonly checks: CommsChecksStore,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(actor: Actor, wanted: CallCommsCheckDto): Promise<string> {
    if (!actor.permissions.has('region:admin') || actor.standing !== 'active') throw runsNoRegion();
    const { at } = this.work;
    const opensAt = wanted.opensAt === undefined ? at : new Date(wanted.opensAt);
    if (opensAt < at) throw invalidInput([{ pointer: '/opensAt', detail: 'This is past already.' }]);
    const { kind, windowMinutes } = wanted;
    return this.call(actor.userKey, { kind, opensAt, windowMinutes, note: wanted.note ?? null });
  }

  /** By whoever runs the region's checks. */
  async call(
    by: number,
    {
      kind,
      opensAt,
      windowMinutes = this.region.commsChecks?.windowMinutes ?? USUAL_WINDOW_MINUTES,
      note,
    }: { kind: 'scheduled' | 'surprise'; opensAt: Date; windowMinutes?: number | undefined; note: string | null },
  ): Promise<string> {
    const id = this.chance.uuid();
    const closesAt = new Date(opensAt.getTime() + windowMinutes * MINUTE_MS);
    this.checks.insert({ id, kind, note, opensAt, closesAt, calledBy: by });
    // Of one that opens at once, its opening says so.
    if (opensAt <= this.work.at) await this.open(id, by);
    else this.work.emit({ type: 'comms-check.called', version: 1, payload: { checkId: id } }, by);
    return id;
  }

  async open(id: string, by: number): Promise<void> {
    if (!(await this.checks.open(id))) return;
    this.work.emit({ type: 'comms-check.opened', version: 1, payload: { checkId: id } }, by);
  }
}
