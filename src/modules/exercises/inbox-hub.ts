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
import { Authenticator } from '../identity/index.js';
import type { Attested } from '../identity/index.js';
import { toInboxItemView } from './exercise.view.js';
import { ExerciseLogStore, INBOX_CHANNEL } from './exercise-log.store.js';
import type { InboxRow } from './exercise-log.store.js';

/** How often a stream says that it is there, and asks whether its credential still holds. */
const HEARTBEAT_MS = 15_000;
const PAGE = 100;
/** Teams that are read for at once: the others of the pool's connections are for requests. */
const AT_ONCE = 2;
/** A client that lets so much wait is sent away, to come back and go on where it was. */
const MOST_WAITING_BYTES = 1 << 20;

interface Stream {
  listener: Attested;
  readonly sink: PassThrough;
  /** Told up to here. */
  position: number;
}

/** All streams into one exercise. */
interface Listeners {
  readonly space: number;
  readonly streams: Set<Stream>;
  isReading: boolean;
  isMore: boolean;
}

/**
 * Inboxes as streams, of this node. Whoever listens is asked for again each time, all in one round trip; then each team's
 * inbox is read once, as one of those who listen to it, and its bytes are the same for all of them.
 */
@Injectable()
export class InboxHub implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(InboxHub.name);
  private readonly spaces = new Map<number, Listeners>();
  private readonly notifications: NotificationListener;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly inboxes: ExerciseLogStore,
    private readonly host: HttpAdapterHost,
  ) {
    this.notifications = new NotificationListener(dataSource, INBOX_CHANNEL, (space) => {
      const listeners = this.spaces.get(Number(space));
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
   * A stream of what is behind a position of the caller's team, and of what comes. Called in a unit of work of the
   * caller's, in the space of the exercise.
   * @returns text/event-stream: positions as ids, kinds as types.
   */
  async open(actor: Actor, after: number): Promise<Readable> {
    // First listen, then look: what is delivered in between is not missed.
    await this.notifications.listen();
    const stream: Stream = { listener: { actor, stamp: null }, sink: new PassThrough(), position: after };
    const { space } = this.work;
    const listeners = this.spaces.get(space) ?? { space, streams: new Set(), isReading: false, isMore: false };
    this.spaces.set(space, listeners);
    listeners.streams.add(stream);
    stream.sink.once('close', () => {
      listeners.streams.delete(stream);
      if (listeners.streams.size === 0 && this.spaces.get(space) === listeners) this.spaces.delete(space);
    });
    stream.sink.write('retry: 3000\n\n');
    if (this.isStopped) stream.sink.end();
    this.timer ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    try {
      for (let isMore = true; isMore;) {
        const rows = await this.inboxes.inbox(actor.organisationKey, stream.position, PAGE);
        tell(stream, rows, textOf(rows, stream.position));
        isMore = rows.length === PAGE;
      }
    } catch (error) {
      stream.sink.destroy();
      throw error;
    }
    return stream.sink;
  }

  /** Says to every client that its stream is there, and looks whether it still may be, and for what was not announced. */
  async beat(): Promise<void> {
    for (const { streams } of this.spaces.values())
      for (const { sink } of streams) if (!sink.writableEnded) sink.write(':\n\n');
    await Promise.all([this.notifications.listen(), ...[...this.spaces.values()].map((each) => this.pump(each))]);
  }

  /** How many streams are open. */
  get size(): number {
    return [...this.spaces.values()].reduce((sum, { streams }) => sum + streams.size, 0);
  }

  private stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    for (const { streams } of this.spaces.values()) end(streams);
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
      this.log.warn(`the streams of an exercise ended: ${String(error)}`);
      end(listeners.streams);
    } finally {
      listeners.isReading = false;
    }
  }

  private async tellAll(listeners: Listeners): Promise<void> {
    const streams = [...listeners.streams];
    const attested = await this.authenticator.allAgain(streams.map(({ listener }) => listener));
    const teams = new Map<number, { reader: Actor; streams: Stream[] }>();
    for (const [index, stream] of streams.entries()) {
      const listener = attested[index];
      if (!listener || listener.actor.isLimited || !listener.actor.permissions.has('exercises:read')) {
        stream.sink.end();
        continue;
      }
      stream.listener = listener;
      const { actor } = listener;
      const { organisationKey: key } = actor;
      const team = teams.get(key);
      if (team) team.streams.push(stream);
      else teams.set(key, { reader: actor, streams: [stream] });
    }
    const waiting = [...teams.values()];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let team; (team = waiting.shift());) await this.tellTeam(listeners, team);
      }),
    );
  }

  private async tellTeam(
    listeners: Listeners,
    { reader, streams }: { reader: Actor; streams: readonly Stream[] },
  ): Promise<void> {
    const after = Math.min(...streams.map(({ position }) => position));
    const { tokenHash, assumed, organisationKey } = reader;
    const rows = await this.work
      .run({ tokenHash, assumed }, listeners.space, 'read', () => this.inboxes.inbox(organisationKey, after, PAGE))
      .catch((error: unknown) => {
        if (!isReaderChanged(error)) throw error;
        listeners.isMore = true;
        return [];
      });
    if (rows.length === PAGE) listeners.isMore = true;
    const texts = new Map<number, string>();
    for (const stream of streams) {
      // What was told meanwhile, by whom it was opened, is not told again.
      const text = texts.get(stream.position) ?? textOf(rows, stream.position);
      texts.set(stream.position, text);
      tell(stream, rows, text);
    }
  }
}

/** What of `rows` is behind a position, as text/event-stream. */
const textOf = (rows: readonly InboxRow[], position: number): string =>
  rows
    .filter((row) => row.position > position)
    .map(toInboxItemView)
    .map((item) => `id: ${item.position}\nevent: ${item.kind}\ndata: ${JSON.stringify(item)}\n\n`)
    .join('');

function tell(stream: Stream, rows: readonly InboxRow[], text: string): void {
  const { sink } = stream;
  stream.position = Math.max(stream.position, rows.at(-1)?.position ?? 0);
  if (text === '' || sink.writableEnded) return;
  // Before, not behind it: an inject may be larger than what may wait, and has to get through.
  if (sink.writableLength > MOST_WAITING_BYTES) sink.destroy();
  else sink.write(text);
}

function end(streams: ReadonlySet<Stream>): void {
  for (const { sink } of streams) sink.end();
}
