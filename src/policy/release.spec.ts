import fc from 'fast-check';
import { ROLES } from '../kernel/actor.js';
import type { Role, Standing } from '../kernel/actor.js';
import { TLP } from '../kernel/markings.js';
import type { Tlp } from '../kernel/markings.js';
import { isWidening } from './audience.js';
import type { ReleasedAs } from './audience.js';
import { isNarrowing, mayConfirm, mayExport, mayRelease } from './release.js';
import type { ReleaseQuestion } from './release.js';

const standings: Standing[] = ['applicant', 'sponsored', 'active', 'suspended', 'retired'];
const roles = fc.subarray<Role>([...ROLES]);
const principals = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
const tlp = fc.constantFrom<Tlp>(...TLP);
const released: fc.Arbitrary<ReleasedAs> = fc.record({ tlp, principals });
const question: fc.Arbitrary<ReleaseQuestion> = fc.record({
  actor: fc.record({ roles, standing: fc.constantFrom(...standings) }),
  candidates: fc.option(fc.nat(8), { freq: 2 }),
  recordTlp: tlp,
  before: fc.option(released, { freq: 3 }),
  next: released,
  hasNewContent: fc.boolean(),
});

const said = ({ may }: { may: string }): number => ['no', 'with-second-person', 'now'].indexOf(may);
const speaks = (held: readonly Role[]): boolean => held.includes('analyst') || held.includes('coordinator');

const analyst = { roles: ['analyst' as const], standing: 'active' as const };
const coordinator = { roles: ['coordinator' as const], standing: 'active' as const };
const first = (actor: ReleaseQuestion['actor'], as: Tlp, recordTlp: Tlp = as): ReleaseQuestion => ({
  actor,
  candidates: null,
  recordTlp,
  before: null,
  next: { tlp: as, principals: [7] },
  hasNewContent: true,
});

