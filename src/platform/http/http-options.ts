import type { RateLimits } from './rate-limit.guard.js';

export interface HttpOptions extends RateLimits {
  /** Opens /metrics to others than this machine. */
  metricsToken?: string | undefined;
}

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');
