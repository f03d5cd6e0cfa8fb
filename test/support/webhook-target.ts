import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  id: string;
  event: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** Somebody's server that webhooks are sent to. */
export class WebhookTarget {
  readonly received: Received[] = [];
  /** By `webhook-id`, what was answered with 200 to 299. */
  readonly acknowledged = new Map<string, number>();
  /** What is answered; null: nothing at all. */
  answer: (received: Received, response: ServerResponse) => number | null = () => 204;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<WebhookTarget> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const target = new WebhookTarget(server, `http://127.0.0.1:${port}/hook`);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const received = { headers: request.headers, body, id, event: JSON.parse(body) as Received['event'] };
        target.received.push(received);
        const status = target.answer(received, response);
        if (status === null) return;
        if (status < 300) target.acknowledged.set(id, (target.acknowledged.get(id) ?? 0) + 1);
        response.writeHead(status).end('x'.repeat(100));
      });
    });
    return target;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
