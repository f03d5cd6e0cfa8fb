import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { Clock } from '../../kernel/clock.js';
import { NotificationListener } from '../../platform/database/notification-listener.js';
import { UnitOfWork, isReaderChanged } from '../../platform/database/unit-of-work.js';
import { beforeClosing } from '../../platform/http/before-closing.js';
import { HEARTBEAT, eventText, streamHead } from '../../platform/http/event-stream.js';
import { Authenticator } from '../identity/index.js';
import { EventIds } from './event-ids.js';
import { toEventView } from './event.view.js';
import type { EventType } from './event.types.js';
import { EventsStore } from './events.store.js';
import { ReadEvents } from './read-events.js';
import type { Start } from './read-events.js';

/** How often a stream says that it is there, and asks whether its credential still holds. */
const HEARTBEAT_MS = 15_000;
const PAGE = 100;
/** Readers that are read for at once: the others of the pool's connections are for requests. */
const AT_ONCE = 2;
/** A client that lets so much wait is sent away, to come back and go on where it was. */
const MOST_WAITING_BYTES = 1 << 20;

interface Stream {
  readonly sink: PassThrough;
  readonly types: EventType[] | undefined;
  readonly toldAt: Start['toldAt'];
  /** Told up to here. */
  position: number;
}

/** Streams of one credential in one space: they are told the same, so one read serves them all. */
interface Listeners {
  actor: Actor;
  readonly space: number;
  readonly streams: Set<Stream>;
  isReading: boolean;
  isMore: boolean;
}

/**
 * Event streams of this node. One connection listens for all of them; what there is to tell is read once for each
 * credential, as its reader, at the moment at which it is told.
 */
@Injectable()
export class EventHub implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(EventHub.name);
  private readonly readers = new Map<string, Listeners>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly notifications: NotificationListener;
  private isStopped = false;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly events: EventsStore,
    private readonly reading: ReadEvents,
    private readonly ids: EventIds,
    private readonly clock: Clock,
    private readonly host: HttpAdapterHost,
  ) {
    this.notifications = new NotificationListener(dataSource, 'ronda_events', () => void this.wake());
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
   * A stream of what the caller is told from now on, or behind `start`. Called in a unit of work of the caller's, whose
   * space it is of.
   * @returns text/event-stream.
   */
  async open(actor: Actor, types: EventType[] | undefined, start: Start | null): Promise<Readable> {
    // First listen, then look: what is relayed in between is not missed.
    await this.notifications.listen();
    const position = start?.position ?? (await this.events.tip());
    const sink = new PassThrough();
    const stream: Stream = { sink, types, toldAt: start?.toldAt ?? null, position };
    const { space } = this.work;
    const key = `${space} ${actor.tokenHash}`;
    let listeners = this.readers.get(key);
    if (!listeners) {
      listeners = { actor, space, streams: new Set(), isReading: false, isMore: false };
      this.readers.set(key, listeners);
    }
    listeners.streams.add(stream);
    sink.once('close', () => {
      this.forget(key, stream);
    });
    // A block without data is no event, and yet says where to go on from.
    sink.write(streamHead(start === null ? this.ids.startingAt(this.clock.now()) : undefined));
    if (this.isStopped) sink.end();
    this.timer ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    void this.pump(listeners);
    return sink;
  }

  /** Says to every client that its stream is there, and looks whether it still may be, and for what was not announced. */
  async beat(): Promise<void> {
    for (const { streams } of this.readers.values())
      for (const { sink } of streams) if (!sink.writableEnded) sink.write(HEARTBEAT);
    await Promise.all([this.notifications.listen(), this.wake()]);
  }

  /** How many streams are open. */
  get size(): number {
    return [...this.readers.values()].reduce((sum, { streams }) => sum + streams.size, 0);
  }

  private async wake(): Promise<void> {
    await Promise.all([...this.readers.values()].map((listeners) => this.pump(listeners)));
  }

  private stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    for (const listeners of this.readers.values()) end(listeners);
  }

  private forget(key: string, stream: Stream): void {
    const listeners = this.readers.get(key);
    listeners?.streams.delete(stream);
    if (listeners?.streams.size === 0) this.readers.delete(key);
  }

  private async pump(listeners: Listeners): Promise<void> {
    listeners.isMore = true;
    if (listeners.isReading) return;
    listeners.isReading = true;
    try {
      while (listeners.isMore && listeners.streams.size > 0) {
        listeners.isMore = false;
        await this.inTurn(() => this.tell(listeners));
      }
    } catch (error) {
      // They come back, and go on where they were.
      this.log.warn(`a stream ended: ${String(error)}`);
      end(listeners);
    } finally {
      listeners.isReading = false;
    }
  }

  private async tell(listeners: Listeners): Promise<void> {
    const actor = await this.authenticator.again(listeners.actor);
    if (!actor || actor.isLimited || !actor.permissions.has('incidents:read')) {
      end(listeners);
      return;
    }
    listeners.actor = actor;
    // Who comes while this is read may go on from further back: it is read for in the next round.
    const streams = [...listeners.streams];
    const after = Math.min(...streams.map(({ position }) => position));
    const { tokenHash, assumed } = actor;
    const { rows, upTo } = await this.work
      .run({ tokenHash, assumed }, listeners.space, 'read', async () => {
        const tip = await this.events.tip();
        const read = tip > after ? await this.events.between(after, tip, PAGE) : [];
        return { rows: read, upTo: read.length === PAGE ? (read.at(-1)?.position ?? tip) : tip };
      })
      .catch((error: unknown) => {
        if (!isReaderChanged(error)) throw error;
        listeners.isMore = true;
        return { rows: [], upTo: after };
      });
    if (rows.length === PAGE) listeners.isMore = true;
    for (const stream of streams) this.write(actor, stream, rows, upTo);
  }

  private write(actor: Actor, stream: Stream, rows: Awaited<ReturnType<EventsStore['between']>>, upTo: number): void {
    const { sink, types, toldAt } = stream;
    const text = rows
      .filter(({ position }) => position > stream.position)
      .flatMap((row) => this.reading.told(row, types, toldAt))
      .map((told) => toEventView(this.ids, actor.userId, told))
      .map((view) => eventText(view.type, view, view.id))
      .join('');
    stream.position = Math.max(stream.position, upTo);
    if (text !== '' && !sink.writableEnded) sink.write(text);
    if (sink.writableLength > MOST_WAITING_BYTES) sink.destroy();
  }

  private async inTurn(work: () => Promise<void>): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}

function end({ streams }: Listeners): void {
  for (const { sink } of streams) sink.end();
}
