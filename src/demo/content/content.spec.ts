import { isWiderThan, TLP } from '../../kernel/markings.js';
import type { Region } from '../../kernel/region.js';
import { hasSector, memberStates } from '../../kernel/region.js';
import { isRsitType, RSIT_CLASSES } from '../../kernel/rsit.js';
import { computeSeverity, severityFaults } from '../../kernel/severity.js';
import { loadRegion } from '../../platform/config/region-file.js';
import { demoGroups, demoIncidents } from './index.js';
import type { DemoAudienceItem, DemoPlan } from './index.js';
import { PACKS } from './packs.js';
import { SeededDraw } from './prng.js';
import { tell } from './telling.js';

const now = new Date('2026-11-21T09:30:00Z');
const region = loadRegion();
const plans = demoIncidents(region, { now, seed: 7 });
const members = memberStates(region).map(({ code }) => code);

const countBy = <T>(items: readonly T[], key: (item: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
};

/** Everything a reader can read of a plan. */
const textOf = ({ filing, comments = [] }: DemoPlan): string =>
  [
    filing.title,
    filing.description,
    filing.fraud?.modus,
    filing.fraud?.impersonated,
    ...comments.map(({ body }) => body),
  ]
    .filter((text) => text !== undefined)
    .join('\n');

describe('demo incidents', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(demoIncidents(region, { now, seed: 7 })).toEqual(plans);
    expect(demoIncidents(region, { now, seed: 8 })).not.toEqual(plans);
    expect(demoIncidents(region, { now, seed: 7, count: 25 })).toHaveLength(25);
  });

  it('are spread evenly over the members, filed and touched alike', () => {
    expect(plans).toHaveLength(300);
    const filed = members.map((code) => plans.filter(({ country }) => country === code).length);
    expect(Math.max(...filed) - Math.min(...filed)).toBeLessThanOrEqual(1);
    const touched = members.map((code) => plans.filter(({ filing }) => filing.countries.includes(code)).length);
    expect(Math.max(...touched) / Math.min(...touched)).toBeLessThan(1.35);
  });

  it('come at every marking, in every RSIT class, in every status and language', () => {
    const markings = countBy(plans, ({ filing }) => filing.marking.tlp);
    for (const tlp of TLP) expect(markings[tlp]).toBeGreaterThanOrEqual(10);
    const classes = countBy(plans, ({ filing }) => filing.rsit.class);
    for (const rsitClass of RSIT_CLASSES) expect(classes[rsitClass]).toBeGreaterThanOrEqual(1);
    const statuses = countBy(plans, ({ lifecycle }) => lifecycle);
    for (const status of ['draft', 'submitted', 'triaged', 'investigating', 'contained', 'closed'])
      expect(statuses[status]).toBeGreaterThanOrEqual(8);
    const languages = countBy(plans, ({ filing }) => filing.language);
    for (const { language } of PACKS) expect(languages[language]).toBeGreaterThanOrEqual(5);
  });

  it('fit the region and the standards', () => {
    for (const { country, filing } of plans) {
      const { rsit, sector, countries, severity = {}, techniques, tags } = filing;
      expect(isRsitType(rsit.class, rsit.type)).toBe(true);
      expect(hasSector(region, sector)).toBe(true);
      expect(countries[0]).toBe(country);
      expect(new Set(countries).size).toBe(countries.length);
      expect(countries.every((code) => members.includes(code))).toBe(true);
      expect(severityFaults(region.severityScheme, severity)).toEqual([]);
      for (const technique of techniques) expect(technique).toMatch(/^(T\d{4}(\.\d{3})?|AML\.T\d{4}(\.\d{3})?)$/);
      for (const tag of tags) expect(tag).toMatch(/^[a-z0-9][a-z0-9-]*:[a-z0-9_.-]+="[^"]+"$/);
    }
  });

  it('reach every severity band but at most one', () => {
    const bands = plans.flatMap(({ filing: { severity } }) =>
      severity ? [computeSeverity(region.severityScheme, severity)?.band ?? ''] : [],
    );
    expect(new Set(bands).size).toBeGreaterThanOrEqual(region.severityScheme.bands.length - 1);
  });

  it('keep their times in order, within the last 120 days and never in the future', () => {
    for (const { filing, lifecycle } of plans) {
      const { occurredAt, detectedAt, reportedAt, containedAt, resolvedAt } = filing;
      const times = [occurredAt, detectedAt, reportedAt, containedAt, resolvedAt].filter((time) => time !== undefined);
      for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
      expect(times).toEqual(times.toSorted());
      expect(Date.parse(times.at(-1) ?? '')).toBeLessThanOrEqual(now.getTime());
      expect(Date.parse(detectedAt)).toBeGreaterThan(now.getTime() - 121 * 24 * 60 * 60 * 1000);
      expect(containedAt !== undefined).toBe(lifecycle === 'contained' || lifecycle === 'closed');
      expect(resolvedAt !== undefined).toBe(lifecycle === 'closed');
    }
    const detected = plans.map(({ filing }) => filing.detectedAt);
    expect(detected).toEqual(detected.toSorted());
  });

  it('have references and almost always titles of their own', () => {
    const references = plans.flatMap(({ filing }) => filing.externalReferences.map(({ id }) => id));
    expect(new Set(references).size).toBe(300);
    const titles = plans.map(({ filing }) => filing.title);
    expect(new Set(titles).size).toBeGreaterThan(250);
    const texts = plans.map(({ filing }) => filing.description);
    expect(new Set(texts).size).toBeGreaterThan(295);
  });

  it('name only reserved domains and documentation addresses', () => {
    for (const plan of plans) {
      const text = textOf(plan);
      for (const address of text.match(/\b\d+\.\d+\.\d+\.\d+\b/g) ?? [])
        expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
      for (const address of text.match(/\b[0-9a-f]{4}:[0-9a-f:]+\b/g) ?? []) expect(address).toMatch(/^2001:db8:/);
      for (const domain of text.match(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b/g) ?? [])
        expect(domain).toMatch(/\.example$/);
      expect(text).not.toMatch(/https?:|[{}]|undefined/);
    }
  });

  it('attribute nothing to a state, and name none', () => {
    const names = [...region.members.map(({ name }) => name), 'Laos', 'Burma', 'Vietnam', 'ASEAN'];
    for (const plan of plans) {
      const text = textOf(plan);
      for (const name of names) expect(text).not.toContain(name);
      expect(text).not.toMatch(/state[- ](sponsored|backed|actor)|nation[- ]state|\bAPT ?\d|espionage|foreign power/i);
    }
  });

  it('are released no wider than their marking, to others than the owner, and drafts to nobody', () => {
    const groups = demoGroups(region);
    const widest: Record<string, number> = {};
    for (const { country, filing, lifecycle, release } of plans) {
      if (lifecycle === 'draft') expect(release).toBeUndefined();
      if (!release) continue;
      expect(release.tlp).toBe(filing.marking.tlp);
      expect(release.audience.length).toBeGreaterThan(0);
      for (const item of release.audience) {
        const narrowest = ceilingOf(item);
        expect(isWiderThan(narrowest, release.tlp)).toBe(false);
        widest[kindOf(item)] = (widest[kindOf(item)] ?? 0) + 1;
        if (typeof item === 'string') continue;
        if ('group' in item) expect(groups.find(({ name }) => name === item.group)?.members).toContain(country);
        else expect(countryOf(item)).not.toBe(country);
      }
    }
    expect(Object.keys(widest).sort()).toEqual([
      'community',
      'country',
      'dutyRole',
      'group',
      'partners',
      'public',
      'user',
    ]);
    const waiting = plans.filter(({ lifecycle, release }) => lifecycle !== 'draft' && !release);
    expect(waiting.length).toBeGreaterThan(10);
  });

  it('are commented on only by who can read them', () => {
    const groups = demoGroups(region);
    const commented = plans.filter(({ comments }) => comments);
    expect(commented.length).toBeGreaterThan(80);
    for (const { country: owner, lifecycle, release, comments = [] } of commented) {
      expect(lifecycle).not.toBe('draft');
      for (const { country, body } of comments) {
        expect(body).not.toBe('');
        const mayRead = (release?.audience ?? []).some((item) => {
          if (typeof item === 'string') return true;
          if ('group' in item) return groups.find(({ name }) => name === item.group)?.members.includes(country);
          return countryOf(item) === country && !('dutyRole' in item);
        });
        expect(country === owner || mayRead).toBe(true);
      }
    }
  });

  it('need no particular region', () => {
    const islands: Region = {
      ...region,
      id: 'islands',
      members: [
        { code: 'XA', name: 'Isle', kind: 'economy', standing: 'member-state', languages: ['en'], timeZones: ['UTC'] },
        {
          code: 'XB',
          name: 'Reef',
          kind: 'organisation',
          standing: 'member-state',
          languages: ['pt'],
          timeZones: ['UTC'],
        },
        {
          code: 'XC',
          name: 'Afar',
          kind: 'state',
          standing: 'dialogue-partner',
          languages: ['en'],
          timeZones: ['UTC'],
        },
      ],
      sectors: [{ id: 'everything', name: 'Everything' }],
      severityScheme: {
        id: 'one',
        name: 'One question',
        factors: [{ id: 'harm', name: 'Harm', weight: 1, values: [{ id: 'some', name: 'Some', score: 50 }] }],
        bands: [{ id: 'any', name: 'Any', from: 0 }],
      },
    };
    const elsewhere = demoIncidents(islands, { now, seed: 1, count: 60 });
    expect(countBy(elsewhere, ({ country }) => country)).toEqual({ XA: 30, XB: 30 });
    expect(elsewhere.every(({ filing }) => filing.sector === 'everything')).toBe(true);
    expect(new Set(elsewhere.map(({ filing }) => filing.language))).toEqual(new Set(['en', 'pt']));
    expect(demoGroups(islands).every(({ members: codes }) => codes.every((code) => /^X[AB]$/.test(code)))).toBe(true);
    expect(demoIncidents({ ...islands, members: [] }, { now, seed: 1 })).toEqual([]);
  });
});

