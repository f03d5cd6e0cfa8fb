import type { Access } from '../../src/platform/http/access.js';

/** What a route demands of its caller, and what it answers to ids that name nothing the caller may see. */
export interface RouteRule {
  /** `GET /api/v1/incidents/:id`; a GET speaks for its HEAD. */
  route: string;
  /** A permission; `anyone`; `link`: a one-time link alone; `enrolment`: also a session that must still enrol. */
  who: Access['who'];
  mode: 'read' | 'write';
  /** The answer to an id in the path that is hidden or absent, alike; null where the path holds none. */
  unseen: 404 | null;
  /** Whether a session alone opens it: an API key gets 403, whatever its scopes. What changes the account itself is a person's. */
  isByPerson: boolean;
  /** Served without a controller, so without the guard: documents that tell nothing of anybody. */
  isDocument: boolean;
}

const rule = (route: string, who: Access['who'], mode: RouteRule['mode'], unseen: RouteRule['unseen']): RouteRule => ({
  route: route.replace(/ +/, ' '),
  who,
  mode,
  unseen,
  isByPerson: false,
  isDocument: false,
});
const person = (...given: Parameters<typeof rule>): RouteRule => ({ ...rule(...given), isByPerson: true });
const document = (route: string): RouteRule => ({ ...rule(route, 'anyone', 'read', null), isDocument: true });

/**
 * Every route of the product, with its rule. A route that is not here fails the build, as does a line that no route is
 * behind, or one that says something else than the route itself.
 */
