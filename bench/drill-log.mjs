// Logs of drills, made by the product's own core: what is due, and what simulated teams do.
import { dice } from './dice.mjs';

const MINUTE_MS = 60_000;
const T0 = Date.UTC(2026, 10, 20, 1);
/** How the first team works, and how much better or worse the others. */
const SKILL = { diligence: 0.9, accuracy: 0.8 };

/** Eleven teams: each in the first role and in another. */
export function teamsOf(scenario, { certs }) {
  const [first, ...others] = scenario.roles.map(({ id }) => id);
  return certs.map(({ id, name, country }, order) => ({
    id,
    name,
    roles: others.length === 0 ? [first] : [first, others[order % others.length]],
    country,
    timeZone: 'Asia/Bangkok',
    order,
    mayBeNamed: false,
  }));
}

/**
 * A drill to ENDEX, minute by minute: injects when they are due, acts when a simulated team would do them.
 * @returns entries of a log
 */
export function drillLog({ due, nextAct }, scenario, teams) {
  const { uuid } = dice(31);
  const log = [];
  let now = T0;
  const say = (entry) => log.push({ ...entry, seq: log.length + 1, at: new Date(now).toISOString(), by: null });
  for (const team of teams) say({ kind: 'joined', team });
  say({ kind: 'started' });
  const views = teams.map((team) => ({ team, others: teams, received: [], tried: [] }));
  const skillOf = (index) => ({ ...SKILL, accuracy: SKILL.accuracy - index / 50 });
  for (let minute = 0; minute < scenario.durationMinutes; minute += 1) {
    now = T0 + minute * MINUTE_MS;
    for (const { inject, team } of due(scenario, log, now)) {
      say({ kind: 'inject-delivered', inject, team });
      views.find((view) => view.team.id === team).received.push({ inject, atExerciseMs: minute * MINUTE_MS });
      say({ kind: 'inject-seen', inject, team });
    }
    for (const [index, view] of views.entries())
      for (let plan; (plan = nextAct('bench', skillOf(index), scenario, view));) {
        if (plan.atExerciseMs > minute * MINUTE_MS) break;
        view.tried.push(plan.milestone);
        const verbs = plan.verb === 'filed' ? ['filed', 'classified', 'marked', 'observable-held'] : [plan.verb];
        const record = uuid();
        for (const verb of verbs) say({ kind: 'act', team: view.team.id, verb, record, facts: plan.facts });
      }
  }
  now = T0 + scenario.durationMinutes * MINUTE_MS;
  say({ kind: 'ended' });
  return log;
}

/**
 * As many acts as asked for in the time of the drill: those of the drill again and again, of other records, and each third
 * with facts of another.
 */
export function longLog(core, scenario, teams, acts) {
  const { uuid, one, chance } = dice(32);
  const drill = drillLog(core, scenario, teams);
  const known = drill.filter(({ kind }) => kind === 'act');
  const more = Array.from({ length: acts - known.length }, () => {
    const act = one(known);
    const facts = chance(1 / 3) ? one(known).facts : act.facts;
    return { ...act, team: one(teams).id, record: uuid(), facts };
  });
  const between = more.map((act) => [Date.parse(one(drill.slice(teams.length + 1)).at), act]);
  const entries = [...drill.map((entry) => [Date.parse(entry.at), entry]), ...between].sort(
    // ENDEX stays the last.
    ([a, x], [b, y]) => Number(x.kind === 'ended') - Number(y.kind === 'ended') || a - b,
  );
  return entries.map(([at, entry], index) => ({ ...entry, seq: index + 1, at: new Date(at).toISOString() }));
}
