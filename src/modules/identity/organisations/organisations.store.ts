import { Injectable } from '@nestjs/common';
import type { Affiliation, OrganisationKind, Standing } from '../../../kernel/actor.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface OrganisationRow {
  key: number;
  id: string;
  origin_node: string;
  name: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  country: string | null;
  parent_key: number | null;
  parent_id: string | null;
  parent_name: string | null;
  standing: Standing;
  is_secretariat: boolean;
  secretariat_until: string | null;
  totp_required: boolean;
  relay_green: boolean;
  time_zone: string;
  languages: string[];
  created_at: Date;
  has_active_admin: boolean;
  designation: { designated_by: string; designated_on: string; document: string } | null;
  sponsors: { key: number; id: string; name: string; country: string | null; statement: string; entered_at: string }[];
  open_decision: {
    key: number;
    decision: 'suspend' | 'reinstate';
    reason: string;
    decided_on: string;
    document: string;
    first_org_key: number;
    first_org_id: string | null;
    first_org_name: string | null;
    first_at: string;
  } | null;
  sort_rank: number;
  sort_name: string;
}

export interface OrganisationSummaryRow {
  key: number;
  id: string;
  name: string;
  kind: OrganisationKind;
  country: string | null;
  affiliation: Affiliation;
  standing: Standing;
}

/** What an organisation's principals depend on, and where it is. */
export interface OrganisationPrincipalsRow extends OrganisationSummaryRow {
  is_secretariat: boolean;
  parent_key: number | null;
  /** Of the caller's own organisation; that of others is theirs to know. */
  relays_green: boolean;
  time_zone: string;
}

export interface NewOrganisation {
  id: string;
  originNode: string;
  name: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  country: string | null;
  parentKey: number | null;
  standing: Standing;
  isSecretariat: boolean;
  timeZone: string;
  languages: readonly string[];
  totpRequired: boolean;
  relayGreen: boolean;
}

export interface OrganisationSettings {
  name: string;
  totpRequired: boolean;
  relayGreen: boolean;
  timeZone: string;
  languages: readonly string[];
}

/** $1 is the region's member codes in their order of listing. */
const columns = `
  o.key, o.id, o.origin_node, o.name, o.kind, o.affiliation, o.country, o.parent_key, p.id as parent_id, p.name as parent_name,
  o.standing, o.is_secretariat, o.secretariat_until::text, o.totp_required, o.relay_green, o.time_zone, o.languages, o.created_at,
  exists (select from ronda.user_account u where u.org_key = o.key and u.status = 'active' and 'admin' = any (u.roles)) as has_active_admin,
  (select jsonb_build_object('designated_by', d.designated_by, 'designated_on', d.designated_on, 'document', d.document)
     from ronda.designation d where d.org_key = o.key order by d.key desc limit 1) as designation,
  (select coalesce(jsonb_agg(jsonb_build_object('key', s.sponsor_key, 'id', b.id, 'name', b.name, 'country', b.country,
            'statement', s.statement, 'entered_at', s.entered_at) order by s.entered_at, b.id), '[]')
     from ronda.sponsorship s join ronda.organisation b on b.key = s.sponsor_key where s.org_key = o.key) as sponsors,
  (select jsonb_build_object('key', d.key, 'decision', d.decision, 'reason', d.reason, 'decided_on', d.decided_on,
            'document', d.document, 'first_org_key', d.first_org_key, 'first_org_id', f.id, 'first_org_name', f.name, 'first_at', d.first_at)
     from ronda.standing_decision d left join ronda.organisation f on f.key = d.first_org_key
    where d.org_key = o.key and d.second_org_key is null and d.withdrawn_at is null) as open_decision,
  coalesce(array_position($1::text[], o.country), 1000) as sort_rank, lower(o.name) as sort_name
  from ronda.organisation o left join ronda.organisation p on p.key = o.parent_key`;

