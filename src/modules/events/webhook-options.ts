/** What an operator says of webhooks. */
export interface WebhookOptions {
  /** CIDRs that are not of the public Internet and yet may be sent to, also without TLS. */
  allowedNetworks: readonly string[];
  /** For all of a request, with its answer. */
  timeoutMs: number;
}

export const WEBHOOK_OPTIONS = Symbol('WEBHOOK_OPTIONS');
export const DEFAULT_WEBHOOK_OPTIONS: WebhookOptions = { allowedNetworks: [], timeoutMs: 10_000 };
