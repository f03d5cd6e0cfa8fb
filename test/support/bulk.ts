import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Player } from './cast.js';

export interface BulkResult {
  line: number;
  status: 'filed' | 'unchanged' | 'refused';
  id?: string;
  problem?: { type: string; detail: string; errors?: { pointer: string; detail: string }[] };
}

export interface BulkAnswer {
  status: number;
  type: string | undefined;
  results: BulkResult[];
  text: string;
}

/** Begins a bulk stream; the caller writes its lines. The answer is given whenever the server begins one. */
export function openBulk(
  url: string,
  player: Pick<Player, 'token'>,
  query = '',
): { sent: ClientRequest; answered: Promise<IncomingMessage> } {
  const sent = request(new URL(`/api/v1/incidents/bulk${query === '' ? '' : `?${query}`}`, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${player.token}`, 'content-type': 'application/x-ndjson' },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  // A stream that is cut on purpose has nobody who waits for its answer.
  answered.catch(() => undefined);
  return { sent, answered };
}

/** Sends lines, objects as JSON and texts as they are, and reads all results. */
export async function sendBulk(
  url: string,
  player: Pick<Player, 'token'>,
  lines: readonly (object | string)[],
  query = '',
): Promise<BulkAnswer> {
  const { sent, answered } = openBulk(url, player, query);
  sent.end(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const response = await answered;
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  const isBulk = response.statusCode === 200;
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'],
    results: isBulk ? resultsIn(text) : [],
    text,
  };
}

export const resultsIn = (text: string): BulkResult[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BulkResult);
