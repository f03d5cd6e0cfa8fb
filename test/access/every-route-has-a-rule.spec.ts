import { Controller, Get, Module, Post, SetMetadata } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { SystemChance } from '../../src/kernel/chance.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { ACCESS } from '../../src/platform/http/access.js';
import { configureHttp, createHttpAdapter } from '../../src/platform/http/configure-http.js';
import { Api } from '../support/api.js';
import { assembleCast, uuidOf } from '../support/cast.js';
import type { Cast, Player } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { FixedClock } from '../support/fixed-clock.js';
import { createTestDatabase } from '../support/test-database.js';
import { declaredRoutes, disagreements, watchRoutes } from './app-routes.js';
import type { DeclaredRoute } from './app-routes.js';
import { bodies, queries, requestOf } from './bodies.js';
import { Client } from './client.js';
import type { Answer } from './client.js';
import { roleGives } from './rules.js';
import { openSession } from './sessions.js';
import { routes } from './routes.js';
import type { RouteRule } from './routes.js';
import { Keyring } from '../../src/platform/secrets/keyring.js';

/** What a hurried hand might write. */
@Controller('planted')
class PlantedController {
  @Get('open')
  forgotten(): string {
    return 'secret';
  }

  @Post('open')
  forgottenWrite(): string {
    return 'secret';
  }

  @Get('unknown')
  @SetMetadata(ACCESS, { who: 'everything:please' })
  unknownPermission(): string {
    return 'secret';
  }

  @Get('empty')
  @SetMetadata(ACCESS, {})
  empty(): string {
    return 'secret';
  }
}

@Module({})
class PlantedModule {
  static around(product: DynamicModule): DynamicModule {
    return { module: PlantedModule, imports: [product], controllers: [PlantedController] };
  }
}

const ABSENT = '11111111-1111-4111-8111-111111111111';

