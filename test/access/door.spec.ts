import { tokenOf } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { requestOf } from './bodies.js';
import { Client, inParallel } from './client.js';
import { atTheDoor, callerInWords, demandOf } from './judge.js';
import { missingPairs, pairwise } from './pairwise.js';
import type { Row } from './pairwise.js';
import { MatrixRegion, SORTS, sortInWords } from './region.js';
import type { Person } from './region.js';
import { routes } from './routes.js';
import type { RouteRule } from './routes.js';
import { columns, door, roleGives } from './rules.js';
import type { Value } from './rules.js';

type Role = keyof typeof roleGives;

const guarded = routes.filter(({ isDocument }) => !isDocument);
const ruleOf = new Map(guarded.map((rule) => [rule.route, rule]));
const sortOf = new Map(SORTS.map((sort) => [sortInWords(sort), sort]));
const ABSENT = '11111111-1111-4111-8111-111111111111';

const factors = {
  route: [...ruleOf.keys()],
  credential: columns.credential,
  role: columns.role,
  organisation: [...sortOf.keys()],
  standing: columns.standing,
} as const;
type Crossing = Row<typeof factors>;

/** There is one secretariat, and it is active. */
const isPossible = ({ organisation, standing }: Partial<Crossing>): boolean =>
  organisation !== 'secretariat' || standing === undefined || standing === 'active';

/** Only these come in somewhere: the others hide what would have come after. */
const COMING_IN = ['session', 'API key', 'API key as Basic password'] as const;

/** The guard's own words, which no use case says. */
const DOOR_SAYS = /takes a one-time link|opens nothing else|requires a second factor|needs the permission/;

interface Caller {
  person: Person;
  credential: Value<'credential'>;
  rule: RouteRule;
}

