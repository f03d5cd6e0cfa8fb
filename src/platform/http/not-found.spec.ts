import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { KnownRoutes } from './not-found.js';
import { sendProblem } from './problem.filter.js';

describe('a request that no route takes', () => {
  let server: FastifyInstance;

  beforeAll(() => {
    const routes = new KnownRoutes();
    server = fastify();
    routes.watch(server);
    server.get('/things', () => 'all');
    server.post('/things', () => 'made');
    server.get('/things/:id', () => 'one');
    server.delete('/things/:id', () => 'gone');
    server.get('/things/:id.json', () => 'one');
    server.get('/files/*', () => 'file');
    server.setNotFoundHandler((request, reply) => sendProblem(reply, routes.problemFor(request), request.id));
  });
  afterAll(() => server.close());

  it.each([
    ['GET', '/nothing'],
    ['GET', '/things/1/parts'],
    ['POST', '/'],
    ['DELETE', '/thingsXjson'],
  ] as const)('%s %s gets the one 404', async (method, url) => {
    const answer = await server.inject({ method, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toEqual({
      type: 'urn:ronda:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing here that you may see.',
      requestId: expect.any(String),
    });
  });

  it.each([
    ['DELETE', '/things?x=1', 'GET, HEAD, POST'],
    ['PUT', '/things/7', 'DELETE, GET, HEAD'],
    ['POST', '/files/a/b', 'GET, HEAD'],
  ] as const)('%s %s hears which methods are taken', async (method, url, allow) => {
    const answer = await server.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json()).toMatchObject({ type: 'urn:ronda:problem:method-not-allowed' });
  });
});
