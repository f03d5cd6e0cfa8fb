import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Access } from '../../../platform/http/access.js';
import { AnswererList, DirectoryQuery } from './directory.dto.js';
import { ReadContacts } from './read-contacts.js';

/** From an address to who answers for it. */
@ApiTags('Directory')
@ApiBearerAuth()
@Controller('api/v1/directory')
export class DirectoryController {
  constructor(private readonly contacts: ReadContacts) {}

  /** Finds the organisations that answer for an address, the most specific first, and how to reach them. */
  @Get()
  @Access('directory:read')
  find(@Query() { address }: DirectoryQuery): Promise<AnswererList> {
    return this.contacts.answerers(address);
  }
}
