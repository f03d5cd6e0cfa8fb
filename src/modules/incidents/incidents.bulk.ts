import { statement } from '../../platform/database/statement.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AuthorshipDrawers } from './authorship-drawers.store.js';
import { storedFacts, veiledFacts } from './incident.rows.js';
import type { NewIncident } from './incident.rows.js';

const insertIncidents = statement(
  'incidents-insert',
  `insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
   select $1, e.id, e.origin, 'named', e.owner, e.author, e.readers, e.readers, 1, $2
     from jsonb_to_recordset($3::jsonb) as e (id uuid, origin text, owner int, author int, readers int[])`,
);
const insertVeiled = statement(
  'incidents-veiled-insert',
  `insert into ronda.incident (space, id, origin_node, authorship, alias, owner_readers, audience, head, created_at)
   select $1, e.id, e.origin, 'anonymous', e.alias, array[v.principal_key], array[v.principal_key], 1, $2
     from jsonb_to_recordset($3::jsonb) as e (id uuid, origin text, alias text, owner int)
     join ronda.veil v on v.space = $1 and v.org_key = e.owner and v.record_id = e.id`,
);
// Lateral and fenced, here and below: prepared while the table is still small, a plain join may be kept as a hash of all
// records ever filed. So each is looked up by its id, and a batch takes the same time however many there are.
const insertRevisions = statement(
  'incidents-revision-insert',
  `insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap,
      rsit_class, rsit_type, severity_score, severity_band, sector, countries, facts)
   select i.space, i.key, 1, case when i.authorship = 'anonymous' then i.owner_readers else e.readers end, e.change, e.author, $2, e.status, e.tlp, e.pap, e.class, e.type, e.score, e.band,
          e.sector, e.countries, e.facts
     from jsonb_to_recordset($3::jsonb) as e (id uuid, readers int[], change text, author int, status text, tlp text, pap text,
            class text, type text, score double precision, band text, sector text, countries text[], facts jsonb)
    cross join lateral (select i.space, i.key, i.authorship, i.owner_readers from ronda.incident i where i.space = $1 and i.id = e.id offset 0) i`,
);
const listForOwners = statement(
  'incidents-list-for-owner',
  `insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
   select i.space, 'incident', reader, i.key, i.id, $2
     from jsonb_to_recordset($3::jsonb) as e (id uuid, readers int[])
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = e.id offset 0) i
    cross join unnest(e.readers) reader`,
);
const insertDrawers = statement(
  'incidents-drawer-insert',
  `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key, external_references)
   select i.space, i.key, part, e.owner, e.author, case when part > 0 then e.said end
     from jsonb_to_recordset($2::jsonb) as e (id uuid, owner int, author int, said jsonb)
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = e.id offset 0) i
    cross join unnest(array[0, 1]) part`,
);

/**
 * What `IncidentsStore.file` does for one, for many at once: four statements and no more. Later ones find the records
 * by their ids, because the row policies ask whether the record is there.
 */
export function fileTogether(work: UnitOfWork, drawers: AuthorshipDrawers, records: readonly NewIncident[]): void {
  if (records.length === 0) return;
  const { space, at } = work;
  const rows = records.map(({ id, originNode, alias, owner, authorKey, ownerReaders }) => ({
    id,
    origin: originNode,
    alias,
    owner: owner.key,
    author: authorKey,
    readers: ownerReaders,
  }));
  const isVeiled = ({ alias }: { alias: string | null }): boolean => alias !== null;
  const veiled = rows.filter(isVeiled);
  const named = rows.filter((row) => !isVeiled(row));
  if (named.length > 0) work.write(insertIncidents, [space, at, JSON.stringify(named)]);
  if (veiled.length > 0) {
    drawers.veil(veiled.map(({ id, owner, readers }) => ({ id, owner, holders: readers })));
    work.write(insertVeiled, [space, at, JSON.stringify(veiled)]);
  }
  work.write(insertRevisions, [space, at, JSON.stringify(records.map(revisionOf))]);
  work.write(listForOwners, [space, at, JSON.stringify(rows.map(({ id, readers }) => ({ id, readers })))]);
  if (veiled.length === 0) return;
  const written = records.filter(isVeiled).map(({ id, owner, authorKey, revision }) => ({
    id,
    owner: owner.key,
    author: authorKey,
    said: revision.content.externalReferences,
  }));
  work.write(insertDrawers, [space, JSON.stringify(written)]);
}

function revisionOf({ id, authorship, revision }: NewIncident): object {
  const { marking, rsit, sector, countries } = revision.content;
  return {
    id,
    readers: revision.readers,
    change: revision.change,
    author: authorship === 'named' ? revision.authorKey : null,
    status: revision.status,
    tlp: marking.tlp,
    pap: marking.pap,
    class: rsit?.class ?? null,
    type: rsit?.type ?? null,
    score: revision.severity.shared?.score ?? null,
    band: revision.severity.shared?.band ?? null,
    sector,
    countries,
    facts: authorship === 'named' ? storedFacts(revision) : veiledFacts(revision),
  };
}
