import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Created } from '../../../platform/http/created.interceptor.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Once } from '../../../platform/http/once.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { FindOrganisation } from './find-organisation.js';
import { OrganisationPage, OrganisationView } from './organisation.views.dto.js';
import { OrganisationsQuery, RegisterOrganisationDto, UpdateOrganisationDto } from './organisations.dto.js';
import { RegisterOrganisation } from './register-organisation.js';
import { UpdateOrganisation } from './update-organisation.js';

/** The directory of organisations. */
@ApiTags('Organisations')
@ApiBearerAuth()
@Controller('api/v1/organisations')
export class OrganisationsController {
  constructor(
    private readonly once: Once,
    private readonly find: FindOrganisation,
    private readonly register: RegisterOrganisation,
    private readonly update: UpdateOrganisation,
  ) {}

  /** Lists the organisations you may see, in the region's order of listing. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: OrganisationsQuery): Promise<OrganisationPage> {
    return this.find.page(actor, query);
  }

  /** Registers an applicant. */
  @Post()
  @Access('organisation:admin')
  @Created()
  @Versioned()
  create(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Body() wanted: RegisterOrganisationDto,
  ): Promise<OrganisationView> {
    return this.once.run(
      request,
      () => this.register.run(actor, wanted),
      (id) => this.find.view(actor, id),
    );
  }

  /** Shows one organisation. */
  @Get(':id')
  @Access('directory:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<OrganisationView> {
    return this.find.view(actor, id);
  }

  /** Changes settings, or the name. */
  @Patch(':id')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  change(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() wanted: UpdateOrganisationDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    return this.update.run(actor, id, wanted, ifMatch);
  }
}
