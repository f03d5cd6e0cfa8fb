// The schema `ronda` as text, read from the catalogs: the same text for the same schema, on PostgreSQL 15 and on 18,
// whoever migrated it. pg_dump does neither, and is not part of the embedded server.

const SCHEMA = 'ronda';

/** Everything asked of the catalogs. `$1` is the schema; what an extension brought is the extension's. */
const sql = {
  schema: `select n.oid, pg_get_userbyid(n.nspowner) as owner from pg_namespace n where n.nspname = $1`,
  roles: `
    select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls
      from pg_roles where rolname like 'ronda\\_%' and not rolcanlogin order by rolname collate "C"`,
  extensions: `
    select e.extname, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
     where e.extname <> 'plpgsql' order by e.extname collate "C"`,
  types: `
    select t.oid, t.typname, t.typtype, pg_get_userbyid(t.typowner) as owner, format_type(t.typbasetype, t.typtypmod) as base,
           t.typnotnull, t.typdefault,
           (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels,
           (select array_agg(pg_get_constraintdef(c.oid) order by c.conname collate "C") from pg_constraint c
             where c.contypid = t.oid and c.contype = 'c') as checks
      from pg_type t left join pg_class c on c.oid = t.typrelid
     where t.typnamespace = $2 and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c')
     order by t.typname collate "C"`,
  relations: `
    select c.oid, c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
           pg_get_userbyid(c.relowner) as owner, c.reloptions, c.relacl is null as acl_is_default, pg_get_partkeydef(c.oid) as partition_key,
           pg_get_expr(c.relpartbound, c.oid) as bound, obj_description(c.oid, 'pg_class') as comment,
           (select array_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid) as parents,
           case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end as definition,
           (select d.refobjid::regclass::text from pg_depend d
             where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'a') and c.relkind = 'S'
               and d.refclassid = 'pg_class'::regclass limit 1) as sequence_of,
           (select format('%s increment %s from %s to %s start %s cache %s%s', format_type(s.seqtypid, null), s.seqincrement,
                          s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end)
              from pg_sequence s where s.seqrelid = c.oid) as sequence
      from pg_class c
     where c.relnamespace = $2 and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by c.relname collate "C"`,
  columns: `
    select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attidentity, a.attgenerated,
           pg_get_expr(d.adbin, d.adrelid) as expression, col_description(a.attrelid, a.attnum) as comment,
           case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
           (select array_agg(format('%s: %s', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type)))
              from aclexplode(a.attacl) x) as grants
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace = $2 and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`,
  // PostgreSQL 18 has rows for NOT NULL ('n'); every version has the columns' own word for it.
  constraints: `
    select c.conrelid, c.conname, pg_get_constraintdef(c.oid) as definition, c.convalidated
      from pg_constraint c where c.connamespace = $2 and c.conrelid <> 0 and c.contype <> 'n' and c.contype <> 't'
     order by c.conrelid, strpos('pufxc', c.contype::text), c.conname collate "C"`,
  indexes: `
    select i.indrelid, pg_get_indexdef(i.indexrelid) as definition, i.indisvalid
      from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = $2 and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
     order by i.indrelid, c.relname collate "C"`,
  statistics: `
    select s.stxrelid, pg_get_statisticsobjdef(s.oid) as definition from pg_statistic_ext s where s.stxnamespace = $2
     order by s.stxname collate "C"`,
  triggers: `
    select t.tgrelid, pg_get_triggerdef(t.oid, true) as definition, t.tgenabled
      from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = $2 and not t.tgisinternal order by t.tgrelid, t.tgname collate "C"`,
  rules: `
    select r.ev_class, pg_get_ruledef(r.oid, true) as definition from pg_rewrite r join pg_class c on c.oid = r.ev_class
     where c.relnamespace = $2 and r.rulename <> '_RETURN' order by r.ev_class, r.rulename collate "C"`,
  policies: `
    select p.polrelid, p.polname, p.polpermissive,
           case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
           (select array_agg(case when r = 0 then 'public' else pg_get_userbyid(r)::text end) from unnest(p.polroles) r) as roles,
           pg_get_expr(p.polqual, p.polrelid, true) as using, pg_get_expr(p.polwithcheck, p.polrelid, true) as with_check
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where c.relnamespace = $2 order by p.polrelid, p.polname collate "C"`,
  functions: `
    select p.oid, p.oid::regprocedure::text as signature, pg_get_userbyid(p.proowner) as owner, p.prosecdef, p.prokind,
           case when p.prokind in ('f', 'p', 'w') then pg_get_functiondef(p.oid) end as definition, p.proacl is null as acl_is_default
      from pg_proc p
     where p.pronamespace = $2
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by p.oid::regprocedure::text collate "C"`,
  grants: `
    with held as (
      select 'pg_namespace'::regclass as class, n.oid, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl, n.nspowner as owner
        from pg_namespace n where n.oid = $2
      union all
      select 'pg_class'::regclass, c.oid,
             coalesce(c.relacl, acldefault(case when c.relkind = 'S' then 's' else 'r' end::"char", c.relowner)), c.relowner
        from pg_class c where c.relnamespace = $2
      union all
      select 'pg_proc'::regclass, p.oid, coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner
        from pg_proc p where p.pronamespace = $2
      union all
      select 'pg_type'::regclass, t.oid, coalesce(t.typacl, acldefault('T', t.typowner)), t.typowner
        from pg_type t where t.typnamespace = $2
    )
    select h.oid, x.grantee = 0 as is_public, case when x.grantee <> 0 then pg_get_userbyid(x.grantee)::text else 'public' end as grantee,
           array_agg(lower(x.privilege_type) || case when x.is_grantable then ' with grant option' else '' end
                     order by x.privilege_type collate "C") as privileges
      from held h, aclexplode(h.acl) x
     where x.grantee <> h.owner
       and x.privilege_type <> 'MAINTAIN' -- new in PostgreSQL 17
     group by h.oid, x.grantee`,
  defaultPrivileges: `
    select pg_get_userbyid(d.defaclrole) as owner, d.defaclobjtype, d.defaclacl::text as acl from pg_default_acl d
     where d.defaclnamespace = $2 order by 1, 2`,
  // Whatever else lives in the schema and has no paragraph of its own: operators, text search, collations …
  others: `
    select pg_describe_object(d.classid, d.objid, 0) as description from pg_depend d
     where d.refclassid = 'pg_namespace'::regclass and d.refobjid = $2 and d.deptype = 'n'
       and d.classid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass,
                             'pg_statistic_ext'::regclass, 'pg_default_acl'::regclass)
     order by 1`,
};