describe('who may release', () => {
  it.each<[Tlp, string, string]>([
    ['TLP:CLEAR', 'no', 'with-second-person'],
    ['TLP:GREEN', 'no', 'with-second-person'],
    ['TLP:AMBER', 'now', 'now'],
    ['TLP:AMBER+STRICT', 'now', 'now'],
    ['TLP:RED', 'now', 'now'],
  ])('a first %s: an analyst %s, a coordinator %s', (as, byAnalyst, byCoordinator) => {
    expect(mayRelease(first(analyst, as)).may).toBe(byAnalyst);
    expect(mayRelease(first(coordinator, as)).may).toBe(byCoordinator);
  });

  it("a widening is a coordinator's: of the audience, of the marking before, of the record's own marking", () => {
    const before: ReleasedAs = { tlp: 'TLP:AMBER', principals: [7] };
    const wider: ReleaseQuestion[] = [
      { ...first(analyst, 'TLP:AMBER'), before, next: { tlp: 'TLP:AMBER', principals: [7, 8] } },
      { ...first(analyst, 'TLP:AMBER'), before: { ...before, tlp: 'TLP:RED' } },
      first(analyst, 'TLP:AMBER', 'TLP:RED'),
    ];
    for (const each of wider) {
      expect(mayRelease(each).may).toBe('no');
      expect(mayRelease({ ...each, actor: coordinator }).may).toBe('now');
    }
  });

  it('an edit goes to the same readers by an analyst', () => {
    const before: ReleasedAs = { tlp: 'TLP:AMBER', principals: [7] };
    expect(mayRelease({ ...first(analyst, 'TLP:AMBER'), before, next: before }).may).toBe('now');
  });

  it('after a recall, going out again is a widening', () => {
    const recalled: ReleasedAs = { tlp: 'TLP:AMBER', principals: [] };
    expect(mayRelease({ ...first(analyst, 'TLP:AMBER'), before: recalled, hasNewContent: false }).may).toBe('no');
  });

  it('nobody without a role that speaks for the organisation, whatever it is', () => {
    fc.assert(
      fc.property(question, (asked) => {
        if (!speaks(asked.actor.roles)) expect(mayRelease(asked).may).toBe('no');
        expect(mayRelease({ ...asked, actor: { ...asked.actor, roles: [] } }).may).toBe('no');
      }),
    );
  });

  it('a coordinator may do all that an analyst may, and another role takes nothing away', () => {
    fc.assert(
      fc.property(question, roles, (asked, more) => {
        const as = (held: readonly Role[]): number =>
          said(mayRelease({ ...asked, actor: { ...asked.actor, roles: [...held] } }));
        expect(as(['coordinator'])).toBeGreaterThanOrEqual(as(['analyst']));
        expect(as([...asked.actor.roles, ...more])).toBeGreaterThanOrEqual(as(asked.actor.roles));
      }),
    );
  });

  it('GREEN and CLEAR never go out by one person, but to take away', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const isOpen = asked.next.tlp === 'TLP:CLEAR' || asked.next.tlp === 'TLP:GREEN';
        if (isOpen && mayRelease(asked).may === 'now') expect(isNarrowing(asked)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('only an active organisation lets anything out, and nothing that fewer than five could have written', () => {
    fc.assert(
      fc.property(question, (asked) => {
        if (isNarrowing(asked) || mayRelease(asked).may === 'no') return;
        expect(asked.actor.standing).toBe('active');
        expect(asked.candidates ?? 5).toBeGreaterThanOrEqual(5);
      }),
      { numRuns: 1000 },
    );
  });

  it('to fewer of the same, and at no wider marking, never needs more than it did', () => {
    fc.assert(
      fc.property(question, fc.nat(4), tlp, (asked, kept, marking) => {
        const next = { ...asked.next, principals: asked.next.principals.slice(0, kept) };
        expect(said(mayRelease({ ...asked, next }))).toBeGreaterThanOrEqual(said(mayRelease(asked)));
        if (TLP.indexOf(marking) < TLP.indexOf(asked.next.tlp)) return;
        expect(said(mayRelease({ ...asked, next: { ...next, tlp: marking } }))).toBeGreaterThanOrEqual(
          said(mayRelease(asked)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('says why not, in a sentence', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const decision = mayRelease(asked);
        if (decision.may === 'no') expect(decision.why).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });
});

describe('a narrowing', () => {
  it('is a release to nobody, or the same content to no more readers at no wider marking', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { before, next, hasNewContent } = asked;
        const takesAway = before !== null && !hasNewContent && !isWidening(before, next);
        expect(isNarrowing(asked)).toBe(next.principals.length === 0 || takesAway);
      }),
    );
  });

  it('is open to whoever speaks for the organisation, and to the suspended', () => {
    fc.assert(
      fc.property(question, (asked) => {
        if (!isNarrowing(asked)) return;
        // Also where it leaves few to whom it tells whose it is: not then.
        const tells = asked.next.principals.length > 0 && (asked.candidates ?? 5) < 5;
        expect(mayRelease(asked).may).toBe(speaks(asked.actor.roles) && !tells ? 'now' : 'no');
      }),
    );
  });

  it('is no way to let something new out: what comes with it was not there', () => {
    const before: ReleasedAs = { tlp: 'TLP:GREEN', principals: [2, 5] };
    expect(isNarrowing({ before, next: before, hasNewContent: true })).toBe(false);
    expect(isNarrowing({ before: null, next: before, hasNewContent: false })).toBe(false);
  });
});

describe('who may confirm', () => {
  const someone = fc.record({
    roles,
    standing: fc.constantFrom(...standings),
    userKey: fc.integer({ min: 1, max: 3 }),
  });

  it('another analyst or coordinator of an active organisation, and nobody else', () => {
    fc.assert(
      fc.property(someone, fc.integer({ min: 1, max: 3 }), (actor, requestedBy) => {
        const may = actor.standing === 'active' && actor.userKey !== requestedBy && speaks(actor.roles);
        expect(mayConfirm(actor, requestedBy)).toBe(may);
      }),
    );
  });
});

describe('mayExport', () => {
  it('lets everything go along but what is RED, or unmarked, of others', () => {
    for (const marking of [null, ...TLP]) {
      expect([marking, mayExport(marking, true)]).toEqual([marking, true]);
      expect([marking, mayExport(marking, false)]).toEqual([marking, marking !== null && marking !== 'TLP:RED']);
    }
  });
});
