import type { Pap, Tlp } from '../../kernel/markings.js';
import type { Region, RegionMember } from '../../kernel/region.js';
import { hasSector } from '../../kernel/region.js';
import type { RsitClass } from '../../kernel/rsit.js';
import type { DemoLifecycle, DemoPlan, IncidentFiling } from './plan.js';
import { SeededDraw } from './prng.js';
import { drawAudience, drawComments } from './reactions.js';
import type { CastKind, Storyline } from './storyline.js';
import type { Telling } from './telling.js';
import { namedIn } from './telling.js';
import { drawTimes } from './times.js';
import type { Tale } from './world.js';
import { World } from './world.js';

export interface DemoOptions {
  /** The present; everything lies in the 120 days before it. */
  now: Date;
  seed: number;
  count?: number;
}

const SPREAD_DAYS = 120;

/**
 * Believable incidents with what becomes of each, oldest first: the same for the same region, seed, count and present.
 * Filers take turns, so that no member files more than one above another, on the whole as in any month.
 */
export function demoIncidents(region: Region, { now, seed, count = 300 }: DemoOptions): DemoPlan[] {
  const draw = new SeededDraw(seed);
  const world = new World(region, draw);
  const dayMs = 24 * 60 * 60 * 1000;
  const plans: DemoPlan[] = [];
  for (let at = 0; at < count; at += 1) {
    const filer = world.filers.deal();
    if (!filer) break;
    const daysAgo = (SPREAD_DAYS * (count - at - draw.fraction())) / count;
    plans.push(planOne(world, filer, new Date(now.getTime() - daysAgo * dayMs), now));
  }
  return plans;
}

function planOne(world: World, filer: RegionMember, detected: Date, now: Date): DemoPlan {
  const { draw } = world;
  const tale = world.tale(filer);
  const { pack, storyline } = tale;
  const telling = world.tell(tale, filer);
  const lifecycle = drawLifecycle(draw, now.getTime() - detected.getTime());
  const tlp = draw.pick(storyline.tlp);
  const countries = [filer.code, ...world.someOthers(draw.whole(...(storyline.alsoIn ?? [0, 0])), [filer.code])];
  const isDraft = lifecycle === 'draft';
  const severity = isDraft && draw.happens(0.4) ? undefined : drawSeverity(world.region, storyline, draw);
  const filing: IncidentFiling = {
    title: telling.title,
    description: isDraft && draw.happens(0.5) ? telling.beginning : telling.description,
    rsit: storyline.rsit,
    marking: { tlp, pap: drawPap(draw, tlp) },
    language: pack.language,
    authorship: 'named',
    ...drawTimes(draw, { detected, now, lifecycle }),
    sector: drawSector(world.region, tale, telling, draw),
    countries,
    ...(severity && { severity }),
    ...(telling.fraud && { fraud: telling.fraud }),
    techniques: [...(storyline.techniques ?? [])],
    tags: [...(storyline.tags ?? [])],
    externalReferences: [{ source: 'ticket', id: world.ticket(filer.code, detected.getUTCFullYear()) }],
  };
  const isReleased = !isDraft && draw.happens(lifecycle === 'submitted' ? 0.5 : 0.88);
  const audience = isReleased ? drawAudience(world, tlp, filer.code, countries) : [];
  const comments = isDraft ? [] : drawComments(world, tale, { filing, lifecycle, audience, owner: filer.code });
  return {
    country: filer.code,
    filing,
    lifecycle,
    ...(audience.length > 0 && { release: { tlp, audience } }),
    ...(comments.length > 0 && { comments }),
  };
}

/** What is new is still in hand, what is old is mostly over. */
function drawLifecycle(draw: SeededDraw, ageMs: number): DemoLifecycle {
  const ageDays = ageMs / (24 * 60 * 60 * 1000);
  const shares: readonly [DemoLifecycle, number][] =
    ageDays < 4
      ? [
          ['draft', 0.25],
          ['submitted', 0.35],
          ['triaged', 0.25],
          ['investigating', 0.15],
        ]
      : ageDays < 21
        ? [
            ['draft', 0.12],
            ['submitted', 0.14],
            ['triaged', 0.18],
            ['investigating', 0.28],
            ['contained', 0.2],
            ['closed', 0.08],
          ]
        : [
            ['draft', 0.05],
            ['triaged', 0.03],
            ['investigating', 0.08],
            ['contained', 0.2],
            ['closed', 0.64],
          ];
  let left = draw.fraction();
  for (const [lifecycle, share] of shares) {
    left -= share;
    if (left < 0) return lifecycle;
  }
  return 'investigating';
}

