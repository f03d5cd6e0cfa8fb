import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { completeDocument } from './openapi.operations.js';
import type { RouteFacts } from './openapi.operations.js';
import { isStreamed } from './streamed-body.js';
import { takesFiles } from './file-body.js';
import { VersionedInterceptor } from './versioned.interceptor.js';

/** What each group of routes is about, by its `@ApiTags`. One without a sentence here fails the linter. */
const tags: Record<string, string> = {
  'Sign-in': 'Passwords, second factors and sessions.',
  'One-time links': 'Invitations, resets and what their holders may do with them.',
  Me: 'The caller: account, sessions and API keys.',
  Users: 'The accounts of an organisation.',
  Organisations: 'Members, partners and constituents: how they are admitted, and how they stand.',
  Directory: 'Whom to reach: contacts, duty, and who answers for a network.',
  'Sharing groups': 'Circles that members found, and whose every newcomer begins a new epoch.',
  Requests:
    'What one CERT asks of another, or of a sharing group. Voluntary cooperation between CERTs: it is not legal process, and no evidence is transferred by it.',
  'Comms checks': 'Whether the 24/7 contacts answer, tried on schedule and by surprise.',
  Exercises: 'Drills: scenarios, and runs of them that are played on the product itself, in a space of their own.',
  Ledger: 'What happened, as leaves of a Merkle tree that grows by fixed steps: for everybody to check, offline too.',
  Events: 'What you are told as it happens: a stream, what your organisation watches for, and where it is sent.',
  Imports: 'Spreadsheets and STIX in, and how an organisation’s own sheets are read.',
  MISP: 'What clients of MISP ask and send, in its shapes and by the same rule; an API key is their key.',
  Incidents: 'From filing through release to the readers and what they answer.',
  Advisories: 'From draft through review to publication: who is invited, who approves, who reads it and since when.',
  CSAF: 'Each issuer as a trusted provider of CSAF 2.0: what is public for anybody, the rest for who may read it.',
  Public: 'What anybody may read without an account.',
  Search: 'Incidents by what they say, in the scripts of the region.',
  TAXII:
    'TAXII 2.1: what is released, by audience, as STIX. Paths are taken with and without the slash that the standard ends them with.',
  Observables: 'What records say that machines can look for: found in a text, looked up, correlated, sighted.',
};

/**
 * The OpenAPI 3.1 document of an application, which need be neither initialised nor connected to anything.
 * Summaries, descriptions and examples come from JSDoc through the compiler's plugin: only a build by `nest build` has them.
 */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Ronda')
    .setDescription('The platform on which the national CERTs of a region share incidents and advisories.')
    .setVersion('1')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token or an API key.' }, 'bearer')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'Any user name, an API key as password.' }, 'basic');
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  const facts = new Map<string, RouteFacts>();
  for (const controller of controllersOf(app)) collectFacts(controller, facts);
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: operationIdOf });
  delete document.info.contact;
  completeDocument(document, (operationId) => {
    const found = facts.get(operationId);
    // What a route does not declare, the guard refuses; the document does not promise it either.
    if (!found) throw new Error(`${operationId} declares no access`);
    return found;
  });
  return document;
}

/** `IncidentsController.file` is `incidents.file`. */
const operationIdOf = (controller: string, method: string): string => {
  const name = controller.replace(/Controller$/, '');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.${method}`;
};

const controllersOf = (app: NestFastifyApplication): Type[] =>
  [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map((wrapper) => wrapper.metatype as Type),
  );

function collectFacts(controller: Type, facts: Map<string, RouteFacts>): void {
  const prototype = controller.prototype as Record<string, object>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name];
    if (!handler) continue;
    const access = Reflect.getMetadata(ACCESS, handler) as Access | undefined;
    if (!access) continue;
    const interceptors = [controller, handler].flatMap(
      (target) => (Reflect.getMetadata(INTERCEPTORS_METADATA, target) as unknown[] | undefined) ?? [],
    );
    facts.set(operationIdOf(controller.name, name), {
      access,
      isVersioned: interceptors.includes(VersionedInterceptor),
      isStreamed: isStreamed(handler),
      takesFiles: takesFiles(handler),
    });
  }
}
