import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Access } from '../../../platform/http/access.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { AnswererList, DirectoryMemberPage, DirectoryMembersQuery, DirectoryQuery } from './directory.dto.js';
import { ReadContacts } from './read-contacts.js';
import { ReadDirectory } from './read-directory.js';

/** Who is a member and how it is reached; and from an address to who answers for it. */
@ApiTags('Directory')
@ApiBearerAuth()
@Controller('api/v1/directory')
export class DirectoryController {
  constructor(
    private readonly contacts: ReadContacts,
    private readonly directory: ReadDirectory,
  ) {}

  /** Finds the organisations that answer for an address, the most specific first, and how to reach them. */
  @Get()
  @Access('directory:read')
  find(@Query() { address }: DirectoryQuery): Promise<AnswererList> {
    return this.contacts.answerers(address);
  }

  /** Lists the active organisations that you may see, with how each is reached and what it answers for. */
  @Get('members')
  @Access('directory:read')
  @Paged()
  members(@Query() query: DirectoryMembersQuery): Promise<DirectoryMemberPage> {
    return this.directory.members(query);
  }
}
