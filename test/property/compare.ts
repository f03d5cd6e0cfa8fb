import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { principalsOf, principalsShown } from '../../src/policy/principals.js';
import type { PolicyVeil } from '../../src/policy/principals.js';
import { observe, observeUnentered } from './observe.js';
import type { Entry } from './observe.js';
import { predict } from './predict.js';
import type { Sight } from './predict.js';
import { writeWorld } from './rows.js';
import { LIVE, NOW, OTHER_SPACE } from './world.js';
import type { World } from './world.js';

interface Reader {
  name: string;
  entry: Entry;
  held: ReadonlySet<number>;
  organisation: number | null;
}

/** Every way to read a world: as each account that a job acts for, with each credential, and as nobody known. */
function readersOf({ accounts, credentials, organisations, groups, incidents }: World): Reader[] {
  const veilsIn = (space: number): PolicyVeil[] =>
    incidents.filter((incident) => incident.space === space).flatMap(({ veils }) => veils);
  /** Nobody holds anything where it takes no part. */
  const heldIn = (space: number, of: (veils: PolicyVeil[]) => ReadonlySet<number>): ReadonlySet<number> =>
    space === LIVE ? of(veilsIn(space)) : new Set<number>();
  const spaceOf = (n: number): number => (n % 4 === 3 ? OTHER_SPACE : LIVE);
  return [
    ...accounts.map((account, n) => ({
      name: `account ${account.key}, ${account.status}, of organisation ${account.organisationKey}`,
      // Some enter the other space, an exercise in which none of them takes part.
      entry: { shown: '', acting: String(account.key), space: spaceOf(n) },
      held: heldIn(spaceOf(n), (veils) => principalsOf(account, organisations, groups, veils)),
      organisation: account.organisationKey,
    })),
    ...credentials.map((credential, n) => ({
      name: `${credential.kind} ${n + 1} of account ${credential.account.key}, until ${credential.expiresAt.toISOString()}, revoked ${String(credential.revokedAt?.toISOString())}`,
      entry: { shown: credential.hash, acting: '', space: spaceOf(n) },
      held: heldIn(spaceOf(n), (veils) =>
        principalsShown(credential, NOW, credential.account, organisations, groups, veils),
      ),
      organisation: credential.kind === 'link' ? null : credential.account.organisationKey,
    })),
    {
      name: 'a token that nobody has',
      entry: { shown: 'ff'.repeat(32), acting: '', space: LIVE },
      held: new Set<number>(),
      organisation: null,
    },
    { name: 'nobody', entry: { shown: '', acting: '', space: LIVE }, held: new Set<number>(), organisation: null },
  ];
}

/**
 * Writes the world, reads it as everybody, and forgets it.
 * @param client as a superuser, in a transaction, which it leaves as it was.
 * @returns every difference between what the policy says and what the database shows.
 */
export async function differences(client: pg.ClientBase, world: World): Promise<string[]> {
  await client.query('savepoint world');
  try {
    await writeWorld(client, world);
    await client.query('set local role ronda_app');
    const unentered = await observeUnentered(client);
    const found = unentered.length > 0 ? [`outside a unit of work: ${JSON.stringify(unentered)}`] : [];
    for (const reader of readersOf(world)) found.push(...differing(world, reader, await observe(client, reader.entry)));
    return found;
  } finally {
    await client.query('rollback to savepoint world');
  }
}

function differing(world: World, { name, entry, held, organisation }: Reader, seen: Sight): string[] {
  const expected = predict(world, entry.space, held, held.size > 0 ? organisation : null);
  return (Object.keys(expected) as (keyof Sight)[])
    .filter((what) => seen[what] !== null && !isDeepStrictEqual(expected[what], seen[what]))
    .map(
      (what) =>
        `${name}, in space ${entry.space}: ${what}: the policy says ${JSON.stringify(expected[what])}, the database ${JSON.stringify(seen[what])}`,
    );
}
