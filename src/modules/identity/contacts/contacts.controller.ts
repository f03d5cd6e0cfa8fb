import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
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
import { ContactPage, ContactView, CreateContactDto, UpdateContactDto } from './contacts.dto.js';
import { KeepContacts } from './keep-contacts.js';
import { ReadContacts } from './read-contacts.js';

/** How an organisation is reached. */
@ApiTags('Directory')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id/contacts')
export class ContactsController {
  constructor(
    private readonly once: Once,
    private readonly contacts: ReadContacts,
    private readonly keep: KeepContacts,
  ) {}

  /** Lists its contacts. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<ContactPage> {
    return this.contacts.contacts(actor, id, query);
  }

  /** Adds one. */
  @Post()
  @Access('organisation:admin')
  @Created()
  @Versioned()
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() wanted: CreateContactDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContactView> {
    return this.once.run(
      request,
      () => this.keep.add(actor, id, wanted, ifMatch),
      (entryId) => this.contacts.contactView(actor, id, entryId),
    );
  }

  /** Shows one. */
  @Get(':entryId')
  @Access('directory:read')
  @Versioned()
  read(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
  ): Promise<ContactView> {
    return this.contacts.contactView(actor, id, entryId);
  }

  /** Changes one. It has to be verified anew. */
  @Patch(':entryId')
  @Access('organisation:admin')
  @Versioned()
  change(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
    @Body() wanted: UpdateContactDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContactView> {
    return this.keep.change(actor, id, entryId, wanted, ifMatch);
  }

  /** Says that it was tried, and answers. */
  @Post(':entryId/verification')
  @HttpCode(200)
  @Access('organisation:admin')
  @Versioned()
  verify(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContactView> {
    return this.once.run(
      request,
      () => this.keep.verify(actor, id, entryId, ifMatch),
      () => this.contacts.contactView(actor, id, entryId),
    );
  }

  /** Removes one. */
  @Delete(':entryId')
  @HttpCode(204)
  @Access('organisation:admin')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.keep.remove(actor, id, entryId, ifMatch);
  }
}
