import type { PlannedAct } from '../../../modules/exercises/index.js';
import type { Crew } from './desk.js';

/** What a team can turn to besides its own people. */
export interface Surroundings {
  /** Ids of organisations that play too; at least one. */
  others: readonly string[];
  /** Has a neighbour send this team a request, and says which. */
  beAsked: () => Promise<string>;
  /** Wall time: what is seen is seen at an instant. */
  now: () => Date;
}

type Facts = PlannedAct['facts'];

interface Made {
  id: string;
}

/** Does through the API what a simulated team has in mind. @throws CliError with what the server says against it. */
export async function perform({ verb, facts }: PlannedAct, crew: Crew, around: Surroundings): Promise<void> {
  switch (verb) {
    case 'filed':
    case 'revised':
    case 'classified':
    case 'marked':
    case 'observable-held':
      await file(crew, facts);
      return;
    case 'released':
      await release(crew, await file(crew, facts), facts, around);
      return;
    case 'recalled': {
      const incident = await file(crew, facts);
      await release(crew, incident, facts, around);
      await crew.analyst.post(`incidents/${incident}/recall`, { reason: 'error' });
      return;
    }
    case 'commented':
      await crew.analyst.post(`incidents/${await file(crew, facts)}/comments`, { body: wordsOf(facts) });
      return;
    case 'looked-up':
      await lookUp(crew, facts);
      return;
    case 'sighted':
      await sight(crew, facts, around);
      return;
    case 'requested':
      await crew.analyst.post('requests', {
        kind: 'rfi',
        to: { organisation: facts.asked?.[0] ?? around.others[0] },
        marking: { tlp: 'TLP:AMBER' },
        title: titleOf(facts),
        body: wordsOf(facts),
      });
      return;
    case 'answered':
      await crew.analyst.post(`requests/${await around.beAsked()}/answer`, { body: wordsOf(facts) });
      return;
    case 'published':
      await publish(crew, facts);
      return;
    case 'passed-on':
    case 'opened':
      // A team of a drill has no constituents to pass on to, and a receipt names an organisation and no act.
      return;
    default:
      verb satisfies never;
  }
}

const titleOf = ({ title }: Facts): string => (title ?? 'Simulated').slice(0, 200);
const wordsOf = (facts: Facts): string => facts.text || titleOf(facts);

async function file({ analyst }: Crew, facts: Facts): Promise<string> {
  const [rsitClass = 'other', type = 'undetermined'] = (facts.rsit ?? 'other:undetermined').split(':');
  const { id } = await analyst.post<Made>('incidents', {
    title: titleOf(facts),
    description: wordsOf(facts),
    language: 'en',
    rsit: { class: rsitClass, type },
    marking: { tlp: tlpOf(facts) },
    ...(facts.sector !== undefined && { sector: facts.sector }),
    ...listed('techniques', facts.techniques),
    ...listed('tags', facts.tags),
    ...listed('countries', facts.countries),
    ...listed('observables', facts.observables),
  });
  return id;
}

const listed = (name: string, list: readonly unknown[] | undefined): object =>
  list && list.length > 0 ? { [name]: list } : {};

const isForAll = ({ audience = [] }: Facts): boolean => audience.includes('community');

/** Everybody may have what is GREEN or CLEAR alone. */
const tlpOf = (facts: Facts): string => {
  const tlp = facts.tlp ?? 'TLP:AMBER';
  return isForAll(facts) && tlp !== 'TLP:CLEAR' ? 'TLP:GREEN' : tlp;
};

/** A coordinator releases; what goes to everybody takes a second. */
async function release(crew: Crew, incident: string, facts: Facts, { others }: Surroundings): Promise<void> {
  await crew.analyst.post(`incidents/${incident}/submit`, {});
  const named = (facts.audience ?? []).filter((each) => others.includes(each));
  const audience = isForAll(facts)
    ? ['community']
    : (named.length > 0 ? named : others.slice(0, 1)).map((organisation) => ({ organisation }));
  const marking = { tlp: tlpOf(facts) };
  await crew.coordinator.post(`incidents/${incident}/release`, { marking, audience });
  if (marking.tlp === 'TLP:GREEN' || marking.tlp === 'TLP:CLEAR')
    await crew.second.post(`incidents/${incident}/release/confirm`, {});
}

/** By type where there is an observable, else by the words that a scenario mentions. */
async function lookUp({ analyst }: Crew, facts: Facts): Promise<void> {
  const [first] = facts.observables ?? [];
  if (first) await analyst.post('observables/lookup', { values: [first.value], type: first.type });
  else await analyst.post('observables/lookup', { values: [wordsOf(facts)], type: 'text' });
}

/** Of a record that the team reads; where nobody has shared one, of its own. */
async function sight(crew: Crew, facts: Facts, { now }: Surroundings): Promise<void> {
  const wanted = facts.observables?.[0] ?? { type: 'ipv4', value: '192.0.2.80' };
  const { items } = await crew.analyst.post<{ items: { observables: { id: string; records: { id: string }[] }[] }[] }>(
    'observables/lookup',
    { values: [wanted.value], type: wanted.type },
  );
  const found = items.flatMap(({ observables }) => observables).find(({ records }) => records.length > 0);
  const shared = found?.records[0]?.id;
  const incident = shared ?? (await file(crew, { ...facts, observables: [wanted] }));
  const held = await crew.analyst.get<{ items: { id: string; type: string }[] }>(`incidents/${incident}/observables`);
  const observable = found?.id ?? held.items.find(({ type }) => type === wanted.type)?.id;
  const isWrong = /false.positive/i.test(wordsOf(facts));
  await crew.analyst.post(`incidents/${incident}/sightings`, {
    observable,
    kind: isWrong ? 'false-positive' : 'seen',
    at: now().toISOString(),
    note: wordsOf(facts),
  });
}

async function publish(crew: Crew, facts: Facts): Promise<void> {
  const { id } = await crew.analyst.post<Made>('advisories', {
    title: titleOf(facts),
    summary: wordsOf(facts),
    body: wordsOf(facts),
    language: 'en',
    kind: 'guidance',
    marking: { tlp: 'TLP:GREEN' },
    audience: ['community'],
  });
  await crew.analyst.post(`advisories/${id}/submit`, {});
  await crew.coordinator.post(`advisories/${id}/approve`, {});
  await crew.coordinator.post(`advisories/${id}/publish`, {});
}
