import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { AnswerRecall } from './answer-recall.js';
import { AnswerRecallDto, TombstonePage, TombstoneView } from './tombstones.dto.js';

@ApiTags('Incidents')
@Controller('api/v1/tombstones')
export class TombstonesController {
  constructor(
    private readonly once: Once,
    private readonly answerRecall: AnswerRecall,
  ) {}

  /** The records that your organisation was given and that are asked back: delete your copies of them, and say so. */
  @Get()
  @Access('incidents:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<TombstonePage> {
    return this.answerRecall.page(actor, query);
  }

  /** Says what became of your copies. Whoever asked for them sees it; your last word counts. */
  @Post(':id/confirmation')
  @HttpCode(200)
  @Access('incidents:write')
  @Versioned()
  confirm(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: AnswerRecallDto,
  ): Promise<TombstoneView> {
    return this.once.run(
      request,
      () => this.answerRecall.run(actor, id, body, request.headers['if-match']),
      (answered) => this.answerRecall.view(actor, answered),
    );
  }
}
