import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { ImportCsaf } from '../advisories/index.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { CSV, JSON_FILE, STIX, TakesFiles, XLSX, fileOf, notTaken } from '../../platform/http/file-body.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { ImportMappings } from './import-mappings.js';
import { ImportSpreadsheet } from './import-spreadsheet.js';
import {
  CsafImportResult,
  ImportQuery,
  ImportResult,
  MappingDto,
  MappingList,
  MappingView,
  MispImportResult,
  StixImportResult,
  TemplateQuery,
} from './imports.dto.js';
import { ImportMisp } from './misp/import-misp.js';
import { ImportStix } from './stix/import-stix.js';
import { makeTemplate } from './make-template.js';

const FORMATS: Readonly<Record<string, 'csv' | 'xlsx' | 'stix' | 'misp'>> = {
  [CSV]: 'csv',
  [XLSX]: 'xlsx',
  [STIX]: 'stix',
  [JSON_FILE]: 'misp',
};
const SHEET = 'title,class,type\nBank phishing wave by SMS,fraud,phishing\n';

@ApiTags('Imports')
@Controller('api/v1/imports')
export class ImportsController {
  constructor(
    private readonly once: Once,
    private readonly importSpreadsheet: ImportSpreadsheet,
    private readonly importStix: ImportStix,
    private readonly importMisp: ImportMisp,
    private readonly importCsaf: ImportCsaf,
    private readonly mappings: ImportMappings,
  ) {}

  /**
   * Files the rows of a spreadsheet, the incidents of a STIX 2.1 bundle, or the events of MISP (one, a list, or
   * `{"response": […]}`), as drafts of your organisation: all of them, or, while anything cannot be read, none. A row is known
   * by its reference, as a line of a bulk stream is, an object by its id and version, and an event by its uuid, so a file that
   * is sent again files nothing twice. Of a bundle every object, and of an event all that is in it, is kept as it came.
   * With `format=csaf` a CSAF 2.0 document becomes the draft of an advisory, and is kept whole; with `as=received` it stays its
   * publisher's: your organisation reads it, nobody writes on it, and it leaves as it came.
   */
  @Post()
  @HttpCode(200)
  @Access('incidents:write')
  @TakesFiles(CSV, XLSX, STIX, JSON_FILE)
  @ApiConsumes(CSV, XLSX, STIX, JSON_FILE)
  @ApiBody({
    schema: { type: 'string', format: 'binary', example: SHEET },
    description: 'The file, up to 16 MiB, and 5,000 rows or objects, or 500 events.',
  })
  @ApiExtraModels(ImportResult, StixImportResult, MispImportResult, CsafImportResult)
  @ApiOkResponse({
    schema: {
      oneOf: [ImportResult, StixImportResult, MispImportResult, CsafImportResult].map((result) => ({
        $ref: getSchemaPath(result),
      })),
    },
  })
  async file(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Query() query: ImportQuery,
  ): Promise<ImportResult | StixImportResult | MispImportResult | CsafImportResult> {
    if (request.headers['idempotency-key'] !== undefined)
      throw invalidInput([
        { pointer: '/idempotency-key', detail: 'A file is named by ?stream= instead.', in: 'header' },
      ]);
    const { bytes, mediaType } = fileOf(request);
    const format = FORMATS[mediaType] ?? 'stix';
    if (mediaType === JSON_FILE && query.format === 'csaf')
      return this.importCsaf.run(actor, bytes, query.as ?? 'draft');
    // JSON is what everything is sent as that says nothing of itself: it is held to be MISP's where nothing else is asked for.
    if (format === 'misp' && (query.format ?? format) !== format)
      throw notTaken('JSON is taken with format=misp or format=csaf.');
    if ((query.format ?? format) !== format)
      throw invalidInput([{ pointer: '/format', detail: `The body is sent as ${mediaType}.`, in: 'query' }]);
    if (format === 'misp') return this.importMisp.run(actor, bytes);
    return format === 'stix'
      ? this.importStix.run(actor, bytes)
      : this.importSpreadsheet.run(actor, bytes, { ...query, format });
  }

  /** An empty spreadsheet with a column for every field, and an example below. */
  @Get('template')
  @Access('incidents:write')
  @ApiProduces(CSV, XLSX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary', example: SHEET } })
  async template(@Query() { format }: TemplateQuery): Promise<StreamableFile> {
    return new StreamableFile(await makeTemplate(this.mappings.fields, format), {
      type: format === 'csv' ? CSV : XLSX,
      disposition: `attachment; filename="incidents.${format}"`,
    });
  }

  /** The mappings of columns that your organisation has saved. */
  @Get('mappings')
  @Access('incidents:write')
  async list(): Promise<MappingList> {
    return { items: await this.mappings.list() };
  }

  /** Saves how spreadsheets of one kind are read. */
  @Post('mappings')
  @Access('incidents:write')
  @Created()
  @Versioned()
  save(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: MappingDto): Promise<MappingView> {
    return this.once.run(
      request,
      () => this.mappings.save(actor, body),
      (id) => this.mappings.view(id),
    );
  }

  /** Reads a mapping. */
  @Get('mappings/:id')
  @Access('incidents:write')
  @Versioned()
  read(@Param('id', IdPipe) id: string): Promise<MappingView> {
    return this.mappings.view(id);
  }

  /** Changes a mapping, as a whole. */
  @Put('mappings/:id')
  @Access('incidents:write')
  @Versioned()
  async change(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: MappingDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<MappingView> {
    await this.mappings.change(actor, id, body, ifMatch);
    return this.mappings.view(id);
  }

  /** Forgets a mapping. */
  @Delete('mappings/:id')
  @HttpCode(204)
  @Access('incidents:write')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.mappings.remove(actor, id, ifMatch);
  }
}
