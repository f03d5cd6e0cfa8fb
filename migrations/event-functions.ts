const p = '(select ronda.reader_principals())::int[]';
const here = 'space = (select ronda.space())';
const definer = 'security definer set search_path = ronda, pg_temp';

/** @param more what else the reader is told, as cases of its type. */
export const eventRead = (more = ''): string => `
      -- To whom it was new, and who reads now what it speaks of: the subqueries run under the rule of their own tables.
      create policy event_read on ronda.event for select to ronda_app using (
        ${here} and position is not null and readers && ${p} and not already && ${p} and case type
          when 'incident.changed' then case when revision is null
            then exists (select from ronda.incident i where i.space = event.space and i.key = event.record_key)
            else exists (select from ronda.incident_revision r
              where r.space = event.space and r.incident_key = event.record_key and r.number = event.revision) end
          when 'incident.recalled' then exists (select from ronda.tombstone t where t.space = event.space
            and t.reader_key = any (event.readers) and t.record_id = event.record_id and t.at = event.occurred_at and t.lifted_at is null)
          when 'comment.added' then exists (select from ronda.incident_comment c
            where c.space = event.space and c.key = event.record_key and c.deleted_at is null)
          when 'request.changed' then exists (select from ronda.request q where q.space = event.space and q.key = event.record_key)${more}
          else exists (select from ronda.webhook w where w.space = event.space and w.key = event.record_key) end);`;

/** @param unless what keeps one of them from being sent anything. */
export const webhookWork = (create: 'create' | 'create or replace', unless = ''): string => `
      -- Webhooks that have something to do, each with an account of its organisation to do it as.
      ${create} function ronda.webhook_work(at timestamptz) returns table (space int, webhook_key bigint, user_key int)
        language plpgsql stable ${definer} as $$
      begin
        if reader_principals() <> '{}' then
          raise exception 'the worker alone asks for work' using errcode = 'insufficient_privilege';
        end if;
        return query select w.space, w.key, acting.key from webhook w
          join organisation o on o.key = w.owner_key and o.standing = 'active'
          cross join lateral (select u.key from user_account u where u.org_key = o.key and u.status = 'active'
            and u.roles && array['analyst', 'coordinator'] order by u.key limit 1) acting
         where w.disabled_at is null${unless} and (w.position < (select max(e.position) from event e where e.space = w.space)
           or exists (select from webhook_delivery d where d.space = w.space and d.webhook_key = w.key and d.state = 'pending'
             and d.next_attempt_at <= at and (d.leased_until is null or d.leased_until <= at)))
         order by w.key;
      end $$;`;
