import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { Access } from '../../platform/http/access.js';
import { STREAM, isStreamed } from '../../platform/http/event-stream.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { EventHub } from './event-hub.js';
import { EventPage, EventsQuery } from './events.dto.js';
import { ReadEvents } from './read-events.js';

const EXAMPLE_ID = 'eEo2TAP1lQbQn0XnI0mWcVqR1dW0c8rC4m3T9mJ2xk5s6n7p8q9r0t1u2v3w4x5y6zAbCdEfGhIjK';

@ApiTags('Events')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly events: ReadEvents,
    private readonly hub: EventHub,
  ) {}

  /**
   * What you are told: with `Accept: text/event-stream` a stream that goes on, else a page of what is there, oldest first. Events
   * say what happened to which record, and nothing that it holds; what you may not read when one is sent, you are not told.
   * A stream without a place to go on from begins now, a page with the oldest. Both go on for 7 days behind any event; what
   * is older is 410.
   */
  @Get()
  @Access('incidents:read')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Id of the event that you were told last, as browsers send it by themselves.',
    schema: { type: 'string', example: EXAMPLE_ID },
  })
  @ApiExtraModels(EventPage)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(EventPage) } },
      [STREAM]: {
        schema: {
          type: 'string',
          example: `retry: 3000\n\nid: ${EXAMPLE_ID}\nevent: incident.changed\ndata: {"type":"incident.changed"}\n\n`,
        },
      },
    },
  })
  async read(
    @Caller() actor: Actor,
    @Query() query: EventsQuery,
    @Req() { headers, url }: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPage | StreamableFile> {
    const lastEventId = headers['last-event-id'];
    if (Array.isArray(lastEventId))
      throw invalidInput([{ pointer: '/last-event-id', detail: 'Give it once.', in: 'header' }]);
    reply.header('vary', 'accept');
    if (!isStreamed(headers)) {
      const page = await this.events.page(actor, query, lastEventId);
      if (page.next !== null) reply.header('link', `<${behind(url, page.next)}>; rel="next"`);
      return page;
    }
    const start = await this.events.start(actor, query.after, lastEventId);
    return new StreamableFile(await this.hub.open(actor, query.type, start), { type: STREAM });
  }
}

function behind(url: string, id: string): string {
  const [path = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('after', id);
  return `${path}?${parameters.toString()}`;
}
