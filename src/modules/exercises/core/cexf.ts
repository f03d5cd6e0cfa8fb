import { COMPARISONS, readCexf, whyUnsupported } from '../../../codecs/cexf/index.js';
import type { CexfDocument } from '../../../codecs/cexf/index.js';
import { isObject, numberOf, objectsOf, textOf, textsOf } from '../../../codecs/record/json.js';
import type { Json } from '../../../codecs/record/json.js';
import { uuidV5 } from '../../../codecs/record/uuid-v5.js';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import type { Fault } from '../../../kernel/problem.js';
import { minutesMs } from './clock.js';
import { SCENARIO_FORMAT } from './scenario.js';
import type { Artefact, Inject, Milestone, MispTest, Scenario, Timing, Verb } from './scenario.js';

/** What gives an incident another MISP form. */
const CHANGES: Verb[] = ['filed', 'revised', 'classified', 'marked', 'released', 'observable-held', 'published'];
const NAMESPACE = '0b8d4b52-6b0e-4c55-9d0e-5d3f5d1c2a77';

/**
 * A CEXF document as a scenario, which keeps it whole: what Ronda has no word for goes out again as it came. An evaluation
 * that Ronda cannot judge becomes a milestone for an evaluator.
 */
export function scenarioOfCexf(json: unknown): { scenario: Scenario | null; faults: Fault[] } {
  const { document, faults } = readCexf(json);
  return { scenario: document && { ...mapped(document), origin: { format: 'cexf', document: json } }, faults };
}

function mapped({ exercise, injects, flow, payloads }: CexfDocument): Scenario {
  const milestones = injects.flatMap(milestonesOf);
  const name = textOf(exercise['name']) ?? '';
  return {
    format: SCENARIO_FORMAT,
    id: idOf(exercise['uuid']),
    version: Math.max(1, Math.trunc(Number(exercise['version'])) || 1),
    title: name,
    summary: textOf(exercise['description']) || name,
    language: 'en',
    durationMinutes: Number(exercise['total_duration']) / 60 || 120,
    storyline: textOf(exercise['expanded']) || name,
    objectives: [{ id: 'exercise', title: name }],
    roles: [{ id: 'participant', title: 'Participant' }],
    personas: [{ id: 'exercise', name: 'Exercise control' }],
    artefacts: payloads.flatMap(artefactOf),
    injects: injects.map((inject, index) => injectOf(inject, index, flow, payloads, milestones)),
    milestones,
  };
}

const idOf = (uuid: unknown): string => (textOf(uuid) ?? '').toLowerCase();

function artefactOf({ uuid, type, parameters }: Json): Artefact[] {
  if (type !== 'file' || !isObject(parameters)) return [];
  const content = textOf(parameters['content']);
  if (content === null || content === '') return [];
  const isBase64 = parameters['content-type'] === 'base64';
  return [
    {
      id: idOf(uuid),
      name: textOf(parameters['filename']) ?? 'payload',
      mediaType: isBase64 ? 'application/octet-stream' : 'text/plain',
      content,
      encoding: isBase64 ? 'base64' : 'text',
    },
  ];
}

function injectOf(inject: Json, index: number, flow: Json[], payloads: Json[], milestones: Milestone[]): Inject {
  const id = idOf(inject['uuid']);
  const own = flow.find((each) => idOf(each['inject_uuid']) === id) ?? {};
  const payload = idOf(inject['action_payload_resource_uuid']);
  const isFile = payloads.some((each) => idOf(each['uuid']) === payload && artefactOf(each).length > 0);
  const expected = milestones
    .filter(({ from }) => 'inject' in from && from.inject === id)
    .map(({ id: milestone, title }) => ({ what: title, milestone }));
  const name = textOf(inject['name']) ?? '';
  return {
    id,
    number: index + 1,
    title: name.slice(0, 200),
    timing: timingOf(own, flow, id, milestones),
    channel: textOf(inject['action'])?.startsWith('email') === true ? 'email' : 'report',
    from: 'exercise',
    body: textOf(inject['description']) || textOf(own['description']) || name,
    ...(isFile ? { artefacts: [payload] } : {}),
    ...(expected.length > 0 ? { expected } : {}),
  };
}

/** How long after what it requires, in seconds: the format has a time of the exercise alone. Ronda's own member. */
const AFTER = 'ronda:after_seconds';

