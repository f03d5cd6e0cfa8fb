import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventRead } from './event-functions.js';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const types = (more = ''): string => `
  alter table ronda.event drop constraint event_type_check, add constraint event_type_check check (type in ('incident.changed',
    'incident.recalled', 'comment.added', 'request.changed', 'webhook.disabled', 'inbox.delivered'${more}));`;
const ofInboxes = `
          when 'inbox.delivered' then exists (select from ronda.exercise_inbox x
            where x.space = event.space and x.org_key = any (${p}) and x.position = event.record_key)`;

/** Whom an advisory reaches is told so, and when an acknowledgement is due, whoever has not given it. */
export class AdvisoryEvents1763700000047 implements MigrationInterface {
  name = 'AdvisoryEvents1763700000047';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${types(`, 'advisory.published', 'advisory.acknowledgement-due'`)}
      drop policy event_read on ronda.event;
      ${eventRead(`${ofInboxes}
          when 'advisory.published' then exists (select from ronda.advisory_revision r
            where r.space = event.space and r.advisory_key = event.record_key and r.number = event.revision)
          when 'advisory.acknowledgement-due' then exists (select from ronda.advisory_revision r
            where r.space = event.space and r.advisory_key = event.record_key and r.number = event.revision)`)}

      -- Of the version that is out, to whom it was released. Its owner's side alone says so.
      create function ronda.tell_advisory(record bigint, said text) returns void language plpgsql volatile
        security definer set search_path = ronda, pg_temp as $$
      begin
        if not exists (select from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals()) then
          raise exception 'only the owner tells of a record' using errcode = 'insufficient_privilege';
        end if;
        if said not in ('advisory.published', 'advisory.acknowledgement-due') then
          raise exception 'of an advisory nothing else is told' using errcode = 'insufficient_privilege';
        end if;
        insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)
          select a.space, said, a.id, a.key, a.published, null, clock(), a.audience,
                 a.owner_readers || case when said = 'advisory.acknowledgement-due' then array(select x.reader_key from advisory_receipt x
                   where x.space = a.space and x.advisory_key = a.key and x.number = a.published and x.kind = 'acknowledged') else '{}' end
            from advisory a where a.space = space() and a.key = record and a.status = 'published';
      end $$;
      ${giveTo('ronda_deriver', ['tell_advisory(bigint, text)'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function ronda.tell_advisory(bigint, text);
      alter table ronda.event no force row level security;
      delete from ronda.event where type in ('advisory.published', 'advisory.acknowledgement-due');
      alter table ronda.event force row level security;
      drop policy event_read on ronda.event;
      ${eventRead(ofInboxes)}
      ${types()}
    `);
  }
}
