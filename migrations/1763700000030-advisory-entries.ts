import type { MigrationInterface, QueryRunner } from 'typeorm';

const p = '(select ronda.reader_principals())::int[]';
const here = 'space = (select ronda.space())';
const definer = 'language plpgsql volatile security definer set search_path = ronda, pg_temp';
const workerAlone = `if reader_principals() <> '{}' then
          raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
        end if;`;

/** What is said of advisories beside what is said of incidents: where it is found, and who reads it. */
interface More {
  columns: string;
  facts: string;
  values: string;
  joins: string;
  actor: string;
  readers: string;
  hasRevision: string;
}

const take = ({ columns, facts, values, joins, actor, readers, hasRevision }: More): string => `
  -- Takes the oldest events out of the outbox: those that are committed, so that none can come before them any more.
  create function ronda.ledger_take(at_most int)
    returns table (event_id uuid, type text, version int, occurred_at timestamptz, actor uuid, payload jsonb, subject uuid,
      reader_keys int[], record_key bigint, revision int${columns}) ${definer} as $$
  begin
    ${workerAlone}
    return query
      with taken as (
        delete from outbox o where o.key in (select w.key from outbox w where w.space = space() order by w.key limit at_most)
        returning o.*)
      select t.id, t.type, t.version, t.occurred_at, ${actor}, t.payload, coalesce(said.subject, case when said.is_of_account then a.id end),
             ${readers},
             i.key, case when ${hasRevision} and t.payload ->> 'revision' ~ '^[0-9]{1,9}$' then (t.payload ->> 'revision')::int end${values}
        from taken t
        cross join lateral (select
          ledger_uuid(coalesce(t.payload ->> 'incidentId', t.payload ->> 'recordId', t.payload ->> 'requestId', t.payload ->> 'groupId',
            t.payload ->> 'organisationId', t.payload ->> 'userId')) as subject,
          ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
            as incident,
          ledger_uuid(t.payload ->> 'userId') as account,
          t.type ~ '^(account|session|api-key|sign-in)\\.' as is_of_account,
          t.type ~ '^(organisation|group|contact|network|duty|secretariat)\\.' as is_of_organisation${facts}) said
        left join user_account a on a.key = t.actor_key
        left join user_account u on said.is_of_account and u.id = said.account
        left join incident i on i.space = t.space and i.id = said.incident${joins}
       order by t.key;
  end $$;
  do $$
  begin
    execute 'grant create on schema ronda to ronda_sequencer';
    execute 'alter function ronda.ledger_take(int) owner to ronda_sequencer';
    execute 'revoke create on schema ronda from ronda_sequencer';
    execute 'revoke all on function ronda.ledger_take(int) from public';
    execute 'grant execute on function ronda.ledger_take(int) to ronda_app';
  end $$;`;

const READERS = 'array_remove(array[t.actor_key, u.key, case when said.is_of_organisation then a.org_key end], null)';

const takeBefore = take({
  columns: '',
  facts: '',
  values: '',
  joins: '',
  actor: 'a.id',
  readers: READERS,
  hasRevision: 'i.key is not null',
});

const takeNow = take({
  columns: ', advisory_key bigint, org_key int, told text',
  facts: `,
          case t.payload ->> 'recordKind' when 'advisory' then ledger_uuid(t.payload ->> 'recordId') end as advisory,
          ledger_uuid(t.payload ->> 'recipientId') as recipient,
          t.type like 'advisory-notice.%' as is_notice`,
  values: `,
             y.key, case when y.key is not null then coalesce(g.key, a.org_key) end,
             case when y.key is null then null
               when t.type in ('advisory-notice.published', 'advisory-notice.published-interim') then 'readers'
               when t.type = 'advisory-notice.withdrawn' then 'withdrawn-from'
               when said.is_notice then 'others-in-review'
               when said.recipient is not null then 'owner'
               else 'own-side' end`,
  joins: `
        left join advisory y on y.space = t.space and y.id = said.advisory
        left join organisation g on y.key is not null and g.id = said.recipient`,
  actor: 'case when not said.is_notice then a.id end',
  readers: `case when said.is_notice then '{}' else ${READERS} end`,
  hasRevision: '(i.key is not null or y.key is not null)',
});