function timingOf(own: Json, flow: Json[], id: string, milestones: Milestone[]): Timing {
  const [sequence, requirements] = [memberOf(own, 'sequence'), memberOf(own, 'requirements')];
  const triggers = textsOf(sequence['trigger']);
  const at = secondsOf(memberOf(own, 'timing')['triggered_at']);
  const after = secondsOf(memberOf(own, 'timing')[AFTER]);
  if (triggers.includes('startex')) return { atMinutes: (at ?? 0) / 60 };
  const needed = idOf(requirements['inject_uuid']);
  if (needed !== '' && needed !== id) {
    const wanted = textOf(requirements['resolution_requirement']);
    const of = milestones.filter(({ from }) => 'inject' in from && from.inject === needed);
    // Written by Ronda, it names what it waits for; by others, an inject is waited for until it is solved.
    const met = of.find(({ title }) => title === wanted) ?? (after === null ? of[0] : undefined);
    if (met) return { afterMilestone: met.id, by: 'recipient', ...(after ? { minutes: after / 60 } : {}) };
    const before = flow.find((each) => idOf(each['inject_uuid']) === needed) ?? {};
    const beforeAt = secondsOf(memberOf(before, 'timing')['triggered_at']);
    const apart = at === null || beforeAt === null ? 0 : Math.max(0, at - beforeAt);
    return { afterInject: needed, minutes: (after ?? apart) / 60 };
  }
  if (at !== null) return { atMinutes: at / 60 };
  if (triggers.includes(MANUAL)) return { onCommand: true };
  const before = flow.find((each) =>
    textsOf(memberOf(each, 'sequence')['followed_by']).some((next) => idOf(next) === id),
  );
  return before ? { afterInject: idOf(before['inject_uuid']), minutes: 0 } : { atMinutes: 0 };
}

/** When a controller fires it. */
const MANUAL = 'manual';

const memberOf = (json: Json, name: string): Json => {
  const member = json[name];
  return isObject(member) ? member : {};
};

/** As `total_duration`: since STARTEX, a number or its digits. */
function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : numberOf(value);
  return seconds !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function milestonesOf(inject: Json): Milestone[] {
  const id = idOf(inject['uuid']);
  const evaluations = objectsOf(inject['inject_evaluation']);
  const groups =
    inject['inject_evaluation_join_type'] === 'OR' && evaluations.length > 0
      ? [evaluations]
      : evaluations.map((evaluation) => [evaluation]);
  return groups.map((group, index) => {
    const read = group.map(testsOf);
    const judged = read.flatMap(({ tests }) => (tests ? [{ tests }] : []));
    const why = read.flatMap((each) => each.why ?? []).at(0);
    const [first = {}] = group;
    const range: unknown[] = Array.isArray(first['score_range']) ? first['score_range'] : [];
    return {
      id: `${id}-${index + 1}`,
      title: (textOf(first['result']) || textOf(inject['name']) || 'Evaluation').slice(0, 300),
      objective: 'exercise',
      roles: ['participant'],
      weight: numberOf(range[1]) || 1,
      from: { inject: id },
      expects:
        judged.length > 0
          ? { verbs: CHANGES, where: { misp: { any: judged } } }
          : { verbs: [], byOverride: { reason: why ?? 'The document has no evaluation for it.' } },
    };
  });
}

