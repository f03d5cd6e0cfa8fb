import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Organisations, accounts, credentials, contacts; and the derivation of a reader's principals from its credential.
 * An organisation's and a user's key is its principal's key, so `owner_key = any(principals)` is ownership.
 */
export class Identity1763700000002 implements MigrationInterface {
  name = 'Identity1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.organisation (
        key int primary key references ronda.principal (key),
        id uuid not null unique,
        origin_node text not null,
        name text not null,
        kind text not null check (kind in ('national-cert', 'sectoral-cert', 'government', 'regional-body', 'constituent')),
        affiliation text not null check (affiliation in ('member', 'dialogue-partner', 'regional')),
        country text,
        parent_key int references ronda.organisation (key),
        standing text not null check (standing in ('applicant', 'sponsored', 'active', 'suspended', 'retired')),
        is_secretariat boolean not null default false,
        secretariat_until date,
        totp_required boolean not null default true,
        relay_green boolean not null default false,
        time_zone text not null default 'UTC',
        languages text[] not null default '{}',
        created_at timestamptz not null,
        version int not null default 1,
        -- Who belongs to a national CERT names it; nobody else does.
        check ((parent_key is not null) = (kind in ('sectoral-cert', 'government', 'constituent')))
      );
      create index organisation_parent on ronda.organisation (parent_key) where parent_key is not null;
      -- At most one national CERT of a country, and one secretariat, at a time.
      create unique index organisation_national_cert on ronda.organisation (country) where kind = 'national-cert' and standing <> 'retired';
      create unique index organisation_secretariat on ronda.organisation ((true)) where is_secretariat;

      create table ronda.designation (
        key int generated always as identity primary key,
        org_key int not null references ronda.organisation (key),
        designated_by text not null,
        designated_on date not null,
        document text not null,
        entered_by int not null,
        entered_at timestamptz not null
      );
      create table ronda.sponsorship (
        org_key int not null references ronda.organisation (key),
        sponsor_key int not null references ronda.organisation (key),
        statement text not null,
        entered_by int not null,
        entered_at timestamptz not null,
        primary key (org_key, sponsor_key)
      );
      -- A decision of the members to suspend or reinstate; it takes effect when a second organisation enters it.
      create table ronda.standing_decision (
        key int generated always as identity primary key,
        id uuid not null unique,
        org_key int not null references ronda.organisation (key),
        decision text not null check (decision in ('suspend', 'reinstate')),
        reason text not null,
        decided_on date not null,
        document text not null,
        first_org_key int not null references ronda.organisation (key),
        first_user_key int not null,
        first_at timestamptz not null,
        second_org_key int references ronda.organisation (key),
        second_user_key int,
        second_at timestamptz,
        withdrawn_at timestamptz,
        check (second_org_key <> first_org_key),
        check (org_key <> first_org_key and org_key <> second_org_key)
      );
      create unique index standing_decision_open on ronda.standing_decision (org_key)
        where second_org_key is null and withdrawn_at is null;

      create table ronda.user_account (
        key int primary key references ronda.principal (key),
        id uuid not null unique,
        org_key int not null references ronda.organisation (key),
        email text not null check (email = lower(email)),
        display_name text not null,
        roles text[] not null check (roles <@ array['analyst', 'coordinator', 'organiser', 'admin']),
        status text not null check (status in ('invited', 'active', 'disabled')),
        created_at timestamptz not null,
        version int not null default 1
      );
      -- Unique within its organisation only: a refusal because of an account elsewhere would tell of that account. Sign-in
      -- tries the password on every account of the address.
      create unique index user_account_email on ronda.user_account (org_key, email);
      create index user_account_sign_in on ronda.user_account (email);
      create index user_account_org on ronda.user_account (org_key);

      create table ronda.user_secret (
        user_key int primary key references ronda.user_account (key),
        password_hash text,
        totp_sealed bytea,
        totp_confirmed_at timestamptz,
        totp_last_step bigint
      );
      create table ronda.recovery_code (
        user_key int not null references ronda.user_account (key),
        code_hash bytea not null,
        used_at timestamptz,
        primary key (user_key, code_hash)
      );

      -- Whatever a request can show to say who it is: a session, an API key, or a one-time link.
      create table ronda.credential (
        key int generated always as identity primary key,
        id uuid not null unique,
        kind text not null check (kind in ('session', 'api-key', 'link')),
        purpose text check (purpose in ('invitation', 'password-reset')),
        user_key int not null references ronda.user_account (key),
        org_key int not null references ronda.organisation (key),
        token_hash bytea not null unique,
        refresh_hash bytea unique,
        refresh_expires_at timestamptz,
        name text,
        scopes text[],
        -- A session of an account that must still enrol a second factor can do that and nothing else.
        is_limited boolean not null default false,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        revoked_at timestamptz,
        last_used_at timestamptz,
        -- Whether this reset also takes away a lost second factor.
        clears_second_factor boolean not null default false,
        check ((kind = 'link') = (purpose is not null))
      );
      create index credential_user on ronda.credential (user_key);
      -- Refresh tokens that were exchanged already: whoever shows one again ends the session.
      create table ronda.spent_refresh_token (
        token_hash bytea primary key,
        credential_key int not null references ronda.credential (key) on delete cascade,
        spent_at timestamptz not null
      );
      create index spent_refresh_token_credential on ronda.spent_refresh_token (credential_key);

      -- Counters behind the slow-down of sign-in, of addresses with and without an account alike. Subject and account are
      -- keyed hashes: of the address alone, or of the address and the network it is tried from.
      create table ronda.sign_in_attempt (
        subject bytea primary key,
        account bytea not null,
        failures int not null,
        last_failed_at timestamptz not null,
        blocked_until timestamptz,
        -- From here the account's holder has signed in before: others' failures elsewhere do not slow it down.
        last_succeeded_at timestamptz
      );
      create index sign_in_attempt_account on ronda.sign_in_attempt (account);

      create table ronda.contact (
        key int generated always as identity primary key,
        id uuid not null unique,
        org_key int not null references ronda.organisation (key),
        kind text not null check (kind in ('point-of-contact', 'escalation', 'abuse', 'press')),
        is_24x7 boolean not null,
        name text not null,
        email text,
        phone text,
        languages text[] not null,
        time_zone text not null,
        pgp_key text,
        last_verified_at timestamptz,
        version int not null default 1
      );
      create index contact_org on ronda.contact (org_key);
      create table ronda.constituency_network (
        key int generated always as identity primary key,
        id uuid not null unique,
        org_key int not null references ronda.organisation (key),
        kind text not null check (kind in ('cidr', 'asn', 'domain')),
        cidr cidr,
        asn bigint,
        domain text,
        check (num_nonnulls(cidr, asn, domain) = 1)
      );
      create index constituency_network_org on ronda.constituency_network (org_key);
      create index constituency_network_cidr on ronda.constituency_network using gist (cidr inet_ops) where cidr is not null;
      create index constituency_network_domain on ronda.constituency_network (domain) where domain is not null;
      create index constituency_network_asn on ronda.constituency_network (asn) where asn is not null;
      create table ronda.duty_assignment (
        key int generated always as identity primary key,
        id uuid not null unique,
        org_key int not null references ronda.organisation (key),
        duty_role text not null,
        user_key int not null references ronda.user_account (key),
        position text not null check (position in ('primary', 'deputy')),
        starts_at timestamptz not null,
        ends_at timestamptz
      );
      create index duty_assignment_org on ronda.duty_assignment (org_key, duty_role);

      -- Replays of a POST: who, where, what, and the id of the result. Never a body.
      create table ronda.idempotency_key (
        space int not null,
        user_key int not null,
        key text not null,
        route text not null,
        body_hash bytea not null,
        result_id uuid not null,
        created_at timestamptz not null,
        primary key (space, user_key, key)
      );
      create index idempotency_key_age on ronda.idempotency_key (created_at);
    `);

    await runner.query(`
      -- Names what rows say now: it is another as soon as one of them is written.
      create function ronda.row_versions(credential xid, account xid, organisation xid) returns text language sql stable
        as $$ select concat_ws('.', credential, account, organisation) $$;

      -- The account behind the request: by its credential, or by the account a job acts for. No row for nobody. The versions
      -- of the rows that say so are left in app.reader_versions.
      create function ronda.reader_account(out user_key int, out org_key int, out kind text, out affiliation text,
          out parent_key int, out standing text, out is_secretariat boolean, out credential_kind text)
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare
        shown bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
        acting int := nullif(current_setting('app.acting_user', true), '')::int;
        versions text := '';
      begin
        if shown is not null then
          select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, c.kind,
                 row_versions(c.xmin, u.xmin, o.xmin)
            into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind, versions
            from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
           where c.token_hash = shown and c.revoked_at is null and c.expires_at > clock()
             and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited');
        elsif acting is not null then
          select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, 'job'
            into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind
            from user_account u join organisation o on o.key = u.org_key
           where u.key = acting and u.status = 'active' and o.standing <> 'retired';
        end if;
        versions := set_config('app.reader_versions', coalesce(versions, ''), true);
      end $$;
    `);

    const tables = [
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
      'idempotency_key',
    ];
    for (const table of tables)
      await runner.query(`alter table ronda.${table} enable row level security, force row level security`);
    for (const table of [
      'organisation',
      'user_account',
      'user_secret',
      'credential',
      'spent_refresh_token',
      'duty_assignment',
    ])
      await runner.query(`
        grant select on ronda.${table} to ronda_deriver;
        create policy ${table}_derive on ronda.${table} for select to ronda_deriver using (true);
      `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.reader_account(), ronda.row_versions(xid, xid, xid);
      drop table ronda.idempotency_key, ronda.duty_assignment, ronda.constituency_network, ronda.contact,
        ronda.sign_in_attempt, ronda.spent_refresh_token, ronda.credential, ronda.recovery_code, ronda.user_secret, ronda.user_account,
        ronda.standing_decision, ronda.sponsorship, ronda.designation, ronda.organisation;
    `);
  }
}