describe('every route', () => {
  let app: NestFastifyApplication;
  let cast: Cast;
  let client: Client;
  let superuser: pg.Client;
  let served: Set<string>;
  let declared: DeclaredRoute[];

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const chance = new SystemChance();
    const adapter = createHttpAdapter({ trustProxy: false, chance });
    served = watchRoutes(adapter.getInstance());
    const product = AppModule.forRoot({
      database: { url: database.serviceUrl, poolSize: 4 },
      http: { rateLimitPerMinute: 1_000_000, loginLimitPerMinute: 1_000_000 },
      region: loadRegion(),
      originNode: 'test',
      keyring: new Keyring([Buffer.alloc(32, 7)]),
      clock: new FixedClock(),
      chance,
    });
    app = await NestFactory.create<NestFastifyApplication>(PlantedModule.around(product), adapter, {
      logger: false,
      abortOnError: false,
    });
    configureHttp(app, { log: pino({ level: 'silent' }) });
    await app.listen(0, '127.0.0.1');
    client = new Client(await app.getUrl());
    declared = declaredRoutes(app);
  });
  afterAll(async () => {
    client.close();
    await superuser.end();
    await app.close();
  });

  const ask = (method: string, path: string, player: Player | null, body?: object): Promise<Answer> =>
    client.ask({ method, path, body, authorization: player ? `Bearer ${player.token}` : undefined });

  describe('has a rule', () => {
    it('and each rule a route that says the same', () => {
      const planted = (text: string): boolean => text.includes('/planted/');
      expect(disagreements(routes, declared, served).filter((each) => !planted(each))).toEqual([]);
    });

    it('or the build fails: a route without one is named, whether or not it declares who may', () => {
      expect(disagreements(routes, declared, served).filter((each) => each.includes('/planted/'))).toEqual(
        expect.arrayContaining([
          'GET /planted/open has no rule in test/access/routes.ts',
          'POST /planted/open has no rule in test/access/routes.ts',
          'GET /planted/unknown has no rule in test/access/routes.ts',
          'GET /planted/open (PlantedController.forgotten) declares no @Access',
        ]),
      );
    });

    it('or the build fails: a rule without a route, and one that says something else, are named', () => {
      const [first, second, ...rest] = routes as [RouteRule, RouteRule, ...RouteRule[]];
      const wrong: RouteRule[] = [
        { ...first, who: 'self' },
        { ...second, mode: 'write' },
        { ...first, route: 'GET /nowhere' },
        { ...first, route: 'GET /api/v1/incidents/:id', unseen: null },
        ...rest.filter(({ route }) => route !== 'GET /api/v1/incidents/:id'),
      ];
      const named = disagreements(wrong, declared, served).filter((each) => !each.includes('/planted/'));
      expect(named).toEqual([
        `${first.route} is for self by its rule, and for anyone by its @Access`,
        `${second.route} is a write by its rule, and a read by its @Access`,
        'GET /nowhere has a rule and is not served',
        'GET /api/v1/incidents/:id: the rule and the path differ on whether it holds ids',
        'GET /api/v1/incidents/:id is for anyone by its rule, and for incidents:read by its @Access',
      ]);
    });

    it('demands nothing that no role gives', () => {
      const given = new Set(Object.values(roleGives).flat());
      const faults = routes.filter(({ who }) => !['anyone', 'link', 'enrolment'].includes(who) && !given.has(who));
      expect(faults).toEqual([]);
    });

    it('and no body is kept here for a route that is gone', () => {
      const known = new Set(routes.map(({ route }) => route));
      expect([...Object.keys(bodies), ...Object.keys(queries)].filter((route) => !known.has(route))).toEqual([]);
    });
  });

  describe('that declares nothing', () => {
    it.each([
      ['GET', '/planted/open'],
      ['POST', '/planted/open'],
      ['HEAD', '/planted/open'],
    ])('is refused to everybody: %s %s', async (method, path) => {
      for (const player of [null, cast['vn.coordinator']!, cast['secretariat.admin']!]) {
        const { status, body } = await ask(method, path, player);
        expect(status).toBe(403);
        expect(JSON.stringify(body)).not.toContain('secret');
      }
    });

    it('is refused too where it names what is no permission, or nobody', async () => {
      for (const path of ['/planted/unknown', '/planted/empty']) {
        for (const player of ['vn.coordinator', 'vn.admin', 'secretariat.admin'].map((name) => cast[name]!))
          expect([path, player.name, (await ask('GET', path, player)).status]).toEqual([path, player.name, 403]);
        expect((await ask('GET', path, null)).status).toBe(401);
      }
    });
  });

  it('answers HEAD as it answers GET: the guard stands before both', async () => {
    for (const { route, isDocument } of routes) {
      if (!route.startsWith('GET ') || isDocument) continue;
      const { path } = requestOf(route, () => ABSENT);
      for (const player of [null, cast['vn.admin']!])
        expect([route, (await ask('HEAD', path, player)).status]).toEqual([
          route,
          (await ask('GET', path, player)).status,
        ]);
    }
  });

  it('asks for nothing where its rule says anyone, and for a credential everywhere else', async () => {
    for (const { route, who, isDocument } of routes) {
      // There is none of planted routes that declare nothing.
      if (isDocument) continue;
      const { method, path, body } = requestOf(route, () => ABSENT);
      const answer = await ask(method, path, null, body);
      const isTurnedAway = answer.status === 401 && answer.body.type === 'urn:ronda:problem:unauthenticated';
      expect([route, isTurnedAway]).toEqual([route, who !== 'anyone']);
      expect([route, answer.status < 500]).toEqual([route, true]);
    }
  });

  describe('with ids', () => {
    /** Ids by the parameter of the path: of what is there and the caller may not see, or sees elsewhere. */
    interface Ids {
      /** By the collection before the first parameter. */
      first: Record<string, string>;
      second: Record<string, string>;
    }
    let visible: Ids['first'];
    let callers: Record<'admin' | 'coordinator' | 'organiser' | 'secretariat', Player>;
    let hidden: Ids;

    beforeAll(async () => {
      const api = new Api(await app.getUrl());
      const vn = api.as(cast['vn.coordinator']!);
      const th = api.as(cast['th.coordinator']!);
      const sessionOf = (name: string): ReturnType<typeof openSession> => openSession(superuser, cast[name]!);
      callers = {
        admin: (await sessionOf('vn.admin')).player,
        coordinator: (await sessionOf('vn.coordinator')).player,
        organiser: (await sessionOf('vn.organiser')).player,
        secretariat: (await sessionOf('secretariat.admin')).player,
      };
      const mine = await submitted(vn);
      await vn
        .post(`incidents/${mine.id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
        .expect(200);
      const aside = await th
        .post(`incidents/${mine.id}/comments`, { body: 'Among us.', audience: 'organisation' })
        .expect(201);
      const theirs = await th
        .post('incidents', filing({ observables: [{ type: 'domain', value: 'theirs.example' }] }))
        .expect(201);
      const [observable] = (await th.get(`incidents/${theirs.body.id}/observables`).expect(200)).body.items;
      const sighting = await th
        .post(`incidents/${theirs.body.id}/sightings`, {
          observable: observable.id,
          kind: 'seen',
          at: '2026-11-20T00:00:00Z',
        })
        .expect(201);
      const attachment = await th
        .post(`incidents/${theirs.body.id}/attachments?name=theirs.txt`)
        .set('content-type', 'application/octet-stream')
        .send('Theirs.')
        .expect(201);
      const others = await th.post('incidents', filing()).expect(201);
      const link = await th
        .post(`incidents/${theirs.body.id}/related`, { incident: others.body.id, kind: 'related' })
        .expect(201);
      const group = (who: typeof vn) =>
        who.post('sharing-groups', { name: 'A few', purpose: 'To share.', members: [] });
      const contact = await api
        .as(cast['th.admin']!)
        .post(`organisations/${cast.stages.th!.id}/contacts`, bodies['POST /api/v1/organisations/:id/contacts'])
        .expect(201);
      const mapping = await th.post('imports/mappings', { name: 'Ours', columns: { Judul: 'title' } }).expect(201);
      const request = await th
        .post('requests', { ...bodies['POST /api/v1/requests'], to: { organisation: cast.stages.sg!.id } })
        .expect(201);
      // Of the cast, Viet Nam alone has an organiser.
      const sg = cast['sg.analyst']!;
      await superuser.query(`update ronda.user_account set roles = roles || '{organiser}' where key = $1`, [sg.key]);
      await superuser.query(
        `update ronda.credential set scopes = scopes || array['exercises:organise', 'exercises:write'] where user_key = $1`,
        [sg.key],
      );
      const scenario = await api.as(sg).post('scenarios', bodies['POST /api/v1/scenarios']).expect(201);
      const exercise = await api
        .as(sg)
        .post('exercises', {
          title: 'Theirs',
          scenario: scenario.body.id,
          teams: [{ organisation: cast.stages.th!.id, roles: ['national-cert'] }],
        })
        .expect(201);
      const askedBack = await submitted(th);
      await th
        .post(`incidents/${askedBack.id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.sg!.id }]))
        .expect(200);
      await api
        .as(cast['sg.analyst']!)
        .post(`incidents/${askedBack.id}/receipts`, { kind: 'acknowledged' })
        .expect(200);
      await th.post(`incidents/${askedBack.id}/recall`, { reason: 'error' }).expect(200);
      // Hidden from Viet Nam: what Malaysia passed on and asked of a record that both read.
      const both = await submitted(th);
      await th
        .post(
          `incidents/${both.id}/release`,
          release('TLP:AMBER', [{ organisation: cast.stages.vn!.id }, { organisation: cast.stages.my!.id }]),
        )
        .expect(200);
      const my = api.as(cast['my.coordinator']!);
      const passed = await my
        .post(`incidents/${both.id}/pass-on`, { organisations: [cast.stages.telco!.id], tellOriginator: false })
        .expect(200);
      const asked = await my
        .post(`incidents/${both.id}/request-wider-sharing`, {
          audience: [{ organisation: cast.stages.sg!.id }],
          reason: 'Others are hit.',
        })
        .expect(200);
      const check = await api
        .as(cast['secretariat.admin']!)
        .post('comms-checks', { kind: 'surprise', opensAt: '2027-01-01T00:00:00Z' })
        .expect(201);
      const theirGroup = (await group(th).expect(201)).body.id as string;
      const theirCollections = (await th.get('/taxii2/live/collections').expect(200)).body.collections as {
        id: string;
        can_write: boolean;
      }[];
      const sent = await th
        .request('post', `/taxii2/live/collections/${theirCollections.find((each) => each.can_write)!.id}/objects`)
        .set('content-type', 'application/taxii+json;version=2.1')
        .send(JSON.stringify(bodies['POST /taxii2/live/collections/:id/objects']))
        .expect(202);
      const subscription = await th.post('subscriptions', bodies['POST /api/v1/subscriptions']).expect(201);
      const hookOf = async (who: typeof vn): Promise<string> =>
        (await who.post('webhooks', bodies['POST /api/v1/webhooks']).expect(201)).body.id as string;
      const theirHook = await hookOf(th);
      const delivery = uuidOf('a delivery of theirs');
      await superuser.query(
        `insert into ronda.webhook_delivery (space, owner_key, id, webhook_key, event_key, type, state, attempts, planned_at, ended_at)
         select w.space, w.owner_key, $2, w.key, (select max(key) from ronda.event), 'incident.changed', 'dead', 10, w.created_at, w.created_at
           from ronda.webhook w where w.id = $1`,
        [theirHook, delivery],
      );
      const advised = async (who: typeof vn): Promise<string> =>
        (
          await who
            .post('advisories', {
              ...bodies['POST /api/v1/advisories'],
              audience: [{ organisation: cast.stages.sg!.id }],
            })
            .expect(201)
        ).body.id as string;
      const theirAdvisory = await advised(th);
      await th.post(`advisories/${theirAdvisory}/submit`, {}).expect(200);
      await th.post(`advisories/${theirAdvisory}/invitations`, { organisation: cast.stages.sg!.id }).expect(200);
      const review = await api
        .as(cast['sg.coordinator']!)
        .post(`advisories/${theirAdvisory}/request-changes`, { changes: [{ body: 'Say since when.' }] })
        .expect(200);
      const theirReview = review.body.review as { invitations: { id: string }[]; changes: { id: string }[] };
      visible = {
        incidents: mine.id,
        advisories: await advised(vn),
        webhooks: await hookOf(vn),
        'sharing-groups': (await group(vn).expect(201)).body.id as string,
        organisations: cast.stages.vn!.id,
        collections: cast.stages.vn!.id,
      };
      hidden = {
        first: {
          incidents: theirs.body.id as string,
          // MISP's paths name what is done before the id.
          ...Object.fromEntries(
            ['add', 'edit', 'view', 'publish', 'alert', 'delete', 'unpublish', 'freeTextImport', 'index'].map(
              (verb) => [verb, theirs.body.id as string],
            ),
          ),
          'sharing-groups': (await group(th).expect(201)).body.id as string,
          organisations: cast.stages.telco!.id,
          csaf: cast.stages.telco!.id,
          'api-keys': uuidOf('key th.analyst'),
          mappings: mapping.body.id as string,
          subscriptions: subscription.body.id as string,
          webhooks: theirHook,
          requests: request.body.id as string,
          'comms-checks': check.body.id as string,
          tombstones: askedBack.id,
          collections: theirGroup,
          status: sent.body.id as string,
          advisories: theirAdvisory,
          scenarios: scenario.body.id as string,
          exercises: exercise.body.id as string,
          sessions: (await sessionOf('th.analyst')).id,
        },
        second: {
          attachment: attachment.body.id as string,
          change: theirReview.changes[0]!.id,
          comment: aside.body.id as string,
          delivery,
          invitation: theirReview.invitations[0]?.id ?? uuidOf('an invitation of theirs'),
          link: link.body.id as string,
          passOn: passed.body.items[0].id as string,
          request: asked.body.id as string,
          sighting: sighting.body.id as string,
          userId: cast['telco.analyst']!.id,
          organisationId: cast.stages.telco!.id,
          objectId: `incident--${theirs.body.id}`,
          entryId: contact.body.id as string,
        },
      };
    });

    const callerFor = ({ who }: RouteRule): Player =>
      callers[
        who === 'region:admin'
          ? 'secretariat'
          : who === 'organisation:admin'
            ? 'admin'
            : who === 'exercises:organise'
              ? 'organiser'
              : 'coordinator'
      ];
    const collectionOf = (route: string): string => /([\w-]+)\/:/.exec(route)?.[1] ?? '';

    it('answers alike, and as its rule says, to what is hidden and to what is absent', async () => {
      for (const rule of routes.filter(({ unseen }) => unseen !== null)) {
        const { route, unseen, who } = rule;
        const collection = collectionOf(route);
        const [, second] = route.match(/:\w+/g) ?? [];
        const answer = async (first: string, next = ABSENT): Promise<unknown> => {
          let isFirst = true;
          const request = requestOf(route, () => {
            const id = isFirst ? first : next;
            isFirst = false;
            return id;
          });
          const { status, body } = await ask(request.method, request.path, callerFor(rule), request.body);
          return { route, status, body: { ...body, requestId: null } };
        };
        const absent = await answer(ABSENT);
        expect(absent).toMatchObject({ route, status: unseen });
        expect(await answer('not-an-id')).toEqual(absent);
        // The secretariat registers organisations, so it sees them all.
        const hiddenFirst = hidden.first[collection];
        expect([route, hiddenFirst]).toEqual([route, expect.any(String)]);
        if (who !== 'region:admin') expect(await answer(hiddenFirst!)).toEqual(absent);
        if (second === undefined) continue;
        const parent = visible[collection]!;
        expect(await answer(parent)).toEqual(absent);
        expect(await answer(parent, hidden.second[second.slice(1)])).toEqual(absent);
        expect(await answer(hiddenFirst!, hidden.second[second.slice(1)])).toEqual(absent);
      }
    });
  });
});
