import { judgeOf } from '../../../codecs/cexf/index.js';
import { isWiderThan } from '../../../kernel/markings.js';
import { normalise, refang } from '../../observables/index.js';
import type { Act, ActFacts, Team } from './log.js';
import type { Condition, ObservableRef } from './scenario.js';

export type Judge = (act: Act, teams: ReadonlyMap<string, Team>) => boolean;

const always: Judge = () => true;

/**
 * The condition as one function: what does not depend on the act (the one form of a value, the paths) is done once for
 * all the acts that it will judge.
 */
export function judgeCondition(condition: Condition | undefined): Judge {
  if (condition === undefined) return always;
  const tests: Judge[] = [];
  const over = (test: (facts: ActFacts) => boolean): void => void tests.push(({ facts }) => test(facts));
  const { rsit, marking, observables, anyObservable, techniques, mentions, tags, countries, sector, validates } =
    condition;

  if (rsit) over((facts) => rsit.some((each) => facts.rsit === each || facts.rsit?.startsWith(`${each}:`) === true));
  const { noWiderThan, noNarrowerThan } = marking ?? {};
  if (noWiderThan) over(({ tlp }) => tlp !== undefined && !isWiderThan(tlp, noWiderThan));
  if (noNarrowerThan) over(({ tlp }) => tlp !== undefined && !isWiderThan(noNarrowerThan, tlp));
  if (observables) {
    const wanted = observables.map(keyOf);
    over((facts) => wanted.every((key) => holds(facts, key)));
  }
  if (anyObservable) {
    const wanted = anyObservable.map(keyOf);
    over((facts) => wanted.some((key) => holds(facts, key)));
  }
  if (techniques) over((facts) => techniques.every((each) => facts.techniques?.includes(each) === true));
  if (mentions) {
    const phrases = mentions.map((phrase) => phrase.toLowerCase());
    over((facts) => {
      const text = `${facts.title ?? ''}\n${facts.text ?? ''}`.toLowerCase();
      return phrases.some((phrase) => text.includes(phrase));
    });
  }
  if (tags) over((facts) => tags.every((each) => facts.tags?.includes(each) === true));
  if (countries) over((facts) => countries.every((each) => facts.countries?.includes(each) === true));
  if (sector !== undefined) over((facts) => facts.sector === sector);
  if (validates !== undefined) over((facts) => facts.validAs?.includes(validates) === true);

  const { audienceIncludes, audienceExcludes, asks, misp } = condition;
  if (audienceIncludes)
    tests.push((act, teams) => audienceIncludes.every((each) => reaches(sharedWith(act), each, act, teams)));
  if (audienceExcludes)
    tests.push((act, teams) => audienceExcludes.every((each) => !reaches(sharedWith(act), each, act, teams)));
  if (asks) tests.push((act, teams) => asks.every((each) => reaches({ names: act.facts.asked }, each, act, teams)));
  if (misp) {
    const judges = misp.any.map(({ tests: list }) => list.map(judgeOf));
    over((facts) => judges.some((list) => list.length > 0 && list.every((judge) => judge(facts.misp))));
  }
  return (act, teams) => tests.every((test) => test(act, teams));
}

interface Addressees {
  names: readonly string[] | undefined;
  /** Who that is; everybody named, and by `community` every team, where it is not said. */
  reached?: readonly string[] | undefined;
}

const sharedWith = ({ facts }: Act): Addressees => ({ names: facts.audience, reached: facts.reached });

/** Whether it reaches `community`, a team, or any other team that plays `role:<id>`. */
function reaches(
  { names, reached }: Addressees,
  whom: string,
  { team }: Act,
  teams: ReadonlyMap<string, Team>,
): boolean {
  if (names === undefined) return false;
  const isCommunity = names.includes('community');
  if (whom === 'community') return isCommunity;
  const isReached = (id: string): boolean => reached?.includes(id) ?? (isCommunity || names.includes(id));
  if (!whom.startsWith('role:')) return isReached(whom);
  const role = whom.slice('role:'.length);
  return [...teams.values()].some((each) => each.id !== team && each.roles.includes(role) && isReached(each.id));
}

const holds = ({ observables = [] }: ActFacts, key: string): boolean => observables.some((each) => keyOf(each) === key);

/** A host and a domain are one name, filed as the one or the other by whoever looked. */
function keyOf({ type, value }: ObservableRef): string {
  const result = normalise(type, refang(type, value));
  const form = 'value' in result ? result.value : value.trim().toLowerCase();
  return `${type === 'host' ? 'domain' : type} ${form}`;
}
