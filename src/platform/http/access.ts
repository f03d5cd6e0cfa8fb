import { SetMetadata } from '@nestjs/common';
import type { Permission } from '../../policy/permissions.js';
import type { Mode } from '../database/unit-of-work.js';

/** What a route demands. A route without one is refused. */
export interface Access {
  /** `anyone` needs no credential; `link` a one-time link; `enrolment` also a session that must still enrol TOTP. */
  who: Permission | 'anyone' | 'link' | 'enrolment';
  /** Defaults to `read` for GET and HEAD, else `write`. */
  mode?: Mode;
  /**
   * Whether the caller may be assumed to be who it was a moment ago, and the handler run once more where it no longer is
   * (decision 6). Only for a handler that leaves nothing behind outside its unit of work. Defaults to GET and HEAD.
   */
  mayAssume?: boolean;
  /**
   * `path` where the route is of the exercise that `:id` names, and runs in its space. Else the space is that of the header
   * X-Ronda-Exercise, and real life without it.
   */
  exercise?: 'path';
}

export const ACCESS = 'ronda:access';

/** Declares what a route demands of its caller. */
export const Access = (who: Access['who'], options: Omit<Access, 'who'> = {}): MethodDecorator =>
  SetMetadata(ACCESS, { who, ...options } satisfies Access);
