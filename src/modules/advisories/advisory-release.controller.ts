import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { AcknowledgeAdvisory } from './acknowledge-advisory.js';
import { ScheduleAdvisoryDto, WithdrawAdvisoryDto } from './advisories.dto.js';
import { AdvisoryReader } from './advisory.reader.js';
import { AdvisoryView } from './advisory.views.dto.js';
import { PublishAdvisory } from './publish-advisory.js';
import { AdvisoryReceiptList } from './review.views.dto.js';

@ApiTags('Advisories')
@Controller('api/v1/advisories/:id')
export class AdvisoryReleaseController {
  constructor(
    private readonly once: Once,
    private readonly reader: AdvisoryReader,
    private readonly publishAdvisory: PublishAdvisory,
    private readonly acknowledgeAdvisory: AcknowledgeAdvisory,
  ) {}

  /** Publishes it when the instant comes, and not before. The answer shows every recipient's local time. */
  @Post('schedule')
  @HttpCode(200)
  @Access('advisories:publish')
  @Versioned()
  schedule(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { notBefore }: ScheduleAdvisoryDto,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, (ifMatch) => this.publishAdvisory.schedule(actor, id, notBefore, ifMatch));
  }

  /** Takes the instant back; it stays approved. */
  @Post('cancel-schedule')
  @HttpCode(200)
  @Access('advisories:publish')
  @Versioned()
  cancelSchedule(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, (ifMatch) => this.publishAdvisory.cancelSchedule(actor, id, ifMatch));
  }

  /**
   * Publishes what was approved. An urgent advisory of several organisations goes out as `interim` on its owner's approval,
   * and is withdrawn when the others' are not in within an hour.
   */
  @Post('publish')
  @HttpCode(200)
  @Access('advisories:publish')
  @Versioned()
  publish(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, (ifMatch) => this.publishAdvisory.publish(actor, id, ifMatch));
  }

  /** Withdraws it: nobody else reads it from the next request on, and each organisation that it reached is told why. */
  @Post('withdraw')
  @HttpCode(200)
  @Access('advisories:publish')
  @Versioned()
  withdraw(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: WithdrawAdvisoryDto,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, (ifMatch) => this.publishAdvisory.withdraw(actor, id, body, ifMatch));
  }

  /** Says that your organisation has the version that is out. */
  @Post('acknowledge')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  acknowledge(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, (ifMatch) => this.acknowledgeAdvisory.run(actor, id, ifMatch));
  }

  /** Who got which version, by organisation, and who says that it has it. */
  @Get('receipts')
  @Access('advisories:read')
  @Versioned()
  receipts(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<AdvisoryReceiptList> {
    return this.acknowledgeAdvisory.list(actor, id);
  }

  private act(
    actor: Actor,
    request: RondaRequest,
    act: (ifMatch: string | undefined) => Promise<string>,
  ): Promise<AdvisoryView> {
    return this.once.run(
      request,
      () => act(request.headers['if-match']),
      (id) => this.reader.view(actor, id),
    );
  }
}
