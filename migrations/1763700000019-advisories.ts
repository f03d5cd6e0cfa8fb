import type { MigrationInterface, QueryRunner } from 'typeorm';
import { advisoryGuards, dropAdvisoryGuards } from './advisory-guards.js';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const space = '(select ronda.space())';

const TABLES = [
  'advisory',
  'advisory_revision',
  'advisory_source',
  'advisory_invitation',
  'advisory_approval',
  'advisory_comment',
  'advisory_change',
  'advisory_receipt',
];

const RELEASED_BY_TWO = `status not in ('released', 'superseded') or tlp not in ('TLP:CLEAR', 'TLP:GREEN') or is_narrowing or principals = '{}'
  or coalesce(confirmed_by <> requested_by, false) or coalesce(hold_until <= released_at, false)`;
const SCHEDULED_BY_TWO = `tlp not in ('TLP:CLEAR', 'TLP:GREEN') or coalesce(confirmed_by <> requested_by, false) or hold_until is not null`;

const ownersOf = (more: string): string => `
  create or replace function ronda.owners_of(kind text, record bigint) returns int[] language plpgsql stable as $$
    begin
      return case kind when 'incident' then
        (select i.owner_readers from ronda.incident i
          where i.space = ronda.space() and i.key = record and i.owner_readers && ronda.reader_principals())${more} end;
    end $$;`;

/** Of a receipt or a tombstone of an incident, as migration 13 has it. */
const originator = `(exists (select from ronda.incident i where i.space = tombstone.space
    and i.key = tombstone.record_key and i.authorship = 'named' and i.owner_readers && ${p})
  and exists (select from ronda.organisation o where o.key = tombstone.org_key))`;

/**
 * Advisories: the document in revisions, its review, and its release by the machinery that releases incidents. Who reads a
 * published version is said by `audience`, who reviews a draft by `reviewers`; what is said in review is theirs and the
 * owner's. That nothing goes out without its approvals is said once more by a trigger on the release.
 */
