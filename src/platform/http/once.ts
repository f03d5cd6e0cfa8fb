import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { Problem, invalidInput } from '../../kernel/problem.js';
import { statement } from '../database/statement.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { RondaRequest } from './request.js';

const lock = statement('once-lock', `select pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) as is_first`);
const find = statement(
  'once-find',
  `select route, encode(body_hash, 'hex') as body_hash, result_id from ronda.idempotency_key
    where space = $1 and user_key = $2 and key = $3 and created_at > $4::timestamptz - interval '24 hours'`,
);
const remember = statement(
  'once-remember',
  `insert into ronda.idempotency_key (space, user_key, key, route, body_hash, result_id, created_at)
   values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7)
   on conflict (space, user_key, key) do update
      set route = excluded.route, body_hash = excluded.body_hash, result_id = excluded.result_id, created_at = excluded.created_at`,
);

/**
 * Makes a POST safe to repeat. The result's id is kept with the work itself, in one transaction, so after a crash both
 * are there or neither; a repeat renders the result anew, under today's rule.
 * @see IETF draft-ietf-httpapi-idempotency-key-header
 */
@Injectable()
export class Once {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * @param act does the work and returns the id (UUID) of its result.
   * @param render shows the result to the caller; also called for a repeat.
   * @param body what was sent, where it is not in the request: of a stream what it amounts to.
   * @throws Problem 409 while the first request runs, 422 for another body or route under the same key.
   */
  async run<T>(
    request: RondaRequest,
    act: () => string | Promise<string>,
    render: (id: string) => T | Promise<T>,
    body: unknown = request.body ?? {},
  ): Promise<T> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return render(await act());
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
      throw invalidInput([
        { pointer: '/idempotency-key', detail: 'Give 1 to 255 visible ASCII characters.', in: 'header' },
      ]);
    const userKey = request.user?.userKey;
    if (userKey === undefined) throw new Error('An idempotent route without a caller');

    const route = `${request.method} ${request.url.split('?', 1)[0]}`;
    const bodyHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
    const { space, at } = this.work;
    // The look-up runs behind the lock, in a snapshot of its own, so it sees what the lock's last holder committed.
    const [[locked], [known]] = await Promise.all([
      this.work.query<{ is_first: boolean }>(lock, [`${space} ${userKey} ${key}`]),
      this.work.query<{ route: string; body_hash: string; result_id: string }>(find, [space, userKey, key, at]),
    ]);
    if (!locked?.is_first)
      throw new Problem('in-progress', 409, 'The first request still runs', 'Ask again in a moment.', {
        headers: { 'retry-after': '1' },
      });
    if (known) {
      if (known.route !== route || known.body_hash !== bodyHash)
        throw new Problem(
          'idempotency-key-reused',
          422,
          'This Idempotency-Key was used for another request',
          'Use a new key for every new request, and the same key only to repeat one.',
        );
      return render(known.result_id);
    }
    const id = await act();
    this.work.write(remember, [space, userKey, key, route, bodyHash, id, at]);
    return render(id);
  }
}
