import type { Actor, Role } from '../../../kernel/actor.js';
import { PERMISSIONS } from '../../../policy/permissions.js';
import type { AccountStatus } from './accounts.store.js';

export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 256;
export const ACCESS_MINUTES = 60;
export const REFRESH_DAYS = 30;
export const LINK_HOURS = 72;
export const MAX_KEY_DAYS = 366;

export const USER_ACTIONS = ['update', 'issue-invitation', 'issue-password-reset', 'erase'] as const;
export type UserAction = (typeof USER_ACTIONS)[number];

/** What the caller may do with the accounts of an organisation. */
export interface Rights {
  /** Its own administrator. */
  mayAdminister: boolean;
  /** That, or who sets up its first administrator. */
  mayStaff: boolean;
  /** Its own administrator while it is active, and of every account but its own, which is named here. */
  mayErase: boolean;
  callerKey: number;
}

/** Of an account whose person is forgotten nothing is left to do. */
export function userActions(
  { key, status, erased_at: erasedAt }: { key: number; status: AccountStatus; erased_at: Date | null },
  { mayAdminister, mayStaff, mayErase, callerKey }: Rights,
): UserAction[] {
  if (erasedAt !== null) return [];
  return [
    ...(mayAdminister ? (['update'] as const) : []),
    ...(mayStaff && status === 'invited' ? (['issue-invitation'] as const) : []),
    ...(mayAdminister && status === 'active' ? (['issue-password-reset'] as const) : []),
    ...(mayErase && key !== callerKey ? (['erase'] as const) : []),
  ];
}

/** Whether a change takes the rights of an administrator from an account that has them. */
export const losesAdmin = (
  before: { roles: readonly Role[]; status: AccountStatus },
  after: { roles: readonly Role[]; status: AccountStatus },
): boolean =>
  before.status === 'active' &&
  before.roles.includes('admin') &&
  !(after.status === 'active' && after.roles.includes('admin'));

/** Scopes that the account could not use itself: a key never opens more than its maker. */
export const scopesBeyond = (scopes: readonly string[], held: Actor['permissions']): number[] =>
  scopes.flatMap((scope, index) => (held.has(scope) ? [] : [index]));

export const SCOPES = PERMISSIONS;

export const addMinutes = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);
export const addHours = (at: Date, hours: number): Date => addMinutes(at, hours * 60);
export const addDays = (at: Date, days: number): Date => addHours(at, days * 24);
