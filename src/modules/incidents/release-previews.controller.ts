import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { ReleaseDto, ReleasePreviewView } from '../sharing/index.js';
import { PreviewIncident } from './preview-incident.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id/release-preview')
export class ReleasePreviewsController {
  constructor(
    private readonly once: Once,
    private readonly previewIncident: PreviewIncident,
  ) {}

  /**
   * What a release would do, before it does it: who would read it, what changes, what contradicts itself, who has to
   * confirm, and what the text betrays. Nothing is changed; the token stands for all of it.
   */
  @Post()
  @HttpCode(200)
  @Access('incidents:release')
  preview(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: ReleaseDto,
  ): Promise<ReleasePreviewView> {
    return this.once.run(
      request,
      () => this.previewIncident.ask(actor, id, request.headers['if-match']),
      (asked) => this.previewIncident.of(actor, asked, body),
    );
  }

  /** What the release that waits would do now: what its second person looks at. 404 where none waits. */
  @Get()
  @Access('incidents:release')
  @Versioned()
  waiting(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ReleasePreviewView> {
    return this.previewIncident.waiting(actor, id);
  }
}
