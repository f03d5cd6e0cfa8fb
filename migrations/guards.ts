/**
 * What a row may become. A policy sees the row before or the row after, never both, so who may make which change is said
 * by triggers. They bind whoever row-level security binds: the service, not a superuser who mends something by hand.
 */

interface Guard {
  table: string;
  when: string;
  /** PL/pgSQL over `old`, `new` and `held` (the reader's principals); falls through where it allows. */
  body: string;
}

const refuse = (why: string): string =>
  `raise exception '${why.replaceAll("'", "''")}' using errcode = 'insufficient_privilege';`;

const isMember = (group: string): string => `exists (select from ronda.group_membership own
  where own.group_key = ${group} and own.org_key = any (held) and own.state = 'member')`;

const guardsByName: Record<string, Guard> = {
  guard_organisation: {
    table: 'organisation',
    when: 'before update',
    body: `
      if (new.totp_required, new.relay_green, new.time_zone, new.languages)
          is distinct from (old.totp_required, old.relay_green, old.time_zone, old.languages) and not old.key = any (held) then
        ${refuse('an organisation changes its own settings')}
      end if;
      if new.name <> old.name and not (4 = any (held) or coalesce(old.parent_key = any (held), false)) then
        ${refuse('who is over an organisation changes its name')}
      end if;
      -- The role is given up by its holder and taken while nobody has it, which only that holder's transaction ever sees.
      if (new.is_secretariat, new.secretariat_until) is distinct from (old.is_secretariat, old.secretariat_until)
          and not (4 = any (held))
          and not (new.is_secretariat and not exists (select from ronda.organisation o where o.is_secretariat)) then
        ${refuse('the secretariat hands its role over')}
      end if;
      if new.standing <> old.standing then
        if old.key = any (held) then ${refuse('others decide on the standing of an organisation')} end if;
        if not coalesce(case new.standing
            when 'sponsored' then old.standing = 'applicant' and 2 = any (held)
              and (select count(distinct b.country) from ronda.sponsorship s join ronda.organisation b on b.key = s.sponsor_key
                    where s.org_key = old.key) >= 2
            when 'retired' then 4 = any (held) and old.standing <> 'active' or old.parent_key = any (held)
            when 'suspended' then old.standing = 'active' and decided = 'suspend'
            when 'active' then case old.standing
              when 'suspended' then decided = 'reinstate'
              when 'sponsored' then 4 = any (held)
              when 'applicant' then 4 = any (held) and exists (select from ronda.designation d where d.org_key = old.key)
              else false end
            else false end, false) then
          ${refuse('nobody has decided on this standing')}
        end if;
      end if;`,
  },
  guard_credential: {
    table: 'credential',
    when: 'before update of token_hash, refresh_hash, expires_at, refresh_expires_at, is_limited, revoked_at',
    body: `
      if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
        ${refuse('what was revoked stays so')}
      end if;
      if not old.user_key = any (held)
          and (new.token_hash, new.refresh_hash, new.expires_at, new.refresh_expires_at, new.is_limited)
            is distinct from (old.token_hash, old.refresh_hash, old.expires_at, old.refresh_expires_at, old.is_limited) then
        ${refuse("others' credentials can be revoked and nothing else")}
      end if;`,
  },
  guard_sharing_group: {
    table: 'sharing_group',
    when: 'before update',
    body: `
      if not ${isMember('old.key')} then ${refuse('members change a group')} end if;
      if old.dissolved_at is not null then ${refuse('a dissolved group is over')} end if;
      if (new.name, new.purpose, new.founder_key, new.dissolved_at)
          is distinct from (old.name, old.purpose, old.founder_key, old.dissolved_at)
          and not old.founder_key = any (held) then
        ${refuse('the founder does that')}
      end if;
      if new.epoch <> old.epoch and not (new.epoch = old.epoch + 1
          and exists (select from ronda.group_epoch e where e.group_key = old.key and e.epoch = new.epoch)) then
        ${refuse('epochs follow one another')}
      end if;`,
  },
  guard_group_membership: {
    table: 'group_membership',
    when: 'before insert or update',
    body: `
      select * into g from ronda.sharing_group where key = new.group_key;
      if tg_op = 'INSERT' then
        if new.state = 'member' and g.founder_key = any (held) and g.created_at = ronda.clock() and new.joined_epoch = 1
            and g.epoch = 1 then
          return new; -- with its founding
        elsif new.state = 'proposed' and new.proposed_by = any (held) and new.accepted_at is null and new.joined_epoch is null
            and new.admit_after >= ronda.clock() + make_interval(hours => g.objection_hours) and ${isMember('g.key')} then
          return new;
        end if;
        ${refuse('a newcomer is proposed by a member, who leaves the others their time to object')}
      end if;
      if old.state not in ('proposed', 'member') then ${refuse('what has ended stays so')} end if;
      if new.accepted_at is distinct from old.accepted_at
          and not (old.state = 'proposed' and old.accepted_at is null and old.org_key = any (held)) then
        ${refuse('the proposed organisation itself accepts')}
      end if;
      if new.state = old.state then
        if (new.joined_epoch, new.joined_at) is distinct from (old.joined_epoch, old.joined_at) then
          ${refuse('an organisation is in a group since the epoch it began')}
        end if;
        return new;
      end if;
      if not coalesce(case new.state
          when 'member' then ${isMember('g.key')} and old.accepted_at is not null and old.admit_after <= ronda.clock()
            and not exists (select from ronda.group_objection o where o.membership_key = old.key)
            -- An epoch of its own, which begins now: what was released before it came stays unread.
            and new.joined_epoch = g.epoch
            and exists (select from ronda.group_epoch e where e.group_key = g.key and e.epoch = g.epoch and e.began_at = ronda.clock())
            and not exists (select from ronda.group_membership m where m.group_key = g.key and m.joined_epoch >= new.joined_epoch)
          when 'declined' then old.state = 'proposed' and (old.org_key = any (held) or ${isMember('g.key')})
          when 'objected' then old.state = 'proposed' and ${isMember('g.key')}
          when 'left' then old.state = 'member' and (old.org_key = any (held) or g.founder_key = any (held))
          else false end, false) then
        ${refuse('this membership cannot change in this way')}
      end if;`,
  },
  guard_release: {
    table: 'release',
    when: 'before insert or update',
    body: `
      if tg_op = 'INSERT' then
        -- What calls itself a narrowing goes no further than the release before it. Whether it says more is the application's to see.
        if new.is_narrowing and new.principals <> '{}' then
          select * into r from ronda.release b where b.space = new.space and b.record_kind = new.record_kind
             and b.record_key = new.record_key and b.released_at is not null order by b.key desc limit 1;
          if not coalesce(r.principals @> new.principals
              and array_position(markings, new.tlp) >= array_position(markings, r.tlp), false) then
            ${refuse('this release narrows nothing')}
          end if;
        end if;
        return new;
      end if;
      if new.confirmed_by is distinct from old.confirmed_by
          and not (old.status in ('pending', 'held') and new.status = 'released' and new.confirmed_by = any (held)) then
        ${refuse('a second person confirms, by itself')}
      end if;
      if new.status <> old.status and not coalesce(case new.status
          when 'released' then old.status in ('pending', 'held') and new.released_at = ronda.clock()
          when 'cancelled' then old.status in ('pending', 'held')
          when 'superseded' then old.status = 'released'
          else false end, false) then
        ${refuse('a release cannot change in this way')}
      end if;
      if new.status in ('superseded', 'cancelled') and new.released_at is distinct from old.released_at then
        ${refuse('when it was released is past')}
      end if;`,
  },
};

