import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PRINCIPAL_KINDS, rewrite, veilExisting, unveilAll } from './anonymity-rewrites.js';
import { QUARANTINED, UNPASSED, bury, keepDeliveries, receiptBands } from './receipt-functions.js';
import { giveTo } from './roles.js';

/**
 * Anonymous records that leave their owner. A row that a reader sees names none of the owner's principals: in their place
 * stands a veil, a principal of this record alone, and who is behind it is the owner's organisation's to know.
 */
export class Anonymity1763700000014 implements MigrationInterface {
  name = 'Anonymity1763700000014';

  async up(runner: QueryRunner): Promise<void> {
    await this.tables(runner);
    await this.policies(runner);
    await this.functions(runner);
    await runner.query(rewrite('up'));
    await runner.query(veilExisting);
    await runner.query(`
      alter table ronda.incident add constraint incident_alias check (authorship = 'named' or alias is not null);
      alter table ronda.incident_comment add constraint incident_comment_author
        check (by_owner = (author_key is null) and by_owner = (org_key is null))`);
  }

  private async tables(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.principal drop constraint principal_kind_check,
        add constraint principal_kind_check check (kind in (${PRINCIPAL_KINDS}, 'veil')),
        add constraint principal_of_kind unique (key, kind);

      -- Who is behind a principal of one anonymous record: its organisation, at RED the persons. Another side, another veil:
      -- what was written while the record was RED stays with those who were behind that one.
      create table ronda.veil (
        space int not null,
        org_key int not null references ronda.organisation (key),
        principal_key int not null,
        -- Nobody gets behind what is another kind of principal.
        kind text not null default 'veil' check (kind = 'veil'),
        record_id uuid not null,
        holders int[] not null check (cardinality(holders) > 0),
        primary key (space, org_key, principal_key),
        -- A second one behind the same would read with the eyes of the first.
        unique (principal_key),
        foreign key (principal_key, kind) references ronda.principal (key, kind)
      );
      create index veil_record on ronda.veil (space, org_key, record_id);

      -- By what its readers know the owner: of this record and of no other.
      alter table ronda.incident add column alias text, add column quarantined_at timestamptz;
      -- What the filer said for itself, which no row that others read may hold.
      alter table ronda.authorship_drawer add column external_references jsonb, add column note text;

      -- Written by the owner's side of an anonymous record; its drawer says by whom.
      alter table ronda.incident_comment alter column author_key drop not null, alter column org_key drop not null,
        add column by_owner boolean not null default false;
      create table ronda.comment_drawer (
        space int not null,
        org_key int not null references ronda.organisation (key),
        comment_key bigint not null references ronda.incident_comment (key),
        incident_key bigint not null,
        user_key int not null references ronda.user_account (key),
        primary key (space, org_key, comment_key),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );
      create index comment_drawer_comment on ronda.comment_drawer (comment_key);

      -- One of each organisation that reads the record. Of RED it is the person's.
      create table ronda.quarantine_ask (
        space int not null,
        org_key int not null references ronda.organisation (key),
        record_id uuid not null,
        incident_key bigint not null,
        reader_key int not null references ronda.principal (key),
        reason text not null check (reason in ('false', 'malicious', 'unlawful', 'personal-data', 'other')),
        asked_at timestamptz not null,
        withdrawn_at timestamptz,
        primary key (space, org_key, record_id),
        foreign key (space, incident_key) references ronda.incident (space, key)
      );
      create index quarantine_ask_record on ronda.quarantine_ask (space, incident_key) where withdrawn_at is null;
    `);
    for (const table of ['veil', 'comment_drawer', 'quarantine_ask'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);
        create policy ${table}_derive on ronda.${table} to ronda_deriver using (true);
        grant select on ronda.${table} to ronda_deriver, ronda_app;`);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    const here = 'space = (select ronda.space())';
    await runner.query(`
      grant insert on ronda.veil, ronda.comment_drawer to ronda_app;
      create policy veil_read on ronda.veil for select to ronda_app
        using (${here} and org_key = any (${p}) and principal_key = any (${p}));
      -- Of the caller's organisation, for it or for its persons, the caller among them.
      create policy veil_insert on ronda.veil for insert to ronda_app with check (${here} and org_key = any (${p}) and holders && ${p}
        and exists (select from ronda.organisation o where o.key = org_key)
        and not exists (select from unnest(holders) h (key) where h.key <> org_key
          and not exists (select from ronda.user_account u where u.key = h.key and u.org_key = veil.org_key)));
      create trigger veil_principals after insert on ronda.veil for each statement execute function ronda.forget_principals();

      create policy comment_drawer_read on ronda.comment_drawer for select to ronda_app using (${here} and org_key = any (${p})
        and exists (select from ronda.incident i where i.space = comment_drawer.space and i.key = incident_key));
      create policy comment_drawer_insert on ronda.comment_drawer for insert to ronda_app
        with check (${here} and org_key = any (${p}) and user_key = any (${p}) and exists (select from ronda.incident_comment c
          join ronda.incident i on i.space = c.space and i.key = c.incident_key and i.owner_readers && ${p}
          where c.space = comment_drawer.space and c.key = comment_key and c.incident_key = comment_drawer.incident_key and c.by_owner));

      create policy quarantine_ask_read on ronda.quarantine_ask for select to ronda_app
        using (${here} and org_key = any (${p}) and reader_key = any (${p}));

      -- The first place in its readers' lists: the holders' own, which nobody else reads.
      drop policy readable_since_insert on ronda.readable_since;
      create policy readable_since_insert on ronda.readable_since for insert to ronda_app with check (${here}
        and (principal_key = any (ronda.owners_of(record_kind, record_key)) or exists (select from ronda.veil v
          where v.space = readable_since.space and v.principal_key = any (ronda.owners_of(record_kind, record_key))
            and readable_since.principal_key = any (v.holders))));

      -- Of an anonymous record its owner's side says nothing in its own name.
      drop policy incident_comment_insert on ronda.incident_comment;
      create policy incident_comment_insert on ronda.incident_comment for insert to ronda_app with check (${here}
        and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.key = incident_key
          and by_owner = (i.authorship = 'anonymous' and i.owner_readers && ${p}))
        and (by_owner or author_key = any (${p}) and org_key = any (${p})));
      drop policy incident_comment_update on ronda.incident_comment;
      create policy incident_comment_update on ronda.incident_comment for update to ronda_app using (${here}
        and (author_key = any (${p}) or by_owner and exists (select from ronda.comment_drawer d
          where d.comment_key = incident_comment.key and d.user_key = any (${p})))
        and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.key = incident_key));

      ${searchDocuments(`(c.author_key = any (${p}) or c.by_owner and exists (select from ronda.comment_drawer d
          where d.comment_key = c.key and d.user_key = any (${p})))`)}
      create policy authorship_drawer_derive on ronda.authorship_drawer for update to ronda_deriver using (true);
      create policy release_unveil on ronda.release for update to ronda_deriver using (true);
      grant update (external_references, note) on ronda.authorship_drawer to ronda_deriver;
      grant update (authorship, owner_key, author_key, owner_readers, audience, quarantined_at) on ronda.incident to ronda_deriver;
      grant update (audience, author_key) on ronda.incident_revision to ronda_deriver;
      grant update (owner_readers) on ronda.release, ronda.erasure to ronda_deriver;
      grant update (author_key, org_key, readers, by_owner) on ronda.incident_comment to ronda_deriver;
      grant insert, update (reader_key, reason, asked_at, withdrawn_at) on ronda.quarantine_ask to ronda_deriver;
    `);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';
    const asker = `me.standing is distinct from 'active' or me.credential_kind = 'link'
            or not exists (select from user_account u where u.key = me.user_key and 'coordinator' = any (u.roles))`;
    await runner.query(`
      -- What an account holds besides, of records of its side that name it nowhere.
      create function ronda.veils_of(org int, person int) returns int[] language sql stable as $$
        select array(select v.principal_key from ronda.veil v
          where v.space = ronda.space() and v.org_key = org and v.holders && array[org, person] order by v.principal_key)
      $$;

      -- Principals with who is behind them in place of each veil.
      create function ronda.unveiled(principals int[]) returns int[]
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select array(select distinct coalesce(h.key, n.key) from unnest(principals) n (key)
          left join veil v on v.principal_key = n.key left join lateral unnest(v.holders) h (key) on true order by 1)
      $$;

      -- Puts the owner's name to a record, and to what its side said of it: by a coordinator of the owner alone, and for good.
      create function ronda.lift_anonymity(record bigint) returns void ${definer} as $$
      declare
        here constant int := space();
        me record;
        drawer record;
      begin
        me := reader_account();
        select d.org_key, d.user_key into drawer from incident i
          join authorship_drawer d on d.space = i.space and d.incident_key = i.key and d.part = 0
         where i.space = here and i.key = record and i.authorship = 'anonymous' and i.owner_readers && reader_principals()
           for update of i;
        if not found or drawer.org_key <> me.org_key or ${asker} then
          raise exception 'a coordinator of the owner lifts the anonymity of a record' using errcode = 'insufficient_privilege';
        end if;
        update incident_revision r set audience = unveiled(r.audience), author_key = d.user_key
          from authorship_drawer d where r.space = here and r.incident_key = record
            and d.space = here and d.incident_key = record and d.part = r.number;
        update incident_comment c set readers = unveiled(c.readers) where c.space = here and c.incident_key = record and c.readers is not null;
        update incident_comment c set by_owner = false, author_key = d.user_key, org_key = d.org_key
          from comment_drawer d where c.space = here and c.incident_key = record and c.by_owner and d.comment_key = c.key;
        update release r set owner_readers = unveiled(r.owner_readers)
          where r.space = here and r.record_kind = 'incident' and r.record_key = record;
        update erasure e set owner_readers = unveiled(e.owner_readers)
          where e.space = here and e.record_kind = 'incident' and e.record_key = record;
        -- In the open there is nothing to be kept in quarantine for: who doubts it knows whom to ask.
        update incident i set authorship = 'named', owner_key = drawer.org_key, author_key = drawer.user_key,
            owner_readers = unveiled(i.owner_readers), quarantined_at = null,
            audience = unveiled(i.audience || case when i.quarantined_at is null then '{}' else released_to(record) end)
          where i.space = here and i.key = record;
      end $$;

      -- Whom the release in force names, for what runs as the database itself.
      create function ronda.released_to(record bigint) returns int[]
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select coalesce((select r.principals from release r where r.space = space() and r.record_kind = 'incident'
          and r.record_key = record and r.status = 'released'), '{}')
      $$;

      ${receiptBands()}

      -- Begins or ends the quarantine of a record by how many organisations ask for it. Null: nothing changed.
      create function ronda.settle_quarantine(record bigint, at timestamptz) returns boolean ${definer} as $$
      declare
        target incident;
        is_wanted boolean;
      begin
        select i.* into target from incident i where i.space = space() and i.key = record for update;
        is_wanted := target.authorship = 'anonymous' and (select count(*) >= 3 from quarantine_ask a
          where a.space = space() and a.incident_key = record and a.withdrawn_at is null);
        if is_wanted = (target.quarantined_at is not null) then return null; end if;
        update incident i set quarantined_at = case when is_wanted then at end,
            audience = array(select distinct n from unnest(i.owner_readers || i.filer_key || released_to(record)) n where n is not null)
          where i.space = space() and i.key = record;
        return is_wanted;
      end $$;

      -- A member's word that a record should be read by nobody for now. Null where the record's state is what it was; else the
      -- internal number of its newest revision.
      create function ronda.ask_quarantine(record bigint, why text, at timestamptz) returns int ${definer} as $$
      declare
        me record;
        held constant int[] := reader_principals();
        target record;
      begin
        me := reader_account();
        select i.id, i.audience, i.head into target from incident i where i.space = space() and i.key = record
          and i.authorship = 'anonymous' and i.audience && held and not i.owner_readers && held;
        if not found or me.kind not in ('national-cert', 'regional-body') or ${asker} then
          raise exception 'a coordinator of a member that reads it asks for the quarantine of an anonymous record' using errcode = 'insufficient_privilege';
        end if;
        insert into quarantine_ask as a (space, org_key, record_id, incident_key, reader_key, reason, asked_at)
          values (space(), me.org_key, target.id, record,
            case when target.audience && array_remove(held, me.user_key) then me.org_key else me.user_key end, why, at)
          on conflict (space, org_key, record_id) do update set reader_key = excluded.reader_key, reason = excluded.reason,
            asked_at = excluded.asked_at, withdrawn_at = null where a.withdrawn_at is not null;
        return case when settle_quarantine(record, at) then target.head end;
      end $$;
      create function ronda.withdraw_quarantine(record uuid, at timestamptz) returns int ${definer} as $$
      declare
        me record;
        asked bigint;
      begin
        me := reader_account();
        update quarantine_ask a set withdrawn_at = at where a.space = space() and a.org_key = me.org_key and a.record_id = record
          and a.reader_key = any (reader_principals()) and a.withdrawn_at is null returning a.incident_key into asked;
        if not found or ${asker} then
          raise exception 'a coordinator withdraws what its organisation asked for' using errcode = 'insufficient_privilege';
        end if;
        if settle_quarantine(asked, at) is null then return null; end if;
        return (select i.head from incident i where i.space = space() and i.key = asked);
      end $$;
      -- To the owner's side: that a record is in quarantine, and why. Not who asked, nor how many, nor before there are enough.
      create function ronda.quarantine_reasons(records bigint[]) returns table (record_key bigint, since timestamptz, reasons text[])
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select i.key, i.quarantined_at, array(select distinct a.reason from quarantine_ask a
            where a.space = i.space and a.incident_key = i.key and a.withdrawn_at is null order by 1)
          from incident i where i.space = space() and i.key = any (records) and i.quarantined_at is not null
            and i.owner_readers && reader_principals()
      $$;

      -- Whatever is written of a record in quarantine, nobody but its owner's side reads it.
      create function ronda.keep_quarantine() returns trigger language plpgsql as $$
      begin
        if new.quarantined_at is not null then
          new.audience := array(select distinct n from unnest(new.owner_readers || new.filer_key) n where n is not null);
        end if;
        return new;
      end $$;
      create trigger keep_quarantine before insert or update on ronda.incident for each row execute function ronda.keep_quarantine();
      ${bury(QUARANTINED)}
      ${keepDeliveries(QUARANTINED)}

      ${giveTo('ronda_deriver', PUBLIC_FUNCTIONS)}
      ${giveTo('ronda_deriver', INNER_FUNCTIONS)}
      ${INNER_FUNCTIONS.map((each) => `revoke execute on function ronda.${each} from ronda_app;`).join('\n')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    const here = 'space = (select ronda.space())';
    await runner.query(unveilAll);
    await runner.query(`
      ${bury(UNPASSED)}
      ${keepDeliveries(UNPASSED)}
      drop trigger keep_quarantine on ronda.incident;
      drop function ronda.keep_quarantine();
      drop function ${PUBLIC_FUNCTIONS.map((each) => `ronda.${each}`).join(', ')};`);
    await runner.query(rewrite('down'));
    await runner.query(`
      drop function ${INNER_FUNCTIONS.map((each) => `ronda.${each}`).join(', ')};
      revoke update (author_key, org_key, readers, by_owner) on ronda.incident_comment from ronda_deriver;
      revoke update (owner_readers) on ronda.release, ronda.erasure from ronda_deriver;
      revoke update (audience, author_key) on ronda.incident_revision from ronda_deriver;
      revoke update (authorship, owner_key, author_key, owner_readers, audience, quarantined_at) on ronda.incident from ronda_deriver;
      revoke update (external_references, note) on ronda.authorship_drawer from ronda_deriver;
      drop policy release_unveil on ronda.release;
      drop policy authorship_drawer_derive on ronda.authorship_drawer;
      ${searchDocuments(`c.author_key = any (${p})`)}
      drop policy incident_comment_update on ronda.incident_comment;
      create policy incident_comment_update on ronda.incident_comment for update to ronda_app
        using (${here} and author_key = any (${p}) and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.key = incident_key));
      drop policy incident_comment_insert on ronda.incident_comment;
      create policy incident_comment_insert on ronda.incident_comment for insert to ronda_app
        with check (${here} and author_key = any (${p}) and org_key = any (${p})
          and exists (select from ronda.incident i where i.space = (select ronda.space()) and i.key = incident_key));
      drop policy readable_since_insert on ronda.readable_since;
      create policy readable_since_insert on ronda.readable_since for insert to ronda_app
        with check (${here} and principal_key = any (ronda.owners_of(record_kind, record_key)));
      drop table ronda.quarantine_ask, ronda.comment_drawer, ronda.veil;
      alter table ronda.incident_comment drop column by_owner, alter column org_key set not null, alter column author_key set not null;
      alter table ronda.authorship_drawer drop column note, drop column external_references;
      alter table ronda.incident drop column quarantined_at, drop column alias;
      delete from ronda.principal where kind = 'veil';
      alter table ronda.principal drop constraint principal_of_kind, drop constraint principal_kind_check,
        add constraint principal_kind_check check (kind in (${PRINCIPAL_KINDS}));
    `);
  }
}

const PUBLIC_FUNCTIONS = [
  'lift_anonymity(bigint)',
  'receipt_bands(bigint)',
  'ask_quarantine(bigint, text, timestamptz)',
  'withdraw_quarantine(uuid, timestamptz)',
  'quarantine_reasons(bigint[])',
];
/** Of the database itself: nobody who is somebody calls them. */
const INNER_FUNCTIONS = [
  'veils_of(int, int)',
  'unveiled(int[])',
  'released_to(bigint)',
  'settle_quarantine(bigint, timestamptz)',
];

/** Who writes a comment writes its words. @param isAuthors of `c`, a comment. */
function searchDocuments(isAuthors: string): string {
  const own = `space = (select ronda.space()) and case when comment_key = 0
        then exists (select from ronda.incident i where i.space = search_document.space and i.key = incident_key
          and i.owner_readers && (select ronda.reader_principals())::int[])
        else exists (select from ronda.incident_comment c where c.space = search_document.space and c.key = comment_key
          and c.incident_key = search_document.incident_key and ${isAuthors}) end`;
  return `
      drop policy search_document_own on ronda.search_document;
      drop policy search_document_insert on ronda.search_document;
      drop policy search_document_delete on ronda.search_document;
      create policy search_document_own on ronda.search_document for select to ronda_app using (${own});
      create policy search_document_insert on ronda.search_document for insert to ronda_app with check (${own});
      create policy search_document_delete on ronda.search_document for delete to ronda_app using (${own});`;
}
