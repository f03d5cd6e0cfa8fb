import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { ACCESS } from '../../src/platform/http/access.js';
import type { Access } from '../../src/platform/http/access.js';
import type { RouteRule } from './routes.js';

/** A route as a controller declares it. */
export interface DeclaredRoute {
  /** `GET /api/v1/incidents/:id`. */
  route: string;
  /** `IncidentsController.read`. */
  handler: string;
  access: Access | undefined;
}

/** Every route that a controller of the app declares, with what it demands of its caller. */
export function declaredRoutes(app: INestApplication): DeclaredRoute[] {
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer, { strict: false }).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as Type),
  );
  return controllers.flatMap((controller) =>
    scanner.getAllMethodNames(controller.prototype as object).flatMap((name): DeclaredRoute[] => {
      const handler = (controller.prototype as Record<string, object>)[name] as object;
      const paths = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
      if (paths === undefined) return [];
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
      const prefixes = Reflect.getMetadata(PATH_METADATA, controller) as string | string[];
      return [prefixes].flat().flatMap((prefix) =>
        [paths].flat().map((path) => ({
          route: `${RequestMethod[method]} ${joined(prefix, path)}`,
          handler: `${controller.name}.${name}`,
          access: Reflect.getMetadata(ACCESS, handler) as Access | undefined,
        })),
      );
    }),
  );
}

const joined = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

/** Collects what Fastify serves from now on, whoever registers it: `GET /health/live`. */
export function watchRoutes(server: FastifyInstance): Set<string> {
  const served = new Set<string>();
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) served.add(`${each} ${url}`);
  });
  return served;
}

/** Where the rules and the running app say different things, in words. */
export function disagreements(
  rules: readonly RouteRule[],
  declared: readonly DeclaredRoute[],
  served: ReadonlySet<string>,
): string[] {
  const ruleOf = new Map(rules.map((each) => [each.route, each]));
  const declaredBy = new Map(declared.map((each) => [each.route, each]));
  const twice = rules.map(({ route }) => route).filter((route, index, all) => all.indexOf(route) !== index);
  const withoutRule = [...new Set([...served, ...declaredBy.keys()])].filter(
    (route) => !ruleOf.has(route) && !ruleOf.has(route.replace(/^HEAD /, 'GET ')),
  );
  return [
    ...twice.map((route) => `${route} has two rules`),
    ...withoutRule.map((route) => `${route} has no rule in test/access/routes.ts`),
    ...declared
      .filter(({ access }) => !access)
      .map(({ route, handler }) => `${route} (${handler}) declares no @Access`),
    ...rules.flatMap((rule) => differences(rule, declaredBy.get(rule.route), served)),
  ];
}

function differences(rule: RouteRule, route: DeclaredRoute | undefined, served: ReadonlySet<string>): string[] {
  const { route: name, isDocument } = rule;
  if (!served.has(name)) return [`${name} has a rule and is not served`];
  const holdsIds = name.includes('/:');
  const ids =
    holdsIds === (rule.unseen !== null) ? [] : [`${name}: the rule and the path differ on whether it holds ids`];
  if (isDocument) return route ? [`${name} is said to be a document and has a controller`] : ids;
  if (!route) return [`${name} has a rule and no controller`];
  const mode = route.access?.mode ?? (name.startsWith('GET ') ? 'read' : 'write');
  return [
    ...ids,
    ...(route.access && route.access.who !== rule.who
      ? [`${name} is for ${rule.who} by its rule, and for ${route.access.who} by its @Access`]
      : []),
    ...(mode === rule.mode ? [] : [`${name} is a ${rule.mode} by its rule, and a ${mode} by its @Access`]),
  ];
}
