import { discover, emptyPool } from './pools.js';
import type { Pool } from './pools.js';
import type { Reader } from './readers.js';
import { Script } from './script.js';
import type { Ask, Memory } from './script.js';
import { KINDS } from './secrets.js';
import type { Secret } from './secrets.js';
import { Plot, tellStory } from './story.js';
import type { Moment, Props } from './story.js';
import { Teller } from './teller.js';
import type { Json } from './teller.js';
import { headerOf, jsonOf } from './wire.js';
import type { Answer, Call } from './wire.js';
import { BEGINNING, PASSWORD, World } from './world.js';
import type { Plant } from './world.js';

/** A request that the two worlds, or a hidden and an absent id, answered differently. */
export interface Difference {
  between: 'the worlds' | 'hidden and absent';
  ask: Ask;
  call: Call;
  answers: [Answer, Answer];
}

/** One world in which the secrets happened and one in which they did not, and a reader who asks both the same. */
export class Pair {
  private count = 0;
  private readonly memories: [Memory, Memory] = [newMemory(), newMemory()];
  private readonly asked: { ask: Ask; call: Call; answer: Answer }[] = [];
  private readonly atTheDoor: Difference[] = [];
  private readonly turnedAway = new Map<string, number>();
  /** How often both worlds were asked. */
  asks = 0;
  readonly statuses = new Map<string, Set<number>>();
  private meanwhile: (() => Promise<void>)[] = [];

  private constructor(
    readonly reader: Reader,
    private readonly worlds: readonly [World, World],
    private readonly plot: Plot,
    private readonly hiddenTeller: Teller,
    readonly visible: Pool,
    readonly hidden: Pool,
  ) {}

  /** Lets everything happen up to the reader's first request. */
  static async open(reader: Reader, secrets: readonly Secret[], plant: Plant = {}): Promise<Pair> {
    const [one, other] = await Promise.allSettled([World.open(plant), World.open(plant)]);
    if (one.status === 'rejected' || other.status === 'rejected') {
      for (const each of [one, other]) if (each.status === 'fulfilled') await each.value.close();
      throw [one, other].find((each) => each.status === 'rejected')?.reason;
    }
    const worlds = [one.value, other.value] as const;
    try {
      const hidden = emptyPool();
      const plots = [new Plot(), new Plot()] as const;
      const teller = new Teller(worlds[1], 'hidden', plots[1].unseen);
      const touched = new Set<string>();
      let meanwhile: (() => Promise<void>)[] = [];
      const pause = async (moment: Moment, props: Props): Promise<void> => {
        for (const secret of secrets.filter((each) => each.moment === moment)) {
          await KINDS[secret.kind]!.tell(
            {
              teller,
              reader,
              props,
              touched,
              hide: (kind, id, parent = '') => hidden[kind].push({ id, parent }),
              pick: (from, n = 0) => from[n % from.length]!,
            },
            secret.n,
          );
        }
      };
      const [props] = await Promise.all([
        tellStory(new Teller(worlds[0], 'story', plots[0].next), plots[0], async () => undefined),
        tellStory(new Teller(worlds[1], 'story', plots[1].next), plots[1], pause),
      ]);
      meanwhile = secrets
        .filter(({ moment }) => moment === 'meanwhile')
        .map((secret) => async () => {
          const stage = {
            teller,
            reader,
            props,
            touched,
            hide: () => undefined,
            pick: <T>(from: readonly T[], n = 0): T => from[n % from.length]!,
          };
          // The reader may have changed what the secret needs: then it does not happen.
          await KINDS[secret.kind]!.tell(stage, secret.n).catch(() => undefined);
        });
      const pair = new Pair(reader, worlds, plots[1], teller, emptyPool(), hidden);
      pair.meanwhile = meanwhile;
      await pair.prepare();
      return pair;
    } catch (error) {
      await Promise.all(worlds.map((world) => world.close()));
      throw error;
    }
  }

  get script(): Script {
    const [world] = this.worlds;
    const routes = world.routes.filter(({ url }) => url.startsWith('/api/v1/'));
    return new Script(routes, this.visible, this.hidden, this.hiddenTeller, this.reader.player);
  }

  /** What happened in one world alone, a line a request. */
  get told(): readonly string[] {
    return this.hiddenTeller.told;
  }

  /**
   * Asks both worlds, in step.
   * @param most differences to look for.
   */
  async drive(asks: readonly Ask[], most = 20): Promise<Difference[]> {
    const differences = [...this.atTheDoor];
    const every = Math.ceil(asks.length / (this.meanwhile.length + 1));
    for (const [index, ask] of asks.entries()) {
      if (differences.length >= most) return differences;
      if (index > 0 && index % every === 0) await this.meanwhile.shift()?.();
      const difference = await this.both(ask);
      if (difference) differences.push(difference);
    }
    return [...differences, ...this.hiddenAndAbsent()].slice(0, most);
  }

  async close(): Promise<void> {
    await Promise.all(this.worlds.map((world) => world.close()));
  }