describe('demo storylines', () => {
  const storylines = PACKS.flatMap((pack) => pack.storylines.map((storyline) => ({ pack, storyline })));

  it('are many, and several in each language', () => {
    expect(storylines.length).toBeGreaterThanOrEqual(40);
    expect(new Set(storylines.map(({ storyline }) => storyline.id)).size).toBe(storylines.length);
    for (const { language, storylines: own } of PACKS) {
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(region.languages.map(({ tag }) => tag)).toContain(language);
    }
  });

  it.each(storylines)('$storyline.id has a filling for every blank', ({ pack, storyline }) => {
    const [filer] = memberStates(region);
    if (!filer) throw new Error('no member');
    for (const title of storyline.titles) {
      for (const detail of storyline.details) {
        const one = { ...storyline, titles: [title, title], details: [detail, detail] } as const;
        const { title: told, description } = tell(one, pack, filer, new SeededDraw(1));
        expect(told + description).not.toMatch(/[{}]|undefined/);
      }
    }
    for (const sector of storyline.sectors) expect(hasSector(region, sector)).toBe(true);
  });

  it('are written in Unicode, in the script of their language', () => {
    const scripts: Record<string, RegExp> = {
      th: /\p{Script=Thai}/u,
      lo: /\p{Script=Lao}/u,
      km: /\p{Script=Khmer}/u,
      my: /\p{Script=Myanmar}/u,
    };
    for (const { pack, storyline } of storylines) {
      for (const text of [...storyline.titles, ...storyline.body, ...storyline.details]) {
        expect(text).toBe(text.normalize('NFC'));
        expect(text).toMatch(scripts[pack.language] ?? /\p{Script=Latin}/u);
        for (const [language, script] of Object.entries(scripts))
          if (language !== pack.language) expect(text).not.toMatch(script);
        // Zawgyi writes the vowel E before its consonant; in Unicode it follows one, a medial or a stacked letter.
        if (pack.language === 'my') expect(text).not.toMatch(/(^|[\s\p{P}A-Za-z}])\u1031|[\u1060-\u1097]/u);
      }
    }
  });
});

describe('demo groups', () => {
  it('are three, hold only members, and leave nobody out', () => {
    const groups = demoGroups(region);
    expect(groups).toHaveLength(3);
    expect(new Set(groups.flatMap((group) => group.members))).toEqual(new Set(members));
    for (const group of groups) expect(group.members).toEqual(members.filter((code) => group.members.includes(code)));
  });
});

/** The narrowest marking at which an audience item is still allowed. */
function ceilingOf(item: DemoAudienceItem): (typeof TLP)[number] {
  if (item === 'public') return 'TLP:CLEAR';
  if (typeof item === 'string') return 'TLP:GREEN';
  return 'user' in item || 'dutyRole' in item ? 'TLP:RED' : 'TLP:AMBER+STRICT';
}

const kindOf = (item: DemoAudienceItem): string => (typeof item === 'string' ? item : (Object.keys(item)[0] ?? ''));

function countryOf(item: Exclude<DemoAudienceItem, string | { group: string }>): string {
  if ('country' in item) return item.country;
  return 'user' in item ? item.user.country : item.dutyRole.country;
}
