import { SetMetadata } from '@nestjs/common';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../kernel/problem.js';
import type { RondaRequest } from './request.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types whose bodies the route takes as a file. */
    files?: readonly string[];
    /** Takes JSON as large as a file may be. */
    hasLargeJson?: boolean;
  }
}

export const CSV = 'text/csv';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const STIX = 'application/stix+json';
export const TAXII = 'application/taxii+json';

/** Of a route that takes files: it gets the bytes, and not what is in them. */
export const JSON_FILE = 'application/json';

/** Far more than the rows that are filed at once. */
export const FILE_LIMIT_BYTES = 16 * 1024 * 1024;

/** Lets a route take files of these types, whole, up to 16 MiB. */
export const TakesFiles = (...mediaTypes: string[]): MethodDecorator =>
  SetMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { files: mediaTypes });

/** Lets a route take JSON up to 16 MiB, with as much in it as a file of JSON may hold. */
export const TakesLargeJson = (): MethodDecorator => SetMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { hasLargeJson: true });

/** Whether a route takes files instead of JSON. */
export const takesFiles = (handler: object): boolean =>
  (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined)?.files !==
  undefined;

/** Whether a request's route takes bodies of such a type as files. */
export const isFile = (request: FastifyRequest, mediaType: string): boolean =>
  request.routeOptions.config.files?.includes(mediaType) ?? false;

/** Hands a file over as it came, to the routes that ask for it. */
export function takeFiles(server: FastifyInstance): void {
  // A limit of the route goes before that of its body's type, which for JSON is of what is parsed.
  server.addHook('onRoute', (route) => {
    if (route.config?.hasLargeJson || route.config?.files?.includes(JSON_FILE)) route.bodyLimit = FILE_LIMIT_BYTES;
  });
  for (const type of [CSV, XLSX, STIX, TAXII])
    server.addContentTypeParser<Buffer>(
      type,
      { parseAs: 'buffer', bodyLimit: FILE_LIMIT_BYTES },
      (request, body, done) => {
        if (isFile(request, type)) done(null, body);
        else done(notTaken('Send the body as application/json.'));
      },
    );
}

/**
 * The file that was sent to a route that `TakesFiles`.
 * @throws Problem 415 where there is none, or one of another type.
 */
export function fileOf({ body, headers, routeOptions }: RondaRequest): { bytes: Buffer; mediaType: string } {
  const taken = routeOptions.config.files ?? [];
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (Buffer.isBuffer(body) && taken.includes(mediaType)) return { bytes: body, mediaType };
  throw notTaken(`Send the file as ${taken.join(' or ')}.`);
}

/** Sent as what the route, or what is asked of it, does not take. */
export const notTaken = (detail: string): Problem =>
  new Problem('unsupported-media-type', 415, 'Unsupported media type', detail);
