import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type } from '@nestjs/common';
import type pg from 'pg';
import { EventsStore } from '../../src/modules/events/events.store.js';
import type { EventRow } from '../../src/modules/events/events.store.js';
import { IncidentListsStore } from '../../src/modules/incidents/incident-lists.store.js';
import { RelatedStore } from '../../src/modules/observables/related.store.js';
import type { FoundRow } from '../../src/modules/observables/related.store.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { READERS } from './readers.js';
import type { Reader } from './readers.js';
import type { Secret } from './secrets.js';
import type { Plant } from './world.js';

/** A way from one space into another, made on purpose: it asks who may read, and not where. */
export interface PlantOfExercises extends Plant {
  name: string;
  reader: Reader;
  /** What it tells of. */
  secrets: Secret[];
  /** The route by which it tells, and which has to be answered otherwise. */
  tellsAt: string;
}

const theOne = <T>(app: NestFastifyApplication, type: Type<T>): T => app.get(type, { strict: false });

const thailand = READERS.find(({ player }) => player === 'th.coordinator')!;
const inside: Reader = { ...thailand, inside: 'drill' };

const once = (kind: string, moment: Secret['moment'] = 'after'): Secret[] => [{ kind, moment, n: [0, 0, 0, 0, 0] }];

/** What Thailand may read of incidents, wherever they are. */
const FOR_THAILAND = `i.audience && array(select o.key from ronda.organisation o where o.country = 'TH')`;

/** A count to which every space adds. */
const countsEverywhere = (app: NestFastifyApplication, superuser: pg.Client): void => {
  const [store, work] = [theOne(app, IncidentListsStore), theOne(app, UnitOfWork)];
  const count = store.count.bind(store);
  store.count = async (...given) => {
    const { rows } = await superuser.query<{ more: number }>(
      `select count(*)::int as more from ronda.incident i where i.space <> $1 and ${FOR_THAILAND}`,
      [work.space],
    );
    const total = await count(...given);
    return typeof total === 'number' ? total + rows[0]!.more : total;
  };
};

export const PLANTS_OF_EXERCISES: PlantOfExercises[] = [
  {
    name: 'a join without the space',
    reader: thailand,
    secrets: once('in its own drill'),
    tellsAt: 'GET /api/v1/incidents/:id/correlations',
    wrap: (app, superuser) => {
      const [store, work] = [theOne(app, RelatedStore), theOne(app, UnitOfWork)];
      const related = store.related.bind(store);
      store.related = async (incidentKey, wanted) => {
        const { rows: elsewhere } = await superuser.query<FoundRow>(
          `select w.nth, 'same' as relation, a.type, a.value, a.is_for_detection, a.facts, i.id as incident_id,
                  r.facts ->> 'title' as title, r.tlp, r.created_at as updated_at, null as org_id, null as org_name, null as org_country
             from jsonb_to_recordset($1) w (nth int, id uuid)
             join ronda.observable_appearance a on a.observable_id = w.id
             join ronda.incident i on i.key = a.incident_key and i.space <> $2 and ${FOR_THAILAND}
             join ronda.incident_revision r on r.incident_key = i.key and r.number = i.head`,
          [JSON.stringify(wanted.map(({ nth, id }) => ({ nth, id }))), work.space],
        );
        return [...(await related(incidentKey, wanted)), ...elsewhere];
      };
    },
  },
  {
    name: 'an entry in the feed of another space',
    reader: thailand,
    secrets: once('in its own drill'),
    tellsAt: 'GET /api/v1/events',
    wrap: (app, superuser) => {
      const [store, work] = [theOne(app, EventsStore), theOne(app, UnitOfWork)];
      const between = store.between.bind(store);
      store.between = async (after, upTo, most) => {
        const { rows: elsewhere } = await superuser.query<EventRow>(
          `select e.position, e.key, e.type, e.record_id, e.parent_id, e.occurred_at, null as reason, '{}'::text[] as subscriptions
             from ronda.event e join ronda.incident i on i.space = e.space and i.key = e.record_key and ${FOR_THAILAND}
            where e.space <> $1 and e.type = 'incident.changed' and e.position > $2 and e.position <= $3
            order by e.position limit $4`,
          [work.space, after, upTo, most],
        );
        const rows = [...(await between(after, upTo, most)), ...elsewhere];
        return rows.sort((one, other) => one.position - other.position).slice(0, most);
      };
    },
  },
  {
    name: 'a webhook that is sent what happens in a drill',
    reader: thailand,
    secrets: once('in its own drill'),
    tellsAt: 'GET /api/v1/webhooks/:id/deliveries',
    sql: `
      create function ronda.oracle_deliver() returns trigger language plpgsql security definer as $$
      begin
        insert into ronda.webhook_delivery (space, owner_key, id, webhook_key, event_key, type, state, attempts, planned_at, ended_at)
          select w.space, w.owner_key, md5(new.key::text)::uuid, w.key, (select max(e.key) from ronda.event e where e.space = w.space),
                 new.type, 'dead', 1, new.occurred_at, new.occurred_at
            from ronda.webhook w where w.owner_key = any (new.readers);
        return null;
      end $$;
      create trigger oracle_deliver after insert on ronda.event for each row when (new.space <> 0)
        execute function ronda.oracle_deliver();`,
  },
  {
    name: 'a count in real life to which a drill adds',
    reader: thailand,
    secrets: once('in its own drill'),
    tellsAt: 'GET /api/v1/incidents',
    wrap: countsEverywhere,
  },
  {
    name: 'a count in a drill to which real life adds',
    reader: inside,
    secrets: once('in real life'),
    tellsAt: 'GET /api/v1/incidents',
    wrap: countsEverywhere,
  },
  {
    // As it was, until this test was written: docs/decisions/0027.
    name: 'a sequence that exercises share: their numbers, in turn',
    reader: inside,
    secrets: once('exercise', 'before'),
    tellsAt: 'GET /api/v1/ledger/keys',
    sql: `
      create function ronda.oracle_number() returns trigger language plpgsql security definer as $$
      begin
        new.space := 1 + (select count(*) from ronda.exercise);
        return new;
      end $$;
      create trigger oracle_number before insert on ronda.exercise for each row execute function ronda.oracle_number();`,
  },
];
