/**
 * What an advisory's rows may become. They bind whom row-level security binds, as those of guards.ts do, and say in the
 * database what the review is for: nothing is scheduled or released without the approvals of exactly what goes out.
 */

const refuse = (why: string): string =>
  `raise exception '${why.replaceAll("'", "''")}' using errcode = 'insufficient_privilege';`;

const guardFunction = (verb: string, name: string, table: string, body: string, declared = ''): string => `
  ${verb} function ronda.${name}() returns trigger language plpgsql as $$
  declare held int[];${declared}
  begin
    if not row_security_active('ronda.${table}') then return new; end if;
    held := ronda.reader_principals();
    ${body}
    return new;
  end $$;`;

const guard = (name: string, table: string, when: string, body: string, declared = ''): string => `
  ${guardFunction('create', name, table, body, declared)}
  create trigger ${name} ${when} on ronda.${table} for each row execute function ronda.${name}();`;

/** @param more of the steps from one status to another. @param also what else is refused. */
const advisoryBody = (more: string, also = ''): string => `if tg_op = 'INSERT' then
      if new.status <> 'draft' or new.head <> 1 or new.published is not null or new.reviewers <> '{}' or new.audience <> new.owner_readers
          or new.submitted_at is not null or new.interim_until is not null then
        ${refuse('an advisory begins as a draft')}
      end if;
      return new;
    end if;
    if not new.owner_readers <@ array[old.owner_key, old.author_key] and new.owner_readers <> old.owner_readers then
      ${refuse("the owner's side is the organisation, or the author")}
    end if;
    if new.head <> old.head and not (new.head = old.head + 1 and old.status in ('draft', 'in-review', 'published')) then
      ${refuse('revisions follow one another')}
    end if;
    if new.status <> old.status and not coalesce(case new.status
        when 'draft' then old.status = 'published' and new.head = old.head + 1
        when 'in-review' then old.status in ('draft', 'scheduled')
        when 'scheduled' then old.status = 'in-review' and exists (select from ronda.release l where l.space = old.space
          and l.record_kind = 'advisory' and l.record_key = old.key and l.revision = old.head and l.status = 'scheduled')
        when 'published' then old.status in ('in-review', 'scheduled') and new.published = old.head
        when 'withdrawn' then old.published is not null${more}
        else false end, false) then
      ${refuse('an advisory cannot change in this way')}
    end if;
    if new.published is distinct from old.published and not exists (select from ronda.release l where l.space = old.space
        and l.record_kind = 'advisory' and l.record_key = old.key and l.revision = new.published and l.status = 'released'
        and l.released_at = ronda.clock()) then
      ${refuse('what is out was released')}
    end if;
    if new.interim_until is not null and old.interim_until is null and new.interim_until > ronda.clock() + interval '1 hour' then
      ${refuse('an interim ends within the hour')}
    end if;
    if new.interim_until is null and old.interim_until is not null and new.status = 'published'
        and new.published is not distinct from old.published
        and not coalesce(ronda.advisory_approved(old.space, old.key, old.published, false), false) then
      ${refuse('an interim ends with its approvals, or with its withdrawal')}
    end if;
    -- Whoever reads it, was released to, issues it, or is its owner's side.
    if not new.audience <@ (new.owner_readers || old.audience || ronda.advisory_released(old.space, old.key, coalesce(new.published, 0))
        || coalesce((select r.joint from ronda.advisory_revision r where r.space = old.space and r.advisory_key = old.key
             and r.number = new.published), '{}')) then
      ${refuse('an advisory is read by whom it was released to')}
    end if;
    if not new.reviewers <@ array(select v.principal_key from ronda.advisory_invitation v where v.space = old.space
        and v.advisory_key = old.key and v.ended_at is null) then
      ${refuse('a draft is read by whom it was shown to')}
    end if;
    -- RED is for persons, in review as well.
    if exists (select from ronda.advisory_revision r where r.space = old.space and r.advisory_key = old.key and r.number = new.head
        and r.tlp = 'TLP:RED') and exists (select from unnest(new.reviewers) named
          where not exists (select from ronda.principal q where q.key = named and q.kind = 'user')) then
      ${refuse('TLP:RED is reviewed by named users')}
    end if;${also}`;

