import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createExerciseFunctions, dropExerciseFunctions, entering, notEntering } from './exercise-functions.js';

const p = '(select ronda.reader_principals())::int[]';
const here = '(select ronda.space())';

const TABLES = [
  'scenario',
  'scenario_version',
  'exercise',
  'exercise_script',
  'exercise_team',
  'exercise_staff',
  'exercise_log',
  'exercise_inbox',
  'exercise_score',
  'exercise_event',
];

/** Accounts, organisations and groups are real life's in every space: an exercise reads them and changes none. */
const LIVE_ALONE = [
  'organisation',
  'designation',
  'sponsorship',
  'standing_decision',
  'user_account',
  'user_secret',
  'recovery_code',
  'credential',
  'spent_refresh_token',
  'contact',
  'constituency_network',
  'duty_assignment',
  'sharing_group',
  'group_epoch',
  'group_membership',
  'group_objection',
];

/**
 * Exercises. Each has a space of its own, and its number is the key of all that belongs to it. Who plays or conducts in one
 * holds principals there, nobody else any (`ronda.derive_principals()`), and sees there no organisation but those of the
 * exercise: so `community` is them, and a release reaches nobody else.
 */
export class Exercises1763700000021 implements MigrationInterface {
  name = 'Exercises1763700000021';

  async up(runner: QueryRunner): Promise<void> {
    await this.tables(runner);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    for (const table of TABLES.slice(2))
      await runner.query(`
        create policy ${table}_derive on ronda.${table} to ronda_deriver using (true);
        grant select, insert, update, delete on ronda.${table} to ronda_deriver;`);
    await runner.query(`
      -- What was written into the log stays, whoever writes it.
      revoke update, delete on ronda.exercise_log from ronda_deriver;
      create policy request_derive on ronda.request for select to ronda_deriver using (true);
      grant select on ronda.request to ronda_deriver;
    `);
    await runner.query(`
      -- The one key that did not hold the space: who wrote a comment is of the space that the comment is of.
      alter table ronda.incident_comment add constraint incident_comment_space_key_key unique (space, key);
      alter table ronda.comment_drawer drop constraint comment_drawer_comment_key_fkey,
        add constraint comment_drawer_space_comment_key_fkey foreign key (space, comment_key) references ronda.incident_comment (space, key);
    `);
    await runner.query(createExerciseFunctions);
    await runner.query(entering);
    await this.policies(runner);
    await this.liveAlone(runner);
  }

