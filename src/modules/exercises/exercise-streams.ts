import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { NotificationListener } from '../../platform/database/notification-listener.js';
import { UnitOfWork, isReaderChanged } from '../../platform/database/unit-of-work.js';
import { beforeClosing } from '../../platform/http/before-closing.js';
import { HEARTBEAT, eventText, streamHead } from '../../platform/http/event-stream.js';
import { Authenticator } from '../identity/index.js';
import type { Attested } from '../identity/index.js';
import { toInboxItemView } from './exercise.view.js';
import { EXERCISE_CHANNEL, ExerciseLogStore } from './exercise-log.store.js';
import type { Announced } from './exercise-log.store.js';

/** How often a stream says that it is there, and asks whether its credential still holds. */
const HEARTBEAT_MS = 15_000;
const PAGE = 100;
/** So many are read for at once: the others of the pool's connections are for requests. */
const AT_ONCE = 2;
/** A client that lets so much wait of what comes is sent away, to come back and go on where it was. */
const MOST_WAITING_BYTES = 1 << 20;

interface Stream {
  listener: Attested;
  readonly sink: PassThrough;
  /** Told up to here. */
  position: number;
  /** Whether it is told what comes, as it does. Until then what lies behind is read for it, as fast as its client takes it. */
  isLive: boolean;
}

/** What is told, as one reader may read it: behind a position, in order. */
interface Told {
  position: number;
  kind: string;
  data: unknown;
}

/** What streams are of. */
interface Feed {
  /** Readers with the same number are told the same. */
  groupOf: (actor: Actor) => number;
  /** In a unit of work of the actor's. At most a page. */
  read: (actor: Actor, after: number) => Promise<Told[]>;
}

/** All streams of one feed of one exercise. */
interface Listeners {
  readonly space: number;
  readonly feed: Feed;
  readonly streams: Set<Stream>;
  /** How often they were told that there is more. */
  announced: number;
  isReading: boolean;
  isMore: boolean;
}

/**
 * Inboxes and logs as streams, of this node. Whoever listens is asked for again each time, all in one round trip; then what
 * is new is read once for all who are told the same, as one of them, and its bytes are the same for them.
 */
