import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
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
import { CreateNetworkDto, NetworkPage, NetworkView } from './networks.dto.js';
import { KeepNetworks } from './keep-networks.js';
import { ReadContacts } from './read-contacts.js';

/** What an organisation answers for: networks, domains, autonomous systems. */
@ApiTags('Directory')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id/networks')
export class NetworksController {
  constructor(
    private readonly once: Once,
    private readonly contacts: ReadContacts,
    private readonly keep: KeepNetworks,
  ) {}

  /** Lists them. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<NetworkPage> {
    return this.contacts.networks(actor, id, query);
  }

  /** Adds one. The answer tells whose it overlaps. */
  @Post()
  @Access('organisation:admin')
  @Created()
  @Versioned()
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { value }: CreateNetworkDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<NetworkView> {
    return this.once.run(
      request,
      () => this.keep.add(actor, id, value, ifMatch),
      (entryId) => this.contacts.networkView(actor, id, entryId),
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
  ): Promise<NetworkView> {
    return this.contacts.networkView(actor, id, entryId);
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
