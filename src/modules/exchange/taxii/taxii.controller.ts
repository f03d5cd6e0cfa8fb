import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { WATERMARK } from '../../../kernel/watermark.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Access } from '../../../platform/http/access.js';
import { FILE_LIMIT_BYTES, TAXII, TakesFiles, fileOf } from '../../../platform/http/file-body.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { AddObjects } from './add-objects.js';
import { Collections } from './collections.store.js';
import { ReadCollection } from './read-collection.js';
import type { Manifest, Page } from './read-collection.js';
import {
  DeleteObjectQuery,
  TaxiiCollection,
  TaxiiCollections,
  TaxiiDiscovery,
  TaxiiEnvelope,
  TaxiiManifest,
  TaxiiPageQuery,
  TaxiiQuery,
  TaxiiRoot,
  TaxiiStatus,
  TaxiiVersions,
} from './taxii.dto.js';
import { TAXII_TYPE, TaxiiAnswers, TaxiiManners } from './taxii-manners.js';
import { TaxiiStatuses } from './taxii-statuses.store.js';
import { toCollection, toEnvelope, toManifest, toStatus, toVersions } from './taxii.view.js';

const ROOT = '/taxii2/live/';
const STIX_ID = /^[a-z0-9][a-z0-9-]{0,250}--[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const ObjectId = (): MethodDecorator =>
  ApiParam({ name: 'objectId', description: 'Its STIX id.', schema: { type: 'string', pattern: STIX_ID.source } });

/** TAXII 2.1. Paths are taken with and without the slash that the standard ends them with. */
@ApiTags('TAXII')
@UseGuards(TaxiiManners)
@UseInterceptors(TaxiiAnswers)
@Controller('taxii2')
export class TaxiiController {
  constructor(
    private readonly work: UnitOfWork,
    private readonly collections: Collections,
    private readonly reader: ReadCollection,
    private readonly addObjects: AddObjects,
    private readonly statuses: TaxiiStatuses,
  ) {}

  /** Where the API roots are: of real life, and of each exercise that goes on and that you are in. */
  @Get()
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiDiscovery })
  async discovery(): Promise<TaxiiDiscovery> {
    const exercises = await this.collections.exercises();
    return {
      title: 'Ronda',
      description: 'The platform on which the national CERTs of a region share incidents and advisories.',
      default: ROOT,
      api_roots: [ROOT, ...exercises.map((id) => `/taxii2/exercises/${id}/`)],
    };
  }

  /** The API root of real life; that of an exercise is `/taxii2/exercises/{id}/`, and everything below it is as here. */
  @Get('live')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiRoot })
  root(): TaxiiRoot {
    return {
      ...(this.work.space === LIVE
        ? { title: 'Live', description: 'What the members share. No exercise.' }
        : { title: WATERMARK, description: 'What is shared in an exercise. Nothing of it is real.' }),
      versions: [TAXII_TYPE],
      max_content_length: FILE_LIMIT_BYTES,
    };
  }

  /** What became of objects that your organisation sent in. */
  @Get('live/status/:id')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiStatus })
  async status(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<TaxiiStatus> {
    const row = await this.statuses.byId(actor.organisationKey, id);
    if (!row) throw notFound();
    return toStatus(row);
  }

  /** The collections that you may read: one for each audience that you belong to, and one to write to. */
  @Get('live/collections')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiCollections })
  async list(@Caller() actor: Actor): Promise<TaxiiCollections> {
    const writes = actor.permissions.has('incidents:write');
    return { collections: (await this.collections.all(actor)).map((each) => toCollection(each, writes)) };
  }

  /** One of them. */
  @Get('live/collections/:id')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiCollection })
  async collection(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<TaxiiCollection> {
    return toCollection(await this.reader.collection(actor, id), actor.permissions.has('incidents:write'));
  }

  /** When each object came into a collection, without what it says. */
  @Get('live/collections/:id/manifest')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiManifest })
  async manifest(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: TaxiiQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TaxiiManifest> {
    return toManifest(dated(reply, await this.reader.manifest(actor, id, query)));
  }

  /** The objects of a collection, in the order in which they came into it. */
  @Get('live/collections/:id/objects')
  @Access('incidents:read')
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiEnvelope })
  async objects(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: TaxiiQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return toEnvelope(dated(reply, await this.reader.page(actor, id, query)));
  }

  /**
   * Sends objects in. They are kept as they come, for your organisation alone; incidents among them become its drafts. What is
   * wrong with one is in the status and keeps no other out.
   */
  @Post('live/collections/:id/objects')
  @HttpCode(202)
  @Access('incidents:write')
  @TakesFiles(TAXII)
  @ApiConsumes(TAXII)
  @ApiProduces(TAXII)
  @ApiBody({ type: TaxiiEnvelope })
  @ApiAcceptedResponse({ type: TaxiiStatus })
  async add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<TaxiiStatus> {
    const statusId = await this.addObjects.run(actor, id, fileOf(request).bytes);
    const row = await this.statuses.byId(actor.organisationKey, statusId);
    if (!row) throw notFound();
    return toStatus(row);
  }

  /** One object, its last version unless told. */
  @Get('live/collections/:id/objects/:objectId')
  @Access('incidents:read')
  @ObjectId()
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiEnvelope })
  async object(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('objectId') objectId: string,
    @Query() query: TaxiiPageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return toEnvelope(dated(reply, await this.reader.page(actor, id, query, stixId(objectId))));
  }

  /** Takes an object that your organisation sent in out again, all its versions unless told. */
  @Delete('live/collections/:id/objects/:objectId')
  @HttpCode(200)
  @Access('incidents:write')
  @ObjectId()
  @ApiProduces(TAXII)
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true, maxProperties: 0, example: {} } })
  async remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('objectId') objectId: string,
    @Query() query: DeleteObjectQuery,
  ): Promise<object> {
    await this.addObjects.remove(actor, id, stixId(objectId), query['match[version]']);
    return {};
  }

  /** The versions of an object. */
  @Get('live/collections/:id/objects/:objectId/versions')
  @Access('incidents:read')
  @ObjectId()
  @ApiProduces(TAXII)
  @ApiOkResponse({ type: TaxiiVersions })
  async versions(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('objectId') objectId: string,
    @Query() query: TaxiiPageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TaxiiVersions> {
    return toVersions(dated(reply, await this.reader.manifest(actor, id, query, stixId(objectId))));
  }
}

/** @throws Problem the one 404: nothing has such an id. */
function stixId(text: string): string {
  if (!STIX_ID.test(text)) throw notFound();
  return text;
}

/** @see TAXII 2.1 §5.4 */
function dated<P extends Page | Manifest>(reply: FastifyReply, page: P): P {
  const { first, last } = page;
  if (first !== null && last !== null)
    void reply.header('x-taxii-date-added-first', first).header('x-taxii-date-added-last', last);
  return page;
}
