import type { Fault } from '../../kernel/problem.js';
import { CHANNELS, SCENARIO_FORMAT } from './core/index.js';
import type { Scenario } from './core/index.js';

type Members = Record<string, unknown>;

const NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
const idsOf = (list: unknown): Set<unknown> =>
  new Set(Array.isArray(list) ? list.filter(isMembers).map(({ id }) => id) : []);

/** What a document lacks without which nothing can be made of it, each by its pointer. */
export function scenarioFaults(document: unknown, at = ''): Fault[] {
  if (!isMembers(document)) return [{ pointer: at, detail: 'A scenario is an object.' }];
  const faults: Fault[] = [];
  if (document.format !== SCENARIO_FORMAT)
    faults.push({ pointer: `${at}/format`, detail: `The format is ${SCENARIO_FORMAT}.` });
  for (const name of ['title', 'summary', 'language', 'storyline'])
    if (!isText(document[name])) faults.push({ pointer: `${at}/${name}`, detail: 'This is a text.' });
  if (typeof document.durationMinutes !== 'number' || !(document.durationMinutes > 0))
    faults.push({ pointer: `${at}/durationMinutes`, detail: 'This is a number of minutes.' });
  for (const name of ['objectives', 'roles', 'personas', 'injects', 'milestones']) {
    const list = document[name];
    if (!Array.isArray(list)) {
      faults.push({ pointer: `${at}/${name}`, detail: 'This is a list.' });
      continue;
    }
    const seen = new Set<unknown>();
    for (const [index, item] of list.entries()) {
      const pointer = `${at}/${name}/${index}`;
      const id: unknown = isMembers(item) ? item.id : undefined;
      if (typeof id !== 'string' || !NAME.test(id))
        faults.push({ pointer: `${pointer}/id`, detail: 'An id is of small letters, digits and hyphens.' });
      else if (seen.has(id)) faults.push({ pointer: `${pointer}/id`, detail: 'Another has this id.' });
      seen.add(id);
      if (name === 'injects' && isMembers(item)) faults.push(...injectFaults(item, document, pointer));
      if (name === 'milestones' && isMembers(item)) faults.push(...milestoneFaults(item, document, pointer));
    }
  }
  return faults;
}

/** @param of the scenario that it belongs to, as far as that is one. */
export function injectFaults(inject: Members, of: Members | Scenario, at: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (name: string, detail: string): void => void faults.push({ pointer: `${at}/${name}`, detail });
  if (typeof inject.id !== 'string' || !NAME.test(inject.id))
    fault('id', 'An id is of small letters, digits and hyphens.');
  if (!Number.isSafeInteger(inject.number)) fault('number', 'This is a whole number.');
  if (!isText(inject.title)) fault('title', 'This is a text.');
  if (!isText(inject.body)) fault('body', 'This is a text.');
  if (!(CHANNELS as readonly unknown[]).includes(inject.channel)) fault('channel', `One of ${CHANNELS.join(', ')}.`);
  if (!idsOf(of.personas).has(inject.from)) fault('from', 'There is no such persona.');
  if (!isTiming(inject.timing))
    fault('timing', 'One of atMinutes, afterInject with minutes, afterMilestone with by, or onCommand.');
  const { recipients } = inject;
  if (recipients !== undefined && !isMembers(recipients)) fault('recipients', 'This is an object of roles and teams.');
  if (isMembers(recipients)) {
    const { roles = [], teams = [] } = recipients;
    if (!Array.isArray(roles) || !Array.isArray(teams)) fault('recipients', 'Roles and teams are lists.');
    else
      for (const [index, role] of roles.entries())
        if (!idsOf(of.roles).has(role)) fault(`recipients/roles/${index}`, 'There is no such role.');
  }
  return faults;
}

function isTiming(timing: unknown): boolean {
  if (!isMembers(timing)) return false;
  const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
  if ('atMinutes' in timing) return isTime(timing.atMinutes);
  if ('afterInject' in timing) return isText(timing.afterInject) && isTime(timing.minutes);
  if ('afterMilestone' in timing)
    return isText(timing.afterMilestone) && ['any-team', 'all-teams', 'recipient'].includes(String(timing.by));
  return timing.onCommand === true;
}

function milestoneFaults(milestone: Members, of: Members, at: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (name: string, detail: string): void => void faults.push({ pointer: `${at}/${name}`, detail });
  if (!isText(milestone.title)) fault('title', 'This is a text.');
  if (!idsOf(of.objectives).has(milestone.objective)) fault('objective', 'There is no such objective.');
  if (typeof milestone.weight !== 'number' || !(milestone.weight > 0)) fault('weight', 'This is a number above 0.');
  const { roles, from, expects } = milestone;
  if (!Array.isArray(roles) || roles.length === 0 || roles.some((role) => !idsOf(of.roles).has(role)))
    fault('roles', 'These are ids of roles.');
  if (!isMembers(from) || !(from.startex === true || idsOf(of.injects).has(from.inject)))
    fault('from', 'An inject of the scenario, or startex.');
  if (!isMembers(expects) || !Array.isArray(expects.verbs)) fault('expects', 'What is expected has verbs.');
  return faults;
}