  private async tables(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The library. It is real life's: an exercise runs a copy.
      create table ronda.scenario (
        key bigint generated always as identity primary key,
        space int not null check (space = 0),
        id uuid not null,
        origin_node text not null,
        owner_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        title text not null,
        shared_with text not null check (shared_with in ('organisation', 'community')),
        head int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (space, id),
        unique (space, key)
      );
      create index scenario_listed on ronda.scenario (space, created_at desc, id desc);
      create table ronda.scenario_version (
        space int not null,
        scenario_key bigint not null,
        number int not null,
        document jsonb not null,
        author_key int not null references ronda.user_account (key),
        created_at timestamptz not null,
        primary key (space, scenario_key, number),
        foreign key (space, scenario_key) references ronda.scenario (space, key)
      );

      -- Its number is its space.
      create table ronda.exercise (
        space int generated always as identity (start with 1) primary key,
        id uuid not null unique,
        origin_node text not null,
        owner_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        title text not null,
        state text not null check (state in ('prepared', 'running', 'paused', 'ended')),
        scenario_id uuid not null,
        scenario_version int not null,
        created_at timestamptz not null,
        started_at timestamptz,
        ended_at timestamptz,
        -- How many entries its log has, and so the number of the last.
        log_size int not null default 0,
        -- Which node conducts, until when, and how often that changed.
        leader uuid,
        lease_until timestamptz,
        epoch int not null default 0,
        check ((state = 'ended') = (ended_at is not null))
      );
      create index exercise_listed on ronda.exercise (created_at desc, id desc);
      create index exercise_on on ronda.exercise (space) where state <> 'ended';
      -- What will happen: not the players' to see.
      create table ronda.exercise_script (
        space int primary key references ronda.exercise (space),
        document jsonb not null
      );
      create table ronda.exercise_team (
        space int not null references ronda.exercise (space),
        org_key int not null references ronda.organisation (key),
        role text not null,
        invited_by int not null references ronda.user_account (key),
        invited_at timestamptz not null,
        primary key (space, org_key, role)
      );
      create index exercise_team_of on ronda.exercise_team (org_key);
      create table ronda.exercise_staff (
        space int not null references ronda.exercise (space),
        user_key int not null references ronda.user_account (key),
        part text not null check (part in ('controller', 'evaluator')),
        named_by int not null references ronda.user_account (key),
        named_at timestamptz not null,
        primary key (space, user_key)
      );
      create index exercise_staff_of on ronda.exercise_staff (user_key);

      -- What happened, in the order in which it became known. Nothing of it is ever changed.
      create table ronda.exercise_log (
        space int not null references ronda.exercise (space),
        seq int not null,
        id uuid not null,
        at timestamptz not null,
        kind text not null,
        entry jsonb not null,
        -- Whose it is: the teams that did it, or that it went to. Everybody's, where it is about the clock.
        org_keys int[] not null,
        is_common boolean not null,
        actor_key int references ronda.user_account (key),
        primary key (space, seq),
        unique (space, id)
      );
      create index exercise_log_common on ronda.exercise_log (space, seq) where is_common;

      -- What reached a team. Positions are the team's own: they count nothing that went to others.
      create table ronda.exercise_inbox (
        space int not null,
        org_key int not null references ronda.organisation (key),
        position int not null,
        seq int not null,
        kind text not null check (kind in ('inject', 'message', 'no-duff')),
        inject text,
        content jsonb not null,
        delivered_at timestamptz not null,
        seen_at timestamptz,
        seen_by int references ronda.user_account (key),
        primary key (space, org_key, position),
        foreign key (space, seq) references ronda.exercise_log (space, seq),
        check ((kind = 'inject') = (inject is not null))
      );
      -- An inject reaches a team once.
      create unique index exercise_inbox_once on ronda.exercise_inbox (space, inject, org_key) where inject is not null;

      create table ronda.exercise_score (
        space int not null references ronda.exercise (space),
        org_key int not null references ronda.organisation (key),
        -- The log that it is the score of ends there.
        seq int not null,
        -- By role.
        score jsonb not null,
        primary key (space, org_key)
      );

      -- What was done in an exercise and is not in its log yet; the outbox is the ledger's to empty.
      create table ronda.exercise_event (
        space int not null references ronda.exercise (space),
        key bigint generated always as identity,
        id uuid not null,
        type text not null,
        occurred_at timestamptz not null,
        actor_key int,
        payload jsonb not null,
        primary key (space, key)
      );
    `);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const staff = `(select ronda.reader_part()) is not null`;
    const isMine = (table: string): string =>
      `exists (select from ronda.exercise e where e.space = ${table}.space and e.owner_key = any (${p}))`;
    await runner.query(`
      grant select, insert, update (title, shared_with, head, updated_at) on ronda.scenario to ronda_app;
      grant select, insert on ronda.scenario_version to ronda_app;
      create policy scenario_read on ronda.scenario for select to ronda_app
        using (space = ${here} and (owner_key = any (${p}) or shared_with = 'community' and 2 = any (${p})));
      create policy scenario_insert on ronda.scenario for insert to ronda_app
        with check (space = ${here} and owner_key = any (${p}) and author_key = any (${p}));
      create policy scenario_update on ronda.scenario for update to ronda_app using (space = ${here} and owner_key = any (${p}));
      create policy scenario_version_read on ronda.scenario_version for select to ronda_app using (space = ${here}
        and exists (select from ronda.scenario s where s.space = scenario_version.space and s.key = scenario_key));
      create policy scenario_version_insert on ronda.scenario_version for insert to ronda_app with check (space = ${here}
        and author_key = any (${p})
        and exists (select from ronda.scenario s where s.space = scenario_version.space and s.key = scenario_key and s.owner_key = any (${p})));

      grant select, insert (id, origin_node, owner_key, author_key, title, state, scenario_id, scenario_version, created_at)
        on ronda.exercise to ronda_app;
      -- From real life by whoever is in it, from inside it alone, and never from another.
      create policy exercise_read on ronda.exercise for select to ronda_app
        using (${here} in (0, space) and (owner_key = any (${p}) or space = any ((select ronda.reader_exercises())::int[])));
      create policy exercise_insert on ronda.exercise for insert to ronda_app
        with check (${here} = 0 and owner_key = any (${p}) and author_key = any (${p}) and state = 'prepared' and log_size = 0);

      grant select, insert on ronda.exercise_script, ronda.exercise_team, ronda.exercise_staff to ronda_app;
      create policy exercise_script_read on ronda.exercise_script for select to ronda_app using (space = ${here} and ${staff});
      create policy exercise_script_insert on ronda.exercise_script for insert to ronda_app
        with check (${here} = 0 and ${isMine('exercise_script')});
      create policy exercise_team_read on ronda.exercise_team for select to ronda_app using (${here} in (0, space)
        and exists (select from ronda.exercise e where e.space = exercise_team.space));
      create policy exercise_team_insert on ronda.exercise_team for insert to ronda_app
        with check (${here} = 0 and invited_by = any (${p}) and ${isMine('exercise_team')});
      create policy exercise_staff_read on ronda.exercise_staff for select to ronda_app using (${here} in (0, space)
        and exists (select from ronda.exercise e where e.space = exercise_staff.space));
      create policy exercise_staff_insert on ronda.exercise_staff for insert to ronda_app
        with check (${here} = 0 and named_by = any (${p}) and ${isMine('exercise_staff')});

      -- Written by functions that see to its numbers; who reads what of it is said here.
      grant select on ronda.exercise_log, ronda.exercise_inbox, ronda.exercise_score to ronda_app;
      create policy exercise_log_read on ronda.exercise_log for select to ronda_app using (space = ${here}
        and (${staff} or is_common and ${p} <> '{}' or org_keys && ${p}));
      create policy exercise_inbox_read on ronda.exercise_inbox for select to ronda_app using (space = ${here}
        and (${staff} or org_key = any (${p})));
      create policy exercise_inbox_see on ronda.exercise_inbox for update to ronda_app
        using (space = ${here} and org_key = any (${p}) and seen_at is null) with check (seen_by = any (${p}));
      grant update (seen_at, seen_by) on ronda.exercise_inbox to ronda_app;
      create policy exercise_score_read on ronda.exercise_score for select to ronda_app using (space = ${here}
        and (${staff} or org_key = any (${p})));
    `);
  }

  private async liveAlone(runner: QueryRunner): Promise<void> {
    for (const table of LIVE_ALONE)
      await runner.query(`
        create policy ${table}_live_insert on ronda.${table} as restrictive for insert to ronda_app with check (${here} = 0);
        create policy ${table}_live_update on ronda.${table} as restrictive for update to ronda_app using (${here} = 0);
        create policy ${table}_live_delete on ronda.${table} as restrictive for delete to ronda_app using (${here} = 0);`);
    await runner.query(`
      -- In an exercise nobody is there who is not in it.
      create policy organisation_of_space on ronda.organisation as restrictive for select to ronda_app
        using (${here} = 0 or key = any ((select ronda.space_organisations())::int[]));
      create policy user_account_of_space on ronda.user_account as restrictive for select to ronda_app
        using (${here} = 0 or org_key = any ((select ronda.space_organisations())::int[]));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop policy organisation_of_space on ronda.organisation;
      drop policy user_account_of_space on ronda.user_account;`);
    for (const table of LIVE_ALONE)
      for (const act of ['insert', 'update', 'delete'])
        await runner.query(`drop policy ${table}_live_${act} on ronda.${table}`);
    await runner.query(
      `drop policy request_derive on ronda.request; revoke select on ronda.request from ronda_deriver;`,
    );
    await runner.query(notEntering);
    await runner.query(dropExerciseFunctions.before);
    await runner.query(`
      drop table ${TABLES.toReversed()
        .map((table) => `ronda.${table}`)
        .join(', ')};`);
    await runner.query(dropExerciseFunctions.after);
    await runner.query(`
      alter table ronda.comment_drawer drop constraint comment_drawer_space_comment_key_fkey,
        add constraint comment_drawer_comment_key_fkey foreign key (comment_key) references ronda.incident_comment (key);
      alter table ronda.incident_comment drop constraint incident_comment_space_key_key;
    `);
  }
}
