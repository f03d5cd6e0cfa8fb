import { Body, Controller, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { EndStandingDecision } from './end-standing-decision.js';
import { EnterStandingDecision } from './enter-standing-decision.js';
import { HandOverSecretariat } from './hand-over-secretariat.js';
import { OrganisationStep } from './organisation-step.js';
import { OrganisationView } from './organisation.views.dto.js';
import { HandOverDto, StandingDecisionDto } from './organisations.dto.js';

/** Decisions of the members on one of them, each entered by two organisations; and who runs the region. */
@ApiTags('Organisations')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id')
export class StandingController {
  constructor(
    private readonly step: OrganisationStep,
    private readonly enterDecision: EnterStandingDecision,
    private readonly endDecision: EndStandingDecision,
    private readonly handOverSecretariat: HandOverSecretariat,
  ) {}

  /** Enters the members' decision to suspend it. A second organisation has to confirm. */
  @Post('suspension')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  enterSuspension(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() decision: StandingDecisionDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.enterDecision.run(actor, id, 'suspend', decision, ifMatch));
  }

  /** Confirms the decision as a second organisation, which lets it take effect. */
  @Post('suspension/confirm')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  confirmSuspension(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.endDecision.confirm(actor, id, 'suspend', ifMatch));
  }

  /** Takes back what your organisation entered and nobody confirmed. */
  @Post('suspension/withdraw')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  withdrawSuspension(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.endDecision.withdraw(actor, id, 'suspend', ifMatch));
  }

  /** Enters the members' decision to reinstate it. A second organisation has to confirm. */
  @Post('reinstatement')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  enterReinstatement(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() decision: StandingDecisionDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.enterDecision.run(actor, id, 'reinstate', decision, ifMatch));
  }

  /** Confirms the decision as a second organisation, which lets it take effect. */
  @Post('reinstatement/confirm')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  confirmReinstatement(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.endDecision.confirm(actor, id, 'reinstate', ifMatch));
  }

  /** Takes back what your organisation entered and nobody confirmed. */
  @Post('reinstatement/withdraw')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  withdrawReinstatement(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.endDecision.withdraw(actor, id, 'reinstate', ifMatch));
  }

  /** Hands the secretariat's role over to it, for a term. */
  @Post('secretariat')
  @HttpCode(200)
  @Access('region:admin')
  @Versioned()
  handOver(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { until }: HandOverDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.handOverSecretariat.run(actor, id, until, ifMatch));
  }
}
