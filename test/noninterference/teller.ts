import { uuidOf } from '../support/cast.js';
import { filing, release } from '../support/filings.js';
import type { Answer } from './wire.js';
import { headerOf, jsonOf } from './wire.js';
import type { World } from './world.js';

export type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Lets the players of one world act, each request under an id that says where in the plot it stands. */
export class Teller {
  private count = 0;
  /** One line a request, to show what a world was made of. */
  readonly told: string[] = [];

  /**
   * @param name begins the id of every request.
   * @param now when the next request is made; asked once for each.
   */
  constructor(
    readonly world: World,
    private readonly name: string,
    private readonly now: () => Date,
  ) {}

  async ask(
    player: string,
    method: string,
    path: string,
    body?: object | string,
    options: { ifMatch?: string; key?: string; token?: string | null; exercise?: string } = {},
  ): Promise<Answer> {
    const token = options.token === undefined ? this.world.cast[player]!.token : options.token;
    const answer = await this.world.send(
      `${this.name}-${(this.count += 1)}`,
      this.now(),
      { name: player, token },
      {
        method,
        path: path.startsWith('/') ? path : `/api/v1/${path}`,
        body,
        headers: {
          ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
          ...(options.key !== undefined && { 'idempotency-key': options.key }),
          ...(options.exercise !== undefined && { 'x-ronda-exercise': options.exercise }),
        },
      },
    );
    this.told.push(
      `${this.now().toISOString()} ${player} ${method} ${path}${body ? ` ${JSON.stringify(body)}` : ''} -> ${answer.status}`,
    );
    return answer;
  }

  private async done(
    player: string,
    method: string,
    path: string,
    body?: object | string,
    options?: Parameters<Teller['ask']>[4],
  ): Promise<Json> {
    const answer = await this.ask(player, method, path, body, options);
    if (answer.status >= 300)
      throw new Error(`${player} ${method} ${path} ${JSON.stringify(body)} -> ${answer.status} ${answer.body}`);
    return jsonOf(answer);
  }

  post(player: string, path: string, body?: object, options?: Parameters<Teller['ask']>[4]): Promise<Json> {
    return this.done(player, 'POST', path, body, options);
  }

  async patch(player: string, path: string, body: object): Promise<Json> {
    return this.done(player, 'PATCH', path, body, { ifMatch: await this.etag(player, path) });
  }

  async put(player: string, path: string, body: object): Promise<Json> {
    return this.done(player, 'PUT', path, body, { ifMatch: await this.etag(player, path) });
  }

  async remove(player: string, path: string): Promise<void> {
    await this.done(player, 'DELETE', path, undefined, { ifMatch: await this.etag(player, path) });
  }

  /** Attaches a file to a record. */
  attach(player: string, id: string, name: string, text: string, more: { audience?: string } = {}): Promise<Json> {
    const query = new URLSearchParams({ name, ...more }).toString();
    return this.done(player, 'POST', `incidents/${id}/attachments?${query}`, text);
  }

  /** @returns the id of what was filed. */
  async file(player: string, content: object): Promise<string> {
    return (await this.post(player, 'incidents', filing(content))).id as string;
  }

  async submitted(player: string, content: object): Promise<string> {
    const id = await this.file(player, content);
    await this.post(player, `incidents/${id}/submit`);
    return id;
  }

  /** Says that the first observable of a record was seen. */
  async sight(player: string, id: string, more: object = {}): Promise<{ id: string; observable: string }> {
    const { items } = jsonOf(await this.ask(player, 'GET', `incidents/${id}/observables`));
    const observable = String((items as Json[])[0]?.id);
    const body = { observable, kind: 'seen', at: '2026-11-20T01:00:00Z', ...more };
    const made = await this.post(player, `incidents/${id}/sightings`, body);
    return { id: String(made.id), observable };
  }

  /** A dead letter of a webhook, of the newest event: that it is given up takes four days, which no story lasts. */
  async letter(webhookId: string): Promise<string> {
    const id = uuidOf(`letter of ${webhookId}`);
    await this.world.superuser.query(
      `insert into ronda.webhook_delivery (space, owner_key, id, webhook_key, event_key, type, state, attempts, planned_at, ended_at)
       select w.space, w.owner_key, $2, w.key, e.key, 'incident.changed', 'dead', 10, w.created_at, w.created_at
         from ronda.webhook w cross join lateral (select e.key from ronda.event e where e.space = w.space order by e.key desc limit 1) e
        where w.id = $1`,
      [webhookId, id],
    );
    return id;
  }

  /** @param second who confirms, where two are needed. */
  async release(player: string, id: string, tlp: string, audience: unknown[], second?: string): Promise<void> {
    await this.post(player, `incidents/${id}/release`, release(tlp, audience));
    if (second !== undefined) await this.post(second, `incidents/${id}/release/confirm`);
  }

  organisation(name: string): string {
    return this.world.cast.stages[name]!.id;
  }

  user(name: string): string {
    return this.world.cast[name]!.id;
  }

  private async etag(player: string, path: string): Promise<string> {
    return headerOf(await this.ask(player, 'GET', path), 'etag') ?? '';
  }
}
