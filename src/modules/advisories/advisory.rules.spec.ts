import fc from 'fast-check';
import type { Actor } from '../../kernel/actor.js';
import {
  ADVISORY_MOVES,
  ADVISORY_STATES,
  admits,
  allowedActions,
  approvalsDue,
  mayAct,
  mayGoInterim,
  nextVersion,
  stateAfter,
  stateOf,
  transitions,
} from './advisory.rules.js';
import type { AdvisoryAction, AdvisoryFacts, AdvisoryState, AdvisoryStatus } from './advisory.rules.js';
import { scoreOf } from './cvss.js';

const VN = 10;
const TH = 20;
const SG = 30;

const person = (userKey: number, organisationKey: number, more: Partial<Actor> = {}): Actor => ({
  tokenHash: '',
  assumed: null,
  credentialKey: userKey,
  credentialId: '',
  credentialKind: 'session',
  isLimited: false,
  permissions: new Set(['advisories:read', 'advisories:write', 'advisories:publish']),
  userKey,
  userId: '',
  displayName: '',
  roles: ['analyst'],
  organisationKey,
  organisationId: '',
  organisationName: '',
  organisationCountry: null,
  organisationKind: 'national-cert',
  affiliation: 'member',
  standing: 'active',
  isSecretariat: false,
  ...more,
});

