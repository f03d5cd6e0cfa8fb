import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ChangeParts, unwrapped, withUuid } from './change-parts.js';
import { FileEvent } from './file-event.js';
import { FindEvent, partOf } from './find-event.js';
import { Answers, EVENT, Misp, MispBody, SAID, Takes } from './misp-http.js';
import { PublishEvent } from './publish-event.js';
import { SaveEvent } from './save-event.js';
import { SearchEvents } from './search-events.js';
import type { Found } from './search-events.js';

const SEARCH = { returnFormat: 'json', value: 'login-bank.example', tags: ['tlp:green'], limit: 100, page: 1 };
const OBJECT = { name: 'file', Attribute: [{ object_relation: 'filename', type: 'filename', value: 'invoice.exe' }] };
const REPORT = { name: 'Description', content: 'Links to `login-bank.example`.' };

/** Answers a search, with how many there are of what the caller may read. */
export function found({ body, mediaType, count }: Found, reply: FastifyReply): unknown {
  reply.header('x-result-count', String(count));
  if (mediaType !== null) reply.type(`${mediaType}; charset=utf-8`);
  return body;
}

@Misp()
@Controller('misp')
export class MispEventsController {
  constructor(
    private readonly once: Once,
    private readonly find: FindEvent,
    private readonly file: FileEvent,
    private readonly saveEvent: SaveEvent,
    private readonly publishEvent: PublishEvent,
    private readonly changeParts: ChangeParts,
    // A search is a use case of its own, and so is each of the others: MISP has them under one roof.
    private readonly search: SearchEvents,
  ) {}

  /** Files an event as a draft of your organisation. */
  @Post('events/add')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(EVENT)
  @Answers({ Event: EVENT })
  add(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.once.run(
      request,
      () => this.file.run(actor, body),
      (id) => this.event(actor, id),
    );
  }

  /** Changes an event of your organisation: nobody else reads the change before it is published. */
  @Post('events/edit/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(EVENT)
  @Answers({ Event: EVENT })
  edit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      async () => this.saveEvent.run(actor, await this.find.one(actor, id), unwrapped(body, 'Event')),
      (changed) => this.event(actor, changed),
    );
  }

  /** Reads an event by its uuid, or by its number. */
  @Get('events/view/:id')
  @Access('incidents:read')
  @Answers({ Event: EVENT })
  view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.event(actor, id);
  }

  /** The same, as a client asks that would also see what was deleted. */
  @Post('events/view/:id')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes({ deleted: true })
  @Answers({ Event: EVENT })
  viewWith(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.event(actor, id);
  }

  /** Submits an event and releases it as far as its distribution says; what needs a second person waits for one. */
  @Post('events/publish/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Answers({ ...SAID, published: true, id: '219520000000000' })
  publish(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.once.run(
      request,
      async () => {
        const event = await this.find.one(actor, id);
        await this.publishEvent.run(actor, event);
        return event.view.id;
      },
      (changed) => this.published(actor, changed, request),
    );
  }

  /** Withdraws an event of your organisation: what was released is recalled, and its owner keeps it as a record. */
  @Post('events/delete/:id')
  @HttpCode(200)
  @Access('incidents:release')
  @Answers({ ...SAID, published: false, id: '219520000000000' })
  remove(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.withdrawn(actor, request, id);
  }

  /** Takes the release of an event back: what delete does, which deletes nothing either. */
  @Post('events/unpublish/:id')
  @HttpCode(200)
  @Access('incidents:release')
  @Answers({ ...SAID, published: false, id: '219520000000000' })
  unpublish(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.withdrawn(actor, request, id);
  }

  /** The newest events, without what is in them. */
  @Get('events/index')
  @Access('incidents:read')
  @Answers([EVENT])
  async list(@Caller() actor: Actor, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    return found(await this.search.index(actor, {}), reply);
  }

  /** Those of the events that are meant, without what is in them. */
  @Post('events/index')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes({ eventinfo: 'phishing', published: true, limit: 100 })
  @Answers([EVENT])
  async index(
    @Caller() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
    @MispBody() body: Json,
  ): Promise<unknown> {
    return found(await this.search.index(actor, body), reply);
  }

  /** Searches the events that you may read. */
  @Post('events/restSearch')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  @Takes(SEARCH)
  @Answers({ response: [{ Event: EVENT }] })
  async restSearch(
    @Caller() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
    @MispBody() body: Json,
  ): Promise<unknown> {
    return found(await this.search.events(actor, body), reply);
  }

  /** Adds an object to an event. */
  @Post('objects/add/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(OBJECT)
  @Answers({ Object: OBJECT })
  addObject(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addObject(actor, id, body),
      async (changed) => this.part(actor, changed, 'Object', withUuidOf(body, 'Object', 'object')),
    );
  }

  /** Adds a report to an event; one named `Description` is the record's description. */
  @Post('eventReports/add/:id')
  @HttpCode(200)
  @Access('incidents:write')
  @Takes(REPORT)
  @Answers({ EventReport: REPORT })
  addReport(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addReport(actor, id, body),
      async (changed) => this.part(actor, changed, 'EventReport', withUuidOf(body, 'EventReport', 'report')),
    );
  }

  private async event(actor: Actor, id: string): Promise<object> {
    return { Event: (await this.find.one(actor, id)).event };
  }

  private async part(actor: Actor, id: string, name: string, uuidIn: (event: string) => string): Promise<object> {
    const { event, uuid } = await this.find.one(actor, id);
    return { [name]: partOf(event, name, uuidIn(uuid)) ?? objectsOf(event[name]).at(-1) ?? {} };
  }

  private withdrawn(actor: Actor, request: RondaRequest, id: string): Promise<object> {
    return this.once.run(
      request,
      async () => {
        const event = await this.find.one(actor, id);
        await this.publishEvent.withdraw(actor, event);
        return event.view.id;
      },
      async (changed) => ({
        ...(await this.published(actor, changed, request)),
        name: 'Event withdrawn: nobody but your organisation reads it, and what left is asked back.',
      }),
    );
  }

  private async published(actor: Actor, id: string, request: RondaRequest): Promise<object> {
    const { event } = await this.find.one(actor, id);
    const { isPublished, message } = await this.publishEvent.outcome(actor, id);
    const url = request.routeOptions.url ?? '';
    return { saved: true, success: true, name: message, message, url, id: event.id, published: isPublished };
  }
}

const withUuidOf =
  (body: Json, name: string, kind: string) =>
  (event: string): string =>
    String(withUuid(unwrapped(body, name), event, kind).uuid);
