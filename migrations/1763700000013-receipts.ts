import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UNPASSED, bury, keepDeliveries } from './receipt-functions.js';

/**
 * What an account holds besides its organisation and itself, by its organisation's row. One text of two lives: of the
 * derivation of migration 3, which it was taken out of, and of the function that both ways to ask call since.
 * @param of stands before the names of the row's columns.
 */
const heldBesides = (of: string): string => `
        -- The suspended keep their own records.
        if ${of}standing = 'suspended' then return held; end if;
        held := held || 1;
        if ${of}standing <> 'active' then return held; end if;
        if ${of}is_secretariat then held := held || 4; end if;
        if ${of}kind in ('national-cert', 'regional-body') then
          if ${of}affiliation in ('member', 'regional') then held := held || 2; end if;
          held := held || 3;
        else
          held := held || array(
            select relayed.principal from organisation cert
              cross join lateral (values (5, cert.affiliation = 'member'), (6, true)) relayed (principal, reaches)
             where cert.key = ${of}parent_key and cert.standing = 'active' and cert.relay_green and relayed.reaches);
        end if;
        return held || array(
          select e.principal_key from group_membership m
            join sharing_group g on g.key = m.group_key and g.dissolved_at is null
            join group_epoch e on e.group_key = m.group_key and e.epoch >= m.joined_epoch
           where m.org_key = ${of}org_key and m.state = 'member');`;

const derivePrincipals = (declared: string, ends: string): string => `
      create or replace function ronda.derive_principals() returns int[]
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare
        me record;${declared}
      begin
        me := reader_account();
        if me.user_key is null then return '{}'; end if;
        -- A one-time link opens the account it was made for and nothing of its organisation.
        if me.credential_kind = 'link' then return array[me.user_key]; end if;${ends}
      end $$;`;

const HELD_BESIDES = 'ronda.held_besides(int, text, text, int, text, boolean)';

/**
 * Receipts: that what a record says left for an organisation, and what that says it did with it. Tombstones: that what
 * left is asked back.
 *
 * Both are known on the recipient's side to whom the record was open: its organisation, or the one person who alone of
 * it was named (`reader_key`). A colleague who never could read the record learns nothing of it from either.
 */
