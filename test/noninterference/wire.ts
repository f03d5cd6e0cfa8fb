import { Agent, request as send } from 'node:http';

export interface Call {
  method: string;
  /** From the root of the server, with its query. */
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a text as it is, as the stream or the sheet that the route takes. */
  body?: unknown;
}

/** What came back, to the byte, but for what Node writes itself: the date, and what it does with the connection. */
export interface Answer {
  status: number;
  /** `name: value`, in the order in which they came. */
  headers: string[];
  body: string;
}

const typeOfText = (path: string, text: string): string =>
  path.startsWith('/taxii2/')
    ? 'application/taxii+json;version=2.1'
    : /\/attachments\?/.test(path)
      ? 'application/octet-stream'
      : !path.startsWith('/api/v1/imports')
        ? 'application/x-ndjson'
        : text.startsWith('{')
          ? 'application/stix+json;version=2.1'
          : 'text/csv';

const ofNode = new Set(['date', 'connection', 'keep-alive']);

/** Connections to one server that are kept between requests. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly origin: URL;

  constructor(origin: string) {
    this.origin = new URL(origin);
  }

  send({ method, path, headers = {}, body }: Call): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = send(
        {
          agent: this.agent,
          hostname: this.origin.hostname,
          port: this.origin.port,
          method,
          path,
          headers: {
            // The two servers have two ports, which nobody is to tell from the answers.
            host: 'ronda.test',
            ...(text !== undefined && {
              'content-type': typeof body === 'string' ? typeOfText(path, body) : 'application/json',
              'content-length': Buffer.byteLength(text),
            }),
            ...headers,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: pairs(incoming.rawHeaders)
                .filter(([name]) => !ofNode.has(name.toLowerCase()))
                .map(([name, value]) => `${name}: ${value}`),
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

const pairs = (raw: string[]): [string, string][] =>
  Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!, raw[2 * index + 1]!]);

export const headerOf = (answer: Answer, name: string): string | undefined =>
  answer.headers.find((header) => header.startsWith(`${name}: `))?.slice(name.length + 2);

/** The body as JSON; an empty object where it is none. */
export function jsonOf(answer: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
