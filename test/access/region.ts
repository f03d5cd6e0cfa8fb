import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Affiliation, OrganisationKind, Role } from '../../src/kernel/actor.js';
import { tokenOf, uuidOf } from '../support/cast.js';
import { columns, roleGives } from './rules.js';
import type { Value } from './rules.js';

/** An account with an API key of everything its role gives, and an open session. */
export interface Person {
  role: Value<'role'>;
  key: number;
  id: string;
  organisation: Organisation;
  apiKey: string;
  session: string;
}

export interface Organisation {
  /** In words: `the suspended partner CERT`. */
  name: string;
  key: number;
  id: string;
  kind: Value<'organisation'>;
  itsCert: Value<'itsCert'>;
  /** What it is in the end; everything is built while all are active. */
  standing: Value<'standing'>;
  cert: Organisation | null;
  people: Record<Value<'role'>, Person>;
}

/** An organisation as the rules tell them apart. */
export interface Sort {
  kind: Value<'organisation'>;
  itsCert: Value<'itsCert'>;
}

/** The sorts of organisation there are. The secretariat is one alone, and active. */
export const SORTS: readonly Sort[] = [
  { kind: 'member CERT', itsCert: 'none' },
  { kind: 'partner CERT', itsCert: 'none' },
  { kind: 'regional body', itsCert: 'none' },
  { kind: 'secretariat', itsCert: 'none' },
  { kind: 'constituent', itsCert: 'relays' },
  { kind: 'constituent', itsCert: 'does not relay' },
  { kind: 'constituent', itsCert: 'is a partner that relays' },
  { kind: 'constituent', itsCert: 'relays and is suspended' },
  { kind: 'sectoral CERT', itsCert: 'relays' },
  { kind: 'government body', itsCert: 'relays' },
];

export const sortInWords = ({ kind, itsCert }: Sort): string =>
  itsCert === 'none' ? kind : `${kind} (its CERT ${itsCert})`;

const recorded: Record<Value<'organisation'>, OrganisationKind> = {
  'member CERT': 'national-cert',
  'partner CERT': 'national-cert',
  'regional body': 'regional-body',
  secretariat: 'regional-body',
  constituent: 'constituent',
  'sectoral CERT': 'sectoral-cert',
  'government body': 'government',
};
const rolesOf: Record<Value<'role'>, Role[]> = {
  analyst: ['analyst'],
  coordinator: ['coordinator'],
  'second coordinator': ['coordinator'],
  organiser: ['organiser'],
  admin: ['admin'],
};
/** Of its organisation, to which an audience can be released at any marking: the analyst, and the coordinator as deputy. */
export const DUTY = 'incident-response';
export const ON_DUTY: readonly Value<'role'>[] = ['analyst', 'coordinator'];

const countries = ['VN', 'TH', 'SG', 'ID', 'MY', 'PH', 'JP', 'KR', 'AU', 'IN', 'CN'];

/** Every sort of organisation in every standing, each with an account of each role; and `home`, whose records they are asked about. */
export class MatrixRegion {
  readonly organisations: Organisation[] = [];
  /** A member CERT, active, that relays GREEN. While the region is built it is the secretariat too, so that it may name everybody. */
  readonly home: Organisation;
  /** Above what the product will give out here: it begins at 1000. */
  private nextKey = 100_000;
  private readonly client: pg.Pool;

  constructor(superuserUrl: string) {
    this.client = new pg.Pool({ connectionString: superuserUrl, max: 4 });
    this.home = this.add({ kind: 'member CERT', itsCert: 'none' }, 'active', null, 'home');
    for (const sort of SORTS)
      for (const standing of sort.kind === 'secretariat' ? (['active'] as const) : columns.standing)
        this.add(sort, standing, this.certOf(sort));
  }

  of({ kind, itsCert }: Sort, standing: Value<'standing'>): Organisation {
    const found = this.organisations.find(
      (each) => each !== this.home && each.kind === kind && each.itsCert === itsCert && each.standing === standing,
    );
    if (!found) throw new Error(`There is no ${standing} ${kind} (${itsCert})`);
    return found;
  }

