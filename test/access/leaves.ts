import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from '../noninterference/world.js';
import type { Answer } from '../noninterference/wire.js';
import type { RouteRule } from './routes.js';

/** Types of the events that a route left for the ledger, whenever it had done what it was asked. */
export type Seen = Map<string, Set<string>>;

/** That a record was read on the way. It says nothing of what was done to it. */
const OF_READING = new Set(['receipt.delivered', 'receipt.opened']);

/** Watches a world: what each request that was done leaves for the ledger. They are made one after the other there. */
export class LeafWatch {
  readonly seen: Seen = new Map();
  /** How many leaves there were in all. */
  left = 0;
  private readonly routed = new Map<string, string>();

  /** Before the server listens: a request says by its id which route it came to. */
  hear(server: FastifyInstance): void {
    server.addHook('preHandler', (request: FastifyRequest, _: FastifyReply, done: () => void) => {
      this.routed.set(request.id, `${request.method} ${request.routeOptions.url}`);
      done();
    });
  }

  watch(world: World): void {
    const send = world.send.bind(world);
    world.send = async (id, ...rest): Promise<Answer> => {
      const before = await this.newest(world);
      const answer = await send(id, ...rest);
      const route = this.routed.get(id);
      if (route !== undefined && answer.status < 300) await this.note(world, route, before);
      return answer;
    };
  }

  private async newest({ superuser }: World): Promise<string> {
    const { rows } = await superuser.query<{ key: string }>('select coalesce(max(key), 0) as key from ronda.outbox');
    return rows[0]!.key;
  }

  private async note({ superuser }: World, route: string, before: string): Promise<void> {
    const { rows } = await superuser.query<{ type: string }>('select type from ronda.outbox where key > $1', [before]);
    const seen = this.seen.get(route) ?? new Set();
    this.seen.set(route, seen);
    for (const { type } of rows) {
      if (OF_READING.has(type)) continue;
      seen.add(type);
      this.left += 1;
    }
  }
}

/**
 * In words, whatever keeps it from being true that every change is a leaf.
 * @param documented routes of the OpenAPI document: `POST /api/v1/incidents/:id/submit`.
 * @param exempt by route, why it leaves none.
 */
export function faultsOf(
  documented: readonly string[],
  rules: readonly RouteRule[],
  exempt: Readonly<Record<string, string>>,
  seen: Seen,
): string[] {
  const modeOf = new Map(rules.map(({ route, mode }) => [route, mode]));
  const writes = documented.filter((route) => !route.startsWith('GET ') && modeOf.get(route) !== 'read');
  // In a unit of work that reads, the database takes no change.
  const reads = documented.filter((route) => !route.startsWith('GET ') && modeOf.get(route) === 'read');
  const left = (route: string): string[] => [...(seen.get(route) ?? [])];
  return [
    ...writes
      .filter((route) => !seen.has(route))
      .map((route) => `${route} was done for nobody: teach this test, or the script of test/noninterference`),
    ...writes
      .filter((route) => seen.has(route) && left(route).length === 0 && !(route in exempt))
      .map((route) => `${route} was done and left no leaf: emit what happened, or say why not`),
    ...Object.keys(exempt)
      .filter((route) => !writes.includes(route))
      .map((route) => `${route} is exempt, and there is no such route that writes`),
    ...[...Object.keys(exempt), ...reads]
      .filter((route) => left(route).length > 0)
      .map((route) => `${route} is said to change nothing, and left ${left(route).join(', ')}`),
  ];
}