export class Advisories1763700000019 implements MigrationInterface {
  name = 'Advisories1763700000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.advisory (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        origin_node text not null,
        owner_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        -- Principals of the owner's side: the organisation, or at RED the author.
        owner_readers int[] not null,
        -- Invited to the draft, while they are: organisations and persons.
        reviewers int[] not null,
        -- Everyone who may read a published version: the owner's side, the co-issuers, and the principals of the release.
        audience int[] not null,
        head int not null,
        -- What is computed from approvals and requested changes is not written: changes-requested, approved, interim.
        status text not null check (status in ('draft', 'in-review', 'scheduled', 'published', 'withdrawn')),
        -- The revision that is out.
        published int,
        submitted_at timestamptz,
        review_by timestamptz,
        -- It is out before every organisation that it names agreed, and is withdrawn then where they have not.
        interim_until timestamptz,
        withdrawn_at timestamptz,
        withdrawn_because text,
        created_at timestamptz not null,
        unique (space, id),
        unique (space, key),
        check (audience @> owner_readers),
        -- Those who review are organisations and persons: no word of an audience invites everybody.
        check (not reviewers && array[1, 2, 3, 4, 5, 6]),
        check (interim_until is null or published is not null),
        check (status <> 'published' or published is not null),
        check ((status = 'withdrawn') = (withdrawn_at is not null))
      );

      create table ronda.advisory_revision (
        space int not null,
        advisory_key bigint not null,
        number int not null,
        audience int[] not null,
        author_key int not null references ronda.user_account (key),
        created_at timestamptz not null,
        -- Semantic: the version that this revision is a draft of, or that it is.
        version text not null check (version ~ '^[0-9]{1,5}[.][0-9]{1,5}[.][0-9]{1,5}$'),
        -- What changed, as the revision history of the version says it.
        summary_of_changes text,
        tlp text not null check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        pap text not null check (pap in ('PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED')),
        kind text not null check (kind in ('vulnerability', 'threat', 'fraud-campaign', 'guidance', 'early-warning')),
        -- Whom it is meant to go to: the owner's side's and the reviewers' to see.
        chosen jsonb not null,
        -- Organisations that issue it together with the owner.
        joint int[] not null,
        is_urgent boolean not null,
        source_count int not null check (source_count >= 0),
        acknowledge_within_hours int check (acknowledge_within_hours > 0),
        -- What is said, in the shape of the API.
        content jsonb not null,
        published_at timestamptz,
        published_by int references ronda.user_account (key),
        acknowledge_by timestamptz,
        reminded_at timestamptz,
        primary key (space, advisory_key, number),
        foreign key (space, advisory_key) references ronda.advisory (space, key),
        check ((published_at is null) = (published_by is null)),
        check (acknowledge_by is null or published_at is not null),
        check (tlp <> 'TLP:RED' or joint = '{}'),
        -- The ceiling once more, where readers read.
        check (case tlp
          when 'TLP:CLEAR' then not audience && array[4]
          when 'TLP:GREEN' then not audience && array[1, 4]
          else not audience && array[1, 2, 3, 4, 5, 6] end)
      );
      create index advisory_revision_reminder on ronda.advisory_revision (acknowledge_by) where acknowledge_by is not null and reminded_at is null;
      create index advisory_interim on ronda.advisory (interim_until) where interim_until is not null;

      -- An incident that a revision was written from.
      create table ronda.advisory_source (
        space int not null,
        advisory_key bigint not null,
        number int not null,
        incident_key bigint not null,
        primary key (space, advisory_key, number, incident_key),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number),
        foreign key (space, incident_key) references ronda.incident (space, key) on delete cascade
      );
      create index advisory_source_incident on ronda.advisory_source (space, incident_key);

      create table ronda.advisory_invitation (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        advisory_key bigint not null,
        principal_key int not null references ronda.principal (key),
        org_key int not null references ronda.organisation (key),
        user_key int references ronda.user_account (key),
        -- Whether it issues it together with the owner, or was asked for its opinion.
        is_joint boolean not null,
        invited_by int not null references ronda.user_account (key),
        invited_at timestamptz not null,
        ended_at timestamptz,
        unique (space, id),
        foreign key (space, advisory_key) references ronda.advisory (space, key)
      );
      create unique index advisory_invitation_open on ronda.advisory_invitation (space, advisory_key, principal_key) where ended_at is null;

      -- Of one revision: the next one has none.
      create table ronda.advisory_approval (
        space int not null,
        advisory_key bigint not null,
        number int not null,
        org_key int not null references ronda.organisation (key),
        user_key int not null references ronda.user_account (key),
        at timestamptz not null,
        primary key (space, advisory_key, number, org_key),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number)
      );

      create table ronda.advisory_comment (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        advisory_key bigint not null,
        number int not null,
        -- JSON Pointer into that revision; the whole of it where it is empty.
        pointer text not null,
        body text not null,
        org_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        created_at timestamptz not null,
        unique (space, id),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number)
      );
      create index advisory_comment_record on ronda.advisory_comment (space, advisory_key, key desc);

      -- What a reviewer asks to be changed, a line of a checklist.
      create table ronda.advisory_change (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        advisory_key bigint not null,
        number int not null,
        pointer text not null,
        body text not null,
        org_key int not null references ronda.organisation (key),
        author_key int not null references ronda.user_account (key),
        created_at timestamptz not null,
        done_at timestamptz,
        done_by int references ronda.user_account (key),
        -- Submitted again with it done.
        settled_at timestamptz,
        unique (space, id),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number),
        check ((done_at is null) = (done_by is null)),
        check (settled_at is null or done_at is not null)
      );
      create index advisory_change_record on ronda.advisory_change (space, advisory_key, key);

      create table ronda.advisory_receipt (
        space int not null,
        -- The principal by which it was read: the organisation's, or a person's who alone of it was named.
        reader_key int not null references ronda.principal (key),
        advisory_key bigint not null,
        number int not null,
        kind text not null check (kind in ('delivered', 'acknowledged')),
        org_key int not null references ronda.organisation (key),
        at timestamptz not null,
        primary key (space, reader_key, advisory_key, number, kind),
        foreign key (space, advisory_key, number) references ronda.advisory_revision (space, advisory_key, number),
        -- What is noted without anybody's doing is noted to the hour: a finer time would be watching.
        check (kind <> 'delivered' or mod(extract(epoch from at), 3600) = 0)
      );
      create index advisory_receipt_record on ronda.advisory_receipt (space, advisory_key);
    `);
    for (const table of TABLES)
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);`);
    await this.policies(runner);
    await this.release(runner);
    await this.functions(runner);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const parent = (where: string): string =>
      `exists (select from ronda.advisory a where a.space = ${space} and ${where})`;
    const owned = parent(`a.key = advisory_key and a.owner_readers && ${p}`);
    const inReview = parent(`a.key = advisory_key and (a.owner_readers && ${p} or a.reviewers && ${p})`);
    const revision = (more = ''): string =>
      `exists (select from ronda.advisory_revision r where r.space = ${space} and r.advisory_key = %.advisory_key and r.number = %.number${more})`;
    const at = (table: string): string => revision().replaceAll('%', `advisory_${table}`);
    const byMe = `author_key = any (${p}) and org_key = any (${p})`;
    await runner.query(`
      grant select, insert, update (owner_readers, reviewers, audience, head, status, published, submitted_at, review_by, interim_until,
        withdrawn_at, withdrawn_because) on ronda.advisory to ronda_app;
      grant select, insert, update (audience, published_at, published_by, acknowledge_by, reminded_at) on ronda.advisory_revision to ronda_app;
      grant select, insert on ronda.advisory_source, ronda.advisory_approval, ronda.advisory_comment, ronda.advisory_receipt to ronda_app;
      grant select, insert, update (ended_at) on ronda.advisory_invitation to ronda_app;
      grant select, insert, update (done_at, done_by, settled_at) on ronda.advisory_change to ronda_app;

      create policy advisory_read on ronda.advisory for select to ronda_app
        using (space = ${space} and (audience && ${p} or reviewers && ${p}));
      create policy advisory_insert on ronda.advisory for insert to ronda_app
        with check (space = ${space} and owner_key = any (${p}) and author_key = any (${p}) and owner_readers && ${p});
      create policy advisory_update on ronda.advisory for update to ronda_app using (space = ${space} and owner_readers && ${p});

      create policy advisory_revision_read on ronda.advisory_revision for select to ronda_app
        using (space = ${space} and ${parent(`a.key = advisory_key and (advisory_revision.audience && ${p} or a.reviewers && ${p})`)});
      create policy advisory_revision_insert on ronda.advisory_revision for insert to ronda_app
        with check (space = ${space} and ${owned} and author_key = any (${p}) and published_at is null);
      create policy advisory_revision_update on ronda.advisory_revision for update to ronda_app using (space = ${space} and ${owned});

      -- What an advisory says about an incident is readable only where both are.
      create policy advisory_source_read on ronda.advisory_source for select to ronda_app using (space = ${space} and ${at('source')}
        and exists (select from ronda.incident i where i.space = ${space} and i.key = incident_key));
      create policy advisory_source_insert on ronda.advisory_source for insert to ronda_app with check (space = ${space} and ${owned}
        and exists (select from ronda.incident i where i.space = ${space} and i.key = incident_key));

      create policy advisory_invitation_read on ronda.advisory_invitation for select to ronda_app using (space = ${space} and ${inReview});
      create policy advisory_invitation_insert on ronda.advisory_invitation for insert to ronda_app
        with check (space = ${space} and ${owned} and invited_by = any (${p}) and principal_key in (org_key, user_key));
      create policy advisory_invitation_update on ronda.advisory_invitation for update to ronda_app using (space = ${space} and ${owned});

      create policy advisory_approval_read on ronda.advisory_approval for select to ronda_app using (space = ${space} and ${inReview});
      create policy advisory_approval_insert on ronda.advisory_approval for insert to ronda_app
        with check (space = ${space} and user_key = any (${p}) and org_key = any (${p}) and ${inReview});

      create policy advisory_comment_read on ronda.advisory_comment for select to ronda_app using (space = ${space} and ${inReview});
      create policy advisory_comment_insert on ronda.advisory_comment for insert to ronda_app
        with check (space = ${space} and ${byMe} and ${inReview} and ${at('comment')});

      create policy advisory_change_read on ronda.advisory_change for select to ronda_app using (space = ${space} and ${inReview});
      create policy advisory_change_insert on ronda.advisory_change for insert to ronda_app
        with check (space = ${space} and ${byMe} and ${inReview} and ${at('change')} and done_at is null);
      create policy advisory_change_update on ronda.advisory_change for update to ronda_app using (space = ${space} and ${owned});

      create policy advisory_receipt_read on ronda.advisory_receipt for select to ronda_app using (space = ${space}
        and (reader_key = any (${p}) or ${owned} and exists (select from ronda.organisation o where o.key = org_key)));
      -- By the recipient itself, of a version that is out and that it reads.
      create policy advisory_receipt_insert on ronda.advisory_receipt for insert to ronda_app with check (space = ${space}
        and reader_key = any (${p}) and org_key = any (${p}) and not ${owned}
        and (reader_key = org_key or exists (select from ronda.user_account u where u.key = reader_key))
        and at <= ronda.clock() and at > ronda.clock() - interval '1 hour'
        and ${revision(` and r.published_at is not null and r.audience && ${p}`).replaceAll('%', 'advisory_receipt')});
    `);
  }

  /** The machinery of releases, for one kind of record more. */
  private async release(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.release drop constraint release_record_kind_check, drop constraint release_check2, drop constraint release_scheduled,
        add constraint release_record_kind_check check (record_kind in ('incident', 'advisory')),
        -- An advisory's second persons are its approvals: ronda.guard_advisory_release.
        add constraint release_check2 check (record_kind = 'advisory' or ${RELEASED_BY_TWO}),
        add constraint release_scheduled check (status <> 'scheduled' or (not_before is not null
          and (record_kind = 'advisory' or ${SCHEDULED_BY_TWO})));
      alter table ronda.tombstone drop constraint tombstone_record_kind_check,
        add constraint tombstone_record_kind_check check (record_kind in ('incident', 'advisory'));
      drop policy tombstone_read on ronda.tombstone;
      create policy tombstone_read on ronda.tombstone for select to ronda_app
        using (space = ${space} and (reader_key = any (${p}) or case record_kind when 'incident' then ${originator}
          else exists (select from ronda.advisory a where a.space = tombstone.space and a.key = tombstone.record_key and a.owner_readers && ${p})
            and exists (select from ronda.organisation o where o.key = tombstone.org_key) end));
      ${ownersOf(`
        when 'advisory' then (select a.owner_readers from ronda.advisory a
          where a.space = ronda.space() and a.key = record and a.owner_readers && ronda.reader_principals())`)}
      ${advisoryGuards}
    `);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    const definer = 'security definer set search_path = ronda, pg_temp';
    await runner.query(`
      grant select on ronda.advisory, ronda.advisory_revision, ronda.advisory_receipt to ronda_deriver;
      create policy advisory_derive on ronda.advisory for select to ronda_deriver using (true);
      create policy advisory_revision_derive on ronda.advisory_revision for select to ronda_deriver using (true);
      create policy advisory_receipt_derive on ronda.advisory_receipt for select to ronda_deriver using (true);

      -- Who lists an advisory: as ronda.publish_readers does of incidents. Only the owner's side may.
      create function ronda.publish_advisory_readers(record bigint, principals int[], at timestamptz) returns void
        language plpgsql volatile ${definer} as $$
      begin
        if not exists (select from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals()) then
          raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
        end if;
        delete from readable_since r where r.space = space() and r.record_kind = 'advisory' and r.record_key = record
          and not r.principal_key = any (principals)
          and not exists (select from group_epoch held join group_epoch named
              on named.group_key = held.group_key and named.epoch > held.epoch
              where held.principal_key = r.principal_key and named.principal_key = any (principals));
        insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
          select a.space, 'advisory', named, a.key, a.id, at from advisory a, unnest(principals) named
           where a.space = space() and a.key = record
          on conflict do nothing;
      end $$;

      -- Asks a withdrawn advisory back of whom it reached. Only the owner's side may.
      create function ronda.bury_advisory(record bigint, why text, at timestamptz) returns void language plpgsql volatile ${definer} as $$
      declare target advisory;
      begin
        select * into target from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals();
        if not found then
          raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
        end if;
        update tombstone t set lifted_at = bury_advisory.at
          where t.space = target.space and t.record_kind = 'advisory' and t.record_key = record and t.lifted_at is null
            and still_reads(t.reader_key, target.audience);
        insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
          select distinct r.space, r.reader_key, 'advisory', record, target.id, target.head, r.org_key, why, bury_advisory.at
            from advisory_receipt r where r.space = target.space and r.advisory_key = record
             and not still_reads(r.reader_key, target.audience)
          on conflict (space, reader_key, record_kind, record_key) do update
            set reason = excluded.reason, at = excluded.at, revision = excluded.revision, lifted_at = null,
              answer = null, kept_because = null, answered_at = null
            where t.lifted_at is not null;
      end $$;

      -- What the clock does with an advisory, for the worker, which does it as the one who published it: the end of an interim,
      -- and an acknowledgement that is due.
      create function ronda.due_advisories(at timestamptz) returns table (space int, advisory_id uuid, user_key int, what text)
        language sql stable ${definer} as $$
        select d.space, d.id, d.published_by, d.what from (
          select a.space, a.id, r.published_by, 'interim' as what, a.interim_until as due from advisory a
            join advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = a.published
           where a.interim_until is not null
          union all
          select a.space, a.id, r.published_by, 'reminder', r.acknowledge_by from advisory_revision r
            join advisory a on a.space = r.space and a.key = r.advisory_key and a.published = r.number
           where r.reminded_at is null and r.acknowledge_by <= at and a.status <> 'withdrawn') d
          join user_account u on u.key = d.published_by and u.status = 'active'
         order by d.due, d.id limit 100
      $$;
      ${giveTo('ronda_deriver', [
        'publish_advisory_readers(bigint, int[], timestamptz)',
        'bury_advisory(bigint, text, timestamptz)',
        'due_advisories(timestamptz)',
      ])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.due_advisories(timestamptz), ronda.bury_advisory(bigint, text, timestamptz),
        ronda.publish_advisory_readers(bigint, int[], timestamptz);
      ${dropAdvisoryGuards}
      ${ownersOf('')}
      drop policy tombstone_read on ronda.tombstone;
      create policy tombstone_read on ronda.tombstone for select to ronda_app
        using (space = ${space} and (reader_key = any (${p}) or ${originator}));
      alter table ronda.tombstone no force row level security;
      delete from ronda.tombstone where record_kind = 'advisory';
      alter table ronda.tombstone force row level security;
      alter table ronda.readable_since no force row level security;
      delete from ronda.readable_since where record_kind = 'advisory';
      alter table ronda.readable_since force row level security;
      alter table ronda.release no force row level security;
      delete from ronda.release where record_kind = 'advisory';
      alter table ronda.release force row level security;
      alter table ronda.tombstone drop constraint tombstone_record_kind_check,
        add constraint tombstone_record_kind_check check (record_kind in ('incident'));
      alter table ronda.release drop constraint release_record_kind_check, drop constraint release_check2, drop constraint release_scheduled,
        add constraint release_record_kind_check check (record_kind in ('incident')),
        add constraint release_check2 check (${RELEASED_BY_TWO}),
        add constraint release_scheduled check (status <> 'scheduled' or (not_before is not null and (${SCHEDULED_BY_TWO})));
      drop policy advisory_revision_read on ronda.advisory_revision;
      drop table ronda.advisory_receipt, ronda.advisory_change, ronda.advisory_comment, ronda.advisory_approval,
        ronda.advisory_invitation, ronda.advisory_source, ronda.advisory_revision, ronda.advisory;
      drop function ronda.guard_advisory(), ronda.guard_advisory_revision(), ronda.guard_advisory_approval(), ronda.guard_advisory_change();
    `);
  }
}
