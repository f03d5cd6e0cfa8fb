/**
 * Who may read an incident, and who may do what with it: as sentences, each with the cases it speaks of. What the access
 * matrix expects is computed from these lines and from nothing else; the product is held against them (sharing policy,
 * Proved).
 *
 * A line speaks of a case when every column that it fills in admits the case; a column that it leaves out admits all.
 * The first line of a table that speaks decides. Where none speaks the answer is no: missing means no.
 */

// ── What a case is made of ──────────────────────────────────────────────────────────────────────────────────────────

export const columns = {
  /** What the caller shows. */
  credential: [
    'session',
    'API key',
    'API key as Basic password',
    'API key without the scope',
    'session that must enrol',
    'one-time link',
    'one-time link as Basic password',
    'nothing',
    'made-up token',
    'expired session',
    'revoked session',
    'session of a disabled account',
    'session of an invited account',
  ],
  /** What the route demands: a permission, and whether the caller's role gives it. */
  demand: ['nothing', 'a one-time link', 'enrolment', 'a permission of the role', 'a permission of other roles'],
  organisation: [
    'member CERT',
    'partner CERT',
    'regional body',
    'secretariat',
    'constituent',
    'sectoral CERT',
    'government body',
  ],
  /** The national CERT that the caller's organisation belongs to, and its switch for GREEN. */
  itsCert: ['none', 'relays', 'does not relay', 'is a partner that relays', 'relays and is suspended'],
  standing: ['applicant', 'sponsored', 'active', 'suspended', 'retired'],
  role: ['analyst', 'coordinator', 'second coordinator', 'organiser', 'admin'],
  /** What the caller has to do with the record; of several, the first. */
  relation: [
    'author',
    'its organisation',
    'the CERT it was submitted to',
    'who submitted it to its CERT',
    'named organisation',
    'named user',
    'colleague of a named user',
    'on the named duty',
    'member of the named group',
    'newcomer to the named group',
    'has left the named group',
    'proposed for the named group',
    'member of a named group, dissolved since',
    'the community is named',
    'partners are named',
    'the public is named',
    'not named',
  ],
  marking: ['unmarked', 'CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'],
  state: ['draft', 'submitted', 'released', 'narrowed away', 'pending confirmation'],
  action: [
    'view',
    'read revisions',
    'list comments',
    'read comment',
    'list related',
    'read link',
    'read receipts',
    'list observables',
    'correlate',
    'list sightings',
    'list attachments',
    'comment',
    'sight',
    'attach',
    'give feedback',
    'ask for wider sharing',
    'pass on',
    'edit comment',
    'delete comment',
    'edit',
    'relate',
    'unrelate',
    'submit',
    'triage',
    'investigate',
    'contain',
    'close',
    'reopen',
    'preview',
    'release',
    'confirm',
    'cancel',
    'give receipt',
    'recall',
  ],
  /** Whose the comment is that the action is about. */
  comment: ["the caller's", "another's"],
  /** The record at the other end of the link that the action is about. */
  otherEnd: ['readable', 'hidden'],
  /** Who asked for the release that waits. */
  askedBy: ['the caller', 'another'],
} as const;

export type Column = keyof typeof columns;
export type Value<C extends Column> = (typeof columns)[C][number];
export type Case = { [C in Column]: Value<C> };
export type Line<Then> = { say: string; then: Then } & { [C in Column]?: Value<C> | readonly Value<C>[] };

/** Every value of a column but these. */
const but = <C extends Column>(column: C, ...left: Value<C>[]): Value<C>[] =>
  (columns[column] as readonly Value<C>[]).filter((value) => !left.includes(value));

const OF_A_CERT = ['constituent', 'sectoral CERT', 'government body'] as const;
const THE_COMMUNITY = ['member CERT', 'regional body', 'secretariat'] as const;
const OWNERS = ['author', 'its organisation', 'the CERT it was submitted to'] as const;
const OPEN = ['CLEAR', 'GREEN'] as const;
const HANDLING = ['triage', 'investigate', 'contain', 'close', 'reopen'] as const;
const LINKS = ['one-time link'] as const;
const NOBODY = [
  'nothing',
  'made-up token',
  'expired session',
  'revoked session',
  'one-time link as Basic password',
] as const;

// ── At the door: what needs no record ───────────────────────────────────────────────────────────────────────────────

