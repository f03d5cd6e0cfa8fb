import { Injectable } from '@nestjs/common';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Connections; `waiting` counts requests that wait for one. */
export type PoolCounts = Record<'total' | 'idle' | 'waiting', number>;

/** What an operator may know of the service: times and counts, by route template. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly observers = new Map<string, (seconds: number) => void>();
  private underWay = 0;
  private readonly duration = new Histogram({
    name: 'ronda_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('ronda_http_requests_in_flight', 'Requests that wait for their answer.', () => this.underWay);
  }

  requestBegan(): void {
    this.underWay += 1;
  }

  /** @param route its template; undefined where no route took the request. */
  requestEnded(method: string, route: string | undefined, status: number, seconds: number): void {
    this.underWay -= 1;
    // Kept by series, so that no request pays for hashing its labels twice.
    const key = `${method} ${route} ${status}`;
    let observe = this.observers.get(key);
    if (!observe) {
      const series = this.duration.labels(method, route ?? 'none', `${Math.floor(status / 100)}xx`);
      this.observers.set(key, (observe = (seconds) => series.observe(seconds)));
    }
    observe(seconds);
  }

  /** Shows a number that is asked for each time the metrics are read. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Shows a database pool's connections, likewise. */
  watchPool(counts: () => PoolCounts): void {
    this.gauge('ronda_database_connections', 'Connections of the pool.', () => counts().total);
    this.gauge('ronda_database_connections_idle', 'Connections of the pool that nobody uses.', () => counts().idle);
    this.gauge('ronda_database_waiting', 'Requests that wait for a connection.', () => counts().waiting);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }
}
