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