/** What each role gives. A route demands one of these, or it is open to anyone, to a one-time link, or to enrolment. */
// prettier-ignore
export const roleGives: Record<Value<'role'> | 'admin of the secretariat', readonly string[]> = {
  'analyst':                  ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'advisories:read', 'advisories:write', 'advisories:publish', 'incidents:read', 'incidents:write', 'incidents:triage', 'incidents:release', 'requests:read', 'requests:write', 'exercises:write'],
  'coordinator':              ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'advisories:read', 'advisories:write', 'advisories:publish', 'incidents:read', 'incidents:write', 'incidents:triage', 'incidents:release', 'requests:read', 'requests:write', 'exercises:write', 'groups:write', 'incidents:erase', 'incidents:anonymity', 'webhooks:write'],
  'second coordinator':       ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'advisories:read', 'advisories:write', 'advisories:publish', 'incidents:read', 'incidents:write', 'incidents:triage', 'incidents:release', 'requests:read', 'requests:write', 'exercises:write', 'groups:write', 'incidents:erase', 'incidents:anonymity', 'webhooks:write'],
  'organiser':                ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'advisories:read', 'incidents:read', 'exercises:write', 'exercises:organise'],
  'admin':                    ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'webhooks:write', 'organisation:admin'],
  'admin of the secretariat': ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read', 'webhooks:write', 'organisation:admin', 'region:admin'],
};

// prettier-ignore
export const door: readonly Line<'in' | 401 | 403>[] = [
  { say: 'what is open to anyone asks nobody',                          demand: 'nothing', then: 'in' },
  { say: 'who shows nothing, or what has ended, signs in first',        credential: NOBODY, then: 401 },
  { say: 'an account that is disabled, or not open yet, is nobody',     credential: ['session of a disabled account', 'session of an invited account'], then: 401 },
  { say: 'a retired organisation has nobody',                           standing: 'retired', then: 401 },
  { say: 'a one-time link opens what it was made for',                  demand: 'a one-time link', credential: LINKS, then: 'in' },
  { say: 'and nothing else opens that',                                 demand: 'a one-time link', then: 403 },
  { say: 'a one-time link opens nothing else',                          credential: LINKS, then: 403 },
  { say: 'who must enrol a second factor may do that, and sign out',    demand: 'enrolment', then: 'in' },
  { say: 'and nothing else before',                                     credential: 'session that must enrol', then: 403 },
  { say: 'a role opens what it gives',                                  demand: 'a permission of other roles', then: 403 },
  { say: 'an API key opens no more than its scopes name',               credential: 'API key without the scope', then: 403 },
  { say: 'whoever is left comes in',                                    demand: 'a permission of the role', then: 'in' },
];

/** The permission that each action demands. */
export const permissionFor = (action: Value<'action'>): string => {
  switch (action) {
    case 'view':
    case 'read revisions':
    case 'list comments':
    case 'read comment':
    case 'list related':
    case 'read link':
    case 'read receipts':
    case 'list observables':
    case 'correlate':
    case 'list sightings':
    case 'list attachments':
      return 'incidents:read';
    case 'triage':
    case 'investigate':
    case 'contain':
    case 'close':
    case 'reopen':
      return 'incidents:triage';
    case 'preview':
    case 'release':
    case 'confirm':
    case 'cancel':
    case 'recall':
    case 'pass on':
      return 'incidents:release';
    default:
      return 'incidents:write';
  }
};

// ── Who files ───────────────────────────────────────────────────────────────────────────────────────────────────────

// prettier-ignore
export const files: readonly Line<number>[] = [
  { say: 'only an active organisation files',                           standing: but('standing', 'active'), then: 403 },
  { say: 'any of its analysts and coordinators does',                   then: 201 },
];

// ── Whom a marking lets an audience name: a ceiling ─────────────────────────────────────────────────────────────────

const NARROW = ['organisation', 'group', 'user', 'duty role'] as const;
export type AudienceKind = (typeof NARROW)[number] | 'public' | 'community' | 'partners';

/** A release that names anybody else answers 400, and changes nothing. */
// prettier-ignore
export const mayName: Record<Exclude<Value<'marking'>, 'unmarked'>, readonly AudienceKind[]> = {
  'CLEAR':        ['public', 'community', 'partners', ...NARROW],
  'GREEN':        ['community', 'partners', ...NARROW],
  'AMBER':        NARROW,
  'AMBER+STRICT': NARROW,
  'RED':          ['user', 'duty role'],
};

// ── Who reads a record. What no line lets in is the one 404, in views, lists and counts alike ───────────────────────

