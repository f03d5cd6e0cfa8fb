import { createHash } from 'node:crypto';
import type pg from 'pg';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import type { Api, Caller } from '../support/api.js';
import { tokenOf, uuidOf } from '../support/cast.js';
import type { Cast, Player } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { bodies } from './bodies.js';
import { routes } from './routes.js';
import type { RouteRule } from './routes.js';
import { openSession } from './sessions.js';

/** Who asks a route, and what of. */
export interface Subject {
  /** The token that is shown; none where nobody has to sign in. */
  token: string | null;
  /** What the parameters of its path are filled with, in their order. */
  ids: string[];
}

const ALONE = ['sg.analyst', 'sg.coordinator', 'sg.second', 'sg.admin', 'jp.analyst', 'bank.analyst', 'telco.analyst'];

/** A new record of its own for each route, so that what one request does to it is no matter to those of another. */
export class Subjects {
  private count = 0;
  private shared!: { incident: string; observable: string; scenario: string; group: string; subscription: string };
  private alone = 0;

  constructor(
    private readonly api: Api,
    private readonly cast: Cast,
    private readonly superuser: pg.Pool,
  ) {}

  async open(): Promise<void> {
    this.shared = {
      incident: await this.incident(),
      observable: '',
      scenario: await this.made('vn.organiser', 'scenarios', { document: exampleScenario }),
      group: await this.group(),
      subscription: await this.made('vn.coordinator', 'subscriptions', {
        name: 'Of all',
        filters: { class: ['fraud'] },
      }),
    };
    const { body } = await this.as('vn.coordinator').get(`incidents/${this.shared.incident}/observables`).expect(200);
    this.shared.observable = body.items[0].id as string;
  }

  /** Ids in a sound body, by the name of the member that holds them: what is there instead of what an example names. */
  idFor(member: string): string | undefined {
    const th = this.stage('th');
    const { incident, observable, scenario, group, subscription } = this.shared;
    const known: Record<string, string> = {
      ...{
        organisation: th,
        organisations: this.stage('bank'),
        members: th,
        team: th,
        teams: th,
        parent: this.stage('id'),
        jointWith: th,
      },
      ...{ user: this.player('th.coordinator').id, userId: this.player('id.analyst').id },
      ...{ incident, incidents: incident, sources: incident, observable, scenario, group, subscription },
    };
    return known[member];
  }

  /** What a route is asked of, made now. */
  async of(route: string): Promise<Subject> {
    const rule = routes.find((each) => each.route === route);
    if (!rule) throw new Error(`${route} has no rule in test/access/routes.ts`);
    if (rule.who === 'anyone') return { token: null, ids: [uuidOf('nothing')] };
    if (rule.who === 'link') return { token: await this.link(route), ids: [] };
    const { player } = await openSession(
      this.superuser,
      this.player(this.callerOf(route, rule.who)),
      `session ${++this.count}`,
    );
    return { token: player.token, ids: route.includes('/:') ? await this.idsOf(route) : [] };
  }

  /** Who changes its own account or organisation is nobody whom another route is asked by. */
  private callerOf(route: string, who: RouteRule['who']): string {
    if (who === 'self' || who === 'enrolment') return ALONE[this.alone++ % ALONE.length] as string;
    if (who === 'region:admin') return 'secretariat.admin';
    if (who === 'organisation:admin') return route === 'PATCH /api/v1/organisations/:id' ? 'my.admin' : 'id.admin';
    const steers = who === 'exercises:organise' || /\/exercises\/:id\/(?!inbox|naming)/.test(route);
    return steers ? 'vn.organiser' : 'vn.coordinator';
  }