const integrate = (more: { columns: string; values: string; erased: string; typed: string }): string => `
  create or replace function ronda.ledger_integrate(batch jsonb, leaves jsonb, tiles jsonb) returns void ${definer} as $$
  declare
    here constant int := space();
    at constant timestamptz := clock();
  begin
    ${workerAlone}
    if (select coalesce(max(b.size), 0) from ledger_batch b where b.space = here) <> (batch ->> 'from')::bigint then
      raise exception 'the batch does not begin where the ledger ends';
    end if;
    insert into ledger (space, origin, began_at) values (here, batch ->> 'origin', at) on conflict do nothing;
    if batch ? 'newKey' then
      insert into ledger_key (space, number, public_key, position, announced_at)
        values (here, (batch #>> '{newKey,number}')::int, decode(batch #>> '{newKey,publicKey}', 'hex'),
          (batch #>> '{newKey,position}')::bigint, at);
    end if;
    insert into ledger_leaf (space, position, event_id, leaf_hash, salt, entry, occurred_at, subject, reader_keys, record_key, revision, erased_by${more.columns})
      select here, l.position, l.event_id, decode(l.hash, 'hex'), decode(l.salt, 'hex'), l.entry, l.occurred_at, l.subject,
             coalesce(l.reader_keys, '{}'), l.record_key, l.revision, l.erased_by${more.values}
        from jsonb_to_recordset(leaves) as l (position bigint, event_id uuid, hash text, salt text, entry text, occurred_at timestamptz,
          subject uuid, reader_keys int[], record_key bigint, revision int, erased_by bigint${more.typed});
    update ledger_leaf l set salt = null, entry = null, subject = null, reader_keys = '{}', record_key = null, revision = null,
        erased_by = (e ->> 'by')::bigint${more.erased}
      from jsonb_array_elements(batch -> 'erased') e
     where l.space = here and l.position = (e ->> 'position')::bigint;
    insert into ledger_tile (space, level, index, hashes)
      select here, t.level, t.index, decode(t.hashes, 'hex') from jsonb_to_recordset(tiles) as t (level int, index bigint, hashes text)
      on conflict (space, level, index) do update set hashes = excluded.hashes;
    insert into ledger_batch (space, number, from_position, size, key_number, padding_seed, signatures, checkpoint, integrated_at)
      values (here, (batch ->> 'number')::int, (batch ->> 'from')::bigint, (batch ->> 'size')::bigint, (batch ->> 'keyNumber')::int,
        decode(batch ->> 'seed', 'hex'), decode(batch ->> 'signatures', 'hex'), batch ->> 'checkpoint', at);
  end $$;`;

const read = (more: string): string => `
  create policy ledger_leaf_read on ronda.ledger_leaf for select to ronda_app using (${here} and salt is not null and (
    reader_keys && ${p}
    or exists (select from ronda.incident i join ronda.incident_revision r on r.space = i.space and r.incident_key = i.key
      where i.space = ledger_leaf.space and i.key = ledger_leaf.record_key and i.owner_readers && ${p}
        and r.number = ledger_leaf.revision)${more}));`;

const inWait = (acknowledgements: string): string => `
  create or replace function ronda.advisories_in_wait() returns setof bigint language sql stable rows 50 security definer
    set search_path = ronda, pg_temp as $$
    with me as materialized (select space() as here, reader_principals() as p)
    select a.key from me, advisory a where a.space = me.here and (a.status = 'in-review' or a.interim_until is not null)
       and (a.owner_readers && me.p or a.reviewers && me.p)
    union
    ${acknowledgements}
  $$;`;

const toAcknowledgeBefore = `select r.advisory_key from me, advisory_revision r
     where r.space = me.here and r.acknowledge_by is not null and r.audience && me.p
       and (r.advisory_key, r.number) not in (select x.advisory_key, x.number from me, advisory_receipt x
         where x.space = me.here and x.kind = 'acknowledged' and x.reader_key = any (me.p))`;

