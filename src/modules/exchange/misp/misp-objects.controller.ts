import { Controller, Get, Param, Req } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ChangeParts } from './change-parts.js';
import { ATTRIBUTE, Answers, Changes, Misp, MispBody, SAID, said } from './misp-http.js';
import { ShowEvent } from './show-event.js';

const OBJECT = { name: 'file', Attribute: [{ object_relation: 'filename', type: 'filename', value: 'invoice.exe' }] };
const REPORT = { name: 'Description', content: 'Links to `login-bank.example`.' };

/** What an event has besides attributes. */
@Misp()
@Controller('misp')
export class MispObjectsController {
  constructor(
    private readonly once: Once,
    private readonly show: ShowEvent,
    private readonly changeParts: ChangeParts,
  ) {}

  /** Adds an object to an event. */
  @Changes('objects/add/:id', OBJECT, { Object: OBJECT })
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addObject(actor, id, body),
      (changed) => this.show.partSent(actor, changed, 'Object', body),
    );
  }

  /** Changes an object of an event of your organisation; an attribute that is not named again stays. */
  @Changes('objects/edit/:id', OBJECT, { Object: OBJECT })
  edit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.editObject(actor, id, body),
      () => this.show.object(actor, id),
    );
  }

  /** Takes an object with its attributes out of an event of your organisation. */
  @Changes('objects/delete/:id', { hard: 1 }, { ...SAID, message: 'Object deleted.' })
  remove(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id') id: string): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.deleteObject(actor, id),
      () => said(request, 'Object deleted.'),
    );
  }

  /** Reads an object by its uuid, or by its number. */
  @Get('objects/view/:id')
  @Access('incidents:read')
  @Answers({ Object: OBJECT })
  view(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.show.object(actor, id);
  }

  /** Adds a report to an event; one named `Description` is the record's description. */
  @Changes('eventReports/add/:id', REPORT, { EventReport: REPORT })
  addReport(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<object> {
    return this.once.run(
      request,
      () => this.changeParts.addReport(actor, id, body),
      (changed) => this.show.partSent(actor, changed, 'EventReport', body),
    );
  }

  /** There are no proposals: whoever reads a record comments on it. */
  @Get('shadowAttributes/index')
  @Access('incidents:read')
  @Answers({ response: [{ ShadowAttribute: ATTRIBUTE }] })
  proposals(): object {
    return { response: [] };
  }

  /** Nor of an event. */
  @Get('shadowAttributes/index/:id')
  @Access('incidents:read')
  @Answers({ response: [{ ShadowAttribute: ATTRIBUTE }] })
  async proposalsOf(@Caller() actor: Actor, @Param('id') id: string): Promise<object> {
    await this.show.found(actor, id);
    return { response: [] };
  }
}
