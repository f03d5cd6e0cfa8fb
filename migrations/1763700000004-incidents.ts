import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Incidents and what hangs on them. A record's row says who may read anything of it (`audience`); each revision says who
 * may read that revision, and is readable only where its record is. A reader gets the newest revision it may read.
 */
export class Incidents1763700000004 implements MigrationInterface {
  name = 'Incidents1763700000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.incident (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        origin_node text not null,
        authorship text not null check (authorship in ('named', 'anonymous')),
        -- Null where the record is anonymous: the drawer holds it.
        owner_key int references ronda.organisation (key),
        author_key int references ronda.user_account (key),
        -- A constituent that filed it into its CERT's queue.
        filer_key int references ronda.organisation (key),
        -- Principals that may read the newest revision and everything else: the organisation, or at RED its author.
        owner_readers int[] not null,
        -- Everyone who may read any of it: the owner's side, the filer, and the principals of the current release.
        audience int[] not null,
        head int not null,
        created_at timestamptz not null,
        unique (space, id),
        unique (space, key),
        check ((authorship = 'anonymous') = (owner_key is null)),
        check (audience @> owner_readers)
      );

      create table ronda.incident_revision (
        space int not null,
        incident_key bigint not null,
        number int not null,
        audience int[] not null,
        change text not null,
        -- Why, for the owner's side.
        note text,
        author_key int references ronda.user_account (key),
        created_at timestamptz not null,
        status text not null check (status in ('draft', 'submitted', 'triaged', 'investigating', 'contained', 'closed', 'reopened')),
        -- Null: came in unmarked, and stays with its owner until it is marked.
        tlp text check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        pap text not null check (pap in ('PAP:CLEAR', 'PAP:GREEN', 'PAP:AMBER', 'PAP:RED')),
        rsit_class text,
        rsit_type text,
        severity_score double precision,
        severity_band text,
        sector text,
        countries text[] not null,
        -- What is said, in the shape of the API: title, description, times, fraud facts, techniques, tags, references.
        facts jsonb not null,
        primary key (space, incident_key, number),
        foreign key (space, incident_key) references ronda.incident (space, key),
        -- The ceiling once more, where readers read: whatever a release says, no revision goes further than its own marking.
        check (case coalesce(tlp, '')
          when 'TLP:CLEAR' then not audience && array[4]
          when 'TLP:GREEN' then not audience && array[1, 4]
          else not audience && array[1, 2, 3, 4, 5, 6] end)
      );

      -- Who wrote what is anonymous: opened by the owner's side alone. Part 0 is the record, others its revisions.
      create table ronda.authorship_drawer (
        space int not null,
        incident_key bigint not null,
        part int not null,
        org_key int not null references ronda.organisation (key),
        user_key int not null references ronda.user_account (key),
        primary key (space, incident_key, part),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );

      create table ronda.incident_comment (
        key bigint generated always as identity primary key,
        space int not null,
        id uuid not null,
        incident_key bigint not null,
        author_key int not null references ronda.user_account (key),
        org_key int not null references ronda.organisation (key),
        body text not null,
        language text,
        -- Null: whoever reads the record. Else narrower.
        readers int[],
        reach text not null check (reach in ('readers', 'owner', 'organisation')),
        created_at timestamptz not null,
        edited_at timestamptz,
        deleted_at timestamptz,
        unique (space, id),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check ((reach = 'readers') = (readers is null))
      );
      create index incident_comment_record on ronda.incident_comment (space, incident_key, created_at desc, key desc);

      create table ronda.incident_link (
        space int not null,
        id uuid not null,
        from_key bigint not null,
        to_key bigint not null,
        kind text not null check (kind in ('related', 'duplicate-of', 'part-of', 'caused-by')),
        note text,
        created_by int not null references ronda.user_account (key),
        created_at timestamptz not null,
        primary key (space, from_key, to_key),
        unique (space, id),
        foreign key (space, from_key) references ronda.incident (space, key),
        foreign key (space, to_key) references ronda.incident (space, key),
        check (from_key <> to_key)
      );
      create index incident_link_to on ronda.incident_link (space, to_key);
    `);
    for (const table of ['incident', 'incident_revision', 'authorship_drawer', 'incident_comment', 'incident_link'])
      await runner.query(`alter table ronda.${table} enable row level security, force row level security`);

    const p = '(select ronda.reader_principals())::int[]';
    const space = '(select ronda.space())';
    const parent = (key: string): string =>
      `exists (select from ronda.incident i where i.space = ${space} and i.key = ${key})`;
    const owned = (key: string): string =>
      `exists (select from ronda.incident i where i.space = ${space} and i.key = ${key} and i.owner_readers && ${p})`;
    // Whose a record may be after a change: the caller's, or its CERT's, which takes over what its constituents file.
    const custodian = (org: string): string => `(${org} = any (${p}) or ${org} = (select ronda.reader_parent()))`;
    await runner.query(`
      grant select, insert, update (head, owner_readers, audience, owner_key, author_key, filer_key) on ronda.incident to ronda_app;
      grant select, insert on ronda.incident_revision, ronda.authorship_drawer to ronda_app;
      grant update (audience) on ronda.incident_revision to ronda_app;
      -- Authorship moves with custody when a CERT takes over what its constituent filed.
      grant update (org_key) on ronda.authorship_drawer to ronda_app;
      grant select, insert, update (body, edited_at, deleted_at) on ronda.incident_comment to ronda_app;
      grant select, insert, delete on ronda.incident_link to ronda_app;

      create policy incident_read on ronda.incident for select to ronda_app using (space = ${space} and audience && ${p});
      create policy incident_insert on ronda.incident for insert to ronda_app
        with check (space = ${space} and owner_readers && ${p} and (owner_key is null or owner_key = any (${p}))
          and (author_key is null or author_key = any (${p})) and filer_key is null);
      create policy incident_update on ronda.incident for update to ronda_app
        using (space = ${space} and owner_readers && ${p}) with check (space = ${space} and audience && ${p}
          and (owner_key is null or ${custodian('owner_key')}) and (filer_key is null or exists (select from ronda.organisation o
            where o.key = filer_key and (o.key = any (${p}) or o.parent_key = any (${p})))));

      create policy incident_revision_read on ronda.incident_revision for select to ronda_app
        using (space = ${space} and audience && ${p} and ${parent('incident_key')});
      create policy incident_revision_insert on ronda.incident_revision for insert to ronda_app
        with check (space = ${space} and ${owned('incident_key')} and (author_key is null or author_key = any (${p})));
      create policy incident_revision_update on ronda.incident_revision for update to ronda_app
        using (space = ${space} and ${owned('incident_key')});

      create policy authorship_drawer_read on ronda.authorship_drawer for select to ronda_app
        using (space = ${space} and org_key = any (${p}) and ${parent('incident_key')});
      create policy authorship_drawer_insert on ronda.authorship_drawer for insert to ronda_app
        with check (space = ${space} and ${custodian('org_key')} and user_key = any (${p}) and ${owned('incident_key')});
      create policy authorship_drawer_update on ronda.authorship_drawer for update to ronda_app
        using (space = ${space} and org_key = any (${p}) and ${owned('incident_key')}) with check (space = ${space} and ${custodian('org_key')});

      create policy incident_comment_read on ronda.incident_comment for select to ronda_app
        using (space = ${space} and (readers is null or readers && ${p}) and ${parent('incident_key')});
      create policy incident_comment_insert on ronda.incident_comment for insert to ronda_app
        with check (space = ${space} and author_key = any (${p}) and org_key = any (${p}) and ${parent('incident_key')});
      create policy incident_comment_update on ronda.incident_comment for update to ronda_app
        using (space = ${space} and author_key = any (${p}) and ${parent('incident_key')});

      create policy incident_link_read on ronda.incident_link for select to ronda_app
        using (space = ${space} and ${parent('from_key')} and ${parent('to_key')});
      create policy incident_link_insert on ronda.incident_link for insert to ronda_app
        with check (space = ${space} and ${owned('from_key')} and ${parent('to_key')} and created_by = any (${p}));
      create policy incident_link_delete on ronda.incident_link for delete to ronda_app
        using (space = ${space} and ${owned('from_key')});
    `);

    await runner.query(`
      grant select on ronda.incident, ronda.release to ronda_deriver;
      grant select, insert, delete on ronda.readable_since to ronda_deriver;
      create policy incident_derive on ronda.incident for select to ronda_deriver using (true);
      create policy release_derive on ronda.release for select to ronda_deriver using (true);
      create policy readable_since_derive on ronda.readable_since to ronda_deriver using (true);

      -- Replaces who may list a record, keeping since when for those who stay. Only the owner's side may.
      create function ronda.publish_readers(kind text, record bigint, principals int[], at timestamptz) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        if kind <> 'incident' or not exists (select from incident i
            where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
          raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
        end if;
        -- Whoever holds an earlier epoch of a group holds the later ones too: a release to the newest lets newcomers in,
        -- and is nothing that the others may notice.
        delete from readable_since r where r.space = space() and r.record_kind = kind and r.record_key = record
          and not r.principal_key = any (principals)
          and not exists (select from group_epoch held join group_epoch named
              on named.group_key = held.group_key and named.epoch > held.epoch
              where held.principal_key = r.principal_key and named.principal_key = any (principals));
        insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
          select i.space, kind, named, i.key, i.id, at from incident i, unnest(principals) named
           where i.space = space() and i.key = record
          on conflict do nothing;
      end $$;

      -- Held releases whose time has come, for the worker, which completes each as the person who asked for it.
      create function ronda.due_releases(at timestamptz) returns table (space int, release_id uuid, user_key int)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select r.space, r.id, r.requested_by from release r where r.status = 'held' and r.hold_until <= at order by r.hold_until limit 100
      $$;
      -- Proposed members whom nobody objected to and whose window has closed; admitted as the one who proposed them, or, where
      -- that account is closed, as another of a member.
      create function ronda.due_admissions(at timestamptz) returns table (membership_id uuid, user_key int)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select m.id, acting.key from group_membership m
          join sharing_group g on g.key = m.group_key and g.dissolved_at is null
          join organisation newcomer on newcomer.key = m.org_key and newcomer.standing = 'active'
          cross join lateral (
            select u.key from group_membership own
              join organisation o on o.key = own.org_key and o.standing = 'active'
              join user_account u on u.org_key = o.key and u.status = 'active'
             where own.group_key = m.group_key and own.state = 'member'
             order by (u.key = m.proposed_by) desc, u.key limit 1) acting
         where m.state = 'proposed' and m.accepted_at is not null and m.admit_after <= at order by m.admit_after limit 100
      $$;
      -- Forgets replays older than a day, and credentials that ended a month ago.
      create function ronda.purge_expired(at timestamptz) returns void
        language sql volatile security definer set search_path = ronda, pg_temp as $$
        delete from idempotency_key where created_at < at - interval '24 hours';
        delete from credential where kind <> 'api-key' and coalesce(revoked_at, refresh_expires_at, expires_at) < at - interval '30 days';
        delete from sign_in_attempt where last_failed_at < at - interval '1 day'
          and (last_succeeded_at is null or last_succeeded_at < at - interval '90 days');
      $$;
      grant select, delete on ronda.idempotency_key, ronda.sign_in_attempt to ronda_deriver;
      grant delete on ronda.credential to ronda_deriver;
      create policy idempotency_key_derive on ronda.idempotency_key to ronda_deriver using (true);
      create policy credential_purge on ronda.credential for delete to ronda_deriver using (true);

      grant create on schema ronda to ronda_deriver;
      alter function ronda.publish_readers(text, bigint, int[], timestamptz) owner to ronda_deriver;
      alter function ronda.due_releases(timestamptz) owner to ronda_deriver;
      alter function ronda.due_admissions(timestamptz) owner to ronda_deriver;
      alter function ronda.purge_expired(timestamptz) owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.publish_readers(text, bigint, int[], timestamptz), ronda.due_releases(timestamptz),
        ronda.due_admissions(timestamptz), ronda.purge_expired(timestamptz) from public;
      grant execute on function ronda.publish_readers(text, bigint, int[], timestamptz), ronda.due_releases(timestamptz),
        ronda.due_admissions(timestamptz), ronda.purge_expired(timestamptz) to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.purge_expired(timestamptz), ronda.due_admissions(timestamptz), ronda.due_releases(timestamptz),
        ronda.publish_readers(text, bigint, int[], timestamptz);
      drop policy credential_purge on ronda.credential;
      drop policy idempotency_key_derive on ronda.idempotency_key;
      drop policy readable_since_derive on ronda.readable_since;
      drop policy release_derive on ronda.release;
      revoke all on ronda.idempotency_key, ronda.sign_in_attempt, ronda.release, ronda.readable_since from ronda_deriver;
      revoke delete on ronda.credential from ronda_deriver;
      drop table ronda.incident_link, ronda.incident_comment, ronda.authorship_drawer, ronda.incident_revision, ronda.incident;
    `);
  }
}
