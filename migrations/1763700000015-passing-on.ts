import type { MigrationInterface, QueryRunner } from 'typeorm';
import { publishReaders } from './passing-on-functions.js';
import { QUARANTINED, bury, keepDeliveries, receiptBands } from './receipt-functions.js';
import type { Passing } from './receipt-functions.js';
import { giveTo } from './roles.js';
import { FILTERED_SEARCH, createSearch } from './search-function.js';

const p = '(select ronda.reader_principals())::int[]';
const here = 'space = (select ronda.space())';
const record = (table: string, condition: string): string =>
  `exists (select from ronda.incident i where i.space = ${table}.space and i.key = ${table}.incident_key and ${condition})`;
const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';

/** Past whom a receipt or a tombstone of what was passed on is shown: to whoever passed it on, and not to the originator. */
const RECIPIENT_TABLES = ['receipt', 'tombstone'] as const;

/**
 * With a recall those fall whose CERT reads no longer, and a recipient is asked for nothing that it still reads by one, or reads
 * again when a quarantine ends.
 */
const PASSING: Passing = {
  ...QUARANTINED,
  fall: `
    update pass_on p set ended_at = bury.at where p.space = here and p.incident_key = record and p.ended_at is null
      and not still_reads(p.owner_key, target.audience);`,
  stillReads: (readers, reader, org, key) =>
    `(still_reads(${reader}, ${readers}) or ${reader} = ${org} and exists (select from pass_on p
        where p.space = space() and p.incident_key = ${key} and p.org_key = ${org} and p.ended_at is null
          and (exists (select from standing_pass_ons(p.owner_key) s where s.record = p.incident_key and s.recipient = p.org_key)
            or exists (select from incident q where q.space = p.space and q.key = p.incident_key and q.quarantined_at is not null))))`,
};

/**
 * Passing on, asking for wider sharing, and feedback.
 *
 * A national CERT passes a record that it reads on to constituents of its own (`pass_on`). Nothing of the record's own rows
 * changes, and nobody but the CERT and the recipient sees the row: whether it stands is asked when the recipient reads, by
 * policies of their own beside those of migration 4.
 */
export class PassingOn1763700000015 implements MigrationInterface {
  name = 'PassingOn1763700000015';

  async up(runner: QueryRunner): Promise<void> {
    await this.tables(runner);
    await this.reading(runner);
    await this.policies(runner);
    await this.acts(runner);
    await runner.query(`
      drop function ronda.${FILTERED_SEARCH};
      ${createSearch({ isFiltered: true, isPassing: true })}
      ${giveTo('ronda_searcher', [FILTERED_SEARCH])}
      grant execute on function ronda.derive_passed_on() to ronda_searcher;
      -- What a record was written from, which holds its release.
      alter table ronda.incident_link drop constraint incident_link_kind_check,
        add constraint incident_link_kind_check check (kind in ('related', 'duplicate-of', 'part-of', 'caused-by', 'derived-from'));
    `);
  }

