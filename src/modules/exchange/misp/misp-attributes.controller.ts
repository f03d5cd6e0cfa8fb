import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Json } from '../../../codecs/record/json.js';
import { textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { Access } from '../../../platform/http/access.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ChangeParts, attributesIn } from './change-parts.js';
import { FindEvent } from './find-event.js';
import { found } from './misp-events.controller.js';
import { ATTRIBUTE, Answers, Misp, MispBody, SAID, Takes } from './misp-http.js';
import { attributesOf } from './misp.rules.js';
import { SearchEvents } from './search-events.js';
import { SightAttribute, toMispSighting } from './sight-attribute.js';

const SIGHTING = { type: '0', source: 'Mail gateway', timestamp: '1763606400' };
const TAGGING = { uuid: 'c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f11', tag: 'tlp:amber' };

@Misp()
@Controller('misp')
export class MispAttributesController {
  constructor(
    private readonly once: Once,
    private readonly find: FindEvent,
    private readonly changeParts: ChangeParts,
    private readonly search: SearchEvents,
    private readonly sight: SightAttribute,
  ) {}

  /** Adds one attribute to an event, or a list of them. */
  @Post('attributes/add/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(ATTRIBUTE)
  @Answers({ Attribute: ATTRIBUTE })
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addAttributes(actor, id, body),
      async (changed) => {
        const { event, uuid } = await this.find.one(actor, changed);
        const added = new Set(attributesIn(body, uuid).map((each) => each.uuid));
        const shown = attributesOf(event).flatMap(({ attribute }) => (added.has(attribute.uuid) ? [attribute] : []));
        return { Attribute: shown.length === 1 ? shown[0] : shown };
      },
    );
  }

  /** Changes an attribute of an event of your organisation. */
  @Post('attributes/edit/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(ATTRIBUTE)
  @Answers({ Attribute: ATTRIBUTE })
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
  @Post('attributes/delete/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes({ hard: 1 })
  @Answers({ ...SAID, message: 'Attribute deleted.' })
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
  async view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    const { event, attribute } = await this.find.attribute(actor, id);
    return { Attribute: { ...attribute, event_uuid: event.uuid } };
  }

  /** Searches the attributes of the events that you may read. */
  @Post('attributes/restSearch')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes({ returnFormat: 'json', type: 'domain', limit: 100 })
  @Answers({ response: { Attribute: [ATTRIBUTE] } })
  async restSearch(
    @Caller() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
    @MispBody() body: Json,
  ): Promise<unknown> {
    return found(await this.search.attributes(actor, body), reply);
  }

  /** Says that an attribute was seen, is harmless, or is of no use any more. */
  @Post('sightings/add/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(SIGHTING)
  @Answers({ Sighting: SIGHTING })
  sighted(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      async () => (await this.sight.one(actor, id, body)).id,
      async (sighting) => {
        const shown = await this.find.attribute(actor, id);
        return { Sighting: toMispSighting(await this.sight.view(actor, shown.view.id, sighting), shown) };
      },
    );
  }

  /** The same of values, in every record where you read them. */
  @Post('sightings/add')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes({ ...SIGHTING, values: ['login-bank.example'] })
  @Answers({ ...SAID, message: 'Sighted in 1 event.' })
  sightedValues(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.once.run(
      request,
      async () => (await this.sight.values(actor, body))[0]?.id ?? '',
      () => said(request, 'Sighted in the events in which you read it.'),
    );
  }

  /** The sightings of an event or of an attribute. */
  @Post('sightings/listSightings')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes({ context: 'event', id: TAGGING.uuid })
  @Answers([SIGHTING])
  sightings(@Caller() actor: Actor, @MispBody() body: Json): Promise<Json[]> {
    return this.sight.list(actor, textOf(body.context) ?? 'event', idIn(body.id));
  }

  /** The sightings of an event, as a search answers. */
  @Post('sightings/restSearch/event')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes({ id: TAGGING.uuid })
  @Answers({ response: [{ Sighting: SIGHTING }] })
  async searchSightings(@Caller() actor: Actor, @MispBody() body: Json): Promise<object> {
    const sightings = await this.sight.list(actor, 'event', idIn(body.id));
    return { response: sightings.map((Sighting) => ({ Sighting })) };
  }

  /** Tags an event or an attribute of your organisation. */
  @Post('tags/attachTagToObject')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(TAGGING)
  @Answers(SAID)
  attach(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.tag(actor, request, body, true);
  }

  /** Takes a tag off an event or an attribute of your organisation. */
  @Post('tags/removeTagFromObject')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(TAGGING)
  @Answers(SAID)
  detach(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.tag(actor, request, body, false);
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

const said = (request: RondaRequest, message: string): object => ({
  ...{ saved: true, success: message, name: message, message, url: request.routeOptions.url ?? '' },
});