/** The same with more, over what is there. */
export const guardAdvisory = (more: string, also = ''): string =>
  guardFunction('create or replace', 'guard_advisory', 'advisory', advisoryBody(more, also));

/** Since migration 29. */
export const TO_RECEIVED = `
        when 'received' then old.status = 'draft' and old.head = 1 and exists (select from ronda.advisory_origin g
          where g.space = old.space and g.advisory_key = old.key and g.content is not null)`;

/** Since migration 34. */
export const RED_STAYS = `
    if new.opened_from <> old.opened_from and (new.opened_from <> old.head + 1 or new.owner_readers = old.owner_readers)
        or old.owner_readers <> new.owner_readers and old.owner_readers = array[old.author_key] and (new.opened_from <= old.head
          or exists (select from ronda.advisory_change c where c.space = old.space and c.advisory_key = old.key and c.settled_at is null)) then
      ${refuse('what was said at TLP:RED stays with whom it was said to')}
    end if;`;

/** @param also what else is refused. */
const revisionBody = (also: string): string => `if tg_op = 'INSERT' then
      if not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
          and (a.head + 1 = new.number or a.head = 1 and new.number = 1) and a.status in ('draft', 'in-review', 'published')
          and new.audience = a.owner_readers) then
        ${refuse("the next revision is its owner's alone")}
      end if;
      return new;
    end if;
    if old.published_at is not null and new.published_at is distinct from old.published_at then
      ${refuse('when it was published is past')}
    end if;
    if not new.audience <@ (old.audience || ronda.advisory_released(old.space, old.advisory_key, old.number) || old.joint
        || (select a.owner_readers from ronda.advisory a where a.space = old.space and a.key = old.advisory_key)) then
      ${refuse('a version is read by whom it was released to')}
    end if;
    if new.audience <> old.audience and new.published_at is null and not new.audience <@ old.audience
        and not new.audience <@ (select a.owner_readers from ronda.advisory a where a.space = old.space and a.key = old.advisory_key) then
      ${refuse("what is not published is its owner's and its reviewers'")}
    end if;
    if new.published_at is not null and old.published_at is null and not exists (select from ronda.release l where l.space = old.space
        and l.record_kind = 'advisory' and l.record_key = old.advisory_key and l.revision = old.number and l.status = 'released'
        and l.released_at = new.published_at) then
      ${refuse('a version is published by its release')}
    end if;${also}`;

/** The same with more, over what is there. */
export const guardAdvisoryRevision = (also: string): string =>
  guardFunction('create or replace', 'guard_advisory_revision', 'advisory_revision', revisionBody(also));

