import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import passport from 'passport';
import type { Actor } from '../../../kernel/actor.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Authenticator } from './authenticator.js';
import { isToken } from './tokens.js';

const AUTHENTICATOR = Symbol('ronda.authenticator');

/** How an actor is found from an Authorization header, or null where the header is not of that kind. */
type Find = (
  authorization: string,
  find: (token: string) => Promise<Actor | null>,
  url: string,
) => Promise<Actor | null> | null;

/** An access token, an API key or a one-time link. @see RFC 6750 §2.1 */
const bearer: Find = (authorization, actorOf) => {
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  return token === undefined ? null : actorOf(token);
};

/** Any user name, an API key as the password, and nothing else. @see RFC 7617 */
const basic: Find = (authorization, actorOf) => {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const [, key] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return key !== undefined && isToken(key, 'api-key') ? actorOf(key) : null;
};

/** MISP's clients send an API key without any scheme. Under its own paths alone: elsewhere that is no credential. */
const mispKey: Find = (authorization, actorOf, url) =>
  url.startsWith('/misp/') && isToken(authorization, 'api-key') ? actorOf(authorization) : null;

/**
 * Passport's shape of one way to sign in. Passport keeps its strategies once per process, but a process may hold two
 * servers (tests do), so each request's server brings its own Authenticator.
 */
class HeaderStrategy extends passport.Strategy {
  constructor(
    override readonly name: string,
    readonly find: Find,
  ) {
    super();
  }

  override authenticate(this: passport.StrategyCreated<this>, request: unknown): void {
    const { headers, server, mayAssume, url } = request as RondaRequest;
    const authenticator = server.getDecorator<Authenticator>(AUTHENTICATOR);
    const found = this.find(
      headers.authorization ?? '',
      (token) => authenticator.actorOf(token, mayAssume === true),
      url,
    );
    if (!found) {
      this.fail(401);
      return;
    }
    found.then(
      (actor: Actor | null) => (actor ? this.success(actor) : this.fail(401)),
      (error: unknown) => this.error(error),
    );
  }
}

passport.use(new HeaderStrategy('bearer', bearer));
passport.use(new HeaderStrategy('basic', basic));
passport.use(new HeaderStrategy('misp-key', mispKey));

/** Gives the HTTP server, where there is one, what the strategies ask. */
@Injectable()
export class RegisterAuthenticator implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authenticator: Authenticator,
  ) {}

  onModuleInit(): void {
    // A worker without HTTP has no adapter.
    const adapter = this.adapterHost.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    adapter?.getInstance<FastifyInstance>().decorate(AUTHENTICATOR, this.authenticator);
  }
}
