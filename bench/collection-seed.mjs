import pg from 'pg';
import { built } from './built.mjs';
import { copy } from './copy.mjs';
import { appearanceReader, copyAppearances, inOneGo, observablesOf } from './observed.mjs';
import { COMMUNITY } from './world.mjs';

/** Of an incident: with what else is said of it they come to some thirty objects. */
const OBSERVABLES = 10;
/** Of the seeded incidents nearly a half is released to the community; then there are enough, and to spare. */
const INCIDENTS_OF_OBJECT = 1 / 10;
const BATCH = 500;
const [MEMBERS] = COMMUNITY;

export const incidentsOf = (objects) => Math.ceil(objects * INCIDENTS_OF_OBJECT);

/**
 * What seeded releases to the community came to, as `ronda.share_objects` would have put it there: the objects of the
 * product's own codec, for each word that they were released to, in the order of their releases.
 * @param {number} objects of the members' collection
 * @returns `more` of startCluster
 */
export const collection = (objects) => ({
  stamp: `a collection of ${objects}`,
  seed: async (url, world, { onProgress }) => {
    const recordOf = await exchangeRecords();
    const { sharedObjects } = await built('src/codecs/stix/index.js');
    const readAppearances = await appearanceReader();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('set search_path = ronda; set synchronous_commit = off; set maintenance_work_mem = 512000');
      await client.query('begin');
      const { rows: released } = await client.query(
        `select record_key::int as key from release
          where space = 0 and record_kind = 'incident' and $1 = any (principals) order by released_at, record_key`,
        [MEMBERS],
      );
      await inOneGo(client, ['observable_appearance', 'shared_object'], async () => {
        const places = new Map();
        let put = 0;
        for (let from = 0; put < objects; from += BATCH) {
          const keys = released.slice(from, from + BATCH).map(({ key }) => key);
          if (keys.length === 0) throw new Error(`All that was released came to ${put} objects of ${objects}`);
          const said = [];
          const rows = [];
          for (const row of await releasedRows(client, keys)) {
            if (put >= objects) break;
            const nth = from + keys.indexOf(row.key);
            const appearances = readAppearances(observablesOf(nth, { incidents: released.length, each: OBSERVABLES }));
            said.push([row.key, appearances]);
            const made = sharedObjects(recordOf(row, appearances)).slice(0, objects - put);
            put += made.length;
            for (const principal of row.principals) rows.push(...placed(places, principal, row, made));
          }
          await copyAppearances(client, said);
          await copy(
            client,
            `shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, revision, object)`,
            rows,
          );
          if (from % (10 * BATCH) === 0) onProgress(`${put} of ${objects} objects`);
        }
      });
      await client.query('commit');
      await client.query('vacuum (analyze) ronda.observable_appearance');
      await client.query('vacuum (analyze) ronda.shared_object');
      await client.query('checkpoint');
    } finally {
      await client.end();
    }
  },
});

/** In the order of `keys`. */
async function releasedRows(client, keys) {
  const { rows } = await client.query(
    `select i.key::int as key, i.id, l.revision, l.released_at, l.principals, r.created_at, r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type,
            r.sector, r.countries, r.facts, o.id as org_id, o.name as org_name, o.country as org_country, o.created_at as org_created_at
       from unnest($1::bigint[]) with ordinality w (key, nth) join incident i on i.space = 0 and i.key = w.key
       join release l on l.space = 0 and l.record_kind = 'incident' and l.record_key = i.key
       join incident_revision r on r.space = 0 and r.incident_key = i.key and r.number = l.revision
       join organisation o on o.key = i.owner_key order by w.nth`,
    [keys],
  );
  return rows;
}

/** A seeded release and what it says, as the codec takes it. */
async function exchangeRecords() {
  const { toExchangeRecord } = await built('src/modules/exchange/exchange-record.js');
  return (row, appearances) => {
    const { severity, ...facts } = row.facts;
    return toExchangeRecord(
      {
        ...facts,
        id: row.id,
        status: row.status,
        rsit: { class: row.rsit_class, type: row.rsit_type },
        marking: { tlp: row.tlp, pap: row.pap },
        authorship: 'named',
        organisation: { id: row.org_id, name: row.org_name, country: row.org_country },
        alias: null,
        sector: row.sector,
        countries: row.countries,
        severity: severity.shared,
        updatedAt: row.created_at.toISOString(),
      },
      {
        beginning: { created_at: row.created_at, owner_created_at: row.org_created_at },
        observables: appearances.map(({ type, value, isForDetection, facts: of }) => ({
          type,
          value,
          is_for_detection: isForDetection,
          facts: of,
        })),
        sightings: [],
        comments: [],
        links: [],
      },
    );
  };
}

/** Each behind the one before, in microseconds, as `ronda.place_in_collection` gives places. */
function* placed(places, principal, { key, revision, released_at: releasedAt }, objects) {
  let place = Math.max(releasedAt.getTime() * 1000, (places.get(principal) ?? 0) + 1);
  for (const object of objects) {
    const { id, type, modified, created } = object;
    yield [
      0,
      principal,
      key,
      id,
      modified ?? created ?? '1970-01-01T00:00:00Z',
      type,
      timeOf(place),
      revision,
      JSON.stringify(object),
    ];
    places.set(principal, place++);
  }
}

const timeOf = (micros) =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`);
