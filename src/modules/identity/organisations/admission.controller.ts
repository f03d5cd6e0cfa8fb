import { Body, Controller, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { ActivateOrganisation } from './activate-organisation.js';
import { DesignateOrganisation } from './designate-organisation.js';
import { OrganisationStep } from './organisation-step.js';
import { OrganisationView } from './organisation.views.dto.js';
import { DesignationDto, SponsorshipDto } from './organisations.dto.js';
import { RetireOrganisation } from './retire-organisation.js';
import { SponsorOrganisation } from './sponsor-organisation.js';

/** How an organisation comes in, and how it leaves. */
@ApiTags('Organisations')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id')
export class AdmissionController {
  constructor(
    private readonly step: OrganisationStep,
    private readonly designateOrganisation: DesignateOrganisation,
    private readonly sponsorOrganisation: SponsorOrganisation,
    private readonly activateOrganisation: ActivateOrganisation,
    private readonly retireOrganisation: RetireOrganisation,
  ) {}

  /** Records the government's designation of a member's national CERT, which makes it active. */
  @Post('designation')
  @HttpCode(200)
  @Access('region:admin')
  @Versioned()
  designate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() designation: DesignationDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.designateOrganisation.run(actor, id, designation, ifMatch));
  }

  /** Vouches for an applicant. Two sponsors of two member states make it sponsored. */
  @Post('sponsorships')
  @HttpCode(200)
  @Access('directory:read')
  @Versioned()
  sponsor(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() sponsorship: SponsorshipDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.sponsorOrganisation.run(actor, id, sponsorship, ifMatch));
  }

  /** The secretariat's word on a sponsored organisation, which makes it active. */
  @Post('activation')
  @HttpCode(200)
  @Access('region:admin')
  @Versioned()
  activate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.activateOrganisation.run(actor, id, ifMatch));
  }

  /** Ends its time on the platform. */
  @Post('retirement')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  retire(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.step.take(request, actor, () => this.retireOrganisation.run(actor, id, ifMatch));
  }
}
