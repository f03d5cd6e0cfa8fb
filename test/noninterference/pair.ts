import { recordOfReceipts, withoutHashes, withoutReceipts } from './declassified.js';
import { discover, emptyPool } from './pools.js';
import type { Pool } from './pools.js';
import type { Reader } from './readers.js';
import type { Route } from './routes.js';
import { Script } from './script.js';
import type { Ask, Memory } from './script.js';
import { KINDS } from './secrets.js';
import type { Secret, SecretKind, Stage } from './secrets.js';
import { SPACE_KINDS, tellInside } from './spaces.js';
import { Plot, tellStory } from './story.js';
import type { Moment, Props } from './story.js';
import { Teller } from './teller.js';
import type { Json } from './teller.js';
import { AUTHORS } from './unnamed.js';
import type { Author } from './unnamed.js';
import { headerOf, jsonOf } from './wire.js';
import type { Answer, Call } from './wire.js';
import { BEGINNING, PASSWORD, World, emailOf } from './world.js';
import type { Plant } from './world.js';

/** A request that the two worlds, or a hidden and an absent id, answered differently. */
export interface Difference {
  between: 'the worlds' | 'hidden and absent';
  ask: Ask;
  call: Call;
  answers: [Answer, Answer];
}

/** In requests of the reader, which makes five a second. */
const WHILE = 60;

/**
 * The ledger's size may tell that more than 16 or 128 things happened in ten seconds (docs/decisions/0011). Here days are one
 * tick, so as much happens besides, in both worlds, that the secrets do not make that difference. Few, where few will do:
 * each place of a batch is signed.
 */
async function integrate(worlds: readonly [World, World], at: Date): Promise<void> {
  const waiting = await Promise.all(worlds.map((world) => world.waiting()));
  const besides = Math.max(...waiting) <= 100 ? 20 : 300;
  await Promise.all(worlds.map((world) => world.integrate(at, besides)));
}

/** One world in which the secrets happened and one in which they did not, and a reader who asks both the same. */
export class Pair {
  private count = 0;
  private readonly memories: [Memory, Memory] = [newMemory(), newMemory()];
  private readonly asked: { ask: Ask; call: Call; answer: Answer }[] = [];
  private readonly atTheDoor: Difference[] = [];
  private readonly turnedAway = new Map<string, number>();
  /** Requests that were not made, because the guard had turned the reader away often enough. */
  private readonly barred = new Set<string>();
  /** By route, what was answered in either world. */
  readonly statuses = new Map<string, Set<number>>();
  private meanwhile: Secret[] = [];

  private constructor(
    readonly reader: Reader,
    private readonly worlds: readonly [World, World],
    private readonly plot: Plot,
    private readonly hiddenTeller: Teller,
    private readonly stage: Stage,
    readonly visible: Pool,
    readonly hidden: Pool,
  ) {}

