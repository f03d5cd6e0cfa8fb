// The baseline of TAXII: what a good engineer would write by hand for a page of a collection, and nothing else. Fastify, a pg
// pool, one prepared statement beside that which knows the token. It is told which principals a collection is of, and keeps
// no receipts.
import { createHash } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize, collections } = JSON.parse(process.env.RONDA_BENCH_SERVER);
// Planned once, as the product has it: planned for each page, some of them took a hundred milliseconds of PostgreSQL.
const options = '-c plan_cache_mode=force_generic_plan';
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize, options });
const principalOf = new Map(collections);

const authenticate = {
  name: 'authenticate',
  text: `select u.key from ronda.credential c join ronda.user_account u on u.key = c.user_key join ronda.organisation o on o.key = u.org_key
          where c.token_hash = $1 and c.revoked_at is null and c.expires_at > now() and u.status = 'active'
            and o.standing = 'active'`,
};
// An object that several records say is in a collection where it came first, and by its last version.
const page = {
  name: 'page',
  text: `select x.stix_id, to_char(x.added_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as added_at, x.object
           from ronda.shared_object x
          where x.space = 0 and x.principal_key = $1 and x.added_at >= $2 and (x.added_at, x.stix_id) > ($2, $3)
            and not x.is_resting and (x.only_for is null or x.only_for && array[$1])
            and (not exists (select from ronda.shared_object o where o.space = 0 and o.principal_key = $1 and o.stix_id = x.stix_id
                and (o.incident_key, o.version) <> (x.incident_key, x.version) offset 0)
              or not exists (select from ronda.shared_object v where v.space = 0 and v.principal_key = $1 and v.stix_id = x.stix_id
                and v.version > x.version offset 0)
              and not exists (select from ronda.shared_object e where e.space = 0 and e.principal_key = $1 and e.stix_id = x.stix_id
                and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0))
          order by x.added_at, x.stix_id limit $4`,
};

const app = Fastify({ logger: false });
app.addHook('onRequest', async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const { rows } = await pool.query({ ...authenticate, values: [createHash('sha256').update(token).digest()] });
  if (rows.length === 0) return reply.code(401).send({ title: 'Sign in first' });
});

app.get('/taxii2/live/collections/:id/objects/', async ({ params, query }, reply) => {
  const [after, id] = query.next ? JSON.parse(Buffer.from(query.next, 'base64url')) : ['-infinity', ''];
  const limit = Number(query.limit);
  const { rows } = await pool.query({ ...page, values: [principalOf.get(params.id), after, id, limit + 1] });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next =
    rows.length > limit ? Buffer.from(JSON.stringify([last.added_at, last.stix_id])).toString('base64url') : null;
  reply.header('content-type', 'application/taxii+json;version=2.1');
  if (last)
    reply.header('x-taxii-date-added-first', shown[0].added_at).header('x-taxii-date-added-last', last.added_at);
  const objects = shown.map(({ object }) => object).join(',');
  return Buffer.from(
    `{"more":${next !== null}${next === null ? '' : `,"next":"${next}"`}${last ? `,"objects":[${objects}]` : ''}}`,
  );
});

await app.listen({ port: 0, host: '127.0.0.1' });
takeProfiles();
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ port: app.server.address().port });
