import { Agent, request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { mediaTypeOf } from './bodies.js';

export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON came back; the assertion is the check
  body: any;
}

export interface Ask {
  method: string;
  /** From `/`, or below `/api/v1/`. */
  path: string;
  /** The whole header; none when left out. */
  authorization?: string | undefined;
  body?: object | undefined;
  headers?: OutgoingHttpHeaders;
}

/** Thousands of requests over a few connections that are kept open. supertest opens one for each. */
export class Client {
  requests = 0;
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections = 32,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  ask({ method, path, authorization, body, headers }: Ask): Promise<Answer> {
    this.requests += 1;
    const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path.startsWith('/') ? path : `/api/v1/${path}`, this.url),
        {
          method,
          agent: this.agent,
          headers: {
            ...(authorization !== undefined && { authorization }),
            ...(payload !== undefined && {
              'content-type': mediaTypeOf(path),
              'content-length': Buffer.byteLength(payload),
            }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const isJson = response.headers['content-type']?.includes('json') ?? false;
            resolve({ status: response.statusCode ?? 0, body: isJson && text !== '' ? JSON.parse(text) : text });
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Does it for each, some at a time, and keeps the order of the results. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>, width = 12): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