function drawPap(draw: SeededDraw, tlp: Tlp): Pap {
  switch (tlp) {
    case 'TLP:CLEAR':
      return draw.happens(0.6) ? 'PAP:CLEAR' : 'PAP:GREEN';
    case 'TLP:GREEN':
      return 'PAP:GREEN';
    case 'TLP:AMBER':
      return draw.happens(0.75) ? 'PAP:GREEN' : 'PAP:AMBER';
    case 'TLP:AMBER+STRICT':
      return draw.happens(0.4) ? 'PAP:GREEN' : 'PAP:AMBER';
    case 'TLP:RED':
      return draw.happens(0.5) ? 'PAP:AMBER' : 'PAP:RED';
  }
}

/** Where each kind of victim is at home, if it is in one sector only. */
const HOMES: Partial<Record<CastKind, readonly string[]>> = {
  bank: ['finance'],
  wallet: ['finance'],
  hospital: ['health'],
  agency: ['government'],
  telecom: ['telecommunications'],
  school: ['education'],
  utility: ['energy', 'water'],
  port: ['maritime'],
  shop: ['retail'],
  news: ['media'],
};

/**
 * The sector of the victim the title names; for one at home anywhere, a sector of the storyline that is not another
 * title's. A region that knows none of the storyline's sectors files it under its last, by custom "other".
 */
function drawSector(region: Region, { pack, storyline }: Tale, { victim }: Telling, draw: SeededDraw): string {
  const known = storyline.sectors.filter((id) => hasSector(region, id));
  const homes = (kind: CastKind | undefined): readonly string[] => (kind && HOMES[kind]) ?? [];
  const elsewhere = new Set(storyline.titles.flatMap((title) => homes(namedIn(title, pack))));
  const own = known.filter((id) => homes(victim).includes(id));
  const free = known.filter((id) => !elsewhere.has(id));
  const [first, ...rest] = [own, free, known].find((ids) => ids.length > 0) ?? [];
  return first === undefined ? (region.sectors.at(-1)?.id ?? '') : draw.pick([first, ...rest]);
}

/** Classes in which one kind of impact cannot be high, whatever the harm: an outage reads nobody's files. */
const CAPS: Partial<Record<RsitClass, Readonly<Record<string, number>>>> = {
  'abusive-content': { informationImpact: 20, functionalImpact: 40 },
  'information-gathering': { informationImpact: 20, functionalImpact: 20 },
  'intrusion-attempts': { informationImpact: 20, functionalImpact: 40 },
  availability: { informationImpact: 0 },
  fraud: { functionalImpact: 40 },
  vulnerable: { informationImpact: 50, functionalImpact: 20 },
  other: { informationImpact: 20, functionalImpact: 20 },
};

/** Answers around the storyline's harm. What the platform derives (sector, members affected) is left to it. */
function drawSeverity(region: Region, storyline: Storyline, draw: SeededDraw): Record<string, string> | undefined {
  if (storyline.rsit.class === 'test') return undefined;
  const harm = draw.whole(...storyline.harm);
  const answers: Record<string, string> = {};
  for (const factor of region.severityScheme.factors) {
    if (factor.private || factor.derivedFrom || draw.happens(0.1)) continue;
    const cap = CAPS[storyline.rsit.class]?.[factor.id] ?? 100;
    const wanted = Math.min(cap, Math.max(0, harm + draw.whole(-15, 15)));
    const [nearest] = factor.values.toSorted((a, b) => Math.abs(a.score - wanted) - Math.abs(b.score - wanted));
    if (nearest) answers[factor.id] = nearest.id;
  }
  return Object.keys(answers).length > 0 ? answers : undefined;
}
