import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Type } from '@nestjs/common';
import { Chance } from '../../src/kernel/chance.js';
import { Problem, invalidInput } from '../../src/kernel/problem.js';
import { FILTERED_SEARCH } from '../../migrations/search-function.js';
import { SearchEvents } from '../../src/modules/exchange/misp/search-events.js';
import { IncidentReader } from '../../src/modules/incidents/incident.reader.js';
import { IncidentListsStore } from '../../src/modules/incidents/incident-lists.store.js';
import type { ShownRow } from '../../src/modules/incidents/incident.rows.js';
import { LinkIncidents } from '../../src/modules/incidents/link-incidents.js';
import { PassOnIncident } from '../../src/modules/incidents/pass-on-incident.js';
import { LedgerStore } from '../../src/modules/ledger/ledger.store.js';
import { RelatedStore } from '../../src/modules/observables/related.store.js';
import type { FoundRow } from '../../src/modules/observables/related.store.js';
import { SearchStore } from '../../src/modules/search/index.js';
import { AnswerRecall } from '../../src/modules/sharing/answer-recall.js';
import { KeepReceipts } from '../../src/modules/sharing/index.js';
import { statement } from '../../src/platform/database/statement.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { GUESSES } from './secrets.js';
import type { Secret } from './secrets.js';
import type { Plant } from './world.js';

/** A way to learn of what is hidden, made on purpose, and where the comparison has to notice it. */
export interface Oracle extends Plant {
  name: string;
  /** Player who asks. */
  reader: string;
  /** What it tells of. */
  secrets: Secret[];
  /** What it tells of is who wrote what is anonymous: another in each world. */
  isOfAuthors?: true;
  /** The route by which it tells, and which has to be answered otherwise. */
  tellsAt: string;
  /** Whether a hidden id can be told from an absent one, within one world. */
  tellsHiddenFromAbsent?: boolean;
}

const theOne = <T>(app: NestFastifyApplication, type: Type<T>): T => app.get(type, { strict: false });

/** Who is behind what is anonymous, as a careless SECURITY DEFINER function would tell. */
const AUTHOR_OF = `
  create function ronda.author_of(record uuid) returns int language sql stable security definer
    as $$ select d.org_key from ronda.incident i join ronda.authorship_drawer d on d.incident_key = i.key and d.part = 0
      where i.id = record $$;
  grant execute on function ronda.author_of(uuid) to ronda_app;`;
const ofAuthors = { reader: 'th.coordinator', secrets: [], isOfAuthors: true as const };

const incident: Secret = { kind: 'incident', moment: 'before', n: [0, 2, 0, 2, 3] };

/** Keys behind the reader's back, as a careless SECURITY DEFINER function would give them. */
const KEY_OF = `
  create function ronda.key_of(wanted uuid) returns bigint language sql stable security definer
    as $$ select coalesce((select key from ronda.incident where id = wanted), -1) $$;`;

