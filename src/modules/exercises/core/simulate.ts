import { createHash } from 'node:crypto';
import { RSIT } from '../../../kernel/rsit.js';
import { minutesMs } from './clock.js';
import type { ActFacts, Team } from './log.js';
import type { Milestone, Scenario, Verb } from './scenario.js';

/** What a simulated team knows: what any team would. */
export interface SimulatedView {
  team: Team;
  /** Who else plays, as the directory shows it. */
  others: readonly Team[];
  received: readonly { inject: string; atExerciseMs: number }[];
  /** Milestones that it has tried already. */
  tried: readonly string[];
}

export interface Skill {
  /** 0 to 1: how much of what is expected it does at all, and how soon. */
  diligence: number;
  /** 0 to 1: how seldom what it does is wrong. */
  accuracy: number;
}

/** What it does next, through the API as any participant. */
export interface PlannedAct {
  milestone: string;
  atExerciseMs: number;
  verb: Verb;
  /** What the record says: as the milestone asks, or with a mistake. */
  facts: ActFacts;
  mistake: 'class' | 'marking' | 'observables' | null;
}

const UNHURRIED_MINUTES = 60;

/**
 * The next act of a simulated team; null while there is nothing for it to do. Pure: chance is the hash of the seed, the
 * team and the milestone, so that a rehearsal can be repeated, and what it will do does not depend on when it is asked.
 */
export function nextAct(seed: string, skill: Skill, scenario: Scenario, view: SimulatedView): PlannedAct | null {
  const tried = new Set(view.tried);
  const plans = scenario.milestones
    .filter(({ id, roles }) => !tried.has(id) && roles.some((role) => view.team.roles.includes(role)))
    .flatMap((milestone) => planOf(seed, skill, milestone, view) ?? []);
  return plans.reduce<PlannedAct | null>(
    (first, each) =>
      first === null ||
      each.atExerciseMs < first.atExerciseMs ||
      (each.atExerciseMs === first.atExerciseMs && each.milestone < first.milestone)
        ? each
        : first,
    null,
  );
}

function planOf(seed: string, skill: Skill, milestone: Milestone, view: SimulatedView): PlannedAct | null {
  const { team, received } = view;
  const { from, bands = [], expects } = milestone;
  const verb = expects.verbs[0];
  if (verb === undefined) return null;
  const startMs = 'inject' in from ? received.find(({ inject }) => inject === from.inject)?.atExerciseMs : 0;
  if (startMs === undefined) return null;
  const chance = (of: string): number => chanceOf(seed, team.id, milestone.id, of);
  if (chance('does') > 0.4 + 0.6 * skill.diligence) return null;
  // The best need a fifth of the time that is given, the slowest half as much again as there is.
  const given = bands[0]?.withinMinutes ?? UNHURRIED_MINUTES;
  const share = 0.2 + 1.3 * (1 - skill.diligence) * chance('delay') + 0.3 * chance('more');
  const isMistaken = chance('mistake') > 0.3 + 0.7 * skill.accuracy;
  const mistake = isMistaken ? mistakeFor(milestone, chance('which')) : null;
  return {
    milestone: milestone.id,
    atExerciseMs: startMs + Math.max(1000, minutesMs(given * share)),
    verb,
    facts: factsFor(milestone, mistake, view),
    mistake,
  };
}

function mistakeFor({ expects: { where = {}, quality = [] } }: Milestone, chance: number): PlannedAct['mistake'] {
  const can: NonNullable<PlannedAct['mistake']>[] = [
    ...(where.rsit ? (['class'] as const) : []),
    ...(where.observables || where.anyObservable ? (['observables'] as const) : []),
    ...(where.marking || quality.some(({ condition }) => condition.marking) ? (['marking'] as const) : []),
  ];
  return can[Math.floor(chance * can.length)] ?? null;
}

/** What would satisfy the milestone in full, but for the mistake. */
function factsFor(
  { title, expects: { where = {}, quality = [] } }: Milestone,
  mistake: PlannedAct['mistake'],
  { team, others }: SimulatedView,
): ActFacts {
  const all = [where, ...quality.map(({ condition }) => condition)];
  const rsit = mistake === 'class' ? 'other:undetermined' : typeOf(where.rsit?.[0]);
  const observables = all.flatMap((each) => [...(each.observables ?? []), ...(each.anyObservable ?? []).slice(0, 1)]);
  const noWider = all.flatMap(({ marking }) => marking?.noWiderThan ?? []).at(-1);
  const list = (member: 'techniques' | 'tags' | 'countries' | 'audienceIncludes' | 'asks'): string[] =>
    all.flatMap((each) => each[member] ?? []);
  const reached = (whom: readonly string[]): string[] =>
    whom.flatMap((each) =>
      each.startsWith('role:')
        ? others.filter(({ id, roles }) => id !== team.id && roles.includes(each.slice(5))).map(({ id }) => id)
        : [each],
    );
  const sector = all.find((each) => each.sector !== undefined)?.sector;
  return {
    title,
    text: all.flatMap(({ mentions }) => mentions?.[0] ?? []).join(', '),
    ...(rsit === undefined ? {} : { rsit }),
    tlp: mistake === 'marking' ? 'TLP:CLEAR' : (noWider ?? 'TLP:AMBER'),
    observables: mistake === 'observables' ? [] : observables,
    techniques: list('techniques'),
    tags: list('tags'),
    countries: list('countries'),
    audience: reached(list('audienceIncludes')),
    asked: reached(list('asks')),
    ...(sector === undefined ? {} : { sector }),
    validAs: all.flatMap(({ validates }) => validates ?? []),
  };
}

/** Of a class alone, its first type: an incident is filed under one. */
function typeOf(rsit: string | undefined): string | undefined {
  if (rsit === undefined || rsit.includes(':')) return rsit;
  const [, found] = Object.entries(RSIT).find(([name]) => name === rsit) ?? [];
  return found ? `${rsit}:${Object.keys(found.types)[0] ?? ''}` : rsit;
}

/** 0 to 1, the same for the same names. */
const chanceOf = (...names: string[]): number =>
  createHash('sha256').update(names.join('\u0000')).digest().readUInt32BE(0) / 2 ** 32;
