import { Secret, TOTP } from 'otpauth';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { observableId } from '../../src/modules/observables/core/index.js';
import { filing, linesOf, release } from '../support/filings.js';
import { logFile } from '../support/log-file.js';
import { absentId } from './pools.js';
import type { Pool } from './pools.js';
import { addressesOf, unique } from './routes.js';
import type { Address, Role, Route } from './routes.js';
import { GUESSES, csafDocument } from './secrets.js';
import type { Kind } from './secrets.js';
import type { Teller } from './teller.js';
import type { Call } from './wire.js';
import { PASSWORD, emailOf } from './world.js';
import { AUTHORS } from './unnamed.js';

/** What the reader changes its password to. */
const NEW_PASSWORD = `${PASSWORD} again`;

/** What the reader has learnt in one world: the last ETag of each address, and what it kept by name. */
export interface Memory {
  etags: Map<string, string>;
  kept: Map<string, string>;
  /** When the next request is made. */
  at: Date;
}

/** One request of the reader, the same in both worlds as long as the answers are. */
export interface Ask {
  route: Route;
  /** The request with «kind» where an id is hidden or absent. */
  pattern: string;
  role: Role;
  ids: string[];
  /** Undefined where the memory lacks what it needs. */
  call: (memory: Memory) => Call | undefined;
  /** Which token it shows; the reader's key unless told. */
  credential?: 'session' | 'second-session' | 'invitation' | 'reset' | 'nobody';
  /** Names members of the answer's JSON to keep, by their path: `{draft: 'id'}`. */
  keep?: Record<string, string> | undefined;
}

interface Body {
  /** A function where it takes what was learnt. */
  json?: unknown;
  pattern: string;
  role: Role;
  ids: string[];
  query?: string;
}

/** Everything that the reader asks for: each route with visible, hidden, absent and malformed ids. */
export class Script {
  private bodiesByRoute: Record<string, Body[]> | undefined;

  constructor(
    private readonly routes: readonly Route[],
    private readonly visible: Pool,
    private readonly hidden: Pool,
    private readonly teller: Pick<Teller, 'organisation' | 'user'>,
    private readonly player: string | null,
  ) {}