  private async tables(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.pass_on (
        space int not null,
        id uuid not null,
        -- The national CERT that passes it on, and to whom of its own.
        owner_key int not null references ronda.organisation (key),
        incident_key bigint not null,
        org_key int not null references ronda.organisation (key),
        -- Why they need to know: for the recipient.
        note text,
        tells_originator boolean not null,
        granted_by int not null references ronda.user_account (key),
        granted_at timestamptz not null,
        ended_at timestamptz,
        -- Null where it fell: the record was recalled, or narrowed away from the CERT.
        ended_by int references ronda.user_account (key),
        primary key (space, owner_key, id),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check (owner_key <> org_key),
        check (ended_by is null or ended_at is not null)
      );
      -- One stands at a time.
      create unique index pass_on_standing on ronda.pass_on (space, owner_key, incident_key, org_key) where ended_at is null;
      create index pass_on_recipient on ronda.pass_on (space, org_key) where ended_at is null;
      create index pass_on_record on ronda.pass_on (space, incident_key);

      create table ronda.wider_sharing_request (
        space int not null,
        id uuid not null,
        -- Whose people ask.
        owner_key int not null references ronda.organisation (key),
        incident_key bigint not null,
        -- What is wanted: another marking, others who may read it, or both.
        tlp text check (tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
        audience jsonb not null,
        reason text not null,
        asked_by int not null references ronda.user_account (key),
        asked_at timestamptz not null,
        state text not null check (state in ('open', 'granted', 'declined')),
        -- Null of an anonymous record: the asker reads the row.
        decided_by int references ronda.user_account (key),
        decided_at timestamptz,
        primary key (space, owner_key, id),
        foreign key (space, incident_key) references ronda.incident (space, key),
        check (tlp is not null or audience <> '[]'),
        check ((state = 'open') = (decided_at is null) and (decided_by is null or decided_at is not null))
      );
      create unique index wider_sharing_request_open on ronda.wider_sharing_request (space, owner_key, incident_key) where state = 'open';
      create index wider_sharing_request_record on ronda.wider_sharing_request (space, incident_key);
      create index wider_sharing_request_asked on ronda.wider_sharing_request (space, asked_at desc, id desc);

      create table ronda.feedback (
        space int not null,
        -- Whose word it is: one of each organisation, the newest.
        owner_key int not null references ronda.organisation (key),
        incident_key bigint not null,
        -- Null: it acted on it, which its receipt says.
        kind text check (kind in ('useful', 'cannot-help', 'checked-not-seen')),
        note text,
        given_by int not null references ronda.user_account (key),
        given_at timestamptz not null,
        passed_by int references ronda.organisation (key),
        primary key (space, owner_key, incident_key),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );
      create index feedback_record on ronda.feedback (space, incident_key);

      -- The CERT that passed the record on to the recipient; null where its owner released it to that.
      alter table ronda.receipt add column passed_by int references ronda.organisation (key);
      alter table ronda.tombstone add column passed_by int references ronda.organisation (key);
    `);
    for (const table of ['pass_on', 'wider_sharing_request', 'feedback'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);
        create policy ${table}_derive on ronda.${table} to ronda_deriver using (true);
        grant select on ronda.${table} to ronda_deriver;
      `);
  }

  /** What stands, asked anew by every query: nothing of it is kept, so nothing has to be told when it falls. */
  private async reading(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a national CERT holds as a whole, none of its people's own.
      create function ronda.cert_principals(cert int) returns int[]
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select array[o.key] || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat)
            || veils_of(o.key, o.key) from organisation o where o.key = cert and o.kind = 'national-cert' and o.standing = 'active'
      $$;

      -- Records that stand passed on by this CERT, to whom, and the newest revision that the CERT reads, unless its marking
      -- admits no passing on.
      create function ronda.standing_pass_ons(cert int) returns table (recipient int, record bigint, revision int)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select p.org_key, p.incident_key, r.number
          from (select cert_principals(cert) as held) c
          join pass_on p on p.space = space() and p.owner_key = cert and p.ended_at is null
          join organisation o on o.key = p.org_key and o.parent_key = cert and o.standing = 'active'
          join incident i on i.space = p.space and i.key = p.incident_key and i.audience && c.held and not i.owner_readers && c.held
          cross join lateral (select v.number, v.tlp from incident_revision v
            where v.space = i.space and v.incident_key = i.key and v.audience && c.held order by v.number desc limit 1) r
         where r.tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER')
      $$;

      -- What was passed on to the reader's organisation: records, and beside each its one revision.
      create function ronda.derive_passed_on(out records bigint[], out revisions int[])
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare me record;
      begin
        me := reader_account();
        records := '{}';
        revisions := '{}';
        if me.parent_key is null or me.credential_kind = 'link' then return; end if;
        select coalesce(array_agg(s.record), '{}'), coalesce(array_agg(s.revision), '{}') into records, revisions
          from standing_pass_ons(me.parent_key) s where s.recipient = me.org_key;
      end $$;

