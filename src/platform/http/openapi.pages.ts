import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { buildOpenApi } from './openapi.js';

const DOCUMENT = '/api/openapi.json';
const PAGE = '/api/docs';

/** Swagger UI brings its own scripts and styles, and a style of its page inline. Nothing comes from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The document, and the page that shows it. Both are made when they are first asked for. */
export function serveOpenApi(app: NestFastifyApplication, server: FastifyInstance): void {
  let document: OpenAPIObject | undefined;
  let text: string | undefined;
  const build = (): OpenAPIObject => (document ??= buildOpenApi(app));

  server.get(DOCUMENT, (_request, reply) =>
    reply
      .header('cache-control', 'no-cache')
      .type('application/json; charset=utf-8')
      .send((text ??= JSON.stringify(build()))),
  );
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (request.url.startsWith(PAGE)) reply.header('content-security-policy', POLICY);
    done();
  });
  SwaggerModule.setup(PAGE.slice(1), app, build, {
    raw: false,
    customSiteTitle: 'Ronda API',
    // The badge of a validator elsewhere would send the document there.
    swaggerOptions: { validatorUrl: null, persistAuthorization: false, docExpansion: 'list', tagsSorter: 'alpha' },
    customCss: '.topbar { display: none }',
  });
}
