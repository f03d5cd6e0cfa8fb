import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Created } from '../../../platform/http/created.interceptor.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { CreateApiKey } from './create-api-key.js';
import { ApiKeyPage, ApiKeyView, CreateApiKeyDto, CreatedApiKeyView } from './me.dto.js';
import { ReadMe } from './read-me.js';
import { RevokeCredential } from './revoke-credential.js';

/** Keys for scripts and other programs, which act as you within their scopes. */
@ApiTags('Me')
@ApiBearerAuth()
@Controller('api/v1/me/api-keys')
export class ApiKeysController {
  constructor(
    private readonly me: ReadMe,
    private readonly createApiKey: CreateApiKey,
    private readonly revoke: RevokeCredential,
  ) {}

  /** Lists your keys, newest first. */
  @Get()
  @Access('self')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ApiKeyPage> {
    return this.me.apiKeys(actor, query);
  }

  /** Makes a key. Its secret is in this answer and nowhere else. */
  @Post()
  @Access('self')
  @Created()
  create(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Body() wanted: CreateApiKeyDto,
  ): Promise<CreatedApiKeyView> {
    return this.createApiKey.run(request, actor, wanted);
  }

  /** Shows one of your keys, without its secret. */
  @Get(':id')
  @Access('self')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ApiKeyView> {
    return this.me.apiKey(actor, id);
  }

  /** Ends a key. */
  @Delete(':id')
  @HttpCode(204)
  @Access('self')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.revoke.run(actor, 'api-key', id, ifMatch);
  }
}
