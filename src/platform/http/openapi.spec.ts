import { Body, Controller, Delete, Get, HttpCode, Module, Param, Patch, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Access } from './access.js';
import { faultsInDocument } from './openapi.check.js';
import { operationsOf } from './openapi.operations.js';
import type { Operation } from './openapi.operations.js';
import { buildOpenApi } from './openapi.js';
import { Versioned } from './versioned.interceptor.js';

// Jest compiles without the plugin that reads JSDoc, so everything is declared here.
class NoteDto {
  @ApiProperty({ example: 'A note', minLength: 1 })
  title!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  colour!: string | null;
}

class NotePage {
  @ApiProperty({ type: [NoteDto] })
  items!: NoteDto[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

class WrongDto {
  @ApiProperty({ type: Number, example: 'seven' })
  count!: number;

  @ApiProperty()
  name!: string;
}

@Controller('api/v1/notes')
class NotesController {
  @Post()
  @Access('self')
  @Versioned()
  @ApiOperation({ summary: 'Files\n   a note.' })
  file(@Body() body: NoteDto): NoteDto {
    return body;
  }

  @Get()
  @Access('anyone')
  @ApiOperation({ summary: 'Lists notes.' })
  @ApiOkResponse({ type: NotePage })
  list(): NotePage {
    return { items: [], next: null };
  }

  @Patch(':id')
  @Access('self')
  @Versioned()
  @ApiOperation({ summary: 'Changes a note.' })
  @ApiOkResponse({ type: NoteDto })
  edit(@Param('id') _id: string, @Body() body: NoteDto): NoteDto {
    return body;
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('link')
  @ApiOperation({ summary: 'Removes a note.' })
  remove(@Param('id') _id: string): void {}
}

@Controller('api/v1/wrong')
class WrongController {
  @Post()
  @HttpCode(200)
  @Access('anyone')
  @ApiOperation({})
  shape(@Body() body: WrongDto): void {
    void body;
  }
}

@Controller('api/v1/undeclared')
class UndeclaredController {
  @Get()
  read(): void {}
}

const documentOf = async (...controllers: (new () => unknown)[]): Promise<OpenAPIObject> => {
  @Module({ controllers })
  class AppModule {}
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    preview: true,
    logger: false,
  });
  try {
    return buildOpenApi(app);
  } finally {
    await app.close();
  }
};

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;
  let operations: Record<string, Operation>;

  beforeAll(async () => {
    document = await documentOf(NotesController);
    operations = Object.fromEntries(operationsOf(document).map(({ operation }) => [operation.operationId, operation]));
  });

  const headersOf = (id: string): string[] =>
    (operations[id]?.parameters ?? []).map((each) => ('$ref' in each ? each.$ref.split('/').at(-1)! : each.name));
  const statusesOf = (id: string): string[] => Object.keys(operations[id]?.responses ?? {});

  it('is 3.1, names operations by resource and verb, and needs no constructed application', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(operations).sort()).toEqual(['notes.edit', 'notes.file', 'notes.list', 'notes.remove']);
    expect(operations['notes.file']?.summary).toBe('Files a note.');
  });

  it('says who may call', () => {
    expect(operations['notes.file']?.security).toEqual([{ bearer: [] }, { basic: [] }]);
    expect(operations['notes.remove']?.security).toEqual([{ bearer: [] }]);
    expect(operations['notes.list']?.security).toEqual([]);
  });

  it('says which headers are taken', () => {
    expect(headersOf('notes.file')).toEqual(['IdempotencyKey']);
    expect(headersOf('notes.edit')).toEqual(['id', 'IfMatch']);
    expect(headersOf('notes.list')).toEqual([]);
  });

  it('says every problem that may be answered', () => {
    expect(statusesOf('notes.file')).toEqual('201 400 401 403 409 413 415 422 429 503'.split(' '));
    expect(statusesOf('notes.edit')).toEqual('200 400 401 403 404 409 412 413 415 428 429 503'.split(' '));
    expect(statusesOf('notes.list')).toEqual('200 429 503'.split(' '));
    expect(document.components?.responses?.NotFound).toMatchObject({
      content: { 'application/problem+json': { example: { type: 'urn:ronda:problem:not-found', status: 404 } } },
    });
  });

  it('says which headers are given', () => {
    const given = (id: string, status: string): string[] =>
      Object.keys((operations[id]?.responses[status] as { headers: object }).headers);
    expect(given('notes.file', '201')).toEqual(['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'ETag', 'Location']);
    expect(given('notes.list', '200')).toContain('Link');
  });

  it('shows an example of every body', () => {
    expect(operations['notes.edit']?.requestBody?.content['application/json']?.example).toEqual({
      title: 'A note',
      colour: null,
    });
    expect(operations['notes.list']?.responses['200']).toMatchObject({
      content: { 'application/json': { example: { items: [{ title: 'A note', colour: null }], next: null } } },
    });
  });

  it('has none of what is wrong with a document, but an answer whose class only the plugin sees', () => {
    expect(faultsInDocument(document)).toEqual([
      'notes.file (POST /api/v1/notes) answers 201 without a schema: return a class of a .dto.ts file',
    ]);
  });

  it('is found wanting where a route shows too little', async () => {
    expect(faultsInDocument(await documentOf(WrongController))).toEqual([
      'wrong.shape (POST /api/v1/wrong) has no summary: write a JSDoc line',
      'wrong.shape (POST /api/v1/wrong) request application/json has no example: write @example "…" at /name',
      'wrong.shape (POST /api/v1/wrong) answers 200 without a schema: return a class of a .dto.ts file',
    ]);
  });

  it('is found wanting where an example is not what its schema says', () => {
    const wrong = structuredClone(document);
    const { operation } = operationsOf(wrong).find((each) => each.operation.operationId === 'notes.file')!;
    operation.requestBody!.content['application/json']!.example = { title: '', colour: 7 };
    expect(faultsInDocument(wrong)).toEqual([
      'notes.file (POST /api/v1/notes) request application/json has an example that is not valid: /title must NOT have fewer than 1 characters',
      'notes.file (POST /api/v1/notes) request application/json has an example that is not valid: /colour must be string,null',
      'notes.file (POST /api/v1/notes) answers 201 without a schema: return a class of a .dto.ts file',
    ]);
  });

  it('is refused for a route that declares no access', async () => {
    await expect(documentOf(UndeclaredController)).rejects.toThrow('undeclared.read declares no access');
  });
});
