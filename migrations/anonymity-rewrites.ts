// What migration 14 changes in functions of earlier ones, and in rows that are there already.

export const PRINCIPAL_KINDS = `'public', 'community', 'partners', 'secretariat',
          'community-relay', 'partners-relay', 'organisation', 'user', 'group-epoch'`;

/** Of one function: what stands there, and what stands there from this migration on. */
interface Rewrite {
  of: string;
  before: string;
  after: string;
}

const LISTED = '-- Whoever holds an earlier epoch';
/** Where the readers are known and their lists are not written yet. Migration 15 writes the function anew, with this in it. */
export const LISTED_UNVEILED = `-- Lists are by who is behind a veil: a record has one of its own, and a reader would have as many lists.
    principals := unveiled(principals);
    ${LISTED}`;
const IN_DRAWER = 'coalesce(c.org_key, (select d.org_key from comment_drawer d where d.comment_key = c.key))';
const OF_RECORD = `(select i.owner_readers from incident i where i.space = c.space and i.key = c.incident_key)`;

const rewrites: Rewrite[] = [
  // Behind all others, because a list asks of those in front alone.
  {
    of: 'derive_principals()',
    before: `me.standing, me.is_secretariat);`,
    after: `me.standing, me.is_secretariat) || veils_of(me.org_key, me.user_key);`,
  },
  {
    of: 'still_reads(int, int[])',
    before: `o.standing, o.is_secretariat))`,
    after: `o.standing, o.is_secretariat) || veils_of(o.key, reader))`,
  },
  {
    of: 'publish_readers(text, bigint, int[], timestamptz)',
    before: LISTED,
    after: LISTED_UNVEILED,
  },
  // What others have read without a name goes when the strictest member's time is over: at its own state's it would tell.
  {
    of: 'retention_due(jsonb, timestamptz, int)',
    before: `coalesce(i.owner_key, d.org_key) as org_key, r.created_at as last_change`,
    after: `coalesce(i.owner_key, d.org_key) as org_key, r.created_at as last_change,
                   i.owner_key is null and exists (select from release s where s.space = i.space and s.record_kind = 'incident'
                     and s.record_key = i.key and s.released_at is not null) as is_unnamed`,
  },
  {
    of: 'retention_due(jsonb, timestamptz, int)',
    before: `i.key, i.id, c.org_key, coalesce(c.edited_at, c.created_at)`,
    after: `i.key, i.id, ${IN_DRAWER}, coalesce(c.edited_at, c.created_at), c.by_owner`,
  },
  {
    of: 'retention_due(jsonb, timestamptz, int)',
    before: `(u.country = a.country or u.country is null)
              order by u.country nulls last limit 1) kept`,
    after: `(o.is_unnamed or u.country = a.country or u.country is null)
              order by case when o.is_unnamed then u.days end nulls last, u.country nulls last limit 1) kept`,
  },
  {
    of: 'retention_erase(timestamptz, jsonb)',
    before: `returning array[c.org_key] into owners;`,
    after: `returning case when c.by_owner then ${OF_RECORD} else array[c.org_key] end into owners;`,
  },
  {
    of: 'retention_erase(timestamptz, jsonb)',
    before: `update incident_link l set note = null where l.space = space() and l.from_key = each.record_key and l.note is not null;`,
    after: `update authorship_drawer d set external_references = case when d.external_references is not null then '[]'::jsonb end, note = null
              where d.space = space() and d.incident_key = each.record_key;
            update incident_link l set note = null where l.space = space() and l.from_key = each.record_key and l.note is not null;`,
  },
  {
    of: 'erase_from_record(text, bigint, text)',
    before: `update incident_link l set note = regexp_replace(l.note, pattern, '[erased]', 'gi')`,
    after: `update authorship_drawer d set external_references = redact(d.external_references, pattern),
            note = regexp_replace(d.note, pattern, '[erased]', 'gi')
          where d.space = space() and d.incident_key = record;
        update incident_link l set note = regexp_replace(l.note, pattern, '[erased]', 'gi')`,
  },
];

const quoted = (text: string): string => `$quoted$${text}$quoted$`;

/** Each function as it is, but for these places: its owner and who may call it stay. */
export const rewrite = (way: 'up' | 'down'): string => {
  const changes = way === 'up' ? rewrites : rewrites.toReversed();
  const steps = changes.map(({ of, before, after }) => {
    const [there, wanted] = way === 'up' ? [before, after] : [after, before];
    return `
    defined := pg_get_functiondef('ronda.${of}'::regprocedure);
    if position(${quoted(there)} in defined) = 0 then raise exception 'ronda.${of} is not as it was'; end if;
    execute replace(defined, ${quoted(there)}, ${quoted(wanted)});`;
  });
  return `do $rewrite$ declare defined text; begin ${steps.join('')} end $rewrite$;`;
};

