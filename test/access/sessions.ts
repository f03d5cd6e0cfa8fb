import { createHash } from 'node:crypto';
import type pg from 'pg';
import { tokenOf, uuidOf } from '../support/cast.js';
import type { Player } from '../support/cast.js';

/** An open session of a player, straight into the table: signing in is tested elsewhere. */
export async function openSession(
  superuser: pg.Client | pg.Pool,
  player: Player,
  name = 'a session',
): Promise<{ id: string; player: Player }> {
  const token = tokenOf(`${name} of ${player.name}`).replace('ronda_key_', 'ronda_at_');
  const id = uuidOf(`${name} of ${player.name}`);
  await superuser.query(
    `insert into ronda.credential (id, kind, user_key, org_key, token_hash, created_at, expires_at)
     values ($1, 'session', $2, $3, $4, '2026-01-01', '2100-01-01')`,
    [id, player.key, player.organisation.key, createHash('sha256').update(token).digest()],
  );
  return { id, player: { ...player, token } };
}