// prettier-ignore
export const routes: readonly RouteRule[] = [
  // ── Of the service ────────────────────────────────────────────────────── who ─────────────── mode ─── unseen ids
  rule('GET    /health/live',                                               'anyone',             'read',  null),
  rule('GET    /health/ready',                                              'anyone',             'read',  null),
  // To this machine itself, or for the token that its operator set.
  rule('GET    /metrics',                                                   'anyone',             'read',  null),
  document('GET /api/openapi.json'),
  document('GET /api/docs'),
  document('GET /api/docs/'),
  document('GET /api/docs/*'),
  document('GET /api/docs/index.html'),
  document('GET /api/docs/LICENSE'),
  document('GET /api/docs/swagger-ui-init.js'),
  document('GET /api/docs/docs/*'),
  document('GET /api/docs/docs/swagger-ui-init.js'),

  // ── Sign-in ───────────────────────────────────────────────────────────────────────────────────────────────────────
  rule('POST   /api/v1/auth/login',                                         'anyone',             'write', null),
  rule('POST   /api/v1/auth/refresh',                                       'anyone',             'write', null),
  person('POST   /api/v1/auth/logout',                                      'enrolment',          'write', null),
  rule('GET    /api/v1/auth/totp',                                          'enrolment',          'read',  null),
  person('POST   /api/v1/auth/totp',                                        'enrolment',          'write', null),
  person('POST   /api/v1/auth/totp/confirm',                                'enrolment',          'write', null),
  person('DELETE /api/v1/auth/totp',                                        'self',               'write', null),
  // Looking at an invitation is noted.
  rule('GET    /api/v1/invitations/current',                                'link',               'write', null),
  rule('POST   /api/v1/invitations/accept',                                 'link',               'write', null),
  rule('POST   /api/v1/auth/reset',                                         'link',               'write', null),

  // ── One's own account ─────────────────────────────────────────────────────────────────────────────────────────────
  rule('GET    /api/v1/me',                                                 'self',               'read',  null),
  person('PATCH  /api/v1/me',                                               'self',               'write', null),
  person('POST   /api/v1/me/password',                                      'self',               'write', null),
  rule('GET    /api/v1/me/sessions',                                        'self',               'read',  null),
  rule('GET    /api/v1/me/sessions/:id',                                    'self',               'read',  404),
  person('DELETE /api/v1/me/sessions/:id',                                  'self',               'write', 404),
  rule('GET    /api/v1/me/api-keys',                                        'self',               'read',  null),
  person('POST   /api/v1/me/api-keys',                                      'self',               'write', null),
  rule('GET    /api/v1/me/api-keys/:id',                                    'self',               'read',  404),
  person('DELETE /api/v1/me/api-keys/:id',                                  'self',               'write', 404),

  // ── Organisations: seen by the directory, changed by administrators, admitted and judged by the region ────────────
  rule('GET    /api/v1/organisations',                                      'directory:read',     'read',  null),
  rule('POST   /api/v1/organisations',                                      'organisation:admin', 'write', null),
  rule('GET    /api/v1/organisations/:id',                                  'directory:read',     'read',  404),
  rule('PATCH  /api/v1/organisations/:id',                                  'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/designation',                      'region:admin',       'write', 404),
  // A coordinator or an administrator: the use case tells.
  rule('POST   /api/v1/organisations/:id/sponsorships',                     'directory:read',     'write', 404),
  rule('POST   /api/v1/organisations/:id/activation',                       'region:admin',       'write', 404),
  rule('POST   /api/v1/organisations/:id/retirement',                       'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/suspension',                       'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/suspension/confirm',               'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/suspension/withdraw',              'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/reinstatement',                    'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/reinstatement/confirm',            'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/reinstatement/withdraw',           'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/secretariat',                      'region:admin',       'write', 404),

  // ── The people of an organisation, whom to call, and what it answers for ──────────────────────────────────────────
  rule('GET    /api/v1/organisations/:id/users',                            'directory:read',     'read',  404),
  rule('POST   /api/v1/organisations/:id/users',                            'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/users/:userId',                    'directory:read',     'read',  404),
  rule('PATCH  /api/v1/organisations/:id/users/:userId',                    'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/users/:userId/invitation',         'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/users/:userId/password-reset',     'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/users/:userId/erasures',           'organisation:admin', 'read',  404),
  rule('POST   /api/v1/organisations/:id/users/:userId/erasures',           'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/contacts',                         'directory:read',     'read',  404),
  rule('POST   /api/v1/organisations/:id/contacts',                         'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/contacts/:entryId',                'directory:read',     'read',  404),
  rule('PATCH  /api/v1/organisations/:id/contacts/:entryId',                'organisation:admin', 'write', 404),
  rule('POST   /api/v1/organisations/:id/contacts/:entryId/verification',   'organisation:admin', 'write', 404),
  rule('DELETE /api/v1/organisations/:id/contacts/:entryId',                'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/networks',                         'directory:read',     'read',  404),
  rule('POST   /api/v1/organisations/:id/networks',                         'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/networks/:entryId',                'directory:read',     'read',  404),
  rule('DELETE /api/v1/organisations/:id/networks/:entryId',                'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/duty',                             'directory:read',     'read',  404),
  rule('POST   /api/v1/organisations/:id/duty',                             'organisation:admin', 'write', 404),
  rule('GET    /api/v1/organisations/:id/duty/:entryId',                    'directory:read',     'read',  404),
  rule('DELETE /api/v1/organisations/:id/duty/:entryId',                    'organisation:admin', 'write', 404),
  rule('GET    /api/v1/directory',                                          'directory:read',     'read',  null),
  rule('GET    /api/v1/directory/members',                                  'directory:read',     'read',  null),

  // ── Comms checks: called by the secretariat, answered by whoever is on duty, or by a code that was read out ───────
  rule('GET    /api/v1/comms-checks',                                       'directory:read',     'read',  null),
  rule('POST   /api/v1/comms-checks',                                       'region:admin',       'write', null),
  rule('POST   /api/v1/comms-checks/answer',                                'anyone',             'write', null),
  rule('GET    /api/v1/comms-checks/:id',                                   'directory:read',     'read',  404),
  rule('POST   /api/v1/comms-checks/:id/answer',                            'directory:read',     'write', 404),
  rule('POST   /api/v1/comms-checks/:id/codes',                             'region:admin',       'write', 404),

  // ── Sharing groups: seen by who is in them or proposed for them ───────────────────────────────────────────────────
  rule('GET    /api/v1/sharing-groups',                                     'groups:read',        'read',  null),
  rule('POST   /api/v1/sharing-groups',                                     'groups:write',       'write', null),
  rule('GET    /api/v1/sharing-groups/:id',                                 'groups:read',        'read',  404),
  rule('PATCH  /api/v1/sharing-groups/:id',                                 'groups:write',       'write', 404),
  rule('POST   /api/v1/sharing-groups/:id/dissolution',                     'groups:write',       'write', 404),
  rule('POST   /api/v1/sharing-groups/:id/members',                         'groups:write',       'write', 404),
  rule('GET    /api/v1/sharing-groups/:id/members/:organisationId',         'groups:read',        'read',  404),
  rule('POST   /api/v1/sharing-groups/:id/members/:organisationId/accept',  'groups:write',       'write', 404),
  rule('POST   /api/v1/sharing-groups/:id/members/:organisationId/objections', 'groups:write',    'write', 404),
  rule('POST   /api/v1/sharing-groups/:id/members/:organisationId/admit',   'groups:write',       'write', 404),
  rule('DELETE /api/v1/sharing-groups/:id/members/:organisationId',         'groups:write',       'write', 404),

  // ── Requests: seen by who asks and who is asked; each has its own part in them ────────────────────────────────────
  rule('POST   /api/v1/requests',                                           'requests:write',     'write', null),
  rule('GET    /api/v1/requests',                                           'requests:read',      'read',  null),
  rule('GET    /api/v1/requests/:id',                                       'requests:read',      'read',  404),
  rule('POST   /api/v1/requests/:id/send',                                  'requests:write',     'write', 404),
  rule('POST   /api/v1/requests/:id/acknowledge',                           'requests:write',     'write', 404),
  rule('POST   /api/v1/requests/:id/answer',                                'requests:write',     'write', 404),
  rule('GET    /api/v1/requests/:id/answers',                               'requests:read',      'read',  404),
  rule('POST   /api/v1/requests/:id/decline',                               'requests:write',     'write', 404),
  rule('POST   /api/v1/requests/:id/escalations',                           'requests:write',     'write', 404),
  rule('POST   /api/v1/requests/:id/withdraw',                              'requests:write',     'write', 404),
  rule('POST   /api/v1/requests/:id/close',                                 'requests:write',     'write', 404),

  // ── Exercises: a scenario is its organisation's or the community's; a run is seen by who is in it ──────────────────
  rule('POST   /api/v1/scenarios',                                              'exercises:organise',   'write', null),
  rule('POST   /api/v1/scenarios/lint',                                         'exercises:organise',   'read',  null),
  rule('GET    /api/v1/scenarios',                                              'exercises:organise',   'read',  null),
  rule('GET    /api/v1/scenarios/:id',                                          'exercises:organise',   'read',  404),
  rule('POST   /api/v1/exercises',                                              'exercises:organise',   'write', null),
  rule('GET    /api/v1/exercises',                                              'exercises:read',       'read',  null),
  rule('GET    /api/v1/exercises/:id',                                          'exercises:read',       'read',  404),
  rule('POST   /api/v1/exercises/:id/teams',                                    'exercises:organise',   'write', 404),
  rule('GET    /api/v1/exercises/:id/clock',                                    'exercises:read',       'read',  404),
  rule('GET    /api/v1/exercises/:id/inbox',                                    'exercises:read',       'read',  404),
  rule('GET    /api/v1/exercises/:id/board',                                    'exercises:read',       'read',  404),
  rule('GET    /api/v1/exercises/:id/scores',                                   'exercises:read',       'read',  404),
  rule('GET    /api/v1/exercises/:id/log',                                      'exercises:read',       'read',  404),
  rule('POST   /api/v1/exercises/:id/inbox/seen',                               'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/start',                                    'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/pause',                                    'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/resume',                                   'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/speed',                                    'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/jump',                                     'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/end',                                      'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/fire',                                     'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/hold',                                     'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/let-go',                                   'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/injects',                                  'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/messages',                                 'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/no-duff',                                  'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/remarks',                                  'exercises:write',      'write', 404),
  rule('POST   /api/v1/exercises/:id/overrides',                                'exercises:write',      'write', 404),

  // ── Imports ───────────────────────────────────────────────────────────────────────────────────────────────────────
  rule('POST   /api/v1/imports',                                            'incidents:write',    'write', null),
  rule('GET    /api/v1/imports/template',                                   'incidents:write',    'read',  null),
  rule('GET    /api/v1/imports/mappings',                                   'incidents:write',    'read',  null),
  rule('POST   /api/v1/imports/mappings',                                   'incidents:write',    'write', null),
  rule('GET    /api/v1/imports/mappings/:id',                               'incidents:write',    'read',  404),
  rule('PUT    /api/v1/imports/mappings/:id',                               'incidents:write',    'write', 404),
  rule('DELETE /api/v1/imports/mappings/:id',                               'incidents:write',    'write', 404),

  // ── Ledger: hashes are everybody's, an entry is read by who acted or owns ─────────────────────────────────────────
  rule('GET    /api/v1/ledger/checkpoint',                                  'ledger:read',        'read',  null),
  rule('GET    /api/v1/ledger/keys',                                        'ledger:read',        'read',  null),
  rule('GET    /api/v1/ledger/proofs/inclusion',                            'ledger:read',        'read',  null),
  rule('GET    /api/v1/ledger/proofs/consistency',                          'ledger:read',        'read',  null),
  rule('GET    /api/v1/ledger/leaves',                                      'ledger:read',        'read',  null),
  rule('GET    /api/v1/ledger/entries',                                     'ledger:read',        'read',  null),

  // ── Incidents: who reads and does what is in rules.ts ─────────────────────────────────────────────────────────────
  rule('POST   /api/v1/incidents',                                          'incidents:write',    'write', null),
  rule('POST   /api/v1/incidents/bulk',                                     'incidents:write',    'write', null),
  rule('GET    /api/v1/incidents',                                          'incidents:read',     'read',  null),
  rule('GET    /api/v1/search',                                             'incidents:read',     'read',  null),
  rule('GET    /api/v1/incidents/export',                                   'incidents:read',     'read',  null),
  rule('GET    /api/v1/incidents/:id',                                      'incidents:read',     'read',  404),
  rule('PATCH  /api/v1/incidents/:id',                                      'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/revisions',                            'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/submit',                               'incidents:write',    'write', 404),
  rule('POST   /api/v1/incidents/:id/triage',                               'incidents:triage',   'write', 404),
  rule('POST   /api/v1/incidents/:id/investigate',                          'incidents:triage',   'write', 404),
  rule('POST   /api/v1/incidents/:id/contain',                              'incidents:triage',   'write', 404),
  rule('POST   /api/v1/incidents/:id/close',                                'incidents:triage',   'write', 404),
  rule('POST   /api/v1/incidents/:id/reopen',                               'incidents:triage',   'write', 404),
  rule('POST   /api/v1/incidents/:id/release-preview',                      'incidents:release',  'write', 404),
  rule('GET    /api/v1/incidents/:id/release-preview',                      'incidents:release',  'read',  404),
  rule('POST   /api/v1/incidents/:id/release',                              'incidents:release',  'write', 404),
  rule('POST   /api/v1/incidents/:id/release/confirm',                      'incidents:release',  'write', 404),
  rule('POST   /api/v1/incidents/:id/release/cancel',                       'incidents:release',  'write', 404),
  rule('POST   /api/v1/incidents/:id/recall',                               'incidents:release',  'write', 404),
  // Receipts: the originator reads them, those who received it give them. Tombstones: to those whom it had reached.
  rule('GET    /api/v1/incidents/:id/receipts',                             'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/receipts',                             'incidents:write',    'write', 404),
  rule('GET    /api/v1/tombstones',                                         'incidents:read',     'read',  null),
  rule('POST   /api/v1/tombstones/:id/confirmation',                        'incidents:write',    'write', 404),
  // What a CERT passes on is its own to list and take back; what readers ask of its owner, and say of it, is theirs and its owner's.
  rule('POST   /api/v1/incidents/:id/pass-on',                              'incidents:release',  'write', 404),
  rule('GET    /api/v1/incidents/:id/pass-ons',                             'incidents:read',     'read',  404),
  rule('GET    /api/v1/incidents/:id/pass-ons/:passOn',                     'incidents:read',     'read',  404),
  rule('DELETE /api/v1/incidents/:id/pass-ons/:passOn',                     'incidents:release',  'write', 404),
  rule('POST   /api/v1/incidents/:id/request-wider-sharing',                'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/wider-sharing-requests',               'incidents:read',     'read',  404),
  rule('GET    /api/v1/incidents/:id/wider-sharing-requests/:request',      'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/wider-sharing-requests/:request/grant', 'incidents:release', 'write', 404),
  rule('POST   /api/v1/incidents/:id/wider-sharing-requests/:request/decline', 'incidents:release', 'write', 404),
  rule('GET    /api/v1/wider-sharing-requests',                             'incidents:read',     'read',  null),
  rule('GET    /api/v1/incidents/:id/feedback',                             'incidents:read',     'read',  404),
  rule('PUT    /api/v1/incidents/:id/feedback',                             'incidents:write',    'write', 404),
  rule('DELETE /api/v1/incidents/:id/feedback',                             'incidents:write',    'write', 404),
  rule('POST   /api/v1/incidents/:id/lift-anonymity',                       'incidents:anonymity', 'write', 404),
  rule('GET    /api/v1/incidents/:id/quarantine',                           'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/quarantine',                           'incidents:anonymity', 'write', 404),
  rule('DELETE /api/v1/incidents/:id/quarantine',                           'incidents:anonymity', 'write', 404),
  rule('GET    /api/v1/incidents/:id/comments',                             'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/comments',                             'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/comments/:comment',                    'incidents:read',     'read',  404),
  rule('PATCH  /api/v1/incidents/:id/comments/:comment',                    'incidents:write',    'write', 404),
  rule('DELETE /api/v1/incidents/:id/comments/:comment',                    'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/related',                              'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/related',                              'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/related/:link',                        'incidents:read',     'read',  404),
  rule('DELETE /api/v1/incidents/:id/related/:link',                        'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/observables',                          'incidents:read',     'read',  404),
  rule('GET    /api/v1/incidents/:id/correlations',                         'incidents:read',     'read',  404),
  rule('GET    /api/v1/incidents/:id/sightings',                            'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/sightings',                            'incidents:write',    'write', 404),
  rule('GET    /api/v1/incidents/:id/sightings/:sighting',                  'incidents:read',     'read',  404),
  rule('GET    /api/v1/incidents/:id/erasures',                             'incidents:read',     'read',  404),
  rule('POST   /api/v1/incidents/:id/erasures',                             'incidents:erase',    'write', 404),

  // ── Observables: of a text, or of the records that the caller reads; a POST because of their number ───────────────
  rule('POST   /api/v1/observables/extract',                                'incidents:read',     'read',  null),
  rule('POST   /api/v1/observables/lookup',                                 'incidents:read',     'read',  null),
];
