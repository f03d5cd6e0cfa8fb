import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import { SearchIncidents } from './search-incidents.js';
import { SearchPage, SearchQueryDto } from './search.dto.js';

@ApiTags('Search')
@Controller('api/v1/search')
export class SearchController {
  constructor(private readonly searchIncidents: SearchIncidents) {}

  /** Finds incidents by what they say: the newest revision of each that you may read, and the comments that you may read. */
  @Get()
  @Access('incidents:read')
  @Paged()
  find(@Caller() actor: Actor, @Query() query: SearchQueryDto): Promise<SearchPage> {
    return this.searchIncidents.run(actor, query);
  }
}
