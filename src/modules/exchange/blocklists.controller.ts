import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { StreamableFile } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { CSV } from '../../platform/http/file-body.js';
import { Caller } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { BlockListQuery } from './blocklists.dto.js';
import { MakeBlockList } from './make-block-list.js';

@ApiTags('Observables')
@Controller('api/v1/blocklists')
export class BlockListsController {
  constructor(private readonly makeBlockList: MakeBlockList) {}

  /**
   * A list for firewalls, resolvers and proxies: what records that you may read say is fit to be blocked, and PAP allows
   * to be blocked, sorted, each value once. Ask again with `If-None-Match`: 304 says that nothing changed.
   * A list has 200,000 values at the most, those of the newest records; what may not be blocked takes no place.
   */
  @Get()
  @Access('incidents:read')
  @Versioned()
  @ApiProduces('text/plain', CSV)
  @ApiOkResponse({ schema: { type: 'string', example: 'login-bank.example\npay.example\n' } })
  list(@Caller() actor: Actor, @Query() query: BlockListQuery): Promise<StreamableFile> {
    return this.makeBlockList.run(actor, query);
  }
}