  /** Reads, then writes that change little, then those that end something, where nothing is asked for afterwards. */
  asks(isLast = true): Ask[] {
    const reads = this.routes.filter(({ method }) => method === 'GET');
    const writes = this.routes.filter(({ method }) => method !== 'GET');
    const rank = ({ method, url }: Route): number =>
      ENDINGS.findIndex((each) => each.some((ending) => `${method} ${url}`.includes(ending))) + 1;
    const write = (wanted: number): Ask[] =>
      writes
        .filter((route) => rank(route) === wanted)
        // What waits is confirmed or cancelled before another release takes its place.
        .sort((one, other) => Number(/release\//.test(other.url)) - Number(/release\//.test(one.url)))
        .flatMap((route) => this.write(route));
    const read = (pass: number): Ask[] =>
      reads
        .flatMap((route) => this.read(route))
        // What is hidden was asked for once; later passes look for traces of what was done meanwhile.
        .filter(({ role }) => pass === 0 || role === 'none' || (pass === 2 && role === 'visible'));
    if (!isLast) return [...read(0), ...write(0)];
    const [, ...ownEndings] = ENDINGS.keys();
    return [
      ...[this.elsewhere(), read(0), this.ownLife(), write(0), this.ownParts(), read(1), write(1), read(2)].flat(),
      ...ownEndings.flatMap((index) => write(index + 1)),
    ];
  }

  private addresses(route: Route): Address[] {
    const addresses = addressesOf(route, this.visible, this.hidden, this.routes.indexOf(route));
    const self = this.player === null ? '' : this.teller.user(this.player);
    if (route.url.endsWith('/*')) return addresses.flatMap((each) => this.below(each));
    // Who disables itself has nothing left to ask with; who ends its own session or key does so last.
    if (route.method === 'PATCH') return addresses.filter(({ path }) => !path.endsWith(self));
    // What is granted cannot be declined: the first is for the one, the others are for the other.
    if (/\/(grant|decline)$/.test(route.url)) {
      const first = addresses.find(({ role }) => role === 'visible');
      return addresses.filter((each) => each.role !== 'visible' || (each === first) === route.url.endsWith('/decline'));
    }
    const isOwnEnding = route.method === 'DELETE' && route.url.startsWith('/api/v1/me/');
    return isOwnEnding
      ? addresses.toSorted((one, other) => Number(one.role === 'visible') - Number(other.role === 'visible'))
      : addresses;
  }

  /** What lies in the tree of an issuer: lists, and documents of advisories that are there, hidden and nowhere. */
  private below(address: Address): Address[] {
    const isKept = address.path.includes('/protected/');
    const fill = (tail: string, pattern = tail): Pick<Address, 'path' | 'pattern'> => ({
      path: address.path.replace('*', tail),
      pattern: address.pattern.replace('*', pattern),
    });
    const lists = isKept
      ? ['provider-metadata.json', 'green/index.txt', 'amber/changes.csv', 'red/', 'white/csaf-feed-tlp-white.json']
      : [
          'provider-metadata.json',
          'openpgp/key.asc',
          'white/index.txt',
          'white/csaf-feed-tlp-white.json',
          'white/2026/',
        ];
    if (address.role !== 'visible') return lists.slice(0, 1).map((tail) => ({ ...address, ...fill(tail) }));
    const shelves = isKept ? ['green', 'amber'] : ['white'];
    return shelves.flatMap((shelf) => [
      ...lists.map((tail) => ({ ...address, ...fill(tail) })),
      ...this.visible.advisory.slice(0, 2).map(({ id }) => ({ ...address, ...fill(`${shelf}/2026/${id}.json`) })),
      ...this.strangers('advisory').map(({ id, role }) => ({
        ...fill(`${shelf}/2026/${id}.json`, `${shelf}/2026/«advisory».json`),
        role,
        ids: [id],
      })),
    ]);
  }

  private read(route: Route): Ask[] {
    const queries = this.queries(route);
    const addresses = this.addresses(route);
    const hidden = addresses.find(({ role }) => role === 'hidden');
    // What is hidden and what is absent are asked for alike.
    const firsts = unique(addresses.map(({ role }) => role)).map(
      (wanted) =>
        addresses.find(({ role, pattern }) => role === wanted && wanted === 'absent' && pattern === hidden?.pattern) ??
        addresses.find(({ role }) => role === wanted),
    );
    return addresses.flatMap((address) =>
      // What a list takes is tried on the first that is there, the first that is hidden and the first that is nowhere.
      queries.slice(0, firsts.includes(address) ? undefined : 1).flatMap((query) => {
        const suffix = query.query ? `?${query.query}` : '';
        const path = `${address.path}${suffix}`;
        const pattern = `${address.pattern}${query.pattern ? `?${query.pattern}` : ''}`;
        const ask = this.ask(
          route,
          address,
          query,
          (memory) => ({ method: 'GET', path: withCursor(path, memory) }),
          pattern,
        );
        const keep = KEPT[`${route.method} ${route.url}`];
        return credentialsFor(route).map((credential) => ({
          ...ask,
          ...(credential && { credential }),
          ...(keep && { keep }),
        }));
      }),
    );
  }

  private write(route: Route): Ask[] {
    const bodies = this.bodies(route);
    const plain =
      bodies.find(({ role }) => role === 'none') ?? bodies.find(({ role }) => role === 'absent') ?? bodies[0]!;
    const addresses = this.addresses(route);
    const wantsMatch = route.method !== 'POST';
    const unknown: Body = { json: { unknown: 1 }, pattern: 'unknown', role: 'none', ids: [] };
    const isOpen = ({ role }: Address): boolean => role === 'visible' || role === 'none';
    // Behind a wall every body is the same wall: one hidden id, and the absent one beside it, get more than one.
    const wall = (addresses.find(({ role }) => role === 'hidden') ?? addresses.find(({ role }) => role === 'absent'))
      ?.pattern;
    const isFirst = ({ pattern, role }: Address, index: number): boolean =>
      !addresses.slice(0, index).some((before) => before.pattern === pattern && before.role === role);
    const open = addresses.filter(isOpen).slice(0, 3);
    return addresses.flatMap((address, index) => {
      const isFull = isOpen(address) ? open.includes(address) : address.pattern === wall && isFirst(address, index);
      const all: Match[] = wantsMatch ? ['none', 'wrong', 'seen', 'any'] : ['none', 'wrong'];
      const matches: Match[] = isFull ? all : [wantsMatch ? 'any' : isOpen(address) ? 'none' : 'wrong'];
      const write = (body: Body, match: Match): Ask[] =>
        credentialsFor(route).map((credential) => this.writeOf(route, address, body, match, credential));
      return [
        ...matches.flatMap((match) => write(plain, match)),
        ...(isFull ? write(unknown, 'none') : []),
        ...(isFull && isOpen(address)
          ? bodies.filter((body) => body !== plain).flatMap((body) => write(body, wantsMatch ? 'any' : 'none'))
          : []),
      ];
    });
  }

  private writeOf(route: Route, address: Address, body: Body, match: Match, credential: Ask['credential']): Ask {
    const pattern = `${address.pattern} ${body.pattern} if-match ${match}`;
    const call = (memory: Memory): Call => {
      const etag = { none: undefined, wrong: '"wrong"', any: '*', seen: memory.etags.get(address.path) }[match];
      return {
        method: route.method,
        path: `${address.path}${body.query ? `?${body.query}` : (WRITE_QUERIES[`${route.method} ${route.url}`] ?? '')}`,
        body: typeof body.json === 'function' ? (body.json as (memory: Memory) => unknown)(memory) : body.json,
        headers: etag === undefined ? {} : { 'if-match': etag },
      };
    };
    const keep = KEPT[`${route.method} ${route.url}`];
    return {
      ...this.ask(route, address, body, call, pattern),
      ...(credential && { credential }),
      ...(keep && { keep }),
    };
  }

  private ask(
    route: Route,
    address: Address,
    body: Pick<Body, 'role' | 'ids'>,
    call: Ask['call'],
    pattern: string,
  ): Ask {
    const role =
      address.role === 'visible' || address.role === 'none'
        ? body.role === 'none'
          ? address.role
          : body.role
        : address.role;
    return { route, pattern: `${route.method} ${pattern}`, role, ids: [...address.ids, ...body.ids], call };
  }

  /** The hidden ids of a kind, a few, then one that is absent; each with the role it has. */
  private strangers(kind: Kind): { id: string; role: Role }[] {
    const few = unique(this.hidden[kind].map(({ id }) => id)).slice(0, 4);
    return [...few.map((id) => ({ id, role: 'hidden' as const })), { id: absentId(kind), role: 'absent' as const }];
  }

  /** A body for each stranger of a kind. */
  private naming(kind: Kind, json: (id: string) => unknown): Body[] {
    return this.strangers(kind).map(({ id, role }) => ({
      json: json(id),
      pattern: JSON.stringify(json(`«${kind}»`)),
      role,
      ids: [id],
    }));
  }

  /** A body for one that the reader sees, and one for each stranger. */
  private visibleOr(kind: Kind, json: (id: string) => unknown): Body[] {
    const seen = this.visible[kind].slice(0, 2).map(({ id }) => json(id));
    const plain = seen.map((each): Body => ({ json: each, pattern: JSON.stringify(each), role: 'none', ids: [] }));
    return [...plain, ...this.naming(kind, json)];
  }

  private queries(route: Route): Body[] {
    const of = (query: string): Body => ({ query, pattern: query, role: 'none', ids: [] });
    const name = `${route.method} ${route.url}`;
    const page = [
      of(''),
      of('limit=2'),
      of('limit=2&cursor=«next»'),
      of('limit=2&cursor=«next»'),
      of('cursor=bm8'),
      of('limit=0'),
    ];
    if (name === 'GET /api/v1/incidents')
      return [
        ...page,
        ...[
          'count=true',
          'sort=oldest',
          'sort=oldest&limit=3&count=true',
          'queue=triage',
          'status=submitted&status=draft&count=true',
        ].map(of),
        ...[
          'marking=TLP:RED&count=true',
          'sector=energy&sector=health&count=true',
          'severity=high',
          'class=fraud&type=phishing&limit=1&count=true',
        ].map(of),
        ...[
          'country=VN',
          'since=2026-11-20T03:00:00Z&count=true',
          'until=2026-11-20T02:30:00Z',
          'organisation=1',
          ...AUTHORS.map((author) => `organisation=${this.teller.organisation(author)}&count=true`),
          'unknown=1',
        ].map(of),
        of(`organisation=${this.teller.organisation('th')}&count=true`),
        ...this.strangers('organisation').map(({ id, role }) => ({
          query: `organisation=${id}&count=true`,
          pattern: 'organisation=«organisation»&count=true',
          role,
          ids: [id],
        })),
      ];
    if (name === 'GET /api/v1/events')
      return [
        '',
        'limit=100',
        'limit=2',
        'limit=2&after=«next»',
        'limit=100&after=«next»',
        'type=incident.recalled&type=comment.added',
        'type=subscription.matched&limit=100',
        'after=t0',
        'after=e1',
        'limit=0',
      ].map(of);
    if (name === 'GET /api/v1/search')
      return [
        ...page.map(({ query }) => of(`q=phishing&${query}`)),
        ...['sort=ranked', 'sort=ranked&limit=2', 'sort=ranked&limit=2&cursor=«next»', 'count=true'].map((query) =>
          of(`q=phishing&${query}`),
        ),
        // What only hidden records and comments say, as a word, a phrase, a beginning, and as what not to find.
        ...[
          'q=hidden',
          'q=%22a+title+that+somebody%22',
          'q=gue*',
          'q=%22between+us%22',
          'q=phishing+-guess+-between',
        ].flatMap((query) => [of(`${query}&count=true`), of(`${query}&sort=ranked&count=true`)]),
        ...['q=', 'q=-x', 'unknown=1'].map(of),
        // Narrowed: by what hidden revisions say too, and by whose it is, also where that is anonymous.
        ...[
          'sector=energy&sector=health',
          'marking=TLP:GREEN&sort=ranked',
          'country=VN&until=2026-11-20T02:30:00Z',
          'queue=triage',
          'status=submitted',
          'severity=high',
          `organisation=${this.teller.organisation('vn')}`,
          `organisation=${this.teller.organisation('sg')}`,
        ].map((query) => of(`q=phishing&${query}&count=true`)),
        ...this.strangers('organisation').map(({ id, role }) => ({
          query: `q=phishing&organisation=${id}&count=true`,
          pattern: 'q=phishing&organisation=«organisation»&count=true',
          role,
          ids: [id],
        })),
      ];
    const ledger: Record<string, string[]> = {
      'proofs/inclusion': ['position=3', 'position=3&size=16', 'position=9999999', ''],
      'proofs/consistency': ['from=5', 'from=5&to=16', 'from=9999999', ''],
      leaves: ['', 'from=5&limit=7', 'from=9999999'],
      entries: [
        ...['', `subject=${this.teller.organisation('th')}`],
        ...this.visible.incident.flatMap(({ id }) => [`subject=${id}`, `subject=${id}&limit=1`]),
        ...this.visible.advisory.map(({ id }) => `subject=${id}`),
        ...this.visible.group.map(({ id }) => `subject=${id}`),
        ...(this.player === null ? [] : [`subject=${this.teller.user(this.player)}`]),
      ],
    };
    const asked = ledger[name.replace('GET /api/v1/ledger/', '')];
    if (asked)
      return [
        ...asked.map(of),
        ...(name.endsWith('entries') ? (['incident', 'advisory', 'group'] as const) : []).flatMap((kind) =>
          this.strangers(kind).map(({ id, role }) => ({
            query: `subject=${id}`,
            pattern: `subject=«${kind}»`,
            role,
            ids: [id],
          })),
        ),
      ];
    if (name === 'GET /api/v1/incidents/:id/export') return ['format=stix', 'format=misp', 'format=ods'].map(of);
    if (/^GET \/taxii2\/.*(manifest|objects|:objectId|versions)$/.test(name))
      return [
        '',
        'limit=2',
        'limit=1000&match[version]=all',
        'added_after=2026-11-20T02:30:00Z',
        'match[version]=first',
        'limit=0',
      ].map(of);
    if (name === 'GET /api/v1/incidents/export')
      return [
        'format=csv',
        'format=stix',
        'format=misp',
        'format=ndjson&sort=oldest',
        'format=ndjson&class=fraud',
        'format=ods',
      ].map(of);
    if (name === 'GET /api/v1/blocklists')
      return [
        'type=domain&withWarned=true',
        'type=ipv4&withWarned=true',
        'type=host&format=csv&withWarned=true',
        'type=domain&format=csv&pap=PAP:CLEAR',
        'type=domain&pap=PAP:RED',
      ].map(of);
    if (name === 'GET /api/v1/imports/template') return ['format=csv', ''].map(of);
    if (name === 'GET /api/v1/organisations')
      return [
        ...page,
        ...[
          'kind=constituent',
          'country=MY&kind=constituent',
          'standing=applicant&standing=sponsored',
          'standing=retired',
        ].map(of),
      ];
    if (name === 'GET /api/v1/directory')
      return [
        ...['', 'address=nobody.example', 'address=www.th.example', 'address=AS64500'].map(of),
        {
          query: `address=www.${GUESSES.lookedUp}`,
          pattern: 'address=«network»',
          role: 'hidden',
          ids: [`www.${GUESSES.lookedUp}`, GUESSES.lookedUp],
        },
        {
          query: 'address=www.nowhere.example',
          pattern: 'address=«network»',
          role: 'absent',
          ids: ['www.nowhere.example'],
        },
      ];
    if (name === 'GET /api/v1/directory/members')
      return [...page, ...['kind=constituent', 'country=MY&kind=constituent', 'country=th'].map(of)];
    if (name === 'GET /api/v1/requests')
      return [
        ...page,
        ...[
          'count=true',
          'direction=received&count=true',
          'direction=sent&limit=1',
          'kind=rfi&kind=takedown&count=true',
          'state=open&state=acknowledged&count=true',
          'overdue=true&count=true',
          'overdue=false',
          'marking=TLP:RED&count=true',
          'since=2026-11-20T03:00:00Z&count=true',
          'until=2026-11-20T02:30:00Z',
          'state=lost',
        ].map(of),
        of(`organisation=${this.teller.organisation('th')}&count=true`),
        ...(['organisation', 'group', 'incident'] as const).flatMap((kind) =>
          this.strangers(kind).map(({ id, role }) => ({
            query: `${kind}=${id}&count=true`,
            pattern: `${kind}=«${kind}»&count=true`,
            role,
            ids: [id],
          })),
        ),
        ...this.visible.incident.slice(0, 2).map(({ id }) => of(`incident=${id}&count=true`)),
      ];
    if (/^GET .*\/exercises\/:id\/(report|timeline)$/.test(name))
      return [
        ...['', 'format=md&untilSeconds=60', 'part=common&format=csv', 'limit=2&after=1', 'limit=0'].map(of),
        of(`team=${this.teller.organisation('th')}&format=md`),
        ...this.strangers('organisation').map(({ id, role }) => ({
          query: `team=${id}&format=md`,
          pattern: 'team=«organisation»&format=md',
          role,
          ids: [id],
        })),
      ];
    if (name === 'GET /api/v1/exercises/:id/playback')
      return ['', 'atSeconds=60', 'atSeconds=10000000', 'atSeconds=-1', 'speed=0'].map(of);
    if (name === 'GET /api/v1/exercises/:id/comparison')
      return [
        of(''),
        ...this.visible.exercise.slice(0, 1).map(({ id }) => of(`with=${id}`)),
        ...this.strangers('exercise').map(({ id, role }) => ({
          query: `with=${id}`,
          pattern: 'with=«exercise»',
          role,
          ids: [id],
        })),
      ];
    if (name === 'GET /api/v1/advisories')
      return [
        ...page,
        ...[
          'count=true',
          'state=published&state=interim&count=true',
          'state=in-review',
          'kind=guidance&count=true',
          'marking=TLP:GREEN&count=true',
          'cve=CVE-2026-10001&count=true',
          `q=${encodeURIComponent(GUESSES.title)}&count=true`,
          'q=gateway',
          'since=2026-11-20T03:00:00Z&count=true',
          'state=lost',
        ].map(of),
        ...this.strangers('organisation').map(({ id, role }) => ({
          query: `organisation=${id}&count=true`,
          pattern: 'organisation=«organisation»&count=true',
          role,
          ids: [id],
        })),
      ];
    if (name === 'GET /api/v1/advisories/:id/diff') return ['', 'from=1&to=2', 'from=1.0.0&to=1.1.0'].map(of);
    if (/^GET \/api\/v1\/advisories\/:id(\/(markdown|csaf|html|stix)|\.csaf\.json)$/.test(name))
      return ['version=1.0.0', 'version=9.0.0', ''].map(of);
    if (name === 'GET /api/v1/wider-sharing-requests')
      return [...page, ...['state=open&state=granted', 'state=lost'].map(of)];
    const isList =
      !route.url.split('/').at(-1)!.startsWith(':') &&
      /(comments|observables|correlations|sightings|attachments|groups|users|contacts|networks|duty|sessions|api-keys|answers|indicators|comms-checks|scenarios|exercises)$/.test(
        route.url,
      );
    return isList ? page : [of('')];
  }

  /** What is sent to a route: sound bodies, and sound ones that name strangers. */
  private bodies(route: Route): Body[] {
    const of = (...bodies: unknown[]): Body[] =>
      bodies.map((json) => ({
        json,
        pattern: typeof json === 'function' ? json.name : JSON.stringify(json),
        role: 'none',
        ids: [],
      }));
    const name = `${route.method} ${route.url.replace('/api/v1/', '')}`;
    // It says the bodies of every route at once, and the script asks for each of them.
    const found = (this.bodiesByRoute ??= this.table(of))[name];
    if (!found)
      throw new Error(`Teach the script of test/noninterference what to send to ${route.method} ${route.url}`);
    return found;
  }

  private table(of: (...bodies: unknown[]) => Body[]): Record<string, Body[]> {
    const organisation = (name: string): object => ({ organisation: this.teller.organisation(name) });
    const audience = (item: (id: string) => unknown) => (id: string) => release('TLP:AMBER', [item(id)]);
    const decision = { reason: 'An audit.', decidedOn: '2026-11-20', document: 'Minutes, item 3' };
    const contact = { kind: 'abuse', is24x7: false, name: 'Desk', languages: ['en'], timeZone: 'UTC' };
    const duty = { dutyRole: 'incident-lead', position: 'deputy', startsAt: '2026-11-01T00:00:00Z' };
    const note = of({}, { note: 'Because.' });
    const asking = (to: object, more: object = {}): object => ({
      kind: 'rfi',
      to,
      marking: { tlp: 'TLP:AMBER' },
      title: GUESSES.title,
      body: 'What do you see?',
      ...more,
    });
    const routing = (...values: string[]): object => ({
      kind: 'takedown',
      marking: { tlp: 'TLP:AMBER' },
      title: GUESSES.title,
      body: 'Please take it down.',
      values,
    });
    const drafting = (more: object = {}): object => ({
      title: 'Drafted by the reader',
      summary: 'What is known.',
      body: 'What there is to say.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp: 'TLP:GREEN' },
      audience: ['community'],
      ...more,
    });
    const sighting = (observable: string, more: object = {}): object => ({
      observable,
      kind: 'seen',
      at: '2026-11-20T01:00:00Z',
      ...more,
    });
    const red = { marking: { tlp: 'TLP:RED' } };
    const releases = [
      ...of(
        release('TLP:AMBER', [organisation('th'), organisation('vn')]),
        release('TLP:GREEN', ['community']),
        release('TLP:AMBER', ['public']),
        release('TLP:AMBER', []),
      ),
      ...this.naming(
        'organisation',
        audience((id) => ({ organisation: id })),
      ),
      ...this.naming(
        'organisation',
        audience((id) => ({ dutyRole: { organisation: id, role: 'incident-lead' } })),
      ),
      ...this.naming(
        'user',
        audience((id) => ({ user: id })),
      ),
      ...this.naming(
        'group',
        audience((id) => ({ group: id })),
      ),
    ];
    return {
      'POST incidents': of(
        filing(),
        filing({ title: GUESSES.title, externalReferences: [GUESSES.reference] }),
        filing({ observables: [GUESSES.observable, { type: 'ipv4', value: '203.0.113.9' }] }),
        filing({ marking: { tlp: 'TLP:RED' }, authorship: 'anonymous' }),
      ),
      'POST incidents/bulk': of(
        linesOf(filing(), filing({ title: GUESSES.title, externalReferences: [GUESSES.reference] })),
        linesOf(filing({ title: 'Changed', externalReferences: [GUESSES.reference] }), { titel: 1 }),
        {},
      ),
      'POST imports': of(
        'title,class,type\nA row,fraud,phishing',
        `title,referenceSource,referenceId\n${GUESSES.title},${GUESSES.reference.source},${GUESSES.reference.id}`,
        'title,class\n,frauds',
        JSON.stringify({ type: 'bundle', id: `bundle--${absentId('incident')}`, ...ENVELOPE }),
        '{"type":"bundle"}',
        // As JSON: events of MISP.
        { info: 'From a file', uuid: '5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b13' },
        [{ Event: { info: 'One of a list' } }, { Event: { info: '' } }],
        {},
      ).concat(
        // Of another publisher: one that is new, one that somebody else may have, and one that is none.
        of(csafDocument('PSIRT-2026-2'), csafDocument(GUESSES.trackingId), { document: {} }).map((body) => ({
          ...body,
          query: 'format=csaf',
          pattern: `format=csaf ${body.pattern}`,
        })),
        of(csafDocument('PSIRT-2026-3'), csafDocument(GUESSES.trackingId)).map((body) => ({
          ...body,
          query: 'format=csaf&as=received',
          pattern: `format=csaf&as=received ${body.pattern}`,
        })),
      ),
      'POST /taxii2/live/collections/:id/objects': of(JSON.stringify(ENVELOPE), '{"objects":[{}]}', '{}', {}),
      'DELETE /taxii2/live/collections/:id/objects/:objectId': of(undefined),
      'POST imports/mappings': of(
        { name: 'Of the reader', columns: { Title: 'title' } },
        { name: GUESSES.mappingName, columns: { Title: 'title' } },
      ),
      'PUT imports/mappings/:id': of({ name: 'Of the reader, anew', columns: { Title: 'title' }, dates: 'day-first' }),
      'DELETE imports/mappings/:id': of(undefined),
      'POST subscriptions': of(
        { name: 'Of the reader', filters: { class: ['fraud'] } },
        { name: GUESSES.subscriptionName, values: [GUESSES.observable] },
        ...AUTHORS.map((author) => ({
          name: `Of ${author}`,
          filters: { organisation: [this.teller.organisation(author)] },
        })),
        { name: 'Of nothing', filters: {} },
      ),
      'PUT subscriptions/:id': of({ name: 'Of the reader, anew', values: [GUESSES.observable] }),
      'DELETE subscriptions/:id': of(undefined),
      'POST webhooks': [
        ...of({ url: 'https://hooks.example/reader' }, { url: 'https://127.0.0.2:0/' }),
        ...this.naming('subscription', (id) => ({ url: 'https://hooks.example/reader', subscription: id })),
      ],
      'PUT webhooks/:id': of({ url: 'https://hooks.example/reader', isEnabled: false }),
      'POST webhooks/:id/secret': of(undefined),
      'POST webhooks/:id/deliveries/:delivery/replay': of(undefined),
      'DELETE webhooks/:id': of(undefined),
      'POST requests': [
        ...of(
          asking(organisation('sg'), { kind: 'urgent-hold' }),
          asking(organisation('th'), { marking: { tlp: 'TLP:GREEN' } }),
          asking(organisation('sg'), { incidents: this.visible.incident.slice(0, 2).map(({ id }) => id) }),
          ...this.visible.group.slice(0, 2).map(({ id }) => asking({ group: id }, { answersTo: 'asker' })),
        ),
        ...this.naming('organisation', (id) => asking({ organisation: id })),
        ...this.naming('group', (id) => asking({ group: id })),
        ...this.naming('user', (id) => asking(organisation('sg'), { ...red, audience: [{ user: id }] })),
        ...this.naming('organisation', (id) =>
          asking(organisation('sg'), { ...red, audience: [{ dutyRole: { organisation: id, role: 'incident-lead' } }] }),
        ),
        ...this.naming('incident', (id) => asking(organisation('sg'), { incidents: [id] })),
      ],
      // What is drafted has ids of its own, so one request is not another: each is compared with itself, as GUESSES.network
      // is there in one world and not in the other.
      'POST requests/route': of(
        routing('www.th.example', 'clerk@sg.example', `www.${GUESSES.network}`, 'www.nowhere.example'),
        routing(`www.${GUESSES.network}`),
        routing('198.51.100.300', 'www.th.example'),
      ),
      'POST advisories': [
        ...of(drafting(), drafting({ title: GUESSES.title }), drafting({ marking: { tlp: 'TLP:AMBER' } })),
        ...this.naming('organisation', (id) => drafting({ jointWith: [id] })),
        ...this.naming('organisation', (id) => drafting({ audience: [{ organisation: id }] })),
        ...this.naming('group', (id) => drafting({ audience: [{ group: id }] })),
        ...this.naming('user', (id) => drafting({ audience: [{ user: id }] })),
        ...this.naming('incident', (id) => drafting({ sources: [id] })),
      ],
      'PATCH advisories/:id': [
        ...of({ summary: 'Said anew.' }),
        ...this.naming('incident', (id) => ({ sources: [id] })),
        ...this.naming('organisation', (id) => ({ jointWith: [id] })),
      ],
      'POST advisories/:id/submit': of({}),
      'POST advisories/:id/invitations': [
        ...of(organisation('sg')),
        ...this.naming('organisation', (id) => ({ organisation: id })),
        ...this.naming('user', (id) => ({ user: id })),
      ],
      'DELETE advisories/:id/invitations/:invitation': of(undefined),
      'POST advisories/:id/comments': of(
        { body: 'A word.', pointer: '/summary' },
        { body: 'A word.', pointer: '/nothing' },
      ),
      'POST advisories/:id/request-changes': of({ changes: [{ body: 'Say more.' }] }),
      'PATCH advisories/:id/changes/:change': of({ done: true }),
      'POST advisories/:id/approve': of(undefined),
      'POST advisories/:id/schedule': of({ notBefore: '2027-01-01T00:00:00Z' }, { notBefore: '2020-01-01T00:00:00Z' }),
      'POST advisories/:id/cancel-schedule': of(undefined),
      'POST advisories/:id/publish': of(undefined),
      'POST advisories/:id/revise': of({ step: 'minor', summary: 'More is known.' }),
      'POST advisories/:id/withdraw': of({ reason: 'error' }),
      'POST advisories/:id/acknowledge': of(undefined),
      'POST requests/:id/send': of(undefined),
      'POST requests/:id/acknowledge': of(undefined),
      'POST requests/:id/decline': of(undefined),
      'POST requests/:id/withdraw': of(undefined),
      'POST requests/:id/close': of(undefined),
      'POST requests/:id/answer': [
        ...of({ body: 'A word.' }, { body: 'A word.', audience: 'asker' }),
        ...this.naming('incident', (id) => ({ body: 'About this.', incidents: [id] })),
      ],
      'POST requests/:id/escalations': [
        ...of({}, { ...organisation('th'), note: 'Spoke to the desk.' }, organisation('jp')),
        ...this.naming('organisation', (id) => ({ organisation: id })),
      ],
      'POST scenarios': of(
        { document: exampleScenario },
        { document: { ...exampleScenario, title: GUESSES.title } },
        { document: {} },
      ),
      'PUT scenarios/:id': of({ document: { ...exampleScenario, title: GUESSES.title } }, { document: {} }),
      'POST scenarios/lint': of({ document: exampleScenario }, { document: {} }),
      'POST scenarios/from-incident': this.naming('incident', (id) => ({ incident: id, title: 'From the past' })),
      'POST scenarios/from-msel': of({}),
      'POST exercises': [
        ...of({ title: 'Of the reader', scenario: 'none', teams: [] }),
        ...this.naming('scenario', (id) => ({ title: 'Of the reader', scenario: id, teams: [] })),
      ],
      'POST exercises/replays': of(logFile('none'), logFile('none').replace('"ended"', '"paused"'), {}),
      'POST exercises/:id/teams': [
        ...of({ teams: [{ ...organisation('sg'), roles: ['national-cert'] }] }),
        ...this.naming('organisation', (id) => ({ teams: [{ organisation: id, roles: ['national-cert'] }] })),
      ],
      'PUT exercises/:id/addresses': of({ addresses: ['https://hooks.example/reader'] }, { addresses: ['nowhere'] }),
      'POST exercises/:id/inbox/seen': of({ position: 1 }),
      'POST exercises/:id/naming': of({ mayBeNamed: true }),
      'POST exercises/:id/start': of(undefined),
      'POST exercises/:id/pause': of({ reason: 'Lunch' }),
      'POST exercises/:id/resume': of(undefined),
      'POST exercises/:id/speed': of({ factor: 10 }, { factor: 0 }),
      'POST exercises/:id/jump': of({ toMinutes: 600 }),
      'POST exercises/:id/fire': [
        ...of({ inject: 'first-call' }, { inject: 'none' }),
        ...this.naming('organisation', (id) => ({ inject: 'first-call', teams: [id] })),
      ],
      'POST exercises/:id/hold': of({ inject: 'first-call' }),
      'POST exercises/:id/let-go': of({ inject: 'first-call' }),
      'POST exercises/:id/injects': of(
        { inject: { ...exampleScenario.injects[0], id: 'second-call' } },
        { inject: {} },
      ),
      'POST exercises/:id/messages': [
        ...of({ text: 'To all.' }),
        ...this.naming('organisation', (id) => ({ text: 'To one.', teams: [id] })),
      ],
      'POST exercises/:id/no-duff': of({ text: 'NO DUFF.' }),
      'POST exercises/:id/remarks': [
        ...of({ sense: 'gap', text: 'Late.' }),
        ...this.naming('organisation', (id) => ({ sense: 'gap', text: 'Late.', team: id })),
      ],
      'POST exercises/:id/overrides': [
        ...of({ ...word, team: this.teller.organisation('th') }),
        ...this.naming('organisation', (id) => ({ ...word, team: id })),
      ],
      'POST exercises/:id/lessons': of(
        { lesson: 'duty-list', text: 'Keep it at hand.', state: 'open' },
        { lesson: '' },
      ),
      'POST exercises/:id/end': of(undefined),
      'POST comms-checks': of({ kind: 'surprise' }, { kind: 'scheduled', opensAt: '2027-01-01T00:00:00Z' }),
      'POST comms-checks/answer': of({ code: '0000-0000-0000' }, function ownCode({ kept }: Memory) {
        return { code: kept.get('comms-code') ?? '1111-1111-1111' };
      }),
      'POST comms-checks/:id/answer': of(undefined),
      'POST comms-checks/:id/codes': [
        ...of(organisation('th'), organisation('sg')),
        ...this.naming('organisation', (id) => ({ organisation: id })),
      ],
      'PATCH incidents/:id': of(
        { title: GUESSES.title },
        { sector: 'energy', externalReferences: [GUESSES.reference] },
        { observables: [GUESSES.observable, { type: 'host', value: `hidden.${GUESSES.observable.value}` }] },
        { marking: { tlp: 'TLP:RED' } },
        { marking: { tlp: 'TLP:AMBER' } },
      ),
      'POST incidents/:id/submit': note,
      'POST incidents/:id/triage': note,
      'POST incidents/:id/investigate': note,
      'POST incidents/:id/contain': note,
      'POST incidents/:id/close': note,
      'POST incidents/:id/reopen': note,
      'POST incidents/:id/release-preview': [
        ...releases,
        ...of({ ...release('TLP:AMBER', [organisation('sg')]), notBefore: '2027-01-01T00:00:00Z' }),
      ],
      'POST incidents/:id/release': [
        ...releases,
        ...of({ ...release('TLP:AMBER', [organisation('sg')]), previewToken: 'v1......' }),
        ...of({ ...release('TLP:AMBER', [organisation('sg')]), notBefore: '2027-01-01T00:00:00Z' }),
      ],
      // Much has happened since it was asked for: the second person confirms what it has looked at now.
      'POST incidents/:id/release/confirm': of(
        undefined,
        { previewToken: 'v1......' },
        function shown({ kept }: Memory) {
          return { previewToken: kept.get('preview') ?? 'v1......' };
        },
      ),
      'POST incidents/:id/release/cancel': of(undefined),
      'POST incidents/:id/recall': of({ reason: 'error' }, { reason: 'narrowed' }),
      'POST incidents/:id/receipts': of({ kind: 'acknowledged' }, { kind: 'acted-on' }, { kind: 'opened' }),
      'POST incidents/:id/pass-on': [
        ...of({ organisations: [this.teller.organisation('bank')], needToKnow: 'Yours.', tellOriginator: true }),
        ...of({ organisations: [this.teller.organisation('sg')], tellOriginator: false }),
        ...this.naming('organisation', (id) => ({ organisations: [id], tellOriginator: false })),
      ],
      'DELETE incidents/:id/pass-ons/:passOn': of(undefined),
      'POST incidents/:id/request-wider-sharing': [
        ...of(
          { audience: [organisation('id')], reason: 'Others are hit.' },
          { marking: { tlp: 'TLP:GREEN' }, audience: ['community'], reason: 'Others are hit.' },
          { audience: [], reason: 'Why not?' },
        ),
        ...this.naming('organisation', (id) => ({ audience: [{ organisation: id }], reason: 'Who is there?' })),
        ...this.naming('group', (id) => ({ audience: [{ group: id }], reason: 'Who is there?' })),
      ],
      'POST incidents/:id/wider-sharing-requests/:request/grant': of(undefined),
      'POST incidents/:id/wider-sharing-requests/:request/decline': of(undefined),
      'PUT incidents/:id/feedback': of({ kind: 'useful', note: 'A word.' }, { kind: 'acted-on' }, { kind: 'silence' }),
      'DELETE incidents/:id/feedback': of(undefined),
      'POST incidents/:id/lift-anonymity': of(undefined),
      'POST incidents/:id/quarantine': of({ reason: 'false' }, { reason: 'nobody knows' }),
      'DELETE incidents/:id/quarantine': of(undefined),
      'POST tombstones/:id/confirmation': of(
        { confirmation: 'deleted' },
        { confirmation: 'kept', keptBecause: 'legal-hold' },
        { confirmation: 'kept' },
      ),
      'POST incidents/:id/comments': of(
        { body: 'A word.' },
        { body: 'A word.', audience: 'owner' },
        { body: 'A word.', audience: 'organisation' },
      ),
      'PATCH incidents/:id/comments/:comment': of({ body: 'Another word.' }),
      'DELETE incidents/:id/comments/:comment': of(undefined),
      'POST incidents/:id/attachments': of('Seen here too.', ''),
      'DELETE incidents/:id/attachments/:attachment': of(undefined),
      'POST incidents/:id/sightings': of(
        sighting(observableId(GUESSES.observable.type, GUESSES.observable.value)),
        // What a visible record says to its owner alone, and what none says.
        sighting(observableId('ipv4', '203.0.113.8'), { audience: 'owner' }),
        sighting(observableId('ipv4', '203.0.113.200'), { audience: 'organisation' }),
      ),
      'POST /misp/events/add': of({ info: 'From MISP', Attribute: [{ type: 'text', value: 'besides' }] }),
      'POST /misp/events/edit/:id': of({ info: 'Said better' }),
      'POST /misp/events/view/:id': of({ deleted: true }),
      'POST /misp/events/publish/:id': of({}),
      'POST /misp/events/alert/:id': of({}),
      'POST /misp/events/delete/:id': of({}),
      'POST /misp/events/unpublish/:id': of({}),
      'POST /misp/events/index': of({ eventinfo: 'phishing' }, { limit: 2, page: 2 }),
      'POST /misp/events/restSearch': of(
        { returnFormat: 'json', value: GUESSES.observable.value },
        { eventinfo: 'hidden', metadata: true },
        { tags: ['tlp:amber'], limit: 1 },
      ),
      'POST /misp/events/freeTextImport/:id': of(
        { value: `Seen at hxxp://${GUESSES.observable.value}/ from 203.0.113.7.` },
        { value: 'From 203.0.113.7.', returnMetaAttributes: true },
      ),
      'POST /misp/events/upload_stix/2': of({
        type: 'bundle',
        id: 'bundle--5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b11',
        objects: [
          {
            type: 'incident',
            spec_version: '2.1',
            id: 'incident--5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b12',
            created: '2026-11-20T02:10:00.000Z',
            modified: '2026-11-20T02:10:00.000Z',
            name: 'Uploaded',
          },
        ],
      }),
      'POST /misp/sharingGroups/add': of(
        { name: 'Of MISP', releasability: 'To share.' },
        ...this.naming('organisation', (uuid) => ({
          name: 'Of MISP',
          releasability: 'To share.',
          SharingGroupOrg: [{ Organisation: { uuid } }],
        })),
      ),
      'POST /misp/objects/add/:id': of({ name: 'file' }),
      'POST /misp/objects/edit/:id': of({ comment: 'Said better' }),
      'POST /misp/objects/delete/:id': of({}),
      'POST /misp/eventReports/add/:id': of({ name: 'Seen', content: 'Here too.' }),
      'POST /misp/attributes/add/:id': of({ type: 'text', value: 'besides' }),
      'POST /misp/attributes/edit/:id': of({ comment: 'Said better' }),
      'POST /misp/attributes/delete/:id': of({}),
      'POST /misp/attributes/restSearch': of(
        { returnFormat: 'json', value: GUESSES.observable.value },
        { returnFormat: 'csv', type: 'domain' },
        { returnFormat: 'stix2', searchall: GUESSES.observable.value },
      ),
      'POST /misp/sightings/add/:id': of({ type: '0', timestamp: '1763606400' }),
      'POST /misp/sightings/add': of({ values: [GUESSES.observable.value], timestamp: '1763606400' }),
      'POST /misp/sightings/listSightings': this.visibleOr('incident', (id) => ({ context: 'event', id })),
      'POST /misp/sightings/restSearch/event': this.visibleOr('incident', (id) => ({ id })),
      'POST /misp/sightings/restSearch/attribute': this.visibleOr('attribute', (id) => ({ id })),
      'POST /misp/tags/attachTagToObject': this.visibleOr('incident', (uuid) => ({ uuid, tag: 'campaign:name="x"' })),
      'POST /misp/tags/removeTagFromObject': this.visibleOr('incident', (uuid) => ({ uuid, tag: 'campaign:name="x"' })),
      'POST /misp/tags/search': of({ tagname: 'tlp' }),
      'POST /misp/tags/add': of({ name: 'campaign:name="x"' }),
      'POST /misp/warninglists/checkValue': of(['10.0.0.1']),
      'POST observables/extract': of({ text: `Seen at hxxp://${GUESSES.observable.value}/ from 203.0.113.7.` }),
      'POST observables/lookup': of(
        { values: [GUESSES.observable.value, `http://hidden.${GUESSES.observable.value}/`, '203.0.113.0/24'] },
        { values: [GUESSES.observable.value, '203.0.113.8'] },
        { values: ['nowhere.example'], type: 'domain' },
      ),
      'POST incidents/:id/related': [
        ...this.visible.incident.slice(0, 3).flatMap(({ id }) => of({ incident: id, kind: 'related' })),
        ...this.naming('incident', (id) => ({ incident: id, kind: 'part-of' })),
        // Last: what it is released as afterwards depends on it.
        ...this.visible.incident.slice(-1).flatMap(({ id }) => of({ incident: id, kind: 'derived-from' })),
      ],
      'DELETE incidents/:id/related/:link': of(undefined),
      'POST incidents/:id/erasures': of({ value: 'word', basis: 'mistake', reason: 'Not ours to keep.' }),
      'POST sharing-groups': [
        ...of({ name: GUESSES.groupName, purpose: 'The same name.', members: [this.teller.organisation('sg')] }),
        ...this.naming('organisation', (id) => ({ name: 'Another', purpose: 'Who is there?', members: [id] })),
      ],
      'PATCH sharing-groups/:id': of({ name: GUESSES.groupName }),
      'POST sharing-groups/:id/dissolution': of(undefined),
      'POST sharing-groups/:id/members': [
        ...of(organisation('secretariat')),
        ...this.naming('organisation', (id) => ({ organisation: id })),
      ],
      'POST sharing-groups/:id/members/:organisationId/accept': of(undefined),
      'POST sharing-groups/:id/members/:organisationId/objections': of({ reason: 'We do not know them.' }),
      'POST sharing-groups/:id/members/:organisationId/admit': of(undefined),
      'DELETE sharing-groups/:id/members/:organisationId': of(undefined),
      'POST organisations': [
        ...of(
          { name: GUESSES.organisationName, kind: 'constituent' },
          { name: 'A second national CERT', kind: 'national-cert', country: 'KH' },
          { name: 'A second national CERT', kind: 'national-cert', country: 'TH' },
        ),
        ...this.naming('organisation', (id) => ({ name: 'Whose?', kind: 'constituent', parent: id })),
      ],
      'PATCH organisations/:id': of({ timeZone: 'Asia/Bangkok' }, { name: GUESSES.organisationName }),
      'POST organisations/:id/designation': of({
        designatedBy: 'A ministry',
        designatedOn: '2026-11-01',
        document: 'Letter 7',
      }),
      'POST organisations/:id/sponsorships': of({ statement: 'We know them.' }),
      'POST organisations/:id/activation': of(undefined),
      'POST organisations/:id/retirement': of(undefined),
      'POST organisations/:id/suspension': of(decision),
      'POST organisations/:id/suspension/confirm': of(undefined),
      'POST organisations/:id/suspension/withdraw': of(undefined),
      'POST organisations/:id/reinstatement': of(decision),
      'POST organisations/:id/reinstatement/confirm': of(undefined),
      'POST organisations/:id/reinstatement/withdraw': of(undefined),
      'POST organisations/:id/secretariat': of({ until: '2027-11-20' }),
      'POST organisations/:id/users': of(
        { email: GUESSES.email, roles: ['admin'] },
        { email: 'new@nowhere.example', roles: ['admin', 'analyst'] },
      ),
      'PATCH organisations/:id/users/:userId': of({ displayName: 'Another name' }, { status: 'disabled' }),
      'POST organisations/:id/users/:userId/invitation': of(undefined),
      'POST organisations/:id/users/:userId/password-reset': of({}, { clearsSecondFactor: true }),
      'POST organisations/:id/users/:userId/erasures': of({ basis: 'request-of-the-person', reason: 'They left.' }),
      'POST organisations/:id/contacts': of(contact),
      'PATCH organisations/:id/contacts/:entryId': of({ name: 'Another desk' }),
      'POST organisations/:id/contacts/:entryId/verification': of(undefined),
      'DELETE organisations/:id/contacts/:entryId': of(undefined),
      'POST organisations/:id/networks': of({ value: GUESSES.network }, { value: 'elsewhere.example' }),
      'DELETE organisations/:id/networks/:entryId': of(undefined),
      'POST organisations/:id/duty': [
        ...of({ ...duty, userId: this.player === null ? absentId('duty') : this.teller.user(this.player) }),
        ...this.visible.user.slice(0, 2).flatMap(({ id }) => of({ ...duty, userId: id })),
        ...this.naming('user', (userId) => ({ ...duty, userId })),
      ],
      'DELETE organisations/:id/duty/:entryId': of(undefined),
      'PATCH me': of({ displayName: 'Another name' }),
      'POST me/password': of(
        { currentPassword: 'wrong', newPassword: NEW_PASSWORD },
        { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      ),
      'DELETE me/sessions/:id': of(undefined),
      'POST me/api-keys': of({ name: 'Mine', scopes: ['self'], expiresAt: '2027-01-01T00:00:00Z' }),
      'DELETE me/api-keys/:id': of(undefined),
      'POST auth/login': of(
        ...[GUESSES.email, 'nobody@nowhere.example'].flatMap((email) => [
          { email, password: 'wrong' },
          { email, password: PASSWORD, totp: '000000' },
        ]),
        ...(this.player === null ? [] : [{ email: emailOf(this.player), password: NEW_PASSWORD }]),
      ),
      'POST auth/refresh': of({ refreshToken: `ronda_rt_${'A'.repeat(43)}` }, function ownToken({ kept }: Memory) {
        return { refreshToken: kept.get('refresh') ?? 'none' };
      }),
      'POST auth/logout': of(undefined),
      'POST auth/totp': of(undefined),
      'POST auth/totp/confirm': of({ code: '000000' }, function ownCode({ kept, at }: Memory) {
        const secret = Secret.fromBase32(kept.get('totp') ?? 'AAAAAAAA');
        return { code: new TOTP({ secret }).generate({ timestamp: at.getTime() }) };
      }),
      'DELETE auth/totp': of({ password: 'wrong' }, { password: NEW_PASSWORD }),
      'POST invitations/accept': of({ password: `${PASSWORD} mine` }),
      'POST auth/reset': of({ newPassword: `${PASSWORD} anew` }),
    };
  }

  /** Beside the routes: other methods, versions that are known already, other spaces, and what everybody may see. */
  private elsewhere(): Ask[] {
    const by = (method: string, url: string, path: string, headers: Record<string, string> = {}): Ask => ({
      route: { method, url },
      pattern: `${method} ${path} ${JSON.stringify(headers)}`,
      role: 'none',
      ids: [],
      call: () => ({ method, path, headers }),
    });
    const each = (method: string, headers?: Record<string, string>): Ask[] => [
      ...this.visible.incident.slice(0, 2).map(({ id }) => by(method, 'elsewhere', `/api/v1/incidents/${id}`, headers)),
      ...this.strangers('incident').map(({ id, role }) => ({
        ...by(method, 'elsewhere', `/api/v1/incidents/${id}`, headers),
        pattern: `${method} /api/v1/incidents/«incident» ${JSON.stringify(headers)}`,
        role,
        ids: [id],
      })),
    ];
    return [
      ...['/health/live', '/health/ready', '/metrics', '/api/openapi.json', '/api/v1/nothing'].map((path) =>
        by('GET', path, path),
      ),
      ...each('HEAD'),
      ...each('PUT'),
      ...each('GET', { 'if-none-match': '*' }),
      ...each('GET', { 'x-ronda-exercise': absentId('incident') }),
      ...this.strangers('exercise').flatMap(({ id, role }) =>
        ['incidents', 'search?q=phishing', 'ledger/checkpoint', 'organisations'].map((path) => ({
          ...by('GET', 'elsewhere', `/api/v1/${path}`, { 'x-ronda-exercise': id }),
          pattern: `GET /api/v1/${path} in «exercise»`,
          role,
          ids: [id],
        })),
      ),
      // In a drill of its own everything there is, and nothing of what is real.
      ...this.visible.exercise.flatMap(({ id }) =>
        ['incidents', 'search?q=phishing', 'incidents/export?format=csv', 'organisations', 'me'].map((path) =>
          by('GET', 'elsewhere', `/api/v1/${path}`, { 'x-ronda-exercise': id }),
        ),
      ),
    ];
  }

  /** What it made under ids of its own choosing, or was given the id of, it changes and takes away. */
  private ownParts(): Ask[] {
    const by = (route: string, path: string | ((memory: Memory) => string | undefined), body?: unknown): Ask => {
      const [method = '', url = ''] = route.split(' ');
      return {
        route: { method, url },
        pattern: `own ${route} ${JSON.stringify(body)}`,
        role: 'none',
        ids: [],
        call: (memory) => {
          const found = typeof path === 'string' ? path : path(memory);
          return found === undefined ? undefined : { method, path: found, ...(body !== undefined && { body }) };
        },
      };
    };
    const { attribute, object } = OWN_PARTS;
    return [
      by('POST /misp/events/add', '/misp/events/add', OWN_EVENT),
      by('POST /misp/attributes/edit/:id', `/misp/attributes/edit/${attribute}`, { comment: 'Said better' }),
      by('POST /misp/objects/edit/:id', `/misp/objects/edit/${object}`, { comment: 'Said better' }),
      by('POST /misp/attributes/delete/:id', `/misp/attributes/delete/${attribute}`, {}),
      by('POST /misp/objects/delete/:id', `/misp/objects/delete/${object}`, {}),
      by('GET /taxii2/live/status/:id', ({ kept }) => {
        const id = kept.get('taxii-status');
        return id === undefined ? undefined : `/taxii2/live/status/${id}`;
      }),
      ...this.visible.collection.map(({ id }) =>
        by(
          'DELETE /taxii2/live/collections/:id/objects/:objectId',
          `/taxii2/live/collections/${id}/objects/${ENVELOPE.objects[0]!.id}`,
        ),
      ),
    ];
  }

  /** From filing to comments on a record of its own, each POST sent again under its Idempotency-Key, and under another's. */
  private ownLife(): Ask[] {
    const route = (name: string): Route => {
      const found = this.routes.find(({ method, url }) => `${method} ${url.replace('/api/v1/', '')}` === name);
      if (!found) throw new Error(`There is no ${name} any more`);
      return found;
    };
    const step = (name: string, body: unknown, key: string | null, keep?: Record<string, string>): Ask => ({
      route: route(name),
      pattern: `own ${name} ${JSON.stringify(body)} under ${key}`,
      role: 'none',
      ids: [],
      ...(keep && { keep }),
      call: ({ kept, etags }) => {
        const own = kept.get('own');
        if (name.includes(':id') && own === undefined) return undefined;
        const path = `/api/v1/${name.split(' ')[1]!.replace(':id', own ?? '')}`;
        const etag = etags.get(path);
        return {
          method: name.split(' ')[0]!,
          path,
          body,
          headers: {
            ...(key !== null && { 'idempotency-key': key }),
            ...(name.startsWith('PATCH') && etag !== undefined && { 'if-match': etag }),
          },
        };
      },
    });
    const twice = (name: string, body: unknown, key: string, keep?: Record<string, string>): Ask[] => [
      step(name, body, key, keep),
      step(name, body, key),
      step(name, { note: 'another body', body: 'another' }, key),
    ];
    const other = this.visible.incident[0]?.id ?? absentId('incident');
    return [
      ...twice(
        'POST incidents',
        filing({ title: GUESSES.title, externalReferences: [GUESSES.reference] }),
        GUESSES.idempotencyKey,
        { own: 'id' },
      ),
      step('GET incidents/:id', undefined, null),
      step('PATCH incidents/:id', { description: 'More.' }, null),
      ...twice('POST incidents/:id/submit', {}, 'once-2'),
      ...twice('POST incidents/:id/triage', {}, 'once-3'),
      ...twice('POST incidents/:id/comments', { body: 'To myself.' }, 'once-4'),
      ...twice('POST incidents/:id/related', { incident: other, kind: 'related' }, 'once-5'),
      ...twice(
        'POST incidents/:id/release-preview',
        release('TLP:AMBER', [{ organisation: this.teller.organisation('sg') }]),
        'once-7',
      ),
      ...twice(
        'POST incidents/:id/release',
        release('TLP:AMBER', [{ organisation: this.teller.organisation('sg') }]),
        'once-6',
      ),
      step('GET incidents/:id', undefined, null),
      step('GET incidents/:id/revisions', undefined, null),
    ];
  }
}

type Match = 'none' | 'wrong' | 'seen' | 'any';

/** An evaluator's, but for whom it is about. */
const word = { role: 'national-cert', milestone: 'files-the-calls', credit: 1, reason: 'By telephone.' };

/** Routes that end something, and are tried when the others are done; after the last lists nothing is left to ask with. */
const ENDINGS = [
  [
    'DELETE /api/v1/organisations',
    'DELETE /api/v1/incidents',
    'DELETE /api/v1/sharing-groups',
    'DELETE /api/v1/subscriptions',
    'DELETE /api/v1/webhooks',
    'PATCH /api/v1/organisations',
    'POST /api/v1/organisations/:id/users/:userId/erasures',
    'objections',
    'dissolution',
    'retirement',
    'suspension',
    'reinstatement',
    'activation',
    'secretariat',
    'designation',
    'totp',
    'invitations/accept',
    'auth/reset',
    'comms-checks/answer',
    'requests/:id/answer',
    'requests/:id/withdraw',
    'requests/:id/close',
    'incidents/:id/recall',
    'misp/events/delete',
    'misp/events/unpublish',
    'misp/attributes/delete',
    'misp/objects/delete',
    'advisories/:id/withdraw',
    'DELETE /api/v1/advisories',
    'incidents/:id/lift-anonymity',
    'exercises/:id/end',
  ],
  // With the new password; it and the second factor ended the sessions before.
  ['auth/login'],
  ['DELETE /api/v1/me/api-keys'],
  ['DELETE /api/v1/me/sessions'],
  ['auth/logout'],
];

/** Members of answers that are kept, by route. */
/** What the reader sends in as STIX. */
/** An attribute and an object of MISP, by ids that the reader chooses. */
const OWN_PARTS = { attribute: '5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b21', object: '5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b22' };
const OWN_EVENT = {
  info: 'Of parts',
  uuid: '5a1d5a0c-6f8e-4b8e-9c55-2f0d8c3a7b20',
  Attribute: [{ uuid: OWN_PARTS.attribute, type: 'text', value: 'besides' }],
  Object: [
    {
      uuid: OWN_PARTS.object,
      name: 'file',
      Attribute: [{ object_relation: 'filename', type: 'filename', value: 'a.txt' }],
    },
  ],
};

const ENVELOPE = {
  objects: [
    {
      type: 'incident',
      spec_version: '2.1',
      id: `incident--${absentId('sighting')}`,
      created: '2026-11-01T00:00:00.000Z',
      modified: '2026-11-01T00:00:00.000Z',
      name: GUESSES.title,
    },
  ],
};

/** What a write says in its address. */
const WRITE_QUERIES: Record<string, string> = {
  'POST /api/v1/incidents/:id/attachments': '?name=seen.txt',
};

const KEPT: Record<string, Record<string, string>> = {
  'GET /api/v1/incidents/:id/release-preview': { preview: 'token' },
  'POST /api/v1/organisations/:id/users': { invitation: 'link.token' },
  'POST /api/v1/organisations/:id/users/:userId/password-reset': { reset: 'link.token' },
  'POST /api/v1/comms-checks/:id/codes': { 'comms-code': 'code' },
  'POST /api/v1/auth/login': { 'second-session': 'accessToken' },
  'POST /api/v1/auth/refresh': { session: 'accessToken', refresh: 'refreshToken' },
  'POST /api/v1/auth/totp': { totp: 'secret' },
  'POST /taxii2/live/collections/:id/objects': { 'taxii-status': 'id' },
};

/** What a route is tried with: the reader's API key, and what it takes besides. */
function credentialsFor({ url }: Route): Ask['credential'][] {
  if (url.includes('/invitations/')) return [undefined, 'invitation'];
  if (url.endsWith('/auth/reset')) return [undefined, 'reset'];
  if (url.endsWith('/auth/logout')) return ['second-session'];
  return /\/(me|auth)(\/|$)/.test(url) ? [undefined, 'session'] : [undefined];
}

/** Where a path wants the cursor of the page before, that is put in. */
function withCursor(path: string, { kept }: Memory): string {
  if (!path.includes('«next»')) return path;
  return path.replace('«next»', encodeURIComponent(kept.get(`next of ${path.split('?', 1)[0]}`) ?? ''));
}