  /** Signs in, and looks around: in both worlds, for what is learnt there is compared like everything else. */
  private async prepare(): Promise<void> {
    const { player } = this.reader;
    if (player !== null) {
      const [organisation, role] = player.split('.');
      const path = '/api/v1/auth/login';
      const call = (): Call => ({
        method: 'POST',
        path,
        body: { email: `${role}@${organisation}.example`, password: PASSWORD },
      });
      const route = { method: 'POST', url: path };
      const ask: Ask = {
        route,
        pattern: 'signs in',
        role: 'none',
        ids: [],
        call,
        credential: 'nobody',
        keep: { session: 'accessToken', refresh: 'refreshToken' },
      };
      const difference = await this.both(ask);
      if (difference) this.atTheDoor.push(difference);
    }
    const found = await discover(
      async (path) => (await this.answers({ method: 'GET', path: `/api/v1/${path}` }, undefined))[0],
    );
    for (const kind of Object.keys(found) as (keyof Pool)[]) this.visible[kind].push(...found[kind]);
    for (const kind of ['incident', 'group', 'organisation', 'user', 'comment', 'link'] as const) {
      const seen = new Set(this.visible[kind].map(({ id }) => id));
      const both = this.hidden[kind].find(({ id }) => seen.has(id));
      if (both) throw new Error(`${this.reader.player ?? 'nobody'} sees ${kind} ${both.id}, which was to be hidden`);
    }
  }

  private async both(ask: Ask): Promise<Difference | null> {
    for (const memory of this.memories) memory.at = this.nextAt;
    const calls = this.memories.map((memory) => ask.call(memory)) as [Call | undefined, Call | undefined];
    const [call] = calls;
    if (!call || !calls[1] || this.isBarred(ask)) return null;
    const answers = await this.answers(calls as [Call, Call], ask.credential);
    for (const [index, answer] of answers.entries()) learn(this.memories[index]!, ask, calls[index]!, answer);
    const route = `${ask.route.method} ${ask.route.url}`;
    this.statuses.set(route, (this.statuses.get(route) ?? new Set()).add(answers[0].status));
    this.asked.push({ ask, call, answer: answers[1] });
    this.note(ask, answers);
    return isSame(...answers) ? null : { between: 'the worlds', ask, call, answers };
  }

  /** Whether the guard has turned the reader away from the route often enough: it looks at no id. */
  private isBarred({ route, credential }: Ask): boolean {
    return (this.turnedAway.get(`${credential} ${route.method} ${route.url}`) ?? 0) >= 3;
  }

  private note({ route, credential }: Ask, answers: [Answer, Answer]): void {
    const key = `${credential} ${route.method} ${route.url}`;
    const isGuard = answers.every(({ body }) =>
      /urn:ronda:problem:unauthenticated|needs the permission|takes a one-time link/.test(body),
    );
    this.turnedAway.set(key, isGuard ? (this.turnedAway.get(key) ?? 0) + 1 : 0);
    this.asks += 1;
  }

  /** The reader's own session lasts an hour. */
  private get nextAt(): Date {
    return new Date(this.plot.unseen().getTime() + (this.count + 1) * 200);
  }

  private async answers(call: Call | [Call, Call], credential: Ask['credential']): Promise<[Answer, Answer]> {
    const { player } = this.reader;
    const at = this.nextAt;
    this.count += 1;
    return (await Promise.all(
      this.worlds.map((world, index) => {
        const { kept } = this.memories[index]!;
        const token =
          credential === 'nobody'
            ? null
            : credential
              ? (kept.get(credential) ?? null)
              : player === null
                ? null
                : world.cast[player]!.token;
        const caller = { name: player ?? 'nobody', token };
        return world.send(
          `reader-${String(this.count).padStart(6, '0')}`,
          new Date(at),
          caller,
          Array.isArray(call) ? call[index]! : call,
        );
      }),
    )) as [Answer, Answer];
  }

  /** In the world that has secrets: whatever was asked with a hidden id was answered as with an absent one. */
  private hiddenAndAbsent(): Difference[] {
    const differences: Difference[] = [];
    const absent = new Map<string, Answer>();
    for (const { ask, call, answer } of this.asked)
      if (ask.role === 'absent') absent.set(keyOf(ask, call), normal(answer, ask.ids));
    for (const { ask, call, answer } of this.asked) {
      if (ask.role !== 'hidden') continue;
      const twin = absent.get(keyOf(ask, call));
      // A part of the script may leave the absent one out.
      if (!twin) continue;
      const answers: [Answer, Answer] = [twin, normal(answer, ask.ids)];
      if (!isSame(...answers)) differences.push({ between: 'hidden and absent', ask, call, answers });
    }
    return differences;
  }
}

const newMemory = (): Memory => ({ etags: new Map(), kept: new Map(), at: BEGINNING });

const keyOf = (ask: Ask, call: Call): string =>
  `${ask.credential ?? ''} ${ask.pattern} ${call.headers?.['if-match'] === undefined ? '' : 'if-match'}`;

/** What the caller sent is taken out, and the allowance, which gets less with every request. */
function normal({ status, headers, body }: Answer, ids: readonly string[]): Answer {
  const taken = (text: string): string =>
    ids
      .reduce((left, id) => left.replaceAll(id, '«id»'), text)
      .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"«request»"');
  return {
    status,
    headers: headers.filter((header) => !/^(x-request-id|ratelimit):/i.test(header)).map(taken),
    body: taken(body),
  };
}

const isSame = (one: Answer, other: Answer): boolean => textOf(one) === textOf(other);
const textOf = ({ status, headers, body }: Answer): string => [status, ...headers, '', body].join('\n');

function learn(memory: Memory, ask: Ask, call: Call, answer: Answer): void {
  const etag = headerOf(answer, 'etag');
  if (etag !== undefined && call.method === 'GET') memory.etags.set(call.path, etag);
  const json = jsonOf(answer);
  if ('next' in json)
    memory.kept.set(`next of ${call.path.split('?', 1)[0]}`, typeof json.next === 'string' ? json.next : '');
  if (answer.status >= 300) return;
  for (const [name, path] of Object.entries(ask.keep ?? {})) {
    const value = path.split('.').reduce<unknown>((at, step) => (at as Json | null | undefined)?.[step], json);
    if (typeof value === 'string') memory.kept.set(name, value);
  }
}
