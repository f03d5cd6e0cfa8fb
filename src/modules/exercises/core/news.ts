import type { Act, LogEntry } from './log.js';
import type { Verb } from './scenario.js';

/** What a team shared, or was shared with it. Others are in it by what the common part calls them, or not at all. */
export interface News {
  exerciseMs: number;
  way: 'shared' | 'received';
  verb: string;
  /** Of an answer the question. */
  record: string | null;
  /** Of what the team shared, and not at RED, which not all of its people read. */
  title: string | null;
  /** Of what was shared: to whom. Of what was received: from whom; of nobody where its readers are not told. */
  whom: string[];
}

/** What gives others something to read. */
const SHARING: readonly Verb[] = ['released', 'published', 'requested', 'answered', 'passed-on'];
/** Wider than a list of teams. */
const WORDS = ['community', 'partners', 'public'];

/** An act by which something was shared, as it is reckoned while the log goes by: teams are named when all are there. */
interface Shared {
  act: Act;
  exerciseMs: number;
  /** Ids of the teams that it reached, and those of them that it reached as such. */
  reached: readonly string[];
  given: readonly string[];
}

/** How the news travelled: entry by entry who shared what with whom. */
export class Travel {
  private readonly shared: Shared[] = [];
  /** By the id of a question: whose it is, and so to whom its answers go. */
  private readonly askers = new Map<string, string>();

  take(entry: LogEntry, exerciseMs: number): void {
    if (entry.kind !== 'act' || !SHARING.includes(entry.verb)) return;
    const { team, verb, record, facts } = entry;
    if (verb === 'requested' && record !== null && !this.askers.has(record)) this.askers.set(record, team);
    const reached = this.reachedBy(entry).filter((each) => each !== team);
    // What is RED is persons' to read, whom the log does not tell apart from their teams.
    const given = facts.tlp === 'TLP:RED' ? [] : (facts.given ?? reached).filter((each) => reached.includes(each));
    this.shared.push({ act: entry, exerciseMs, reached, given });
  }

  /**
   * Of one team, and of nobody what it neither did nor was given.
   * @param names what the common part calls each team, by id and in its order.
   */
  of(team: string, names: ReadonlyMap<string, string>): News[] {
    return this.shared.flatMap(({ act, exerciseMs, reached, given }): News[] => {
      const { verb, record, facts } = act;
      const isRed = facts.tlp === 'TLP:RED';
      if (act.team === team) {
        const named = [...names].flatMap(([id, name]) => (reached.includes(id) ? [name] : []));
        const whom = [...(facts.audience ?? []).filter((each) => WORDS.includes(each)), ...named];
        return [{ exerciseMs, way: 'shared', verb, record, title: (isRed ? null : facts.title) ?? null, whom }];
      }
      if (!given.includes(team)) return [];
      // Whose an incident is its readers are not always told; a log that does not say leaves it open.
      const isNamed = verb !== 'released' || facts.authorship === 'named';
      const from = isNamed ? names.get(act.team) : undefined;
      return [{ exerciseMs, way: 'received', verb, record, title: null, whom: from === undefined ? [] : [from] }];
    });
  }

  /** In a log that does not say whom an audience reached, those that it names: of `community` not all may have read it. */
  private reachedBy({ verb, record, facts }: Act): readonly string[] {
    if (verb === 'requested') return facts.asked ?? [];
    if (verb !== 'answered') return facts.reached ?? facts.audience ?? [];
    // To the asker: whether the others who were asked read it, the log does not say.
    const asker = record === null ? undefined : this.askers.get(record);
    return asker === undefined ? [] : [asker];
  }
}
