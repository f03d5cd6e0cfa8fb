import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
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
import { cexfOfScenario } from './core/index.js';
import type { Scenario } from './core/index.js';
import { KeepScenario, assertOne } from './keep-scenario.js';
import { ScenarioReader } from './scenario.reader.js';
import { read } from './scenario.rules.js';
import { KeepScenarioDto, LintScenarioDto, ScenarioFindings, ScenarioPage, ScenarioView } from './scenarios.dto.js';

/** What can be played. */
@ApiTags('Exercises')
@Controller('api/v1/scenarios')
export class ScenariosController {
  constructor(
    private readonly once: Once,
    private readonly reader: ScenarioReader,
    private readonly keep: KeepScenario,
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
    return {
      findings: read(body).findings.map(({ rule, severity, pointer, detail, line, column }) => ({
        rule,
        severity,
        pointer,
        detail,
        line: line ?? null,
        column: column ?? null,
      })),
    };
  }

  /** Lists your organisation's scenarios and those that the community shares. */
  @Get()
  @Access('exercises:organise')
  @Paged()
  list(@Query() query: PageQuery): Promise<ScenarioPage> {
    return this.reader.list(query);
  }

  /** Reads a scenario, its newest version. */
  @Get(':id')
  @Access('exercises:organise')
  @Versioned()
  read(@Param('id', IdPipe) id: string): Promise<ScenarioView> {
    return this.reader.view(id);
  }

  /** A scenario as a document of MISP's Common Exercise Format: the one that it came as, where nothing has changed since. */
  @Get(':id/cexf')
  @Access('exercises:organise')
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true, example: { exercise: { name: 'Calls' } } } })
  async cexf(@Param('id', IdPipe) id: string): Promise<unknown> {
    return cexfOfScenario((await this.reader.view(id)).document as unknown as Scenario);
  }
}
