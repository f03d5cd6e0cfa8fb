import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { parseUrl } from '../../kernel/parse-url.js';
import { codeOf, messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { keepSession, readSettings } from './settings-file.js';
import type { KeptSession } from './settings-file.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** What a server says of a refusal. @see RFC 9457 */
interface ProblemDocument {
  type?: string;
  title?: string;
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

export interface Sent {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The API of one server, as whoever is signed in to it. */
export class Server {
  private constructor(
    readonly url: string,
    private session: KeptSession | undefined,
    private readonly apiKey: string | undefined,
  ) {}

  /** @param url `--url`; else RONDA_URL, the server signed in to last, or the one of this machine. */
  static at(url: string | undefined): Server {
    const { url: last, sessions } = readSettings();
    const wanted = url ?? (process.env['RONDA_URL'] || last || DEFAULT_URL);
    const address = parseUrl(wanted);
    if (address === null || !/^https?:$/.test(address.protocol)) {
      throw new CliError(`"${wanted}" is no address of a server, such as https://ronda.example.org.`, EXIT.usage);
    }
    const { origin } = address;
    return new Server(origin, sessions[origin], process.env['RONDA_API_KEY']?.trim() || undefined);
  }

  /** As whose API key it is, whoever is signed in on this machine. */
  static withKey(url: string, apiKey: string): Server {
    return new Server(new URL(url).origin, undefined, apiKey);
  }

  /** @throws CliError with what the server says, or that it cannot be reached. */
  async ask<T>(path: string, sent: Sent = {}): Promise<T> {
    const answer = await this.send(path, sent);
    const said = await text(answer);
    if (!isOk(answer)) throw refused(answer, said);
    return (said === '' ? undefined : parse(said)) as T;
  }

  /** A body of any length, read as it comes. @throws CliError */
  async download(path: string): Promise<Readable> {
    const answer = await this.send(path, {});
    if (!isOk(answer)) throw refused(answer, await text(answer));
    return answer;
  }

  /**
   * Sends a body of any length and reads the answer at the same time.
   * @throws CliError
   */
  async upload(path: string, body: Readable, type: string): Promise<Readable> {
    await this.renewWhereNeeded();
    const { answer, sent } = this.open(path, 'POST', { 'content-type': type, accept: 'application/x-ndjson' });
    // The answer may come, and be a refusal, before all is sent: then the rest is of no interest to anybody.
    const sending = pipeline(body, sent).catch(() => undefined);
    const came = await answer;
    if (!isOk(came)) {
      const said = await text(came);
      sent.destroy();
      await sending;
      throw refused(came, said);
    }
    return came;
  }

  /** Signs in and keeps the session. */
  async signIn(credentials: { email: string; password: string; totp?: string }): Promise<void> {
    this.keep(credentials.email, await this.ask('auth/login', { method: 'POST', body: credentials }));
  }

  private async send(path: string, sent: Sent): Promise<IncomingMessage> {
    const once = (): Promise<IncomingMessage> => {
      const { method = 'GET', body, headers = {} } = sent;
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const { answer, sent: request } = this.open(path, method, { ...type, ...headers });
      request.end(body === undefined ? undefined : JSON.stringify(body));
      return answer;
    };
    const answer = await once();
    if (answer.statusCode !== 401 || path.startsWith('auth/') || !(await this.renew())) return answer;
    answer.resume();
    return once();
  }

  /** A stream cannot be sent twice: whether the session still holds is asked before. */
  private async renewWhereNeeded(): Promise<void> {
    if (this.apiKey === undefined && this.session) await this.ask('me');
  }

  /** Exchanges the refresh token. @returns whether there is a session again. */
  private async renew(): Promise<boolean> {
    if (this.apiKey !== undefined || !this.session) return false;
    const { email, refreshToken } = this.session;
    try {
      this.keep(email, await this.ask('auth/refresh', { method: 'POST', body: { refreshToken } }));
      return true;
    } catch (error) {
      if (error instanceof CliError && error.exitCode === EXIT.noPermission) return false;
      throw error;
    }
  }

  private keep(email: string, { accessToken, refreshToken }: { accessToken: string; refreshToken: string }): void {
    this.session = { email, accessToken, refreshToken };
    keepSession(this.url, this.session);
  }

  private open(path: string, method: string, headers: Record<string, string>) {
    const url = new URL(`/api/v1/${path}`, this.url);
    const token = this.apiKey ?? this.session?.accessToken;
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method,
      headers: {
        accept: 'application/json, */*',
        'user-agent': 'ronda-cli',
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', (error) => {
        const why = codeOf(error) ?? messageOf(error);
        reject(new CliError(`${this.url} cannot be reached: ${why}.`, EXIT.unavailable, { cause: error }));
      });
    });
    return { sent: request, answer };
  }
}

const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

function parse(said: string): unknown {
  try {
    return JSON.parse(said) as unknown;
  } catch {
    return undefined;
  }
}

/** In one sentence; faults of what was sent behind it, one a line. */
function refused({ statusCode = 0 }: IncomingMessage, said: string): CliError {
  const { type, title, detail, errors = [] } = (parse(said) ?? {}) as ProblemDocument;
  const signIn = statusCode === 401 && type === 'urn:ronda:problem:unauthenticated' ? ' Sign in: ronda login.' : '';
  const sentence = detail ?? title ?? `The server answered ${statusCode}.`;
  const faults = errors.map(({ pointer, detail: fault }) => `\n  ${pointer === '' ? 'the whole' : pointer}: ${fault}`);
  return new ServerRefused(`${sentence}${signIn}${faults.join('')}`, statusCode, type);
}

/** A refusal, with what the server calls it. */
export class ServerRefused extends CliError {
  constructor(
    message: string,
    status: number,
    readonly type: string | undefined,
  ) {
    super(message, exitCodeOf(status));
  }
}

function exitCodeOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.noPermission;
  return status >= 500 || status === 429 || status === 0 ? EXIT.unavailable : EXIT.failed;
}
