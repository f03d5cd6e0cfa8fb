import { Injectable } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { Scenario } from './core/index.js';

export type ExerciseState = 'prepared' | 'running' | 'paused' | 'ended';
/** Who sees all of an exercise. */
export const PARTS = ['controller', 'evaluator'] as const;
export type Part = (typeof PARTS)[number];
/** Who is in an exercise beside its players. A local controller is a player, who sees what is coming to its own team. */
export const STAFF = [...PARTS, 'local-controller'] as const;
export type StaffPart = (typeof STAFF)[number];

export interface ExerciseRow {
  space: number;
  id: string;
  origin_node: string;
  title: string;
  state: ExerciseState;
  owner_id: string | null;
  owner_name: string | null;
  scenario_id: string;
  scenario_version: number;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  /** Of which run it is a replay; null for a run of this node. */
  replay_of: string | null;
  /** To which webhooks may leave it. */
  addresses: string[];
  is_owner: boolean;
  /** What the caller is there, beside a player. */
  part: Part | null;
  is_local_controller: boolean;
  is_player: boolean;
  teams: { id: string; name: string; roles: string[] }[];
}

/** An organisation that plays, and what its team needs to be known by. */
export interface InvitedTeam {
  organisationKey: number;
  roles: readonly string[];
}

const columns = (user: string, org: string): string => `
  e.space, e.id, e.origin_node, e.title, e.state, o.id as owner_id, o.name as owner_name, e.scenario_id, e.scenario_version,
  e.created_at, e.started_at, e.ended_at, e.replay_of, e.addresses, e.owner_key = ${org} as is_owner,
  (select s.part from ronda.exercise_staff s where s.space = e.space and s.user_key = ${user} and s.part <> 'local-controller') as part,
  exists (select from ronda.exercise_staff s where s.space = e.space and s.user_key = ${user} and s.part = 'local-controller')
    as is_local_controller,
  exists (select from ronda.exercise_team t where t.space = e.space and t.org_key = ${org}) as is_player,
  (select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name, 'roles', n.roles) order by lower(n.name), n.id), '[]')
     from (select p.id, p.name, jsonb_agg(t.role order by t.role) as roles from ronda.exercise_team t
       join ronda.organisation p on p.key = t.org_key where t.space = e.space group by p.id, p.name) n) as teams
  from ronda.exercise e left join ronda.organisation o on o.key = e.owner_key`;

const byId = statement('exercise-find', `select ${columns('$2', '$3')} where e.id = $1`);
const list = statement(
  'exercise-list',
  `select ${columns('$1', '$2')} where $3::timestamptz is null or (e.created_at, e.id) < ($3, $4::uuid)
    order by e.created_at desc, e.id desc limit $5`,
);
const insert = statement(
  'exercise-insert',
  `insert into ronda.exercise (space, id, origin_node, owner_key, author_key, title, state, scenario_id, scenario_version, created_at,
      addresses)
   values ($1, $2, $3, $4, $5, $6, 'prepared', $7, $8, $9, $10) on conflict (space) do nothing returning space`,
);
const listAddresses = statement('exercise-list-addresses', 'update ronda.exercise set addresses = $2 where space = $1');
const insertScript = statement(
  'exercise-script-insert',
  'insert into ronda.exercise_script (space, document) values ($1, $2)',
);
const insertTeams = statement(
  'exercise-teams-insert',
  `insert into ronda.exercise_team (space, org_key, role, invited_by, invited_at)
   select $1, t.org_key, t.role, $3, $4 from jsonb_to_recordset($2::jsonb) as t (org_key int, role text)`,
);
const insertStaff = statement(
  'exercise-staff-insert',
  `insert into ronda.exercise_staff (space, user_key, part, named_by, named_at)
   select $1, s.user_key, s.part, $3, $4 from jsonb_to_recordset($2::jsonb) as s (user_key int, part text)`,
);
const lockReplay = statement('exercise-replay-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))');
const replayed = statement(
  'exercise-replayed',
  `select id from ronda.exercise where owner_key = $1 and author_key = $2 and replay_digest = decode($3, 'hex')`,
);
const script = statement('exercise-script', 'select document from ronda.exercise_script where space = $1');
const teamKeys = statement(
  'exercise-team-keys',
  `select distinct o.id, o.key from ronda.exercise_team t join ronda.organisation o on o.key = t.org_key where t.space = $1`,
);

