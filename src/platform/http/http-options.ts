export interface RateLimits {
  /** Requests that one credential may make in a minute, or one address without any. */
  rateLimitPerMinute: number;
  /** POSTs without a credential that one address may make in a minute: sign-in, refresh, resets. */
  loginLimitPerMinute: number;
}

export interface HttpOptions extends RateLimits {
  /** Opens /metrics to others than this machine. */
  metricsToken?: string | undefined;
}

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');
