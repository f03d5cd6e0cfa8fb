import { Controller, Get, Param, Req } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { TakesLargeJson } from '../../../platform/http/file-body.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { unwrapped } from './change-parts.js';
import { FileEvent } from './file-event.js';
import { Answers, Asks, Changes, EVENT, Misp, MispBody, SAID, Searches, said } from './misp-http.js';
import type { Found } from './misp-http.js';
import { PublishEvent } from './publish-event.js';
import { SaveEvent } from './save-event.js';
import { SearchEvents } from './search-events.js';
import { ShowEvent } from './show-event.js';

const SEARCH = { returnFormat: 'json', value: 'login-bank.example', tags: ['tlp:green'], limit: 100, page: 1 };
const PUBLISHED = { ...SAID, published: true, id: '219520000000000' };
const WITHDRAWN = { ...PUBLISHED, published: false };

@Misp()
@Controller('misp')
export class MispEventsController {
  constructor(
    private readonly once: Once,
    private readonly show: ShowEvent,
    private readonly file: FileEvent,
    private readonly saveEvent: SaveEvent,
    private readonly publishEvent: PublishEvent,
    private readonly search: SearchEvents,
  ) {}

  /** Files an event as a draft of your organisation. */
  @Changes('events/add', EVENT, { Event: EVENT })
  @TakesLargeJson()
  add(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    return this.once.run(
      request,
      () => this.file.run(actor, body),
      (id) => this.show.event(actor, id),
    );
  }

  /** Changes an event of your organisation: nobody else reads the change before it is published. */
  @Changes('events/edit/:id', EVENT, { Event: EVENT })
  @TakesLargeJson()
  edit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      async () => this.saveEvent.run(actor, await this.show.found(actor, id), unwrapped(body, 'Event')),
      (changed) => this.show.event(actor, changed),
    );
  }

  /** Reads an event by its uuid, or by its number. */
  @Get('events/view/:id')
  @Access('incidents:read')
  @Answers({ Event: EVENT })
  view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.show.event(actor, id);
  }

  /** The same, as a client asks that would also see what was deleted. */
  @Asks('events/view/:id', { deleted: true }, { Event: EVENT })
  viewWith(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.show.event(actor, id);
  }

  /**
   * Submits an event and releases it as far as its distribution says; what needs a second person waits for one. What is
   * released already goes to the same readers again, unless another distribution was given since; one for nobody is 409.
   */
  @Changes('events/publish/:id', null, PUBLISHED)
  publish(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.published(actor, request, id);
  }

  /** The same: whom Ronda tells of a release is each recipient's own choice. */
  @Changes('events/alert/:id', null, PUBLISHED)
  alert(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.published(actor, request, id);
  }

  /** Withdraws an event of your organisation: what was released is recalled, and its owner keeps it as a record. */
  @Changes('events/delete/:id', null, WITHDRAWN, 'incidents:release')
  remove(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.withdrawn(actor, request, id);
  }

  /** Takes the release of an event back: what delete does, which deletes nothing either. */
  @Changes('events/unpublish/:id', null, WITHDRAWN, 'incidents:release')
  unpublish(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.withdrawn(actor, request, id);
  }

  /** The newest events, without what is in them. */
  @Get('events/index')
  @Access('incidents:read')
  @Answers([EVENT])
  @Searches()
  list(@Caller() actor: Actor): Promise<Found> {
    return this.search.index(actor, {});
  }

  /** Those of the events that are meant, without what is in them. */
  @Asks('events/index', { eventinfo: 'phishing', published: true, limit: 100 }, [EVENT])
  @Searches()
  index(@Caller() actor: Actor, @MispBody() body: Json): Promise<Found> {
    return this.search.index(actor, body);
  }

  /** Searches the events that you may read. */
  @Asks('events/restSearch', SEARCH, { response: [{ Event: EVENT }] })
  @Searches()
  restSearch(@Caller() actor: Actor, @MispBody() body: Json): Promise<Found> {
    return this.search.events(actor, body);
  }

  private published(actor: Actor, request: RondaRequest, asked: string): Promise<object> {
    return this.once.run(
      request,
      async () => {
        const event = await this.show.found(actor, asked);
        await this.publishEvent.run(actor, event);
        return event.view.id;
      },
      (id) => this.outcome(actor, request, id),
    );
  }

  private withdrawn(actor: Actor, request: RondaRequest, asked: string): Promise<object> {
    return this.once.run(
      request,
      async () => {
        const event = await this.show.found(actor, asked);
        await this.publishEvent.withdraw(actor, event);
        return event.view.id;
      },
      async (id) => ({
        ...(await this.outcome(actor, request, id)),
        name: 'Event withdrawn: nobody but your organisation reads it, and what left is asked back.',
      }),
    );
  }

  private async outcome(actor: Actor, request: RondaRequest, id: string): Promise<object> {
    const { event } = await this.show.found(actor, id);
    const { isPublished, message } = await this.publishEvent.outcome(actor, id);
    return { ...said(request, message), id: event.id, published: isPublished };
  }
}
