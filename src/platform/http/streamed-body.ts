import { PassThrough, finished } from 'node:stream';
import type { Readable } from 'node:stream';
import { SetMetadata } from '@nestjs/common';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { Problem } from '../../kernel/problem.js';
import { FILE_LIMIT_BYTES } from './file-body.js';
import { sendProblem } from './problem.filter.js';
import type { RondaRequest } from './request.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media type whose bodies the route reads by itself, as they come. */
    streams?: StreamedType;
  }
}

export const NDJSON = 'application/x-ndjson';
/** A file, whatever is in it. */
export const BYTES = 'application/octet-stream';
type StreamedType = typeof NDJSON | typeof BYTES;

/** How long a body that is read whole may take to arrive. */
const BODY_WITHIN_MS = 300_000;

/** Lets a route read bodies of one media type as they come, of any length. Others it answers with 415. */
export const Streamed = (mediaType: StreamedType): MethodDecorator =>
  SetMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { streams: mediaType });

/** Whether its body is a stream of lines, of any length and with a name of its own. */
export const isStreamed = (handler: object): boolean => configOf(handler)?.streams === NDJSON;

const configOf = (handler: object): FastifyContextConfig | undefined =>
  Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined;

/**
 * Hands lines and bytes over unread, to the routes that ask for them; lines also whole, to those that take them as a file.
 */
export function takeStreams(server: FastifyInstance): void {
  for (const type of [NDJSON, BYTES])
    server.addContentTypeParser(type, (request, payload, done) => {
      const { streams, files } = request.routeOptions.config;
      if (streams === type) done(null, apart(payload));
      else if (files?.includes(type)) readWhole(apart(payload)).then((body) => done(null, body), done);
      else done(notTaken('Send the body as application/json.'));
    });
}

/**
 * A stream that may be left before its end. The request itself may not: nothing more would be read of it, and whoever
 * sends on would have its connection cut before the answer.
 */
function apart(payload: Readable): Readable {
  const body = payload.pipe(new PassThrough());
  // Whoever reads it hears of it; nobody may have begun to.
  body.on('error', () => undefined);
  finished(payload, { writable: false }, (error) => {
    if (error) body.destroy(error);
  });
  return body;
}

async function readWhole(payload: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FILE_LIMIT_BYTES)
      throw new Problem('too-large', 413, 'The body is too large', 'A file may hold 16 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The body of a route that is `Streamed`.
 * @throws Problem 415 where it is of another type, or encoded.
 */
export function streamOf(request: RondaRequest): Readable {
  const { body, headers } = request;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw notTaken('Send the body without a Content-Encoding.');
  if (isStream(body)) return body;
  throw notTaken(`Send the body as ${request.routeOptions.config.streams ?? NDJSON}.`);
}

/** Turns away a request whose body is read whole and does not arrive: else a few bytes an hour would hold a connection. */
export function limitTime(server: FastifyInstance, withinMs = BODY_WITHIN_MS): void {
  server.addHook('preParsing', (request, reply, payload, done) => {
    const { headers, raw } = request;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (hasBody && request.routeOptions.config.streams === undefined) {
      const late = setTimeout(() => {
        sendProblem(reply.header('connection', 'close'), tooSlow(), request.id);
        reply.raw.once('finish', () => raw.destroy());
      }, withinMs);
      late.unref();
      const inTime = (): void => clearTimeout(late);
      raw.once('end', inTime).once('close', inTime);
    }
    done(null, payload);
  });
}

const tooSlow = (): Problem =>
  new Problem('request-timeout', 408, 'The request took too long', 'The request did not arrive in time.');

const isStream = (body: unknown): body is Readable =>
  typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function';

const notTaken = (detail: string): Problem =>
  new Problem('unsupported-media-type', 415, 'Unsupported media type', detail);
