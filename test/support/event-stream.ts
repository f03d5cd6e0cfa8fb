import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';

export interface StreamedEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** A client of an event stream, as a browser is one: it keeps the last id, and what came. */
export class EventStream {
  readonly events: StreamedEvent[] = [];
  /** As it would send it when it comes back. */
  lastEventId: string | undefined;
  beats = 0;
  isEnded = false;
  private rest = '';

  private constructor(
    private readonly outgoing: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8').on('data', (text: string) => {
      const blocks = (this.rest + text).split('\n\n');
      this.rest = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    });
    answer.on('close', () => (this.isEnded = true));
    answer.on('error', () => undefined);
  }

  static open(url: string, token: string, headers: Record<string, string> = {}, query = ''): Promise<EventStream> {
    return EventStream.at(`${url}/api/v1/events${query}`, token, headers);
  }

  static at(url: string, token: string, headers: Record<string, string> = {}): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers }, agent: false },
        (answer) => resolve(new EventStream(outgoing, answer)),
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  /** Reads no more of it until it goes on: what comes waits on the way. */
  stall(): void {
    this.answer.pause();
  }

  goOn(): void {
    this.answer.resume();
  }

  close(): void {
    this.outgoing.destroy();
  }

  private take(block: string): void {
    const event: Record<string, string> = {};
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === '') this.beats += 1;
      else event[name] = value;
    }
    if (event.id !== undefined) this.lastEventId = event.id;
    if (event.data !== undefined)
      this.events.push({
        id: event.id ?? '',
        event: event.event ?? '',
        data: JSON.parse(event.data) as Record<string, unknown>,
      });
  }
}
