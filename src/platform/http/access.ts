import { SetMetadata } from '@nestjs/common';
import type { Permission } from '../../policy/permissions.js';
import type { Mode } from '../database/unit-of-work.js';

/** What a route demands. A route without one is refused. */
export interface Access {
  /** `anyone` needs no credential; `link` a one-time link; `enrolment` also a session that must still enrol TOTP. */
  who: Permission | 'anyone' | 'link' | 'enrolment';
  /** Defaults to `read` for GET and HEAD, else `write`. */
  mode?: Mode;
}

export const ACCESS = 'ronda:access';

/** Declares what a route demands of its caller. */
export const Access = (who: Access['who'], options: Omit<Access, 'who'> = {}): MethodDecorator =>
  SetMetadata(ACCESS, { who, ...options } satisfies Access);
