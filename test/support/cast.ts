import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Affiliation, OrganisationKind, Role, Standing } from '../../src/kernel/actor.js';
import { permissionsOf } from '../../src/policy/permissions.js';

/** Who is on stage: an account with an API key of all its permissions. */
export interface Player {
  /** Of the cast: `vn.analyst`. */
  name: string;
  key: number;
  id: string;
  organisation: Stage;
  roles: Role[];
  /** Shown as `Authorization: Bearer …`. */
  token: string;
}

export interface Stage {
  name: string;
  key: number;
  id: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  country: string | null;
  standing: Standing;
  parent: string | null;
  isSecretariat: boolean;
}

interface Billing {
  kind?: OrganisationKind;
  affiliation?: Affiliation;
  country: string | null;
  standing?: Standing;
  parent?: string;
  isSecretariat?: boolean;
  relaysGreen?: boolean;
  players: Record<string, Role[]>;
}

const certStaff: Record<string, Role[]> = {
  analyst: ['analyst'],
  coordinator: ['coordinator'],
  second: ['coordinator'],
  admin: ['admin'],
};

const billing: Record<string, Billing> = {
  vn: { country: 'VN', players: { ...certStaff, organiser: ['organiser'] } },
  th: { country: 'TH', players: certStaff },
  sg: { country: 'SG', players: certStaff },
  id: { country: 'ID', players: certStaff },
  my: { country: 'MY', relaysGreen: true, players: certStaff },
  ph: { country: 'PH', standing: 'suspended', players: certStaff },
  la: { country: 'LA', standing: 'applicant', players: certStaff },
  jp: { country: 'JP', affiliation: 'dialogue-partner', players: { analyst: ['analyst'] } },
  secretariat: {
    kind: 'regional-body',
    affiliation: 'regional',
    country: null,
    isSecretariat: true,
    players: { analyst: ['analyst'], admin: ['admin'] },
  },
  bank: { kind: 'constituent', country: 'VN', parent: 'vn', players: { analyst: ['analyst'] } },
  telco: { kind: 'constituent', country: 'MY', parent: 'my', players: { analyst: ['analyst'] } },
};

export type Cast = Record<string, Player> & { stages: Record<string, Stage> };

/** UUIDv4 that depends on its name alone. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const tokenOf = (name: string): string =>
  `ronda_key_${createHash('sha256').update(`token ${name}`).digest('base64url')}`;

/**
 * Puts a small region on stage, straight into the tables: six member CERTs and applicants, a partner, the secretariat and
 * two constituents. What is tested is what they do; how they came to be is tested elsewhere.
 * @param at since when they exist.
 */
export async function assembleCast(superuserUrl: string, at = '2026-01-01T00:00:00Z'): Promise<Cast> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const stages: Record<string, Stage> = {};
    const players: Record<string, Player> = {};
    let key = 100;
    for (const [name, bill] of Object.entries(billing)) {
      const stage: Stage = {
        name,
        key: key++,
        id: uuidOf(`organisation ${name}`),
        kind: bill.kind ?? 'national-cert',
        affiliation: bill.affiliation ?? 'member',
        country: bill.country,
        standing: bill.standing ?? 'active',
        parent: bill.parent ?? null,
        isSecretariat: bill.isSecretariat ?? false,
      };
      stages[name] = stage;
      await client.query(`insert into ronda.principal (key, kind) values ($1, 'organisation')`, [stage.key]);
      await client.query(
        `insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, country, parent_key, standing, is_secretariat, totp_required, relay_green, created_at)
         values ($1, $2, 'test', $3, $4, $5, $6, $7, $8, $9, false, $10, $11)`,
        [
          stage.key,
          stage.id,
          `${name.toUpperCase()} CERT`,
          stage.kind,
          stage.affiliation,
          stage.country,
          bill.parent ? stages[bill.parent]!.key : null,
          stage.standing,
          stage.isSecretariat,
          bill.relaysGreen ?? false,
          at,
        ],
      );
      for (const [role, roles] of Object.entries(bill.players)) {
        const playerName = `${name}.${role}`;
        const player: Player = {
          name: playerName,
          key: key++,
          id: uuidOf(`user ${playerName}`),
          organisation: stage,
          roles,
          token: tokenOf(playerName),
        };
        players[playerName] = player;
        await client.query(`insert into ronda.principal (key, kind) values ($1, 'user')`, [player.key]);
        await client.query(
          `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
           values ($1, $2, $3, $4, $5, $6, 'active', $7)`,
          [player.key, player.id, stage.key, `${role}@${name}.example`, playerName, roles, at],
        );
        await client.query(
          `insert into ronda.credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at, last_used_at)
           values ($1, 'api-key', $2, $3, $4, 'test', $5, $6, '2100-01-01', '2099-01-01')`,
          [
            uuidOf(`key ${playerName}`),
            player.key,
            stage.key,
            createHash('sha256').update(player.token).digest(),
            [...permissionsOf(roles, stage.isSecretariat)],
            at,
          ],
        );
      }
    }
    return Object.assign<Record<string, Player>, { stages: Record<string, Stage> }>(players, { stages });
  } finally {
    await client.end();
  }
}