  /**
   * Lets everything happen up to the reader's first request.
   * @param authors who wrote what is anonymous, in the one world and in the other.
   */
  static async open(
    reader: Reader,
    secrets: readonly Secret[],
    plant: Plant = {},
    authors: readonly [Author, Author] = [AUTHORS[0], AUTHORS[0]],
  ): Promise<Pair> {
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
      const stageOf = (props: Props): Stage => ({
        teller,
        reader,
        props,
        touched,
        hide: (kind, id, parent = '') => {
          hidden[kind].push({ id, parent });
          // A tombstone is known by the id of its record, and there is none of what never reached the reader.
          if (kind === 'incident') hidden.tombstone.push({ id, parent });
          if (kind === 'group') hidden.collection.push({ id, parent });
        },
        pick: (from, n = 0) => from[n % from.length]!,
      });
      const pause = async (moment: Moment, props: Props): Promise<void> => {
        for (const secret of secrets.filter((each) => each.moment === moment)) {
          await kindOf(secret).tell(stageOf(props), secret.n);
        }
      };
      const tellers = [
        new Teller(worlds[0], 'story', plots[0].next),
        new Teller(worlds[1], 'story', plots[1].next),
      ] as const;
      const [props] = await Promise.all([
        tellStory(tellers[0], plots[0], async () => undefined, authors[0]),
        tellStory(tellers[1], plots[1], pause, authors[1]),
      ]);
      // Whoever asks from inside an exercise finds something there.
      if (reader.inside !== undefined)
        await Promise.all(tellers.map((each) => tellInside(each, props[reader.inside!]!)));
      await integrate(worlds, plots[1].unseen());
      const pair = new Pair(reader, worlds, plots[1], teller, stageOf(props), emptyPool(), hidden);
      pair.meanwhile = secrets.filter(({ moment }) => moment === 'meanwhile');
      await pair.prepare();
      return pair;
    } catch (error) {
      await Promise.all(worlds.map((world) => world.close()));
      throw error;
    }
  }

  /** Of the product, but for the files of Swagger UI, which are the same for everybody and read no record. */
  get routes(): Route[] {
    return this.worlds[0].routes.filter(({ url }) => !url.startsWith('/api/docs/'));
  }

  get script(): Script {
    const routes = this.routes.filter(({ url }) =>
      /^\/(api\/v1|misp|taxii2|csaf|advisories|feeds|\.well-known)(\/|$)/.test(url),
    );
    return new Script(routes, this.visible, this.hidden, this.hiddenTeller, this.reader.player);
  }

  /** The id of what the story made, by the name it has there. */
  prop(name: string): string {
    const id = this.stage.props[name];
    if (id === undefined) throw new Error(`The story made nothing that is called ${name}`);
    return id;
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
      if (index > 0 && index % every === 0) {
        const secret = this.meanwhile.shift();
        // The script is written: what is hidden from now on, nobody asks for by its id.
        if (secret) await this.tell(secret, { ...this.stage, hide: () => undefined });
      }
      const difference = await this.both(ask);
      if (difference) differences.push(difference);
    }
    return [...differences, ...this.hiddenAndAbsent()].slice(0, most);
  }

  /** More happens where the reader may not look, and a while goes by: another pair of worlds, with the past of this one. */
  async goOn(secrets: readonly Secret[]): Promise<void> {
    for (const secret of secrets) await this.tell(secret, this.stage);
    // Longer than the ledger's cadence.
    this.count += WHILE;
    await integrate(this.worlds, this.nextAt);
    // What was hidden and what was absent is compared at one time alone.
    this.asked.length = 0;
  }

  /** The reader may have changed what the secret needs: then it does not happen. */
  private async tell({ kind, n }: Secret, stage: Stage): Promise<void> {
    await kindOf({ kind })
      .tell(stage, n)
      .catch((error: Error) => this.hiddenTeller.told.push(`${kind} did not happen: ${error.message}`));
  }

  async close(): Promise<void> {
    await Promise.all(this.worlds.map((world) => world.close()));
  }

  /** Signs in, and looks around: in both worlds, for what is learnt there is compared like everything else. */
  private async prepare(): Promise<void> {
    const { player } = this.reader;
    if (player !== null) {
      const path = '/api/v1/auth/login';
      const call = (): Call => ({ method: 'POST', path, body: { email: emailOf(player), password: PASSWORD } });
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
    const found = await discover((path) => this.look(path.startsWith('/') ? path : `/api/v1/${path}`));
    for (const kind of Object.keys(found) as (keyof Pool)[]) this.visible[kind].push(...found[kind]);
  }

  /** Neither of the script, nor turned away for good: what may be seen is known from it. */
  private async look(path: string): Promise<Answer> {
    const call: Call = { method: 'GET', path };
    const answers = await this.answers(call, undefined);
    if (!isSame(...answers)) {
      const route = { method: 'GET', url: 'looks around' };
      const ask: Ask = { route, pattern: path, role: 'none', ids: [], call: () => call };
      this.atTheDoor.push({ between: 'the worlds', ask, call, answers });
    }
    return answers[0];
  }

  private async both(ask: Ask): Promise<Difference | null> {
    for (const memory of this.memories) memory.at = this.nextAt;
    const calls = this.memories.map((memory) => ask.call(memory)) as [Call | undefined, Call | undefined];
    const [call] = calls;
    if (!call || !calls[1]) return null;
    if (this.isBarred(ask)) {
      this.barred.add(keyOf(ask, call));
      return null;
    }
    const answers = await this.answers(calls as [Call, Call], ask.credential);
    for (const [index, answer] of answers.entries()) learn(this.memories[index]!, ask, calls[index]!, answer);
    const route = `${ask.route.method} ${ask.route.url}`;
    const statuses = this.statuses.get(route) ?? new Set();
    this.statuses.set(route, statuses.add(answers[0].status).add(answers[1].status));
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
  }

  /** The reader's own session lasts an hour. */
  private get nextAt(): Date {
    return new Date(this.plot.unseen().getTime() + (this.count + 1) * 200);
  }

  private async answers(call: Call | [Call, Call], credential: Ask['credential']): Promise<[Answer, Answer]> {
    const { player } = this.reader;
    const at = this.nextAt;
    this.count += 1;
    const answers = (await Promise.all(
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
          this.placed(Array.isArray(call) ? call[index]! : call),
        );
      }),
    )) as [Answer, Answer];
    const { path } = Array.isArray(call) ? call[0] : call;
    if (path.startsWith('/api/v1/ledger/')) return answers.map(withoutHashes) as [Answer, Answer];
    const record = recordOfReceipts(path);
    if (record === null) return answers;
    return (await Promise.all(
      answers.map(async (answer, index) =>
        withoutReceipts(
          answer,
          await this.worlds[index]!.reachedBy(record),
          this.reader.organisation === '' ? '' : this.hiddenTeller.organisation(this.reader.organisation),
        ),
      ),
    )) as [Answer, Answer];
  }

  /** Nobody signs in to an exercise: accounts are real life's, and a request without a caller is in none. */
  private placed(call: Call): Call {
    const { inside } = this.reader;
    if (inside === undefined || call.path === '/api/v1/auth/login') return call;
    return { ...call, headers: { 'x-ronda-exercise': this.stage.props[inside]!, ...call.headers } };
  }

  /** In the world that has secrets: whatever was asked with a hidden id was answered as with an absent one. */
  private hiddenAndAbsent(): Difference[] {
    const differences: Difference[] = [];
    const absent = new Map<string, Answer>();
    for (const { ask, call, answer } of this.asked)
      if (ask.role === 'absent') absent.set(keyOf(ask, call), normal(answer, ask.ids));
    for (const { ask, call, answer } of this.asked) {
      if (ask.role !== 'hidden') continue;
      const key = keyOf(ask, call);
      const twin = absent.get(key);
      if (!twin) {
        // The guard stands before any id: what it says to a hidden one was the same in both worlds.
        if (this.barred.has(key)) continue;
        throw new Error(`Nothing absent was asked for beside ${key}: teach the script of test/noninterference`);
      }
      const answers: [Answer, Answer] = [twin, normal(answer, ask.ids)];
      if (!isSame(...answers)) differences.push({ between: 'hidden and absent', ask, call, answers });
    }
    return differences;
  }
}

