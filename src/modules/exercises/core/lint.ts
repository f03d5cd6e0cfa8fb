import { whyUnsupported } from '../../../codecs/cexf/index.js';
import { RSIT } from '../../../kernel/rsit.js';
import { extract, warnings } from '../../observables/index.js';
import { isLanguage, namedGroups, namedStates } from './fiction.js';
import { pointerOf } from './finding.js';
import type { ScenarioFinding } from './finding.js';
import { UNSEEN_VERBS } from './scenario.js';
import type { Condition, Inject, Milestone, Scenario } from './scenario.js';

/** Says of a scenario that keeps to its schema what would go wrong on the day, in the order of the document. */
export function lint(scenario: Scenario): ScenarioFinding[] {
  const findings: ScenarioFinding[] = [];
  const say: Say = (rule, severity, pointer, detail) => void findings.push({ rule, severity, pointer, detail });
  references(scenario, say);
  reachability(scenario, say);
  worth(scenario, say);
  fiction(scenario, say);
  return findings;
}

type Say = (rule: string, severity: 'error' | 'warning', pointer: string, detail: string) => void;

function references(scenario: Scenario, say: Say): void {
  const idsOf = (list: readonly { id: string }[] | undefined, member: string): Set<string> => {
    const ids = new Set<string>();
    for (const [index, { id }] of (list ?? []).entries()) {
      if (ids.has(id)) say('duplicate-id', 'error', pointerOf(member, index, 'id'), `A second "${id}" in ${member}.`);
      ids.add(id);
    }
    return ids;
  };
  const moves = idsOf(scenario.moves, 'moves');
  const objectives = idsOf(scenario.objectives, 'objectives');
  const roles = idsOf(scenario.roles, 'roles');
  const personas = idsOf(scenario.personas, 'personas');
  const artefacts = idsOf(scenario.artefacts, 'artefacts');
  const injects = idsOf(scenario.injects, 'injects');
  const milestones = idsOf(scenario.milestones, 'milestones');
  const used = new Set<string>();
  const check = (ids: Ids, rule: string, name: string, value: string | undefined, pointer: string): void => {
    if (value === undefined) return;
    used.add(`${name} ${value}`);
    if (!ids.has(value)) say(rule, 'error', pointer, `There is no ${name} "${value}".`);
  };
  const numbers = new Set<number>();
  for (const [index, inject] of scenario.injects.entries()) {
    const at = (...steps: (string | number)[]): string => pointerOf('injects', index, ...steps);
    if (numbers.has(inject.number)) say('duplicate-number', 'error', at('number'), `A second inject ${inject.number}.`);
    numbers.add(inject.number);
    check(moves, 'unknown-move', 'move', inject.move, at('move'));
    check(personas, 'unknown-persona', 'persona', inject.from, at('from'));
    for (const [place, role] of (inject.recipients?.roles ?? []).entries())
      check(roles, 'unknown-role', 'role', role, at('recipients', 'roles', place));
    for (const [place, artefact] of (inject.artefacts ?? []).entries())
      check(artefacts, 'unknown-artefact', 'artefact', artefact, at('artefacts', place));
    for (const [place, { roles: of = [], milestone }] of (inject.expected ?? []).entries()) {
      check(milestones, 'unknown-milestone', 'milestone', milestone, at('expected', place, 'milestone'));
      for (const [each, role] of of.entries())
        check(roles, 'unknown-role', 'role', role, at('expected', place, 'roles', each));
    }
    if ('afterInject' in inject.timing)
      check(injects, 'unknown-inject', 'inject', inject.timing.afterInject, at('timing', 'afterInject'));
    if ('afterMilestone' in inject.timing)
      check(milestones, 'unknown-milestone', 'milestone', inject.timing.afterMilestone, at('timing', 'afterMilestone'));
  }
  for (const [index, { objective, roles: of, from, expects }] of scenario.milestones.entries()) {
    const at = (...steps: (string | number)[]): string => pointerOf('milestones', index, ...steps);
    check(objectives, 'unknown-objective', 'objective', objective, at('objective'));
    for (const [place, role] of of.entries()) check(roles, 'unknown-role', 'role', role, at('roles', place));
    if ('inject' in from) check(injects, 'unknown-inject', 'inject', from.inject, at('from', 'inject'));
    for (const [condition, steps] of conditionsOf(expects))
      for (const member of ['audienceIncludes', 'audienceExcludes', 'asks'] as const)
        for (const [place, whom] of (condition[member] ?? []).entries())
          if (whom.startsWith('role:'))
            check(roles, 'unknown-role', 'role', whom.slice(5), at('expects', ...steps, member, place));
  }
  for (const [index, { id }] of scenario.objectives.entries())
    if (!used.has(`objective ${id}`))
      say('idle-objective', 'warning', pointerOf('objectives', index), 'No milestone shows whether this is reached.');
  for (const [index, { id }] of (scenario.artefacts ?? []).entries())
    if (!used.has(`artefact ${id}`))
      say('idle-artefact', 'warning', pointerOf('artefacts', index), 'No inject brings this.');
  for (const [index, { id }] of scenario.roles.entries())
    if (!scenario.milestones.some(({ roles: of }) => of.includes(id)))
      say('idle-role', 'warning', pointerOf('roles', index), 'Nothing is expected of whoever plays this.');
}