const relationNouns = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  S: 'sequence',
};
const typeNouns = { e: 'enum', d: 'domain', r: 'range', c: 'composite' };
const identities = { a: 'generated always as identity', d: 'generated by default as identity' };

/**
 * @param {import('pg').Client} client connected to the database; its search path is changed.
 * @returns {Promise<string>} ends in a newline; `''` where there is no such schema.
 */
export async function schemaText(client) {
  // What is not in the search path is printed with its schema; without one in it, everything is.
  await client.query(`set search_path = pg_catalog`);
  const [schema] = (await client.query(sql.schema, [SCHEMA])).rows;
  if (!schema) return '';
  const found = {};
  for (const [name, text] of Object.entries(sql)) {
    if (name === 'schema') continue;
    const values = text.includes('$2') ? [schema.oid] : [];
    found[name] = (await client.query(text.replaceAll('$2', '$1'), values)).rows;
  }
  // The login that migrates has another name in every installation.
  const named = (role) => (role === schema.owner ? 'migrator' : role);
  const of = (rows, key, oid) => rows.filter((row) => row[key] === oid);
  const grantLines = (oid) =>
    of(found.grants, 'oid', oid)
      .map((grant) => `grant ${named(grant.grantee)}: ${grant.privileges.join(', ')}`)
      .sort();

  const lines = [
    `-- The schema "${SCHEMA}" as the migrations leave it. Written by \`npm run schema:dump\`; \`npm run check:migrations\` compares.`,
    '-- For reading and for comparing, not for running.',
  ];
  const paragraph = (head, body = []) => lines.push('', head, ...body.filter(Boolean).map(indent));

  paragraph(`schema ${SCHEMA}`, [
    `owner migrator`,
    ...grantLines(schema.oid),
    ...found.defaultPrivileges.map(
      (row) => `default privileges of ${named(row.owner)} on ${row.defaclobjtype}: ${row.acl}`,
    ),
  ]);
  for (const role of found.roles) {
    const may = Object.entries(role).filter(
      ([name, value]) => name !== 'rolname' && name !== 'rolinherit' && value === true,
    );
    paragraph(`role ${role.rolname}`, ['nologin', ...may.map(([name]) => name.slice(3))]);
  }
  for (const extension of found.extensions) paragraph(`extension ${extension.extname} in ${extension.nspname}`);
  for (const type of found.types) {
    paragraph(`${typeNouns[type.typtype]} ${SCHEMA}.${type.typname}`, [
      `owner ${named(type.owner)}`,
      type.labels && `labels ${type.labels.join(', ')}`,
      type.typtype === 'd' &&
        `${type.base}${type.typnotnull ? ' not null' : ''}${type.typdefault ? ` default ${type.typdefault}` : ''}`,
      ...(type.checks ?? []),
      ...grantLines(type.oid),
    ]);
  }
  for (const relation of found.relations) {
    // A sequence that belongs to a column says nothing that the column does not, but for who may use it.
    const isOwned = relation.relkind === 'S' && relation.sequence_of;
    if (isOwned && grantLines(relation.oid).length === 0 && isUsual(relation.sequence)) continue;
    const isRelation = ['r', 'p', 'f'].includes(relation.relkind);
    paragraph(
      `${relation.relpersistence === 'u' ? 'unlogged ' : ''}${relationNouns[relation.relkind]} ${SCHEMA}.${relation.relname}`,
      [
        relation.comment && `-- ${relation.comment}`,
        `owner ${named(relation.owner)}`,
        relation.parents && `of ${relation.parents.join(', ')} ${relation.bound ?? ''}`,
        relation.partition_key && `partition by ${relation.partition_key}`,
        relation.reloptions && `with ${relation.reloptions.join(', ')}`,
        relation.sequence,
        isOwned && `belongs to ${relation.sequence_of}`,
        ...(relation.relkind === 'S'
          ? []
          : of(found.columns, 'attrelid', relation.oid).map((column) => columnLine(column, named))),
        ...of(found.constraints, 'conrelid', relation.oid).map(
          (row) =>
            `constraint ${row.conname} ${row.definition}${row.convalidated || row.definition.endsWith('NOT VALID') ? '' : ' NOT VALID'}`,
        ),
        ...of(found.indexes, 'indrelid', relation.oid).map(
          (row) => `${row.definition}${row.indisvalid ? '' : ' -- INVALID'}`,
        ),
        ...of(found.statistics, 'stxrelid', relation.oid).map((row) => row.definition),
        ...of(found.triggers, 'tgrelid', relation.oid).map(
          (row) => `${row.definition}${row.tgenabled === 'O' ? '' : ` -- ${row.tgenabled}`}`,
        ),
        ...of(found.rules, 'ev_class', relation.oid).map((row) => row.definition),
        isRelation &&
          `row-level security ${relation.relrowsecurity ? (relation.relforcerowsecurity ? 'forced' : 'enabled, NOT FORCED') : 'OFF'}`,
        ...of(found.policies, 'polrelid', relation.oid).map((policy) => policyLine(policy, named)),
        ...grantLines(relation.oid),
        relation.definition && `as\n${relation.definition}`,
      ],
    );
  }
  for (const routine of found.functions) {
    paragraph(`function ${routine.signature}`, [
      `owner ${named(routine.owner)}`,
      routine.prosecdef && 'security definer',
      ...grantLines(routine.oid),
      routine.definition?.trimEnd() ?? `(${routine.prokind})`,
    ]);
  }
  for (const other of found.others) paragraph(other.description);
  return `${lines.join('\n')}\n`;
}

