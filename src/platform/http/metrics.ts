import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Connections; `waiting` counts requests that wait for one. */
export type PoolCounts = Record<'total' | 'idle' | 'waiting', number>;

/** What an operator may know of the service: times and counts, by route template. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly underWay = new Set<FastifyRequest>();
  private readonly observers = new Map<string, (seconds: number) => void>();
  private readonly duration = new Histogram({
    name: 'ronda_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const { underWay } = this;
    new Gauge({
      name: 'ronda_http_requests_in_flight',
      help: 'Requests that wait for their answer.',
      registers: [this.registry],
      collect() {
        this.set(underWay.size);
      },
    });
  }

  /** Measures every request of a server, also those that no route takes. */
  watchServer(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      this.underWay.add(request);
      done();
    });
    server.addHook('onResponse', (request, reply, done) => {
      this.underWay.delete(request);
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      this.observer(request.method, route, `${Math.floor(reply.statusCode / 100)}xx`)(reply.elapsedTime / 1000);
      done();
    });
  }

  /** Shows a database pool's connections, asked for each time the metrics are read. */
  watchPool(counts: () => PoolCounts): void {
    new Gauge({
      name: 'ronda_database_connections',
      help: 'Connections of the database pool, and requests that wait for one.',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        for (const [state, count] of Object.entries(counts())) this.set({ state }, count);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  /** Kept by series, so that no request pays for hashing labels. */
  private observer(method: string, route: string, status: string): (seconds: number) => void {
    const key = `${method} ${route} ${status}`;
    let observe = this.observers.get(key);
    if (!observe) {
      const series = this.duration.labels(method, route, status);
      this.observers.set(key, (observe = (seconds) => series.observe(seconds)));
    }
    return observe;
  }
}