const find = statement('organisation-find', `select ${columns} where o.id = $2`);
const list = statement(
  'organisation-list',
  `select ${columns}
    where ($2::text[] is null or o.kind = any ($2)) and ($3::text[] is null or o.country = any ($3))
      and case when $4::text[] is null then o.standing <> 'retired' else o.standing = any ($4) end
      and ($5::int is null or (coalesce(array_position($1::text[], o.country), 1000), lower(o.name), o.id) > ($5, $6::text, $7::uuid))
    order by sort_rank, sort_name, o.id limit $8`,
);
const lock = statement('organisation-lock', 'select key from ronda.organisation where id = $1 for update');
const summaries = `select o.key, o.id, o.name, o.kind, o.country, o.affiliation, o.standing from ronda.organisation o`;
const byIds = statement('organisation-by-ids', `${summaries} where o.id = any ($1::uuid[])`);
const byKeys = statement('organisation-by-keys', `${summaries} where o.key = any ($1::int[])`);
const allVisible = statement(
  'organisation-all-visible',
  `select o.key, o.id, o.name, o.kind, o.country, o.affiliation, o.standing, o.is_secretariat, o.parent_key,
          o.relay_green and o.key = any ((select ronda.reader_principals())::int[]) as relays_green, o.time_zone
     from ronda.organisation o where o.standing <> 'retired' order by lower(o.name), o.id`,
);
const parentOf = statement('organisation-parent-of', 'select parent_key from ronda.organisation where key = $1');
const ownKey = statement('organisation-own-key', 'select org_key from ronda.reader_account()');
const newPrincipal = statement(
  'organisation-principal',
  `insert into ronda.principal (kind) values ('organisation') returning key`,
);
const insert = statement(
  'organisation-insert',
  `insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, country, parent_key, standing, is_secretariat,
     totp_required, relay_green, time_zone, languages, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing returning key`,
);
const updateSettings = statement(
  'organisation-update',
  `update ronda.organisation set name = $2, totp_required = $3, relay_green = $4, time_zone = $5, languages = $6, version = version + 1
    where key = $1`,
);
const setStanding = statement(
  'organisation-standing',
  'update ronda.organisation set standing = $2, version = version + 1 where key = $1',
);
const dropSecretariat = statement(
  'organisation-drop-secretariat',
  'update ronda.organisation set is_secretariat = false, secretariat_until = null, version = version + 1 where key = $1',
);
const takeSecretariat = statement(
  'organisation-take-secretariat',
  'update ronda.organisation set is_secretariat = true, secretariat_until = $2, version = version + 1 where key = $1',
);
const insertDesignation = statement(
  'organisation-designation',
  `insert into ronda.designation (org_key, designated_by, designated_on, document, entered_by, entered_at) values ($1, $2, $3, $4, $5, $6)`,
);
const insertSponsorship = statement(
  'organisation-sponsorship',
  `insert into ronda.sponsorship (org_key, sponsor_key, statement, entered_by, entered_at) values ($1, $2, $3, $4, $5)`,
);
const insertDecision = statement(
  'organisation-decision',
  `insert into ronda.standing_decision (id, org_key, decision, reason, decided_on, document, first_org_key, first_user_key, first_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const confirmDecision = statement(
  'organisation-decision-confirm',
  'update ronda.standing_decision set second_org_key = $2, second_user_key = $3, second_at = $4 where key = $1',
);
const withdrawDecision = statement(
  'organisation-decision-withdraw',
  'update ronda.standing_decision set withdrawn_at = $2 where key = $1',
);

@Injectable()
export class OrganisationsStore {
  constructor(private readonly work: UnitOfWork) {}

  async find(id: string, listing: readonly string[]): Promise<OrganisationRow | undefined> {
    const [row] = await this.work.query<OrganisationRow>(find, [listing, id]);
    return row;
  }

  list(
    listing: readonly string[],
    filter: { kind?: readonly string[]; country?: readonly string[]; standing?: readonly string[] },
    after: readonly (string | number)[] | null,
    limit: number,
  ): Promise<OrganisationRow[]> {
    const [rank = null, name = null, id = null] = after ?? [];
    return this.work.query<OrganisationRow>(list, [
      listing,
      filter.kind ?? null,
      filter.country ?? null,
      filter.standing ?? null,
      rank,
      name,
      id,
      limit,
    ]);
  }

  /** Makes changes to one organisation wait for each other. Locks nothing that the caller may not change. */
  async lock(id: string): Promise<void> {
    await this.work.query(lock, [id]);
  }

  byIds(ids: readonly string[]): Promise<OrganisationSummaryRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.work.query<OrganisationSummaryRow>(byIds, [ids]);
  }

  byKeys(keys: readonly number[]): Promise<OrganisationSummaryRow[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.work.query<OrganisationSummaryRow>(byKeys, [keys]);
  }

  /** All that the caller sees and that are not retired, by name. */
  allVisible(): Promise<OrganisationPrincipalsRow[]> {
    return this.work.query<OrganisationPrincipalsRow>(allVisible);
  }

  async ownKey(): Promise<number | null> {
    const [row] = await this.work.query<{ org_key: number | null }>(ownKey);
    return row?.org_key ?? null;
  }

  async parentOf(key: number): Promise<number | null> {
    const [row] = await this.work.query<{ parent_key: number | null }>(parentOf, [key]);
    return row?.parent_key ?? null;
  }

  /** The new key, or null where the country has a national CERT already. */
  async insert(organisation: NewOrganisation): Promise<number | null> {
    const [principal] = await this.work.query<{ key: number }>(newPrincipal);
    const [row] = await this.work.query<{ key: number }>(insert, [
      principal?.key,
      organisation.id,
      organisation.originNode,
      organisation.name,
      organisation.kind,
      organisation.affiliation,
      organisation.country,
      organisation.parentKey,
      organisation.standing,
      organisation.isSecretariat,
      organisation.totpRequired,
      organisation.relayGreen,
      organisation.timeZone,
      organisation.languages,
      this.work.at,
    ]);
    return row?.key ?? null;
  }

  async updateSettings(key: number, to: OrganisationSettings): Promise<void> {
    await this.work.query(updateSettings, [key, to.name, to.totpRequired, to.relayGreen, to.timeZone, to.languages]);
  }

  async setStanding(key: number, standing: Standing): Promise<void> {
    await this.work.query(setStanding, [key, standing]);
  }

  /** In this order: there is never more than one. */
  async moveSecretariat(from: number, to: number, until: string): Promise<void> {
    await this.work.query(dropSecretariat, [from]);
    await this.work.query(takeSecretariat, [to, until]);
  }

  async insertDesignation(
    key: number,
    designation: { designatedBy: string; designatedOn: string; document: string },
    by: number,
  ): Promise<void> {
    const { designatedBy, designatedOn, document } = designation;
    await this.work.query(insertDesignation, [key, designatedBy, designatedOn, document, by, this.work.at]);
  }

  async insertSponsorship(key: number, sponsor: number, statement: string, by: number): Promise<void> {
    await this.work.query(insertSponsorship, [key, sponsor, statement, by, this.work.at]);
  }

  async insertDecision(
    id: string,
    key: number,
    decision: { kind: 'suspend' | 'reinstate'; reason: string; decidedOn: string; document: string },
    first: { organisationKey: number; userKey: number },
  ): Promise<void> {
    await this.work.query(insertDecision, [
      id,
      key,
      decision.kind,
      decision.reason,
      decision.decidedOn,
      decision.document,
      first.organisationKey,
      first.userKey,
      this.work.at,
    ]);
  }

  async confirmDecision(decisionKey: number, second: { organisationKey: number; userKey: number }): Promise<void> {
    await this.work.query(confirmDecision, [decisionKey, second.organisationKey, second.userKey, this.work.at]);
  }

  async withdrawDecision(decisionKey: number): Promise<void> {
    await this.work.query(withdrawDecision, [decisionKey, this.work.at]);
  }
}