type Ids = ReadonlySet<string>;

function* conditionsOf({ where, quality = [] }: Milestone['expects']): Generator<[Condition, (string | number)[]]> {
  if (where) yield [where, ['where']];
  for (const [index, { condition }] of quality.entries()) yield [condition, ['quality', index, 'condition']];
}

/** Whether one of those who get it may have met what it waits for: that is asked of some roles alone. */
function canBeMet({ timing, recipients: { roles = [], teams = [] } = {} }: Inject, milestones: Milestone[]): boolean {
  if (!('afterMilestone' in timing) || timing.by !== 'recipient' || roles.length === 0 || teams.length > 0) return true;
  const milestone = milestones.find(({ id }) => id === timing.afterMilestone);
  return milestone === undefined || milestone.roles.some((role) => roles.includes(role));
}

/** What can come at all: at a time within the exercise, by command, or after something that can. */
function reachability(scenario: Scenario, say: Say): void {
  const earliest = new Map<string, number>();
  const milestoneAt = (id: string): number | undefined => {
    const milestone = scenario.milestones.find((each) => each.id === id);
    if (!milestone) return undefined;
    return 'inject' in milestone.from ? earliest.get(milestone.from.inject) : 0;
  };
  const timeOf = ({ timing }: Inject): number | undefined => {
    if ('atMinutes' in timing) return timing.atMinutes;
    if ('onCommand' in timing) return 0;
    const [before, more] =
      'afterInject' in timing
        ? [earliest.get(timing.afterInject), timing.minutes]
        : [milestoneAt(timing.afterMilestone), timing.minutes ?? 0];
    return before === undefined ? undefined : before + more;
  };
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const inject of scenario.injects) {
      const at = timeOf(inject);
      if (earliest.has(inject.id) || at === undefined || at > scenario.durationMinutes) continue;
      earliest.set(inject.id, at);
      hasChanged = true;
    }
  }
  for (const [index, inject] of scenario.injects.entries()) {
    if (earliest.has(inject.id)) {
      // A team may play both roles: that is not known before it is run.
      if (!canBeMet(inject, scenario.milestones))
        say(
          'unreachable-inject',
          'warning',
          pointerOf('injects', index, 'timing'),
          'It waits for a milestone that no role of its recipients is asked for.',
        );
      continue;
    }
    const at = timeOf(inject);
    const detail =
      at === undefined
        ? 'It waits for something that never comes.'
        : `It comes ${at} minutes after STARTEX at the earliest, and the exercise ends after ${scenario.durationMinutes}.`;
    say('unreachable-inject', 'error', pointerOf('injects', index, 'timing'), detail);
  }
  const mentioned = new Set(
    scenario.injects.flatMap(({ expected = [] }) => expected.map(({ milestone }) => milestone)),
  );
  for (const [index, { id, from, roles }] of scenario.milestones.entries()) {
    if ('startex' in from) {
      if (!mentioned.has(id))
        say(
          'milestone-without-inject',
          'warning',
          pointerOf('milestones', index),
          'No inject leads to this milestone.',
        );
      continue;
    }
    const inject = scenario.injects.find((each) => each.id === from.inject);
    if (!inject) continue;
    const pointer = pointerOf('milestones', index, 'from', 'inject');
    if (!earliest.has(inject.id))
      say('milestone-without-inject', 'error', pointer, `Inject "${inject.id}" never comes.`);
    const { roles: to = [], teams = [] } = inject.recipients ?? {};
    if (teams.length === 0 && to.length > 0)
      for (const [place, role] of roles.entries())
        if (!to.includes(role))
          say(
            'milestone-without-inject',
            'error',
            pointerOf('milestones', index, 'roles', place),
            `Inject "${inject.id}" is not given to "${role}": its time never begins.`,
          );
  }
}

