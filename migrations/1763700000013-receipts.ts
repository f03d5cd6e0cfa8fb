import type { MigrationInterface, QueryRunner } from 'typeorm';

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
    `);
    await this.policies(runner);
    await this.functions(runner);
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
      grant select, insert on ronda.receipt to ronda_app;
      -- By the recipient itself, of a revision that it reads, and never in another's name or at another time.
      create policy receipt_insert on ronda.receipt for insert to ronda_app with check (
        ${here} and reader_key = any (${p}) and org_key = any (${p})
        and at <= ronda.clock() and at > ronda.clock() - interval '1 hour'
        and exists (select from ronda.incident_revision r where r.space = receipt.space and r.incident_key = receipt.record_key
          and r.number = receipt.revision)
        and not exists (select from ronda.incident i where i.space = receipt.space and i.key = receipt.record_key
          and i.owner_readers && ${p}));
      grant select, update (answer, kept_because, answered_at) on ronda.tombstone to ronda_app;
      create policy tombstone_answer on ronda.tombstone for update to ronda_app
        using (${here} and reader_key = any (${p}) and lifted_at is null)
        with check (${here} and reader_key = any (${p}) and answered_at = ronda.clock());
      grant update (reason, at, lifted_at, answer, kept_because, answered_at) on ronda.tombstone to ronda_deriver;
    `);
  }

  private async functions(runner: QueryRunner): Promise<void> {
    const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';
    await runner.query(`
      -- Deliveries that a node gathered in memory. Whoever is somebody writes its own, under its own policy.
      create function ronda.keep_deliveries(deliveries jsonb)
        returns table (reader_key int, record_key bigint, revision int) ${definer} as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone keeps what was gathered' using errcode = 'insufficient_privilege';
        end if;
        return query
          insert into receipt as kept (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
            select space(), d.reader_key, 'incident', d.record_key, d.revision, 'delivered', d.org_key, d.at
              from jsonb_to_recordset(deliveries) as d (reader_key int, record_key bigint, revision int, org_key int, at timestamptz)
            on conflict do nothing
            returning kept.reader_key, kept.record_key, kept.revision;
      end $$;

      -- Whether somebody who was a reader by this principal, an organisation's or a person's, would still be by these. Asked
      -- for organisations that the caller does not see as well, so the database asks; derive_principals() is its twin.
      create function ronda.still_reads(reader int, readers int[]) returns boolean
        language sql stable security definer set search_path = ronda, pg_temp as $$
        select reader = any (readers) or exists (
          select from organisation o left join organisation cert on cert.key = o.parent_key
            cross join lateral (select o.kind in ('national-cert', 'regional-body') as is_cert) of_kind
           where o.key = coalesce((select u.org_key from user_account u where u.key = reader), reader)
             and (o.key = any (readers) or o.standing = 'active' and (
               1 = any (readers)
               or is_cert and (3 = any (readers) or 2 = any (readers) and o.affiliation in ('member', 'regional'))
               or not is_cert and cert.standing = 'active' and cert.relay_green
                 and (6 = any (readers) or 5 = any (readers) and cert.affiliation = 'member')
               or exists (select from group_membership m join sharing_group g on g.key = m.group_key and g.dissolved_at is null
                  join group_epoch e on e.group_key = m.group_key and e.epoch >= m.joined_epoch
                  where m.org_key = o.key and m.state = 'member' and e.principal_key = any (readers)))))
      $$;

      -- Says to whom a record left that reads it no longer that it is asked back, and takes that back from those who read it
      -- again. Only the owner's side may. Returns how many were told.
      create function ronda.bury(record bigint, why text, at timestamptz) returns int ${definer} as $$
      declare
        here constant int := space();
        target record;
        told int;
      begin
        select n.id, n.audience into target from incident n
          where n.space = here and n.key = record and n.owner_readers && reader_principals();
        if not found then
          raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
        end if;
        update tombstone t set lifted_at = bury.at
          where t.space = here and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null
            and still_reads(t.reader_key, target.audience);
        insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, org_key, reason, at)
          select distinct here, r.reader_key, 'incident', record, target.id, r.org_key, why, bury.at from receipt r
           where r.space = here and r.record_kind = 'incident' and r.record_key = record
             and not still_reads(r.reader_key, target.audience)
          on conflict (space, reader_key, record_kind, record_key) do update
            set reason = excluded.reason, at = excluded.at, lifted_at = null, answer = null, kept_because = null, answered_at = null
            where t.lifted_at is not null;
        get diagnostics told = row_count;
        return told;
      end $$;

      grant create on schema ronda to ronda_deriver;
      alter function ronda.keep_deliveries(jsonb) owner to ronda_deriver;
      alter function ronda.still_reads(int, int[]) owner to ronda_deriver;
      alter function ronda.bury(bigint, text, timestamptz) owner to ronda_deriver;
      revoke create on schema ronda from ronda_deriver;
      revoke all on function ronda.keep_deliveries(jsonb), ronda.still_reads(int, int[]), ronda.bury(bigint, text, timestamptz) from public;
      grant execute on function ronda.keep_deliveries(jsonb), ronda.bury(bigint, text, timestamptz) to ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.bury(bigint, text, timestamptz), ronda.still_reads(int, int[]), ronda.keep_deliveries(jsonb);
      drop table ronda.tombstone, ronda.receipt;
    `);
  }
}
