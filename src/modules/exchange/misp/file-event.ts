import { Inject, Injectable } from '@nestjs/common';
import { readEvent } from '../../../codecs/misp/index.js';
import { isObject } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import type { Fault } from '../../../kernel/problem.js';
import { Problem } from '../../../kernel/problem.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InputPipe } from '../../../platform/http/validation.js';
import { FileIncident, FileIncidentDto } from '../../incidents/index.js';
import { filingOf } from '../exchange-record.js';
import { FindEvent } from './find-event.js';
import { KeepEvent } from './keep-event.js';
import { alreadyThere, noEvent } from './misp.problems.js';
import { RenderEvents } from './render-events.js';

/** Files a MISP event as a draft of the caller's organisation, and keeps it as it came. */
@Injectable()
export class FileEvent {
  private readonly input = new InputPipe();

  constructor(
    private readonly work: UnitOfWork,
    private readonly fileIncident: FileIncident,
    private readonly find: FindEvent,
    private readonly keeping: KeepEvent,
    private readonly rendering: RenderEvents,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /**
   * @returns the record's id.
   * @throws Problem 400 with every fault by pointer; 409 where the organisation has an event of this uuid.
   */
  async run(actor: Actor, value: unknown): Promise<string> {
    const { id, isNew } = await this.once(actor, value);
    if (!isNew) throw alreadyThere();
    return id;
  }

  /** The same, but that what is there already is no fault. */
  async once(actor: Actor, value: unknown): Promise<{ id: string; uuid: string; isNew: boolean }> {
    const at = this.work.at.toISOString();
    const { faults, event } = readEvent(value, { uuid: this.chance.uuid(), now: at });
    if (!event) throw noEvent(faults);
    const isWrapped = isObject(value) && isObject(value.Event);
    const toKeep = this.keeping.takeApart(event);
    await this.keeping.lock(actor);
    const before = await this.find.own(actor, toKeep.uuid);
    if (before) return { id: before.view.id, uuid: before.uuid, isNew: false };
    const { record, observables } = toKeep;
    const filing = { ...filingOf(record, this.region), ...this.rendering.filedOf(record), observables };
    const dto = await this.checked(filing, isWrapped ? '/Event' : '');
    const { id } = this.fileIncident.run(actor, dto);
    await this.keeping.keep(id, toKeep);
    return { id, uuid: toKeep.uuid, isNew: true };
  }

  /** As `POST /incidents` is. Its pointers are into what is filed; a title's is the sender's `info`. */
  private async checked(filing: object, at: string): Promise<FileIncidentDto> {
    try {
      return (await this.input.transform(filing, { type: 'body', metatype: FileIncidentDto })) as FileIncidentDto;
    } catch (error) {
      if (!(error instanceof Problem) || !error.errors) throw error;
      throw noEvent(error.errors.map((fault): Fault => ({ ...fault, pointer: at + inEvent(fault.pointer) })));
    }
  }
}

const inEvent = (pointer: string): string => (pointer === '/title' ? '/info' : pointer);
