import type { Tlp, Pap } from '../../../kernel/markings.js';
import type { Inject, ObservableRef, Verb } from './scenario.js';

/** A team of the exercise: an organisation, with the roles that it plays. */
export interface Team {
  /** Stable through the exercise; what `recipients.teams` and audiences name it by. */
  id: string;
  name: string;
  roles: string[];
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  /** IANA. */
  timeZone: string;
  /** Its place in the region file: reports list teams so. */
  order: number;
  /** Whether the common part of the report may name it. */
  mayBeNamed: boolean;
}

interface EntryOf<Kind extends string> {
  kind: Kind;
  /** From 1 on, without gaps. */
  seq: number;
  /** Wall time, RFC 3339 UTC with milliseconds; never before the entry's before. */
  at: string;
  /** Who did it: an account's id; null for the conductor. */
  by: string | null;
}

/** A team was let in, or its roles changed. After STARTEX: a late joiner, who is given all that went before. */
export type Joined = EntryOf<'joined'> & { team: Team };
/** Whether a team may be named in the common part of the report: its own word, at any time. */
export type Naming = EntryOf<'naming'> & { team: string; mayBeNamed: boolean };
export type Started = EntryOf<'started'>;
export type Paused = EntryOf<'paused'> & { reason?: string };
export type Resumed = EntryOf<'resumed'>;
/** 0.1 to 100, by thousandths. */
export type SpeedChanged = EntryOf<'speed'> & { factor: number };
/** Forward only: what was due between is due at once. To an inject is to its time: everybody reads this, and what comes is not everybody's. */
export type Jumped = EntryOf<'jumped'> & { toMinutes: number };
export type Ended = EntryOf<'ended'>;
/** Unique by inject and team. */
export type InjectDelivered = EntryOf<'inject-delivered'> & { inject: string; team: string };
/** The team read it. */
export type InjectSeen = EntryOf<'inject-seen'> & { inject: string; team: string };
export type Held = EntryOf<'held'> & { inject: string };
export type Released = EntryOf<'released'> & { inject: string };
/** Now, whatever its time; to all its recipients, or to these teams. */
export type Fired = EntryOf<'fired'> & { inject: string; teams?: string[] };
/** On the fly; its timing counts as any other's. */
export type Added = EntryOf<'added'> & { inject: Inject };
/** To these teams, or to everybody. */
export type Message = EntryOf<'message'> & { teams: string[] | null; text: string };
/** Real life: to everybody at once. `pauses` stops the clock with this entry. */
export type NoDuff = EntryOf<'no-duff'> & { text: string; pauses: boolean };
export type Act = EntryOf<'act'> & {
  team: string;
  verb: Verb;
  record: string | null;
  facts: ActFacts;
  /** Wall time at which it was done: `at` is when it was noticed. Older logs have none; there it was done when it was noticed. */
  doneAt?: string;
};
export type Remark = EntryOf<'remark'> & {
  /** Null: of all. */
  team: string | null;
  objective?: string;
  sense: 'strength' | 'gap' | 'remark';
  text: string;
};
/** The evaluator's word in place of what was reckoned: a share of the weight, 0 to 1. Null takes an earlier one back. */
export type Override = EntryOf<'override'> & {
  team: string;
  role: string;
  milestone: string;
  credit: number | null;
  reason: string;
};
/** Said again under the same id, it is the same lesson with another state. */
export type Lesson = EntryOf<'lesson'> & {
  lesson: string;
  text: string;
  owner: string | null;
  state: 'open' | 'accepted' | 'done' | 'dropped';
};

/** One event of an exercise. The log is append-only, and is the exercise. */
export type LogEntry =
  | Joined
  | Naming
  | Started
  | Paused
  | Resumed
  | SpeedChanged
  | Jumped
  | Ended
  | InjectDelivered
  | InjectSeen
  | Held
  | Released
  | Fired
  | Added
  | Message
  | NoDuff
  | Act
  | Remark
  | Override
  | Lesson;

/** What the act's record says after it, as far as it says it. Of a request, an advisory or a lookup: what it says. */
export interface ActFacts {
  /** `class:type`. */
  rsit?: string;
  tlp?: Tlp;
  pap?: Pap;
  /** In the one form of the observables module. */
  observables?: ObservableRef[];
  /** Teams' ids that it names; `community` where all of that may read it, beside the words that were chosen. */
  audience?: string[];
  /**
   * Ids of the teams that read it by its audience. A log of before this was said has none: there `community` is every team,
   * also one that GREEN does not reach.
   */
  reached?: string[];
  /** Where its audience names persons or duty roles: the teams that read it as organisations, not by one of their people. */
  given?: string[];
  /** Of an incident that was shared: whether its readers are told whose it is. A log of before this was said has none. */
  authorship?: 'named' | 'anonymous';
  /** Teams' ids. */
  asked?: string[];
  techniques?: string[];
  title?: string;
  text?: string;
  tags?: string[];
  countries?: string[];
  sector?: string;
  /** Formats that it validates as: `csaf`. */
  validAs?: string[];
  /** The incident as a MISP event, where the scenario has tests over that form. */
  misp?: unknown;
}
