/**
 * A role of this product, which nobody logs in as; of the whole server, so it may be there already.
 * @param isGranted whether the migrator becomes a member of it, to hand functions over to it.
 */
export const makeRole = (name: string, isGranted = true): string => `
  do $$
  begin
    if not exists (select from pg_roles where rolname = '${name}') then
      begin
        create role ${name} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
      exception when duplicate_object or unique_violation then
        -- Another database of this server is migrated at the same time; it wants the same role.
        null;
      end;
    end if;
    ${
      isGranted
        ? `if not pg_has_role(current_user, '${name}', 'usage') then
      execute format('grant ${name} to %I', current_user);
    end if;`
        : ''
    }
  end $$;`;

/** Hands functions over to a role that they run as, and lets the service call them and nobody else. */
export const giveTo = (role: string, routines: readonly string[]): string => `
  do $$
  declare routine text;
  begin
    foreach routine in array array[${routines.map((each) => `'${each}'`).join(', ')}] loop
      execute 'grant create on schema ronda to ${role}';
      execute format('alter function ronda.%s owner to ${role}', routine);
      execute 'revoke create on schema ronda from ${role}';
      execute format('revoke all on function ronda.%s from public', routine);
      execute format('grant execute on function ronda.%s to ronda_app', routine);
    end loop;
  end $$;`;
