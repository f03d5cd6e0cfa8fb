import type { SealedColumn } from '../../../platform/secrets/rotate-secrets.js';

/** What the sealed seed of an account's second factor belongs to. */
export const seedContextOf = (userKey: number): string => `totp of ${userKey}`;

/** Where sealed seeds lie, for whoever seals them anew. */
export const sealedSeeds: SealedColumn = {
  name: 'ronda.user_secret',
  select: `select user_key as key, totp_sealed as sealed from ronda.user_secret
    where totp_sealed is not null and substring(totp_sealed from 1 for length($1::bytea)) <> $1 limit $2 for update`,
  update: 'update ronda.user_secret set totp_sealed = $2 where user_key = $1',
  contextOf: seedContextOf,
};
