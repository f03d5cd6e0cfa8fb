import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { EraseFromIncident } from './erase-from-incident.js';
import { EraseDto, ErasureList, ErasureView } from './erasures.dto.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id/erasures')
export class ErasuresController {
  constructor(
    private readonly once: Once,
    private readonly erasures: EraseFromIncident,
  ) {}

  /** What was erased from an incident of your organisation: when and why, never what. */
  @Get()
  @Access('incidents:read')
  list(@Param('id', IdPipe) id: string): Promise<ErasureList> {
    return this.erasures.list(id);
  }

  /** Erases a value, such as a name, from every revision, comment and note of an incident of your organisation. For good. */
  @Post()
  @HttpCode(200)
  @Access('incidents:erase')
  erase(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: EraseDto,
  ): Promise<ErasureView> {
    return this.once.run(
      request,
      () => this.erasures.run(actor, id, body),
      (erasure) => this.erasures.view(id, erasure),
    );
  }
}
