import type { Pap, Tlp } from '../../kernel/markings.js';
import { kindOf } from '../../policy/audience.js';
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
    authorship: 'named' | 'anonymous';
    status: string;
    tlp: Tlp | null;
    pap: Pap;
    rsitClass: string | null;
    rsitType: string | null;
    facts: Record<string, unknown>;
    observables: ObservableRef[];
  } | null;
  release: { tlp: Tlp; audience: unknown[] } | null;
  request: { id: string; kind: string; tlp: Tlp; title: string; body: string } | null;
  advisory: { id: string; tlp: Tlp; pap: Pap; content: Record<string, unknown>; chosen: unknown[] } | null;
  /** The words of a comment, an answer or a sighting. */
  said: string | null;
  /** What was sighted. */
  sighted: ObservableRef | null;
  /** Of what was shared or asked, whose audience `sharedBy` names: by the ids of the teams. */
  audience: Audience | null;
}

export interface Audience {
  /** Teams that it names, as organisations, groups, persons or duty roles. */
  named: string[];
  /** All teams that read it by that; by a word of the audience as well. */
  reached: string[];
}

/** What has an audience. */
export interface SharedBy {
  kind: 'release' | 'advisory' | 'request' | 'pass-on';
  id: string;
  /** Of an advisory; null: the newest. */
  revision: number | null;
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
  'release.asked-back': ['recalled'],
  'advisory.withdrawn': ['recalled'],
  'advisory.published': ['published'],
  'advisory.published-interim': ['published'],
  'pass-on.made': ['passed-on'],
  'observable.looked-up': ['looked-up'],
};

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Whose audience says to whom an event gave something; null where it gave nothing. */
export function sharedBy({ release, request, advisory, payload }: Omit<TakenEvent, 'audience'>): SharedBy | null {
  const { releaseId, passOnId, revision } = payload;
  if (release && typeof releaseId === 'string') return { kind: 'release', id: releaseId, revision: null };
  if (advisory) return { kind: 'advisory', id: advisory.id, revision: typeof revision === 'number' ? revision : null };
  if (request) return { kind: 'request', id: request.id, revision: null };
  return typeof passOnId === 'string' ? { kind: 'pass-on', id: passOnId, revision: null } : null;
}

/** The acts that an event shows, in the order in which they count; none where it is no act. */
export function actsOf(event: TakenEvent): DoneAct[] {
  const facts = factsOf(event);
  const { record, release, request, advisory, payload } = event;
  // An audience that was made narrower, and what a withdrawn advisory leaves behind, are said of by events of their own.
  if (event.type === 'release.asked-back' && (payload.reason === 'narrowed' || payload.recordKind === 'advisory'))
    return [];
  // An advisory is published, and a record is recalled: the release (to nobody) is how, and that is one act.
  if (event.type === 'release.made' && (payload.recordKind === 'advisory' || release?.audience.length === 0)) return [];
  return (verbsOf[event.type] ?? [])
    .filter((verb) => isShown(verb, facts))
    .map((verb) => ({ verb, record: record?.id ?? request?.id ?? advisory?.id ?? null, facts }));
}

/** A verb says something that the record does not say where there is nothing of it. */
function isShown(verb: Verb, facts: ActFacts): boolean {
  if (verb === 'classified') return facts.rsit !== undefined;
  if (verb === 'marked') return facts.tlp !== undefined;
  if (verb === 'observable-held') return (facts.observables?.length ?? 0) > 0;
  return true;
}

function factsOf(event: TakenEvent): ActFacts {
  const { type, record, release, request, advisory, said: words, sighted, audience, payload } = event;
  const said = record?.facts ?? advisory?.content ?? {};
  const known: ActFacts = {};
  if (record?.rsitClass != null)
    known.rsit = record.rsitType === null ? record.rsitClass : `${record.rsitClass}:${record.rsitType}`;
  const tlp = release?.tlp ?? record?.tlp ?? request?.tlp ?? advisory?.tlp;
  if (tlp) known.tlp = tlp;
  const marked = record ?? advisory;
  if (marked) known.pap = marked.pap;
  const observables = sighted
    ? [sighted]
    : (record?.observables ?? observablesOf(advisory?.content.indicators ?? payload.observables));
  if (observables.length > 0) known.observables = observables;
  if (audience && request) known.asked = audience.named;
  else if (audience) {
    known.audience = [...audience.named, ...wordsIn(release?.audience ?? advisory?.chosen)];
    known.reached = audience.reached;
    const chosen = release?.audience ?? advisory?.chosen ?? [];
    if (chosen.some(isOfPersons))
      known.given = audience.reached.filter((team) => chosen.some((each) => names(each, team)));
    if (record) known.authorship = record.authorship;
  }
  // Nothing is published that fails a mandatory test of CSAF 2.0; TLP:RED alone is never written as that.
  if (advisory && type.startsWith('advisory.published') && advisory.tlp !== 'TLP:RED') known.validAs = ['csaf'];
  const [title, text, sector] = [
    textOf(said.title) ?? request?.title,
    wordsOf(
      words,
      said.description,
      said.summary,
      said.body,
      request?.body,
      // What was looked for is all that a look-up says.
      record || advisory || request ? null : observables.map(({ value }) => value).join('\n'),
    ),
    textOf(said.sector),
  ];
  if (title !== undefined) known.title = title;
  if (text !== undefined) known.text = text;
  if (sector !== undefined) known.sector = sector;
  for (const name of ['techniques', 'tags', 'countries'] as const) {
    const list = textsOf(said[name]);
    if (list.length > 0) known[name] = list;
  }
  return known;
}

const wordsOf = (...texts: unknown[]): string | undefined =>
  textOf(texts.flatMap((each) => textOf(each) ?? []).join('\n'));

/** What a person reads by name or duty is no word to the rest of the organisation. */
const isOfPersons = (item: unknown): boolean => ['user', 'dutyRole'].includes(kindOf(item) ?? '');
const names = (item: unknown, organisation: string): boolean =>
  kindOf(item) === 'organisation' && (item as { organisation: unknown }).organisation === organisation;

/** The words of an audience; `community` also where one goes further than that. */
function wordsIn(chosen: unknown): string[] {
  const words = textsOf(chosen);
  const isWider = words.includes('public') || words.includes('partners');
  return isWider && !words.includes('community') ? [...words, 'community'] : words;
}

const observablesOf = (value: unknown): ObservableRef[] =>
  Array.isArray(value)
    ? value.flatMap((each: unknown) => {
        const { type, value: of } = (each ?? {}) as Partial<ObservableRef>;
        return typeof type === 'string' && typeof of === 'string' ? [{ type, value: of }] : [];
      })
    : [];