export const advisoryGuards: string = `
  -- Whether a revision has the approval of a second person of its owner, and of every organisation that it names beside.
  create function ronda.advisory_approved(of_space int, record bigint, revision int, is_first_enough boolean) returns boolean
    language sql stable as $$
    select exists (select from ronda.advisory_approval v where v.space = of_space and v.advisory_key = record and v.number = revision
        and v.org_key = a.owner_key)
      and (is_first_enough or not exists (select from unnest(r.joint) named where not exists (select from ronda.advisory_approval v
        where v.space = of_space and v.advisory_key = record and v.number = revision and v.org_key = named)))
      from ronda.advisory a join ronda.advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = revision
     where a.space = of_space and a.key = record
  $$;
  -- Whom the release in force lets read this revision.
  create function ronda.advisory_released(of_space int, record bigint, revision int) returns int[] language sql stable as $$
    select coalesce((select l.principals from ronda.release l where l.space = of_space and l.record_kind = 'advisory'
      and l.record_key = record and l.revision = advisory_released.revision and l.status = 'released'), '{}')
  $$;
  ${guard(
    'guard_advisory_release',
    'release',
    'before insert or update',
    `if new.record_kind <> 'advisory' or new.principals = '{}' or new.status not in ('scheduled', 'released') then return new; end if;
    select * into d from ronda.advisory_revision r where r.space = new.space and r.advisory_key = new.record_key and r.number = new.revision;
    if not found or d.tlp <> new.tlp or not exists (select from ronda.advisory a where a.space = new.space and a.key = new.record_key
        and a.head = new.revision) then
      ${refuse('what is released is the revision that was approved, at its marking')}
    end if;
    -- An urgent warning of several goes out on the word of its owner's second person, at once and for a time.
    if not coalesce(ronda.advisory_approved(new.space, new.record_key, new.revision,
        d.is_urgent and d.joint <> '{}' and new.status = 'released'), false) then
      ${refuse('an advisory goes out with the approvals that it needs')}
    end if;
    if exists (select from ronda.advisory_change c where c.space = new.space and c.advisory_key = new.record_key and c.settled_at is null) then
      ${refuse('changes were requested')}
    end if;`,
    `
    d ronda.advisory_revision;`,
  )}
  ${guard('guard_advisory', 'advisory', 'before insert or update', advisoryBody(''))}
  ${guard('guard_advisory_revision', 'advisory_revision', 'before insert or update', revisionBody(''))}
  ${guard(
    'guard_advisory_approval',
    'advisory_approval',
    'before insert',
    `if new.at <> ronda.clock() or not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
        and a.head = new.number and (a.status = 'in-review' or a.status = 'published' and a.published = new.number and a.interim_until > new.at)) then
      ${refuse('what is in review is approved: the newest revision, and now')}
    end if;
    -- Nobody who wrote any of this version.
    if exists (select from ronda.advisory_revision r join ronda.advisory_revision h on h.space = r.space and h.advisory_key = r.advisory_key
        and h.version = r.version and h.number = new.number
       where r.space = new.space and r.advisory_key = new.advisory_key and r.author_key = new.user_key) then
      ${refuse('its author never approves')}
    end if;`,
  )}
  ${guard(
    'guard_advisory_change',
    'advisory_change',
    'before insert or update',
    `if tg_op = 'INSERT' then
      if not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
          and a.head = new.number and a.status = 'in-review') then
        ${refuse('changes are requested of what is in review')}
      end if;
      return new;
    end if;
    if old.settled_at is not null then ${refuse('what was settled stays so')} end if;
    if new.done_by is distinct from old.done_by and new.done_by is not null and not new.done_by = any (held) then
      ${refuse('whoever did it says so')}
    end if;`,
  )}
`;

/** Since migration 48. */
export const SETTLES_AS_THE_NEXT = `
    if (new.version, new.interim_version, new.settled_at) is distinct from (old.version, old.interim_version, old.settled_at)
        and not (old.settled_at is null and new.settled_at = ronda.clock() and new.interim_version = old.version
          and string_to_array(new.version, '.')::int[] = (string_to_array(old.version, '.')::int[])[1:2]
            || (string_to_array(old.version, '.')::int[])[3] + 1
          and exists (select from ronda.advisory a where a.space = old.space and a.key = old.advisory_key and a.published = old.number
            and a.interim_until is not null)
          and coalesce(ronda.advisory_approved(old.space, old.advisory_key, old.number, false), false)) then
      ${refuse('a version becomes another where its interim is settled')}
    end if;`;

/** Before the tables whose functions they ask; what guards the tables themselves falls after them. */
export const dropAdvisoryGuards: string = `
  drop trigger guard_advisory_release on ronda.release;
  drop function ronda.guard_advisory_release(), ronda.advisory_released(int, bigint, int),
    ronda.advisory_approved(int, bigint, int, boolean);
`;
