import type { CexfComparison } from '../../../codecs/cexf/index.js';
import type { Tlp } from '../../../kernel/markings.js';

export const SCENARIO_FORMAT = 'ronda-scenario/1';

/**
 * What is played: immutable once run. Its published JSON Schema is docs/scenario.schema.json, which says of each member what
 * goes into it. Times are minutes of exercise time, whole or not.
 */
export interface Scenario {
  format: typeof SCENARIO_FORMAT;
  /** Kebab-case; the same for all its versions. */
  id: string;
  version: number;
  title: string;
  summary: string;
  /** BCP 47. */
  language: string;
  durationMinutes: number;
  /** Markdown. */
  storyline: string;
  moves?: Move[];
  objectives: Objective[];
  roles: Role[];
  personas: Persona[];
  /** Who attacks and who suffers, by name: all of them made up. */
  adversaries?: Fictional[];
  victims?: Fictional[];
  artefacts?: Artefact[];
  injects: Inject[];
  milestones: Milestone[];
  /** Words that look like states, groups or live names and are meant, with the reason: the linter passes them. */
  allowed?: { text: string; reason: string }[];
  /** The document that it was read from, whole: what Ronda has no word for goes out again from here. */
  origin?: { format: 'cexf'; document: unknown };
}

export interface Move {
  id: string;
  title: string;
  startsAtMinutes: number;
}

export interface Objective {
  id: string;
  title: string;
  description?: string;
}

export interface Role {
  id: string;
  title: string;
  description?: string;
}

/** Who an inject says it is from. */
export interface Persona {
  id: string;
  name: string;
  organisation?: string;
  /** Below a reserved name (RFC 2606). */
  email?: string;
}

export interface Fictional {
  name: string;
  description?: string;
}

export interface Artefact {
  id: string;
  name: string;
  mediaType: string;
  /** What is in it; base64 where it is no text. */
  content: string;
  encoding?: 'text' | 'base64';
}

export const CHANNELS = ['email', 'phone', 'news', 'social', 'report', 'sensor'] as const;
export type Channel = (typeof CHANNELS)[number];

/** When an inject comes: at a time, some time after another, once a milestone is met, or only when a controller fires it. */
export type Timing =
  | { atMinutes: number }
  | { afterInject: string; minutes: number }
  | { afterMilestone: string; by: 'any-team' | 'all-teams' | 'recipient'; minutes?: number }
  | { onCommand: true };

export interface Inject {
  id: string;
  /** As controllers call it: 1, 2, 3 … */
  number: number;
  title: string;
  move?: string;
  timing: Timing;
  channel: Channel;
  /** A persona's id. */
  from: string;
  /** Whoever plays one of the roles, and whoever is one of the teams. Neither: everybody. */
  recipients?: { roles?: string[]; teams?: string[] };
  /** Markdown. */
  body: string;
  artefacts?: string[];
  expected?: Expectation[];
  /** For controllers alone. */
  note?: string;
}

export interface Expectation {
  what: string;
  roles?: string[];
  withinMinutes?: number;
  milestone?: string;
}

/** What a participant can be seen to do. */
export const VERBS = [
  'filed',
  'revised',
  'classified',
  'marked',
  'released',
  'observable-held',
  'looked-up',
  'requested',
  'answered',
  'commented',
  'published',
  'sighted',
  'recalled',
  'passed-on',
  'opened',
] as const;
export type Verb = (typeof VERBS)[number];

/** Nothing that happens on the platform is written down as one of these: only a log from elsewhere may hold it. */
export const UNSEEN_VERBS: readonly Verb[] = ['opened'];

export interface Milestone {
  id: string;
  title: string;
  objective: string;
  /** Of whom it is expected; a team in two of them is scored once for each. */
  roles: string[];
  weight: number;
  /** From when its time is counted: from when the team was given the inject, or from STARTEX. */
  from: { inject: string } | { startex: true };
  /** The narrowest first; what comes after the last earns nothing. None: in time whenever it is done. */
  bands?: Band[];
  expects: Expects;
}

export interface Band {
  withinMinutes: number;
  /** 0 to 1. */
  credit: number;
}

/** Acts with one of the verbs that satisfy `where`; so many of them, each of another record. */
export interface Expects {
  verbs: Verb[];
  /** 1 when left out. */
  count?: number;
  where?: Condition;
  /** What it is worth less without: the shares are taken off the credit. */
  quality?: { title: string; condition: Condition; share: number }[];
  /** Nothing that Ronda can judge: an evaluator does, by an override. */
  byOverride?: { reason: string };
}

/** All that is said must hold. */
export interface Condition {
  /** One of these: `malicious-code:c2-server`, or a class alone. */
  rsit?: string[];
  marking?: { noWiderThan?: Tlp; noNarrowerThan?: Tlp };
  /** It holds all of these, in any way of writing them. */
  observables?: ObservableRef[];
  anyObservable?: ObservableRef[];
  /** Teams by id, `role:<id>` for whoever plays it, `community`. */
  audienceIncludes?: string[];
  audienceExcludes?: string[];
  /** Of a request: who was asked, as above. */
  asks?: string[];
  techniques?: string[];
  /** One of these words or phrases, in title or text, whatever their case. */
  mentions?: string[];
  tags?: string[];
  countries?: string[];
  sector?: string;
  /** Of what is published. */
  validates?: string;
  /** Paths over the incident as a MISP event: all must hold (`any`: one list of them). */
  misp?: MispCheck;
}

export interface ObservableRef {
  type: string;
  value: string;
}

export interface MispCheck {
  /** One of these lists: all of its tests. */
  any: { tests: MispTest[] }[];
}

export interface MispTest {
  path: string;
  comparison: CexfComparison;
  values: (string | number | boolean)[];
}
