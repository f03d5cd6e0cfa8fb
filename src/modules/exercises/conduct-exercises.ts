import { Injectable, Logger } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { actsOf } from './act-of-event.js';
import type { TakenEvent } from './act-of-event.js';
import { ConductorStore } from './conductor.store.js';
import { Scorer, clock, due, report, teamReport } from './core/index.js';
import type { Inject, LogEntry, Scenario } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import type { Appended } from './exercise-log.store.js';
import { MispForms, withForm } from './misp-forms.js';
import { injectOf } from './steer-exercise.js';

/** How often every worker looks. */
export const CONDUCT_SECONDS = 0.5;
/** A leader that says nothing for so long is one no more: with a look, another has taken over within two seconds. */
export const LEASE_MS = 1_200;
const EVENTS_A_ROUND = 500;

/** What the leader has in mind of an exercise, so that it does not read all of it each time. */
interface Remembered {
  epoch: number;
  log: LogEntry[];
  /** The log without acts, which no inject waits for in most scenarios: they are most of it. */
  steering: LogEntry[];
  scenario: Scenario;
  teams: Map<string, number>;
  /** Has taken the whole log. */
  scorer: Scorer;
  /** Up to which entry the scores were kept. */
  scored: number;
}

/**
 * Plays what is due and writes down what was done, exercise by exercise. One node leads each: its turn is a row with an
 * epoch, taken in the transaction that writes, so whoever lost it writes nothing. What is due is told by the log alone: a
 * node that dies in the middle leaves what it did not commit to the next.
 */
@Injectable()
export class ConductExercises {
  private readonly logger = new Logger(ConductExercises.name);
  private readonly node: string;
  private readonly remembered = new Map<number, Remembered>();

  constructor(
    private readonly work: UnitOfWork,
    private readonly store: ConductorStore,
    private readonly log: ExerciseLogStore,
    private readonly forms: MispForms,
    chance: Chance,
  ) {
    this.node = chance.uuid();
  }

