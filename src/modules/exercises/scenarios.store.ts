import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { Scenario } from './core/index.js';

export const SHARED_WITH = ['organisation', 'community'] as const;
export type SharedWith = (typeof SHARED_WITH)[number];

export interface ScenarioRow {
  key: number;
  id: string;
  origin_node: string;
  title: string;
  shared_with: SharedWith;
  head: number;
  created_at: Date;
  updated_at: Date;
  owner_key: number;
  owner_id: string | null;
  owner_name: string | null;
}

const columns = `s.key, s.id, s.origin_node, s.title, s.shared_with, s.head, s.created_at, s.updated_at, s.owner_key,
  o.id as owner_id, o.name as owner_name from ronda.scenario s left join ronda.organisation o on o.key = s.owner_key`;

const byId = statement('scenario-find', `select ${columns} where s.space = $1 and s.id = $2`);
const list = statement(
  'scenario-list',
  `select ${columns} where s.space = $1 and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3::uuid))
    order by s.created_at desc, s.id desc limit $4`,
);
const document = statement(
  'scenario-document',
  'select document from ronda.scenario_version where space = $1 and scenario_key = $2 and number = $3',
);
const insert = statement(
  'scenario-insert',
  `insert into ronda.scenario (space, id, origin_node, owner_key, author_key, title, shared_with, head, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8) returning key`,
);
const insertVersion = statement(
  'scenario-version-insert',
  `insert into ronda.scenario_version (space, scenario_key, number, document, author_key, created_at) values ($1, $2, $3, $4, $5, $6)`,
);

const revise = statement(
  'scenario-revise',
  `update ronda.scenario set head = $3, title = $4, shared_with = $5, updated_at = $6 where space = $1 and key = $2 and head = $3 - 1 returning key`,
);

/** The library of scenarios, and their versions. */
@Injectable()
export class ScenariosStore {
  constructor(private readonly work: UnitOfWork) {}

  async byId(id: string): Promise<ScenarioRow | undefined> {
    return (await this.work.query<ScenarioRow>(byId, [this.work.space, id]))[0];
  }

  /** Newest first; one more row than the limit, where there is one. */
  list(limit: number, after: CursorKeys | null): Promise<ScenarioRow[]> {
    return this.work.query<ScenarioRow>(list, [this.work.space, after?.at ?? null, after?.id ?? null, limit + 1]);
  }

  async document(key: number, version: number): Promise<Scenario | undefined> {
    return (await this.work.query<{ document: Scenario }>(document, [this.work.space, key, version]))[0]?.document;
  }

  async insert(scenario: {
    id: string;
    originNode: string;
    ownerKey: number;
    authorKey: number;
    sharedWith: SharedWith;
    document: Scenario;
  }): Promise<void> {
    const { id, originNode, ownerKey, authorKey, sharedWith } = scenario;
    const { space, at } = this.work;
    const values = [space, id, originNode, ownerKey, authorKey, scenario.document.title, sharedWith, at];
    const [row] = await this.work.query<{ key: number }>(insert, values);
    this.work.write(insertVersion, [space, row?.key, 1, JSON.stringify(scenario.document), authorKey, at]);
  }

  /** @returns false where somebody else's is the next version. */
  async revise(scenario: {
    key: number;
    number: number;
    authorKey: number;
    sharedWith: SharedWith;
    document: Scenario;
  }): Promise<boolean> {
    const { key, number, authorKey, sharedWith, document: next } = scenario;
    const { space, at } = this.work;
    const done = await this.work.query(revise, [space, key, number, next.title, sharedWith, at]);
    if (done.length === 0) return false;
    this.work.write(insertVersion, [space, key, number, JSON.stringify(next), authorKey, at]);
    return true;
  }
}
