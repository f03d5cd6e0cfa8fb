import { lookup as resolveName } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { parseUrl } from '../../kernel/parse-url.js';
import { whyNotSendTo } from './webhook.rules.js';
import { WEBHOOK_OPTIONS } from './webhook-options.js';
import type { WebhookOptions } from './webhook-options.js';

/** What became of an attempt: the status that was answered, or why there was none. */
export type Outcome = { status: number } | { fault: Fault };
export type Fault = 'refused-target' | 'no-answer' | 'timeout';

class RefusedTarget extends Error {}

/**
 * Sends to an address of somebody else's choice. The addresses that its name has are judged where the connection is made, and
 * the connection goes to one of those: a name that answers otherwise the second time gains nothing. Redirects are answers.
 */
@Injectable()
export class PostWebhook {
  constructor(@Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions) {}

  /** Why nothing would be sent to the address, as far as it says so by itself; null where it may be. */
  whyNot(address: string): string | null {
    const url = parseUrl(address);
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return 'Give an https:// address.';
    if (url.username !== '' || url.password !== '' || url.hash !== '') return 'Give it without account and fragment.';
    const isPlain = url.protocol === 'http:';
    const host = hostOf(url);
    if (isIP(host) !== 0) return whyNotSendTo(host, isPlain, this.options.allowedNetworks);
    return isPlain && this.options.allowedNetworks.length === 0 ? 'Give an https:// address.' : null;
  }

  run(address: string, headers: Record<string, string>, body: string): Promise<Outcome> {
    const why = this.whyNot(address);
    if (why !== null) return Promise.resolve({ fault: 'refused-target' });
    const url = new URL(address);
    const isPlain = url.protocol === 'http:';
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    return new Promise((resolve) => {
      const outgoing = (isPlain ? requestPlain : requestSecure)(
        url,
        {
          method: 'POST',
          agent: false,
          signal,
          lookup: this.lookup(isPlain),
          headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          // What it says besides is nobody's to read, however long it is.
          answer.on('error', () => undefined);
          answer.destroy();
          resolve({ status: answer.statusCode ?? 0 });
        },
      );
      outgoing.on('error', (error) => {
        resolve({
          fault: error instanceof RefusedTarget ? 'refused-target' : signal.aborted ? 'timeout' : 'no-answer',
        });
      });
      outgoing.end(body);
    });
  }

  private lookup(isPlain: boolean): LookupFunction {
    const { allowedNetworks } = this.options;
    return (hostname, options, callback) => {
      resolveName(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, '');
          return;
        }
        // All of them: one that is refused is not made good by another.
        const [first] = addresses;
        if (!first || addresses.some(({ address }) => whyNotSendTo(address, isPlain, allowedNetworks) !== null))
          callback(new RefusedTarget(hostname), '');
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
