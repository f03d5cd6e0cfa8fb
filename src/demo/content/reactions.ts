import type { Pap, Tlp } from '../../kernel/markings.js';
import { isWiderThan } from '../../kernel/markings.js';
import { ENGLISH } from './packs.js';
import type { DemoAudienceItem, DemoLifecycle, IncidentFiling } from './plan.js';
import type { SeededDraw } from './prng.js';
import type { LanguagePack, Storyline } from './storyline.js';
import type { Tale, World } from './world.js';

/** Never wider than the marking allows: see the table in sharing-policy.md. */
export function drawAudience(world: World, tlp: Tlp, owner: string, countries: readonly string[]): DemoAudienceItem[] {
  const { draw } = world;
  const turn = draw.fraction();
  const groups = world.groups.filter(({ members }) => members.includes(owner));
  const group = draw.shuffled(groups)[0];
  const named = (): DemoAudienceItem[] => namedCountries(world, owner, countries).map((country) => ({ country }));
  switch (tlp) {
    case 'TLP:CLEAR':
      return [turn < 0.65 ? 'public' : turn < 0.85 ? 'community' : 'partners'];
    case 'TLP:GREEN':
      if (turn < 0.2 && group) return [{ group: group.name }];
      return [turn < 0.75 ? 'community' : 'partners'];
    case 'TLP:AMBER':
    case 'TLP:AMBER+STRICT': {
      if (turn < 0.38 && group) return [{ group: group.name }];
      if (turn < 0.48) return namedCountries(world, owner, countries).map((country) => ({ dutyRole: { country } }));
      const outside = namedCountries(world, owner, countries).filter((code) => !group?.members.includes(code));
      if (turn < 0.58 && group && outside.length > 0)
        return [{ group: group.name }, ...outside.map((country) => ({ country }))];
      return named();
    }
    case 'TLP:RED': {
      const few = namedCountries(world, owner, countries).slice(0, draw.whole(1, 3));
      return few.map((country) => (turn < 0.3 ? { dutyRole: { country } } : { user: { country, role: 'analyst' } }));
    }
  }
}

/** The other countries the incident touches; where there is none, a few it may concern. */
function namedCountries(world: World, owner: string, countries: readonly string[]): string[] {
  const touched = countries.filter((code) => code !== owner);
  return touched.length > 0 ? touched : world.someOthers(world.draw.whole(1, 4), [owner]);
}

/** The members whose people can read it and may answer. Duty roles read, but who that is changes by the hour. */
function readers(world: World, audience: readonly DemoAudienceItem[]): string[] {
  return audience.flatMap((item): readonly string[] => {
    if (typeof item === 'string') return world.members.map(({ code }) => code);
    if ('country' in item) return [item.country];
    if ('user' in item) return [item.user.country];
    if ('group' in item) return world.groups.find(({ name }) => name === item.group)?.members ?? [];
    return [];
  });
}

interface Shared {
  owner: string;
  filing: IncidentFiling;
  lifecycle: DemoLifecycle;
  audience: readonly DemoAudienceItem[];
}

export function drawComments(
  world: World,
  { pack, storyline }: Tale,
  { owner, filing: { marking }, lifecycle, audience }: Shared,
): { country: string; body: string }[] {
  const { draw } = world;
  const able = new Set(readers(world, audience));
  const maySayBlocked = PAPS_THAT_BLOCK.has(marking.pap) && !isWiderThan('TLP:AMBER', marking.tlp);
  const answering = [0, 0, 1, 1, 2, 3][draw.whole(0, 5)] ?? 0;
  const comments: { country: string; body: string }[] = [];
  for (let at = 0; at < answering; at += 1) {
    const reader = world.others.deal(
      ({ code }) => code !== owner && able.has(code) && comments.every(({ country }) => country !== code),
    );
    if (!reader) break;
    const language = reader.languages.includes(pack.language) ? pack : ENGLISH;
    const body = answer(draw, language, storyline, maySayBlocked, comments);
    comments.push({ country: reader.code, body });
  }
  const isOver = lifecycle === 'contained' || lifecycle === 'closed';
  const update = updateOn(storyline, pack);
  if (isOver && update && draw.happens(0.35)) comments.push({ country: owner, body: update });
  return comments;
}

/** What can have come of such a case; nothing that is always true of the rest. */
function updateOn({ rsit, domains }: Storyline, { updates }: LanguagePack): string | undefined {
  switch (rsit.class) {
    case 'fraud':
    case 'abusive-content':
    case 'information-gathering':
      return domains && updates.takenDown;
    case 'malicious-code':
    case 'intrusions':
      return domains ? updates.takenDown : updates.restored;
    case 'availability':
      return updates.restored;
    default:
      return undefined;
  }
}

const PAPS_THAT_BLOCK: ReadonlySet<Pap> = new Set(['PAP:CLEAR', 'PAP:GREEN'] as const);

/** Something that fits the case; nobody repeats what was just said. */
function answer(
  draw: SeededDraw,
  pack: LanguagePack,
  storyline: Storyline,
  maySayBlocked: boolean,
  before: readonly { body: string }[],
): string {
  if (storyline.rsit.class === 'test') return 'Acknowledged by the duty desk.';
  const isTraceable = [...storyline.body, ...storyline.details].some((text) => /\{(ip|domain)/.test(text));
  const fitting = [
    ...pack.answers,
    ...(isTraceable ? pack.answersToIndicators : []),
    ...(isTraceable && maySayBlocked ? pack.answersByBlocking : []),
  ];
  const fresh = fitting.filter((body) => before.every((comment) => comment.body !== body));
  return draw.shuffled(fresh)[0] ?? pack.answers[0];
}