const declarations: Record<string, string> = {
  guard_organisation: `decided text := (select d.decision from ronda.standing_decision d
        where d.org_key = old.key and d.second_org_key is not null order by d.key desc limit 1);`,
  guard_group_membership: 'g ronda.sharing_group;',
  guard_release: `r ronda.release;
      markings constant text[] := array['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];`,
};

export const createGuards: string =
  `
  -- The owner's side of a record, to the owner's side alone; null to others, of hidden and of absent records. Finds its table
  -- when it is called: records of later migrations are known here by their kind.
  create function ronda.owners_of(kind text, record bigint) returns int[] language plpgsql stable as $$
  begin
    return case kind when 'incident' then
      (select i.owner_readers from ronda.incident i
        where i.space = ronda.space() and i.key = record and i.owner_readers && ronda.reader_principals()) end;
  end $$;

  -- The ceiling of RED, which is by what is named and not by number: users and nobody else.
  create function ronda.release_ceiling() returns trigger language plpgsql as $$
  begin
    if new.tlp = 'TLP:RED' and exists (select from unnest(new.principals) named
        where not exists (select from ronda.principal p where p.key = named and p.kind = 'user')) then
      raise exception 'TLP:RED is released to named users' using errcode = 'check_violation';
    end if;
    return new;
  end $$;
  create trigger release_ceiling before insert or update of tlp, principals on ronda.release
    for each row execute function ronda.release_ceiling();
` +
  Object.entries(guardsByName)
    .map(
      ([name, { table, when, body }]) => `
  create function ronda.${name}() returns trigger language plpgsql as $$
  declare
    held int[];
    ${declarations[name] ?? ''}
  begin
    if not row_security_active('ronda.${table}') then return new; end if;
    held := ronda.reader_principals();
    ${body}
    return new;
  end $$;
  create trigger ${name} ${when} on ronda.${table} for each row execute function ronda.${name}();`,
    )
    .join('\n');

/** Before their tables. `owners_of` goes after the policies that ask it. */
export const dropGuards: string = `
  ${Object.entries(guardsByName)
    .map(([name, { table }]) => `drop trigger ${name} on ronda.${table}; drop function ronda.${name}();`)
    .join('\n  ')}
  drop trigger release_ceiling on ronda.release;
  drop function ronda.release_ceiling();
`;
