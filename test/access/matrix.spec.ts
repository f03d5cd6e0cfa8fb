import { observableId } from '../../src/modules/observables/core/index.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { Client, inParallel } from './client.js';
import type { Answer } from './client.js';
import {
  atTheDoor,
  callerInWords,
  demandOf,
  forbiddenBy,
  inWords,
  verdictOn,
  verdictOnFiling,
  whyReads,
} from './judge.js';
import type { Asked } from './judge.js';
import { missingPairs, pairwise } from './pairwise.js';
import { crossings, factors, isPossible, neighbourOf, plansOfHome, plansOfOthers, tables } from './plans.js';
import type { Crossable, Crossed } from './plans.js';
import { OBSERVABLE, Records, relationsOf } from './records.js';
import type { BuiltRecord } from './records.js';
import { DUTY, MatrixRegion, SORTS, sortInWords } from './region.js';
import type { Person } from './region.js';
import { acts, columns, mayName, never, reads } from './rules.js';
import type { AudienceKind, Value } from './rules.js';

/** What an alternate caller shows, so that each way of signing in is read with. */
type Shown = 'session' | 'API key' | 'API key as Basic password';
const SHOWN = ['session', 'API key', 'API key as Basic password'] as const satisfies readonly Shown[];

type Role = Value<'role'>;
const OTHERS = ['coordinator', 'organiser', 'admin'] as const satisfies readonly Role[];
const READERS = ['analyst', ...OTHERS] as const satisfies readonly Role[];

