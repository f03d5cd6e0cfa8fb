import fc from 'fast-check';
import { EndAdvisories } from '../../src/modules/advisories/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;
const PLAYERS = [
  'vn.analyst',
  'vn.coordinator',
  'vn.second',
  'th.analyst',
  'th.coordinator',
  'sg.coordinator',
] as const;
const CALLS = [
  'edit',
  'submit',
  'invite',
  'request-changes',
  'tick',
  'approve',
  'approve',
  'schedule',
  'cancel-schedule',
  'publish',
  'publish',
] as const;

interface View {
  state: string;
  version: string;
  revision: number;
  publishedAt: string | null;
  schedule: { notBefore: string } | null;
  review: {
    approvals: { organisation: { id: string }; by: { id: string } | null }[];
    approvalsDue: object[];
    changes: { id: string; settledAt: string | null }[];
  };
}

/** The pure rules are drawn from 1,000 times in advisory.rules.spec.ts; here the whole product is asked, from outside. */
describe('any sequence of calls by any mix of actors, through HTTP', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const as = (who: string) => api.as(cast[who]!);

  async function call(who: string, what: (typeof CALLS)[number], id: string): Promise<number> {
    const at = `advisories/${id}`;
    switch (what) {
      case 'edit':
        return (await as(who).patch(at, { summary: `Said anew at ${server.clock.now().toISOString()}.` })).status;
      case 'tick': {
        const { headers, body } = await as(who).get(at);
        const open = (body as View).review?.changes.find(({ settledAt }) => settledAt === null);
        if (!open) return 404;
        return (await as(who).patch(`${at}/changes/${open.id}`, { done: true }, String(headers.etag))).status;
      }
      case 'invite':
        return (await as(who).post(`${at}/invitations`, { user: cast['th.analyst']!.id })).status;
      case 'request-changes':
        return (await as(who).post(`${at}/request-changes`, { changes: [{ body: 'Say more.' }] })).status;
      case 'schedule': {
        const notBefore = new Date(server.clock.now().getTime() + 5 * MINUTE).toISOString();
        return (await as(who).post(`${at}/schedule`, { notBefore })).status;
      }
      default:
        return (await as(who).post(`${at}/${what}`, {})).status;
    }
  }

  it('publishes nothing without its approvals, nothing early, and shows no draft to whom nobody invited', async () => {
    let out = 0;
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ who: fc.constantFrom(...PLAYERS), what: fc.constantFrom(...CALLS) }),
      },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const th = cast.stages.th!.id;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 30 }), fc.boolean(), async (steps, isJoint) => {
        const begun = await as('vn.analyst').post('advisories', {
          title: 'Example Gateway lets anybody in',
          summary: 'An empty password passes.',
          body: '',
          kind: 'early-warning',
          language: 'en',
          marking: { tlp: 'TLP:AMBER' },
          audience: [{ organisation: cast.stages.my!.id }],
          ...(isJoint && { jointWith: [th] }),
        });
        expect(begun.status).toBe(201);
        const id = String(begun.body.id);
        const writers = new Set([cast['vn.analyst']!.id]);
        let scheduled: string | null = null;
        for (const each of steps) {
          if (each === null) {
            server.clock.advance(2 * MINUTE);
            await server.app.get(EndAdvisories).run();
          } else {
            const status = await call(each.who, each.what, id);
            expect([each, status < 500]).toEqual([each, true]);
            // Whoever belongs to neither the owner nor the reviewers finds nothing before it is out, whatever it tries.
            if (each.what === 'edit' && status === 200) writers.add(cast[each.who]!.id);
          }
          const view = (await as('vn.analyst').get(`advisories/${id}`)).body as View;
          const outsider = await as('my.analyst').get(`advisories/${id}`);
          expect([view.state, outsider.status]).toEqual([view.state, view.state === 'published' ? 200 : 404]);
          expect((await as('sg.coordinator').get(`advisories/${id}`)).status).toBe(404);
          if (view.schedule) scheduled = view.schedule.notBefore;
          for (const { by } of view.review.approvals) if (by) expect([...writers]).not.toContain(by.id);
          if (view.state !== 'published') continue;
          out += 1;
          const approvers = view.review.approvals.map(({ organisation }) => organisation.id);
          expect(approvers).toEqual(expect.arrayContaining([cast.stages.vn!.id, ...(isJoint ? [th] : [])]));
          expect(view.review.changes.every(({ settledAt }) => settledAt !== null)).toBe(true);
          if (scheduled !== null && each === null) expect(view.publishedAt! >= scheduled).toBe(true);
          break;
        }
      }),
      { numRuns: 20, seed: 6 },
    );
    // Sequences that get nowhere prove nothing.
    expect(out).toBeGreaterThan(0);
  }, 900_000);
});