const kindOf = ({ kind }: Pick<Secret, 'kind'>): SecretKind => {
  const found = KINDS[kind] ?? SPACE_KINDS[kind];
  if (!found) throw new Error(`There is no kind of secret that is called ${kind}`);
  return found;
};

export const newMemory = (): Memory => ({ etags: new Map(), kept: new Map(), at: BEGINNING });

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

export function learn(memory: Memory, ask: Ask, call: Call, answer: Answer): void {
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

/** For a person: what was asked, and where the two answers part. */
export function explain({ between, call, ask, answers: [one, other] }: Difference): string {
  const lines = (answer: Answer): string[] => [String(answer.status), ...answer.headers, '', ...pretty(answer.body)];
  const [left, right] = [lines(one), lines(other)];
  const apart = left.flatMap((line, index) =>
    line === right[index] ? [] : [`  - ${line}`, `  + ${right[index] ?? '(nothing)'}`],
  );
  const names = between === 'the worlds' ? 'without the secrets (-) and with them (+)' : 'absent (-) and hidden (+)';
  return [
    `${call.method} ${call.path}${call.headers?.['if-match'] ? ` If-Match: ${call.headers['if-match']}` : ''}${ask.credential ? ` (by ${ask.credential})` : ''}`,
    ...(call.body === undefined ? [] : [`  ${JSON.stringify(call.body)}`]),
    `differs, ${names}:`,
    ...apart.slice(0, 30),
    ...(right.length > left.length ? right.slice(left.length, left.length + 10).map((line) => `  + ${line}`) : []),
  ].join('\n');
}

const pretty = (body: string): string[] => {
  try {
    return JSON.stringify(JSON.parse(body), null, 1).split('\n');
  } catch {
    return [body];
  }
};