/** All tests of one evaluation, or why it cannot be judged from what a participant leaves on the platform. */
function testsOf(evaluation: Json): { tests: MispTest[] | null; why?: string } {
  const strategy = textOf(evaluation['evaluation_strategy']) ?? 'data_filtering';
  if (!['data_filtering', 'query_search', 'misp_query_search'].includes(strategy))
    return { tests: null, why: `The strategy "${strategy}" judges what a participant asks for, not what it files.` };
  const tests: MispTest[] = [];
  const parameters: unknown[] = Array.isArray(evaluation['parameters']) ? evaluation['parameters'] : [];
  for (const parameter of parameters) {
    if (!isObject(parameter)) return { tests: null, why: `The condition "${String(parameter)}" is not understood.` };
    for (const [path, test] of Object.entries(parameter)) {
      const comparison = COMPARISONS.find((each) => isObject(test) && each === test['comparison']);
      const values: unknown[] = isObject(test) && Array.isArray(test['values']) ? test['values'] : [];
      const plain = values.filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
      if (!comparison || plain.length !== values.length)
        return { tests: null, why: `The test of ${path} is not understood.` };
      const read: MispTest = {
        path: /^[.[(]/.test(path) ? path : `.${path}`,
        comparison,
        values: plain as MispTest['values'],
      };
      const why = whyUnsupported(read);
      if (why !== null) return { tests: null, why };
      tests.push(read);
    }
  }
  return tests.length > 0 ? { tests } : { tests: null, why: 'The evaluation tests nothing.' };
}

const UUID = /^[0-9a-f]{7,8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const uuidOf = (scenario: string, id: string): string => (UUID.test(id) ? id : uuidV5(NAMESPACE, `${scenario}/${id}`));

/** The document that the scenario came as, where nothing has changed since; else one that says what CEXF can. */
export function cexfOfScenario({ origin, ...scenario }: Scenario): unknown {
  const came = origin && readCexf(origin.document).document;
  if (origin && came && canonicalJson(mapped(came)) === canonicalJson(scenario)) return origin.document;
  const uuid = (id: string): string => uuidOf(scenario.id, id);
  const sorted = [...scenario.injects].sort((a, b) => a.number - b.number);
  return {
    exercise: {
      ...came?.exercise,
      uuid: uuidOf('exercise', scenario.id),
      name: scenario.title,
      description: scenario.summary,
      expanded: scenario.storyline,
      namespace: came?.exercise['namespace'] ?? 'ronda',
      tags: came?.exercise['tags'] ?? ['exercise:software-scope="misp"'],
      total_duration: String(Math.round(scenario.durationMinutes * 60)),
      version: String(scenario.version),
    },
    injects: sorted.map((inject) => ({
      uuid: uuid(inject.id),
      name: inject.title,
      description: inject.body,
      action: inject.channel === 'email' ? 'email_to_participants' : inject.channel,
      ...(inject.artefacts?.[0] === undefined ? {} : { action_payload_resource_uuid: uuid(inject.artefacts[0]) }),
      target_tool: 'MISP',
      inject_evaluation: scenario.milestones
        .filter(({ from }) => 'inject' in from && from.inject === inject.id)
        .flatMap(evaluationsOf),
    })),
    inject_flow: sorted.map((inject, index) => ({
      inject_uuid: uuid(inject.id),
      description: inject.title,
      requirements: requirementsOf(inject.timing, scenario.milestones, uuid),
      sequence: {
        trigger: triggersOf(inject.timing, scenario.milestones),
        completion_trigger: ['time_expiration', 'completion'],
        followed_by: sorted[index + 1] ? [uuid(sorted[index + 1]?.id ?? '')] : [],
      },
      timing: {
        triggered_at: 'atMinutes' in inject.timing ? toSeconds(inject.timing.atMinutes) : null,
        periodic_run_every: null,
        ...('afterInject' in inject.timing || 'afterMilestone' in inject.timing
          ? { [AFTER]: toSeconds(inject.timing.minutes ?? 0) }
          : {}),
      },
    })),
    inject_payloads: (scenario.artefacts ?? []).map(({ id, name, content, encoding }) => ({
      uuid: uuid(id),
      name,
      type: 'file',
      parameters: {
        filename: name,
        'content-type': 'base64',
        content: encoding === 'base64' ? content : Buffer.from(content).toString('base64'),
      },
    })),
  };
}

/** What waits for a milestone that belongs to no inject has no words in CEXF: there a controller decides. */
function triggersOf(timing: Timing, milestones: readonly Milestone[]): string[] {
  const isManual =
    'onCommand' in timing ||
    ('afterMilestone' in timing &&
      milestones.some(({ id, from }) => id === timing.afterMilestone && !('inject' in from)));
  if (isManual) return [MANUAL];
  return 'atMinutes' in timing && timing.atMinutes === 0 ? ['startex'] : [];
}

/** By milliseconds, as the clock counts. */
const toSeconds = (minutes: number): number => minutesMs(minutes) / 1000;

function requirementsOf(timing: Timing, milestones: readonly Milestone[], uuid: (id: string) => string): Json {
  if ('afterInject' in timing) return { inject_uuid: uuid(timing.afterInject) };
  if (!('afterMilestone' in timing)) return {};
  const milestone = milestones.find(({ id }) => id === timing.afterMilestone);
  if (!milestone || !('inject' in milestone.from)) return {};
  return { inject_uuid: uuid(milestone.from.inject), resolution_requirement: milestone.title };
}

/** What holds of the MISP form; the rest of a milestone has no words in CEXF, and is an evaluator's there. */
function evaluationsOf({ title, weight, expects: { where } }: Milestone): Json[] {
  const tests = where?.misp?.any ?? [
    {
      tests: (where?.observables ?? []).map(({ value }) => ({
        path: '[.Event.Object[].Attribute[], .Event.Attribute[]] | .[].value',
        comparison: 'contains' as const,
        values: [value],
      })),
    },
  ];
  return tests.map((each) => ({
    result: title,
    evaluation_strategy: 'data_filtering',
    evaluation_context: {},
    score_range: [0, weight],
    parameters: each.tests.map(({ path, comparison, values }) => ({
      [path]: { comparison, values, extract_type: 'all' },
    })),
  }));
}