describe('the access matrix', () => {
  let server: TestApp;
  let region: MatrixRegion;
  let client: Client;
  let records: Records;
  let ofHome: BuiltRecord[];
  let ofOthers: BuiltRecord[];
  let crossed: (Crossed & { record: BuiltRecord })[];
  const told: string[] = [];
  /** Sentences of the rules by which an answer was decided. */
  const tried = new Set<string | null>();

  beforeAll(async () => {
    const database = await createTestDatabase();
    region = new MatrixRegion(database.superuserUrl);
    await region.open();
    server = await startTestApp(database);
    client = new Client(server.url);
    records = new Records(region, client);
    await records.open();
    const plans = plansOfHome(region);
    ofHome = await records.build(plans.before);
    ofOthers = await records.build(plansOfOthers(region));
    const rows = crossings(region);
    const built = await records.build(rows.map(({ plan }) => plan));
    crossed = rows.map((row, index) => ({ ...row, record: built[index] as BuiltRecord }));
    await records.regroup(server.clock);
    ofHome.push(...(await records.build(plans.after)));
    await region.settle();
    told.push(`${client.requests} requests built ${records.built.length} records`);
  }, 900_000);
  afterAll(async () => {
    client.close();
    await region.close();
    await server.close();
    process.stdout.write(`The access matrix: ${told.join('; ')}.\n`);
  });

  const authorization = (person: Person, shown: Shown): string => {
    if (shown === 'session') return `Bearer ${person.session}`;
    if (shown === 'API key') return `Bearer ${person.apiKey}`;
    return `Basic ${Buffer.from(`whoever:${person.apiKey}`).toString('base64')}`;
  };
  const factsOf = (person: Person, credential: Shown) => ({
    credential,
    role: person.role,
    standing: person.organisation.standing,
    organisation: person.organisation.kind,
    itsCert: person.organisation.itsCert,
  });
  const caseOf = (person: Person, credential: Shown, record: BuiltRecord, action: Value<'action'>): Asked => {
    const facts = factsOf(person, credential);
    const lighthouse = records.lighthouses[0] as BuiltRecord;
    const { marking, state } = lighthouse;
    const seesLighthouse = whyReads({ ...facts, marking, state }, relationsOf(person, lighthouse));
    return {
      ...facts,
      action,
      marking: record.marking,
      state: record.state,
      comment: record.author === person ? "the caller's" : "another's",
      otherEnd: seesLighthouse === null ? 'hidden' : 'readable',
      askedBy: record.owner.people.coordinator === person ? 'the caller' : 'another',
    };
  };
  /** Each in words, a few of them where there are many. */
  const expectNone = (faults: string[]): void => {
    const more = faults.length > 25 ? [`… and ${faults.length - 25} more`] : [];
    expect([...faults.slice(0, 25), ...more]).toEqual([]);
  };
  const readers = (): Person[] => region.people(...READERS);

  describe('the rules', () => {
    it('let nobody in whom they keep out', () => {
      const faults = new Set<string>();
      for (const sort of SORTS)
        for (const standing of factors.standing)
          for (const relation of columns.relation)
            for (const marking of columns.marking)
              for (const state of columns.state) {
                if (!isPossible({ organisation: sortInWords(sort), standing, relation, marking, state })) continue;
                const facts = { organisation: sort.kind, itsCert: sort.itsCert, standing, relation, marking, state };
                const why = whyReads(facts, [relation]);
                if (why !== null) for (const not of forbiddenBy(facts)) faults.add(`“${why}” against “${not}”`);
              }
      expect([...faults]).toEqual([]);
    });

    it('say nothing twice', () => {
      const said = [...reads, ...never, ...acts].map(({ say }) => say);
      expect(said.filter((say, index) => said.indexOf(say) !== index)).toEqual([]);
    });
  });

  describe('reading', () => {
    it('is answered by the rules in every view', async () => {
      const absent = await client.ask({
        method: 'GET',
        path: 'incidents/11111111-1111-4111-8111-111111111111',
        authorization: authorization(region.home.people.analyst, 'API key'),
      });
      const withoutId = ({ body }: Answer): string => JSON.stringify({ ...body, requestId: null });
      const everybody = readers();
      const stranger = (record: BuiltRecord): Person => everybody[(record.owner.key * 7) % everybody.length] as Person;
      const cells = [
        ...ofHome.flatMap((record, index) => {
          // Colleagues read alike, but for what names persons or is their own. The lists ask all of them again.
          const isOfPersons = record.audience.some(({ is }) => is === 'user' || is === 'duty role');
          return region.organisations
            .flatMap((organisation, turn) =>
              isOfPersons || organisation === region.home
                ? READERS.map((role) => organisation.people[role])
                : [organisation.people.analyst, organisation.people[OTHERS[(index + turn) % OTHERS.length] as Role]],
            )
            .map((person) => ({ person, record }));
        }),
        ...ofOthers.flatMap((record, index) => {
          const roles = ['analyst', 'coordinator', index % 2 === 0 ? 'organiser' : 'admin'] as const;
          const sides = [record.owner, ...(record.filer ? [record.filer] : [])];
          const persons = new Set(sides.flatMap(({ people }) => roles.map((role) => people[role])));
          return [...persons, stranger(record)].map((person) => ({ person, record }));
        }),
      ].map((cell, index) => ({ ...cell, shown: SHOWN[index % SHOWN.length] as Shown }));
      const faults: string[] = [];
      await inParallel(cells, async ({ person, record, shown }) => {
        const asked = caseOf(person, shown, record, 'view');
        const relations = relationsOf(person, record);
        const { status, because } = verdictOn(asked, relations);
        if (status === 200) tried.add(whyReads({ ...asked }, relations));
        const answer = await client.ask({
          method: 'GET',
          path: `incidents/${record.id}`,
          authorization: authorization(person, shown),
        });
        if (answer.status !== status)
          faults.push(`${inWords(asked, relations)}: got ${answer.status} instead of ${status} (${because})`);
        else if (status === 404 && withoutId(answer) !== withoutId(absent))
          faults.push(`${inWords(asked, relations)}: the 404 is not the one of what does not exist`);
      });
      told.push(`${cells.length} cells by view`);
      expectNone(faults);
    }, 900_000);

    it('is answered by the rules in every list and count', async () => {
      const byId = new Map(records.built.map((record) => [record.id, record]));
      const faults: string[] = [];
      let cells = 0;
      await inParallel(
        readers().map((person, index) => ({ person, shown: SHOWN[index % SHOWN.length] as Shown })),
        async ({ person, shown }) => {
          const facts = factsOf(person, shown);
          const turnedAway = atTheDoor({ ...facts, demand: demandOf('incidents:read', person.role) });
          const visible = turnedAway
            ? []
            : records.built.filter(
                (record) =>
                  whyReads({ ...facts, marking: record.marking, state: record.state }, relationsOf(person, record)) !==
                  null,
              );
          cells += records.built.length;
          const listed = new Set<string>();
          for (let path: string | null = 'incidents?limit=100&count=true'; path !== null;) {
            const page: Answer = await client.ask({
              method: 'GET',
              path,
              authorization: authorization(person, shown),
            });
            const expected = turnedAway?.status ?? 200;
            if (page.status !== expected)
              faults.push(`${callerInWords(facts)}, lists: got ${page.status} instead of ${expected}`);
            if (page.status !== 200) return;
            if (page.body.total !== visible.length)
              faults.push(`${callerInWords(facts)}, counts ${page.body.total} records instead of ${visible.length}`);
            for (const { id } of page.body.items as { id: string }[]) {
              if (listed.has(id)) faults.push(`${callerInWords(facts)}, is listed ${byId.get(id)?.title} twice`);
              listed.add(id);
            }
            const { next } = page.body as { next: string | null };
            path = next === null ? null : `incidents?limit=100&count=true&cursor=${encodeURIComponent(next)}`;
          }
          for (const record of visible)
            if (!listed.delete(record.id)) faults.push(`${callerInWords(facts)}, is not listed ${record.title}`);
          for (const id of listed) faults.push(`${callerInWords(facts)}, is listed ${byId.get(id)?.title}`);
        },
      );
      told.push(`${cells} cells by list and count`);
      expectNone(faults);
    }, 900_000);
  });

  describe('filing and releasing', () => {
    it('takes an incident from whom the rules say', async () => {
      const faults: string[] = [];
      const everybody = region.people(...columns.role);
      await inParallel(everybody, async (person) => {
        const facts = factsOf(person, 'session');
        const { status, because } = verdictOnFiling(facts);
        const answer = await client.ask({
          method: 'POST',
          path: 'incidents',
          authorization: authorization(person, 'session'),
          body: { title: 'Filed' },
        });
        if (answer.status !== status)
          faults.push(`${callerInWords(facts)}, files: got ${answer.status} instead of ${status} (${because})`);
      });
      told.push(`${everybody.length} cells of filing`);
      expectNone(faults);
    });

    it('refuses every audience beyond its marking, and changes nothing', async () => {
      const { home } = region;
      const neighbour = neighbourOf(region);
      const items: Record<AudienceKind, unknown> = {
        public: 'public',
        community: 'community',
        partners: 'partners',
        organisation: { organisation: neighbour.id },
        group: { group: records.groups.members },
        user: { user: neighbour.people.analyst.id },
        'duty role': { dutyRole: { organisation: neighbour.id, role: DUTY } },
      };
      const faults: string[] = [];
      for (const [marking, allowed] of Object.entries(mayName)) {
        const record = ofHome.find((each) => each.marking === marking && each.state === 'submitted') as BuiltRecord;
        const person = marking === 'RED' ? home.people.analyst : home.people.coordinator;
        for (const [kind, item] of Object.entries(items)) {
          if (allowed.includes(kind as AudienceKind)) continue;
          const answer = await client.ask({
            method: 'POST',
            path: `incidents/${record.id}/release`,
            authorization: authorization(person, 'API key'),
            body: { marking: { tlp: `TLP:${marking}` }, audience: [item] },
          });
          if (answer.status !== 400) faults.push(`${marking} released to ${kind}: got ${answer.status}`);
        }
        const seen = await client.ask({
          method: 'GET',
          path: `incidents/${record.id}`,
          authorization: authorization(home.people.analyst, 'API key'),
        });
        if (seen.body.release !== null || seen.body.waitingRelease !== null)
          faults.push(`${marking} was released all the same`);
      }
      expectNone(faults);
    });
  });

  describe('doing', () => {
    it.each(tables)('crosses every pair that can meet in the table of $name', (table) => {
      const rows = pairwise<Crossable>(table.factors, table.isPossible);
      expect(missingPairs<Crossable>(table.factors, rows, table.isPossible)).toEqual([]);
    });

    it('is answered by the rules', async () => {
      const faults: string[] = [];
      await inParallel(crossed, async ({ row, reader, record }) => {
        const asked = caseOf(reader, row.credential, record, row.action);
        const relations = relationsOf(reader, record);
        if (!relations.includes(row.relation)) faults.push(`${inWords(asked, relations)}: should be ${row.relation}`);
        const { status, because } = verdictOn(asked, relations);
        tried.add(because);
        const answer = await client.ask({
          ...requestFor(row.action, record),
          authorization: authorization(reader, row.credential),
        });
        if (answer.status !== status)
          faults.push(
            `${inWords(asked, relations)}: got ${answer.status} ${answer.body?.type ?? ''} instead of ${status} (${because})`,
          );
      });
      told.push(`${crossed.length} pairwise cases`, `${client.requests} requests in all`);
      expectNone(faults);
    }, 900_000);
  });

  it('leaves no line of the rules untried', () => {
    expect([...reads, ...acts].map(({ say }) => say).filter((say) => !tried.has(say))).toEqual([]);
  });

  function requestFor(
    action: Value<'action'>,
    { id, comment, link, owner, marking }: BuiltRecord,
  ): { method: string; path: string; body?: object; headers?: Record<string, string> } {
    const path = `incidents/${id}`;
    const ofVersion = { headers: { 'if-match': '*' } };
    switch (action) {
      case 'view':
        return { method: 'GET', path };
      case 'read revisions':
        return { method: 'GET', path: `${path}/revisions` };
      case 'list comments':
        return { method: 'GET', path: `${path}/comments` };
      case 'read comment':
        return { method: 'GET', path: `${path}/comments/${comment}` };
      case 'list related':
        return { method: 'GET', path: `${path}/related` };
      case 'read link':
        return { method: 'GET', path: `${path}/related/${link}` };
      case 'list observables':
        return { method: 'GET', path: `${path}/observables` };
      case 'correlate':
        return { method: 'GET', path: `${path}/correlations` };
      case 'list sightings':
        return { method: 'GET', path: `${path}/sightings` };
      case 'list attachments':
        return { method: 'GET', path: `${path}/attachments` };
      case 'attach':
        return { method: 'POST', path: `${path}/attachments?name=seen.txt`, body: Buffer.from('Seen here too.') };
      case 'sight': {
        const observable = observableId(OBSERVABLE.type, OBSERVABLE.value);
        return {
          method: 'POST',
          path: `${path}/sightings`,
          body: { observable, kind: 'seen', at: '2026-11-20T00:00:00Z' },
        };
      }
      case 'comment':
        return { method: 'POST', path: `${path}/comments`, body: { body: 'Seen here too.' } };
      case 'give feedback':
        return { method: 'PUT', path: `${path}/feedback`, body: { kind: 'useful' }, ...ofVersion };
      case 'ask for wider sharing':
        return {
          method: 'POST',
          path: `${path}/request-wider-sharing`,
          body: { marking: { tlp: 'TLP:CLEAR' }, audience: [], reason: 'Others are hit.' },
        };
      case 'pass on':
        return {
          method: 'POST',
          path: `${path}/pass-on`,
          body: { organisations: [owner.id], tellOriginator: false },
        };
      case 'edit comment':
        return { method: 'PATCH', path: `${path}/comments/${comment}`, body: { body: 'Said better.' }, ...ofVersion };
      case 'delete comment':
        return { method: 'DELETE', path: `${path}/comments/${comment}`, ...ofVersion };
      case 'edit':
        return { method: 'PATCH', path, body: { title: 'Edited' }, ...ofVersion };
      case 'relate': {
        const incident = records.lighthouses[1]?.id;
        return { method: 'POST', path: `${path}/related`, body: { incident, kind: 'related' } };
      }
      case 'unrelate':
        return { method: 'DELETE', path: `${path}/related/${link}`, ...ofVersion };
      case 'read receipts':
        return { method: 'GET', path: `${path}/receipts` };
      case 'give receipt':
        return { method: 'POST', path: `${path}/receipts`, body: { kind: 'acknowledged' } };
      case 'recall':
        return { method: 'POST', path: `${path}/recall`, body: { reason: 'error' } };
      case 'confirm':
      case 'cancel':
        return { method: 'POST', path: `${path}/release/${action}` };
      case 'preview':
      case 'release': {
        // To one more than before, so that a release in force is widened.
        const more = neighbourOf(region, owner, neighbourOf(region, owner));
        return {
          method: 'POST',
          path: `${path}/${action === 'preview' ? 'release-preview' : 'release'}`,
          body: {
            marking: { tlp: marking === 'unmarked' ? 'TLP:AMBER' : `TLP:${marking}` },
            audience: [marking === 'RED' ? { user: more.people.analyst.id } : { organisation: more.id }],
          },
        };
      }
      default:
        return { method: 'POST', path: `${path}/${action}` };
    }
  }
});
