import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Actor } from '../../kernel/actor.js';
import { Problem, notFound } from '../../kernel/problem.js';
import { UnitOfWork, isReaderChanged } from '../../platform/database/unit-of-work.js';
import { beforeClosing } from '../../platform/http/before-closing.js';
import { HEARTBEAT, eventText, streamHead } from '../../platform/http/event-stream.js';
import { Authenticator } from '../identity/index.js';
import type { PlaybackQuery, PlaybackView } from './after-action.dto.js';
import { Playback } from './core/index.js';
import type { LogEntry } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { ExerciseReader } from './exercise.reader.js';
import { toPlaybackView, toTeamScoreView, toTimelineItem } from './exercise.view.js';
import { ExercisesStore } from './exercises.store.js';

const PAGE = 1_000;

/** A playback, and what is read of the log and not shown yet. */
interface Reel {
  playback: Playback;
  behind: readonly LogEntry[];
}

/** Lets a run go by again, for its controllers and evaluators: at an instant, or from there on at a speed. */
@Injectable()
export class PlayBack implements OnModuleInit {
  /** How often a stream says that it is there, and asks whether its reader may still have it. */
  heartbeatMs = 15_000;
  private readonly closing = new AbortController();

  constructor(
    private readonly work: UnitOfWork,
    private readonly authenticator: Authenticator,
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    beforeClosing(this.host, () => this.closing.abort());
  }

  /** How every team stood at an exercise time; of a run that is not so far, how it stands. */
  async at(actor: Actor, id: string, { atSeconds }: PlaybackQuery): Promise<PlaybackView> {
    const { playback } = await this.windTo(actor, id, atSeconds);
    return toPlaybackView(playback.scene());
  }

  /**
   * How every team stood, then what happened since, as late after each other as it happened in exercise time, divided by the
   * speed; `over` behind the last entry.
   * @param after number of the last entry that the caller was told of, to go on behind it.
   * @returns text/event-stream; ids are numbers of entries.
   */
  async stream(
    actor: Actor,
    id: string,
    { atSeconds, speed }: PlaybackQuery,
    after: number | undefined,
  ): Promise<Readable> {
    const reel = await this.windTo(actor, id, atSeconds, after);
    return Readable.from(this.play(actor, this.work.space, id, reel, speed), { objectMode: false });
  }

  private async windTo(actor: Actor, id: string, atSeconds: number, after?: number): Promise<Reel> {
    await this.reader.staffRow(actor, id);
    const script = await this.exercises.script();
    if (!script) throw notFound();
    const playback = new Playback(script);
    const isBefore = (entry: LogEntry): boolean =>
      after === undefined ? playback.timeOf(entry) <= atSeconds * 1000 : entry.seq <= after;
    let behind: readonly LogEntry[] = [];
    for (let seq = 0, isMore = true; isMore;) {
      const page = await this.log.since(seq, PAGE);
      behind = playback.takeWhile(page, isBefore);
      isMore = page.length === PAGE && behind.length === 0;
      seq += page.length;
    }
    if (after === undefined) playback.passTo(atSeconds * 1000, this.work.at.getTime());
    return { playback, behind };
  }

  private async *play(
    actor: Actor,
    space: number,
    id: string,
    { playback, behind }: Reel,
    speed: number,
  ): AsyncGenerator<string> {
    const scene = playback.scene();
    yield streamHead() + eventText('scene', toPlaybackView(scene), scene.seq);
    const beganAt = performance.now();
    let askedAt = beganAt;
    let { seq } = scene;
    for (let page: readonly LogEntry[] | null = behind; ; page = await this.behind(actor, space, id, seq)) {
      // Whoever may not have it any more.
      if (page === null) return;
      for (const entry of page) {
        const dueAt = beganAt + (playback.timeOf(entry) - scene.exerciseMs) / speed;
        for (;;) {
          // Also where entries come faster than that.
          if (performance.now() - askedAt >= this.heartbeatMs) {
            if ((await this.behind(actor, space, id, seq)) === null) return;
            askedAt = performance.now();
            yield HEARTBEAT;
          }
          const left = dueAt - performance.now();
          if (left <= 0) break;
          if (!(await this.pass(Math.min(left, this.heartbeatMs)))) return;
        }
        playback.take(entry);
        ({ seq } = entry);
        const item = toTimelineItem({
          position: seq,
          entry,
          exerciseMs: playback.exerciseMs,
          doneMs: playback.doneMs(entry),
        });
        const scores = playback.changedBy(entry).map(({ team, seats }) => toTeamScoreView(team, seats, true));
        yield eventText('entry', item, seq) + scores.map((each) => eventText('score', each)).join('');
      }
      if (page.length === 0 && page !== behind) break;
    }
    yield eventText('over', { exerciseSeconds: playback.exerciseMs / 1000 });
  }

  /** @returns whether the server is still open behind it. */
  private pass(ms: number): Promise<boolean> {
    return delay(ms, true, { signal: this.closing.signal, ref: false }).catch(() => false);
  }

  /** A page of the log, as its reader may read it by now; null where it may not. */
  private async behind(caller: Actor, space: number, id: string, seq: number): Promise<readonly LogEntry[] | null> {
    for (;;) {
      const actor = await this.authenticator.again(caller);
      if (!actor || actor.isLimited || !actor.permissions.has('exercises:read')) return null;
      const { tokenHash, assumed } = actor;
      try {
        return await this.work.run({ tokenHash, assumed }, space, 'read', async () => {
          await this.reader.staffRow(actor, id);
          return this.log.since(seq, PAGE);
        });
      } catch (error) {
        if (error instanceof Problem && error.status < 500) return null;
        if (!isReaderChanged(error)) throw error;
      }
    }
  }
}
