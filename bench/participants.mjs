// Whom a drill is played by: accounts of the members' CERTs, and who conducts it. `more` of startCluster.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { dice } from './dice.mjs';
import { START } from './world.mjs';

const FIRST_KEY = 1_000_000;
const tokenOf = (key) => `ronda_key_${createHash('sha256').update(`bench participant ${key}`).digest('base64url')}`;

/** The same accounts whenever it is asked. @returns the organiser first, of the first CERT */
export function participantsOf({ certs }, count) {
  const { uuid } = dice(33);
  return Array.from({ length: count + 1 }, (_, index) => {
    const key = FIRST_KEY + index;
    const organisation = certs[Math.max(0, index - 1) % certs.length];
    const roles = index === 0 ? ['organiser'] : ['analyst'];
    return { key, id: uuid(), credentialId: uuid(), organisation, roles, token: tokenOf(key) };
  });
}

export const participants = (count) => ({
  stamp: `${count} participants`,
  seed: async (url, world) => {
    const rows = participantsOf(world, count).map(({ key, id, credentialId, organisation, roles, token }) => ({
      key,
      id,
      credential_id: credentialId,
      org_key: organisation.key,
      roles,
      token_hash: createHash('sha256').update(token).digest('hex'),
    }));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const tables = ['principal', 'user_account', 'credential'];
      await client.query(`set search_path = ronda; begin`);
      for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
      const insert = (into, values) =>
        client.query(
          `insert into ${into} select ${values} from jsonb_to_recordset($1::jsonb) as p
             (key int, id uuid, credential_id uuid, org_key int, roles text[], token_hash text)`,
          [JSON.stringify(rows)],
        );
      await insert('principal (key, kind)', `p.key, 'user'`);
      await insert(
        'user_account (key, id, org_key, email, display_name, roles, status, created_at)',
        `p.key, p.id, p.org_key, 'participant' || p.key || '@bench.example', 'Participant ' || p.key, p.roles, 'active', '${new Date(START).toISOString()}'`,
      );
      await insert(
        'credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at)',
        `p.credential_id, 'api-key', p.key, p.org_key, decode(p.token_hash, 'hex'), 'bench',
           array['exercises:read', 'exercises:write', 'exercises:organise'], '${new Date(START).toISOString()}', '2099-01-01'`,
      );
      for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
      await client.query('commit');
      await client.query('analyze ronda.user_account, ronda.credential');
    } finally {
      await client.end();
    }
  },
});
