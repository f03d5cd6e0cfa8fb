import type { MselRow } from '../../../codecs/msel/index.js';
import { CHANNELS, SCENARIO_FORMAT } from './scenario.js';
import type { Inject, Scenario } from './scenario.js';

/** Injects of a workbook as a scenario without milestones: a beginning, which the linter says what it lacks. */
export function scenarioOfMsel(rows: readonly MselRow[], { id, title }: { id: string; title: string }): Scenario {
  const roles = named(rows.flatMap(({ to }) => to).filter((name) => !EVERYBODY.test(name)));
  const personas = named(rows.map(({ from }) => from));
  return {
    format: SCENARIO_FORMAT,
    id,
    version: 1,
    title,
    summary: title,
    language: 'en',
    durationMinutes: Math.max(60, ...rows.map(({ minutes }) => minutes + 30)),
    storyline: title,
    objectives: [{ id: 'exercise', title }],
    roles:
      roles.size > 0 ? [...roles].map(([name, role]) => ({ id: role, title: name })) : [{ id: 'team', title: 'Team' }],
    personas: [...personas].map(([name, persona]) => ({ id: persona, name })),
    injects: rows.map((row): Inject => {
      const to = row.to.some((name) => EVERYBODY.test(name)) ? [] : row.to.map((name) => roles.get(name) ?? '');
      return {
        id: `inject-${row.number}`,
        number: row.number,
        title: row.subject.slice(0, 200),
        timing: { atMinutes: row.minutes },
        channel: CHANNELS.find((each) => each === row.channel) ?? 'email',
        from: personas.get(row.from) ?? '',
        ...(to.length > 0 ? { recipients: { roles: to } } : {}),
        body: row.text,
        ...(row.expected === '' ? {} : { expected: [{ what: row.expected }] }),
      };
    }),
    milestones: [],
  };
}

const EVERYBODY = /^(all|everybody|everyone|all (teams|players|participants))$/i;

/** A name as an id: of what it has in ASCII. */
export const kebabOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replaceAll(/^-|-$/g, '');

/** Ids by names, each its own. */
function named(names: readonly string[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const name of names) {
    if (ids.has(name)) continue;
    const plain = kebabOf(name);
    const taken = new Set(ids.values());
    let id = plain === '' ? `n-${ids.size + 1}` : plain;
    for (let nth = ids.size + 1; taken.has(id); nth++)
      id = `${plain === '' ? 'n' : plain.slice(0, 72).replace(/-$/, '')}-${nth}`;
    ids.set(name, id);
  }
  return ids;
}

/** One row an inject. What waits for a milestone or a command has no time: it stands at the end of its move. */
export function mselOfScenario(scenario: Scenario): MselRow[] {
  const times = new Map<string, number>();
  const timeOf = (inject: Inject, depth = 0): number => {
    const { timing } = inject;
    if ('atMinutes' in timing) return timing.atMinutes;
    const before = 'afterInject' in timing ? scenario.injects.find(({ id }) => id === timing.afterInject) : undefined;
    if ('afterInject' in timing && before && depth < scenario.injects.length)
      return timeOf(before, depth + 1) + timing.minutes;
    const later = (scenario.moves ?? []).map(({ startsAtMinutes }) => startsAtMinutes);
    const start = (scenario.moves ?? []).find(({ id }) => id === inject.move)?.startsAtMinutes ?? 0;
    return Math.min(scenario.durationMinutes, ...later.filter((each) => each > start));
  };
  for (const inject of scenario.injects) times.set(inject.id, timeOf(inject));
  const title = (list: readonly { id: string; title: string }[], id: string): string =>
    list.find((each) => each.id === id)?.title ?? id;
  return [...scenario.injects]
    .map((inject): MselRow => {
      const { roles = [], teams = [] } = inject.recipients ?? {};
      const to = [...roles.map((role) => title(scenario.roles, role)), ...teams];
      return {
        number: inject.number,
        minutes: times.get(inject.id) ?? 0,
        from: scenario.personas.find(({ id }) => id === inject.from)?.name ?? inject.from,
        to: to.length > 0 ? to : ['All'],
        channel: inject.channel,
        subject: inject.title,
        text: inject.body,
        expected: (inject.expected ?? []).map(({ what }) => what).join('\n'),
      };
    })
    .sort((a, b) => a.minutes - b.minutes || a.number - b.number);
}