const TOUCHED = [
  'incident',
  'incident_revision',
  'incident_comment',
  'release',
  'erasure',
  'veil',
  'authorship_drawer',
  'comment_drawer',
];
const forced = (how: 'no force' | 'force'): string =>
  TOUCHED.map((table) => `alter table ronda.${table} ${how} row level security;`).join(' ');

/** Anonymous records that were filed before: each side that read one gets its veil. None has ever been released. */
export const veilExisting = `
  ${forced('no force')}
  alter table ronda.incident disable trigger user;
  alter table ronda.release disable trigger user;
  do $$
  declare
    filed record;
    side int[];
    made int;
  begin
    for filed in select i.space, i.key, i.id, d.org_key, i.owner_readers from ronda.incident i
        join ronda.authorship_drawer d on d.space = i.space and d.incident_key = i.key and d.part = 0
        where i.authorship = 'anonymous' order by i.key loop
      update ronda.authorship_drawer d set external_references = r.facts -> 'externalReferences', note = r.note
        from ronda.incident_revision r where d.space = filed.space and d.incident_key = filed.key and d.part = r.number
          and r.space = filed.space and r.incident_key = filed.key;
      update ronda.incident_revision r set facts = r.facts || '{"externalReferences": []}', note = null
        where r.space = filed.space and r.incident_key = filed.key;
      insert into ronda.comment_drawer (space, org_key, comment_key, incident_key, user_key)
        select c.space, c.org_key, c.key, c.incident_key, c.author_key from ronda.incident_comment c
         where c.space = filed.space and c.incident_key = filed.key and c.org_key = filed.org_key;
      update ronda.incident_comment c set by_owner = true, author_key = null, org_key = null
        where c.space = filed.space and c.incident_key = filed.key and c.org_key = filed.org_key;
      for side in select filed.owner_readers union select r.audience from ronda.incident_revision r
          where r.space = filed.space and r.incident_key = filed.key loop
        insert into ronda.principal (kind) values ('veil') returning key into made;
        insert into ronda.veil (space, org_key, principal_key, record_id, holders) values (filed.space, filed.org_key, made, filed.id, side);
        update ronda.incident_revision r set audience = array[made]
          where r.space = filed.space and r.incident_key = filed.key and r.audience = side;
        update ronda.incident_comment c set readers = array_append(array_remove(c.readers, filed.org_key), made)
          where c.space = filed.space and c.incident_key = filed.key and c.reach = 'owner' and side = filed.owner_readers;
        update ronda.release r set owner_readers = array[made]
          where r.space = filed.space and r.record_kind = 'incident' and r.record_key = filed.key and r.owner_readers = side;
        update ronda.erasure e set owner_readers = array[made]
          where e.space = filed.space and e.record_kind = 'incident' and e.record_key = filed.key and e.owner_readers = side;
        -- Of the id, which is random and everybody's who reads the record.
        update ronda.incident i set owner_readers = array[made], audience = array[made],
            alias = upper(substr(md5(i.id::text), 1, 4) || '-' || substr(md5(i.id::text), 5, 4))
          where i.space = filed.space and i.key = filed.key and i.owner_readers = side;
      end loop;
    end loop;
  end $$;
  alter table ronda.release enable trigger user;
  alter table ronda.incident enable trigger user;
  ${forced('force')}`;

/** Takes the veils off again. What has gone out anonymously would show its owner, so there must be none. */
export const unveilAll = `
  ${forced('no force')}
  do $$
  begin
    if exists (select from ronda.incident i join ronda.release r on r.space = i.space and r.record_key = i.key
        where i.authorship = 'anonymous' and r.status = 'released' and r.principals <> '{}') then
      raise exception 'anonymous records have been released: taking this migration back would name their owners';
    end if;
  end $$;
  alter table ronda.incident disable trigger user;
  alter table ronda.release disable trigger user;
  alter table ronda.incident_comment drop constraint incident_comment_author;
  alter table ronda.incident drop constraint incident_alias;
  update ronda.incident_revision r set audience = ronda.unveiled(r.audience), note = coalesce(r.note, d.note),
      facts = r.facts || jsonb_build_object('externalReferences', coalesce(d.external_references, r.facts -> 'externalReferences'))
    from ronda.authorship_drawer d where d.space = r.space and d.incident_key = r.incident_key and d.part = r.number;
  update ronda.incident_comment c set by_owner = false, author_key = d.user_key, org_key = d.org_key
    from ronda.comment_drawer d where d.comment_key = c.key and c.by_owner;
  update ronda.incident_comment c set readers = ronda.unveiled(c.readers) where c.readers is not null;
  update ronda.release r set owner_readers = ronda.unveiled(r.owner_readers);
  update ronda.erasure e set owner_readers = ronda.unveiled(e.owner_readers);
  update ronda.incident i set audience = ronda.unveiled(i.audience), owner_readers = ronda.unveiled(i.owner_readers)
    where i.authorship = 'anonymous';
  alter table ronda.release enable trigger user;
  alter table ronda.incident enable trigger user;
  ${forced('force')}`;
