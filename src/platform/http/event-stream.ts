import { invalidInput } from '../../kernel/problem.js';
import type { RondaRequest } from './request.js';

export const STREAM = 'text/event-stream';

/** For the description of a route whose stream has numbers as ids. */
export const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  schema: { type: 'integer', minimum: 0, example: 12 },
} as const;

type Said = RondaRequest['headers'];

/** Whether a stream is asked for. */
export const isStreamed = ({ accept }: Said): boolean => accept?.toLowerCase().includes(STREAM) ?? false;

/** @throws Problem 400 where it is no number. */
export function positionOf({ 'last-event-id': lastEventId }: Said): number | undefined {
  if (lastEventId === undefined) return undefined;
  if (typeof lastEventId === 'string' && /^\d{1,9}$/.test(lastEventId)) return Number(lastEventId);
  throw invalidInput([{ pointer: '/last-event-id', detail: 'This is no position of it.', in: 'header' }]);
}

/**
 * What a stream begins with: how many milliseconds a client waits before it comes back, and where it then goes on, should
 * nothing come before.
 */
export const streamHead = (id?: string): string => `retry: 3000\n${id === undefined ? '' : `id: ${id}\n`}\n`;
/** Says that the stream is there. */
export const HEARTBEAT = ':\n\n';

/** @param id to go on behind; without one, the client keeps that of the event before. */
export const eventText = (kind: string, data: unknown, id?: number | string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