export const ORACLES: Oracle[] = [
  {
    name: 'a ledger that grows by what happens',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/ledger/checkpoint',
    wrap: (app, superuser) => {
      const store = theOne(app, LedgerStore);
      const original = store.newest.bind(store);
      store.newest = async () => {
        const row = await original();
        const { rows } = await superuser.query<{ count: number }>(
          'select count(*)::int as count from ronda.ledger_leaf',
        );
        return row && { ...row, checkpoint: row.checkpoint.replace(/\n\d+\n/, `\n${rows[0]!.count}\n`) };
      };
    },
  },
  {
    name: 'a count of MISP events over what is hidden',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'POST /misp/events/restSearch',
    wrap: (app, superuser) => {
      const search = theOne(app, SearchEvents);
      const original = search.events.bind(search);
      search.events = async (actor, body) => {
        const { rows } = await superuser.query<{ count: number }>('select count(*)::int as count from ronda.incident');
        return { ...(await original(actor, body)), count: rows[0]!.count };
      };
    },
  },
  {
    name: 'entries of the ledger for whoever asks',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/ledger/entries',
    tellsHiddenFromAbsent: true,
    sql: `drop policy ledger_leaf_read on ronda.ledger_leaf;
      create policy ledger_leaf_read on ronda.ledger_leaf for select to ronda_app using (salt is not null);`,
  },
  {
    name: 'a foreign key that is tried before the target is read',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'POST /api/v1/incidents/:id/related',
    tellsHiddenFromAbsent: true,
    sql: `${KEY_OF}
      drop policy incident_link_insert on ronda.incident_link;
      create policy incident_link_insert on ronda.incident_link for insert to ronda_app with check (true);`,
    wrap: (app) => {
      const links = theOne(app, LinkIncidents);
      const [reader, work, chance] = [theOne(app, IncidentReader), theOne(app, UnitOfWork), app.get<Chance>(Chance)];
      const insert = statement(
        'oracle-link',
        `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at)
         values ($1, $2, $3, ronda.key_of($4), $5, $6, $7)`,
      );
      const original = links.link.bind(links);
      links.link = async (actor, id, input) => {
        const { key, is_owner, id: self } = await reader.row(id);
        if (!is_owner || self === input.incident) return original(actor, id, input);
        const link = chance.uuid();
        try {
          await work.query(insert, [work.space, link, key, input.incident, input.kind, actor.userKey, work.at]);
        } catch (error) {
          if ((error as { code?: string }).code !== '23503') throw error;
          throw invalidInput([{ pointer: '/incident', detail: 'There is no such incident.' }]);
        }
        return link;
      };
    },
  },
  {
    name: 'a unique value whose key does not begin with space and owner',
    reader: 'th.coordinator',
    secrets: [{ ...incident, n: [0, 2, 0, 0, 0] }],
    tellsAt: 'POST /api/v1/incidents',
    sql: `create unique index oracle on ronda.incident_revision ((facts ->> 'title'))
            where number = 1 and facts ->> 'title' = '${GUESSES.title}'`,
  },
  {
    name: 'an address that only one account in the region may have',
    reader: 'vn.admin',
    secrets: [{ kind: 'invited-user', moment: 'after', n: [1, 0, 0, 0, 0] }],
    tellsAt: 'POST /api/v1/organisations/:id/users',
    sql: 'create unique index oracle on ronda.user_account (email)',
  },
  {
    name: 'an ETag made of the number of the newest revision',
    reader: 'la.coordinator',
    secrets: [{ kind: 'later-edit', moment: 'after', n: [1, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id',
    wrap: (app, superuser) => {
      const server: FastifyInstance = app.getHttpAdapter().getInstance();
      server.addHook('onSend', async (request, reply) => {
        // Others are let alone, or the story could not go on.
        if (!request.id.startsWith('reader') || request.routeOptions.url !== '/api/v1/incidents/:id') return;
        const { id } = request.params as { id: string };
        const { rows } = await superuser.query<{ head: number }>('select head from ronda.incident where id = $1', [id]);
        void reply.header('etag', `"${rows[0]?.head}"`);
      });
    },
  },
  {
    name: 'a revision number that counts what was never released',
    reader: 'jp.analyst',
    secrets: [{ kind: 'earlier-release', moment: 'th-drafts', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents',
    wrap: (app) => {
      const store = theOne(app, IncidentListsStore);
      const counted = <R extends ShownRow>(row: R): R => ({ ...row, revision: row.number });
      const list = store.list.bind(store);
      store.list = async (...given) => (await list(...given)).map(counted);
    },
  },
  {
    name: 'a count without the rule',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/incidents',
    sql: `create function ronda.count_all() returns int language sql stable security definer
            as $$ select count(*)::int from ronda.incident $$`,
    wrap: (app) => {
      const store = theOne(app, IncidentListsStore);
      const count = statement('oracle-count', 'select ronda.count_all() as total');
      store.count = async () => (await theOne(app, UnitOfWork).query<{ total: number }>(count))[0]!.total;
    },
  },
  {
    name: 'a search that counts what its reader may not read',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/search',
    sql: `create function ronda.count_found(q tsquery) returns int language sql stable security definer
            as $$ select count(*)::int from ronda.search_document where words @@ q $$`,
    wrap: (app) => {
      const store = theOne(app, SearchStore);
      const count = statement('oracle-found', 'select ronda.count_found($1::tsquery) as total');
      store.count = async (tsquery) =>
        (await theOne(app, UnitOfWork).query<{ total: number }>(count, [tsquery]))[0]!.total;
    },
  },
  {
    name: 'a list in the order of the last release to anyone',
    reader: 'jp.analyst',
    secrets: [{ kind: 'wider-release', moment: 'after', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents',
    sql: `
      create or replace function ronda.publish_readers(kind text, record bigint, principals int[], at timestamptz) returns void
        language plpgsql volatile security definer set search_path = ronda, pg_temp as $$
      begin
        delete from readable_since r where r.space = space() and r.record_kind = kind and r.record_key = record;
        insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
          select i.space, kind, named, i.key, i.id, at from incident i, unnest(principals) named
           where i.space = space() and i.key = record;
      end $$;`,
  },
  {
    name: 'a cursor that holds an internal key',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/incidents',
    wrap: (app, superuser) => {
      const reader = theOne(app, IncidentReader);
      const list = reader.list.bind(reader);
      const recode = (cursor: string, change: (keys: unknown[]) => unknown[]): string =>
        Buffer.from(
          JSON.stringify(change(JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[])),
        ).toString('base64url');
      reader.list = async (actor, { cursor, ...query }) => {
        const isOurs = cursor !== undefined && cursor.length > 20;
        const shorter = isOurs ? recode(cursor, (keys) => keys.slice(0, 2)) : cursor;
        const page = await list(actor, { ...query, ...(shorter !== undefined && { cursor: shorter }) });
        if (page.next === null) return page;
        const last = page.items.at(-1)!.id;
        const { rows } = await superuser.query<{ key: string }>('select key from ronda.incident where id = $1', [last]);
        return { ...page, next: recode(page.next, (keys) => [...keys, Number(rows[0]!.key)]) };
      };
    },
  },
  {
    name: 'a refusal that names the owner',
    reader: 'bank.analyst',
    secrets: [incident],
    tellsAt: 'GET /api/v1/incidents/:id',
    tellsHiddenFromAbsent: true,
    wrap: (app, superuser) => {
      const reader = theOne(app, IncidentReader);
      const row = reader.row.bind(reader);
      reader.row = async (id) => {
        try {
          return await row(id);
        } catch (error) {
          const { rows } = await superuser.query<{ name: string }>(
            'select o.name from ronda.incident i join ronda.organisation o on o.key = i.owner_key where i.id = $1',
            [id],
          );
          if (!rows[0]) throw error;
          throw new Problem('not-found', 404, 'Not found', `Ask ${rows[0].name} for it.`);
        }
      };
    },
  },
  {
    name: 'a receipt of whoever asked for a record and was not given it',
    reader: 'vn.coordinator',
    secrets: [{ kind: 'attempt', moment: 'after', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id/receipts',
    wrap: (app, superuser) => {
      const reader = theOne(app, IncidentReader);
      const view = reader.view.bind(reader);
      reader.view = async (actor, id) => {
        try {
          return await view(actor, id);
        } catch (error) {
          await superuser.query(
            `insert into ronda.receipt (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
             select 0, $2, 'incident', key, head, 'delivered', $2, '2026-11-20T02:00:00Z' from ronda.incident where id = $1
             on conflict do nothing`,
            [id, actor.organisationKey],
          );
          throw error;
        }
      };
    },
  },
  {
    name: 'a receipt that tells when it was opened, to the minute',
    reader: 'vn.coordinator',
    secrets: [{ kind: 'receipt', moment: 'after', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id/receipts',
    sql: 'alter table ronda.receipt drop constraint receipt_check',
    wrap: (app) => {
      const work = theOne(app, UnitOfWork);
      Object.defineProperty(theOne(app, KeepReceipts), 'hour', { get: () => work.at });
    },
  },
  {
    name: 'events of what a reader cannot read',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/events',
    sql: `drop policy event_read on ronda.event;
      create policy event_read on ronda.event for select to ronda_app using (position is not null);`,
  },
  {
    name: 'an event of a release to others',
    reader: 'jp.analyst',
    secrets: [{ kind: 'wider-release', moment: 'after', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/events',
    sql: `drop policy event_read on ronda.event;
      create policy event_read on ronda.event for select to ronda_app using (position is not null and type = 'incident.changed'
        and exists (select from ronda.incident i where i.space = event.space and i.key = event.record_key));`,
  },
  {
    name: 'a tombstone with the title on it',
    reader: 'id.analyst',
    secrets: [{ kind: 'edit-after-recall', moment: 'after', n: [1, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/tombstones',
    wrap: (app, superuser) => {
      const tombstones = theOne(app, AnswerRecall);
      const page = tombstones.page.bind(tombstones);
      tombstones.page = async (...given) => {
        const { items, next } = await page(...given);
        const { rows } = await superuser.query<{ id: string; title: string }>(
          `select i.id, r.facts ->> 'title' as title from ronda.incident i
             join ronda.incident_revision r on r.incident_key = i.key and r.number = i.head`,
        );
        const titles = new Map(rows.map(({ id, title }) => [id, title]));
        return { items: items.map((item) => ({ ...item, title: titles.get(item.id) })), next };
      };
    },
  },
  {
    name: 'a look-up that counts where its reader may not look',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'POST /api/v1/observables/lookup',
    wrap: (app, superuser) => {
      const store = theOne(app, RelatedStore);
      const lookUp = store.lookUp.bind(store);
      store.lookUp = async (ids, most) => {
        const rows = await lookUp(ids, most);
        const { rows: all } = await superuser.query<{ nth: number; count: number }>(
          `select w.nth::int, count(a)::int as count from unnest($1::uuid[]) with ordinality w (id, nth)
             join ronda.observable_appearance a on a.observable_id = w.id group by w.nth`,
          [ids],
        );
        return all.flatMap(({ nth, count }) => {
          const seen = rows.filter((row) => row.nth === nth);
          return seen.length === 0 ? [] : Array.from({ length: count }, (_, at) => seen[at % seen.length]!);
        });
      };
    },
  },
  {
    name: 'what was passed on to one constituent, for all of them',
    reader: 'bank.analyst',
    secrets: [{ kind: 'pass-on', moment: 'after', n: [1, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id',
    tellsHiddenFromAbsent: true,
    sql: `create or replace function ronda.derive_passed_on(out records bigint[], out revisions int[])
        language plpgsql stable security definer set search_path = ronda, pg_temp as $$
      begin
        select coalesce(array_agg(s.record), '{}'), coalesce(array_agg(s.revision), '{}') into records, revisions
          from organisation o cross join lateral standing_pass_ons(o.key) s;
      end $$;`,
  },
  {
    name: 'a number of pass-ons for whoever reads the record',
    reader: 'id.analyst',
    secrets: [{ kind: 'pass-on', moment: 'after', n: [0, 1, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id/pass-ons',
    sql: `create function ronda.count_pass_ons(record bigint) returns int language sql stable security definer
            as $$ select count(*)::int from ronda.pass_on where incident_key = record $$`,
    wrap: (app) => {
      const passOns = theOne(app, PassOnIncident);
      const [reader, work] = [theOne(app, IncidentReader), theOne(app, UnitOfWork)];
      const count = statement('oracle-pass-ons', 'select ronda.count_pass_ons($1) as total');
      const list = passOns.list.bind(passOns);
      passOns.list = async (actor, id) => {
        const { key, owner_id: owner, owner_name: name, owner_country: country } = await reader.row(id);
        const [row] = await work.query<{ total: number }>(count, [key]);
        const organisation = { id: owner ?? '', name: name ?? '', country };
        return { ...(await list(actor, id)), told: [{ organisation, recipients: row!.total }] };
      };
    },
  },
  {
    name: 'a word on a record for whoever reads it',
    reader: 'jp.analyst',
    secrets: [{ kind: 'feedback', moment: 'after', n: [0, 0, 0, 0, 0] }],
    tellsAt: 'GET /api/v1/incidents/:id/feedback',
    sql: `drop policy feedback_read on ronda.feedback;
      create policy feedback_read on ronda.feedback for select to ronda_app using (kind is not null or kind is null);`,
  },
  {
    ...ofAuthors,
    name: 'an alias that is made of its owner',
    tellsAt: 'GET /api/v1/incidents/:id',
    sql: `create function ronda.oracle_alias() returns trigger language plpgsql security definer as $$
      begin
        new.alias := (select 'OF-' || v.org_key from ronda.veil v where v.principal_key = new.owner_readers[1]);
        return new;
      end $$;
      create trigger oracle_alias before insert on ronda.incident for each row when (new.authorship = 'anonymous')
        execute function ronda.oracle_alias();`,
  },
  {
    ...ofAuthors,
    name: 'a list in an order to which the hidden owner adds',
    tellsAt: 'GET /api/v1/incidents',
    sql: `${AUTHOR_OF}
      create function ronda.oracle_since() returns trigger language plpgsql security definer as $$
      begin
        new.since := new.since - coalesce(ronda.author_of(new.record_id), 0) % 7 * interval '12 hours';
        return new;
      end $$;
      create trigger oracle_since before insert on ronda.readable_since for each row execute function ronda.oracle_since();`,
  },
  {
    ...ofAuthors,
    name: 'an ETag made over the hidden owner as well',
    tellsAt: 'GET /api/v1/incidents/:id',
    sql: AUTHOR_OF,
    wrap: (app, superuser) => {
      const server: FastifyInstance = app.getHttpAdapter().getInstance();
      server.addHook('onSend', async (request, reply) => {
        if (!request.id.startsWith('reader') || request.routeOptions.url !== '/api/v1/incidents/:id') return;
        const { id } = request.params as { id: string };
        if (!/^[0-9a-f-]{36}$/.test(id)) return;
        const { rows } = await superuser.query<{ author: number | null }>('select ronda.author_of($1) as author', [id]);
        if (rows[0]?.author) void reply.header('etag', `"${rows[0].author}"`);
      });
    },
  },
  {
    ...ofAuthors,
    name: 'a drawer that opens to whoever filters by whose it is',
    tellsAt: 'GET /api/v1/incidents',
    sql: `drop policy authorship_drawer_read on ronda.authorship_drawer;
      create policy authorship_drawer_read on ronda.authorship_drawer for select to ronda_app using (part >= 0);`,
  },
  {
    ...ofAuthors,
    name: 'a search that is narrowed by whose it is, drawers and all',
    tellsAt: 'GET /api/v1/search',
    sql: `do $do$ begin
      execute replace(pg_get_functiondef('ronda.${FILTERED_SEARCH}'::regprocedure), 'and d.org_key = any (held)', '');
    end $do$;`,
  },
  {
    ...ofAuthors,
    name: 'comments that say by whom the owner’s side wrote them',
    tellsAt: 'GET /api/v1/incidents/:id/comments',
    sql: `drop policy comment_drawer_read on ronda.comment_drawer;
      create policy comment_drawer_read on ronda.comment_drawer for select to ronda_app using (comment_key > 0);`,
  },
  {
    ...ofAuthors,
    name: 'references of the filer’s that stay in the row',
    tellsAt: 'GET /api/v1/incidents/:id/revisions',
    sql: `create function ronda.oracle_references() returns trigger language plpgsql security definer as $$
      begin
        update ronda.incident_revision r set facts = jsonb_set(r.facts, '{tags}', jsonb_build_array(new.external_references -> 0 ->> 'id'))
          where r.space = new.space and r.incident_key = new.incident_key and r.number = new.part and new.external_references is not null;
        return null;
      end $$;
      create trigger oracle_references after insert on ronda.authorship_drawer for each row execute function ronda.oracle_references();`,
  },
  {
    name: 'a correlation of which one end is hidden',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'GET /api/v1/incidents/:id/correlations',
    wrap: (app, superuser) => {
      const store = theOne(app, RelatedStore);
      const related = store.related.bind(store);
      store.related = async (incidentKey, wanted) => {
        const { rows: hidden } = await superuser.query<FoundRow>(
          // As if it were the reader's own: of what is its own nobody keeps a receipt.
          `select w.nth, 'same' as relation, a.type, a.value, i.key, i.id, i.authorship, r.number, true as is_owner, '{}'::int[] as via,
                  r.facts ->> 'title' as title, r.tlp, r.created_at as updated_at, null as org_id, null as org_name, null as org_country
             from jsonb_to_recordset($1) w (nth int, ids uuid[])
             join ronda.observable_appearance a on a.observable_id = any (w.ids) and a.incident_key <> $2
             join ronda.incident i on i.key = a.incident_key
             join ronda.incident_revision r on r.incident_key = i.key and r.number = i.head`,
          [JSON.stringify(wanted.map(({ nth, id, around }) => ({ nth, ids: [id, ...around] }))), incidentKey],
        );
        return [...(await related(incidentKey, wanted)), ...hidden];
      };
    },
  },
  {
    name: 'ids that are drawn for everybody from one source',
    reader: 'th.coordinator',
    secrets: [incident],
    tellsAt: 'POST /api/v1/incidents',
    isChanceShared: true,
  },
];
