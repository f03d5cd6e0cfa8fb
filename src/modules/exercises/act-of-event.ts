import type { Pap, Tlp } from '../../kernel/markings.js';
import type { ActFacts, ObservableRef, Verb } from './core/index.js';

/** What was done in an exercise, as the database hands it over: ids, and what the records said then. */
export interface TakenEvent {
  id: string;
  type: string;
  occurred_at: Date;
  actor_key: number | null;
  org_key: number | null;
  organisation: string | null;
  person: string | null;
  payload: Record<string, unknown>;
  record: {
    id: string;
    status: string;
    tlp: Tlp | null;
    pap: Pap;
    rsitClass: string | null;
    rsitType: string | null;
    facts: Record<string, unknown>;
    observables: ObservableRef[];
  } | null;
  release: { tlp: Tlp; audience: unknown[]; organisations: string[] } | null;
  request: { id: string; kind: string; tlp: Tlp; to: string | null } | null;
}

export interface DoneAct {
  verb: Verb;
  record: string | null;
  facts: ActFacts;
}

/** What an event of the product shows that a team did. Several: what is filed classified is classified by that. */
const verbsOf: Record<string, readonly Verb[]> = {
  'incident.filed': ['filed', 'classified', 'marked', 'observable-held'],
  'incident.edited': ['revised', 'classified', 'marked', 'observable-held'],
  'incident.submitted': ['revised', 'classified', 'marked'],
  'incident.triaged': ['revised', 'classified'],
  'release.made': ['released', 'marked'],
  'request.sent': ['requested'],
  'request.answered': ['answered'],
  'comment.written': ['commented'],
  'sighting.reported': ['sighted'],
  'release.recalled': ['recalled'],
  'pass-on.made': ['passed-on'],
  'observable.looked-up': ['looked-up'],
};

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The acts that an event shows, in the order in which they count; none where it is no act. */
export function actsOf(event: TakenEvent): DoneAct[] {
  const facts = factsOf(event);
  return (verbsOf[event.type] ?? [])
    .filter((verb) => isShown(verb, facts))
    .map((verb) => ({ verb, record: event.record?.id ?? event.request?.id ?? null, facts }));
}

/** A verb says something that the record does not say where there is nothing of it. */
function isShown(verb: Verb, facts: ActFacts): boolean {
  if (verb === 'classified') return facts.rsit !== undefined;
  if (verb === 'marked') return facts.tlp !== undefined;
  if (verb === 'observable-held') return (facts.observables?.length ?? 0) > 0;
  return true;
}

function factsOf({ record, release, request, payload }: TakenEvent): ActFacts {
  const said = record?.facts ?? {};
  const known: ActFacts = {};
  if (record?.rsitClass != null)
    known.rsit = record.rsitType === null ? record.rsitClass : `${record.rsitClass}:${record.rsitType}`;
  const tlp = release?.tlp ?? record?.tlp ?? request?.tlp;
  if (tlp) known.tlp = tlp;
  if (record) known.pap = record.pap;
  const observables = record?.observables ?? observablesOf(payload.observables);
  if (observables.length > 0) known.observables = observables;
  if (release) known.audience = [...release.organisations, ...textsOf(release.audience)];
  if (request?.to != null) known.asked = [request.to];
  const [title, text, sector] = [textOf(said.title), textOf(said.description), textOf(said.sector)];
  if (title !== undefined) known.title = title;
  if (text !== undefined) known.text = text;
  if (sector !== undefined) known.sector = sector;
  for (const name of ['techniques', 'tags', 'countries'] as const) {
    const list = textsOf(said[name]);
    if (list.length > 0) known[name] = list;
  }
  return known;
}

const observablesOf = (value: unknown): ObservableRef[] =>
  Array.isArray(value)
    ? value.flatMap((each: unknown) => {
        const { type, value: of } = (each ?? {}) as Partial<ObservableRef>;
        return typeof type === 'string' && typeof of === 'string' ? [{ type, value: of }] : [];
      })
    : [];
