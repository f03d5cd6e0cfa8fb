import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { ConfirmReleaseDto, ReleaseDto, ReleasePreviewView } from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentView } from './incident.views.dto.js';
import { PreviewIncident } from './preview-incident.js';
import { ReleaseIncident } from './release-incident.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id')
export class ReleasesController {
  constructor(
    private readonly once: Once,
    private readonly reader: IncidentReader,
    private readonly previewIncident: PreviewIncident,
    private readonly releaseIncident: ReleaseIncident,
  ) {}

  /**
   * What a release would do, before it does it: who would read it, what changes, what contradicts itself, who has to
   * confirm, and what the text betrays. Nothing is changed; the token stands for all of it.
   */
  @Post('release-preview')
  @HttpCode(200)
  @Access('incidents:release')
  previewRelease(
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
  @Get('release-preview')
  @Access('incidents:release')
  @Versioned()
  previewWaiting(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ReleasePreviewView> {
    return this.previewIncident.waiting(actor, id);
  }

  /**
   * Releases the newest revision at a marking to an audience, in place of the release before. GREEN and CLEAR answer 202:
   * they wait for a second analyst or coordinator of your organisation; so does what has an embargo, for its instant.
   */
  @Post('release')
  @HttpCode(200)
  @ApiOkResponse({ type: IncidentView, description: 'It is in force.' })
  @ApiAcceptedResponse({
    type: IncidentView,
    description: 'It waits for a second person, or for its hold or its embargo to end.',
  })
  @Access('incidents:release')
  @Versioned()
  release(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id', IdPipe) id: string,
    @Body() body: ReleaseDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.release(actor, id, body, request.headers['if-match']),
      async (released) => {
        const view = await this.reader.view(actor, released);
        if (view.waitingRelease) void reply.code(202);
        return view;
      },
    );
  }

  /** Confirms, as the second person, the release that waits; where it would do something else by now, 409 `preview-outdated`. */
  @Post('release/confirm')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  confirmRelease(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: ConfirmReleaseDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.confirm(actor, id, body, request.headers['if-match']),
      (confirmed) => this.reader.view(actor, confirmed),
    );
  }

  /** Cancels the release that waits for a second person, or for its hold or its embargo to end. */
  @Post('release/cancel')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  cancelRelease(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.cancel(actor, id, request.headers['if-match']),
      (cancelled) => this.reader.view(actor, cancelled),
    );
  }
}
