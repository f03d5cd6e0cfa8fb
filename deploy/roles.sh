#!/bin/sh
# Run once by the postgres image, on a new database: the role that migrates and owns, and the one that requests run as, which
# owns nothing. Their passwords come from files, and are quoted by psql.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v migrator="$(cat /run/secrets/migrator_password)" -v service="$(cat /run/secrets/service_password)" <<'SQL'
create role ronda_migrator login createrole nosuperuser nocreatedb noreplication nobypassrls password :'migrator';
create role ronda_service login nocreaterole nosuperuser nocreatedb noreplication nobypassrls password :'service';
alter database ronda owner to ronda_migrator;
revoke connect on database ronda from public;
grant connect on database ronda to ronda_service;
SQL
