import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createGuards, dropGuards } from './guards.js';

const PRINCIPALS_DEPEND_ON = [
  'credential',
  'user_account',
  'organisation',
  'sharing_group',
  'group_epoch',
  'group_membership',
];

/**
 * Sharing groups with epochs, the principals of a reader, releases, and since when a record has been readable to whom.
 * The twin in TypeScript is `src/policy/principals.ts`; test/property holds the two against each other.
 */
export class Sharing1763700000003 implements MigrationInterface {
  name = 'Sharing1763700000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.sharing_group (
        key int generated always as identity primary key,
        id uuid not null unique,
        origin_node text not null,
        name text not null,
        purpose text not null,
        founder_key int not null references ronda.organisation (key),
        epoch int not null,
        objection_hours int not null check (objection_hours >= 0),
        created_at timestamptz not null,
        dissolved_at timestamptz,
        version int not null default 1
      );
      -- A release goes to the group's newest epoch; each joining begins one.
      create table ronda.group_epoch (
        group_key int not null references ronda.sharing_group (key),
        epoch int not null,
        principal_key int not null unique references ronda.principal (key),
        began_at timestamptz not null,
        primary key (group_key, epoch)
      );
      create table ronda.group_membership (
        key int generated always as identity primary key,
        id uuid not null unique,
        group_key int not null references ronda.sharing_group (key),
        org_key int not null references ronda.organisation (key),
        state text not null check (state in ('proposed', 'member', 'left', 'declined', 'objected')),
        proposed_by int not null,
        proposed_at timestamptz not null,
        admit_after timestamptz not null,
        accepted_at timestamptz,
        joined_epoch int,
        joined_at timestamptz,
        ended_at timestamptz,
        check ((state = 'member') <= (joined_epoch is not null))
      );
      create unique index group_membership_current on ronda.group_membership (group_key, org_key) where state in ('proposed', 'member');
      create index group_membership_org on ronda.group_membership (org_key) where state = 'member';
      create table ronda.group_objection (
        membership_key int not null references ronda.group_membership (key),
        org_key int not null references ronda.organisation (key),
        reason text not null,
        entered_by int not null,
        entered_at timestamptz not null,
        primary key (membership_key, org_key)
      );
    `);

    await runner.query(`
      -- Every principal the reader holds at this instant. Nobody holds none.
      create function ronda.derive_principals() returns int[]
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare
        me record;
        held int[];
      begin
        me := reader_account();
        if me.user_key is null then return '{}'; end if;
        -- A one-time link opens the account it was made for and nothing of its organisation.
        if me.credential_kind = 'link' then return array[me.user_key]; end if;
        held := array[me.org_key, me.user_key];
        -- The suspended keep their own records.
        if me.standing = 'suspended' then return held; end if;
        held := held || 1;
        if me.standing <> 'active' then return held; end if;
        if me.is_secretariat then held := held || 4; end if;
        if me.kind in ('national-cert', 'regional-body') then
          if me.affiliation in ('member', 'regional') then held := held || 2; end if;
          held := held || 3;
        else
          held := held || array(
            select relayed.principal from organisation cert
              cross join lateral (values (5, cert.affiliation = 'member'), (6, true)) relayed (principal, reaches)
             where cert.key = me.parent_key and cert.standing = 'active' and cert.relay_green and relayed.reaches);
        end if;
        return held || array(
          select e.principal_key from group_membership m
            join sharing_group g on g.key = m.group_key and g.dissolved_at is null
            join group_epoch e on e.group_key = m.group_key and e.epoch >= m.joined_epoch
           where m.org_key = me.org_key and m.state = 'member');
      end $$;

      -- What the row policies ask: what ronda.enter() derived for this transaction, or anew where something that
      -- principals depend on was written since. A plain SQL function, so that the planner inlines it.
      create function ronda.reader_principals() returns int[] language sql stable
        as $$ select coalesce(nullif(current_setting('app.principals', true), '')::int[], ronda.derive_principals()) $$;

      -- Begins a unit of work for the holder of a credential (hex SHA-256), for an account a job acts for, or for nobody.
      -- All it sets ends with the transaction. Whoever took the account for what it was before names the versions of the
      -- rows that said so, and is refused where they are others now.
      create function ronda.enter(shown text, acting text, entered_space int, at timestamptz, is_reading boolean default false,
          expected_versions text default '') returns void language plpgsql volatile as $$
      begin
        if is_reading then perform set_config('transaction_read_only', 'on', true); end if;
        perform set_config('app.session', shown, true), set_config('app.acting_user', acting, true),
          set_config('app.space', entered_space::text, true), set_config('app.now', at::text, true);
        perform set_config('app.principals', ronda.derive_principals()::text, true);
        if expected_versions <> '' and current_setting('app.reader_versions') <> expected_versions then
          raise exception 'the account is not what it was' using errcode = 'RD001';
        end if;
      end $$;
      create function ronda.forget_principals() returns trigger language plpgsql as $$
      begin
        perform set_config('app.principals', '', true);
        return null;
      end $$;

      -- Groups the reader's organisation is in, or is proposed for. The suspended are in none.
      create function ronda.reader_groups() returns int[]
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare me record;
      begin
        select * into me from reader_account();
        if me.standing is distinct from 'active' or me.credential_kind = 'link' then return '{}'; end if;
        return array(select m.group_key from group_membership m where m.org_key = me.org_key and m.state in ('proposed', 'member'));
      end $$;

      -- Organisations in the reader's groups, or proposed for one: who shares with whom knows with whom.
      create function ronda.reader_fellows() returns int[]
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare groups int[] := reader_groups();
      begin
        return array(select distinct m.org_key from group_membership m where m.group_key = any (groups) and m.state in ('proposed', 'member'));
      end $$;

      create function ronda.reader_parent() returns int
        language sql stable security definer set search_path = ronda, pg_temp
        as $$ select parent_key from reader_account() $$;

      -- Whether an organisation has somebody of its own who administers it.
      create function ronda.has_administrator(org int) returns boolean
        language sql stable security definer set search_path = ronda, pg_temp
        as $$ select exists (select from user_account u where u.org_key = org and u.status = 'active' and 'admin' = any (u.roles)) $$;

      -- What the access guard needs to know of a credential, in one round trip and before any transaction.
      create function ronda.authenticate(shown bytea, at timestamptz) returns table (
          credential_key int, credential_id uuid, credential_kind text, purpose text, scopes text[], is_limited boolean,
          last_used_at timestamptz, user_key int, user_id uuid, display_name text, roles text[],
          org_key int, org_id uuid, org_name text, org_country text, org_kind text, affiliation text, standing text, is_secretariat boolean,
          versions text)
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare requires_second_factor boolean;
      begin
        select c.key, c.id, c.kind, c.purpose, c.scopes, c.is_limited, c.last_used_at, u.key, u.id, u.display_name, u.roles,
               o.key, o.id, o.name, o.country, o.kind, o.affiliation, o.standing, o.is_secretariat, o.totp_required,
               row_versions(c.xmin, u.xmin, o.xmin)
          into credential_key, credential_id, credential_kind, purpose, scopes, is_limited, last_used_at,
               user_key, user_id, display_name, roles,
               org_key, org_id, org_name, org_country, org_kind, affiliation, standing, is_secretariat, requires_second_factor, versions
          from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
         where c.token_hash = shown and c.revoked_at is null and c.expires_at > at
           and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited');
        if not found then return; end if;
        if credential_kind = 'session' and requires_second_factor then
          -- Whether there is one is said by a row that the versions do not name.
          versions := null;
          -- An organisation that begins to require it limits the sessions it finds at once.
          is_limited := is_limited or not exists (
            select from user_secret s where s.user_key = authenticate.user_key and s.totp_confirmed_at is not null);
        end if;
        return next;
      end $$;

      -- When API keys were last used, gathered by the service: for keys alone, never back in time, and not after their end.
      create function ronda.note_use(keys int[], used timestamptz[]) returns void
        language sql volatile security definer set search_path = ronda, pg_temp as $$
        update credential c set last_used_at = greatest(c.last_used_at, n.at)
          from unnest(keys, used) n (key, at) where c.key = n.key and c.kind = 'api-key' and c.revoked_at is null
      $$;

      -- The first organisation, which runs the region, and its first administrator, who gets in by a one-time link. Works
      -- while there is none; everybody else is registered and invited by somebody.
      create function ronda.found_region(organisation_id uuid, node text, organisation_name text, zone text, spoken text[],
          user_id uuid, address text, display text, link_id uuid, link_hash bytea, link_expires_at timestamptz, at timestamptz)
          returns boolean
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      declare founder int; first_admin int;
      begin
        perform pg_advisory_xact_lock(hashtextextended('ronda.found_region', 0));
        if exists (select from organisation) then return false; end if;
        insert into principal (kind) values ('organisation') returning principal.key into founder;
        insert into principal (kind) values ('user') returning principal.key into first_admin;
        insert into organisation (key, id, origin_node, name, kind, affiliation, standing, is_secretariat, time_zone, languages, created_at)
          values (founder, organisation_id, node, organisation_name, 'regional-body', 'regional', 'active', true, zone, spoken, at);
        insert into user_account (key, id, org_key, email, display_name, roles, status, created_at)
          values (first_admin, user_id, founder, lower(address), display, array['admin'], 'invited', at);
        insert into credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at)
          values (link_id, 'link', 'invitation', first_admin, founder, link_hash, at, link_expires_at);
        return true;
      end $$;

      -- What sign-in needs, for a caller that is nobody yet: every account of the address, the oldest first.
      create function ronda.account_for_sign_in(address text) returns table (
          user_key int, org_key int, status text, standing text, password_hash text,
          totp_sealed bytea, totp_confirmed_at timestamptz, totp_last_step bigint, totp_required boolean)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select u.key, o.key, u.status, o.standing, s.password_hash, s.totp_sealed, s.totp_confirmed_at, s.totp_last_step, o.totp_required
          from user_account u join organisation o on o.key = u.org_key left join user_secret s on s.user_key = u.key
         where u.email = address order by u.created_at, u.key
      $$;
      -- The session of a refresh token; is_spent where the token was exchanged before.
      create function ronda.session_for_refresh(shown bytea, at timestamptz)
        returns table (credential_key int, user_key int, is_spent boolean)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select c.key, c.user_key, c.refresh_hash is distinct from shown
          from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
         where c.key in (select key from credential where refresh_hash = shown
               union all select credential_key from spent_refresh_token where token_hash = shown)
           and c.revoked_at is null and c.refresh_expires_at > at and u.status = 'active' and o.standing <> 'retired'
      $$;
    `);
    await runner.query(`
      grant select on ronda.sharing_group, ronda.group_epoch, ronda.group_membership to ronda_deriver;
      grant update (last_used_at) on ronda.credential to ronda_deriver;
      grant insert on ronda.principal, ronda.organisation, ronda.user_account, ronda.credential to ronda_deriver;
      create policy organisation_found on ronda.organisation for insert to ronda_deriver with check (not exists (select from ronda.organisation));
      create policy user_account_found on ronda.user_account for insert to ronda_deriver with check (not exists (select from ronda.user_account));
      create policy credential_found on ronda.credential for insert to ronda_deriver with check (not exists (select from ronda.credential));
      create policy credential_note_use on ronda.credential for update to ronda_deriver using (true);
      do $$
      declare routine text;
      begin
        foreach routine in array array['derive_principals()', 'reader_groups()', 'reader_fellows()', 'reader_parent()', 'authenticate(bytea, timestamptz)',
            'account_for_sign_in(text)', 'session_for_refresh(bytea, timestamptz)', 'reader_account()',
            'note_use(int[], timestamptz[])', 'has_administrator(int)',
            'found_region(uuid, text, text, text, text[], uuid, text, text, uuid, bytea, timestamptz, timestamptz)'] loop
          execute 'grant create on schema ronda to ronda_deriver';
          execute format('alter function ronda.%s owner to ronda_deriver', routine);
          execute 'revoke create on schema ronda from ronda_deriver';
          execute format('revoke all on function ronda.%s from public', routine);
          execute format('grant execute on function ronda.%s to ronda_app', routine);
        end loop;
      end $$;
    `);

    await runner.query(`
      create table ronda.release (
        key bigint generated always as identity primary key,
        id uuid not null,
        space int not null,
        record_kind text not null check (record_kind in ('incident')),
        record_key bigint not null,
        revision int not null,
        tlp text not null check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        pap text not null check (pap in ('PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED')),
        audience jsonb not null,
        principals int[] not null,
        owner_readers int[] not null,
        -- The same content to fewer: taking away needs no second person.
        is_narrowing boolean not null,
        status text not null check (status in ('pending', 'held', 'released', 'superseded', 'cancelled')),
        requested_by int not null,
        requested_at timestamptz not null,
        confirmed_by int,
        released_at timestamptz,
        hold_until timestamptz,
        ended_by int,
        ended_at timestamptz,
        unique (space, id),
        -- The ceiling, a second time: what a marking forbids is not stored. 1 public, 2 community, 3 partners, 5 and 6 their
        -- relays; 4, the secretariat, is a role and no audience names it. That RED names users alone: ronda.release_ceiling.
        check (case tlp
          when 'TLP:CLEAR' then not principals && array[4]
          when 'TLP:GREEN' then not principals && array[1, 4]
          else not principals && array[1, 2, 3, 4, 5, 6] end),
        check ((status in ('released', 'superseded')) = (released_at is not null)),
        -- GREEN and CLEAR have a second person, or waited out a hold.
        check (status not in ('released', 'superseded') or tlp not in ('TLP:CLEAR', 'TLP:GREEN') or is_narrowing or principals = '{}'
          or coalesce(confirmed_by <> requested_by, false) or coalesce(hold_until <= released_at, false))
      );
      create unique index release_open on ronda.release (space, record_kind, record_key) where status in ('pending', 'held');
      create unique index release_current on ronda.release (space, record_kind, record_key) where status = 'released';
      create index release_record on ronda.release (space, record_kind, record_key, key desc);
      create index release_due on ronda.release (hold_until) where status = 'held';

      -- Since when a record has been readable to a principal: what a reader's newest-first list merges.
      create table ronda.readable_since (
        space int not null,
        record_kind text not null,
        principal_key int not null,
        record_key bigint not null,
        -- The tie-breaker of cursors: the key may not leave, the id may.
        record_id uuid not null,
        since timestamptz not null,
        -- By record first: a record's readers are replaced together, and a list asks of each row for earlier ones.
        primary key (space, record_kind, record_key, principal_key) include (since, record_id)
      );
      create index readable_since_newest on ronda.readable_since (space, record_kind, principal_key, since desc, record_id desc) include (record_key);
    `);
    for (const table of [
      'sharing_group',
      'group_epoch',
      'group_membership',
      'group_objection',
      'release',
      'readable_since',
    ])
      await runner.query(`alter table ronda.${table} enable row level security, force row level security`);
    for (const table of PRINCIPALS_DEPEND_ON)
      await runner.query(`create trigger ${table}_principals after insert or update or delete on ronda.${table}
        for each statement execute function ronda.forget_principals()`);
    for (const table of ['sharing_group', 'group_epoch', 'group_membership'])
      await runner.query(`create policy ${table}_derive on ronda.${table} for select to ronda_deriver using (true)`);
    await runner.query(createGuards);
    await this.identityPolicies(runner);
    await this.sharingPolicies(runner);
  }

  private async identityPolicies(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    // Whoever may set up an organisation's first accounts: itself, the CERT it belongs to, the secretariat.
    const mayStaff = (org: string): string => `(${org} = any (${p}) or 4 = any (${p})
      or exists (select from ronda.organisation o where o.key = ${org} and o.parent_key = any (${p})))`;
    // Once it has an administrator, nobody else gets into its accounts.
    const maySetUp = (org: string): string =>
      `(${org} = any (${p}) or (${mayStaff(org)} and not ronda.has_administrator(${org})))`;
    const principalOf = (key: string, kind: string): string =>
      `exists (select from ronda.principal named where named.key = ${key} and named.kind = '${kind}')`;
    // Contacts and duty lists are known to the CERTs and to an organisation's own constituents, where the organisation is.
    const directory = `(org_key = any (${p}) or ((${p} && array[2, 3, 4] or org_key = (select ronda.reader_parent()))
      and exists (select from ronda.organisation o where o.key = org_key)))`;
    await runner.query(`
      -- A principal's number is the database's to choose: a chosen one could be somebody else's.
      revoke insert on ronda.principal from ronda_app;
      grant insert (kind) on ronda.principal to ronda_app;
      -- What is not named here does not change: an account moved to another organisation would read with its eyes.
      grant select, insert, update (name, standing, is_secretariat, secretariat_until, totp_required, relay_green, time_zone, languages, version)
        on ronda.organisation to ronda_app;
      grant select, insert, update (display_name, roles, status, version) on ronda.user_account to ronda_app;
      grant select, insert, update on ronda.user_secret to ronda_app;
      grant select, insert, update (token_hash, refresh_hash, expires_at, refresh_expires_at, is_limited, revoked_at) on ronda.credential to ronda_app;
      grant select, insert, update (second_org_key, second_user_key, second_at, withdrawn_at) on ronda.standing_decision to ronda_app;
      grant select, insert on ronda.designation, ronda.sponsorship to ronda_app;
      grant select, insert, update, delete on ronda.recovery_code, ronda.contact, ronda.constituency_network,
        ronda.duty_assignment, ronda.sign_in_attempt, ronda.idempotency_key to ronda_app;
      grant select, insert on ronda.spent_refresh_token to ronda_app;

      -- The names of the region's CERTs and bodies are no secret to those who sign in; an applicant shows itself to its possible sponsors.
      create policy organisation_read on ronda.organisation for select to ronda_app using (
        key = any (${p}) or parent_key = any (${p}) or 4 = any (${p})
        or (kind in ('national-cert', 'regional-body') and standing in ('active', 'suspended') and 1 = any (${p}))
        or (key = (select ronda.reader_parent()))
        or (standing in ('applicant', 'sponsored') and 2 = any (${p}))
        or key = any ((select ronda.reader_fellows())::int[]));
      create policy organisation_insert on ronda.organisation for insert to ronda_app with check (
        (4 = any (${p}) or parent_key = any (${p})) and not is_secretariat and ${principalOf('organisation.key', 'organisation')});
      -- Which of them may change what: ronda.guard_organisation.
      create policy organisation_update on ronda.organisation for update to ronda_app
        using (key = any (${p}) or parent_key = any (${p}) or ${p} && array[2, 4]) with check (true);

      create policy designation_read on ronda.designation for select to ronda_app using (org_key = any (${p}) or ${p} && array[2, 4]);
      create policy designation_insert on ronda.designation for insert to ronda_app with check (4 = any (${p}) and entered_by = any (${p}));
      create policy sponsorship_read on ronda.sponsorship for select to ronda_app using (org_key = any (${p}) or ${p} && array[2, 4]);
      create policy sponsorship_insert on ronda.sponsorship for insert to ronda_app with check (
        sponsor_key = any (${p}) and entered_by = any (${p}) and 2 = any (${p}));
      -- Two organisations, each by itself: one enters a decision, another confirms it, or the first withdraws it.
      create policy standing_decision_read on ronda.standing_decision for select to ronda_app
        using (org_key = any (${p}) or ${p} && array[2, 4]);
      create policy standing_decision_enter on ronda.standing_decision for insert to ronda_app with check (
        ${p} && array[2, 4] and first_org_key = any (${p}) and first_user_key = any (${p})
        and second_org_key is null and second_user_key is null and second_at is null and withdrawn_at is null);
      create policy standing_decision_end on ronda.standing_decision for update to ronda_app
        using (${p} && array[2, 4] and second_org_key is null and withdrawn_at is null)
        with check (case when withdrawn_at is null then second_org_key = any (${p}) and second_user_key = any (${p})
          else second_org_key is null and first_org_key = any (${p}) end);

      create policy user_account_read on ronda.user_account for select to ronda_app using (
        org_key = any (${p}) or key = any (${p}) or ${mayStaff('org_key')}
        or (status = 'active' and ${p} && array[2, 3] and exists (select from ronda.organisation o
            where o.key = org_key and o.kind in ('national-cert', 'regional-body') and o.standing = 'active')));
      create policy user_account_insert on ronda.user_account for insert to ronda_app
        with check (${mayStaff('org_key')} and ${principalOf('user_account.key', 'user')});
      create policy user_account_update on ronda.user_account for update to ronda_app using (key = any (${p}) or ${maySetUp('org_key')});
      create policy user_secret_all on ronda.user_secret to ronda_app using (user_key = any (${p}));
      create policy recovery_code_all on ronda.recovery_code to ronda_app using (user_key = any (${p}));
      create policy credential_read on ronda.credential for select to ronda_app using (user_key = any (${p}) or org_key = any (${p}) or ${mayStaff('org_key')});
      create policy credential_insert on ronda.credential for insert to ronda_app
        with check ((user_key = any (${p}) or (kind = 'link' and ${maySetUp('org_key')}))
          and exists (select from ronda.user_account u where u.key = credential.user_key and u.org_key = credential.org_key));
      create policy credential_update on ronda.credential for update to ronda_app
        using (user_key = any (${p}) or ${maySetUp('org_key')});

      create policy spent_refresh_token_all on ronda.spent_refresh_token to ronda_app
        using (exists (select from ronda.credential c where c.key = credential_key and c.user_key = any (${p})));

      create policy contact_read on ronda.contact for select to ronda_app using ${directory};
      create policy contact_write on ronda.contact to ronda_app using (org_key = any (${p}));
      create policy constituency_network_read on ronda.constituency_network for select to ronda_app using ${directory};
      create policy constituency_network_write on ronda.constituency_network to ronda_app using (org_key = any (${p}));
      create policy duty_assignment_read on ronda.duty_assignment for select to ronda_app using ${directory};
      create policy duty_assignment_write on ronda.duty_assignment to ronda_app using (org_key = any (${p}));
      create policy idempotency_key_all on ronda.idempotency_key to ronda_app
        using (user_key = any (${p}) and space = (select ronda.space()));
    `);
  }

  private async sharingPolicies(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    const mine = '(select ronda.reader_groups())::int[]';
    await runner.query(`
      grant select, insert, update (name, purpose, founder_key, epoch, dissolved_at, version) on ronda.sharing_group to ronda_app;
      grant select, insert, update (state, accepted_at, joined_epoch, joined_at, ended_at) on ronda.group_membership to ronda_app;
      grant select, insert, update (status, confirmed_by, released_at, ended_by, ended_at, owner_readers) on ronda.release to ronda_app;
      grant select, insert on ronda.group_epoch, ronda.group_objection, ronda.readable_since to ronda_app;

      create policy sharing_group_read on ronda.sharing_group for select to ronda_app using (key = any (${mine}) or founder_key = any (${p}));
      create policy sharing_group_insert on ronda.sharing_group for insert to ronda_app with check (founder_key = any (${p}));
      create policy sharing_group_update on ronda.sharing_group for update to ronda_app using (key = any (${mine}));
      create policy group_epoch_read on ronda.group_epoch for select to ronda_app using (group_key = any (${mine}));
      -- The first epoch by the founder, the next ones by members; never one that is another's principal.
      create policy group_epoch_insert on ronda.group_epoch for insert to ronda_app with check (
        exists (select from ronda.principal named where named.key = principal_key and named.kind = 'group-epoch')
        and exists (select from ronda.sharing_group g where g.key = group_key
          and (group_epoch.epoch = 1 and g.epoch = 1 and g.founder_key = any (${p})
            or group_epoch.epoch = g.epoch + 1 and exists (select from ronda.group_membership m
              where m.group_key = g.key and m.org_key = any (${p}) and m.state = 'member'))));
      create policy group_membership_read on ronda.group_membership for select to ronda_app using (
        org_key = any (${p}) or group_key = any (${mine}));
      create policy group_membership_insert on ronda.group_membership for insert to ronda_app
        with check (exists (select from ronda.sharing_group g where g.key = group_key));
      create policy group_membership_update on ronda.group_membership for update to ronda_app
        using (org_key = any (${p}) or group_key = any (${mine}));
      create policy group_objection_read on ronda.group_objection for select to ronda_app
        using (exists (select from ronda.group_membership m where m.key = membership_key));
      create policy group_objection_insert on ronda.group_objection for insert to ronda_app
        with check (org_key = any (${p}) and entered_by = any (${p}) and exists (select from ronda.group_membership m
          join ronda.group_membership own on own.group_key = m.group_key and own.org_key = any (${p}) and own.state = 'member'
          where m.key = membership_key));

      -- A reader never sees audience or release rows: they are the owner's.
      create policy release_owner on ronda.release for select to ronda_app
        using (space = (select ronda.space()) and owner_readers && ${p});
      create policy release_insert on ronda.release for insert to ronda_app with check (
        space = (select ronda.space()) and owner_readers = ronda.owners_of(record_kind, record_key) and requested_by = any (${p})
        and confirmed_by is null and (status <> 'released' or hold_until is null));
      create policy release_update on ronda.release for update to ronda_app
        using (space = (select ronda.space()) and owner_readers && ${p});
      create policy readable_since_read on ronda.readable_since for select to ronda_app
        using (space = (select ronda.space()) and principal_key = any (${p}));
      create policy readable_since_insert on ronda.readable_since for insert to ronda_app
        with check (space = (select ronda.space()) and principal_key = any (ronda.owners_of(record_kind, record_key)));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'organisation_read|organisation',
      'organisation_insert|organisation',
      'organisation_update|organisation',
      'designation_read|designation',
      'designation_insert|designation',
      'sponsorship_read|sponsorship',
      'sponsorship_insert|sponsorship',
      'standing_decision_read|standing_decision',
      'standing_decision_enter|standing_decision',
      'standing_decision_end|standing_decision',
      'user_account_read|user_account',
      'user_account_insert|user_account',
      'user_account_update|user_account',
      'user_secret_all|user_secret',
      'recovery_code_all|recovery_code',
      'credential_read|credential',
      'credential_insert|credential',
      'credential_update|credential',
      'organisation_found|organisation',
      'user_account_found|user_account',
      'credential_found|credential',
      'credential_note_use|credential',
      'spent_refresh_token_all|spent_refresh_token',
      'contact_read|contact',
      'contact_write|contact',
      'constituency_network_read|constituency_network',
      'constituency_network_write|constituency_network',
      'duty_assignment_read|duty_assignment',
      'duty_assignment_write|duty_assignment',
      'idempotency_key_all|idempotency_key',
    ]) {
      const [policy, on] = table.split('|');
      await runner.query(`drop policy ${policy} on ronda.${on}`);
    }
    for (const table of PRINCIPALS_DEPEND_ON) await runner.query(`drop trigger ${table}_principals on ronda.${table}`);
    await runner.query(dropGuards);
    await runner.query(`
      drop table ronda.readable_since, ronda.release, ronda.group_objection, ronda.group_membership, ronda.group_epoch, ronda.sharing_group;
      drop function ronda.found_region(uuid, text, text, text, text[], uuid, text, text, uuid, bytea, timestamptz, timestamptz),
          ronda.note_use(int[], timestamptz[]), ronda.session_for_refresh(bytea, timestamptz), ronda.account_for_sign_in(text),
        ronda.owners_of(text, bigint), ronda.has_administrator(int), ronda.authenticate(bytea, timestamptz), ronda.reader_parent(), ronda.reader_fellows(), ronda.reader_groups(), ronda.forget_principals(),
        ronda.enter(text, text, int, timestamptz, boolean, text), ronda.reader_principals(), ronda.derive_principals();
      revoke insert (kind) on ronda.principal from ronda_app;
      grant insert on ronda.principal to ronda_app;
    `);
  }
}