export class Receipts1763700000013 implements MigrationInterface {
  name = 'Receipts1763700000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ronda.receipt (
        space int not null,
        -- The principal by which it was read: the organisation's, or a person's.
        reader_key int not null references ronda.principal (key),
        record_kind text not null check (record_kind in ('incident')),
        record_key bigint not null,
        -- The internal number of the revision that left; each side is shown it as it counts.
        revision int not null,
        kind text not null check (kind in ('delivered', 'opened', 'exported', 'acknowledged', 'acted-on')),
        org_key int not null references ronda.organisation (key),
        at timestamptz not null,
        primary key (space, reader_key, record_kind, record_key, revision, kind),
        -- What is noted without anybody's doing is noted to the hour: a finer time would be watching.
        check (kind not in ('delivered', 'opened') or mod(extract(epoch from at), 3600) = 0)
      );
      create index receipt_record on ronda.receipt (space, record_kind, record_key);

      create table ronda.tombstone (
        space int not null,
        reader_key int not null references ronda.principal (key),
        record_kind text not null check (record_kind in ('incident')),
        record_key bigint not null,
        -- The recipient reads the record no longer, and knows it by its id.
        record_id uuid not null,
        -- The newest revision when it was asked back, by which the ledger knows whose side reads what is said to it; null of
        -- an anonymous record, whose owner is told in bands alone.
        revision int,
        org_key int not null references ronda.organisation (key),
        reason text not null check (reason in ('narrowed', 'error', 'source-asked', 'legal', 'superseded', 'unspecified')),
        at timestamptz not null,
        -- It was released to them again.
        lifted_at timestamptz,
        -- Null: silence, which is shown as silence.
        answer text check (answer in ('deleted', 'kept')),
        kept_because text check (kept_because in ('legal-hold', 'own-investigation', 'cannot-delete', 'passed-on', 'other')),
        answered_at timestamptz,
        primary key (space, reader_key, record_kind, record_key),
        unique (space, reader_key, record_id),
        check ((answer is null) = (answered_at is null)),
        check ((kept_because is not null) = coalesce(answer = 'kept', false))
      );
      create index tombstone_record on ronda.tombstone (space, record_kind, record_key);

      -- Why and when a record was last asked back: for whose receipt was still on its way then. Nobody reads it.
      create table ronda.asked_back (
        space int not null,
        record_kind text not null check (record_kind in ('incident')),
        record_key bigint not null,
        reason text not null,
        at timestamptz not null,
        primary key (space, record_kind, record_key)
      );
    `);
    await this.derivation(runner);
    await this.policies(runner);
    await this.functions(runner);
  }

  /** Whether somebody would read is derived as what somebody reads is: by one function. */
  private async derivation(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function ronda.held_besides(of_org_key int, of_kind text, of_affiliation text, of_parent_key int, of_standing text,
          of_is_secretariat boolean) returns int[]
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      declare held int[] := '{}';
      begin${heldBesides('of_')}
      end $$;
      grant create on schema ronda to ronda_deriver;
      alter function ${HELD_BESIDES} owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ${HELD_BESIDES} from public;
      ${derivePrincipals(
        '',
        `
        return array[me.org_key, me.user_key]
          || held_besides(me.org_key, me.kind, me.affiliation, me.parent_key, me.standing, me.is_secretariat);`,
      )}
    `);
  }

  private async policies(runner: QueryRunner): Promise<void> {
    const p = '(select ronda.reader_principals())::int[]';
    const here = 'space = (select ronda.space())';
    // The originator, of organisations that it sees at all: that a CERT relayed something to a bank is the CERT's to tell.
    // Of an anonymous record nobody, not even its owner, is told which: one by one they would say who asked whom.
    const originator = (table: string): string => `(exists (select from ronda.incident i where i.space = ${table}.space
        and i.key = ${table}.record_key and i.authorship = 'named' and i.owner_readers && ${p})
      and exists (select from ronda.organisation o where o.key = ${table}.org_key))`;
    for (const table of ['receipt', 'tombstone'])
      await runner.query(`
        alter table ronda.${table} enable row level security, force row level security;
        create policy ${table}_keep on ronda.${table} for select to ronda_keeper using (true);
        create policy ${table}_derive on ronda.${table} to ronda_deriver using (true);
        create policy ${table}_read on ronda.${table} for select to ronda_app
          using (${here} and (reader_key = any (${p}) or ${originator(table)}));
        grant select, insert on ronda.${table} to ronda_deriver;
      `);
    await runner.query(`
      alter table ronda.asked_back enable row level security, force row level security;
      create policy asked_back_keep on ronda.asked_back for select to ronda_keeper using (true);
      create policy asked_back_derive on ronda.asked_back to ronda_deriver using (true);
      grant select, insert, update (reason, at) on ronda.asked_back to ronda_deriver;
      grant select, insert on ronda.receipt to ronda_app;
      -- By the recipient itself, of a revision that it reads, and never in another's name or at another time.
      create policy receipt_insert on ronda.receipt for insert to ronda_app with check (
        ${here} and reader_key = any (${p}) and org_key = any (${p})
        -- Its organisation's or its own: a word's or a group's would speak for everybody.
        and (reader_key = org_key or exists (select from ronda.user_account u where u.key = reader_key))
        and at <= ronda.clock() and at > ronda.clock() - interval '1 hour'
        and exists (select from ronda.incident_revision r where r.space = receipt.space and r.incident_key = receipt.record_key
          and r.number = receipt.revision)
        and not exists (select from ronda.incident i where i.space = receipt.space and i.key = receipt.record_key
          and i.owner_readers && ${p}));
      grant select, update (answer, kept_because, answered_at) on ronda.tombstone to ronda_app;
      create policy tombstone_answer on ronda.tombstone for update to ronda_app
        using (${here} and reader_key = any (${p}) and lifted_at is null)
        with check (${here} and reader_key = any (${p}) and answered_at = ronda.clock());
      grant update (reason, at, revision, lifted_at, answer, kept_because, answered_at) on ronda.tombstone to ronda_deriver;
    `);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whoever writes receipts of records holds their readers; whoever changes the readers of one waits for that, and the
      -- other way round. Else what is read as it is recalled would have a receipt and no tombstone. A few locks stand for all
      -- records: one for each would be more than the server has room for when thousands leave at once.
      create function ronda.hold_readers(records bigint[]) returns void language sql volatile set search_path = ronda, pg_temp as $$
        select pg_advisory_xact_lock_shared(x'52637074'::int, stripe)
          from (select distinct (r % 64)::int as stripe from unnest(records) r order by 1) s
      $$;

      ${keepDeliveries(UNPASSED)}

      -- Whether somebody who was a reader by this principal, an organisation's or a person's, would still be by these. Asked
      -- for organisations that the caller does not see as well, so the database asks.
      create function ronda.still_reads(reader int, readers int[]) returns boolean
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select exists (
          select from organisation o left join user_account u on u.key = reader
           where o.key = coalesce(u.org_key, reader) and o.standing <> 'retired' and (u.key is null or u.status = 'active')
             and (array[o.key, reader] || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat))
               && readers)
      $$;

      ${bury(UNPASSED)}

      grant create on schema ronda to ronda_deriver;
      alter function ronda.keep_deliveries(jsonb) owner to ronda_deriver;
      alter function ronda.still_reads(int, int[]) owner to ronda_deriver;
      alter function ronda.bury(bigint, text, timestamptz) owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.keep_deliveries(jsonb), ronda.still_reads(int, int[]), ronda.bury(bigint, text, timestamptz),
        ronda.hold_readers(bigint[]) from public;
      grant execute on function ronda.hold_readers(bigint[]) to ronda_app, ronda_deriver;
      grant execute on function ronda.keep_deliveries(jsonb), ronda.bury(bigint, text, timestamptz) to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.bury(bigint, text, timestamptz), ronda.still_reads(int, int[]), ronda.keep_deliveries(jsonb),
        ronda.hold_readers(bigint[]);
      drop table ronda.asked_back, ronda.tombstone, ronda.receipt;
      ${derivePrincipals(
        `
        held int[];`,
        `
        held := array[me.org_key, me.user_key];${heldBesides('me.')}`,
      )}
      drop function ${HELD_BESIDES};
    `);
  }
}
