import type { Region, RegionMember } from '../../kernel/region.js';
import { memberStates } from '../../kernel/region.js';
import { demoGroups } from './groups.js';
import { ENGLISH, PACKS } from './packs.js';
import type { DemoGroup } from './plan.js';
import type { Deck, SeededDraw } from './prng.js';
import type { LanguagePack, Storyline } from './storyline.js';
import type { Telling } from './telling.js';
import { tell } from './telling.js';

/** How many of a member's incidents are told in a language of its own other than English, where the demo speaks one. */
const LOCAL_SHARE = 0.42;

/** A storyline and the language it is told in. */
export interface Tale {
  pack: LanguagePack;
  storyline: Storyline;
}

/** What all incidents of one run draw from. */
export class World {
  readonly members: readonly RegionMember[];
  readonly filers: Deck<RegionMember>;
  /** Who else an incident touches, whom a release names. */
  readonly others: Deck<RegionMember>;
  readonly groups: readonly DemoGroup[];
  private readonly english: Deck<Tale>;
  private readonly local = new Map<string, Deck<Tale>>();
  private readonly tickets = new Map<string, number>();
  private readonly told = new Set<string>();

  constructor(
    readonly region: Region,
    readonly draw: SeededDraw,
  ) {
    this.members = memberStates(region);
    this.filers = draw.deck(this.members);
    this.others = draw.deck(this.members);
    this.groups = demoGroups(region);
    this.english = draw.deck(tales([ENGLISH]));
    for (const { code, languages } of this.members) {
      const spoken = PACKS.filter((pack) => pack !== ENGLISH && languages.includes(pack.language));
      this.local.set(code, draw.deck(tales(spoken)));
    }
  }

  tale(filer: RegionMember): Tale {
    const local = this.draw.happens(LOCAL_SHARE) ? this.local.get(filer.code)?.deal() : undefined;
    const tale = local ?? this.english.deal();
    if (!tale) throw new Error('There is nothing to tell');
    return tale;
  }

  /** Tries for a title nobody has used yet: two records with one title look like one filed twice. */
  tell({ pack, storyline }: Tale, filer: RegionMember): Telling {
    let telling = tell(storyline, pack, filer, this.draw);
    for (let attempt = 0; attempt < 30 && this.told.has(telling.title); attempt += 1)
      telling = tell(storyline, pack, filer, this.draw);
    this.told.add(telling.title);
    return telling;
  }

  someOthers(number: number, than: readonly string[]): string[] {
    const codes: string[] = [];
    while (codes.length < number) {
      const other = this.others.deal(({ code }) => !than.includes(code) && !codes.includes(code));
      if (!other) break;
      codes.push(other.code);
    }
    return codes;
  }

  /** The filer's own numbering, with gaps: not every ticket is shared, and the numbers count nothing. */
  ticket(code: string, year: number): string {
    const before = this.tickets.get(`${code}-${year}`) ?? this.draw.whole(40, 400);
    const number = before + this.draw.whole(1, 6);
    this.tickets.set(`${code}-${year}`, number);
    return `${code}-${year}-${String(number).padStart(4, '0')}`;
  }
}

const tales = (packs: readonly LanguagePack[]): Tale[] =>
  packs.flatMap((pack) => pack.storylines.map((storyline) => ({ pack, storyline })));