/** Every route of the product, crossed with who calls and what it shows. No id of a path names anything. */
describe('the door', () => {
  let server: TestApp;
  let region: MatrixRegion;
  let client: Client;
  const tried = new Set<string>();

  beforeAll(async () => {
    const database = await createTestDatabase();
    region = new MatrixRegion(database.superuserUrl);
    await region.open();
    await region.settle();
    server = await startTestApp(database);
    client = new Client(server.url);
  });
  afterAll(async () => {
    client.close();
    await region.close();
    await server.close();
  });

  const roleOf = ({ role, organisation }: Person): Role =>
    role === 'admin' && organisation.kind === 'secretariat' ? 'admin of the secretariat' : role;

  let minted = 0;
  /** A credential of the case's own, so that none spoils another's. */
  async function show({ person, credential, rule }: Caller): Promise<string | undefined> {
    const token = tokenOf(`at the door ${minted++}`);
    const session = token.replace('ronda_key_', 'ronda_at_');
    const link = token.replace('ronda_key_', 'ronda_link_');
    const basic = (password: string): string => `Basic ${Buffer.from(`whoever:${password}`).toString('base64')}`;
    const mint = async (how: Omit<Parameters<MatrixRegion['credentials']>[0][number], 'person'>): Promise<void> =>
      region.credentials([{ person, ...how }]);
    switch (credential) {
      case 'session':
        await mint({ kind: 'session', token: session });
        return `Bearer ${session}`;
      case 'API key':
        await mint({ kind: 'api-key', token });
        return `Bearer ${token}`;
      case 'API key as Basic password':
        await mint({ kind: 'api-key', token });
        return basic(token);
      case 'API key without the scope':
        await mint({ kind: 'api-key', token, scopes: roleGives[roleOf(person)].filter((each) => each !== rule.who) });
        return `Bearer ${token}`;
      case 'session that must enrol':
        await mint({ kind: 'session', token: session, isLimited: true });
        return `Bearer ${session}`;
      case 'one-time link':
      case 'one-time link as Basic password':
        // Made for the other thing that links are for, so that the use case refuses it: used up it would end the sessions.
        await mint({
          kind: 'link',
          token: link,
          purpose: rule.route.includes('/invitations/') ? 'password-reset' : 'invitation',
        });
        return credential === 'one-time link' ? `Bearer ${link}` : basic(link);
      case 'nothing':
        return undefined;
      case 'made-up token':
        return `Bearer ${session}`;
      case 'expired session':
        await mint({ kind: 'session', token: session, expiresAt: '2026-11-20T02:10:00Z' });
        return `Bearer ${session}`;
      case 'revoked session':
        await mint({ kind: 'session', token: session, isRevoked: true });
        return `Bearer ${session}`;
      case 'session of a disabled account':
      case 'session of an invited account': {
        const other = await region.account(
          person,
          credential === 'session of a disabled account' ? 'disabled' : 'invited',
        );
        await region.credentials([{ person: other, kind: 'session', token: session }]);
        return `Bearer ${session}`;
      }
    }
  }

  /** @returns what is wrong, in words. */
  async function knock(caller: Caller): Promise<string[]> {
    const { person, credential, rule } = caller;
    const facts = {
      credential,
      role: person.role,
      standing: person.organisation.standing,
      organisation: person.organisation.kind,
      itsCert: person.organisation.itsCert,
    };
    const demand = demandOf(rule.who, roleOf(person));
    const line = door.find(({ say }) => say === atTheDoor({ ...facts, demand })?.because);
    if (line) tried.add(line.say);
    const { status, body } = await client.ask({
      ...requestOf(rule.route, () => ABSENT),
      authorization: await show(caller),
    });
    const detail = String((body as { detail?: string } | null)?.detail ?? '');
    const isTurnedAway =
      (status === 401 && body.type === 'urn:ronda:problem:unauthenticated') ||
      (status === 403 && DOOR_SAYS.test(detail));
    const what = `${callerInWords(facts)}, asks ${rule.route} (for ${rule.who}): got ${status} “${detail}”`;
    if (status >= 500) return [what];
    if (line) return status === line.then && isTurnedAway ? [] : [`${what} instead of ${line.then} (${line.say})`];
    // The metrics are not for everybody, though for anyone on this machine.
    if (isTurnedAway) return [`${what}; it should come in`];
    if (rule.isByPerson && credential.startsWith('API key'))
      return status === 403 && detail.startsWith('This takes a session') ? [] : [`${what}; a session alone opens it`];
    if (rule.unseen !== null && status !== rule.unseen) return [`${what} instead of ${rule.unseen} (nothing is there)`];
    return [];
  }

  const expectNone = (faults: string[][]): void => expect(faults.flat().slice(0, 25)).toEqual([]);

  it('lets in by role: every route, as every role', async () => {
    const cert = region.of({ kind: 'member CERT', itsCert: 'none' }, 'active');
    const persons = [
      ...columns.role.map((role) => cert.people[role]),
      region.of({ kind: 'secretariat', itsCert: 'none' }, 'active').people.admin,
    ];
    const cases = guarded.flatMap((rule, index) =>
      persons.map((person, turn) => ({
        person,
        rule,
        credential: COMING_IN[(index + turn) % COMING_IN.length] as Value<'credential'>,
      })),
    );
    expectNone(await inParallel(cases, knock));
  }, 400_000);

  it('lets in by what is shown: every route, with every kind of credential of a role that it is for', async () => {
    const cert = region.of({ kind: 'member CERT', itsCert: 'none' }, 'active');
    const secretariat = region.of({ kind: 'secretariat', itsCert: 'none' }, 'active');
    const somebody = ({ who }: RouteRule): Person =>
      [...Object.values(cert.people), secretariat.people.admin].find((person) =>
        roleGives[roleOf(person)].includes(who),
      ) ?? cert.people.analyst;
    const cases = guarded.flatMap((rule) =>
      columns.credential.map((credential) => ({ person: somebody(rule), rule, credential })),
    );
    expectNone(await inParallel(cases, knock));
  }, 400_000);

  it('crosses everything else in pairs', async () => {
    const rows = pairwise(factors, isPossible);
    expect(missingPairs(factors, rows, isPossible)).toEqual([]);
    const cases = rows.map(({ route, credential, role, organisation, standing }) => ({
      person: region.of(sortOf.get(organisation)!, standing).people[role],
      rule: ruleOf.get(route)!,
      credential,
    }));
    expectNone(await inParallel(cases, knock));
    process.stdout.write(`The door: ${client.requests} requests.\n`);
  }, 400_000);

  it('leaves no line of the rules untried', () => {
    const refusals = door.filter(({ then }) => then !== 'in').map(({ say }) => say);
    expect(refusals.filter((say) => !tried.has(say))).toEqual([]);
  });
});
