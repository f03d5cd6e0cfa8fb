#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, where they are not there yet: sh deploy/make-secrets.sh
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets
for name in postgres_password migrator_password service_password; do
  [ -s "$name" ] || openssl rand -hex 24 > "$name"
done
[ -s secret_keys ] || openssl rand -base64 32 > secret_keys
printf 'postgres://ronda_migrator:%s@database:5432/ronda\n' "$(cat migrator_password)" > database_url
printf 'postgres://ronda_service:%s@database:5432/ronda\n' "$(cat service_password)" > database_service_url
# Mounted as they are: the node user of the image (uid 1000) has to read its three.
chmod 0444 database_url database_service_url secret_keys postgres_password migrator_password service_password
chmod 0711 .
echo "In $(pwd). Keep secret_keys apart from the backups: they are of no use without it, and it is not in them."