  people(...roles: Value<'role'>[]): Person[] {
    return this.organisations.flatMap(({ people }) => roles.map((role) => people[role]));
  }

  /** The bodies that belong to a CERT. */
  bodiesOf(cert: Organisation): Organisation[] {
    return this.organisations.filter((each) => each.cert === cert);
  }

  async open(): Promise<void> {
    const organisations = this.organisations.map((each, index) => ({
      key: each.key,
      id: each.id,
      name: each.name,
      kind: recorded[each.kind],
      affiliation: affiliationOf(each),
      country: recorded[each.kind] === 'national-cert' ? countries[countOfCerts(this.organisations, index)] : null,
      parent_key: each.cert?.key ?? null,
      is_secretariat: each === this.home,
      relay_green: this.relays(each),
    }));
    const people = this.people(...columns.role);
    await this.client.query(
      `insert into ronda.principal (key, kind) select key, kind from jsonb_to_recordset($1) as r (key int, kind text)`,
      [
        JSON.stringify([
          ...organisations.map(({ key }) => ({ key, kind: 'organisation' })),
          ...people.map(({ key }) => ({ key, kind: 'user' })),
        ]),
      ],
    );
    await this.client.query(
      `insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, country, parent_key, standing, is_secretariat, totp_required, relay_green, created_at)
       select key, id, 'test', name, kind, affiliation, country, parent_key, 'active', is_secretariat, false, relay_green, '2026-01-01'
         from jsonb_to_recordset($1) as r (key int, id uuid, name text, kind text, affiliation text, country text, parent_key int, is_secretariat boolean, relay_green boolean)`,
      [JSON.stringify(organisations)],
    );
    await this.client.query(
      `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
       select key, id, org_key, 'person-' || key || '@cert.example', name, roles, 'active', '2026-01-01'
         from jsonb_to_recordset($1) as r (key int, id uuid, org_key int, name text, roles text[])`,
      [
        JSON.stringify(
          people.map((each) => ({
            key: each.key,
            id: each.id,
            org_key: each.organisation.key,
            name: `${each.role} of ${each.organisation.name}`,
            roles: rolesOf[each.role],
          })),
        ),
      ],
    );
    await this.credentials(
      people.flatMap((person) => [
        { person, kind: 'api-key' as const, token: person.apiKey },
        { person, kind: 'session' as const, token: person.session },
      ]),
    );
    await this.client.query(
      `insert into ronda.duty_assignment (id, org_key, duty_role, user_key, position, starts_at)
       select id, org_key, $2, user_key, position, '2026-01-01'
         from jsonb_to_recordset($1) as r (id uuid, org_key int, user_key int, position text)`,
      [
        JSON.stringify(
          this.organisations.flatMap(({ key, people: them, name }) =>
            ON_DUTY.map((role, index) => ({
              id: uuidOf(`duty ${name} ${role}`),
              org_key: key,
              user_key: them[role].key,
              position: index === 0 ? 'primary' : 'deputy',
            })),
          ),
        ),
        DUTY,
      ],
    );
  }

  /** @param scopes of an API key; everything its role gives when left out. */
  async credentials(
    wanted: {
      person: Person;
      kind: 'session' | 'api-key' | 'link';
      token: string;
      /** Of a link. */
      purpose?: 'invitation' | 'password-reset';
      scopes?: readonly string[];
      expiresAt?: string;
      isRevoked?: boolean;
      isLimited?: boolean;
    }[],
  ): Promise<void> {
    await this.client.query(
      `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, name, scopes, is_limited, created_at, expires_at, revoked_at, last_used_at)
       select id, kind, purpose, user_key, org_key, decode(hash, 'hex'), 'test', scopes, is_limited, '2026-01-01', expires_at, revoked_at, '2099-01-01'
         from jsonb_to_recordset($1) as r (id uuid, kind text, purpose text, user_key int, org_key int, hash text, scopes text[], is_limited boolean,
              expires_at timestamptz, revoked_at timestamptz)`,
      [
        JSON.stringify(
          wanted.map(({ person, kind, token, purpose, scopes, expiresAt, isRevoked, isLimited }) => ({
            id: uuidOf(`credential ${token}`),
            kind,
            purpose: purpose ?? null,
            user_key: person.key,
            org_key: person.organisation.key,
            hash: createHash('sha256').update(token).digest('hex'),
            scopes: kind === 'api-key' ? (scopes ?? everything(person)) : null,
            is_limited: isLimited ?? false,
            expires_at: expiresAt ?? '2100-01-01',
            revoked_at: isRevoked ? '2026-01-02' : null,
          })),
        ),
      ],
    );
  }