      -- Plain SQL, so that CERTs and bodies of the region, to whom nothing is passed on, pay an overlap of two arrays.
      create function ronda.reader_passed_records() returns bigint[] language sql stable as $$
        select case when ronda.reader_principals() && array[2, 3] then '{}'::bigint[] else (ronda.derive_passed_on()).records end $$;
      create function ronda.reader_passed_revisions() returns int[] language sql stable as $$
        select case when ronda.reader_principals() && array[2, 3] then '{}'::int[] else (ronda.derive_passed_on()).revisions end $$;

      -- Beside those of migration 4, and asked after them.
      create policy incident_read_passed_on on ronda.incident for select to ronda_app
        using (${here} and key = any ((select ronda.reader_passed_records())::bigint[]));
      create policy incident_revision_read_passed_on on ronda.incident_revision for select to ronda_app
        using (${here} and number = ((select ronda.reader_passed_revisions())::int[])[
          array_position((select ronda.reader_passed_records())::bigint[], incident_key)]);
      -- What others said of a record they said to its readers: it is not passed on, nor does a word of the recipient's
      -- tell them that it was.
      create policy incident_comment_not_passed_on on ronda.incident_comment as restrictive to ronda_app
        using (${record('incident_comment', `i.audience && ${p}`)});
    `);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const asWhole = 'array_remove(ronda.reader_principals(), granted_by)';
    const readable = (table: string): string => record(table, 'true');
    const owned = (table: string): string => record(table, `i.owner_readers && ${p}`);
    await runner.query(`
      grant select, insert on ronda.pass_on to ronda_app;
      create policy pass_on_read on ronda.pass_on for select to ronda_app using (${here}
        and (owner_key = any (${p}) or org_key = any (${p}) and ended_at is null and ${readable('pass_on')}));
      -- The twin of mayPassOn: an active national CERT, of what it reads as a whole and does not own, at AMBER, to its own.
      create policy pass_on_insert on ronda.pass_on for insert to ronda_app with check (${here}
        and owner_key = any (${p}) and granted_by = any (${p}) and granted_at = ronda.clock() and ended_at is null
        and exists (select from ronda.organisation c where c.key = owner_key and c.kind = 'national-cert' and c.standing = 'active')
        and exists (select from ronda.organisation o where o.key = org_key and o.parent_key = owner_key and o.standing = 'active')
        and ${record('pass_on', `i.audience && ${asWhole} and not i.owner_readers && ${p}`)}
        and coalesce((select r.tlp from ronda.incident_revision r where r.space = pass_on.space and r.incident_key = pass_on.incident_key
          and r.audience && ${asWhole} order by r.number desc limit 1) = 'TLP:AMBER', false));

      grant select, insert, update (state, decided_by, decided_at) on ronda.wider_sharing_request to ronda_app;
      create policy wider_sharing_request_read on ronda.wider_sharing_request for select to ronda_app using (${here}
        and (owner_key = any (${p}) and ${readable('wider_sharing_request')} or ${owned('wider_sharing_request')}));
      -- By whoever the record was released to, and not by whom it was passed on to: that asks its CERT.
      create policy wider_sharing_request_insert on ronda.wider_sharing_request for insert to ronda_app with check (${here}
        and owner_key = any (${p}) and asked_by = any (${p}) and asked_at = ronda.clock() and state = 'open'
        and ${record('wider_sharing_request', `i.audience && ${p} and not i.owner_readers && ${p}`)});
      create policy wider_sharing_request_decide on ronda.wider_sharing_request for update to ronda_app
        using (${here} and state = 'open' and ${owned('wider_sharing_request')})
        with check (${here} and state <> 'open' and decided_at = ronda.clock()
          and case when ${record('wider_sharing_request', `i.authorship = 'named'`)} then decided_by = any (${p}) else decided_by is null end);

