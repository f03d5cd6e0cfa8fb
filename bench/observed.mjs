// The observables of seeded incidents: a fifth of them in four records each, the others in one.
import { createHash } from 'node:crypto';
import { built } from './built.mjs';
import { copy } from './copy.mjs';

/** Of an incident's observables, those that others have too: one in so many. */
const SHARED_OF = 5;
const IN_RECORDS = 4;
/** Where the values of the pool begin, and those that are filed while it is measured: far behind all that are seeded. */
const POOL = 1e9;
export const FILED = 2e9;

/** The `n`th value, in the product's one form. Addresses and names are reserved ones, which nobody has. */
function valueOf(n) {
  const hash = () => createHash('sha256').update(`bench ${n}`).digest('hex');
  const name = n.toString(36);
  const spread = Math.imul(n, 0x9e3779b1) >>> 0;
  switch (n % 10) {
    case 0:
    case 1:
    case 2:
      return ['ipv4', `${240 + (spread >>> 28)}.${(spread >>> 16) & 255}.${(spread >>> 8) & 255}.${spread & 255}`];
    case 3:
      return ['ipv6', `2001:db8:1::${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`];
    case 4:
    case 5:
      return ['domain', `${name}.bench.example`];
    case 6:
      return ['url', `https://${name}.bench.example/login/${name}`];
    case 7:
      return ['email', `${name}@mail.bench.example`];
    default:
      return ['sha256', hash()];
  }
}

/** As they are filed; every other is fit for detection. */
export const inputOf = (n) => {
  const [type, value] = valueOf(n);
  return { type, value, malicious: true, forDetection: n % 2 === 0 };
};

/**
 * What the `nth` of `incidents` incidents says, `each` of them.
 * @returns {object[]} observables as they are filed
 */
export function observablesOf(nth, { incidents, each }) {
  const shared = Math.floor(each / SHARED_OF);
  const pool = Math.max(each, Math.ceil((incidents * shared) / IN_RECORDS));
  return Array.from({ length: each }, (_, at) =>
    inputOf(at < shared ? POOL + ((nth * shared + at) % pool) : nth * each + at),
  );
}

/** The same as the product keeps it: read by its own rules. */
export async function appearanceReader() {
  const { readObservables } = await built('src/modules/observables/appearance.rules.js');
  return (inputs) => {
    const { appearances, faults } = readObservables(inputs);
    if (faults.length > 0) throw new Error(`Seeded observables are refused: ${JSON.stringify(faults.slice(0, 3))}`);
    return appearances;
  };
}

/** @param {[number, object[]][]} said appearances by the key of their incident */
export const copyAppearances = (client, said) =>
  copy(
    client,
    `observable_appearance (space, incident_key, since_number, part, reach, type, value, observable_id, name_path, address,
       is_for_detection, facts)`,
    appearanceRows(said),
  );

function* appearanceRows(said) {
  for (const [incidentKey, appearances] of said)
    for (const a of appearances)
      yield [
        0,
        incidentKey,
        1,
        a.part,
        a.reach,
        a.type,
        a.value,
        a.observableId,
        a.namePath,
        a.address,
        a.isForDetection,
        a.facts,
      ];
}

/** Runs `work` without the indexes of tables, but those of their keys, which are made behind the rows; and without triggers. */
export async function inOneGo(client, tables, work) {
  const { rows } = await client.query(
    `select x.indexrelid::regclass::text as name, pg_get_indexdef(x.indexrelid) as made
       from pg_index x where x.indrelid = any ($1::regclass[])
        and not exists (select from pg_constraint c where c.conindid = x.indexrelid)`,
    [tables.map((table) => `ronda.${table}`)],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await client.query(`set session_replication_role = replica`);
  await work();
  await client.query(`set session_replication_role = origin`);
  for (const { made } of rows) await client.query(made);
}