@Injectable()
export class ExerciseStreams implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ExerciseStreams.name);
  /** By what is announced of them. */
  private readonly listeners = new Map<string, Listeners>();
  private readonly feeds: Readonly<Record<Announced, Feed>>;
  private readonly notifications: NotificationListener;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    log: ExerciseLogStore,
    private readonly host: HttpAdapterHost,
  ) {
    this.feeds = {
      inbox: {
        groupOf: ({ organisationKey }) => organisationKey,
        read: async ({ organisationKey }, after) =>
          (await log.inbox(organisationKey, after, PAGE)).map(toInboxItemView).map((data) => ({ ...data, data })),
      },
      // Who may read how much of it is said by the database, of each.
      log: {
        groupOf: ({ userKey }) => userKey,
        read: async (_, after) =>
          (await log.since(after, PAGE)).map((data) => ({ position: data.seq, kind: data.kind, data })),
      },
    };
    this.notifications = new NotificationListener(dataSource, EXERCISE_CHANNEL, (said) => {
      const listeners = this.listeners.get(said);
      if (!listeners) return;
      listeners.announced += 1;
      void this.pump(listeners);
    });
  }

  onModuleInit(): void {
    beforeClosing(this.host, () => {
      this.stop();
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stop();
    await this.notifications.end();
  }

  /**
   * A stream of what is behind a position of the caller's team's inbox, or of the log, and of what comes. Called in a unit of
   * work of the caller's, in the space of the exercise.
   * @returns text/event-stream: positions as ids, kinds as types.
   */
  async open(actor: Actor, of: Announced, after: number): Promise<Readable> {
    // First listen, then look: what is delivered in between is not missed.
    await this.notifications.listen();
    const sink = new PassThrough();
    const stream: Stream = { listener: { actor, stamp: null }, sink, position: after, isLive: false };
    const { space } = this.work;
    const name = `${of} ${space}`;
    const listeners = this.listeners.get(name) ?? {
      space,
      feed: this.feeds[of],
      streams: new Set(),
      announced: 0,
      isReading: false,
      isMore: false,
    };
    this.listeners.set(name, listeners);
    listeners.streams.add(stream);
    sink.once('close', () => {
      listeners.streams.delete(stream);
      if (listeners.streams.size === 0 && this.listeners.get(name) === listeners) this.listeners.delete(name);
    });
    sink.write(streamHead());
    if (this.isStopped) sink.end();
    this.timer ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    try {
      // In the unit of work that there is: most who come have no more than a page behind them.
      await this.tellBehind(listeners, stream, () => listeners.feed.read(actor, stream.position));
    } catch (error) {
      sink.destroy();
      throw error;
    }
    if (!stream.isLive) void this.catchUp(listeners, stream);
    return sink;
  }

  /** Says to every client that its stream is there, and looks whether it still may be, and for what was not announced. */
  async beat(): Promise<void> {
    for (const { streams } of this.listeners.values())
      for (const { sink } of streams) if (!sink.writableEnded) sink.write(HEARTBEAT);
    await Promise.all([this.notifications.listen(), ...[...this.listeners.values()].map((each) => this.pump(each))]);
  }

  /** How many streams are open. */
  get size(): number {
    return [...this.listeners.values()].reduce((sum, { streams }) => sum + streams.size, 0);
  }

  private stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    for (const { streams } of this.listeners.values()) end(streams);
  }

  /** Goes on with what lies behind whenever the client has taken what there was, until nothing does. */
  private async catchUp(listeners: Listeners, stream: Stream): Promise<void> {
    const { sink } = stream;
    try {
      while (!stream.isLive && (await isTaken(sink))) {
        const actor = await this.authenticator.again(stream.listener.actor);
        if (!mayListen(actor)) {
          sink.end();
          return;
        }
        const { tokenHash, assumed } = actor;
        await this.tellBehind(listeners, stream, () =>
          this.work.run({ tokenHash, assumed }, listeners.space, 'read', () =>
            listeners.feed.read(actor, stream.position),
          ),
        ).catch((error: unknown) => {
          if (!isReaderChanged(error)) throw error;
        });
      }
    } catch (error) {
      // It comes back, and goes on where it was.
      this.logger.warn(`a stream of an exercise ended: ${String(error)}`);
      sink.destroy();
    }
  }

  /** A page of what lies behind; behind the last, the stream is live. */
  private async tellBehind(listeners: Listeners, stream: Stream, read: () => Promise<Told[]>): Promise<void> {
    const { announced } = listeners;
    const told = await read();
    write(stream, told, textOf(told, stream.position));
    // What a slow client has not taken yet would count as if it had let it wait of what comes.
    if (told.length === PAGE || stream.sink.writableNeedDrain) return;
    stream.isLive = true;
    // Said while it was read, and perhaps not in it.
    if (listeners.announced !== announced) void this.pump(listeners);
  }

  private async pump(listeners: Listeners): Promise<void> {
    listeners.isMore = true;
    if (listeners.isReading) return;
    listeners.isReading = true;
    try {
      while (listeners.isMore && listeners.streams.size > 0) {
        listeners.isMore = false;
        await this.tellAll(listeners);
      }
    } catch (error) {
      // They come back, and go on where they were.
      this.logger.warn(`the streams of an exercise ended: ${String(error)}`);
      end(listeners.streams);
    } finally {
      listeners.isReading = false;
    }
  }

  private async tellAll(listeners: Listeners): Promise<void> {
    const streams = [...listeners.streams];
    const attested = await this.authenticator.allAgain(streams.map(({ listener }) => listener));
    const groups = new Map<number, { reader: Actor; streams: Stream[] }>();
    for (const [index, stream] of streams.entries()) {
      const listener = attested[index];
      if (!listener || !mayListen(listener.actor)) {
        stream.sink.end();
        continue;
      }
      stream.listener = listener;
      if (!stream.isLive) continue;
      const { actor } = listener;
      const key = listeners.feed.groupOf(actor);
      const group = groups.get(key);
      if (group) group.streams.push(stream);
      else groups.set(key, { reader: actor, streams: [stream] });
    }
    const waiting = [...groups.values()];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let group; (group = waiting.shift());) await this.tellGroup(listeners, group);
      }),
    );
  }

  private async tellGroup(
    listeners: Listeners,
    { reader, streams }: { reader: Actor; streams: readonly Stream[] },
  ): Promise<void> {
    const after = Math.min(...streams.map(({ position }) => position));
    const { tokenHash, assumed } = reader;
    const told = await this.work
      .run({ tokenHash, assumed }, listeners.space, 'read', () => listeners.feed.read(reader, after))
      .catch((error: unknown) => {
        if (!isReaderChanged(error)) throw error;
        listeners.isMore = true;
        return [];
      });
    if (told.length === PAGE) listeners.isMore = true;
    const texts = new Map<number, string>();
    for (const stream of streams) {
      // What it was told of what lies behind is not told again.
      const text = texts.get(stream.position) ?? textOf(told, stream.position);
      texts.set(stream.position, text);
      tell(stream, told, text);
    }
  }
}

/** What of it is behind a position, as text/event-stream. */
const textOf = (told: readonly Told[], position: number): string =>
  told
    .filter((each) => each.position > position)
    .map(({ position, kind, data }) => eventText(kind, data, position))
    .join('');

/** What comes, to a client that takes what it is told. */
function tell(stream: Stream, told: readonly Told[], text: string): void {
  // Before, not behind it: an inject may be larger than what may wait, and has to get through.
  if (text !== '' && stream.sink.writableLength > MOST_WAITING_BYTES) stream.sink.destroy();
  else write(stream, told, text);
}

function write(stream: Stream, told: readonly Told[], text: string): void {
  stream.position = Math.max(stream.position, told.at(-1)?.position ?? 0);
  if (text !== '' && stream.sink.writable) stream.sink.write(text);
}

const mayListen = (actor: Actor | null): actor is Actor =>
  actor !== null && !actor.isLimited && actor.permissions.has('exercises:read');

/** Once the client has taken what was written. @returns whether there is still a stream to write to. */
async function isTaken(sink: PassThrough): Promise<boolean> {
  if (sink.writable && sink.writableNeedDrain)
    await new Promise<void>((resolve) => {
      const go = (): void => {
        sink.off('drain', go).off('close', go);
        resolve();
      };
      sink.once('drain', go).once('close', go);
    });
  return sink.writable;
}

function end(streams: ReadonlySet<Stream>): void {
  for (const { sink } of streams) sink.end();
}
