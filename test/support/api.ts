import supertest from 'supertest';
import type { Player } from './cast.js';

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete' | 'head';

/** Requests as a player, through real HTTP. */
export class Api {
  constructor(private readonly url: string) {}

  as(player: Player | null): Caller {
    return new Caller(this.url, player?.token ?? null);
  }

  withToken(token: string): Caller {
    return new Caller(this.url, token);
  }
}

export class Caller {
  constructor(
    private readonly url: string,
    private readonly token: string | null,
  ) {}

  request(method: Method, path: string): supertest.Test {
    const request = supertest(this.url)[method](path.startsWith('/') ? path : `/api/v1/${path}`);
    return this.token === null ? request : request.set('authorization', `Bearer ${this.token}`);
  }

  get(path: string): supertest.Test {
    return this.request('get', path);
  }

  post(path: string, body?: object): supertest.Test {
    const request = this.request('post', path);
    return body === undefined ? request : request.send(body);
  }

  /** Reads the current ETag first where none is given. */
  /** Without If-Match where none is given. */
  put(path: string, body: object, ifMatch?: string): supertest.Test {
    const request = this.request('put', path);
    return (ifMatch === undefined ? request : request.set('if-match', ifMatch)).send(body);
  }

  async patch(path: string, body: object, ifMatch?: string): Promise<supertest.Response> {
    const etag = ifMatch ?? String((await this.get(path)).headers.etag);
    return this.request('patch', path).set('if-match', etag).send(body);
  }

  async delete(path: string, ifMatch?: string): Promise<supertest.Response> {
    const etag = ifMatch ?? String((await this.get(path)).headers.etag);
    return this.request('delete', path).set('if-match', etag);
  }
}
