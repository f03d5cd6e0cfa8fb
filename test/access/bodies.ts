import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';

const ID = '11111111-1111-4111-8111-111111111111';
const PASSWORD = 'nine loud kites over the harbour';
const decision = { reason: 'Decided by the members.', decidedOn: '2026-11-18', document: 'Minutes 12' };

/**
 * A body that each route takes, where it wants one: a faulty one would be refused before anything is looked up. What it
 * names does not exist.
 */
export const bodies: Readonly<Record<string, object>> = {
  'POST /api/v1/auth/login': { email: 'nobody@nowhere.example', password: PASSWORD },
  'POST /api/v1/auth/refresh': { refreshToken: 'unknown' },
  'POST /api/v1/auth/totp/confirm': { code: '000000' },
  'DELETE /api/v1/auth/totp': { password: PASSWORD },
  'POST /api/v1/invitations/accept': { password: PASSWORD },
  'POST /api/v1/auth/reset': { newPassword: PASSWORD },
  'PATCH /api/v1/me': { displayName: 'Somebody' },
  'POST /api/v1/me/password': { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` },
  'POST /api/v1/me/api-keys': { name: 'A key', scopes: ['self'], expiresAt: '2026-12-01T00:00:00Z' },
  'POST /api/v1/organisations': { name: 'A Bank', kind: 'constituent', parent: ID },
  'POST /api/v1/organisations/:id/designation': {
    designatedBy: 'A ministry',
    designatedOn: '2026-10-01',
    document: 'Letter 1',
  },
  'POST /api/v1/organisations/:id/sponsorships': { statement: 'We know them.' },
  'POST /api/v1/organisations/:id/suspension': decision,
  'POST /api/v1/organisations/:id/reinstatement': decision,
  'POST /api/v1/organisations/:id/secretariat': { until: '2028-12-31' },
  'POST /api/v1/organisations/:id/users': { email: 'new@cert.example', roles: ['analyst'] },
  'POST /api/v1/organisations/:id/users/:userId/erasures': { basis: 'mistake', reason: 'Not ours to keep.' },
  'POST /api/v1/organisations/:id/contacts': {
    kind: 'abuse',
    is24x7: false,
    name: 'Abuse desk',
    email: 'abuse@cert.example',
    languages: ['en'],
    timeZone: 'UTC',
  },
  'POST /api/v1/organisations/:id/networks': { value: 'cert.example' },
  'POST /api/v1/organisations/:id/duty': {
    dutyRole: 'incident-response',
    userId: ID,
    position: 'primary',
    startsAt: '2026-11-20T00:00:00Z',
  },
  'POST /api/v1/sharing-groups': { name: 'A group', purpose: 'To share.', members: [] },
  'POST /api/v1/sharing-groups/:id/members': { organisation: ID },
  'POST /api/v1/sharing-groups/:id/members/:organisationId/objections': { reason: 'We have not met them.' },
  'POST /api/v1/comms-checks': { kind: 'surprise' },
  'POST /api/v1/comms-checks/answer': { code: '0000-0000-0000' },
  'POST /api/v1/comms-checks/:id/codes': { organisation: ID },
  'POST /api/v1/requests': {
    kind: 'rfi',
    to: { organisation: ID },
    marking: { tlp: 'TLP:AMBER' },
    title: 'Asked',
    body: 'What do you see?',
  },
  'POST /api/v1/requests/route': {
    kind: 'takedown',
    marking: { tlp: 'TLP:AMBER' },
    title: 'Asked',
    body: 'Please take it down.',
    values: ['198.51.100.7'],
  },
  'POST /api/v1/requests/:id/answer': { body: 'Seen here too.' },
  'POST /taxii2/live/collections/:id/objects': {
    objects: [{ type: 'mutex', spec_version: '2.1', id: `mutex--${ID}`, name: 'Sent in' }],
  },
  'POST /api/v1/advisories': {
    title: 'Drafted',
    summary: 'What is known.',
    body: 'What there is to say.',
    kind: 'guidance',
    language: 'en',
    marking: { tlp: 'TLP:AMBER' },
  },
  'POST /api/v1/advisories/:id/revise': { step: 'minor', summary: 'More is known.' },
  'POST /api/v1/advisories/:id/invitations': { organisation: ID },
  'POST /api/v1/advisories/:id/comments': { body: 'Since when?' },
  'POST /api/v1/advisories/:id/request-changes': { changes: [{ body: 'Say since when.' }] },
  'PATCH /api/v1/advisories/:id/changes/:change': { done: true },
  'POST /api/v1/advisories/:id/schedule': { notBefore: '2027-01-01T00:00:00Z' },
  'POST /api/v1/advisories/:id/withdraw': { reason: 'error' },
  'POST /api/v1/scenarios': { document: exampleScenario },
  'PUT /api/v1/scenarios/:id': { document: exampleScenario },
  'POST /api/v1/scenarios/lint': { document: exampleScenario },
  'POST /api/v1/scenarios/from-incident': { incident: ID, title: 'From the past' },
  'POST /api/v1/exercises': { title: 'Monsoon', scenario: ID, teams: [] },
  'POST /api/v1/exercises/:id/teams': { teams: [{ organisation: ID, roles: ['national-cert'] }] },
  'PUT /api/v1/exercises/:id/addresses': { addresses: ['https://hooks.example/drill'] },
  'POST /api/v1/exercises/:id/inbox/seen': { position: 1 },
  'POST /api/v1/exercises/:id/naming': { mayBeNamed: true },
  'POST /api/v1/exercises/:id/speed': { factor: 10 },
  'POST /api/v1/exercises/:id/jump': { toMinutes: 30 },
  'POST /api/v1/exercises/:id/fire': { inject: 'first-call' },
  'POST /api/v1/exercises/:id/hold': { inject: 'first-call' },
  'POST /api/v1/exercises/:id/let-go': { inject: 'first-call' },
  'POST /api/v1/exercises/:id/injects': { inject: { ...exampleScenario.injects[0], id: 'second-call' } },
  'POST /api/v1/exercises/:id/messages': { text: 'Lunch is at noon.' },
  'POST /api/v1/exercises/:id/no-duff': { text: 'NO DUFF.' },
  'POST /api/v1/exercises/:id/remarks': { sense: 'remark', text: 'Seen.' },
  'POST /api/v1/exercises/:id/overrides': {
    team: ID,
    role: 'national-cert',
    milestone: 'files-the-calls',
    credit: 1,
    reason: 'By telephone.',
  },
  'POST /api/v1/exercises/:id/lessons': { lesson: 'duty-list', text: 'Keep it at hand.', state: 'open' },
  'POST /api/v1/incidents': { title: 'Filed' },
  'POST /api/v1/imports/mappings': { name: 'Monthly', columns: { Judul: 'title' } },
  'PUT /api/v1/imports/mappings/:id': { name: 'Monthly', columns: { Judul: 'title' } },
  'POST /api/v1/incidents/:id/release-preview': { marking: { tlp: 'TLP:AMBER' }, audience: [{ organisation: ID }] },
  'POST /api/v1/incidents/:id/release': { marking: { tlp: 'TLP:AMBER' }, audience: [{ organisation: ID }] },
  'POST /api/v1/incidents/:id/recall': { reason: 'error' },
  'POST /api/v1/incidents/:id/receipts': { kind: 'acknowledged' },
  'POST /api/v1/incidents/:id/quarantine': { reason: 'false' },
  'POST /api/v1/tombstones/:id/confirmation': { confirmation: 'deleted' },
  'POST /api/v1/incidents/:id/pass-on': { organisations: [ID], tellOriginator: false },
  'POST /api/v1/incidents/:id/request-wider-sharing': { audience: [{ organisation: ID }], reason: 'Others are hit.' },
  'PUT /api/v1/incidents/:id/feedback': { kind: 'useful' },
  'POST /api/v1/incidents/:id/comments': { body: 'Seen here too.' },
  'PATCH /api/v1/incidents/:id/comments/:comment': { body: 'Said better.' },
  'POST /api/v1/incidents/:id/erasures': { value: 'A Name', basis: 'mistake', reason: 'Not ours to keep.' },
  'POST /api/v1/incidents/:id/attachments': Buffer.from('Seen here too.'),
  'POST /api/v1/incidents/:id/sightings': { observable: ID, kind: 'seen', at: '2026-11-20T00:00:00Z' },
  'POST /api/v1/observables/extract': { text: 'From 203.0.113.7.' },
  'POST /api/v1/observables/lookup': { values: ['203.0.113.7'] },
  'POST /misp/events/add': { info: 'Filed' },
  'POST /misp/attributes/add/:id': { type: 'text', value: 'besides' },
  'POST /misp/objects/add/:id': { name: 'file' },
  'POST /misp/objects/edit/:id': { comment: 'Said better' },
  'POST /misp/events/freeTextImport/:id': { value: 'From 203.0.113.7.' },
  'POST /misp/events/upload_stix/2': {
    type: 'bundle',
    id: `bundle--${ID}`,
    objects: [{ type: 'ipv4-addr', spec_version: '2.1', id: `ipv4-addr--${ID}`, value: '203.0.113.7' }],
  },
  'POST /misp/sharingGroups/add': { name: 'A group', releasability: 'To share.' },
  'POST /misp/eventReports/add/:id': { name: 'Seen', content: 'Here too.' },
  'POST /misp/sightings/add': { value: 'nowhere.example' },
  'POST /misp/sightings/listSightings': { context: 'event', id: ID },
  'POST /misp/sightings/restSearch/event': { id: ID },
  'POST /misp/sightings/restSearch/attribute': { id: ID },
  'POST /misp/tags/attachTagToObject': { uuid: ID, tag: 'tlp:amber' },
  'POST /misp/tags/removeTagFromObject': { uuid: ID, tag: 'tlp:amber' },
  'POST /api/v1/subscriptions': { name: 'Fraud', filters: { class: ['fraud'] } },
  'PUT /api/v1/subscriptions/:id': { name: 'Fraud', filters: { class: ['fraud'] } },
  'POST /api/v1/webhooks': { url: 'https://hooks.cert.example/ronda' },
  'PUT /api/v1/webhooks/:id': { url: 'https://hooks.cert.example/ronda' },
  'POST /api/v1/incidents/:id/related': { incident: ID, kind: 'related' },
};

/** Query parameters without which a route says nothing. */
export const queries: Readonly<Record<string, string>> = {
  'GET /api/v1/search': '?q=phishing',
  'GET /api/v1/blocklists': '?type=domain',
  'POST /api/v1/incidents/:id/attachments': '?name=seen.txt',
  'GET /api/v1/advisories/:id/markdown': '?version=1.0.0',
  'GET /api/v1/advisories/:id/csaf': '?version=1.0.0',
  'GET /api/v1/advisories/:id/html': '?version=1.0.0',
  'GET /api/v1/advisories/:id/stix': '?version=1.0.0',
  'GET /api/v1/directory': '?address=192.0.2.1',
  'GET /api/v1/ledger/proofs/inclusion': '?position=0',
  'GET /api/v1/ledger/proofs/consistency': '?from=1',
  'GET /api/v1/incidents/:id/export': '?format=stix',
  'GET /api/v1/ledger/entries': `?subject=${ID}`,
};

/** How the body of a request is sent: TAXII takes none as plain JSON, and an attachment is bytes. */
export const mediaTypeOf = (path: string): string =>
  /^[^?]*\/attachments(\?|$)/.test(path)
    ? 'application/octet-stream'
    : /^\/taxii2\/.*\/objects$/.test(path)
      ? 'application/taxii+json;version=2.1'
      : 'application/json';

/** The request that a route takes, its ids filled in. */
export function requestOf(
  route: string,
  idOf: (parameter: string) => string,
): { method: string; path: string; body: object | undefined } {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replaceAll(/:(\w+)/g, (_, parameter: string) => idOf(parameter)).replace('*', 'index.html');
  const isWrite = method !== 'GET' && method !== 'HEAD';
  return { method, path: path + (queries[route] ?? ''), body: isWrite ? (bodies[route] ?? {}) : undefined };
}
