import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { ExtractObservables } from './extract-observables.js';
import { LookUpObservables } from './look-up-observables.js';
import {
  AppearancePage,
  CorrelationPage,
  ExtractDto,
  ExtractedList,
  LookUpDto,
  LookedUpList,
} from './observables.dto.js';
import { ReadAppearances } from './read-appearances.js';
import { SightObservable } from './sight-observable.js';
import { SightDto, SightingPage, SightingView } from './sightings.dto.js';

@ApiTags('Observables')
@Controller('api/v1/observables')
export class ObservablesController {
  constructor(
    private readonly extractObservables: ExtractObservables,
    private readonly lookUpObservables: LookUpObservables,
  ) {}

  /** Finds the observables of a pasted text, defanged or not, and where they are. Nothing of it is kept. */
  @Post('extract')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  extract(@Body() { text }: ExtractDto): ExtractedList {
    return this.extractObservables.run(text);
  }

  /** Asks, for up to 10,000 values, in which records that you may read they are. Nothing of it is kept. */
  @Post('lookup')
  @HttpCode(200)
  @Access('incidents:read', { mode: 'read' })
  lookUp(@Caller() actor: Actor, @Body() body: LookUpDto): Promise<LookedUpList> {
    return this.lookUpObservables.run(actor, body);
  }
}

@ApiTags('Observables')
@Controller('api/v1/incidents/:id')
export class IncidentObservablesController {
  constructor(
    private readonly once: Once,
    private readonly readAppearances: ReadAppearances,
    private readonly sightObservable: SightObservable,
  ) {}

  /** The observables that the revision says which you read, by type and value. */
  @Get('observables')
  @Access('incidents:read')
  @Paged()
  listObservables(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<AppearancePage> {
    return this.readAppearances.page(actor, id, query);
  }

  /** The observables of a record, each with what is about the same in other records that you may read. */
  @Get('correlations')
  @Access('incidents:read')
  @Paged()
  correlate(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<CorrelationPage> {
    return this.readAppearances.correlations(actor, id, query);
  }

  /** The sightings that you may read, newest first. */
  @Get('sightings')
  @Access('incidents:read')
  @Paged()
  listSightings(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<SightingPage> {
    return this.sightObservable.page(actor, id, query);
  }

  /** Says that an observable of a record that you may read was seen, or was not, is harmless, or is of no use any more. */
  @Post('sightings')
  @Access('incidents:write')
  @Created()
  @Versioned()
  sight(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: SightDto,
  ): Promise<SightingView> {
    return this.once.run(
      request,
      () => this.sightObservable.run(actor, id, body),
      (sighting) => this.sightObservable.view(actor, id, sighting),
    );
  }

  /** Reads a sighting. */
  @Get('sightings/:sighting')
  @Access('incidents:read')
  @Versioned()
  readSighting(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('sighting', IdPipe) sighting: string,
  ): Promise<SightingView> {
    return this.sightObservable.view(actor, id, sighting);
  }
}