describe('the life of an advisory', () => {
  it('reaches every state from a draft, and leaves each but those that end it', () => {
    const reached = new Set<AdvisoryState>(['draft']);
    for (const state of reached)
      for (const move of ADVISORY_MOVES) {
        const next = stateAfter(state, move);
        if (next) reached.add(next);
      }
    expect([...reached].sort()).toEqual([...ADVISORY_STATES].sort());
    for (const state of ADVISORY_STATES)
      expect([state, Object.keys(transitions[state]).length > 0]).toEqual([
        state,
        !['withdrawn', 'received'].includes(state),
      ]);
  });

  it('is out by a move that publishes, and by no other', () => {
    const out: AdvisoryState[] = ['interim', 'published'];
    for (const state of ADVISORY_STATES)
      for (const move of ADVISORY_MOVES) {
        const next = stateAfter(state, move);
        if (next && out.includes(next) && !out.includes(state)) expect(move).toMatch(/^publish/);
      }
    // Every way out but the interim one comes from where all have approved.
    expect(ADVISORY_STATES.filter((state) => stateAfter(state, 'publish'))).toEqual(['approved']);
    expect(ADVISORY_STATES.filter((state) => stateAfter(state, 'schedule'))).toEqual(['approved']);
  });

  it.each([
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'patch', '1.2.4'],
  ] as const)('counts %s on by a %s step to %s', (version, step, next) => {
    expect(nextVersion(version, step)).toBe(next);
  });

  it('scores by its vectors, and refuses what is none', () => {
    expect(scoreOf('cvss31', 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N')).toEqual({ score: 0, severity: 'none' });
    expect(scoreOf('cvss31', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H')).toEqual({
      score: 10,
      severity: 'critical',
    });
    for (const vector of [
      'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      'CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/XX:Y',
    ])
      expect([vector, scoreOf('cvss31', vector)]).toEqual([vector, { fault: expect.any(String) }]);
  });
});

/** A version as one store would hold it, moved by the rules alone. */
interface Model {
  status: AdvisoryStatus;
  revision: number;
  authors: number[];
  approvals: { organisationKey: number; userKey: number; revision: number }[];
  changes: number;
  reviewers: number[];
  joint: number[];
  isUrgent: boolean;
  /** When it goes out. */
  notBefore: number | null;
  interimUntil: number | null;
  publishedAt: number | null;
  now: number;
}

const PEOPLE = [
  person(11, VN),
  person(12, VN, { roles: ['coordinator'] }),
  person(13, VN, { standing: 'suspended' }),
  person(21, TH),
  person(22, TH, { roles: ['coordinator'] }),
  person(31, SG),
  person(14, VN, { permissions: new Set(['advisories:read']), roles: ['organiser'] }),
];

const factsFor = (model: Model, actor: Actor): AdvisoryFacts => ({
  status: model.status,
  ownerKey: VN,
  joint: model.joint,
  approvals: model.approvals.filter(({ revision }) => revision === model.revision),
  hasOpenChanges: model.changes > 0,
  isInterim: model.interimUntil !== null,
  isUrgent: model.isUrgent,
  isOwner: actor.organisationKey === VN,
  isReviewer: model.reviewers.includes(actor.organisationKey),
  authors: model.authors,
  isOut: model.publishedAt !== null && model.status !== 'withdrawn',
  isToAcknowledge: false,
});

const may = (model: Model, actor: Actor, action: AdvisoryAction): boolean => {
  const facts = factsFor(model, actor);
  return mayAct(actor, action, facts) && admits(action, facts, actor.organisationKey);
};

/** Does what the actor asks for, where the rules allow it. */
function act(model: Model, actor: Actor, action: AdvisoryAction): void {
  const facts = factsFor(model, actor);
  if (!may(model, actor, action)) return;
  if (action === 'edit') {
    model.revision += 1;
    model.authors = [...new Set([...model.authors, actor.userKey])];
  } else if (action === 'submit') {
    model.status = 'in-review';
    model.changes = 0;
    model.reviewers = [...new Set([...model.reviewers, ...model.joint])];
  } else if (action === 'invite') model.reviewers = [...new Set([...model.reviewers, TH])];
  else if (action === 'request-changes') model.changes += 1;
  else if (action === 'approve')
    model.approvals.push({
      organisationKey: actor.organisationKey,
      userKey: actor.userKey,
      revision: model.revision,
    });
  else if (action === 'schedule') {
    model.status = 'scheduled';
    model.notBefore = model.now + 5;
  } else if (action === 'cancel-schedule') {
    model.status = 'in-review';
    model.notBefore = null;
  } else if (action === 'publish') {
    model.interimUntil = mayGoInterim(facts) ? model.now + 3 : null;
    model.status = 'published';
    model.publishedAt = model.now;
  } else if (action === 'withdraw') {
    model.status = 'withdrawn';
    model.interimUntil = null;
  }
}

function tick(model: Model): void {
  model.now += 1;
  if (model.status === 'scheduled' && model.notBefore !== null && model.notBefore <= model.now) {
    model.status = 'published';
    model.publishedAt = model.now;
  }
  if (model.interimUntil === null) return;
  const due = approvalsDue(factsFor(model, PEOPLE[0]!));
  if (due.length === 0) model.interimUntil = null;
  else if (model.interimUntil <= model.now) {
    model.status = 'withdrawn';
    model.interimUntil = null;
  }
}

const ACTIONS = [
  'edit',
  'submit',
  'invite',
  'request-changes',
  'approve',
  'approve',
  'approve',
  'schedule',
  'cancel-schedule',
  'publish',
  'publish',
  'withdraw',
] as const;

describe('any sequence of calls by any mix of actors', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ who: fc.nat(PEOPLE.length - 1), what: fc.constantFrom(...ACTIONS) }) },
    { weight: 1, arbitrary: fc.constant(null) },
  );

  it('publishes nothing without the approvals of exactly that, and nothing early; shows no draft to whom nobody invited', () => {
    let out = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 30, maxLength: 30 }),
        fc.constantFrom<number[]>([], [TH], [TH, SG]),
        fc.boolean(),
        (steps, joint, isUrgent) => {
          const model: Model = {
            status: 'draft',
            revision: 1,
            authors: [11],
            approvals: [],
            changes: 0,
            reviewers: [],
            joint,
            isUrgent,
            notBefore: null,
            interimUntil: null,
            publishedAt: null,
            now: 0,
          };
          for (const each of steps) {
            const wasOut = model.publishedAt !== null;
            if (each === null) tick(model);
            else act(model, PEOPLE[each.who]!, each.what);
            const given = model.approvals.filter(({ revision }) => revision === model.revision);
            for (const { userKey } of given) expect(model.authors).not.toContain(userKey);
            if (!wasOut && model.publishedAt !== null) {
              out += 1;
              const needed = model.interimUntil === null ? [VN, ...joint] : [VN];
              expect(given.map(({ organisationKey }) => organisationKey)).toEqual(expect.arrayContaining(needed));
              expect(model.changes).toBe(0);
              if (model.interimUntil !== null) expect([isUrgent, joint.length > 0]).toEqual([true, true]);
              if (model.notBefore !== null) expect(model.now).toBeGreaterThanOrEqual(model.notBefore);
            }
            // An outsider has nothing to do with it, whatever became of it.
            if (!model.reviewers.includes(SG))
              expect(allowedActions(PEOPLE[5]!, factsFor(model, PEOPLE[5]!))).toEqual([]);
            // The suspended, and who only reads, move nothing.
            for (const idle of [PEOPLE[2]!, PEOPLE[6]!])
              expect(allowedActions(idle, factsFor(model, idle))).toEqual([]);
            expect(ADVISORY_STATES).toContain(stateOf(factsFor(model, PEOPLE[0]!)));
          }
        },
      ),
      { numRuns: 1000, seed: 6 },
    );
    // A sequence that gets nowhere proves nothing.
    expect(out).toBeGreaterThan(20);
  });
});
