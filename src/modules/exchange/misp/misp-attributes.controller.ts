import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import { textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { Access } from '../../../platform/http/access.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ChangeParts } from './change-parts.js';
import { ATTRIBUTE, Answers, Asks, Changes, Misp, MispBody, SAID, Searches, said } from './misp-http.js';
import type { Found } from './misp-http.js';
import { SearchEvents } from './search-events.js';
import { ShowEvent } from './show-event.js';
import { SightAttribute } from './sight-attribute.js';

const SIGHTING = { type: '0', source: 'Mail gateway', timestamp: '1763606400' };
const TAGGING = { uuid: 'c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f11', tag: 'tlp:amber' };

@Misp()
@Controller('misp')
export class MispAttributesController {
  constructor(
    private readonly once: Once,
    private readonly show: ShowEvent,
    private readonly changeParts: ChangeParts,
    private readonly search: SearchEvents,
    private readonly sight: SightAttribute,
  ) {}

  /** Adds one attribute to an event, or a list of them. */
  @Changes('attributes/add/:id', ATTRIBUTE, { Attribute: ATTRIBUTE })
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
    @Query('breakOnDuplicate') breaks?: string,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addAttributes(actor, id, body, breaks === '0'),
      async (changed) => {
        const shown = await this.show.attributesSent(actor, changed, body);
        return { Attribute: shown.length === 1 ? shown[0] : shown };
      },
    );
  }

  /** Changes an attribute of an event of your organisation. */
  @Changes('attributes/edit/:id', ATTRIBUTE, { Attribute: ATTRIBUTE })
  edit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.editAttribute(actor, id, body),
      () => this.view(actor, id),
    );
  }

  /** Takes an attribute out of an event of your organisation. */
  @Changes('attributes/delete/:id', { hard: 1 }, { ...SAID, message: 'Attribute deleted.' })
  remove(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.deleteAttribute(actor, id),
      () => said(request, 'Attribute deleted.'),
    );
  }

  /** Reads an attribute by its uuid. */
  @Get('attributes/view/:id')
  @Access('incidents:read')
  @Answers({ Attribute: ATTRIBUTE })
  view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.show.attribute(actor, id);
  }

  /** Searches the attributes of the events that you may read. */
  @Asks(
    'attributes/restSearch',
    { returnFormat: 'json', type: 'domain', limit: 100 },
    { response: { Attribute: [ATTRIBUTE] } },
  )
  @Searches()
  restSearch(@Caller() actor: Actor, @MispBody() body: Json): Promise<Found> {
    return this.search.attributes(actor, body);
  }

  /** Says that an attribute was seen, is harmless, or is of no use any more. */
  @Changes('sightings/add/:id', SIGHTING, { Sighting: SIGHTING })
  sighted(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      async () => (await this.sight.one(actor, id, body)).id,
      async (sighting) => ({ Sighting: await this.sight.show(actor, id, sighting) }),
    );
  }

  /** The same of values, in every record where you read them. */
  @Changes(
    'sightings/add',
    { ...SIGHTING, values: ['login-bank.example'] },
    { ...SAID, message: 'Sighted in 1 event.' },
  )
  sightedValues(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.once.run(
      request,
      async () => (await this.sight.values(actor, body))[0]?.id ?? '',
      () => said(request, 'Sighted in the events in which you read it.'),
    );
  }

  /** The sightings of an event or of an attribute. */
  @Asks('sightings/listSightings', { context: 'event', id: TAGGING.uuid }, [SIGHTING])
  sightings(@Caller() actor: Actor, @MispBody() body: Json): Promise<Json[]> {
    return this.sight.list(actor, textOf(body.context) ?? 'event', idIn(body.id));
  }

  /** The sightings of an event, as a search answers. */
  @Asks('sightings/restSearch/event', { id: TAGGING.uuid }, { response: [{ Sighting: SIGHTING }] })
  searchSightings(@Caller() actor: Actor, @MispBody() body: Json): Promise<object> {
    return this.sightingsOf(actor, 'event', body);
  }

  /** The same of an attribute. */
  @Asks('sightings/restSearch/attribute', { id: TAGGING.uuid }, { response: [{ Sighting: SIGHTING }] })
  searchSightingsOfAttribute(@Caller() actor: Actor, @MispBody() body: Json): Promise<object> {
    return this.sightingsOf(actor, 'attribute', body);
  }

  /** Tags an event or an attribute of your organisation. */
  @Changes('tags/attachTagToObject', TAGGING, SAID)
  attach(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.tag(actor, request, body, true);
  }

  /** Takes a tag off an event or an attribute of your organisation. */
  @Changes('tags/removeTagFromObject', TAGGING, SAID)
  detach(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.tag(actor, request, body, false);
  }

  private async sightingsOf(actor: Actor, context: string, body: Json): Promise<object> {
    const sightings = await this.sight.list(actor, context, idIn(body.id));
    return { response: sightings.map((Sighting) => ({ Sighting })) };
  }

  private tag(actor: Actor, request: RondaRequest, body: Json, isAttached: boolean): Promise<object> {
    const [uuid, name] = [idIn(body.uuid), textOf(body.tag) ?? ''];
    if (name === '' || name.length > 255)
      throw invalidInput([{ pointer: '/tag', detail: 'Give the name of a tag, 255 characters at the most.' }]);
    return this.once.run(
      request,
      () => this.changeParts.tag(actor, uuid, name, isAttached),
      () => said(request, isAttached ? 'Tag attached.' : 'Tag removed.'),
    );
  }
}

const idIn = (id: unknown): string => (typeof id === 'number' ? String(id) : (textOf(id) ?? ''));