  /** Another account like this one, but for its status. */
  async account(like: Person, status: 'invited' | 'disabled'): Promise<Person> {
    const key = this.nextKey++;
    const person = { ...like, key, id: uuidOf(`user ${key}`) };
    await this.client.query(
      `with made as (insert into ronda.principal (key, kind) values ($1, 'user'))
       insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
       values ($1, $2, $3, 'person-' || $1 || '@cert.example', 'Another', $4, $5, '2026-01-01')`,
      [key, person.id, like.organisation.key, rolesOf[like.role], status],
    );
    return person;
  }

  /** Everything is built: each organisation comes to its standing, and home hands the secretariat's role over. */
  async settle(): Promise<void> {
    await this.client.query('update ronda.organisation set is_secretariat = false where key = $1', [this.home.key]);
    await this.client.query('update ronda.organisation set is_secretariat = true where key = $1', [
      this.organisations.find(({ kind }) => kind === 'secretariat')?.key,
    ]);
    await this.client.query(
      `update ronda.organisation o set standing = r.standing
         from jsonb_to_recordset($1) as r (key int, standing text) where o.key = r.key`,
      [JSON.stringify(this.organisations.map(({ key, standing }) => ({ key, standing })))],
    );
  }

  close(): Promise<void> {
    return this.client.end();
  }

  private add(
    { kind, itsCert }: Sort,
    standing: Value<'standing'>,
    cert: Organisation | null,
    name?: string,
  ): Organisation {
    const organisation: Organisation = {
      name: name ?? `the ${standing} ${sortInWords({ kind, itsCert })}`,
      key: this.nextKey++,
      id: '',
      kind,
      itsCert,
      standing,
      cert,
      people: {} as Organisation['people'],
    };
    organisation.id = uuidOf(`organisation ${organisation.name}`);
    for (const role of columns.role) {
      const title = `${role} of ${organisation.name}`;
      organisation.people[role] = {
        role,
        key: this.nextKey++,
        id: uuidOf(`user ${title}`),
        organisation,
        apiKey: tokenOf(title),
        session: tokenOf(`session of the ${title}`).replace('ronda_key_', 'ronda_at_'),
      };
    }
    this.organisations.push(organisation);
    return organisation;
  }

  private certOf({ itsCert }: Sort): Organisation | null {
    switch (itsCert) {
      case 'none':
        return null;
      case 'relays':
        return this.home;
      case 'does not relay':
        return this.of({ kind: 'member CERT', itsCert: 'none' }, 'active');
      case 'is a partner that relays':
        return this.of({ kind: 'partner CERT', itsCert: 'none' }, 'active');
      case 'relays and is suspended':
        return this.of({ kind: 'member CERT', itsCert: 'none' }, 'suspended');
    }
  }

  private relays(organisation: Organisation): boolean {
    const [body] = this.bodiesOf(organisation);
    return body !== undefined && body.itsCert !== 'does not relay';
  }
}

const affiliationOf = ({ kind, itsCert }: Organisation): Affiliation => {
  if (kind === 'regional body' || kind === 'secretariat') return 'regional';
  return kind === 'partner CERT' || itsCert === 'is a partner that relays' ? 'dialogue-partner' : 'member';
};

const countOfCerts = (all: Organisation[], before: number): number =>
  all.slice(0, before).filter(({ kind }) => recorded[kind] === 'national-cert').length;

/** As scopes: more than a role gives would change nothing. */
const everything = ({ role, organisation }: Person): readonly string[] =>
  roleGives[role === 'admin' && organisation.kind === 'secretariat' ? 'admin of the secretariat' : role];
