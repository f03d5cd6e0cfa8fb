import { Injectable } from '@nestjs/common';
import type { Tlp } from '../../kernel/markings.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface PassOnRow {
  id: string;
  /** Key of the CERT that passes it on; internal. */
  owner_key: number;
  cert_id: string;
  cert_name: string;
  cert_country: string | null;
  org_id: string;
  org_name: string;
  org_country: string | null;
  note: string | null;
  tells_originator: boolean;
  granted_at: Date;
}

/** How many of a CERT's constituents the originator is told of. */
export interface ToldRow {
  cert_id: string;
  cert_name: string;
  cert_country: string | null;
  recipients: number;
}

const columns = `p.id, p.owner_key, c.id as cert_id, c.name as cert_name, c.country as cert_country,
  o.id as org_id, o.name as org_name, o.country as org_country, p.note, p.tells_originator, p.granted_at`;
const joined = `from ronda.pass_on p join ronda.organisation c on c.key = p.owner_key join ronda.organisation o on o.key = p.org_key
  where p.space = $1 and p.incident_key = $2 and p.ended_at is null`;

const asWhole = statement(
  'pass-on-as-whole',
  `with me as materialized (select array_remove(ronda.reader_principals(), $3::int) as p)
   select r.tlp from me, ronda.incident i
     cross join lateral (select v.tlp from ronda.incident_revision v
       where v.space = i.space and v.incident_key = i.key and v.audience && me.p order by v.number desc limit 1) r
    where i.space = $1 and i.key = $2 and i.audience && me.p`,
);
const insert = statement(
  'pass-on-insert',
  `insert into ronda.pass_on (space, id, owner_key, incident_key, org_key, note, tells_originator, granted_by, granted_at)
   select $1, n.id, $3, $2, n.org, $5, $6, $7, $8 from jsonb_to_recordset($4::jsonb) as n (id uuid, org int)
   on conflict (space, owner_key, incident_key, org_key) where ended_at is null do nothing returning id`,
);
const ofRecord = statement(
  'pass-on-of-record',
  `select ${columns} ${joined} order by p.granted_at desc, o.name, p.id limit 1000`,
);
const byId = statement('pass-on-by-id', `select ${columns} ${joined} and p.id = $3`);
const takeBack = statement('pass-on-take-back', 'select ronda.take_back($1, $2, $3) as ended');
const told = statement(
  'pass-on-told',
  `select o.id as cert_id, o.name as cert_name, o.country as cert_country, t.recipients
     from ronda.told_pass_ons($1) t join ronda.organisation o on o.key = t.cert order by o.name, o.id`,
);

/** What national CERTs passed on to bodies of their own. */
@Injectable()
export class PassOnsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** The marking of the newest revision that the caller's organisation reads, and not the caller alone; undefined: none. */
  async tlpAsWhole(recordKey: number, userKey: number): Promise<{ tlp: Tlp | null } | undefined> {
    return (await this.work.query<{ tlp: Tlp | null }>(asWhole, [this.work.space, recordKey, userKey]))[0];
  }

  /** @returns ids of those that are new: what stands already is left as it is. */
  async insert(given: {
    recordKey: number;
    certKey: number;
    to: readonly { id: string; organisationKey: number }[];
    note: string | null;
    tellsOriginator: boolean;
    by: number;
  }): Promise<string[]> {
    const to = given.to.map(({ id, organisationKey }) => ({ id, org: organisationKey }));
    const { space, at } = this.work;
    const rows = await this.work.query<{ id: string }>(insert, [
      space,
      given.recordKey,
      given.certKey,
      JSON.stringify(to),
      given.note,
      given.tellsOriginator,
      given.by,
      at,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Those that the caller may see: of its own organisation, or the one by which it reads the record. */
  ofRecord(recordKey: number): Promise<PassOnRow[]> {
    return this.work.query<PassOnRow>(ofRecord, [this.work.space, recordKey]);
  }

  async byId(recordKey: number, id: string): Promise<PassOnRow | undefined> {
    return (await this.work.query<PassOnRow>(byId, [this.work.space, recordKey, id]))[0];
  }

  /** @returns false where it does not stand any more. */
  async takeBack(id: string, by: number): Promise<boolean> {
    const [row] = await this.work.query<{ ended: boolean }>(takeBack, [id, by, this.work.at]);
    return row?.ended ?? false;
  }

  /** To the record's owner alone. */
  told(recordKey: number): Promise<ToldRow[]> {
    return this.work.query<ToldRow>(told, [recordKey]);
  }
}
