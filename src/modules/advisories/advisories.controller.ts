import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { DraftAdvisoryDto, EditAdvisoryDto, ReviseAdvisoryDto } from './advisories.dto.js';
import { ListAdvisoriesQuery, VersionQuery, VersionsQuery } from './list-advisories.dto.js';
import { AdvisoryReader } from './advisory.reader.js';
import { AdvisoryPage, AdvisoryView, PublishedVersionList } from './advisory.views.dto.js';
import { DraftAdvisory } from './draft-advisory.js';
import { EditAdvisory } from './edit-advisory.js';
import { ReadVersions } from './read-versions.js';
import { ReadReviewQueue } from './review-queue.js';
import { AdvisoryDiffView, ReviewQueue } from './review.views.dto.js';

const MARKDOWN = 'text/markdown';

@ApiTags('Advisories')
@Controller('api/v1/advisories')
export class AdvisoriesController {
  constructor(
    private readonly once: Once,
    private readonly reader: AdvisoryReader,
    private readonly draftAdvisory: DraftAdvisory,
    private readonly editAdvisory: EditAdvisory,
    private readonly versions: ReadVersions,
    private readonly queue: ReadReviewQueue,
  ) {}

  /** Begins an advisory, as a draft that your organisation alone reads. Scores are computed from the vectors. */
  @Post()
  @Access('advisories:write')
  @Created()
  @Versioned()
  draft(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: DraftAdvisoryDto): Promise<AdvisoryView> {
    return this.once.run(
      request,
      () => this.draftAdvisory.run(actor, body),
      (id) => this.reader.view(actor, id),
    );
  }

  /** Lists the advisories that you may read, by when you could first, and the drafts that you work on or review. */
  @Get()
  @Access('advisories:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: ListAdvisoriesQuery): Promise<AdvisoryPage> {
    return this.reader.list(actor, query);
  }

  /** What waits for you: since when, until when, and what you may do. */
  @Get('review-queue')
  @Access('advisories:read')
  @Versioned()
  reviewQueue(@Caller() actor: Actor): Promise<ReviewQueue> {
    return this.queue.run(actor);
  }

  /** Reads an advisory: the version that is out, or to who works on it and who reviews it the draft. */
  @Get(':id')
  @Access('advisories:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<AdvisoryView> {
    return this.reader.view(actor, id);
  }

  /** Writes the next revision of the draft. What was approved before has to be approved again. */
  @Patch(':id')
  @Access('advisories:write')
  @Versioned()
  async edit(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: EditAdvisoryDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AdvisoryView> {
    await this.editAdvisory.run(actor, id, body, ifMatch);
    return this.reader.view(actor, id);
  }

  /** Begins the draft of the next version. The one that is out stays out until that is published. */
  @Post(':id/revise')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  revise(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: ReviseAdvisoryDto,
  ): Promise<AdvisoryView> {
    return this.once.run(
      request,
      () => this.editAdvisory.revise(actor, id, body, request.headers['if-match']),
      (revised) => this.reader.view(actor, revised),
    );
  }

  /** The published versions that you may read, the newest first, with what each changed. */
  @Get(':id/versions')
  @Access('advisories:read')
  @Versioned()
  listVersions(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<PublishedVersionList> {
    return this.versions.list(actor, id);
  }

  /** What changed between two versions, or revisions as you count them: its members, and the body as a unified diff. */
  @Get(':id/diff')
  @Access('advisories:read')
  @Versioned()
  diff(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: VersionsQuery,
  ): Promise<AdvisoryDiffView> {
    return this.versions.diff(actor, id, query);
  }

  /** A version as a Markdown document. What is TLP:RED leaves for its owner alone. */
  @Get(':id/markdown')
  @Access('advisories:read')
  @ApiProduces(MARKDOWN)
  @ApiOkResponse({ schema: { type: 'string', example: '# Example Gateway lets anybody in\n\n- Version: 1.0.0\n' } })
  async markdown(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() { version }: VersionQuery,
  ): Promise<StreamableFile> {
    const text = await this.versions.markdown(actor, id, version);
    return new StreamableFile(Buffer.from(text), { type: `${MARKDOWN}; charset=utf-8` });
  }
}
