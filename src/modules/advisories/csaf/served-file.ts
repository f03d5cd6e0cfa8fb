import { hash } from 'node:crypto';
import { extname } from 'node:path';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isNotModified } from '../../../platform/http/etag.js';
import type { RondaRequest } from '../../../platform/http/request.js';

/** A file as it leaves. */
export interface ServedFile {
  path: string;
  content: string | Buffer;
  etag: string;
}

export const fileEtag = (content: string | Buffer): string => `"${hash('sha256', content, 'base64url').slice(0, 27)}"`;

export const servedFile = (path: string, content: string | Buffer): ServedFile => ({
  path,
  content,
  etag: fileEtag(content),
});

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.atom': 'application/atom+xml; charset=utf-8',
};

/** Sends a file with its ETag, and 304 where the caller has it. What is anybody's may be kept, and is asked for again. */
export function sendFile(
  request: RondaRequest,
  reply: FastifyReply,
  { path, content, etag }: ServedFile,
  isPublic: boolean,
): StreamableFile | undefined {
  reply.header('etag', etag);
  if (isPublic) reply.header('cache-control', 'public, no-cache');
  if (isNotModified(request.headers['if-none-match'], etag)) {
    reply.code(304);
    return undefined;
  }
  return new StreamableFile(Buffer.from(content), { type: TYPES[extname(path)] ?? 'text/plain; charset=utf-8' });
}