// Of the versions that are out and others'. With its own and what they replaced, four of five were read for nothing.
const toAcknowledge = `${toAcknowledgeBefore}
       and exists (select from advisory a where a.space = r.space and a.key = r.advisory_key and a.published = r.number
         and a.audience && me.p and not a.owner_readers && me.p)`;

const isOwner = `a.owner_readers && ${p} and r.audience && ${p}`;
const isInside = `(${isOwner} or a.reviewers && ${p})`;
const isSeen = 'exists (select from ronda.organisation o where o.key = ledger_leaf.org_key)';

/**
 * Who reads what the ledger says of an advisory: the steps of its review, the owner's side and the reviewers; that a version
 * was published, whoever reads that version; that it was withdrawn, whoever it was asked back from.
 */
export class AdvisoryEntries1763700000030 implements MigrationInterface {
  name = 'AdvisoryEntries1763700000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.ledger_leaf add column advisory_key bigint,
        -- Whose act it tells of.
        add column org_key int,
        -- Who reads it of those who may read the revision. Own-side: the organisation of the person that it names.
        add column told text check (told in ('own-side', 'owner', 'others-in-review', 'readers', 'withdrawn-from')),
        add constraint ledger_leaf_told check ((told is null) = (advisory_key is null));
      grant select (advisory_key, org_key, told) on ronda.ledger_leaf to ronda_app;
      grant update (advisory_key, org_key, told) on ronda.ledger_leaf to ronda_sequencer;
      grant select on ronda.advisory, ronda.organisation to ronda_sequencer;
      create policy advisory_sequence on ronda.advisory for select to ronda_sequencer using (true);
      create policy organisation_sequence on ronda.organisation for select to ronda_sequencer using (true);
      drop policy ledger_leaf_read on ronda.ledger_leaf;
      ${read(`
    or told is not null and exists (select from ronda.advisory a
      join ronda.advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = ledger_leaf.revision
      where a.space = ledger_leaf.space and a.key = ledger_leaf.advisory_key and case ledger_leaf.told
        when 'own-side' then ledger_leaf.org_key = any (${p}) and ${isInside}
        -- As its receipts: of no recipient that its owner does not see.
        when 'owner' then ${isOwner} and ${isSeen}
        when 'others-in-review' then not ledger_leaf.org_key = any (${p}) and ${isInside} and ${isSeen}
        when 'readers' then not a.owner_readers && ${p}
        else false end)
    -- By that withdrawal, and not by one that came after it was narrowed.
    or told = 'withdrawn-from' and exists (select from ronda.tombstone t where t.space = ledger_leaf.space and t.record_kind = 'advisory'
      and t.record_key = ledger_leaf.advisory_key and t.reader_key = any (${p}) and t.at = ledger_leaf.occurred_at)`)}
      drop function ronda.ledger_take(int);
      ${takeNow}
      ${integrate({
        columns: ', advisory_key, org_key, told',
        values: ', l.advisory_key, l.org_key, l.told',
        typed: ', advisory_key bigint, org_key int, told text',
        erased: ', advisory_key = null, org_key = null, told = null',
      })}

      ${inWait(toAcknowledge)}

      -- Anybody may ask for one by its name.
      create index csaf_document_by_name on ronda.csaf_document (space, tracking_id) where is_current and shelf = 'white';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index ronda.csaf_document_by_name;
      ${inWait(toAcknowledgeBefore)}
      ${integrate({ columns: '', values: '', typed: '', erased: '' })}
      drop function ronda.ledger_take(int);
      ${takeBefore}
      drop policy ledger_leaf_read on ronda.ledger_leaf;
      ${read('')}
      drop policy organisation_sequence on ronda.organisation;
      drop policy advisory_sequence on ronda.advisory;
      revoke select on ronda.advisory, ronda.organisation from ronda_sequencer;
      revoke update (advisory_key, org_key, told) on ronda.ledger_leaf from ronda_sequencer;
      alter table ronda.ledger_leaf drop column told, drop column org_key, drop column advisory_key;
    `);
  }
}