      -- The giver's, and his who shared it: the owner's where it released the record, the CERT's where that passed it on. By
      -- organisations that those see at all, as receipts are.
      grant select, insert, delete, update (kind, note, given_by, given_at) on ronda.feedback to ronda_app;
      create policy feedback_read on ronda.feedback for select to ronda_app using (${here} and ${readable('feedback')}
        and (owner_key = any (${p}) or passed_by = any (${p}) or passed_by is null and ${owned('feedback')}
          and exists (select from ronda.organisation o where o.key = owner_key)));
      create policy feedback_insert on ronda.feedback for insert to ronda_app with check (${here} and owner_key = any (${p})
        and given_by = any (${p}) and given_at = ronda.clock() and ${record('feedback', `not i.owner_readers && ${p}`)});
      create policy feedback_update on ronda.feedback for update to ronda_app using (${here} and owner_key = any (${p}))
        with check (${here} and owner_key = any (${p}) and given_by = any (${p}) and given_at = ronda.clock());
      create policy feedback_delete on ronda.feedback for delete to ronda_app using (${here} and owner_key = any (${p}));
    `);
    for (const table of RECIPIENT_TABLES)
      await runner.query(`
        create policy ${table}_passed_on on ronda.${table} as restrictive for select to ronda_app
          using (passed_by is null or reader_key = any (${p}) or passed_by = any (${p}));
        create policy ${table}_read_passing on ronda.${table} for select to ronda_app using (${here} and passed_by = any (${p}));
      `);
  }

  private async acts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- By whom the reader has the record: null where its owner released it to it.
      create function ronda.passed_by(within int, record bigint, reader int, org int) returns int
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select p.owner_key from pass_on p join incident i on i.space = p.space and i.key = p.incident_key
         where p.space = within and p.incident_key = record and p.org_key = org and not still_reads(reader, ${QUARANTINED.readers('i')}) limit 1
      $$;
      create function ronda.say_passed_by() returns trigger ${definer} as $$
      begin
        if tg_table_name = 'feedback' then
          new.passed_by := passed_by(new.space, new.incident_key, new.owner_key, new.owner_key);
        elsif tg_table_name = 'receipt' then
          new.passed_by := passed_by(new.space, new.record_key, new.reader_key, new.org_key);
        else
          -- Where some of it came from the owner itself, the owner asks.
          new.passed_by := (select case when bool_and(r.passed_by is not null) then max(r.passed_by) end from receipt r
            where r.space = new.space and r.reader_key = new.reader_key and r.record_key = new.record_key);
        end if;
        return new;
      end $$;

      -- A pass-on puts the record on its recipient's list, and back on it.
      create function ronda.list_pass_on() returns trigger ${definer} as $$
      begin
        insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
          select i.space, 'incident', new.org_key, i.key, i.id, new.granted_at from incident i
           where i.space = new.space and i.key = new.incident_key
          on conflict do nothing;
        update tombstone t set lifted_at = new.granted_at
          where t.space = new.space and t.reader_key = new.org_key and t.record_kind = 'incident' and t.record_key = new.incident_key
            and t.lifted_at is null;
        return new;
      end $$;
      -- What ended is on its list no longer, unless the owner named it too.
      create function ronda.unlist_pass_on() returns trigger ${definer} as $$
      begin
        delete from readable_since s using incident i
          where i.space = new.space and i.key = new.incident_key and s.space = i.space and s.record_kind = 'incident'
            and s.record_key = i.key and s.principal_key = new.org_key and not new.org_key = any (${QUARANTINED.readers('i')});
        return new;
      end $$;
      grant update (ended_at, ended_by) on ronda.pass_on to ronda_deriver;

      -- Takes one of the reader's back, and asks its recipient for what it was given. False where it does not stand.
      create function ronda.take_back(wanted uuid, by_user int, at timestamptz) returns boolean ${definer} as $$
      declare ended pass_on;
      begin
        update pass_on p set ended_at = take_back.at, ended_by = by_user
          where p.space = space() and p.id = wanted and p.ended_at is null
            and p.owner_key = any (reader_principals()) and by_user = any (reader_principals())
          returning p.* into ended;
        if not found then return false; end if;
        -- What is on its way to the recipient at this moment is asked back as well, as by a recall.
        perform pg_advisory_xact_lock(x'52637074'::int, (ended.incident_key % 64)::int);
        insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, org_key, reason, at)
          select distinct r.space, r.reader_key, 'incident', i.key, i.id, r.org_key, 'narrowed', take_back.at
            from receipt r join incident i on i.space = r.space and i.key = r.record_key
           where r.space = ended.space and r.record_kind = 'incident' and r.record_key = ended.incident_key
             and r.org_key = ended.org_key and not still_reads(r.reader_key, ${QUARANTINED.readers('i')})
          on conflict (space, reader_key, record_kind, record_key) do update
            set reason = excluded.reason, at = excluded.at, lifted_at = null, answer = null, kept_because = null, answered_at = null
            where t.lifted_at is not null;
        return true;
      end $$;

      -- To the owner of a named record alone: how many constituents of which CERT it was passed on to, by CERTs that tell.
      create function ronda.told_pass_ons(record bigint) returns table (cert int, recipients int)
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select p.owner_key, count(*)::int from incident i
          join pass_on p on p.space = i.space and p.incident_key = i.key and p.ended_at is null and p.tells_originator
          cross join lateral (select from standing_pass_ons(p.owner_key) s where s.record = i.key and s.recipient = p.org_key) s
         where i.space = space() and i.key = record and i.authorship = 'named' and i.owner_readers && reader_principals()
         group by p.owner_key
      $$;

      -- From how many records the owner's own was written: also from those that it does not read any more.
      create function ronda.count_sources(record bigint) returns int
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select count(*)::int from incident_link l join incident i on i.space = l.space and i.key = l.from_key
         where l.space = space() and l.from_key = record and l.kind = 'derived-from' and i.owner_readers && reader_principals()
      $$;

      -- Takes a value out of what others wrote beside a record, with ronda.erase_from_record() and for the same people.
      create function ronda.erase_from_notes(record bigint, value text) returns void ${definer} as $$
      declare pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\\\\1', 'g');
      begin
        if length(value) < 2 or not exists (select from incident i
              where i.space = space() and i.key = record and i.owner_readers && reader_principals())
            or not exists (select from reader_account() me join user_account u on u.key = me.user_key
              where me.standing = 'active' and 'coordinator' = any (u.roles)) then
          raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
        end if;
        update pass_on n set note = regexp_replace(n.note, pattern, '[erased]', 'gi')
          where n.space = space() and n.incident_key = record and n.note ~* pattern;
        update feedback n set note = regexp_replace(n.note, pattern, '[erased]', 'gi')
          where n.space = space() and n.incident_key = record and n.note ~* pattern;
        update wider_sharing_request n set reason = regexp_replace(n.reason, pattern, '[erased]', 'gi')
          where n.space = space() and n.incident_key = record and n.reason ~* pattern;
      end $$;
      -- When a record's time is over, so is that of what was written beside it.
      create function ronda.retain_no_notes() returns trigger ${definer} as $$
      begin
        update pass_on n set note = null where n.space = new.space and n.incident_key = new.record_key and n.note is not null;
        update feedback n set note = null where n.space = new.space and n.incident_key = new.record_key and n.note is not null;
        update wider_sharing_request n set reason = '' where n.space = new.space and n.incident_key = new.record_key;
        return new;
      end $$;
      grant update (note) on ronda.pass_on, ronda.feedback to ronda_deriver;
      grant update (reason) on ronda.wider_sharing_request to ronda_deriver;

      ${publishReaders(`
      and not exists (select from pass_on p where p.space = r.space and p.incident_key = r.record_key
          and p.org_key = r.principal_key and p.ended_at is null)`)}
      ${bury(PASSING)}
      -- What a CERT passed on is not even counted to whoever did not release it to them.
      ${receiptBands(' and passed_by is null')}
      ${keepDeliveries(PASSING)}
      ${giveTo('ronda_deriver', [
        'cert_principals(int)',
        'standing_pass_ons(int)',
        'derive_passed_on()',
        'passed_by(int, bigint, int, int)',
        'say_passed_by()',
        'list_pass_on()',
        'unlist_pass_on()',
        'take_back(uuid, int, timestamptz)',
        'told_pass_ons(bigint)',
        'count_sources(bigint)',
        'erase_from_notes(bigint, text)',
        'retain_no_notes()',
      ])}
      -- Of others they would tell: these are asked by the database alone.
      revoke execute on function ronda.cert_principals(int), ronda.standing_pass_ons(int), ronda.passed_by(int, bigint, int, int),
        ronda.say_passed_by(), ronda.list_pass_on(), ronda.unlist_pass_on(), ronda.retain_no_notes() from ronda_app;
      -- For whoever row-level security binds: a backup that is restored says itself by whom, and what is on which list.
      create trigger say_passed_by before insert or update on ronda.feedback for each row
        when (row_security_active('ronda.feedback')) execute function ronda.say_passed_by();
      create trigger say_passed_by before insert on ronda.receipt for each row
        when (row_security_active('ronda.receipt')) execute function ronda.say_passed_by();
      create trigger say_passed_by before insert or update of lifted_at on ronda.tombstone for each row
        when (row_security_active('ronda.tombstone')) execute function ronda.say_passed_by();
      create trigger list_pass_on after insert on ronda.pass_on for each row
        when (row_security_active('ronda.pass_on')) execute function ronda.list_pass_on();
      create trigger unlist_pass_on after update of ended_at on ronda.pass_on for each row
        when (old.ended_at is null and new.ended_at is not null) execute function ronda.unlist_pass_on();
      create trigger retain_no_notes after insert on ronda.erasure for each row
        when (new.basis = 'retention' and new.record_kind = 'incident') execute function ronda.retain_no_notes();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Said of what is taken back: a link that says it cannot be kept.
      alter table ronda.incident_link no force row level security;
      delete from ronda.incident_link where kind = 'derived-from';
      alter table ronda.incident_link force row level security;
      alter table ronda.incident_link drop constraint incident_link_kind_check,
        add constraint incident_link_kind_check check (kind in ('related', 'duplicate-of', 'part-of', 'caused-by'));
      drop function ronda.${FILTERED_SEARCH};
      ${createSearch({ isFiltered: true })}
      ${giveTo('ronda_searcher', [FILTERED_SEARCH])}
      ${bury(QUARANTINED)}
      ${keepDeliveries(QUARANTINED)}
      ${receiptBands()}
      ${publishReaders('')}
      drop trigger retain_no_notes on ronda.erasure;
      drop trigger say_passed_by on ronda.tombstone;
      drop trigger say_passed_by on ronda.receipt;
      drop policy incident_comment_not_passed_on on ronda.incident_comment;
      drop policy incident_revision_read_passed_on on ronda.incident_revision;
      drop policy incident_read_passed_on on ronda.incident;
    `);
    for (const table of RECIPIENT_TABLES)
      await runner.query(`
        drop policy ${table}_read_passing on ronda.${table};
        drop policy ${table}_passed_on on ronda.${table};
        alter table ronda.${table} drop column passed_by;
      `);
    await runner.query(`
      drop table ronda.feedback, ronda.wider_sharing_request, ronda.pass_on;
      drop function ronda.retain_no_notes(), ronda.erase_from_notes(bigint, text), ronda.count_sources(bigint), ronda.told_pass_ons(bigint),
        ronda.take_back(uuid, int, timestamptz), ronda.unlist_pass_on(), ronda.list_pass_on(), ronda.say_passed_by(),
        ronda.passed_by(int, bigint, int, int), ronda.reader_passed_revisions(), ronda.reader_passed_records(),
        ronda.derive_passed_on(), ronda.standing_pass_ons(int), ronda.cert_principals(int);
    `);
  }
}