  async run(): Promise<void> {
    const exercises = await this.work.run('nobody', LIVE, 'read', () => this.store.toConduct());
    for (const { space, id } of exercises) {
      try {
        for (let isMore = true; isMore;)
          isMore = await this.work.run('nobody', space, 'write', () => this.round(space, id));
        const now = this.remembered.get(space);
        // What was delivered is on its way before it is reckoned.
        if (now && now.scored !== now.log.length)
          await this.work.run('nobody', space, 'write', () => this.judge(space, now));
      } catch (error) {
        // What was not committed was not played: it is read anew. The other exercises go on.
        this.remembered.delete(space);
        this.logger.error(`an exercise could not be conducted: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    }
    const known = new Set(exercises.map(({ space }) => space));
    for (const space of this.remembered.keys()) if (!known.has(space)) this.remembered.delete(space);
  }

  /** @returns whether more was done than one round takes. */
  private async round(space: number, exerciseId: string): Promise<boolean> {
    const lease = await this.store.lease(this.node, LEASE_MS);
    if (!lease) {
      this.remembered.delete(space);
      return false;
    }
    const now = await this.recall(space, lease.epoch);
    if (!now) return false;
    const events = await this.store.take(EVENTS_A_ROUND);
    await this.write(space, exerciseId, now, this.acts(events, now, await this.forms.of(now.scenario, events)));
    await this.deliver(space, exerciseId, now);
    return events.length === EVENTS_A_ROUND;
  }

  private async recall(space: number, epoch: number): Promise<Remembered | undefined> {
    const held = this.remembered.get(space);
    const script = await this.store.script();
    if (!script) return undefined;
    const teams = new Map(Object.entries(script.teams));
    const now =
      held?.epoch === epoch
        ? { ...held, teams }
        : {
            epoch,
            log: [],
            steering: [],
            scenario: script.document,
            teams,
            scorer: new Scorer(script.document),
            scored: -1,
          };
    this.remembered.set(space, now);
    remember(now, await this.store.since(now.log.length));
    return now;
  }

  /** With when each was done: the clock may have been set, or the team been given more, before it was noticed. */
  private acts(events: readonly TakenEvent[], now: Remembered, forms: ReadonlyMap<string, unknown>): Appended[] {
    return events.flatMap((event) => {
      const { organisation, org_key: key } = event;
      // Whoever plays in no team does nothing that is scored.
      if (organisation === null || key === null || !now.teams.has(organisation)) return [];
      // No later than now, by the clock of whichever node.
      const doneAt = new Date(Math.min(event.occurred_at.getTime(), this.work.at.getTime())).toISOString();
      return actsOf(event).map((act) => ({
        entry: {
          kind: 'act' as const,
          by: event.person,
          team: organisation,
          doneAt,
          ...withForm(now.scenario, act, forms.get(event.id)),
        },
        organisationKeys: [key],
        isCommon: false,
        actorKey: event.actor_key,
      }));
    });
  }

  private async deliver(space: number, exerciseId: string, now: Remembered): Promise<void> {
    const log = waitsForActs(now) ? now.log : now.steering;
    const deliveries = due(now.scenario, log, this.work.at.getTime()).flatMap(({ inject: id, team }) => {
      const [inject, organisationKey] = [injectOf(now.scenario, log, id), now.teams.get(team)];
      return inject && organisationKey !== undefined ? [{ inject, team, organisationKey }] : [];
    });
    if (deliveries.length === 0) return;
    const first = await this.write(
      space,
      exerciseId,
      now,
      deliveries.map(({ inject, team, organisationKey }) => ({
        entry: { kind: 'inject-delivered', by: null, inject: inject.id, team },
        organisationKeys: [organisationKey],
        isCommon: false,
        actorKey: null,
      })),
    );
    await this.log.deliver(
      deliveries.map(({ inject, organisationKey }, index) => ({
        organisationKey,
        seq: first + index,
        kind: 'inject',
        inject: inject.id,
        content: contentOf(inject, now.scenario),
      })),
    );
    for (const { inject, team } of deliveries)
      this.work.emit({
        type: 'exercise.inject-delivered',
        version: 1,
        payload: { exerciseId, inject: inject.id, recipientId: team },
      });
  }

  /** Each team's score as it stands, and its report since the end, for it to read: nobody who plays reads what they are reckoned from. */
  private async judge(space: number, now: Remembered): Promise<void> {
    const lease = await this.store.lease(this.node, LEASE_MS);
    if (lease?.epoch !== now.epoch) {
      this.remembered.delete(space);
      return;
    }
    const { seats } = now.scorer.result();
    const whole = clock(now.steering).state === 'ended' ? report(now.scenario, now.log) : null;
    now.scored = now.log.length;
    const scores = [...now.teams].map(([team, organisationKey]) => ({
      organisationKey,
      seats: seats.filter((seat) => seat.team === team),
      report: whole && teamReport(whole, now.log, team),
    }));
    await this.store.keepScores(scores, now.log.length);
  }

  private async write(
    space: number,
    exerciseId: string,
    now: Remembered,
    appended: readonly Appended[],
  ): Promise<number> {
    if (appended.length === 0) return 0;
    const first = await this.log.append(space, exerciseId, appended);
    // Read back: the log says at which instant, and this is what a replay is given.
    remember(now, await this.store.since(now.log.length));
    return first;
  }
}

function remember(now: Remembered, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    now.log.push(entry);
    now.scorer.take(entry);
    if (entry.kind !== 'act') now.steering.push(entry);
  }
}

const waitsForActs = ({ scenario, steering }: Remembered): boolean =>
  [...scenario.injects, ...steering.flatMap((entry) => (entry.kind === 'added' ? [entry.inject] : []))].some(
    ({ timing }) => 'afterMilestone' in timing,
  );

/** What a team is shown of an inject: not what is expected of it, nor what controllers are told. */
function contentOf(inject: Inject, scenario: Scenario): Record<string, unknown> {
  const from = scenario.personas.find(({ id }) => id === inject.from);
  return {
    number: inject.number,
    title: inject.title,
    channel: inject.channel,
    from: from ? { name: from.name, organisation: from.organisation ?? null, email: from.email ?? null } : null,
    body: inject.body,
    artefacts: (inject.artefacts ?? []).flatMap((id) => {
      const artefact = scenario.artefacts?.find((each) => each.id === id);
      if (!artefact) return [];
      const { name, mediaType, content, encoding = 'text' } = artefact;
      return [{ name, mediaType, encoding, content }];
    }),
  };
}
