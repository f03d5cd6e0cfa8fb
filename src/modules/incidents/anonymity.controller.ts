import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentView } from './incident.views.dto.js';
import { LiftAnonymity } from './lift-anonymity.js';
import { QuarantineIncident } from './quarantine-incident.js';
import { AskQuarantineDto, QuarantineView } from './quarantine.dto.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id')
export class AnonymityController {
  constructor(
    private readonly once: Once,
    private readonly reader: IncidentReader,
    private readonly liftAnonymity: LiftAnonymity,
    private readonly quarantine: QuarantineIncident,
  ) {}

  /**
   * Puts your organisation's name to an anonymous record of its own. From the next request on whoever reads the record
   * sees whose it is. For good: it cannot be taken back, and nobody else can do it.
   */
  @Post('lift-anonymity')
  @HttpCode(200)
  @Access('incidents:anonymity')
  @Versioned()
  lift(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.liftAnonymity.run(actor, id, request.headers['if-match']),
      (lifted) => this.reader.view(actor, lifted),
    );
  }

  /** What your organisation asked for, of a record that it reads or has asked about. */
  @Get('quarantine')
  @Access('incidents:read')
  @Versioned()
  asked(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<QuarantineView> {
    return this.quarantine.view(actor, id);
  }

  /**
   * Asks that nobody reads an anonymous record for now. Once three organisations ask, it is its owner's alone, who is told
   * why and not by whom; until the owner puts its name to it, or so many withdraw that fewer than three ask.
   */
  @Post('quarantine')
  @HttpCode(200)
  @Access('incidents:anonymity')
  @Versioned()
  ask(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { reason }: AskQuarantineDto,
  ): Promise<QuarantineView> {
    return this.once.run(
      request,
      () => this.quarantine.ask(actor, id, reason, request.headers['if-match']),
      (asked) => this.quarantine.view(actor, asked),
    );
  }

  /** Withdraws what your organisation asked for. */
  @Delete('quarantine')
  @HttpCode(204)
  @Access('incidents:anonymity')
  withdraw(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.quarantine.withdraw(actor, id, ifMatch);
  }
}
