import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Created } from '../../../platform/http/created.interceptor.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Once } from '../../../platform/http/once.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { AnswerCommsCheck } from './answer-comms-check.js';
import { CallCommsCheck } from './call-comms-check.js';
import {
  AnswerByCodeDto,
  CallCommsCheckDto,
  CodeAnsweredView,
  CommsCheckPage,
  CommsCheckView,
  IssueCodeDto,
  IssuedCodeView,
} from './comms-checks.dto.js';
import { ReadCommsChecks } from './read-comms-checks.js';

/** Whether the 24/7 contacts answer. */
@ApiTags('Comms checks')
@ApiBearerAuth()
@Controller('api/v1/comms-checks')
export class CommsChecksController {
  constructor(
    private readonly once: Once,
    private readonly read: ReadCommsChecks,
    private readonly call: CallCommsCheck,
    private readonly answer: AnswerCommsCheck,
  ) {}

  /** Lists the checks that concern you, by when they open; to the secretariat all of them. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<CommsCheckPage> {
    return this.read.page(actor, query);
  }

  /** Calls one, for the secretariat: every active national CERT and regional body is to answer. */
  @Post()
  @Access('region:admin')
  @Created()
  @Versioned()
  begin(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Body() wanted: CallCommsCheckDto,
  ): Promise<CommsCheckView> {
    return this.once.run(
      request,
      () => this.call.run(actor, wanted),
      (id) => this.read.view(actor, id),
    );
  }

  /** Answers, by the one-time code that was read out to a 24/7 contact. It opens nothing, and needs no account. */
  @Post('answer')
  @HttpCode(200)
  @Access('anyone')
  async answerByCode(@Body() { code }: AnswerByCodeDto): Promise<CodeAnsweredView> {
    return { answeredAt: (await this.answer.byCode(code)).toISOString() };
  }

  /** Reads one: your own organisation's result, or to the secretariat everybody's. */
  @Get(':id')
  @Access('directory:read')
  @Versioned()
  show(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<CommsCheckView> {
    return this.read.view(actor, id);
  }

  /** Answers for your organisation, as somebody on its duty list. */
  @Post(':id/answer')
  @HttpCode(200)
  @Access('directory:read')
  @Versioned()
  answerByAccount(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<CommsCheckView> {
    return this.once.run(
      request,
      () => this.answer.byAccount(actor, id, request.headers['if-match']),
      (answered) => this.read.view(actor, answered),
    );
  }

  /** Makes a one-time code for an organisation, which a person of the secretariat reads out to its 24/7 contact. */
  @Post(':id/codes')
  @HttpCode(200)
  @Access('region:admin')
  @Versioned()
  issueCode(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { organisation }: IssueCodeDto,
  ): Promise<IssuedCodeView> {
    let shown: string | null = null;
    return this.once.run(
      request,
      async () => {
        const issued = await this.answer.issueCode(actor, id, organisation, request.headers['if-match']);
        shown = issued.code;
        return issued.id;
      },
      async (issued) => ({ ...(await this.read.view(actor, issued)), code: shown }),
    );
  }
}
