import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Req, StreamableFile } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { writeMsel } from '../../codecs/msel/index.js';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { TakesFiles, XLSX, fileOf } from '../../platform/http/file-body.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { cexfOfScenario, mselOfScenario } from './core/index.js';
import type { Scenario } from './core/index.js';
import { DraftScenario } from './draft-scenario.js';
import { KeepScenario, assertOne } from './keep-scenario.js';
import { ScenarioReader } from './scenario.reader.js';
import { findingsOf } from './scenario.view.js';
import {
  FromIncidentDto,
  FromMselQuery,
  KeepScenarioDto,
  LintScenarioDto,
  ScenarioDraftView,
  ScenarioFindings,
  ScenarioPage,
  ScenarioQuery,
  ScenarioView,
} from './scenarios.dto.js';

/** What can be played. */
@ApiTags('Exercises')
@Controller('api/v1/scenarios')
export class ScenariosController {
  constructor(
    private readonly once: Once,
    private readonly reader: ScenarioReader,
    private readonly keep: KeepScenario,
    private readonly draft: DraftScenario,
  ) {}

  /** Takes a scenario into the library. What is wrong with it is named by pointer, all at once. */
  @Post()
  @Access('exercises:organise')
  @Created()
  @Versioned()
  add(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: KeepScenarioDto): Promise<ScenarioView> {
    return this.once.run(
      request,
      () => this.keep.run(actor, body),
      (id) => this.reader.view(id),
    );
  }

  /** Says what is wrong with a scenario, and keeps nothing. */
  @Post('lint')
  @HttpCode(200)
  @Access('exercises:organise', { mode: 'read' })
  lint(@Body() body: LintScenarioDto): ScenarioFindings {
    assertOne(body);
    return { findings: findingsOf(body) };
  }

  /**
   * Makes a scenario of what happened to your organisation: the rhythm of one of its incidents, and none of its words, values and
   * names. Nothing is kept: send the document to `/scenarios` when it is what you want.
   */
  @Post('from-incident')
  @HttpCode(200)
  @Access('exercises:organise', { mode: 'read' })
  fromIncident(@Caller() actor: Actor, @Body() body: FromIncidentDto): Promise<ScenarioDraftView> {
    return this.draft.ofIncident(actor, body);
  }

  /**
   * Makes a scenario of the injects of an MSEL workbook, a row each. It has no milestones yet, and nothing is kept. What is
   * wrong in the workbook is said by sheet and cell, all at once.
   */
  @Post('from-msel')
  @HttpCode(200)
  @Access('exercises:organise', { mode: 'read' })
  @TakesFiles(XLSX)
  @ApiConsumes(XLSX)
  @ApiBody({ schema: { type: 'string', format: 'binary', example: 'PK…' }, description: 'The workbook, up to 16 MiB.' })
  @ApiUnprocessableEntityResponse({ description: 'Cells that cannot be read, each by its sheet and name.' })
  fromMsel(@Req() request: RondaRequest, @Query() { title }: FromMselQuery): Promise<ScenarioDraftView> {
    return this.draft.ofMsel(fileOf(request).bytes, title);
  }

  /** Lists your organisation's scenarios and those that the community shares. */
  @Get()
  @Access('exercises:organise')
  @Paged()
  list(@Query() query: PageQuery): Promise<ScenarioPage> {
    return this.reader.list(query);
  }

  /** Reads a scenario: its newest version, or another. */
  @Get(':id')
  @Access('exercises:organise')
  @Versioned()
  read(@Param('id', IdPipe) id: string, @Query() { version }: ScenarioQuery): Promise<ScenarioView> {
    return this.reader.view(id, version);
  }

  /** Writes the next version of a scenario of your organisation. The earlier ones stay, and so does what was played of them. */
  @Put(':id')
  @Access('exercises:organise')
  @Versioned()
  async revise(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: KeepScenarioDto,
  ): Promise<ScenarioView> {
    await this.keep.revise(actor, id, body, ifMatch);
    return this.reader.view(id);
  }

  /** A scenario as a document of MISP's Common Exercise Format: the one that it came as, where nothing has changed since. */
  @Get(':id/cexf')
  @Access('exercises:organise')
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true, example: { exercise: { name: 'Calls' } } } })
  async cexf(@Param('id', IdPipe) id: string): Promise<unknown> {
    return cexfOfScenario((await this.reader.view(id)).document as unknown as Scenario);
  }

  /** The injects of a scenario as an MSEL workbook, a row each. */
  @Get(':id/msel')
  @Access('exercises:organise')
  @ApiProduces(XLSX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary', example: 'PK…' } })
  async msel(@Param('id', IdPipe) id: string): Promise<StreamableFile> {
    const document = (await this.reader.view(id)).document as unknown as Scenario;
    return new StreamableFile(await writeMsel(mselOfScenario(document)), {
      type: XLSX,
      disposition: `attachment; filename="${document.id}-${document.version}.xlsx"`,
    });
  }
}