// prettier-ignore
export const reads: readonly Line<'reads'>[] = [
  // The owner's side, wherever the record stands. The suspended keep their own.
  { say: 'an author reads what it filed',                               relation: 'author', then: 'reads' },
  { say: 'an organisation reads its own, but for what is RED',          relation: 'its organisation', marking: but('marking', 'RED'), then: 'reads' },
  { say: 'a CERT reads what was submitted to it',                       relation: 'the CERT it was submitted to', state: but('state', 'draft'), marking: but('marking', 'RED'), then: 'reads' },
  { say: 'who submitted it keeps what it handed over',                  relation: 'who submitted it to its CERT', state: but('state', 'draft'), marking: but('marking', 'RED'), then: 'reads' },

  // Whom a release names, while it is in force. A draft, what waits for a second person and what was narrowed away name nobody.
  { say: 'a named organisation',                                        relation: 'named organisation', state: 'released', then: 'reads' },
  { say: 'a named user, but not its colleagues',                        relation: 'named user', state: 'released', then: 'reads' },
  { say: 'who was on the named duty when it was released',              relation: 'on the named duty', state: 'released', then: 'reads' },
  { say: 'who was in the group at its release, and still is',           relation: 'member of the named group', standing: 'active', state: 'released', then: 'reads' },
  { say: 'the community: member CERTs and the region’s bodies',         relation: 'the community is named', organisation: THE_COMMUNITY, standing: 'active', state: 'released', then: 'reads' },
  { say: 'a body whose CERT, a member, relays GREEN to it',             relation: 'the community is named', organisation: OF_A_CERT, itsCert: 'relays', standing: 'active', state: 'released', then: 'reads' },
  { say: 'the partners: the community and the dialogue partners',       relation: 'partners are named', organisation: [...THE_COMMUNITY, 'partner CERT'], standing: 'active', state: 'released', then: 'reads' },
  { say: 'a body whose CERT relays GREEN to it',                        relation: 'partners are named', organisation: OF_A_CERT, itsCert: ['relays', 'is a partner that relays'], standing: 'active', state: 'released', then: 'reads' },
  { say: 'the public: whoever signs in, but the suspended',             relation: 'the public is named', standing: but('standing', 'suspended'), state: 'released', then: 'reads' },
];

/** Said a second time, from the other side: no case of these may be let in by a line above. */
// prettier-ignore
export const never: readonly Line<'never'>[] = [
  { say: 'nobody reads a draft but its owner',                          state: 'draft', relation: but('relation', 'author', 'its organisation'), then: 'never' },
  { say: 'nobody reads what is not released but its owner and filer',   state: but('state', 'released'), relation: but('relation', ...OWNERS, 'who submitted it to its CERT'), then: 'never' },
  { say: 'what is RED is read by persons',                              marking: 'RED', relation: but('relation', 'author', 'named user', 'on the named duty'), then: 'never' },
  { say: 'nobody reads what does not name it',                          relation: 'not named', then: 'never' },
  { say: 'the secretariat neither: it runs the region and reads nothing by that', organisation: 'secretariat', relation: 'not named', then: 'never' },
  { say: 'a newcomer does not read what was released before it came',   relation: 'newcomer to the named group', then: 'never' },
  { say: 'who left, was only proposed, or was in what is dissolved, does not read', relation: ['has left the named group', 'proposed for the named group', 'member of a named group, dissolved since'], then: 'never' },
  { say: 'the suspended and those not admitted yet are in no group',    standing: ['applicant', 'sponsored', 'suspended'], relation: 'member of the named group', then: 'never' },
  { say: 'nor in the community, nor among the partners',                standing: ['applicant', 'sponsored', 'suspended'], relation: ['the community is named', 'partners are named'], then: 'never' },
  { say: 'a dialogue partner is not of the community',                  organisation: 'partner CERT', relation: 'the community is named', then: 'never' },
  { say: 'a CERT that is suspended, or does not relay, relays nothing', organisation: OF_A_CERT, itsCert: ['relays and is suspended', 'does not relay'], relation: ['the community is named', 'partners are named'], then: 'never' },
];

// ── What a reader may do. Asked of those who read the record; the others get the one 404 ────────────────────────────

