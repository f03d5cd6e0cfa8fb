import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { domainAndAbove } from './address.rules.js';
import type { Address } from './address.rules.js';

export interface AddressColumns {
  kind: Address['kind'];
  cidr: string | null;
  asn: number | null;
  domain: string | null;
}

export interface NetworkRow extends AddressColumns {
  key: number;
  id: string;
  overlaps: (AddressColumns & { id: string; name: string })[];
}

export interface AnswererRow extends AddressColumns {
  org_key: number;
  org_id: string;
  org_name: string;
  country: string | null;
}

const columns = `n.key, n.id, n.kind, n.cidr::text, n.asn, n.domain,
  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'kind', b.kind, 'cidr', b.cidr::text, 'asn', b.asn,
            'domain', b.domain) order by o.name, b.id), '[]')
     from ronda.constituency_network b join ronda.organisation o on o.key = b.org_key
    where b.org_key <> n.org_key and b.kind = n.kind and o.standing <> 'retired'
      and (b.cidr && n.cidr or b.asn = n.asn or b.domain = n.domain
           or b.domain like '%.' || n.domain or n.domain like '%.' || b.domain)) as overlaps
  from ronda.constituency_network n`;
const find = statement('network-find', `select ${columns} where n.org_key = $1 and n.id = $2`);
const list = statement(
  'network-list',
  `select ${columns} where n.org_key = $1 and ($2::uuid is null or n.id > $2) order by n.id limit $3`,
);
const ofOrganisations = statement(
  'network-of-organisations',
  `select n.org_key, n.kind, n.cidr::text, n.asn, n.domain from ronda.constituency_network n where n.org_key = any ($1)
    order by n.org_key, n.kind, n.cidr, n.asn, n.domain`,
);
const same = statement(
  'network-same',
  `select n.id from ronda.constituency_network n where n.org_key = $1 and n.kind = $2
      and (n.cidr = $3::cidr or n.asn = $4 or n.domain = $5)`,
);
const insert = statement(
  'network-insert',
  `insert into ronda.constituency_network (id, org_key, kind, cidr, asn, domain) values ($1, $2, $3, $4, $5, $6)`,
);
const remove = statement('network-remove', 'delete from ronda.constituency_network where key = $1');
// One row an organisation: its most specific network that the address is in.
const answerers = statement(
  'network-answerers',
  `select * from (
     select distinct on (o.key) o.key as org_key, o.id as org_id, o.name as org_name, o.country, n.kind, n.cidr::text, n.asn, n.domain,
            coalesce(masklen(n.cidr), length(n.domain), 0) as specific
       from ronda.constituency_network n join ronda.organisation o on o.key = n.org_key and o.standing = 'active'
      where n.cidr >>= $1::inet or n.asn = $2 or n.domain = any ($3::text[])
      order by o.key, coalesce(masklen(n.cidr), length(n.domain), 0) desc, n.id) found
   order by specific desc, org_name, org_id limit 100`,
);

// What belongs to a CERT is asked through it. The first of two that answer for the same is the same every time.
const answering = statement(
  'network-answering',
  `select coalesce(c.key, o.key) as org_key, n.kind, n.cidr::text, n.asn, n.domain
     from ronda.constituency_network n join ronda.organisation o on o.key = n.org_key and o.standing = 'active'
     left join ronda.organisation c on c.key = o.parent_key and c.standing = 'active'
    order by coalesce(c.name, o.name), coalesce(c.id, o.id), n.id`,
);

/** The networks that organisations answer for. */
@Injectable()
export class NetworksStore {
  constructor(private readonly work: UnitOfWork) {}

  async find(organisationKey: number, id: string): Promise<NetworkRow | undefined> {
    const [row] = await this.work.query<NetworkRow>(find, [organisationKey, id]);
    return row;
  }

  list(organisationKey: number, afterId: string | null, limit: number): Promise<NetworkRow[]> {
    return this.work.query<NetworkRow>(list, [organisationKey, afterId, limit]);
  }

  async ofOrganisations(keys: readonly number[]): Promise<(AddressColumns & { org_key: number })[]> {
    return keys.length === 0 ? [] : this.work.query<AddressColumns & { org_key: number }>(ofOrganisations, [keys]);
  }

  /** Whether the organisation answers for exactly that already. */
  async has(organisationKey: number, address: Address): Promise<boolean> {
    const { kind, cidr, asn, domain } = columnsOf(address);
    return (await this.work.query(same, [organisationKey, kind, cidr, asn, domain])).length > 0;
  }

  async insert(id: string, organisationKey: number, address: Address): Promise<void> {
    const { kind, cidr, asn, domain } = columnsOf(address);
    await this.work.query(insert, [id, organisationKey, kind, cidr, asn, domain]);
  }

  async remove(key: number): Promise<void> {
    await this.work.query(remove, [key]);
  }

  /** Every network that the caller sees, with whom one turns to about it. */
  answering(): Promise<(AddressColumns & { org_key: number })[]> {
    return this.work.query<AddressColumns & { org_key: number }>(answering);
  }

  /** Active organisations that answer for an address, the most specific first. */
  answerers(address: Address): Promise<AnswererRow[]> {
    const { cidr, asn, domain } = columnsOf(address);
    return this.work.query<AnswererRow>(answerers, [cidr, asn, domain === null ? null : domainAndAbove(domain)]);
  }
}

const columnsOf = (address: Address): AddressColumns => ({
  kind: address.kind,
  cidr: address.kind === 'cidr' ? address.cidr : null,
  asn: address.kind === 'asn' ? address.asn : null,
  domain: address.kind === 'domain' ? address.domain : null,
});

export function addressOf({ kind, cidr, asn, domain }: AddressColumns): Address {
  if (kind === 'cidr' && cidr !== null) return { kind, cidr };
  if (kind === 'asn' && asn !== null) return { kind, asn };
  if (kind === 'domain' && domain !== null) return { kind, domain };
  throw new Error('A network without an address');
}
