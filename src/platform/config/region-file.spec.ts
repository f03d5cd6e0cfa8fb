import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Region } from '../../kernel/region.js';
import {
  memberByCode,
  membersAffected,
  memberStates,
  RECORD_KINDS,
  regionFaults,
  retentionDays,
  severityScheme,
} from '../../kernel/region.js';
import { computeSeverity, deriveFactors } from '../../kernel/severity.js';
import { loadRegion, packageRoot } from './region-file.js';

describe('the region file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ronda-region-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const written = (content: unknown): string => {
    const file = join(folder, 'region.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  /** ASEAN's file with something done to it. */
  const altered = (alter: (region: Mutable<Region>) => void): string => {
    const region = structuredClone(loadRegion()) as Mutable<Region>;
    alter(region);
    return written(region);
  };
  const complaint = (path: string): string => {
    try {
      loadRegion(path);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it("is ASEAN's by default, its eleven members by their short names in English alphabetical order", () => {
    const names = memberStates(loadRegion()).map(({ name }) => name);
    expect(names).toEqual([
      'Brunei Darussalam',
      'Cambodia',
      'Indonesia',
      'Lao PDR',
      'Malaysia',
      'Myanmar',
      'Philippines',
      'Singapore',
      'Thailand',
      'Timor-Leste',
      'Viet Nam',
    ]);
    const partners = loadRegion().members.filter(({ standing }) => standing === 'dialogue-partner');
    expect(partners).toHaveLength(11);
    expect(partners.map(({ name }) => name)).toEqual(partners.map(({ name }) => name).sort());
  });

  it('answers what the code asks of a region', () => {
    const region = loadRegion();
    expect(memberByCode(region, 'EU')?.kind).toBe('organisation');
    expect(memberByCode(region, 'XX')).toBeUndefined();
    expect(membersAffected(region, ['VN', 'TH', 'VN', 'JP', 'XX'])).toBe(2);
    expect(severityScheme(region)?.id).toBe('asean-default');
    expect(
      severityScheme(region, 'nciss')
        ?.factors.filter((factor) => factor.private)
        .map(({ id }) => id),
    ).toEqual(['actorCharacterisation']);
    for (const kind of RECORD_KINDS) expect(retentionDays(region, kind, 'VN')).toBe(retentionDays(region, kind));
  });

  it('derives sector and members affected, so that an incident without answers still has a severity', () => {
    const { severityScheme: scheme, sectors } = loadRegion();
    for (const { id } of sectors) {
      const factors = deriveFactors(scheme, { sector: id, membersAffected: 5 }, {});
      expect(Object.keys(factors).sort()).toEqual(['membersAffected', 'sector']);
      expect(computeSeverity(scheme, factors)).toBeDefined();
    }
  });

  it("spans NCISS's bands from baseline to emergency", () => {
    const nciss = severityScheme(loadRegion(), 'nciss');
    if (!nciss) throw new Error('no NCISS');
    const all = (place: number): Record<string, string> =>
      Object.fromEntries(nciss.factors.map(({ id, values }) => [id, values.at(place)?.id ?? '']));
    expect(computeSeverity(nciss, all(0))?.band).toBe('baseline');
    expect(computeSeverity(nciss, all(-1))).toEqual({ score: 100, band: 'emergency' });
  });

  it("lets a member's retention override the region's, also with no limit", () => {
    const region = loadRegion(
      altered(({ members }) => {
        members[0]!.retentionDays = { incident: 90, draft: null };
      }),
    );
    expect(retentionDays(region, 'incident', 'BN')).toBe(90);
    expect(retentionDays(region, 'draft', 'BN')).toBeNull();
    expect(retentionDays(region, 'comment', 'BN')).toBe(retentionDays(region, 'comment'));
  });

  it('need not be ASEAN: economies and organisations, one member, its own scheme', () => {
    const file = altered((region) => {
      region.id = 'two-islands';
      region.members = [
        { code: 'XA', name: 'Isle', kind: 'economy', standing: 'member-state', languages: ['en'], timeZones: ['UTC'] },
      ];
    });
    expect(loadRegion(file).members).toHaveLength(1);
  });

  it('names every fault of the shape at once', () => {
    const message = complaint(
      altered((region) => {
        Object.assign(region.members[3]!, { kind: 'kingdom', flag: 'x' });
        Object.assign(region.members[4]!, { code: 'my', name: undefined });
        Object.assign(region.severityScheme.factors[0]!, { weight: 0 });
        Object.assign(region.severityProfiles[0]!.source!, { url: 'not a link' });
      }),
    );
    expect(message.split('\n').slice(1).sort()).toEqual([
      '  /members/3 has the unknown property "flag".',
      '  /members/3/kind must be one of state, economy, organisation.',
      '  /members/4 lacks the property "name".',
      '  /members/4/code must match pattern "^[A-Z]{2}$".',
      '  /severityProfiles/0/source/url must match format "uri".',
      '  /severityScheme/factors/0/weight must be > 0.',
    ]);
  });

  it('names every reference that leads nowhere, and every name used twice', () => {
    const file = altered((region) => {
      region.members[1]!.code = 'BN';
      region.members[2]!.languages = ['xx'];
      region.members[2]!.timeZones = ['Asia/Atlantis'];
      region.defaults.language = 'tlh';
      region.sectors.push({ id: 'space', name: 'Space' });
      region.severityScheme.bands[0]!.from = 5;
      region.severityScheme.factors[0]!.values.reverse();
      region.severityScheme.factors[4]!.values[0]!.sectors!.push('energy', 'alchemy');
      region.severityProfiles.push(region.severityScheme);
    });
    const message = complaint(file);
    for (const line of [
      '/members/1/code BN is listed twice.',
      "/members/2/languages/0 xx is not one of the region's languages.",
      '/members/2/timeZones/0 Asia/Atlantis is not an IANA time zone.',
      "/defaults/language tlh is not one of the region's languages.",
      '/severityScheme/bands/0/from The lowest band must begin at 0, or some scores have none.',
      '/severityScheme/factors/0/values/1/score 80 stands after 100; list from the lowest up.',
      "/severityScheme/factors/4/values/0/sectors/6 alchemy is not one of the region's sectors.",
      '/severityScheme/factors/4/values/2/sectors/4 energy already stands under another value.',
      '/severityScheme/factors/4/values No value is given for space.',
      "/severityProfiles/1/id asean-default is already the region's own scheme.",
    ]) {
      expect(message).toContain(line);
    }
    expect(message).toContain(file);
  });

  it('says in a sentence what is wrong with a file that is absent or not JSON', () => {
    expect(complaint(join(folder, 'absent.json'))).toMatch(/^The region file .*absent\.json cannot be read\.$/);
    expect(complaint(written('{"id": '))).toMatch(/^The region file .*region\.json is not JSON: /);
  });

  it('finds its own folder whatever the working directory and the script that runs', () => {
    const { argv } = process;
    const node = process.execPath;
    const root = packageRoot();
    const cwd = process.cwd();
    try {
      process.chdir(tmpdir());
      process.argv = [node, join(root, 'dist/src/main.js')];
      expect(packageRoot()).toBe(root);
      process.argv = [node, join(folder, 'elsewhere.js')];
      expect(() => packageRoot()).toThrow(/own folder was not found/);
      process.chdir(join(root, 'src'));
      expect(packageRoot()).toBe(root);
    } finally {
      process.chdir(cwd);
      process.argv = argv;
    }
  });

  it("has nothing to complain of in ASEAN's", () => {
    expect(regionFaults(loadRegion())).toEqual([]);
  });
});

type Mutable<T> = T extends object ? { -readonly [Key in keyof T]: Mutable<T[Key]> } : T;