// prettier-ignore
export const acts: readonly Line<number>[] = [
  // Reading what hangs on it
  { say: 'a link is read where both its ends are',                      action: ['read link', 'unrelate'], otherEnd: 'hidden', then: 404 },
  { say: 'who reads a record reads what hangs on it',                   action: ['view', 'read revisions', 'list comments', 'read comment', 'list related', 'read link', 'read receipts', 'list observables', 'correlate', 'list sightings', 'list attachments'], then: 200 },

  // Changing anything
  { say: 'only an active organisation changes anything',                standing: but('standing', 'active'), then: 403 },
  { say: 'every reader comments',                                       action: 'comment', then: 201 },
  { say: 'and says what it saw of it',                                   action: 'sight', then: 201 },
  { say: 'a comment is changed by who wrote it',                        action: 'edit comment', comment: "the caller's", then: 200 },
  { say: 'and deleted by who wrote it',                                 action: 'delete comment', comment: "the caller's", then: 204 },
  { say: 'and by nobody else',                                          action: ['edit comment', 'delete comment'], then: 403 },
  { say: 'whom it reached says what it did with it',                    action: 'give receipt', relation: but('relation', ...OWNERS), then: 200 },
  { say: 'and not who shared it',                                       action: 'give receipt', then: 403 },
  // What those do whom it was released to
  { say: 'the owner’s side has no word for itself, and asks itself nothing', action: ['give feedback', 'ask for wider sharing', 'pass on'], relation: [...OWNERS, 'who submitted it to its CERT'], then: 403 },
  { say: 'every other reader says what it thinks of it',                action: 'give feedback', then: 200 },
  { say: 'what belongs to a CERT asks that',                            action: ['ask for wider sharing', 'pass on'], organisation: OF_A_CERT, then: 403 },
  { say: 'the others ask its owner to release it wider',                action: 'ask for wider sharing', then: 200 },
  { say: 'a CERT alone passes on',                                      action: 'pass on', organisation: but('organisation', 'member CERT', 'partner CERT'), then: 403 },
  { say: 'what is AMBER',                                               action: 'pass on', marking: but('marking', 'AMBER'), then: 403 },
  { say: 'and for its organisation, not for a person',                  action: 'pass on', relation: ['named user', 'on the named duty'], then: 403 },
  { say: 'to bodies of its own, of whom this names none',               action: 'pass on', then: 400 },

  { say: 'all else is for the owner’s side',                            relation: but('relation', ...OWNERS), then: 403 },
  { say: 'which edits',                                                 action: 'edit', then: 200 },
  { say: 'attaches files',                                              action: 'attach', then: 201 },
  { say: 'relates it to what it may read',                              action: 'relate', then: 201 },
  { say: 'and takes that back',                                         action: 'unrelate', then: 204 },

  // The lifecycle
  { say: 'what was submitted is not submitted again',                   action: 'submit', state: but('state', 'draft'), then: 409 },
  { say: 'RED goes into no queue',                                      action: 'submit', organisation: OF_A_CERT, marking: 'RED', then: 409 },
  { say: 'a CERT that is not active takes nothing in',                  action: 'submit', organisation: OF_A_CERT, itsCert: 'relays and is suspended', then: 409 },
  { say: 'a draft is submitted',                                        action: 'submit', then: 200 },
  { say: 'a body of a CERT leaves handling and releasing to its CERT',  organisation: OF_A_CERT, then: 403 },
  { say: 'whatever was released is recalled, by an analyst too',        action: 'recall', state: ['released', 'narrowed away'], then: 200 },
  { say: 'and nothing else is',                                         action: 'recall', then: 409 },
  { say: 'a draft is neither handled nor released',                     action: [...HANDLING, 'preview', 'release'], state: 'draft', then: 409 },
  { say: 'what is submitted is handled, step by step',                  action: HANDLING, then: 200 },
  { say: 'what a release would do is seen before',                      action: 'preview', then: 200 },

  // Releasing: here always to one more organisation, or at RED to one more person
  { say: 'the first release at AMBER or narrower is an analyst’s',      action: 'release', role: 'analyst', marking: but('marking', ...OPEN), state: 'submitted', then: 200 },
  { say: 'whatever widens is not',                                      action: 'release', role: 'analyst', then: 403 },
  { say: 'one release waits at a time',                                 action: 'release', state: 'pending confirmation', then: 409 },
  { say: 'GREEN and CLEAR wait for a second person',                    action: 'release', marking: OPEN, then: 202 },
  { say: 'anything narrower goes out on a coordinator’s word',          action: 'release', then: 200 },
  { say: 'there is nothing to confirm or to cancel but what waits',     action: ['confirm', 'cancel'], state: but('state', 'pending confirmation'), then: 409 },
  { say: 'who asked for it does not confirm it',                        action: 'confirm', askedBy: 'the caller', then: 403 },
  { say: 'another analyst or coordinator does',                         action: 'confirm', then: 200 },
  { say: 'any of them cancels',                                         action: 'cancel', then: 200 },
];
