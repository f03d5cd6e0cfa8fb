import type { MigrationInterface, QueryRunner } from 'typeorm';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';

const refuse = (why: string): string => `raise exception '${why}' using errcode = 'insufficient_privilege';`;

/** A trigger that binds whoever row-level security binds, as those of guards.ts do; `held` are the reader's principals. */
const guard = (name: string, table: string, when: string, body: string): string => `
  create function ronda.${name}() returns trigger language plpgsql as $$
  declare held int[];
  begin
    if not row_security_active('ronda.${table}') then return new; end if;
    held := ronda.reader_principals();
    ${body}
    return new;
  end $$;
  create trigger ${name} ${when} on ronda.${table} for each row execute function ronda.${name}();`;

const TABLES = [
  'request',
  'request_response',
  'request_answer',
  'request_incident',
  'request_escalation',
  'comms_check',
  'comms_check_target',
];

/**
 * Requests of one CERT to another or to a sharing group, and comms checks. A request's row says who may read any of it
 * (`audience`): the asker's side, and once it is sent whom it was sent to. What hangs on it is readable where it is, and
 * what one of a group's members does with it is that member's and the asker's to see.
 */
export class Requests1763700000011 implements MigrationInterface {
  name = 'Requests1763700000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.request (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        origin_node text not null,
        kind text not null check (kind in ('rfi', 'takedown', 'notification', 'assistance', 'preservation', 'urgent-hold')),
        owner_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        to_org_key int references ronda.organisation (key),
        to_group_key int references ronda.sharing_group (key),
        -- Principals of the asker's side: the organisation, or at RED the author.
        owner_readers int[] not null,
        -- Everyone who may read any of it: the asker's side, and once it is sent the principals of its audience.
        audience int[] not null,
        -- The audience as it was chosen: the asker's to see.
        chosen jsonb not null,
        -- What depends on whom it was sent to, and on the clock, is computed where it is read.
        status text not null check (status in ('draft', 'open', 'withdrawn', 'closed')),
        tlp text not null check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        pap text not null check (pap in ('PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED')),
        title text not null,
        body text not null,
        language text,
        answers_to text not null check (answers_to in ('all', 'asker')),
        acknowledge_by timestamptz,
        answer_by timestamptz,
        expires_at timestamptz,
        created_at timestamptz not null,
        sent_at timestamptz,
        sent_by int references ronda.user_account (key),
        -- By what lists are ordered: when it was sent, and before that when it was written.
        listed_at timestamptz not null,
        ended_at timestamptz,
        unique (space, id),
        unique (space, key),
        check (num_nonnulls(to_org_key, to_group_key) = 1 and to_org_key is distinct from owner_key),
        check (audience @> owner_readers),
        -- A request goes to whom it asks, so no word of an audience is ever in it.
        check (not audience && array[1, 2, 3, 4, 5, 6]),
        check (num_nonnulls(sent_at, sent_by) in (0, 2)),
        check (sent_at is null or num_nonnulls(acknowledge_by, answer_by, expires_at) = 3),
        check (case when sent_at is null then audience = owner_readers and status in ('draft', 'withdrawn', 'closed')
          else status <> 'draft' end)
      );
      create index request_listed on ronda.request (space, listed_at desc, id desc);

      -- What an asked organisation did with it. No row: nothing yet.
      create table ronda.request_response (
        space int not null,
        request_key bigint not null,
        org_key int not null references ronda.organisation (key),
        state text not null check (state in ('acknowledged', 'answered', 'declined')),
        acknowledged_at timestamptz,
        answered_at timestamptz,
        declined_at timestamptz,
        user_key int not null references ronda.user_account (key),
        primary key (space, request_key, org_key),
        foreign key (space, request_key) references ronda.request (space, key),
        check ((state = 'answered') = (answered_at is not null) and (state = 'declined') = (declined_at is not null)
          and (state = 'acknowledged') <= (acknowledged_at is not null))
      );

      create table ronda.request_answer (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        request_key bigint not null,
        org_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        body text not null,
        language text,
        reach text not null check (reach in ('all', 'asker')),
        created_at timestamptz not null,
        unique (space, id),
        unique (space, key),
        foreign key (space, request_key) references ronda.request (space, key)
      );
      create index request_answer_request on ronda.request_answer (space, request_key, created_at desc, id desc);

      -- An incident that the request is about, or, where an answer says so, that the answer is about.
      create table ronda.request_incident (
        key bigint generated always as identity primary key,
        space int not null,
        request_key bigint not null,
        answer_key bigint,
        incident_key bigint not null,
        linked_by int not null references ronda.user_account (key),
        linked_at timestamptz not null,
        unique nulls not distinct (space, request_key, answer_key, incident_key),
        foreign key (space, request_key) references ronda.request (space, key),
        foreign key (space, answer_key) references ronda.request_answer (space, key),
        foreign key (space, incident_key) references ronda.incident (space, key) on delete cascade
      );
      create index request_incident_incident on ronda.request_incident (space, incident_key);

      -- That a person paged the contact of an organisation that was late.
      create table ronda.request_escalation (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        request_key bigint not null,
        org_key int not null references ronda.organisation (key),
        by_org_key int not null references ronda.organisation (key),
        paged_by int not null references ronda.user_account (key),
        note text,
        paged_at timestamptz not null,
        unique (space, id),
        foreign key (space, request_key) references ronda.request (space, key)
      );
      create index request_escalation_request on ronda.request_escalation (space, request_key, key);

      create table ronda.comms_check (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        kind text not null check (kind in ('scheduled', 'surprise')),
        note text,
        opens_at timestamptz not null,
        closes_at timestamptz not null,
        called_by int not null references ronda.user_account (key),
        called_at timestamptz not null,
        opened_at timestamptz,
        closed_at timestamptz,
        unique (space, id),
        unique (space, key),
        check (closes_at > opens_at),
        check (opened_at is not null or closed_at is null)
      );
      create index comms_check_time on ronda.comms_check (space, opens_at desc, id desc);

      -- Each organisation that was to answer, as they were when it opened.
      create table ronda.comms_check_target (
        space int not null,
        check_key bigint not null,
        org_key int not null references ronda.organisation (key),
        -- SHA-256 of the one-time code that was read out to its 24/7 contact.
        code_hash bytea,
        answered_at timestamptz,
        via text check (via in ('code', 'account')),
        answered_by int references ronda.user_account (key),
        primary key (space, check_key, org_key),
        foreign key (space, check_key) references ronda.comms_check (space, key),
        check ((answered_at is null) = (via is null)),
        check ((via is not distinct from 'account') = (answered_by is not null))
      );
      create unique index comms_check_code on ronda.comms_check_target (space, code_hash) where code_hash is not null;
    `);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    await this.requestRules(runner);
    await this.checkRules(runner);
  }

  private async requestRules(runner: QueryRunner): Promise<void> {
    const readable = (key: string): string =>
      `exists (select from ronda.request q where q.space = ${space} and q.key = ${key})`;
    const asked = (key: string): string =>
      `exists (select from ronda.request q where q.space = ${space} and q.key = ${key} and q.owner_readers && ${p})`;
    /** By somebody whom it was sent to, and not by the one who asks. */
    const received = (key: string): string =>
      `exists (select from ronda.request q where q.space = ${space} and q.key = ${key} and q.status = 'open'
        and not q.owner_readers && ${p} and not q.owner_key = any (${p}))`;
    await runner.query(`
      grant select, insert, update (status, audience, sent_at, sent_by, listed_at, acknowledge_by, answer_by, expires_at, ended_at)
        on ronda.request to ronda_app;
      grant select, insert, update (state, acknowledged_at, answered_at, declined_at, user_key) on ronda.request_response to ronda_app;
      grant select, insert on ronda.request_answer, ronda.request_incident, ronda.request_escalation to ronda_app;

      create policy request_read on ronda.request for select to ronda_app using (space = ${space} and audience && ${p});
      create policy request_insert on ronda.request for insert to ronda_app
        with check (space = ${space} and owner_key = any (${p}) and author_key = any (${p}) and owner_readers && ${p});
      create policy request_update on ronda.request for update to ronda_app using (space = ${space} and owner_readers && ${p});

      -- Who is asked knows what it did itself, and the asker what all of them did.
      create policy request_response_read on ronda.request_response for select to ronda_app
        using (space = ${space} and ${readable('request_key')} and (org_key = any (${p}) or ${asked('request_key')}));
      create policy request_response_insert on ronda.request_response for insert to ronda_app
        with check (space = ${space} and org_key = any (${p}) and user_key = any (${p}) and ${received('request_key')});
      create policy request_response_update on ronda.request_response for update to ronda_app
        using (space = ${space} and org_key = any (${p}) and ${received('request_key')})
        with check (space = ${space} and org_key = any (${p}) and user_key = any (${p}));

      create policy request_answer_read on ronda.request_answer for select to ronda_app
        using (space = ${space} and ${readable('request_key')} and (reach = 'all' or org_key = any (${p}) or ${asked('request_key')}));
      -- To the asker alone where that is what was asked for.
      create policy request_answer_insert on ronda.request_answer for insert to ronda_app
        with check (space = ${space} and org_key = any (${p}) and author_key = any (${p}) and ${received('request_key')}
          and (reach = 'asker' or exists (select from ronda.request q
            where q.space = ${space} and q.key = request_key and q.answers_to = 'all')));

      -- What a request says about an incident is readable only where both are; what an answer says, where the answer is too.
      create policy request_incident_read on ronda.request_incident for select to ronda_app using (space = ${space}
        and exists (select from ronda.incident i where i.space = ${space} and i.key = incident_key) and ${readable('request_key')}
        and (answer_key is null or exists (select from ronda.request_answer a where a.space = ${space} and a.key = answer_key)));
      create policy request_incident_insert on ronda.request_incident for insert to ronda_app
        with check (space = ${space} and linked_by = any (${p})
          and exists (select from ronda.incident i where i.space = ${space} and i.key = incident_key)
          and case when answer_key is null then ${asked('request_key')}
            else exists (select from ronda.request_answer a where a.space = ${space} and a.key = answer_key
              and a.request_key = request_incident.request_key and a.author_key = any (${p})) end);

      create policy request_escalation_read on ronda.request_escalation for select to ronda_app
        using (space = ${space} and ${readable('request_key')}
          and (org_key = any (${p}) or by_org_key = any (${p}) or ${asked('request_key')}));
      create policy request_escalation_insert on ronda.request_escalation for insert to ronda_app
        with check (space = ${space} and paged_by = any (${p}) and by_org_key = any (${p}) and ${readable('request_key')}
          and (org_key = any (${p}) or ${asked('request_key')}));

      -- The ceiling of RED, which is by what is named and not by number: users and nobody else.
      create function ronda.request_ceiling() returns trigger language plpgsql as $$
      begin
        if new.tlp = 'TLP:RED' and exists (select from unnest(new.audience) named
            where not exists (select from ronda.principal r where r.key = named and r.kind = 'user')) then
          raise exception 'TLP:RED is sent to named users' using errcode = 'check_violation';
        end if;
        return new;
      end $$;
      create trigger request_ceiling before insert or update of audience on ronda.request
        for each row execute function ronda.request_ceiling();
      ${guard(
        'guard_request',
        'request',
        'before insert or update',
        `
        if new.status = 'open' and (tg_op = 'INSERT' or old.status <> 'open') then
          if not (new.sent_by = any (held) and new.sent_at = ronda.clock()) then
            ${refuse('a request is sent by whoever sends it, and now')}
          end if;
          if new.tlp in ('TLP:CLEAR', 'TLP:GREEN') and new.sent_by = new.author_key then
            ${refuse('a second person sends what is marked GREEN or CLEAR')}
          end if;
        end if;
        if tg_op = 'INSERT' then
          if new.status not in ('draft', 'open') then ${refuse('a request begins with its asking')} end if;
          return new;
        end if;
        if new.status = old.status or not coalesce(case old.status
            when 'draft' then new.status in ('open', 'withdrawn')
            when 'open' then new.status in ('withdrawn', 'closed')
            when 'withdrawn' then new.status = 'closed'
            else false end, false) then
          ${refuse('a request cannot change in this way')}
        end if;
        if new.status <> 'open' and (new.audience, new.sent_at, new.sent_by, new.listed_at, new.acknowledge_by, new.answer_by, new.expires_at)
            is distinct from (old.audience, old.sent_at, old.sent_by, old.listed_at, old.acknowledge_by, old.answer_by, old.expires_at) then
          ${refuse('whom it was sent to, and until when, is past')}
        end if;`,
      )}
      ${guard(
        'guard_request_response',
        'request_response',
        'before update',
        `
        if not (old.state = 'acknowledged' and new.state in ('answered', 'declined')
            or old.state = 'answered' and new.state = 'answered')
            or new.acknowledged_at is distinct from old.acknowledged_at then
          ${refuse('what was answered or declined stays so')}
        end if;`,
      )}
    `);
  }

  private async checkRules(runner: QueryRunner): Promise<void> {
    await runner.query(`
      grant select, insert, update (opened_at, closed_at, closes_at) on ronda.comms_check to ronda_app;
      grant select, insert, update (code_hash, answered_at, via, answered_by) on ronda.comms_check_target to ronda_app;

      -- One that has not opened is the secretariat's secret; who answered, and who did not, its and that member's.
      create policy comms_check_read on ronda.comms_check for select to ronda_app using (space = ${space}
        and (4 = any (${p}) or exists (select from ronda.comms_check_target t
          where t.space = ${space} and t.check_key = comms_check.key and t.org_key = any (${p}))));
      create policy comms_check_insert on ronda.comms_check for insert to ronda_app
        with check (space = ${space} and 4 = any (${p}) and called_by = any (${p}) and opened_at is null);
      create policy comms_check_update on ronda.comms_check for update to ronda_app using (space = ${space} and 4 = any (${p}));
      create policy comms_check_target_read on ronda.comms_check_target for select to ronda_app
        using (space = ${space} and (org_key = any (${p}) or 4 = any (${p})));
      create policy comms_check_target_insert on ronda.comms_check_target for insert to ronda_app
        with check (space = ${space} and 4 = any (${p}) and answered_at is null and code_hash is null);
      create policy comms_check_target_update on ronda.comms_check_target for update to ronda_app
        using (space = ${space} and (org_key = any (${p}) or 4 = any (${p})));
      ${guard(
        'guard_comms_check_target',
        'comms_check_target',
        'before update',
        `
        if old.answered_at is not null then ${refuse('what was answered stays so')} end if;
        -- By code: ronda.answer_comms_check has looked.
        if current_user = 'ronda_deriver' then return new; end if;
        if new.code_hash is distinct from old.code_hash and not 4 = any (held) then
          ${refuse('the secretariat gives out codes')}
        end if;
        if new.answered_at is not null and not (new.via = 'account' and old.org_key = any (held)
            and new.answered_by = any (held) and new.answered_at = ronda.clock()
            and exists (select from ronda.comms_check c where c.space = old.space and c.key = old.check_key
              and c.opened_at is not null and c.closed_at is null and c.closes_at > ronda.clock())) then
          ${refuse('an organisation answers for itself, and while it is asked')}
        end if;`,
      )}

      grant select on ronda.comms_check to ronda_deriver;
      grant select, update (answered_at, via) on ronda.comms_check_target to ronda_deriver;
      grant select, update (last_verified_at, version) on ronda.contact to ronda_deriver;
      create policy comms_check_derive on ronda.comms_check for select to ronda_deriver using (true);
      create policy comms_check_target_derive on ronda.comms_check_target to ronda_deriver using (true);
      create policy contact_derive on ronda.contact to ronda_deriver using (true);

      -- Whoever was read the code out has answered for the organisation: it proves that its 24/7 contact is reached, and
      -- opens nothing. Null for a code that is none, was used, or came too late.
      create function ronda.answer_comms_check(code bytea, at timestamptz) returns timestamptz
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      declare reached int;
      begin
        update comms_check_target t set answered_at = at, via = 'code' from comms_check c
         where c.space = space() and t.space = c.space and t.check_key = c.key and t.code_hash = code and t.answered_at is null
           and c.opened_at is not null and c.closed_at is null and c.closes_at > at
        returning t.org_key into reached;
        if reached is null then return null; end if;
        update contact set last_verified_at = at, version = version + 1
         where org_key = reached and kind = 'point-of-contact' and is_24x7;
        return at;
      end $$;
      -- As whom the worker opens and closes checks: an administrator of the secretariat; null while there is none.
      create function ronda.comms_clerk() returns int
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select u.key from user_account u join organisation o on o.key = u.org_key
         where o.is_secretariat and o.standing = 'active' and u.status = 'active' and 'admin' = any (u.roles) order by u.key limit 1
      $$;
      grant create on schema ronda to ronda_deriver;
      alter function ronda.answer_comms_check(bytea, timestamptz) owner to ronda_deriver;
      alter function ronda.comms_clerk() owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.answer_comms_check(bytea, timestamptz), ronda.comms_clerk() from public;
      grant execute on function ronda.answer_comms_check(bytea, timestamptz), ronda.comms_clerk() to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.comms_clerk(), ronda.answer_comms_check(bytea, timestamptz);
      drop policy contact_derive on ronda.contact;
      revoke all on ronda.contact from ronda_deriver;
      revoke update (last_verified_at, version) on ronda.contact from ronda_deriver;
      -- Each of these policies asks the other table.
      drop policy comms_check_read on ronda.comms_check;
      drop table ronda.comms_check_target, ronda.comms_check, ronda.request_escalation, ronda.request_incident,
        ronda.request_answer, ronda.request_response, ronda.request;
      drop function ronda.guard_comms_check_target(), ronda.guard_request_response(), ronda.guard_request(), ronda.request_ceiling();
    `);
  }
}
