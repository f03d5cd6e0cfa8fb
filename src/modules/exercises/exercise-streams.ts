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
/** A client that lets so much wait is sent away, to come back and go on where it was. */
const MOST_WAITING_BYTES = 1 << 20;

interface Stream {
  listener: Attested;
  readonly sink: PassThrough;
  /** Told up to here. */
  position: number;
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
      if (listeners) void this.pump(listeners);
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
    const stream: Stream = { listener: { actor, stamp: null }, sink: new PassThrough(), position: after };
    const { space } = this.work;
    const name = `${of} ${space}`;
    const feed = this.feeds[of];
    const listeners = this.listeners.get(name) ?? { space, feed, streams: new Set(), isReading: false, isMore: false };
    this.listeners.set(name, listeners);
    listeners.streams.add(stream);
    stream.sink.once('close', () => {
      listeners.streams.delete(stream);
      if (listeners.streams.size === 0 && this.listeners.get(name) === listeners) this.listeners.delete(name);
    });
    stream.sink.write(streamHead());
    if (this.isStopped) stream.sink.end();
    this.timer ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    try {
      for (let isMore = true; isMore;) {
        const told = await feed.read(actor, stream.position);
        tell(stream, told, textOf(told, stream.position));
        isMore = told.length === PAGE;
      }
    } catch (error) {
      stream.sink.destroy();
      throw error;
    }
    return stream.sink;
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
      if (!listener || listener.actor.isLimited || !listener.actor.permissions.has('exercises:read')) {
        stream.sink.end();
        continue;
      }
      stream.listener = listener;
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
      // What was told meanwhile, by whom it was opened, is not told again.
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

function tell(stream: Stream, told: readonly Told[], text: string): void {
  const { sink } = stream;
  stream.position = Math.max(stream.position, told.at(-1)?.position ?? 0);
  if (text === '' || sink.writableEnded) return;
  // Before, not behind it: an inject may be larger than what may wait, and has to get through.
  if (sink.writableLength > MOST_WAITING_BYTES) sink.destroy();
  else sink.write(text);
}

function end(streams: ReadonlySet<Stream>): void {
  for (const { sink } of streams) sink.end();
}
