import { Controller, Param, Req } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { TakesLargeJson } from '../../../platform/http/file-body.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ImportStix } from '../stix/import-stix.js';
import { ChangeParts } from './change-parts.js';
import { ImportText } from './import-text.js';
import { ATTRIBUTE, Changes, Misp, MispBody, SAID, said } from './misp-http.js';
import { ShowEvent } from './show-event.js';

const TEXT = { value: 'Seen at hxxp://login-bank[.]example/ from 203.0.113.7.', adhereToWarninglists: 'soft' };
const BUNDLE = { type: 'bundle', id: 'bundle--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b', objects: [{ type: 'incident' }] };
const UPLOADED = {
  ...SAID,
  message: 'New of the bundle: objects 1, incidents 1.',
  incidents: [{ uuid: '6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b', status: 'filed' }],
};

/** What comes in otherwise than as an event. */
@Misp()
@Controller('misp')
export class MispImportsController {
  constructor(
    private readonly once: Once,
    private readonly show: ShowEvent,
    private readonly changeParts: ChangeParts,
    private readonly text: ImportText,
    private readonly stix: ImportStix,
  ) {}

  /** Adds what is found in a text to an event as attributes; with `returnMetaAttributes` only says what was found. */
  @Changes('events/freeTextImport/:id', TEXT, [ATTRIBUTE])
  async importText(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id') id: string,
    @MispBody() body: Json,
  ): Promise<Json[]> {
    const attributes = this.text.attributesIn(body);
    if (body.returnMetaAttributes === true || attributes.length === 0) {
      await this.show.found(actor, id);
      return attributes;
    }
    return this.once.run(
      request,
      () => this.changeParts.addAttributes(actor, id, attributes, true),
      (changed) => this.show.attributesSent(actor, changed, attributes),
    );
  }

  /** Takes a STIX 2.1 bundle: what `POST /api/v1/imports` does with it. */
  @Changes('events/upload_stix/2', BUNDLE, UPLOADED)
  @TakesLargeJson()
  async importStix(@Caller() actor: Actor, @Req() request: RondaRequest, @MispBody() body: Json): Promise<object> {
    if (request.headers['idempotency-key'] !== undefined)
      throw invalidInput([
        { pointer: '/idempotency-key', detail: 'A bundle that is sent again adds nothing.', in: 'header' },
      ]);
    const { objects, incidents } = await this.stix.value(actor, body);
    const filed = incidents.filter(({ status }) => status === 'filed').length;
    return {
      ...said(request, `New of the bundle: objects ${objects.added}, incidents ${filed}.`),
      incidents: incidents.map(({ id, status }) => ({ uuid: id, status })),
    };
  }
}