  private async idsOf(route: string): Promise<string[]> {
    const path = route.replace(/^\w+ \/(api\/v1\/)?/, '');
    const vn = this.stage('vn');
    const th = this.stage('th');
    const is = (pattern: RegExp): boolean => pattern.test(path);
    const own = this.stage('id');
    if (is(/^organisations\/:id\/users\/:userId/)) return [own, this.player('id.second').id];
    if (is(/^organisations\/:id\/contacts\/:entryId/)) {
      const contact = bodies['POST /api/v1/organisations/:id/contacts'];
      return [own, await this.made('id.admin', `organisations/${own}/contacts`, contact)];
    }
    // Once it is handed over, nobody else here is of the secretariat.
    if (is(/^organisations\/:id\/secretariat/)) return [uuidOf('no organisation')];
    if (route === 'PATCH /api/v1/organisations/:id') return [this.stage('my')];
    if (is(/^organisations\/:id\/(designation|sponsorships)/)) return [this.stage('la')];
    if (is(/^organisations\/:id\/suspension/)) return [th];
    if (is(/^organisations\/:id\/reinstatement/)) return [this.stage('ph')];
    if (is(/^organisations/)) return [own];
    if (is(/^comms-checks/)) return [await this.made('secretariat.admin', 'comms-checks', { kind: 'surprise' })];
    if (is(/^sharing-groups\/:id\/members\/:/)) return [await this.group(), th];
    if (is(/^sharing-groups/)) return [await this.group()];
    if (is(/^requests\/:id\/answer$/)) return [await this.request('th.coordinator', vn)];
    if (is(/^requests/)) return [await this.request('vn.coordinator', th)];
    if (is(/^tombstones/)) return [await this.recalled()];
    if (is(/^incidents\/:id\/(receipts|feedback|quarantine|request-wider-sharing|pass-on$)/))
      return [await this.received()];
    if (is(/^incidents\/:id\/submit/)) return [await this.made('vn.coordinator', 'incidents', filing())];
    if (is(/^incidents\/:id\/comments\/:/)) {
      const id = await this.incident();
      return [id, await this.made('vn.coordinator', `incidents/${id}/comments`, { body: 'Seen.' })];
    }
    if (is(/^(incidents|misp\/(events|objects\/add|attributes\/add|eventReports))/)) return [await this.incident()];
    if (is(/^misp\/(attributes|objects|sightings)/)) return [await this.attribute()];
    if (is(/^imports\/mappings/)) return [await this.mapping()];
    if (is(/^subscriptions/))
      return [await this.made('vn.coordinator', 'subscriptions', bodies['POST /api/v1/subscriptions'])];
    if (is(/^webhooks/)) return [await this.made('vn.coordinator', 'webhooks', bodies['POST /api/v1/webhooks'])];
    if (is(/^advisories/)) return [await this.advisory(), uuidOf('no change')];
    if (is(/^scenarios/)) return [await this.made('vn.organiser', 'scenarios', { document: exampleScenario })];
    if (is(/^exercises/)) return [await this.exercise(!is(/\/(teams|comparison)$/))];
    if (is(/^taxii2/)) return [vn, `incident--${await this.incident()}`];
    throw new Error(`Teach test/access/subjects.ts what ${route} is asked of`);
  }

  private as = (name: string): Caller => this.api.as(this.player(name));
  private player = (name: string): Player => this.cast[name] as Player;
  private stage = (name: string): string => (this.cast.stages[name] as { id: string }).id;

  private async made(who: string, path: string, body?: object): Promise<string> {
    return (await this.as(who).post(path, body).expect(201)).body.id as string;
  }

  private async incident(): Promise<string> {
    const observables = [{ type: 'domain', value: 'bad.example' }];
    return (await submitted(this.as('vn.coordinator'), { observables, externalReferences: [] })).id;
  }

  /** Thailand's, released to Viet Nam. */
  private async received(): Promise<string> {
    const { id } = await submitted(this.as('th.coordinator'), { externalReferences: [] });
    await this.as('th.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: this.stage('vn') }]))
      .expect(200);
    return id;
  }

  private async recalled(): Promise<string> {
    const id = await this.received();
    await this.as('vn.coordinator').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
    await this.as('th.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
    return id;
  }

  private request(who: string, organisation: string): Promise<string> {
    return this.made(who, 'requests', { ...bodies['POST /api/v1/requests'], to: { organisation } });
  }

  private group(): Promise<string> {
    return this.made('vn.coordinator', 'sharing-groups', {
      name: `Group ${++this.count}`,
      purpose: 'To share.',
      members: [this.stage('th')],
    });
  }

  private mapping(): Promise<string> {
    return this.made('vn.coordinator', 'imports/mappings', {
      name: `Mapping ${++this.count}`,
      columns: { Judul: 'title' },
    });
  }

  private advisory(): Promise<string> {
    const audience = [{ organisation: this.stage('th') }];
    return this.made('vn.coordinator', 'advisories', { ...bodies['POST /api/v1/advisories'], audience });
  }

  private async attribute(): Promise<string> {
    const { body } = await this.as('vn.coordinator')
      .get(`/misp/events/view/${await this.incident()}`)
      .expect(200);
    return body.Event.Attribute[0].uuid as string;
  }

  private async exercise(isRunning: boolean): Promise<string> {
    const id = await this.made('vn.organiser', 'exercises', {
      title: 'Monsoon',
      scenario: this.shared.scenario,
      teams: (isRunning ? ['vn', 'th'] : ['vn']).map((name) => ({
        organisation: this.stage(name),
        roles: ['national-cert'],
      })),
    });
    if (isRunning) await this.as('vn.organiser').post(`exercises/${id}/start`).expect(200);
    return id;
  }

  /** To an account of Thailand's, for what the route does with it. */
  private async link(route: string): Promise<string> {
    const { key, organisation } = this.player('th.second');
    const token = tokenOf(`link for ${route}`).replace('ronda_key_', 'ronda_link_');
    await this.superuser.query(
      `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at)
       values ($1, 'link', $2, $3, $4, $5, '2026-01-01', '2100-01-01')`,
      [
        uuidOf(token),
        route.includes('/auth/reset') ? 'password-reset' : 'invitation',
        key,
        organisation.key,
        createHash('sha256').update(token).digest(),
      ],
    );
    return token;
  }
}
