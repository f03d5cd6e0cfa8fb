import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hash } from '@node-rs/argon2';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import pg from 'pg';
import { RelayEvents } from '../../src/modules/events/index.js';
import { SequenceLedger } from '../../src/modules/ledger/index.js';
import { IntegrateBatch } from '../../src/modules/ledger/integrate-batch.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { FixedClock } from '../support/fixed-clock.js';
import { SeededChance } from '../support/seeded-chance.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { Wire } from './wire.js';
import type { Answer, Call } from './wire.js';

/** Everybody's password. */
export const PASSWORD = 'three lanterns over the river';
/** What a player of the cast signs in with. */
export const emailOf = (player: string): string => player.split('.').reverse().join('@') + '.example';
export const BEGINNING = new Date('2026-11-20T02:00:00.000Z');

/** A hole made on purpose: what it does to the database before, and to the product's providers once they are made. */
export interface Plant {
  sql?: string;
  wrap?: (app: NestFastifyApplication, superuser: pg.Client) => void;
  /** Draws all ids under one label. */
  isChanceShared?: boolean;
}

/** What a server answers to, and who is calling. */
export interface Caller {
  /** Of the cast, or an address of its own for whoever is nobody yet. */
  name: string;
  token: string | null;
}

let passwordHash: Promise<string> | undefined;

/**
 * One region on a server and a database of its own. Ids are drawn under the id of the request that they are drawn for,
 * and the clock stands where it is set: two worlds in which the same requests were made hold the same ids and times,
 * whatever else was done in one of them.
 */
export class World {
  /** Routes in the order in which they were declared. */
  readonly routes: { method: string; url: string }[] = [];

  private constructor(
    readonly cast: Cast,
    readonly clock: FixedClock,
    readonly superuser: pg.Client,
    private readonly database: TestDatabase,
    private readonly chance: SeededChance,
  ) {}

  /** In both worlds the same things have the same names, so each has a folder of its own. */
  private readonly files = mkdtempSync(path.join(tmpdir(), 'ronda-world-'));
  private server!: TestApp;
  private wire!: Wire;

  static async open(plant: Plant = {}): Promise<World> {
    const database = await createTestDatabase();
    const cast = await assembleCast(database.superuserUrl);
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    // Cheap to verify; what it costs to verify a password is tested elsewhere.
    passwordHash ??= hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });
    await superuser.query(
      `insert into ronda.user_secret (user_key, password_hash) select key, $1 from ronda.user_account`,
      [await passwordHash],
    );
    if (plant.sql !== undefined) await superuser.query(plant.sql);

    const chance = new SeededChance('two worlds');
    const world = new World(cast, new FixedClock(BEGINNING), superuser, database, chance);
    world.server = await startTestApp(database, {
      clock: world.clock,
      chance,
      trustProxy: 1,
      files: { place: { folder: world.files }, limitBytes: 1024 * 1024 },
      site: { url: 'https://ronda.example', securityContact: 'mailto:security@ronda.example' },
      prepare: (app) => {
        const server: FastifyInstance = app.getHttpAdapter().getInstance();
        server.addHook('onRoute', ({ method, url }) => {
          for (const each of [method].flat()) if (each !== 'HEAD') world.routes.push({ method: each, url });
        });
        // Behind the body: reading it leaves the context that a hook before it would have made.
        server.addHook('preHandler', (request: FastifyRequest, _reply: FastifyReply, done: () => void) =>
          chance.under(plant.isChanceShared ? 'everybody' : request.id, done),
        );
        // One space after the other: how many there are moves no draw of another.
        const [batches, work] = [app.get(IntegrateBatch, { strict: false }), app.get(UnitOfWork, { strict: false })];
        const integrate = batches.run.bind(batches);
        batches.run = (isLate) => chance.under(`ledger of ${work.space}`, () => integrate(isLate));
        plant.wrap?.(app, superuser);
      },
    });
    world.wire = new Wire(world.server.url);
    return world;
  }

  /** @param id of the request, under which everything it needs is drawn. */
  async send(id: string, at: Date, caller: Caller, call: Call): Promise<Answer> {
    this.clock.set(at);
    // The worker relays each second; here it does before anybody looks.
    if (call.path.startsWith('/api/v1/events')) await this.server.app.get(RelayEvents).run();
    return this.wire.send({
      ...call,
      headers: {
        'x-request-id': id,
        'x-forwarded-for': addressOf(caller.name),
        ...(caller.token !== null && { authorization: `Bearer ${caller.token}` }),
        ...call.headers,
      },
    });
  }

  /**
   * Ids of the organisations that a release of the record was ever made to, by its name, by a person of it, by a word or by a
   * group that it was in; and of the constituent that filed it. From the releases, not from what was read.
   */
  async reachedBy(record: string): Promise<ReadonlySet<string>> {
    const { rows } = await this.superuser.query<{ id: string }>(
      `select o.id from ronda.incident i join ronda.organisation o on true
         left join ronda.organisation cert on cert.key = o.parent_key
         cross join lateral (select array(select unnest(r.principals) from ronda.release r where r.space = i.space
           and r.record_kind = 'incident' and r.record_key = i.key and r.status in ('released', 'superseded')) as named) released
        where i.id = $1 and (o.key = i.filer_key or o.key = any (named) or 1 = any (named)
          or o.kind in ('national-cert', 'regional-body') and named && array[2, 3]
          or o.kind not in ('national-cert', 'regional-body') and cert.relay_green and named && array[5, 6]
          or exists (select from ronda.user_account u where u.org_key = o.key and u.key = any (named))
          or exists (select from ronda.group_membership m join ronda.group_epoch e on e.group_key = m.group_key
            and e.epoch >= m.joined_epoch where m.org_key = o.key and e.principal_key = any (named)))`,
      [record],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Of real life, what the ledger's next batch has to hold. */
  async waiting(): Promise<number> {
    const { rows } = await this.superuser.query<{ waiting: number }>(
      'select count(*)::int as waiting from ronda.outbox where space = 0',
    );
    return rows[0]!.waiting;
  }

  /**
   * Lets the ledger's cadence come round: what happened until then is in it.
   * @param besides what happened to others, in both worlds alike.
   */
  async integrate(at: Date, besides: number): Promise<void> {
    await this.superuser.query(
      `insert into ronda.outbox (space, id, type, version, occurred_at, payload)
       select 0, gen_random_uuid(), 'region.busy', 1, $1, '{}' from generate_series(1, $2::int)`,
      [at, besides],
    );
    this.clock.set(at);
    await this.server.app.get(SequenceLedger).run();
  }

  async close(): Promise<void> {
    this.wire.close();
    await this.server.close();
    await this.superuser.end();
    await this.database.drop();
    this.chance.end();
    rmSync(this.files, { recursive: true });
  }
}

/** Everybody calls from a network of their own: limits are kept by it, and whoever shares one shares them. */
function addressOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.charCodeAt(0)) % 60_000;
  return `10.${sum >> 8}.${sum & 255}.7`;
}