/** Exercises, whose they are and who is in them. */
@Injectable()
export class ExercisesStore {
  constructor(
    private readonly work: UnitOfWork,
    private readonly chance: Chance,
  ) {}

  async byId(id: string, caller: { userKey: number; organisationKey: number }): Promise<ExerciseRow | undefined> {
    return (await this.work.query<ExerciseRow>(byId, [id, caller.userKey, caller.organisationKey]))[0];
  }

  /** Newest first; one more row than the limit, where there is one. */
  list(
    caller: { userKey: number; organisationKey: number },
    limit: number,
    after: CursorKeys | null,
  ): Promise<ExerciseRow[]> {
    const values = [caller.userKey, caller.organisationKey, after?.at ?? null, after?.id ?? null, limit + 1];
    return this.work.query<ExerciseRow>(list, values);
  }

  /** @returns its space. */
  async insert(exercise: {
    id: string;
    originNode: string;
    ownerKey: number;
    authorKey: number;
    title: string;
    scenarioId: string;
    scenarioVersion: number;
    document: Scenario;
    addresses: readonly string[];
  }): Promise<number> {
    const { id, originNode, ownerKey, authorKey, title, scenarioId, scenarioVersion, addresses } = exercise;
    const values = [id, originNode, ownerKey, authorKey, title, scenarioId, scenarioVersion, this.work.at, addresses];
    // One that is taken, by an exercise that the caller may know nothing of, is drawn again.
    let row: { space: number } | undefined;
    while (!row) [row] = await this.work.query<{ space: number }>(insert, [this.drawSpace(), ...values]);
    this.work.write(insertScript, [row.space, JSON.stringify(exercise.document)]);
    return row.space;
  }

  /** By lot, from 1 to 2^30: in turn, it would tell whoever is in an exercise how many there were before. */
  private drawSpace(): number {
    return (this.chance.bytes(4).readUInt32BE() >>> 2) + 1;
  }

  /** To which webhooks may leave the exercise from now on. */
  listAddresses(space: number, addresses: readonly string[]): void {
    this.work.write(listAddresses, [space, addresses]);
  }

  addTeams(space: number, teams: readonly InvitedTeam[], by: number): void {
    const rows = teams.flatMap(({ organisationKey, roles }) =>
      roles.map((role) => ({ org_key: organisationKey, role })),
    );
    this.work.write(insertTeams, [space, JSON.stringify(rows), by, this.work.at]);
  }

  addStaff(space: number, staff: readonly { userKey: number; part: StaffPart }[], by: number): void {
    const rows = staff.map(({ userKey, part }) => ({ user_key: userKey, part }));
    this.work.write(insertStaff, [space, JSON.stringify(rows), by, this.work.at]);
  }

  /** Id of the replay that the caller made of a file; whoever sends the same meanwhile waits its turn. */
  async replayed(caller: { userKey: number; organisationKey: number }, digest: string): Promise<string | undefined> {
    // The look-up runs behind the lock, in a snapshot of its own, so it sees what the lock's last holder committed.
    const [, [row]] = await Promise.all([
      this.work.query(lockReplay, [`replay ${caller.userKey} ${digest}`]),
      this.work.query<{ id: string }>(replayed, [caller.organisationKey, caller.userKey, digest]),
    ]);
    return row?.id;
  }

  /** What is played in this space; undefined for whoever plays it and is not its team's local controller. */
  async script(): Promise<Scenario | undefined> {
    return (await this.work.query<{ document: Scenario }>(script, [this.work.space]))[0]?.document;
  }

  /** Keys of the teams of this space, by the ids of their organisations. */
  async teamKeys(): Promise<Map<string, number>> {
    const rows = await this.work.query<{ id: string; key: number }>(teamKeys, [this.work.space]);
    return new Map(rows.map(({ id, key }) => [id, key]));
  }
}
