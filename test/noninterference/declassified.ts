import { etagOf } from '../../src/platform/http/etag.js';
import { headerOf, jsonOf } from './wire.js';
import type { Answer } from './wire.js';

/**
 * What is declassified of the ledger (sharing policy, Declassifications): hashes, and places that are drawn by lot among a
 * batch's. How many leaves and entries there are, and whose, is compared as everything else.
 */
export function withoutHashes({ status, headers, body }: Answer): Answer {
  const left = body
    .replaceAll(/[A-Za-z0-9+/]{43,}={0,2}/g, '«hash»')
    .replaceAll(/"position":\d+/g, '"position":«place»');
  return { status, headers: headers.filter((header) => !/^(etag|content-length):/i.test(header)), body: left };
}

/** The record whose receipts a path asks for. */
export const recordOfReceipts = (path: string): string | null =>
  /^\/api\/v1\/incidents\/([0-9a-f-]{36})\/receipts(?:\?|$)/.exec(path)?.[1] ?? null;

const HOURLY = /^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const nullOr = (pattern: RegExp) => (value: unknown) =>
  value === null || (typeof value === 'string' && pattern.test(value));
const isRevision = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

type Shape = Record<string, (value: unknown) => boolean>;

const isOf = (shape: Shape, value: object): boolean =>
  Object.keys(value).join() === Object.keys(shape).join() &&
  Object.entries(value).every(([name, member]) => shape[name]!(member));

/** An organisation that a release had reached, other than the reader's own, by what the directory says of it. */
const isRecipient = (reached: ReadonlySet<string>, own: string) => (value: unknown) =>
  isOf(
    {
      id: (id) => typeof id === 'string' && id !== own && reached.has(id),
      name: (name) => typeof name === 'string',
      country: nullOr(/^[A-Z]{2}$/),
    },
    value as object,
  );

/**
 * What is declassified by receipts (sharing policy, Declassifications), and nothing else: to the originator, of an organisation
 * that a release had reached, that it was delivered and opened, to the hour, what it did by itself, and that it is asked back and
 * what it said to that. An entry of any other shape, time or organisation stays, and so does what is kept of the reader's own.
 * @param reached ids of the organisations that some release of the record reached.
 */
export function withoutReceipts(answer: Answer, reached: ReadonlySet<string>, own: string): Answer {
  if (answer.status !== 200) return answer;
  const view = jsonOf(answer);
  if (!Array.isArray(view.items) || !Array.isArray(view.recalls)) return answer;
  const organisation = isRecipient(reached, own);
  const receipt: Shape = {
    organisation,
    revision: isRevision,
    deliveredAt: nullOr(HOURLY),
    openedAt: nullOr(HOURLY),
    exportedAt: nullOr(INSTANT),
    acknowledgedAt: nullOr(INSTANT),
    actedOnAt: nullOr(INSTANT),
  };
  const recall: Shape = {
    organisation,
    recalledAt: (at) => at !== null && nullOr(INSTANT)(at),
    reason: (reason) => typeof reason === 'string',
    confirmation: nullOr(/^(deleted|kept)$/),
    keptBecause: nullOr(/^[a-z-]+$/),
    confirmedAt: nullOr(INSTANT),
  };
  const left = {
    ...view,
    items: (view.items as object[]).filter((each) => !isOf(receipt, each)),
    recalls: (view.recalls as object[]).filter((each) => !isOf(recall, each)),
  };
  // Where it is a hash of what is shown and of nothing else, it tells what that tells.
  const isOfBody = headerOf(answer, 'etag') === etagOf(view);
  return {
    status: answer.status,
    headers: answer.headers.filter(
      (header) => !/^content-length:/i.test(header) && !(isOfBody && /^etag:/i.test(header)),
    ),
    body: JSON.stringify(left),
  };
}
