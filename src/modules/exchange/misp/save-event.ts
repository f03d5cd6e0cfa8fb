import { Inject, Injectable } from '@nestjs/common';
import { readEvent } from '../../../codecs/misp/index.js';
import type { MispEvent } from '../../../codecs/misp/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { isObject } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { etagOf } from '../../../platform/http/etag.js';
import { InputPipe } from '../../../platform/http/validation.js';
import { EditIncident, FileIncidentDto } from '../../incidents/index.js';
import { ReadAppearances } from '../../observables/index.js';
import type { ObservableInput } from '../../observables/index.js';
import { filingOf } from '../exchange-record.js';
import { KeepEvent } from './keep-event.js';
import type { EventToKeep } from './keep-event.js';
import { changedInRonda, noEvent } from './misp.problems.js';
import { changesBetween, readNative, saysTheSame, toKeepOf } from './misp.rules.js';
import { RenderEvents } from './render-events.js';
import type { RenderedEvent } from './render-events.js';

/**
 * Changes a record by what a sender changed of its event, as whoever may edit it: a new revision, the owner's alone until it
 * is published again. What the event has no word for, stays.
 */
@Injectable()
export class SaveEvent {
  private readonly input = new InputPipe();

  constructor(
    private readonly work: UnitOfWork,
    private readonly edit: EditIncident,
    private readonly keeping: KeepEvent,
    private readonly rendering: RenderEvents,
    private readonly appearances: ReadAppearances,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** @param sent the whole event as it is to be. @throws Problem 400 with every fault by pointer; 403 for others' events. */
  async run(actor: Actor, shown: RenderedEvent, sent: Json): Promise<string> {
    const { view, uuid, event, kept } = shown;
    const given = { uuid, now: this.work.at.toISOString() };
    const whole = withGroupSent({ ...event, ...this.rendering.incoming(sent, event), uuid }, event);
    const { faults } = readEvent(whole, given);
    if (faults.length > 0) throw noEvent([...faults]);
    if (saysTheSame(whole, event)) return view.id;
    if (view.authorship === 'anonymous') throw changedInRonda();
    const toKeep = toKeepOf(whole, event, kept?.raw ?? null);
    const [before, after, keeping] = [event, whole, toKeep].map((each) =>
      readNative({ ...each, info: each.info }, given),
    );
    if (!before || !after || !keeping) throw noEvent([{ pointer: '', detail: 'This is no event.' }]);
    const was = this.keeping.takeApart(before);
    const is = this.keeping.takeApart(after);
    const apart = this.keeping.takeApart(keeping);
    const changed = await this.changedObservables(actor, view.id, was, is);
    const changes = changesBetween(was.record, is.record);
    const { tlp, pap } = is.record.marking;
    const marking = {
      ...(tlp !== was.record.marking.tlp && { tlp }),
      ...(pap !== null && pap !== was.record.marking.pap && { pap }),
    };
    const filing = {
      ...filingOf(is.record, this.region),
      ...this.rendering.filedOf(is.record),
      externalReferences: this.changedReferences(view, was, is),
    };
    const input = await this.checked(view.title, {
      ...Object.fromEntries(Object.keys(changes).map((name) => [name, filing[name as keyof typeof filing]])),
      ...(Object.keys(marking).length > 0 && { marking }),
      ...(changed && { observables: changed }),
    });
    await this.edit.run(actor, view.id, input, etagOf(view), true);
    await this.keeping.keep(view.id, { ...apart, uuid });
    return view.id;
  }

  /** Of an edit: whatever is left out stays as it is. */
  private async checked(title: string, changes: Json): Promise<Partial<FileIncidentDto>> {
    const whole = { title, ...changes };
    const { title: checked, ...rest } = (await this.input.transform(whole, {
      type: 'body',
      metatype: FileIncidentDto,
    })) as FileIncidentDto;
    return { ...rest, ...('title' in changes && { title: checked }) };
  }

  /** As the record has them, where they are no links of the event: MISP has no word for a ticket's number. */
  private changedReferences(
    { externalReferences }: RenderedEvent['view'],
    before: EventToKeep,
    after: EventToKeep,
  ): RenderedEvent['view']['externalReferences'] {
    const links = [before, after].map(({ record }) => this.rendering.filedOf(record).externalReferences);
    const [was, is] = links.map((all) => new Map(all.map(({ url, description }) => [url, description])));
    const stay = externalReferences.flatMap((each) => {
      const url = each.url ?? null;
      if (url === null || !was?.has(url)) return [each];
      if (!is?.has(url)) return [];
      return [is.get(url) === was.get(url) ? each : { ...each, description: is.get(url) ?? null }];
    });
    const there = new Set(stay.map(({ url }) => url));
    return [...stay, ...(links[1] ?? []).filter(({ url }) => !there.has(url))];
  }

  /** All that the record is to say: what it says, less what went, and what is new; undefined where nothing changes. */
  private async changedObservables(
    actor: Actor,
    id: string,
    before: EventToKeep,
    after: EventToKeep,
  ): Promise<ObservableInput[] | undefined> {
    const keyOf = ({ type, value }: { type: string; value: string }): string => `${type} ${value}`;
    const [was, is] = [before, after].map(({ observables }) => new Map(observables.map((each) => [keyOf(each), each])));
    const isDifferent = (each: ObservableInput): boolean =>
      JSON.stringify(was?.get(keyOf(each))) !== JSON.stringify(is?.get(keyOf(each)));
    const touched = [...before.observables, ...after.observables].filter(isDifferent);
    if (touched.length === 0) return undefined;
    const all = await this.said(actor, id);
    const gone = new Set(touched.map((each) => this.formOf(each)));
    const previous = new Map(all.map((each) => [this.formOf(each), each]));
    return [
      ...all.filter((each) => !gone.has(this.formOf(each))),
      ...after.observables.filter(isDifferent).map((each) => ({
        ...previous.get(this.formOf(each)),
        // What was its owner's part, and is none any more, goes as far as the record.
        ...(was?.get(keyOf(each))?.audience === 'owner' && { audience: 'readers' as const }),
        ...each,
      })),
    ];
  }

  private formOf(input: ObservableInput): string {
    return this.rendering.formOf(input) ?? `${input.type} ${input.value}`;
  }

  private async said(actor: Actor, id: string): Promise<ObservableInput[]> {
    const inputs: ObservableInput[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await this.appearances.page(actor, id, { limit: 100, cursor });
      for (const each of page.items)
        if (each.part === 'observables' && each.id !== null)
          inputs.push({
            type: each.type,
            value: each.value,
            malicious: each.malicious,
            forDetection: each.forDetection,
            role: each.role,
            comment: each.comment,
            firstSeenAt: each.firstSeenAt,
            lastSeenAt: each.lastSeenAt,
            expiresAt: each.expiresAt,
            isDisputed: each.isDisputed,
            country: each.country,
            bank: each.bank,
            audience: each.audience,
          });
      if (page.next === null) return inputs;
      cursor = page.next;
    }
  }
}

/** A client that names another group does so by its number, and may send along the one that it was shown. */
function withGroupSent(sent: MispEvent, shown: Json): MispEvent {
  const { SharingGroup, ...rest } = sent;
  const isOther = String(sent.sharing_group_id) !== String(shown.sharing_group_id);
  return isOther && isSameGroup(SharingGroup, shown.SharingGroup) ? rest : sent;
}

const isSameGroup = (one: unknown, other: unknown): boolean =>
  isObject(one) && isObject(other) && one.uuid === other.uuid;