/** The sequence of an identity column that nobody set anything about. */
const isUsual = (sequence) => /^\w+ increment 1 from 1 to \d+ start 1 cache 1$/.test(sequence);

const indent = (text) =>
  text
    .split('\n')
    .map((line) => (line ? `  ${line}` : line))
    .join('\n')
    .replace(/[ \t]+$/gm, '');

function columnLine(column, named) {
  const parts = [
    column.attname,
    column.type,
    column.collation && `collate ${column.collation}`,
    column.attnotnull && 'not null',
    identities[column.attidentity],
    column.attgenerated
      ? `generated always as (${column.expression})${column.attgenerated === 's' ? ' stored' : ''}`
      : column.expression && `default ${column.expression}`,
    column.grants &&
      `-- grant ${column.grants
        .map((grant) => grant.replace(/^[^:]+/, named))
        .sort()
        .join('; ')}`,
    column.comment && `-- ${column.comment}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function policyLine(policy, named) {
  const parts = [
    `policy ${policy.polname} ${policy.polpermissive ? '' : 'restrictive '}for ${policy.command} to ${policy.roles.map(named).sort().join(', ')}`,
    policy.using && `  using (${oneLine(policy.using)})`,
    policy.with_check && `  with check (${oneLine(policy.with_check)})`,
  ];
  return parts.filter(Boolean).join('\n');
}

const oneLine = (expression) => expression.replace(/\s+/g, ' ').trim();

/**
 * What is left of the product in this database: nothing after every migration has been undone.
 * @returns {Promise<string[]>} a sentence each.
 */
export async function leftovers(client) {
  const { rows } = await client.query(
    `select 'the schema itself: ' || n.nspname as what from pg_namespace n where n.nspname = $1
     union all
     select pg_describe_object(d.classid, d.objid, 0) from pg_depend d join pg_namespace n on n.oid = d.refobjid
      where d.refclassid = 'pg_namespace'::regclass and n.nspname = $1
     union all
     select format('role %s still holds %s', pg_get_userbyid(d.refobjid), pg_describe_object(d.classid, d.objid, d.objsubid))
       from pg_shdepend d join pg_roles r on r.oid = d.refobjid
      where d.refclassid = 'pg_authid'::regclass and r.rolname like 'ronda\\_%' and not r.rolcanlogin
        and d.dbid = (select oid from pg_database where datname = current_database())
     union all
     select format('extension %s', e.extname) from pg_extension e where e.extname <> 'plpgsql'
     order by 1`,
    [SCHEMA],
  );
  return rows.map((row) => row.what);
}

/**
 * Where the database itself would ask what time it is or throw dice: what the product does is decided by an injected
 * Clock and Chance (sharing policy, Proved), so that nothing hidden can consume one.
 * @returns {Promise<string[]>} a sentence each.
 */
export async function hiddenClocksAndDice(client) {
  const { rows } = await client.query(
    `select format('default of %s.%s: %s', a.attrelid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)) as what
       from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
       join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and pg_get_expr(d.adbin, d.adrelid) ~* $2
     union all
     select format('body of %s', p.oid::regprocedure) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = $1 and p.prosrc ~* $2
     order by 1`,
    [
      SCHEMA,
      '\\m(now|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday|random|gen_random_uuid|gen_random_bytes|uuidv4|uuidv7)\\s*\\(|\\m(current_timestamp|current_date|current_time|localtimestamp|localtime)\\M',
    ],
  );
  return rows.map((row) => row.what);
}
