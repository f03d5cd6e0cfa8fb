import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { GiveReceiptDto, RecallDto, ReceiptList } from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentReceipts } from './incident-receipts.js';
import { IncidentView } from './incident.views.dto.js';
import { RecallIncident } from './recall-incident.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id')
export class ReceiptsController {
  constructor(
    private readonly once: Once,
    private readonly reader: IncidentReader,
    private readonly receipts: IncidentReceipts,
    private readonly recallIncident: RecallIncident,
  ) {}

  /**
   * Who got your record, by organisation, and who says it acted on it; and where it is asked back, what they said to that.
   * Of a record that others shared with you: what is kept of your own organisation.
   */
  @Get('receipts')
  @Access('incidents:read')
  @Versioned()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ReceiptList> {
    return this.receipts.list(actor, id);
  }

  /** Tells who shared a record that your organisation acknowledges it, acted on it, or took it into its own tools. */
  @Post('receipts')
  @HttpCode(200)
  @Access('incidents:write')
  give(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { kind }: GiveReceiptDto,
  ): Promise<ReceiptList> {
    return this.once.run(
      request,
      () => this.receipts.give(actor, id, kind),
      (given) => this.receipts.given(actor, given),
    );
  }

  /**
   * Takes the release back altogether. From the next request on nobody else reads the record; a tombstone goes to each
   * organisation that it had reached, and what they say to it stands beside the receipts.
   */
  @Post('recall')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  recall(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: RecallDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.recallIncident.run(actor, id, body, request.headers['if-match']),
      (recalled) => this.reader.view(actor, recalled),
    );
  }
}