function worth(scenario: Scenario, say: Say): void {
  const total = scenario.milestones.reduce((sum, { weight }) => sum + weight, 0);
  for (const [index, { weight, bands = [], expects }] of scenario.milestones.entries()) {
    const at = (...steps: (string | number)[]): string => pointerOf('milestones', index, ...steps);
    if (scenario.milestones.length > 3 && weight * 2 > total)
      say('weights', 'warning', at('weight'), 'This one milestone is worth more than all the others.');
    for (const [place, band] of bands.entries()) {
      const before = bands[place - 1];
      if (before && (band.withinMinutes <= before.withinMinutes || band.credit >= before.credit))
        say('bands', 'error', at('bands', place), 'A band is later than the one before it, and worth less.');
    }
    const shares = (expects.quality ?? []).reduce((sum, { share }) => sum + share, 0);
    if (shares > 1 + 1e-9) say('weights', 'error', at('expects', 'quality'), 'The shares are more than the whole.');
    if (expects.verbs.every((verb) => UNSEEN_VERBS.includes(verb)) && expects.byOverride === undefined)
      say(
        'unjudged',
        'error',
        at('expects', 'verbs'),
        'No act can meet this. Name verbs, or say that an evaluator does.',
      );
    for (const [condition, steps] of conditionsOf(expects)) {
      for (const [place, rsit] of (condition.rsit ?? []).entries())
        if (!isRsit(rsit))
          say('unknown-rsit', 'error', at('expects', ...steps, 'rsit', place), `RSIT has no "${rsit}".`);
      for (const [group, { tests }] of (condition.misp?.any ?? []).entries())
        for (const [place, test] of tests.entries()) {
          const why = whyUnsupported(test);
          if (why !== null)
            say('unsupported-test', 'warning', at('expects', ...steps, 'misp', 'any', group, 'tests', place), why);
        }
    }
  }
}

function isRsit(value: string): boolean {
  const [name = '', type] = value.split(':');
  const found = Object.entries(RSIT).find(([each]) => each === name)?.[1];
  return found !== undefined && (type === undefined || Object.hasOwn(found.types, type));
}

/** Whatever a text of the scenario names that is somebody's in the world. */
function fiction(scenario: Scenario, say: Say): void {
  const allowed = new Set((scenario.allowed ?? []).map(({ text }) => text.toLowerCase()));
  // Somebody else's document asks for what it asks for: whoever plays it is told, and may.
  const severity = scenario.origin ? 'warning' : 'error';
  const passes = (text: string): boolean => allowed.has(text.toLowerCase());
  const isKnown = isLanguage(scenario.language);
  if (!isKnown) say('unknown-language', 'error', '/language', `"${scenario.language}" is no language tag of BCP 47.`);
  const language = isKnown ? scenario.language : 'en';
  for (const [member, rule] of [
    ['adversaries', 'real-adversary'],
    ['victims', 'real-victim'],
  ] as const)
    for (const [index, { name, description = '' }] of (scenario[member] ?? []).entries())
      for (const [part, text] of Object.entries({ name, description }))
        for (const state of namedStates(text, language).filter((each) => !passes(each)))
          say(rule, 'error', pointerOf(member, index, part), `"${state}" is a state.`);
  for (const [pointer, text] of textsOf(scenario)) {
    for (const group of namedGroups(text).filter((each) => !passes(each)))
      say('real-adversary', 'error', pointer, `"${group}" is a group that exists, or is called like one.`);
    for (const { type, value, start, end } of extract(text)) {
      const why = whyLive(type, value);
      if (why !== null && !passes(value) && !passes(text.slice(start, end))) say('live-value', severity, pointer, why);
    }
  }
}

function whyLive(type: string, value: string): string | null {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
    case 'cidr':
      return warnings(type, value, ['special-address']).length > 0
        ? null
        : `${value} may be somebody's. Use 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32.`;
    case 'domain':
    case 'host':
    case 'url':
    case 'email': {
      const [kind, name] = type === 'email' ? ['domain', value.slice(value.indexOf('@') + 1)] : [type, value];
      const isFree = warnings(kind, name, ['reserved-name', 'special-address']).length > 0;
      return isFree ? null : `${value} may be somebody's. Use a name below .example, .test or .invalid.`;
    }
    default:
      return null;
  }
}

/** Every text of the document, but for what is a pattern or a name of a format. */
function* textsOf(value: unknown, pointer = ''): Generator<[string, string]> {
  if (typeof value === 'string') {
    yield [pointer, value];
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (pointer === '' && ['allowed', 'origin', '$schema'].includes(name)) continue;
    if (name === 'path' && pointer.includes('/misp/')) continue;
    if (name === 'content' && (value as { encoding?: string }).encoding === 'base64' && typeof member === 'string')
      yield [`${pointer}/content`, Buffer.from(member, 'base64').toString('utf8')];
    else yield* textsOf(member, pointer + pointerOf(name));
  }
}
