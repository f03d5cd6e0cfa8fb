import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventRead, webhookWork } from './event-functions.js';
import { giveTo } from './roles.js';

const p = '(select ronda.reader_principals())::int[]';
const definer = 'security definer set search_path = ronda, pg_temp';
const types = (more = ''): string => `
  alter table ronda.event drop constraint event_type_check, add constraint event_type_check
    check (type in ('incident.changed', 'incident.recalled', 'comment.added', 'request.changed', 'webhook.disabled'${more}));`;

/**
 * What reaches a team's inbox is an event, for its stream and its webhooks. And a webhook leaves an exercise for an address
 * that the exercise lists, and for no other.
 */
export class ExerciseAddresses1763700000037 implements MigrationInterface {
  name = 'ExerciseAddresses1763700000037';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ronda.exercise add column addresses text[] not null default '{}';
      grant insert (addresses), update (addresses) on ronda.exercise to ronda_app;
      create policy exercise_list_addresses on ronda.exercise for update to ronda_app
        using ((select ronda.space()) = 0 and owner_key = any (${p})) with check (owner_key = any (${p}));

      -- To which webhooks may leave the exercise of this space; null in real life, where who runs the node says.
      create function ronda.exercise_addresses() returns text[] language sql stable ${definer} as $$
        select e.addresses from exercise e where e.space = space()
      $$;
      create function ronda.check_webhook_address() returns trigger language plpgsql ${definer} as $$
      begin
        if not exists (select from exercise e where e.space = new.space and new.url = any (e.addresses)) then
          raise exception 'the exercise does not list this address' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$;
      create trigger check_webhook_address before insert or update of url on ronda.webhook for each row
        when (row_security_active('ronda.webhook') and new.space <> 0) execute function ronda.check_webhook_address();
      ${webhookWork(
        'create or replace',
        `
           and (w.space = 0 or exists (select from exercise x where x.space = w.space and w.url = any (x.addresses)))`,
      )}

      ${types(`, 'inbox.delivered'`)}
      drop policy event_read on ronda.event;
      ${eventRead(`
          when 'inbox.delivered' then exists (select from ronda.exercise_inbox x
            where x.space = event.space and x.org_key = any (${p}) and x.position = event.record_key)`)}
      -- Named by team and position (a UUIDv8 of them): two in one instant are two, and nothing is counted that is another's.
      create function ronda.tell_inbox() returns trigger language plpgsql ${definer} as $$
      declare
        hex constant text := encode(sha256(convert_to((select concat_ws(' ', e.id, o.id, new.position) from exercise e, organisation o
          where e.space = new.space and o.key = new.org_key), 'UTF8')), 'hex');
      begin
        insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)
          select e.space, 'inbox.delivered', overlay(overlay(left(hex, 32) placing '8' from 13) placing '8' from 17)::uuid, new.position,
                 null, e.id, clock(), array[new.org_key], '{}'
            from exercise e where e.space = new.space;
        return null;
      end $$;
      create trigger tell_inbox after insert on ronda.exercise_inbox for each row
        when (row_security_active('ronda.exercise_inbox')) execute function ronda.tell_inbox();

      ${giveTo('ronda_deriver', ['exercise_addresses()', 'check_webhook_address()', 'tell_inbox()'])}
      revoke execute on function ronda.check_webhook_address(), ronda.tell_inbox() from ronda_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger tell_inbox on ronda.exercise_inbox;
      alter table ronda.event no force row level security;
      delete from ronda.event where type = 'inbox.delivered';
      alter table ronda.event force row level security;
      drop policy event_read on ronda.event;
      ${eventRead()}
      ${types()}
      ${webhookWork('create or replace')}
      drop trigger check_webhook_address on ronda.webhook;
      drop policy exercise_list_addresses on ronda.exercise;
      drop function ronda.exercise_addresses(), ronda.check_webhook_address(), ronda.tell_inbox();
      alter table ronda.exercise drop column addresses;
    `);
  }
}
